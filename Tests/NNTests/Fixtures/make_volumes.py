"""Outputs and gradients of Keras's layers for volumes and images in sequence, and of depthwise convolutions of sequences.

Usage: make_volumes.py, which writes volumes.json beside itself. The layers are those of VolumesTests.swift.
"""

from keras_cases import case, kernels, layers, np, write
from keras.src.backend.common import dtypes

# On JAX, Keras computes some functions of float64, such as tanh, in float32.
result_type = dtypes.result_type
dtypes.result_type = lambda *types: "float64" if result_type(*types) == "float32" else result_type(*types)

plain, image, sequence = kernels["plain"], kernels["image"], kernels["sequence"]
volume = (lambda a: np.transpose(a, (4, 3, 0, 1, 2)), lambda a: np.transpose(a, (2, 3, 4, 1, 0)))


def depthwise(multiplier):
    """[k, C, multiplier] as [C * multiplier, 1, k], and back."""
    return (
        lambda a: np.transpose(a, (1, 2, 0)).reshape(-1, 1, a.shape[0]),
        lambda a: np.transpose(a.reshape(-1, multiplier, a.shape[2]), (2, 0, 1)))


shape = (2, 4, 3, 5, 6)
write("volumes.json", {
    "conv": case(layers.Conv3D(4, 2, activation="relu"), shape, parameters=[volume, plain]),
    "conv same": case(layers.Conv3D(2, (3, 2, 3), padding="same", use_bias=False), shape, parameters=[volume]),
    "conv strides": case(
        layers.Conv3D(6, (2, 3, 1), strides=(3, 1, 2), padding="same", groups=3, activation="tanh"), shape,
        parameters=[volume, plain]),
    "conv dilation": case(layers.Conv3D(2, 2, dilation_rate=(3, 1, 2)), shape, parameters=[volume, plain]),
    "max": case(layers.MaxPooling3D(2), shape),
    "max same": case(layers.MaxPooling3D((3, 2, 2), strides=(2, 1, 3), padding="same"), shape),
    "average": case(layers.AveragePooling3D((2, 3, 2)), shape),
    "average same": case(layers.AveragePooling3D((3, 2, 2), strides=(2, 1, 3), padding="same"), shape),
    "global average": case(layers.GlobalAveragePooling3D(), shape),
    "global max": case(layers.GlobalMaxPooling3D(keepdims=True), shape),
    "zeros": case(layers.ZeroPadding3D(((1, 0), (0, 2), (1, 1))), shape),
    "cropping": case(layers.Cropping3D(((1, 0), (0, 2), (1, 1))), shape),
    "larger": case(layers.UpSampling3D((2, 1, 3)), shape),
    "depthwise": case(
        layers.DepthwiseConv1D(3, strides=2, padding="same", depth_multiplier=2, activation="relu"), (2, 7, 3),
        parameters=[depthwise(2), plain]),
    "depthwise dilation": case(
        layers.DepthwiseConv1D(2, dilation_rate=3, use_bias=False), (2, 7, 3), parameters=[depthwise(1)]),
    "separable": case(
        layers.SeparableConv1D(4, 3, padding="same", depth_multiplier=2, activation="tanh"), (2, 7, 3),
        parameters=[depthwise(2), sequence, plain]),
    "separable strides": case(
        layers.SeparableConv1D(2, 2, strides=3, use_bias=False), (2, 8, 3), parameters=[depthwise(1), sequence]),
    "recurrent": case(
        layers.ConvLSTM2D(2, (3, 2), padding="same", return_sequences=True), (2, 3, 2, 4, 5),
        parameters=[image, image, plain]),
    "recurrent last": case(
        layers.ConvLSTM2D(3, 2, strides=2, go_backwards=True, recurrent_activation="hard_sigmoid", activation="relu"),
        (2, 3, 2, 4, 5), parameters=[image, image, plain]),
    "recurrent dilation": case(
        layers.ConvLSTM2D(2, 2, dilation_rate=2, use_bias=False), (2, 3, 2, 4, 5), parameters=[image, image]),
})
