"""Trains models with two outputs in the Keras that is installed, one of Kilim and own ones for Kilim to read.

Usage: check_outputs.py FOLDER

FOLDER holds `written.keras` from Kilim, `x.npy` (inputs), `kind.npy` and `price.npy` (targets). For this model and each
`<name>.keras` made here, `<name>.kind.npy` and `<name>.price.npy` get the predictions after three steps of training, and
`<name>.loss.npy` the loss of the first of them.
"""

import os
import sys

import keras
import numpy as np
from keras import layers, losses

folder = sys.argv[1]
x, kind, price = (np.load(os.path.join(folder, name + ".npy")) for name in ["x", "kind", "price"])


def train(name, model):
    targets = {"kind": kind, "price": price} if isinstance(model.output, dict) else [kind, price]
    first, *_ = [np.asarray(model.train_on_batch(x, targets)).reshape(-1)[0] for _ in range(3)]
    for output, values in zip(["kind", "price"], model(x)):
        np.save(os.path.join(folder, f"{name}.{output}.npy"), np.asarray(values))
    np.save(os.path.join(folder, f"{name}.loss.npy"), np.float32(first))


train("written", keras.models.load_model(os.path.join(folder, "written.keras")))

compilations = {
    "list": dict(loss=["categorical_crossentropy", "mse"]),
    "weights": dict(loss=["categorical_crossentropy", "mse"], loss_weights=[1, 0.5], metrics=[["accuracy"], None]),
    "names": dict(
        loss={"price": losses.Huber(), "kind": losses.CategoricalCrossentropy(label_smoothing=0.1)},
        loss_weights={"price": 0.3, "kind": 2.0},
        metrics={"kind": ["accuracy", keras.metrics.MeanIoU(3)], "price": "mae"},
    ),
}
for name, compilation in compilations.items():
    keras.utils.set_random_seed(5)
    inputs = keras.Input((4,))
    hidden = layers.Dense(6, activation="tanh")(inputs)
    outputs = [layers.Dense(3, activation="softmax", name="kind")(hidden), layers.Dense(1, name="price")(hidden)]
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(0.01), **compilation)
    model.save(os.path.join(folder, f"{name}.keras"))
    train(name, model)
