"""Makes the seeds of the fuzzer `KerasGraph`: descriptions of graphs as Keras 3 and Keras 2 write them.

Usage: make_graph_seeds.py. Needs keras, tensorflow and tf_keras.
"""

import json
import os
import re

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras as keras3  # noqa: E402
import tf_keras as keras2  # noqa: E402

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "Seeds/KerasGraph")
os.makedirs(folder, exist_ok=True)
# What the reader leaves aside, and what only makes the seeds longer.
LEFT = {"build_config", "dtype", "kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer",
        "activity_regularizer", "kernel_constraint", "bias_constraint", "shared_object_id"}


def short(value):
    if isinstance(value, dict):
        return {key: short(part) for key, part in value.items() if key not in LEFT}
    return [short(part) for part in value] if isinstance(value, list) else value


def write(name, model):
    text = json.dumps(short(json.loads(model.to_json())), separators=(",", ":"))
    with open(os.path.join(folder, name + ".json"), "w") as file:
        file.write(re.sub(r"\d{10,}", "1", text))


for version, keras in [("3", keras3), ("2", keras2)]:
    L = keras.layers
    x = image = keras.Input((6, 6, 4), name="image")
    y = L.ReLU(max_value=6.0)(L.ZeroPadding2D(((0, 1), (1, 0)))(x))
    y = L.Cropping2D(((1, 0), (0, 1)))(L.MaxPooling2D(2, strides=1, padding="same")(y))
    gate = L.Reshape((1, 1, 4))(L.GlobalAveragePooling2D()(y))
    x = L.Concatenate()([L.Multiply()([y, gate]), L.Dropout(0.2, noise_shape=(None, 1, 1, 1))(x), L.Average()([x, y])])
    write(f"block{version}", keras.Model(image, L.Flatten()(x)))

    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    shared = L.Activation("tanh", name="shared")
    inner_input = keras.Input((4,))
    inner = keras.Model(inner_input, [L.Activation("relu")(inner_input), L.Dense(4)(inner_input)], name="inner")
    first, second = inner(shared(a))
    chain = keras.Sequential([keras.Input((4,)), L.Dense(4), L.BatchNormalization()], name="chain")
    write(f"nested{version}", keras.Model([b, a], [L.Subtract()([first, shared(b)]), chain(second), chain(b)]))

    x = keras.Input((4,), name="x")
    y = (x / 127.5 - 1.0) * 2.0
    write(f"arithmetic{version}", keras.Model(x, L.Maximum()([1.0 - y, y + x])))

from keras.src.applications.convnext import LayerScale  # noqa: E402
from keras.src.applications.inception_resnet_v2 import CustomScaleLayer  # noqa: E402

x = keras3.Input((4, 4, 4))
y = CustomScaleLayer(0.2)([x, keras3.layers.Normalization(mean=[1.0, 2, 3, 4], variance=[1.0, 1, 2, 2])(x)])
write("scales", keras3.Model(x, LayerScale(1e-6, 4)(y)))
