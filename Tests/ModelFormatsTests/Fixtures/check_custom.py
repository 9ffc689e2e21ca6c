"""Opens a model with layers of a user's own that Kilim wrote, and compares its predictions.

Usage: check_custom.py FOLDER, which holds model.keras, model.onnx, x.npy and y.npy.
"""

import os
import sys

import keras
import numpy as np


@keras.saving.register_keras_serializable(package="Mine")
class Scale(keras.layers.Layer):
    def __init__(self, first, name2, **kwargs):
        super().__init__(**kwargs)
        self.first, self.name2 = first, name2

    def build(self, input_shape):
        self.factor = self.add_weight(shape=input_shape[1:], initializer=keras.initializers.Constant(self.first))
        self.built = True

    def call(self, x):
        return x * self.factor

    def get_config(self):
        return super().get_config() | {"first": self.first, "name2": self.name2}


@keras.saving.register_keras_serializable(package="Mine")
class Mix(keras.layers.Layer):
    def __init__(self, share, **kwargs):
        super().__init__(**kwargs)
        self.share = share

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        return inputs[0] * self.share + inputs[1] * (1 - self.share)

    def get_config(self):
        return super().get_config() | {"share": self.share}


def path(name):
    return os.path.join(sys.argv[1], name)


x, y = np.load(path("x.npy")), np.load(path("y.npy"))
model = keras.models.load_model(path("model.keras"))
difference = np.abs(np.asarray(model(np.moveaxis(x, 1, -1))) - y).max()
assert difference <= 1e-6, difference
try:
    import onnxruntime
except ImportError:
    sys.exit(0)
session = onnxruntime.InferenceSession(path("model.onnx"))
difference = np.abs(session.run(None, {"input": x})[0] - y).max()
assert difference <= 1e-6, difference
