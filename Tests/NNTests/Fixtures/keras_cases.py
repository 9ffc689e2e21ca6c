"""Outputs and gradients of Keras's layers on JAX in double precision, for hashed inputs and parameters."""

import keras_on_jax  # First of all: it chooses the backend.
import jax
import keras
import numpy as np
from hashed import hashed, write
from keras import activations, layers

__all__ = ["activations", "case", "depthwise", "kernels", "layers", "write"]


def to_keras(array):
    """Images [N, C, H, W] and volumes [N, D, C, H, W] as Keras has them; all else is the same."""
    if array.ndim == 5:
        return np.transpose(array, (0, 1, 3, 4, 2))
    return np.transpose(array, (0, 2, 3, 1)) if array.ndim == 4 else array


def from_keras(array):
    if array.ndim == 5:
        return np.transpose(array, (0, 1, 4, 2, 3))
    return np.transpose(array, (0, 3, 1, 2)) if array.ndim == 4 else np.asarray(array)


# How the kernels of a kind of layer are stored in Kilim, from Keras's layout and back.
kernels = {
    "plain": (lambda a: a, lambda a: a),
    "image": (lambda a: np.transpose(a, (3, 2, 0, 1)), lambda a: np.transpose(a, (2, 3, 1, 0))),
    "shared slope": (lambda a: np.transpose(a, (2, 0, 1)), lambda a: np.transpose(a, (1, 2, 0))),
    "sequence": (lambda a: np.transpose(a, (2, 1, 0)), lambda a: np.transpose(a, (2, 1, 0))),
}


def depthwise(multiplier):
    """[kh, kw, C, multiplier] as [C * multiplier, 1, kh, kw], and back."""

    def from_keras(a):
        height, width, channels, _ = a.shape
        return np.transpose(a, (2, 3, 0, 1)).reshape(channels * multiplier, 1, height, width)

    def to_keras(a):
        filters, _, height, width = a.shape
        return np.transpose(a.reshape(filters // multiplier, multiplier, height, width), (2, 3, 0, 1))

    return from_keras, to_keras


def case(layer, *shapes, parameters=(), limit=1.0, training=False):
    """Output and gradients with respect to inputs (seeds 1, 51, ...) and parameters (seeds 2, 3, ...), for a hashed
    gradient of the output (seed 100).

    `shapes` are Kilim's, with the batch. `parameters` holds for each parameter how its layout is changed.
    """
    inputs = [to_keras(hashed(shape, 1 + 50 * index, limit)).astype("float64") for index, shape in enumerate(shapes)]
    layer.build(inputs[0].shape if len(inputs) == 1 else [x.shape for x in inputs])
    values = []
    for index, variable in enumerate(layer.trainable_variables):
        from_layout, to_layout = parameters[index]
        shape = from_layout(np.zeros(variable.shape)).shape
        values.append(to_layout(hashed(shape, 2 + index)).astype("float64"))
    others = [v.value for v in layer.non_trainable_variables]

    def output(inputs, values):
        argument = inputs[0] if len(inputs) == 1 else inputs
        return layer.stateless_call(values, others, argument)[0]

    y = np.asarray(output(inputs, values))
    upstream = to_keras(hashed(from_keras(y).shape, 100)).astype("float64")
    found = jax.grad(lambda i, v: (output(i, v) * upstream).sum(), argnums=(0, 1))(inputs, values)
    return {
        "shape": from_keras(y).shape,
        "output": from_keras(y),
        "gradients": [from_keras(np.asarray(g)) for g in found[0]]
        + [parameters[i][0](np.asarray(g)) for i, g in enumerate(found[1])],
    }
