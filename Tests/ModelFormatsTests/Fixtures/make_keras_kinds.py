"""Makes the models in Keras/kinds: forms in which Keras and its older versions write the same things.

Usage: make_keras_kinds.py FOLDER, with Keras 3.15.1 and h5py. Each model stands beside `<name>.x.npy` (inputs) and
`<name>.y.npy` (predictions). What older versions write is made by changing the configuration of a file of Keras 3.
"""

import io
import json
import os
import sys
import zipfile

import h5py
import keras
import numpy as np
from keras import layers

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
random = np.random.default_rng(5)


def path(name):
    return os.path.join(folder, name)


def shake(model):
    """Gives every variable a value of its own."""
    for variable in model.weights:
        is_variance = "variance" in variable.path
        limit = 0.5 if len(variable.shape) == 1 else np.sqrt(3 / np.prod(variable.shape[:-1]))
        value = random.uniform(0.5 if is_variance else -limit, 1 if is_variance else limit, variable.shape)
        variable.assign(value.astype("float32"))


def sequential(size, *stack):
    return keras.Sequential([keras.Input(size), *stack])


def save(name, model, ending=".keras"):
    shake(model)
    x = random.random((3, *model.input_shape[1:])).astype("float32")
    np.save(path(name + ".x.npy"), x)
    np.save(path(name + ".y.npy"), np.asarray(model(x, training=False)))
    model.save(path(name + ending))


def change_h5(name, change):
    """Changes the configuration in a whole model."""
    with h5py.File(path(name + ".h5"), "r+") as file:
        config = json.loads(file.attrs["model_config"])
        change(config["config"]["layers"])
        file.attrs["model_config"] = json.dumps(config)


def entries(name):
    with zipfile.ZipFile(path(name + ".keras")) as archive:
        return {entry: archive.read(entry) for entry in archive.namelist()}


def write(name, parts):
    with zipfile.ZipFile(path(name + ".keras"), "w") as archive:
        for entry, content in parts.items():
            archive.writestr(zipfile.ZipInfo(entry), content)


# As Keras 2 spells it.
def to_keras_2(stack):
    for layer in stack:
        config = layer["config"]
        kind = layer["class_name"]
        for key in ["module", "registered_name", "build_config"]:
            layer.pop(key, None)
        config["dtype"] = "float32"
        if kind == "InputLayer":
            config["batch_input_shape"] = config.pop("batch_shape")
        if kind in ["DepthwiseConv2D", "SeparableConv2D"]:
            config["groups"] = 1
        if kind == "BatchNormalization":
            config["axis"] = [1] if config["name"].startswith("features") else [3]
            config["scale"], config["center"] = 1, 1
        if kind == "LeakyReLU":
            config["alpha"] = config.pop("negative_slope")


save(
    "older",
    sequential(
        (9, 8, 3), layers.DepthwiseConv2D(3, depth_multiplier=2), layers.BatchNormalization(), layers.LeakyReLU(0.1),
        layers.SeparableConv2D(4, 2), layers.Flatten(), layers.BatchNormalization(name="features"),
        layers.Dense(5), layers.BatchNormalization(name="features_1"), layers.Dense(3, activation="softmax")),
    ".h5")
change_h5("older", to_keras_2)

# Axes of features as Keras 3 allows them.
save("axis", sequential((6,), layers.Dense(4), layers.BatchNormalization(axis=1), layers.Softmax(axis=1)))

# Images without channels.
save("plane", sequential((6, 5), layers.Rescaling(0.5), layers.Dropout(0.1), layers.Flatten(), layers.Dense(4)))
save("plane_reshaped", sequential((6, 5), layers.Reshape((6, 5, 1)), layers.Conv2D(3, 2), layers.Flatten(), layers.Dense(2)))
save("reshaped", sequential((24,), layers.Reshape((4, 3, 2)), layers.Conv2D(3, 2), layers.Reshape((-1,)), layers.Dense(2)))

# Layers that act in training alone.
save(
    "augmented",
    sequential(
        (8, 7, 3), layers.RandomFlip("horizontal"), layers.RandomRotation(0.1), layers.RandomZoom(0.1),
        layers.RandomContrast(0.2), layers.RandomBrightness(0.1), layers.RandomTranslation(0.1, 0.1),
        layers.Rescaling([0.5, 0.5, 0.5], offset=-0.5), layers.Conv2D(4, 3), layers.SpatialDropout2D(0.3), layers.GaussianNoise(0.1),
        layers.GaussianDropout(0.1), layers.ActivityRegularization(l1=0.1), layers.Identity(), layers.GlobalAveragePooling2D(),
        layers.Dense(3)))

# Activations as objects.
save(
    "activations",
    sequential(
        (5, 5, 2), layers.Conv2D(3, 2, activation=layers.LeakyReLU(negative_slope=0.1)),
        layers.Activation(layers.ReLU(negative_slope=0.05)), layers.Conv2D(3, 2, activation=keras.activations.relu),
        layers.Flatten(), layers.Dense(3, activation=layers.Softmax())))

# A dense layer on an image.
save("dense_on_image", sequential((5, 4, 3), layers.Dense(6, activation="relu"), layers.Conv2D(2, 2), layers.Flatten(), layers.Dense(2)))

# A model whose layers become others, and weights of the same model.
inner = sequential((7, 6, 4), layers.Conv2D(4, 2), layers.DepthwiseConv2D(2))
mapped = sequential(
    (7, 6, 3), layers.Conv2D(4, 1, name="stem"), inner, layers.SeparableConv2D(5, 2), layers.BatchNormalization(),
    layers.GlobalMaxPooling2D(), layers.Dense(2, name="head"))
save("mapped", mapped)
save("mapped_weights", mapped)
os.remove(path("mapped_weights.keras"))
mapped.save_weights(path("mapped.weights.h5"))

# Functional models as tf_keras writes them.
x = keras.Input((9, 8, 3))
block = keras.Model(x, layers.BatchNormalization()(layers.Conv2D(4, 3)(x)), name="block")
x = keras.Input((9, 8, 3))
save("functional", keras.Model(x, layers.Dense(3, name="head")(layers.GlobalAveragePooling2D()(block(x, training=False)))))
parts = entries("functional")
parts["config.json"] = parts["config.json"].replace(b"keras.src.models.functional", b"tf_keras.src.engine.functional")
write("functional", parts)


# Names of groups as Keras on Windows wrote them, and the folder of layers as Keras 2.12 called it.
def rename(name, new, separator, layers_name):
    parts = entries(name)
    result = io.BytesIO()
    with h5py.File(io.BytesIO(parts["model.weights.h5"])) as old, h5py.File(result, "w") as file:
        def copy(place, item):
            if isinstance(item, h5py.Dataset):
                folders = place.split("/")
                start = separator.join(layers_name if part == "layers" else part for part in folders[:-2])
                file["/".join([start, *folders[-2:]])] = item[()]
        old.visititems(copy)
    parts["model.weights.h5"] = result.getvalue()
    write(new, parts)
    for end in [".x.npy", ".y.npy"]:
        with open(path(name + end), "rb") as source, open(path(new + end), "wb") as target:
            target.write(source.read())


rename("mapped", "windows", "\\", "layers")
rename("mapped", "keras_2_12", "/", "_layer_checkpoint_dependencies")

# Layers for images and for sequences with options of their own.
save(
    "images",
    sequential(
        (8, 6, 3), layers.Resizing(7, 9, interpolation="bicubic", pad_to_aspect_ratio=True, fill_value=0.5),
        layers.Conv2DTranspose(4, 3, strides=2, padding="same", output_padding=(1, 0), activation="gelu"),
        layers.DepthwiseConv2D((3, 2), depth_multiplier=2, activation="relu6"), layers.PReLU(shared_axes=[1, 2]),
        layers.Permute((2, 1, 3)), layers.Cropping2D(((1, 0), (2, 1))), layers.CenterCrop(8, 6),
        layers.UpSampling2D((1, 2), interpolation="bilinear"), layers.ReLU(max_value=3, negative_slope=0.1, threshold=0.2),
        layers.PReLU(), layers.SeparableConv2D(5, 3, strides=2, depth_multiplier=2, activation="hard_silu"),
        layers.ZeroPadding2D(((0, 1), (2, 0))), layers.Softmax(axis=[1, 2]), layers.GlobalMaxPooling2D(keepdims=True),
        layers.ELU(0.5), layers.Softmax(), layers.Flatten(), layers.PReLU(), layers.Dense(3, activation="mish")))
save(
    "sequences",
    sequential(
        (24,), layers.Reshape((6, 4)), layers.ZeroPadding1D((1, 0)),
        layers.Conv1D(6, 3, padding="causal", dilation_rate=2, groups=2, activation="silu"), layers.MaxPooling1D(2, strides=1),
        layers.UpSampling1D(2), layers.Cropping1D((1, 2)), layers.Permute((2, 1)), layers.Conv1D(4, 2, strides=2, padding="same"),
        layers.AveragePooling1D(2, strides=1, padding="same"), layers.Reshape((3, 2, 2)), layers.Conv2D(3, 2),
        layers.Reshape((-1, 3)), layers.Softmax(axis=1), layers.GlobalAveragePooling1D(), layers.RepeatVector(4),
        layers.PReLU(shared_axes=[1]), layers.GlobalMaxPooling1D(), layers.Dense(2)))

# Recurrent layers that are made of cells.
save(
    "cells",
    sequential(
        (24,), layers.Reshape((6, 4)), layers.RNN(layers.LSTMCell(5, recurrent_activation="hard_sigmoid"), return_sequences=True),
        layers.RNN(layers.GRUCell(3, reset_after=False), return_sequences=True, go_backwards=True),
        layers.RNN(layers.LSTMCell(4, use_bias=False), return_sequences=True, unroll=True), layers.LSTM(3, return_sequences=True),
        layers.RNN(layers.SimpleRNNCell(4, activation="relu"))))
