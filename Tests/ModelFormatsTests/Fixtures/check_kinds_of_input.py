"""Makes models of Keras whose inputs are whole numbers, volumes, or images without channels, and what they answer.

Usage: check_kinds_of_input.py FOLDER. FOLDER/read gets NAME.keras beside NAME.npz with input0, … and output0, …; FOLDER/refused
gets NAME.keras of models that compute with whole numbers as Kilim does not.
"""

import os
import sys

import keras
import numpy as np
from keras import layers, ops

random = np.random.default_rng(5)
folder = sys.argv[1]
for part in ["read", "refused"]:
    os.makedirs(os.path.join(folder, part), exist_ok=True)


def save(name, shapes, build, dtype="float32", values=None, part="read"):
    keras.backend.clear_session()
    inputs = [keras.Input(shape, dtype=dtype) for shape in shapes]
    model = keras.Model(inputs, build(*inputs))
    for variable in model.weights:
        if "float" in variable.dtype:
            variable.assign(random.uniform(0.2, 0.9, variable.shape))
    for layer in model.layers:
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()
    path = os.path.join(folder, part, name)
    model.save(path + ".keras")
    if part == "refused":
        return
    if values is None:
        values = [random.uniform(-1, 1, (3, *shape)) for shape in shapes]
    values = [np.asarray(value).astype(dtype) for value in values]
    outputs = model.predict(values if len(values) > 1 else values[0], verbose=0)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    np.savez(path + ".npz", **{f"input{i}": x.astype("float32") for i, x in enumerate(values)},
             **{f"output{i}": np.asarray(y).astype("float32") for i, y in enumerate(outputs)})


# An image becomes a sequence, or features in groups.
def words(x):
    x = layers.Embedding(10, 8)(layers.Flatten()(x))
    return layers.Dense(2)(layers.Flatten()(x))


image, numbers = (4, 4, 3), [random.integers(0, 10, (3, 4, 4, 3))]
save("embedded", [image], words, "int32", numbers)
save("embedded_recurrent", [image], lambda x: layers.LSTM(3)(layers.Embedding(10, 8)(layers.Flatten()(x))), "int32", numbers)
save("grouped", [image], lambda x: layers.Dense(2)(layers.GroupNormalization(4)(layers.Flatten()(x))))
save("normalized", [image], lambda x: layers.Dense(2)(layers.Normalization(axis=None)(layers.Flatten()(x))))
save("one_slope", [image], lambda x: layers.Dense(2)(layers.PReLU(shared_axes=[1])(layers.Flatten()(x))))

# Slopes for each voxel, of which no two axes have one length; and for images in sequence.
largest = keras.constraints.MaxNorm(1.5, axis=[0, 3])
save("slopes", [(2, 3, 4, 5)], lambda x: layers.PReLU(alpha_constraint=largest)(x))
save("slopes_shared", [(2, 3, 4, 5)], lambda x: layers.PReLU(shared_axes=[1, 3])(x))
save("slopes_image", [(3, 4, 5)], lambda x: layers.PReLU(shared_axes=[1])(x))
save("slopes_sequence", [(4, 5)], lambda x: layers.PReLU()(x))

# Functions of whole lines, before an image without channels is flattened.
for name in ["softmax", "log_softmax"]:
    save(f"lines_{name}", [(3, 4)], lambda x: layers.Dense(2)(layers.Flatten()(layers.Activation(name)(layers.ReLU()(x)))))
save("lines", [(3, 4)], lambda x: layers.Dense(2)(layers.Flatten()(ops.log_softmax(x))))

# Whole numbers that become others at the first step, and those that only change places before.
byte, pair = [[100, 200, 7]], ([[100, 200, 7]], [[200, 100, 9]])
inner = keras.Sequential([keras.Input((3,), name="inside"), layers.Rescaling(2, -200)], name="inner")
whole = {
    "rescaled": lambda x: layers.Rescaling(1 / 127.5, -1)(x),
    "shifted": lambda x: layers.Rescaling(1, -128)(x),
    "quotient": lambda x: x / 255.0,
    "quotient_of_whole": lambda x: x / 3 - 50,
    "difference": lambda x: x - 128.0,
    "product": lambda x: 2.0 * x,
    "cast": lambda x: ops.cast(x, "float32") - 128,
    "moved": lambda x: layers.Dropout(0.1)(layers.Reshape((1, 3))(layers.RepeatVector(2)(x)[:, :1]))[:, 0] - 1.5,
    "dense": lambda x: layers.Dense(2)(layers.ReLU()(x)) / 1000,
    "limited": lambda x: ops.clip(x, 20, 150) / 2,
    "between": lambda x: ops.clip(x, 20.0, 150.5) - 300,
    "largest": lambda x: ops.maximum(x, 120) - 0.5,
    "roots": lambda x: ops.sqrt(x) - 20,
    "power": lambda x: x**2.0,
    "array": lambda x: x - np.array([100, 150, 200], "float32"),
    "inside": lambda x: inner(x) - 100,
}
for name, build in whole.items():
    save(f"byte_{name}", [(3,)], build, "uint8", [byte])
save("byte_image", [image], lambda x: layers.Conv2D(2, 3)(layers.MaxPooling2D(2)(layers.ZeroPadding2D(2)(x))) / 10000,
     "uint8", [random.integers(0, 256, (3, 4, 4, 3))])
save("byte_joined", [(3,), (3,)], lambda x, y: layers.Rescaling(0.5)(layers.Concatenate()([x, layers.Maximum()([x, y])])),
     "uint8", pair)
save("byte_and_number", [(3,)], lambda x: layers.Add()([x, x / 2]), "uint8", [byte])
save("whole_sums", [(3,), (3,)], lambda x, y: layers.Multiply()([layers.Add()([x, y]) - 128, y]), "int32", pair)

refused = {
    "difference": lambda x: x - 128, "sum": lambda x: 100 + x, "product": lambda x: x * 2, "negative": lambda x: -x,
    "square": lambda x: ops.square(x), "power": lambda x: x**2, "limited": lambda x: ops.clip(x, -1, 100),
    "largest": lambda x: ops.maximum(x, 300), "added": lambda x: layers.Add()([x, x]),
    "multiplied": lambda x: layers.Multiply()([x, x]), "averaged": lambda x: layers.Average()([x, x]),
    "behind": lambda x: layers.Dropout(0.1)(layers.Reshape((1, 3))(x)) - 128,
    "array": lambda x: x - np.array([100, 150, 200], "uint8"),
    "pair": lambda x: x + x[:, ::-1], "normalized": lambda x: layers.LayerNormalization()(x),
}
for name, build in refused.items():
    save(f"byte_{name}", [(3,)], build, "uint8", part="refused")
save("whole_normalized", [(3,)], lambda x: layers.LayerNormalization()(x), "int32", part="refused")
save("byte_enlarged", [image], lambda x: layers.UpSampling2D(2, interpolation="bilinear")(x), "uint8", part="refused")
print("made")
