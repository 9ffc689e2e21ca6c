"""Makes the models in Keras/operations: graphs of Keras with operations in place of layers.

Usage: make_keras_operations.py FOLDER, with Keras 3.15.1. Each model NAME.keras or NAME.h5 stands beside NAME.npz with
input0, … and output0, ….
"""

import os
import sys

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np
from keras import layers, ops

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
random = np.random.default_rng(17)


def save(name, shapes, build, ending=".keras"):
    inputs = [keras.Input(shape) for shape in shapes]
    model = keras.Model(inputs, build(*inputs))
    arrays = [random.uniform(0.1, 1, (2, *shape)).astype("float32") for shape in shapes]
    outputs = model.predict(arrays, verbose=0)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    numbers = {f"input{i}": x for i, x in enumerate(arrays)} | {f"output{i}": y for i, y in enumerate(outputs)}
    np.savez(os.path.join(folder, name + ".npz"), **numbers)
    model.save(os.path.join(folder, name + ending))


def axes(x, image):
    return [
        layers.Conv1D(2, 2)(ops.expand_dims(x[:, 0], -1)), ops.squeeze(x[:, 1:2], 1), ops.reshape(x, (-1, 2, 6)),
        ops.transpose(x, (0, 2, 1)), x[:, -1, ::2], layers.Dense(3)(ops.reshape(image, (-1, 30))), ops.transpose(image, (0, 3, 1, 2)),
        image[:, 1:, :2], image[:, 0, :, 1]]


def joined(a, b, image):
    return [
        ops.stack([a, b], axis=1), ops.stack([a, b, a], axis=-1), ops.concatenate([a, b], axis=1), a / b,
        ops.stack([image, image], axis=1), ops.concatenate([image, image], axis=2)]


def reduced(x, image):
    return [
        ops.sum(x, axis=1), ops.mean(x, axis=-1, keepdims=True), ops.max(x, axis=(1, 2), keepdims=True),
        ops.min(image, axis=2), ops.sum(image, axis=(1, 3)), ops.mean(image, axis=(2, 3), keepdims=True)]


def functions(x):
    return [
        ops.sqrt(x), ops.square(x), ops.absolute(x - 0.5), ops.log(x), x**2, x**0.5, 2.0 / x, ops.clip(x, 0.2, 0.6),
        ops.maximum(x, 0.4), ops.minimum(x, 0.4), ops.leaky_relu(x - 0.5, 0.1), ops.gelu(x, approximate=False)]


def arrays(x, image):
    return [
        ops.flip(x, axis=1), ops.flip(image, axis=3), ops.repeat(x, 2, axis=1), ops.repeat(image, 3, axis=2),
        ops.take(x, [2, 0, -1], axis=1), ops.tile(x, (1, 2, 3)), ops.tile(image, (1, 1, 2, 2)),
        ops.pad(x, [[0, 0], [1, 2], [0, 1]]), ops.pad(image, [[0, 0], [1, 0], [0, 2], [1, 1]]),
        ops.matmul(x, ops.transpose(x, (0, 2, 1))), ops.normalize(x), ops.normalize(image * 1e-9, axis=2),
        ops.image.resize(image, (6, 4)), ops.image.resize(image, (2, 7), interpolation="nearest"),
        layers.Conv2D(1, 2, kernel_initializer="ones")(ops.depth_to_space(ops.tile(image, (1, 1, 1, 4)), 2)),
        ops.gelu(x - 0.5), ops.rsqrt(x)]


def distance(a, b):
    """As siamese networks have it."""
    dense = layers.Dense(3, activation="tanh", kernel_initializer="ones")
    return ops.sqrt(ops.maximum(ops.sum(ops.square(dense(a) - dense(b)), axis=1, keepdims=True), 1e-7))


def moved(x, image):
    return [
        ops.swapaxes(x, 1, 2), ops.swapaxes(image, -1, 1), ops.moveaxis(x, 2, 1), ops.moveaxis(image, -1, 1),
        ops.moveaxis(image, 1, 3), x[:, None], x[:, 1:, None, :2], x[..., 1:], x[:, ::-1], x[..., ::-1], image[..., 0:1],
        image[..., 1], image[:, ::-1, 1:], image[..., None, :], ops.roll(x, 2, axis=1), ops.roll(image, -1, axis=-1),
        ops.hstack([x, x])]


def divided(x, image):
    a, b = ops.split(x, 2, axis=1)
    c, d, e = ops.split(image, [1, 4], axis=2)
    return [
        a - b, layers.Dense(2, kernel_initializer="ones")(b), c, d, e, *ops.split(image, 2, axis=-1), *ops.unstack(x, axis=1),
        ops.unstack(x, axis=2)[1]]


def measured(x, image):
    mean, variance = ops.mean(x, axis=-1, keepdims=True), ops.var(x, axis=-1, keepdims=True)
    return [
        (x - mean) / ops.sqrt(variance + 1e-5), ops.std(x, axis=1), ops.var(image, axis=(1, 2)),
        ops.std(image, axis=(1, 2, 3), keepdims=True),
        ops.logsumexp(x * 90, axis=-1, keepdims=True), ops.logsumexp(image, axis=(1, 2)), ops.average(x, axis=1),
         ops.softmax(x, axis=1), ops.softmax(image, axis=-1)]


def pictures(image):
    return [
        ops.max_pool(image, (2, 2), strides=(2, 2)), ops.average_pool(image, (2, 3), strides=(1, 1), padding="same"),
        ops.image.crop_images(image, 1, 2, 1, 0),
        ops.image.pad_images(image, 1, 2, 0, 3), ops.image.rgb_to_grayscale(image), ops.cast(image, "float32") / 255.0]


def powers(x):
    return [
        x**3, ops.power(x, 4), ops.power(x, -2), ops.power(x, -0.5), ops.log2(x), ops.log10(x), ops.exp2(x), ops.copy(x),
        ops.celu(x - 0.5), ops.hard_tanh(3 * x - 1.5), ops.tanh_shrink(x), ops.soft_shrink(2 * x),
        ops.hard_shrink(x), ops.squareplus(x - 0.5), ops.sparse_plus(3 * x - 1.5), ops.sparse_sigmoid(3 * x - 1.5)]


def mapped(x):
    return [
        ops.sin(3 * x), ops.cos(3 * x), ops.arctan(x), ops.erf(2 * x - 1), ops.sign(x - 0.5), ops.floor(3 * x),
        ops.ceil(3 * x), ops.round(3 * x), x**1.5, ops.power(x + 0.1, -1.7)]


def flattened(x):
    return layers.Dense(2, kernel_initializer="ones")(ops.reshape(x, (-1, 12)))


def first(x):
    """Of several results one is used, so that the layers look like a chain."""
    return layers.Dense(2, kernel_initializer="ones")(layers.LSTM(3, return_state=True)(ops.split(x, 2, axis=1)[0])[0])


save("axes", [(4, 3), (3, 5, 2)], axes)
save("joined", [(4, 3), (4, 3), (3, 5, 2)], joined)
save("reduced", [(4, 3), (3, 5, 2)], reduced)
save("functions", [(5,)], functions)
save("distance", [(5,), (5,)], distance)
save("distance_h5", [(5,), (5,)], distance, ".h5")
save("arrays", [(4, 3), (3, 5, 2)], arrays)
save("moved", [(4, 3), (3, 5, 2)], moved)
save("divided", [(4, 3), (3, 5, 2)], divided)
save("measured", [(4, 3), (3, 5, 2)], measured)
save("pictures", [(6, 5, 3)], pictures)
save("powers", [(5,)], powers)
save("flattened", [(4, 3)], flattened)
save("first", [(4, 3)], first)
save("mapped", [(5,)], mapped)
