"""Makes the models tf_….h5 in Keras/operations: graphs of tf.keras 2 with functions of TensorFlow in place of layers.

Usage: make_tf_operations.py FOLDER, with tensorflow and tf_keras 2.16 or later (here 2.21). Each model NAME.h5 stands beside
NAME.npz with input0, … and output0, ….
"""

import os
import sys

import numpy as np
import tensorflow as tf
import tf_keras as keras
from tf_keras import backend, layers

folder = sys.argv[1]
random = np.random.default_rng(19)


def save(name, shapes, build):
    inputs = [keras.Input(shape) for shape in shapes]
    model = keras.Model(inputs, build(*inputs))
    arrays = [random.uniform(0.1, 1, (2, *shape)).astype("float32") for shape in shapes]
    outputs = model.predict(arrays, verbose=0)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    numbers = {f"input{i}": x for i, x in enumerate(arrays)} | {f"output{i}": y for i, y in enumerate(outputs)}
    np.savez(os.path.join(folder, name + ".npz"), **numbers)
    model.save(os.path.join(folder, name + ".h5"))


def axes(x, image):
    return [
        tf.reshape(x, (-1, 2, 6)), tf.concat([x, x], axis=-1), tf.concat([image, image], 1), tf.stack([x, x], axis=1),
        tf.expand_dims(x, axis=-1), tf.expand_dims(x, 1), tf.squeeze(x[:, :1], axis=1), tf.squeeze(x[:, 1:2], [1]),
        tf.transpose(x, perm=[0, 2, 1]), tf.transpose(image, [0, 3, 1, 2]), tf.tile(x, [1, 2, 1]), tf.repeat(x, 2, axis=1),
        tf.pad(image, [[0, 0], [1, 1], [0, 2], [0, 0]]), tf.reverse(x, axis=[-1]), tf.reverse(image, axis=[2]),
        tf.gather(x, [0, 2], axis=1), *tf.split(x, 2, axis=1), *tf.split(image, [1, 3, 1], axis=2), tf.unstack(x, axis=1)[2],
        image[..., 0:1], image[:, 1:-1, 1:, :], x[:, tf.newaxis], tf.nn.depth_to_space(tf.concat([image, image], -1), 2)]


def functions(x, image):
    return [
        tf.square(x), tf.sqrt(x), tf.abs(x - 0.5), tf.math.log(x), tf.exp(x), tf.pow(x, 2), x**3, tf.math.rsqrt(x),
        tf.clip_by_value(x, 0.2, 0.6), tf.nn.leaky_relu(x - 0.5, alpha=0.1), tf.nn.leaky_relu(x - 0.5), tf.nn.gelu(x - 0.5),
        tf.nn.gelu(x - 0.5, approximate=True), tf.nn.softmax(x), tf.nn.log_softmax(x), tf.math.reciprocal(x), tf.identity(x),
        tf.math.add_n([x, x, x]), tf.cast(image, tf.float32) / 255.0, tf.nn.relu6(8 * x), tf.matmul(x, x[:, :3]),
        tf.multiply(x, x), 1.0 - x, 1.0 / x]


def reductions(x, image):
    return [
        tf.reduce_sum(x, axis=-1, keepdims=True), tf.reduce_max(x, axis=1), tf.reduce_min(x, axis=1),
        tf.reduce_mean(image, axis=[1, 2]), tf.reduce_mean(x, axis=1), tf.math.reduce_std(x, axis=-1, keepdims=True),
        tf.math.reduce_variance(image, axis=[1, 2]), tf.reduce_logsumexp(x, axis=-1, keepdims=True),
        tf.nn.l2_normalize(x, axis=-1), tf.math.l2_normalize(x * 1e-8, 1), tf.norm(x, axis=-1, keepdims=True)]


def pictures(image):
    return [
        tf.image.resize(image, (6, 3)), tf.image.resize(image, (3, 8), method="nearest"), tf.nn.max_pool2d(image, 2, 2, "VALID"),
        tf.nn.avg_pool2d(image, ksize=2, strides=2, padding="SAME"), tf.image.rgb_to_grayscale(image), tf.nn.bias_add(image, [1.0, 2.0, 3.0])]


def behind(a, b):
    """The functions of Keras's backend, as siamese networks have them."""
    difference = backend.abs(backend.l2_normalize(a, axis=-1) - backend.l2_normalize(b, axis=-1))
    joined = backend.concatenate([difference, backend.square(a)])
    return layers.Dense(2, kernel_initializer="ones")(joined), backend.sqrt(backend.sum(backend.square(a - b), axis=1, keepdims=True))


save("tf_axes", [(4, 3), (4, 5, 2)], axes)
save("tf_functions", [(4, 3), (4, 5, 2)], functions)
save("tf_reductions", [(4, 3), (4, 5, 2)], reductions)
save("tf_pictures", [(4, 6, 3)], pictures)
save("tf_behind", [(5,), (5,)], behind)
