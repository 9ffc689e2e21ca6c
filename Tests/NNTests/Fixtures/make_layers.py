"""Makes layers.json: outputs and gradients of layers by Keras on TensorFlow, in double precision.

Needs keras and tensorflow. Input (seed 1), parameters (seeds 2, 3, ...) and upstream gradient (seed 100) are hashed
in the layouts of the tests: images NCHW, convolution weights OIHW.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.chdir(os.path.dirname(os.path.abspath(__file__)))

import keras
import numpy as np
import tensorflow as tf
from hashed import hashed, write
from keras import layers

keras.config.set_floatx("float64")


def to_keras(array):
    return array.transpose(0, 2, 3, 1) if array.ndim == 4 else array


def from_keras(array):
    return np.transpose(array, (0, 3, 1, 2)) if array.ndim == 4 else np.asarray(array)


def kernel_from_keras(array):
    return np.transpose(array, (3, 2, 0, 1)) if array.ndim == 4 else np.asarray(array)


def set_parameters(layer):
    for index, variable in enumerate(layer.trainable_variables):
        shape = tuple(variable.shape)
        if len(shape) == 4:
            height, width, inputs, outputs = shape
            value = hashed((outputs, inputs, height, width), 2 + index).transpose(2, 3, 1, 0)
        else:
            value = hashed(shape, 2 + index)
        variable.assign(value.astype("float64"))


def gradients(layer, x, training=False):
    """Output, gradient of the input and of each parameter for the hashed upstream gradient."""
    x = tf.Variable(to_keras(x).astype("float64"))
    with tf.GradientTape() as tape:
        y = layer(x, training=training)
        upstream = to_keras(hashed(from_keras(y.numpy()).shape, 100))
        loss = tf.reduce_sum(y * upstream)
    variables = [x] + [v.value for v in layer.trainable_variables]
    found = tape.gradient(loss, variables)
    return {
        "output": from_keras(y.numpy()),
        "gradients": [from_keras(found[0].numpy())] + [kernel_from_keras(g.numpy()) for g in found[1:]],
    }


def case(layer, shape, ties=False):
    x = hashed(shape, 1)
    if ties:
        x = np.round(x * 2) / 2
    layer.build(to_keras(x).shape)
    set_parameters(layer)
    return gradients(layer, x)


image = (2, 4, 6, 5)
cases = {
    "conv valid": case(layers.Conv2D(3, 3), image),
    "conv same": case(layers.Conv2D(3, 3, padding="same"), image),
    "conv even kernel same": case(layers.Conv2D(2, (2, 4), padding="same"), image),
    "conv 1x1": case(layers.Conv2D(3, 1), image),
    "conv stride 2 same": case(layers.Conv2D(3, 3, strides=2, padding="same"), (2, 2, 6, 6)),
    "conv window 3x2": case(layers.Conv2D(2, (3, 2)), image),
    "conv stride 3 valid": case(layers.Conv2D(2, 2, strides=3), image),
    "conv dilation 2 valid": case(layers.Conv2D(2, 2, dilation_rate=2), image),
    "conv dilation 2 same": case(layers.Conv2D(2, 3, dilation_rate=2, padding="same"), image),
    "conv groups 2": case(layers.Conv2D(6, 3, groups=2), image),
    "conv depthwise": case(layers.Conv2D(8, 3, groups=4, padding="same"), image),
    "conv without bias": case(layers.Conv2D(2, 3, use_bias=False), image),
    "conv relu": case(layers.Conv2D(2, 3, activation="relu"), image),
    "conv leaky relu": case(layers.Conv2D(2, 3, activation=lambda x: keras.ops.leaky_relu(x, 0.1)), image),
    "conv sigmoid": case(layers.Conv2D(2, 3, activation="sigmoid"), image),
    "conv tanh": case(layers.Conv2D(2, 3, activation="tanh"), image),
    "conv softmax": case(layers.Conv2D(3, 3, activation="softmax"), image),
    "max pool": case(layers.MaxPooling2D(2), (2, 2, 6, 5)),
    "max pool same": case(layers.MaxPooling2D(2, padding="same"), (2, 2, 5, 5)),
    "max pool overlapping": case(layers.MaxPooling2D(3, strides=2), (2, 2, 7, 6)),
    "max pool overlapping same": case(layers.MaxPooling2D(3, strides=2, padding="same"), (2, 2, 6, 6)),
    "max pool ties": case(layers.MaxPooling2D(3, strides=2), (2, 2, 7, 7), ties=True),
    "average pool": case(layers.AveragePooling2D(2), (2, 2, 6, 5)),
    "average pool same": case(layers.AveragePooling2D(3, strides=2, padding="same"), (2, 2, 6, 6)),
    "average pool 3x2": case(layers.AveragePooling2D((3, 2)), (2, 2, 6, 5)),
    "global average pool": case(layers.GlobalAveragePooling2D(), image),
    "dense": case(layers.Dense(4), (3, 6)),
    "dense without bias": case(layers.Dense(4, use_bias=False), (3, 6)),
    "dense softmax": case(layers.Dense(4, activation="softmax"), (3, 6)),
}


def batch_norm_case(shape, **options):
    """Three training steps on inputs of their own (seeds 1, 11, 21), then inference on the first input."""
    layer = layers.BatchNormalization(**options)
    layer.build(to_keras(np.zeros(shape)).shape)
    set_parameters(layer)
    training = [gradients(layer, hashed(shape, seed, 2) + np.float32(0.5), training=True) for seed in (1, 11, 21)]
    inference = gradients(layer, hashed(shape, 1, 2) + np.float32(0.5))
    return {
        "output": training[0]["output"],
        "gradients": training[0]["gradients"],
        "inferenceOutput": inference["output"],
        "inferenceGradients": inference["gradients"],
        "running": [layer.moving_mean.numpy(), layer.moving_variance.numpy()],
    }


write("layers.json", cases)
write(
    "batch_norm.json",
    {
        "images": batch_norm_case((3, 4, 3, 2)),
        "features": batch_norm_case((6, 4)),
        "momentum and epsilon": batch_norm_case((6, 4), momentum=0.9, epsilon=0.1),
        "without scale": batch_norm_case((3, 2, 3, 2), scale=False),
        "without shift": batch_norm_case((3, 2, 3, 2), center=False),
    },
)
