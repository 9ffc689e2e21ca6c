"""Keras on JAX in double precision. To be imported before anything of Keras."""

import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

import keras
from keras.src.backend.common import dtypes

keras.config.set_floatx("float64")


def compute_all_in_double():
    """On JAX, Keras computes some functions of float64, such as tanh, in float32. After this it does not."""
    keras.config.set_dtype_policy("float64")
    result_type = dtypes.result_type
    dtypes.result_type = lambda *types: "float64" if result_type(*types) == "float32" else result_type(*types)
