"""Makes `.keras` files with the Keras that is installed, and what those models predict.

Each file bears the version in its name, so that several Keras versions can be run one after the other:
`Keras/<version>/<model>.keras`, `.x.npy` (inputs, N H W C) and `.y.npy` (predictions).

Run anywhere; needs keras with one of its backends.
"""

import os

import keras
import numpy as np
from keras import layers

here = os.path.dirname(os.path.abspath(__file__))
folder = os.path.join(here, "Keras", keras.__version__)
os.makedirs(folder, exist_ok=True)
keras.utils.set_random_seed(1)


def shake(model):
    """Gives every variable, the running statistics too, values of its own."""
    random = np.random.default_rng(2)
    for layer in model.layers:
        values = [random.uniform(-0.5, 0.5, value.shape).astype("float32") for value in layer.get_weights()]
        if isinstance(layer, layers.BatchNormalization):
            values[-1] = np.abs(values[-1]) + 0.5
        layer.set_weights(values)


def save(name, stack, size, train=False):
    model = keras.Sequential([keras.Input(size), *stack])
    if train:
        model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
        random = np.random.default_rng(4)
        model.fit(random.random((8, *size), "float32"), np.eye(model.output_shape[-1], dtype="float32")[[0] * 8], verbose=0)
    else:
        shake(model)
    x = np.random.default_rng(3).random((3, *size), "float32")
    model.save(os.path.join(folder, f"{name}.keras"))
    np.save(os.path.join(folder, f"{name}.x.npy"), x)
    np.save(os.path.join(folder, f"{name}.y.npy"), np.asarray(model.predict(x, verbose=0)))


# The network of the example in small: convolutions, a flattened map of several channels, normalized vectors.
classifier = [
    layers.Conv2D(4, 3, padding="same", activation="relu"),
    layers.MaxPooling2D(2),
    layers.Dropout(0.2),
    layers.BatchNormalization(),
    layers.Conv2D(6, (3, 2), padding="valid", activation="relu"),
    layers.Flatten(),
    layers.Dropout(0.2),
    layers.BatchNormalization(),
    layers.Dense(5, activation="relu"),
    layers.Dense(3, activation="softmax"),
]
save("classifier", classifier, (8, 10, 3))
save(
    "trained",
    [layers.Conv2D(2, 3, activation="relu"), layers.Flatten(), layers.Dense(3, activation="softmax")],
    (5, 5, 1),
    train=True,
)
save(
    "options",
    [
        layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False),
        layers.ReLU(),
        layers.Conv2D(4, 3, dilation_rate=2, padding="same", activation="tanh"),
        layers.AveragePooling2D((2, 1), strides=(1, 2), padding="same"),
        layers.MaxPooling2D((3, 2), strides=(2, 1), padding="same"),
        layers.BatchNormalization(momentum=0.9, epsilon=0.01, center=False),
        layers.Activation("sigmoid"),
        layers.BatchNormalization(scale=False),
        layers.GlobalAveragePooling2D(),
        layers.Dense(4, use_bias=False),
        layers.Softmax(),
    ],
    (13, 11, 3),
)
save(
    "vectors",
    [layers.Dense(6, activation="linear"), layers.BatchNormalization(), layers.Activation("relu"), layers.Dense(1, activation="sigmoid")],
    (7,),
)
