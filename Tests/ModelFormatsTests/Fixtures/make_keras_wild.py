"""Makes the models in Keras/wild: kinds of files that people publish, most of them written by Keras 2.

Usage: make_keras_wild.py FOLDER, with the packages tensorflow, tf_keras (which is Keras 2) and keras. Each model NAME.h5 or
NAME.keras stands beside NAME.npz with input0, … and output0, … .
"""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras as keras3  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import tf_keras as keras2  # noqa: E402

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
random = np.random.default_rng(7)


def save(name, model, ending, inputs=None):
    for variable in model.weights:
        path = getattr(variable, "path", variable.name)
        if variable.dtype != tf.float32 and "float" not in str(variable.dtype) or "count" in path:
            continue
        low = 0.5 if "variance" in path else -0.5
        variable.assign(random.uniform(low, 1 if low > 0 else 0.5, variable.shape).astype("float32"))
    for layer in model.layers:
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()
    if inputs is None:
        inputs = [random.uniform(0, 1, (3, *i.shape[1:])).astype("float32") for i in model.inputs]
    outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    arrays = {f"input{i}": x for i, x in enumerate(inputs)} | {f"output{i}": y for i, y in enumerate(outputs)}
    np.savez(os.path.join(folder, name + ".npz"), **arrays)
    model.save(os.path.join(folder, name + ending))


def both(name, build, **options):
    """The same model in each of the two formats of Keras 2."""
    for ending in [".h5", ".keras"]:
        keras2.backend.clear_session()
        save(name + ending.replace(".", "_"), build(), ending, **options)


L = keras2.layers


def residual():
    """A block of MobileNetV2, as exports of Keras 2 have it."""
    image = keras2.Input((12, 12, 3))
    x = L.ZeroPadding2D(((0, 1), (0, 1)))(image)
    x = L.Conv2D(4, 3, strides=2, use_bias=False)(x)
    x = shortcut = L.ReLU(6.0)(L.BatchNormalization(epsilon=1e-3, momentum=0.999)(x))
    x = L.Conv2D(8, 1, padding="same", use_bias=False, activation=None)(x)
    x = L.ReLU(6.0)(L.BatchNormalization()(x))
    x = L.DepthwiseConv2D(3, padding="same", use_bias=False)(x)
    x = L.ReLU(6.0)(L.BatchNormalization()(x))
    x = L.BatchNormalization()(L.Conv2D(4, 1, padding="same", use_bias=False)(x))
    x = L.Add()([shortcut, x])
    model = keras2.Model(image, x, name="base")
    model.trainable = False
    inputs = keras2.Input((12, 12, 3))
    x = L.GlobalAveragePooling2D()(model(inputs, training=False))
    return keras2.Model(inputs, L.Dense(3, activation="softmax")(L.Dropout(0.2)(x)))


def scaled():
    """Arithmetic on values, as `preprocess_input` does it."""
    image = keras2.Input((8, 8, 3))
    x = image / 127.5 - 1.0
    x = L.Conv2D(4, 3)(x) * 0.5 + 1.0
    y = tf.nn.relu(2.0 - x)
    z = tf.maximum(tf.nn.bias_add(y, [0.1, 0.2, 0.3, 0.4]), x)
    return keras2.Model(image, L.Dense(2)(L.Flatten()(tf.math.multiply(y, z) + tf.math.tanh(x) - y)))


def augmented():
    augmentation = keras2.Sequential(
        [L.RandomFlip("horizontal"), L.RandomRotation(0.1), L.RandomZoom(0.1)], name="data_augmentation")
    return keras2.Sequential([
        L.InputLayer((10, 12, 3)), augmentation, L.Resizing(8, 8), L.Rescaling(1 / 127.5, offset=-1),
        L.Conv2D(3, 3, activation="relu"), L.MaxPooling2D(), L.Flatten(), L.Dense(4, activation="softmax")])


def normalized():
    norm = L.Normalization()
    norm.adapt(random.uniform(0, 5, (20, 4)).astype("float32"))
    return keras2.Sequential([keras2.Input((4,)), norm, L.Dense(3), L.BatchNormalization(), L.Dense(1)])


def texts(cell):
    def build():
        return keras2.Sequential([
            L.Embedding(12, 5, input_length=7), L.SpatialDropout1D(0.2), cell(), L.Dense(4, activation="relu"),
            L.Dense(1, activation="sigmoid")])

    return build


TEXT = {"inputs": [random.integers(0, 12, (3, 7)).astype("float32")]}


def convolved():
    return keras2.Sequential([
        L.Conv1D(6, 3, activation="relu", input_shape=(12, 2)), L.BatchNormalization(), L.MaxPooling1D(2),
        L.Conv1D(4, 2, padding="causal", dilation_rate=2), L.GlobalMaxPooling1D(), L.Dense(2)])


def sequence():
    return keras2.Sequential([
        L.LSTM(4, return_sequences=True, input_shape=(6, 3), dropout=0.1), L.TimeDistributed(L.Dense(3)),
        L.GRU(3, reset_after=False, return_sequences=True), L.SimpleRNN(3), L.RepeatVector(2),
        L.LSTM(2, return_sequences=True, go_backwards=True)])


def several():
    left, right = keras2.Input((5,), name="left"), keras2.Input((4,), name="right")
    shared = L.Dense(4, activation="elu", name="shared")
    a, b = shared(L.Dense(4)(left)), shared(right)
    joined = L.concatenate([a, b, L.subtract([a, b]), L.maximum([a, b])])
    return keras2.Model([right, left], [L.Dense(2, name="first")(joined), L.Dense(1, name="second")(joined)])


def plane():
    return keras2.Sequential([
        L.Flatten(input_shape=(6, 5)), L.Dense(8, activation="relu"), L.Dropout(0.2), L.Dense(3)])


def autoencoder():
    image = keras2.Input((8, 8, 1))
    x = L.Conv2D(4, 3, activation="relu", padding="same")(image)
    x = L.MaxPooling2D(2, padding="same")(x)
    x = L.Conv2DTranspose(3, 3, strides=2, padding="same")(L.LeakyReLU(0.2)(x))
    x = L.concatenate([L.UpSampling2D(2)(L.AveragePooling2D(2)(x)), x])
    return keras2.Model(image, L.Conv2D(1, 3, activation="sigmoid", padding="same")(x))


def old_sigmoids():
    """The hard sigmoid has another slope in Keras 3."""
    return keras2.Sequential([
        L.LSTM(5, recurrent_activation="hard_sigmoid", return_sequences=True, input_shape=(6, 4)), L.Activation("hard_sigmoid"),
        L.Bidirectional(L.GRU(3, recurrent_activation="hard_sigmoid", return_sequences=True)),
        L.Conv1D(4, 2, activation="hard_sigmoid"), L.GlobalAveragePooling1D(), L.Dense(2, activation=keras2.activations.hard_sigmoid)])


def upsampled():
    return keras2.Sequential([
        L.Conv1DTranspose(4, 3, strides=2, input_shape=(6, 3)), L.RNN(L.LSTMCell(3), return_sequences=True), L.RNN(L.GRUCell(2))])


def transformer():
    """Attention is called with keywords, whose values are results of layers."""
    x = keras2.Input((5, 6))
    y = L.LayerNormalization(epsilon=1e-6)(x + L.MultiHeadAttention(2, 4)(x, x))
    y = L.MultiHeadAttention(2, 3, value_dim=2, use_bias=False)(query=x, value=y, key=y) + y
    return keras2.Model(x, L.Dense(2)(L.GlobalAveragePooling1D()(y)))


def slashes():
    """Names with slashes in a model inside the model, as MobileNetV3 has them."""
    inner = keras2.Input((6, 6, 2))
    y = L.Conv2D(4, 3, padding="same", name="Conv")(inner)
    y = L.BatchNormalization(name="Conv/BatchNorm")(y)
    y = y + L.Conv2D(4, 1, name="block/squeeze/Conv")(L.Conv2D(3, 1, name="block/Conv")(y))
    block = keras2.Model(inner, L.BatchNormalization(name="block/BatchNorm")(y), name="Block")
    image = keras2.Input((6, 6, 2))
    return keras2.Model(image, L.Dense(2)(L.GlobalAveragePooling2D()(block(image))))


def nested_recurrent():
    steps = keras2.Input((5, 4))
    inner = keras2.Sequential([
        keras2.Input((5, 4)), L.LSTM(3, return_sequences=True), L.Bidirectional(L.GRU(2, return_sequences=True)),
        L.TimeDistributed(L.Dense(3))])
    return keras2.Model(steps, L.GRU(2)(inner(steps)))


def refused(name, build, *endings):
    """A model that Kilim refuses, without numbers."""
    for ending in endings:
        keras2.backend.clear_session()
        build().save(os.path.join(folder, name + ending))


def turned():
    image = keras2.Input((8, 8, 3))
    return keras2.Model(image, L.Dense(2)(L.Flatten()(image[:, ::-2])))


def code():
    return keras2.Sequential([keras2.Input((4,)), L.Lambda(lambda x: x * 2), L.Dense(2)])


def masked():
    return keras2.Sequential([
        L.Embedding(12, 5, mask_zero=True, input_length=7), L.Bidirectional(L.LSTM(3, return_sequences=True)),
        L.Dropout(0.2), L.GRU(4, return_sequences=True), L.TimeDistributed(L.Dense(3)), L.GlobalAveragePooling1D()])


def masked_states():
    """Keras 2 uses the mask and the first states together, Keras 3 does not."""
    source, target = keras2.Input((7,)), keras2.Input((7,))
    table = L.Embedding(12, 5, mask_zero=True)
    _, h, c = L.LSTM(3, return_state=True)(table(source))
    return keras2.Model([source, target], L.LSTM(3)(table(target), initial_state=[h, c]))


refused("turned", turned, ".h5")
refused("code", code, ".h5", ".keras")
both("residual", residual)
both("scaled", scaled)
both("augmented", augmented)
both("normalized", normalized)
both("texts_lstm", texts(lambda: L.LSTM(4)), **TEXT)
both("texts_gru", texts(lambda: L.Bidirectional(L.GRU(3))), **TEXT)
both("convolved", convolved)
both("sequence", sequence)
both("several", several)
both("plane", plane)
both("autoencoder", autoencoder)

# Keras 3 has operations as nodes of a graph.
K = keras3.layers


def operations():
    image = keras3.Input((8, 8, 3))
    x = K.Conv2D(4, 3)(image / 127.5 - 1.0) * 0.5 + 1.0
    y = keras3.ops.relu(2.0 - x)
    z = keras3.ops.maximum(y + 3.0, x)
    return keras3.Model(image, K.Dense(2)(K.Flatten()(y * z + keras3.ops.tanh(x) - y)))


save("operations", operations(), ".keras")
save("operations_h5", operations(), ".h5")


# Red, green and blue as the weights of Caffe want them: blue first, minus the means.
def caffe(library, ending):
    library.backend.clear_session()
    layers, image = library.layers, library.Input((8, 8, 3))
    x = image[..., ::-1]
    means = np.array([0.41, 0.46, 0.48], "float32")
    x = tf.nn.bias_add(x, -means) if library is keras2 else x + (-means).reshape(1, 1, 1, 3)
    x = layers.Conv2D(4, 3)(x)
    x = tf.reduce_mean(x, axis=[1, 2]) if library is keras2 else keras3.ops.mean(x, axis=[1, 2])
    save("caffe_" + library.__name__, library.Model(image, layers.Dense(2)(x)), ending)


caffe(keras2, ".h5")
caffe(keras3, ".keras")
both("thresholded", lambda: keras2.Sequential([keras2.Input((6,)), L.Dense(8), L.ThresholdedReLU(0.3), L.Dense(2)]))


def on_cudnn(kind, name=None, around=lambda layer: layer):
    """What ran on a GPU: written with CuDNNLSTM or CuDNNGRU, and answered by Keras's LSTM or GRU with the same file."""
    from tf_keras.src.layers.rnn import cudnn_gru, cudnn_lstm

    fast = {"lstm": cudnn_lstm.CuDNNLSTM, "gru": cudnn_gru.CuDNNGRU}[kind]
    usual = {"lstm": L.LSTM, "gru": L.GRU}[kind]
    path = os.path.join(folder, f"cudnn_{name or kind}.h5")
    keras2.backend.clear_session()
    model = keras2.Sequential([keras2.Input((6, 3)), around(fast)(4, return_sequences=True), L.Dense(2)])
    for weight in model.weights:
        weight.assign(random.uniform(-0.5, 0.5, weight.shape))
    model.save(path)
    same = keras2.Sequential([keras2.Input((6, 3)), around(usual)(4, return_sequences=True), L.Dense(2)])
    same.load_weights(path)
    x = random.uniform(-1, 1, (3, 6, 3)).astype("float32")
    np.savez(path.replace(".h5", ".npz"), input0=x, output0=same.predict(x, verbose=0))


on_cudnn("lstm")
on_cudnn("gru")


# Sizes that are open.
def open_image(library):
    layers = library.layers
    image = library.Input((None, None, 3), name="image")
    x = layers.Conv2D(4, 3, strides=2, padding="same", activation="relu")(image)
    return library.Model(image, layers.Dense(2)(layers.GlobalAveragePooling2D()(x)))


def open_text():
    return keras2.Sequential([keras2.Input((None,), name="words"), L.Embedding(12, 5), L.Bidirectional(L.LSTM(3)), L.Dense(1)])


IMAGE = [random.uniform(0, 1, (3, 9, 12, 3)).astype("float32")]
for library, ending in [(keras2, ".h5"), (keras3, ".keras")]:
    library.backend.clear_session()
    save("open_" + library.__name__, open_image(library), ending, IMAGE)
both("open_text", open_text, **TEXT)

words = np.array([[3, 1, 4, 0, 0, 0, 0], [5, 0, 2, 6, 0, 0, 0], [0, 0, 1, 2, 3, 4, 5]], "float32")
both("masked", masked, inputs=[words])
refused("masked_states", masked_states, ".h5", ".keras")
both("old_sigmoids", old_sigmoids)
both("upsampled", upsampled)
both("transformer", transformer)
both("slashes", slashes)
both("nested_recurrent", nested_recurrent)


def both_ways(layer):
    return lambda units, **options: L.Bidirectional(layer(units, **options), merge_mode="ave")


def differently(layer):
    """Backwards another layer than forwards."""
    return lambda units, **options: L.Bidirectional(
        layer(units, **options), backward_layer=L.LSTM(units, go_backwards=True, **options), merge_mode="ave")


on_cudnn("lstm", "both_lstm", both_ways)
on_cudnn("gru", "both_gru", both_ways)
on_cudnn("gru", "mixed", differently)
