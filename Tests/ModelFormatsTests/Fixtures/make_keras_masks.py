"""Makes the models in Keras/masks, in which a mask travels, and some that Kilim refuses.

Usage: make_keras_masks.py FOLDER, with Keras 3.15.1. Each model NAME.keras or NAME.h5 stands beside NAME.npz with input0, …
and output0, …; those that are refused stand alone.
"""

import os
import sys

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np
from keras import layers

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
random = np.random.default_rng(15)
WORDS = np.array([[3, 1, 4, 0, 0, 0], [5, 0, 2, 6, 0, 0], [0, 0, 1, 2, 3, 4]], "float32")


def save(name, model, inputs, ending=".keras"):
    for variable in model.weights:
        low = 0.5 if "variance" in variable.path else -0.5
        if "float" in variable.dtype:
            variable.assign(random.uniform(low, 1 if low > 0 else 0.5, variable.shape).astype("float32"))
    if inputs is not None:
        outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
        outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        arrays = {f"input{i}": x for i, x in enumerate(inputs)} | {f"output{i}": y for i, y in enumerate(outputs)}
        np.savez(os.path.join(folder, name + ".npz"), **arrays)
    model.save(os.path.join(folder, name + ending))


def words(name="words"):
    return keras.Input((6,), name=name)


def table(x, **options):
    return layers.Embedding(7, 4, mask_zero=True, **options)(x)


def text(*stack):
    return keras.Sequential([words(), layers.Embedding(7, 4, mask_zero=True), *stack])


def padded(value):
    x = random.uniform(-1, 1, (3, 6, 3)).astype("float32")
    x[0, 4:] = value
    x[1, 2] = value
    return x


def translation():
    """An encoder and a decoder that begins with its states."""
    source, target = words("source"), words("target")
    _, h, c = layers.LSTM(5, return_state=True)(table(source))
    y = layers.LSTM(5, return_sequences=True)(table(target), initial_state=[h, c])
    return keras.Model([source, target], layers.Dense(3, activation="softmax")(y))


def transformer():
    x = keras.Input((6,))
    h = table(x)
    h = layers.LayerNormalization()(layers.Add()([h, layers.MultiHeadAttention(2, 3)(h, h)]))
    h = layers.LayerNormalization()(layers.Add()([h, layers.Dense(4)(layers.Dense(6, activation="relu")(h))]))
    return keras.Model(x, layers.Dense(3, activation="softmax")(layers.GlobalAveragePooling1D()(h)))


def nested():
    inner = keras.Sequential([keras.Input((6, 4)), layers.Dense(3), layers.GRU(4, return_sequences=True)], name="inner")
    x = words()
    return keras.Model(x, layers.GlobalAveragePooling1D()(inner(table(x))))


def branches():
    x, y = words("left"), words("right")
    shared = layers.Embedding(7, 4, mask_zero=True)
    a, b = shared(x), shared(y)
    joined = layers.Concatenate()([layers.LSTM(3)(layers.Add()([a, b])), layers.SimpleRNN(3)(layers.Concatenate()([a, b]))])
    return keras.Model([x, y], layers.Dense(2)(joined))


def operation():
    """The mask ends at `h * 2`, and the layer behind it would use it."""
    x = words()
    return keras.Model(x, layers.LSTM(3)(table(x) * 2.0))


def harmless_operation():
    x = words()
    return keras.Model(x, layers.Dense(2)(layers.Flatten()(table(x) * 2.0)))


def mean_by_operation():
    x = words()
    return keras.Model(x, keras.ops.mean(table(x), axis=1))


recurrent = [
    layers.SpatialDropout1D(0.2), layers.Bidirectional(layers.LSTM(3, return_sequences=True)), layers.Dropout(0.2),
    layers.BatchNormalization(), layers.TimeDistributed(layers.Dense(4, activation="relu")),
    layers.GRU(3, return_sequences=True, zero_output_for_mask=True), layers.Masking(0.0), layers.SimpleRNN(3),
    layers.Dense(2, activation="softmax")]
save("recurrent", text(*recurrent), [WORDS])
save("recurrent_h5", text(*[type(l).from_config(l.get_config()) for l in recurrent]), [WORDS], ".h5")
save("masking", keras.Sequential([keras.Input((6, 3)), layers.Masking(-1.0), layers.LSTM(4), layers.Dense(2)]), [padded(-1)])
save("flat", text(layers.Flatten(), layers.Dense(2)), [WORDS])
save("mean", text(layers.GlobalAveragePooling1D(), layers.Dense(2)), [WORDS])
save("convolved", text(layers.Conv1D(4, 3), layers.LSTM(3)), [WORDS])
save("translation", translation(), [WORDS, WORDS[::-1]])
save("transformer", transformer(), [WORDS])
save("nested", nested(), [WORDS])
save("branches", branches(), [WORDS, WORDS[::-1]])
save("harmless_operation", harmless_operation(), [WORDS])
save("operation", operation(), None)
save("mean_by_operation", mean_by_operation(), None)
save("unrolled", text(layers.LSTM(3, unroll=True)), None)
save("labels", text(layers.LSTM(3, return_sequences=True), layers.Dense(2, activation="softmax")), [WORDS])
labels = keras.models.load_model(os.path.join(folder, "labels.keras"))
labels.compile("adam", "categorical_crossentropy")
save("labels_trained", labels, None)
trained = text(layers.LSTM(4), layers.Dense(3, activation="softmax"))
trained.compile(keras.optimizers.SGD(0.5), "categorical_crossentropy")
save("trained", trained, [WORDS])
# What one step of training on these targets makes of it.
trained.train_on_batch(WORDS, np.eye(3, dtype="float32"))
np.savez(os.path.join(folder, "trained_after.npz"), output0=trained.predict(WORDS, verbose=0))


def masked_graph():
    x = keras.Input((6, 3))
    h = layers.Masking(-1.0)(x)
    return keras.Model(x, layers.LSTM(3)(layers.Concatenate()([layers.Dense(4)(h), h])))


save("masking_graph", masked_graph(), [padded(-1)])
save("transformer_h5", transformer(), [WORDS], ".h5")
save("branches_h5", branches(), [WORDS, WORDS[::-1]], ".h5")


def foreign():
    """A mask that is not that of the input."""
    x, y = words("left"), words("right")
    return keras.Model([x, y], layers.LSTM(3)(table(x), mask=keras.ops.not_equal(y, 0)))


save("foreign", foreign(), None)
