"""Makes convolutions.json: outputs and gradients of convolutions by Keras on JAX, in double precision.

Needs keras and jax. See keras_cases.py; the test has the same cases by the same names.
"""

import os

os.chdir(os.path.dirname(os.path.abspath(__file__)))

from keras_cases import case, depthwise, kernels, layers, write

plain = kernels["plain"]
sequence = [kernels["sequence"], plain]
image = [kernels["image"], plain]
steps, pixels = (2, 7, 4), (2, 3, 5, 4)


def one(name, *arguments, shape=steps, **options):
    return name, case(layers.Conv1D(*arguments, **options), shape, parameters=sequence)


def transposed(name, *arguments, **options):
    return name, case(layers.Conv2DTranspose(*arguments, **options), pixels, parameters=image)


def separate(name, multiplier, *arguments, **options):
    layer = layers.DepthwiseConv2D(*arguments, depth_multiplier=multiplier, **options)
    return name, case(layer, pixels, parameters=[depthwise(multiplier), plain])


def separable(name, multiplier, *arguments, **options):
    layer = layers.SeparableConv2D(*arguments, depth_multiplier=multiplier, **options)
    return name, case(layer, pixels, parameters=[depthwise(multiplier), *image])


cases = dict([
    one("conv1d", 3, 3),
    one("conv1d same", 3, 4, padding="same"),
    one("conv1d same stride 2", 3, 3, padding="same", strides=2, activation="relu"),
    one("conv1d causal", 3, 3, padding="causal"),
    one("conv1d causal dilation 2", 3, 3, padding="causal", dilation_rate=2, activation="softmax"),
    one("conv1d causal stride 3", 3, 2, padding="causal", strides=3),
    one("conv1d groups", 6, 2, groups=2, activation="tanh"),
    one("conv1d without bias", 3, 1, use_bias=False),
    transposed("transpose", 2, 3),
    transposed("transpose same", 2, 3, padding="same"),
    transposed("transpose same even", 2, (2, 4), padding="same"),
    transposed("transpose stride 2", 2, 3, strides=2, activation="relu"),
    transposed("transpose stride 2 same", 2, 3, strides=2, padding="same"),
    transposed("transpose stride 2 same even", 2, 4, strides=2, padding="same"),
    transposed("transpose stride 3 small", 2, 2, strides=3),
    transposed("transpose stride 3 small same", 2, 2, strides=3, padding="same"),
    transposed("transpose strides", 2, (3, 2), strides=(1, 2), padding="same", activation="softmax"),
    transposed("transpose output padding", 2, 3, strides=2, output_padding=1),
    transposed("transpose output padding 0", 2, 2, strides=3, output_padding=0),
    transposed("transpose output padding same", 2, 3, strides=3, padding="same", output_padding=(2, 0)),
    transposed("transpose output padding same even", 2, 4, strides=2, padding="same", output_padding=1),
    transposed("transpose dilation", 2, 3, dilation_rate=2),
    transposed("transpose dilation same", 2, (3, 2), dilation_rate=(2, 3), padding="same", use_bias=False),
    separate("depthwise", 1, 3),
    separate("depthwise same stride 2", 1, 3, padding="same", strides=2, activation="relu"),
    separate("depthwise multiplier", 2, (3, 2), padding="same"),
    separate("depthwise multiplier dilation", 3, 2, dilation_rate=2, use_bias=False),
    separate("depthwise softmax", 2, 2, activation="softmax"),
    separable("separable", 1, 4, 3),
    separable("separable multiplier", 2, 4, 3, padding="same", strides=2, activation="relu"),
    separable("separable dilation", 1, 2, 2, dilation_rate=2, activation="silu"),
])
no_bias = {"separable without bias": case(
    layers.SeparableConv2D(2, 3, use_bias=False), pixels, parameters=[depthwise(1), kernels["image"]])}
write("convolutions.json", cases | no_bias)
