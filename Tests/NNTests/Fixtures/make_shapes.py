"""Makes shapes.json: outputs and gradients of layers that pool, reshape and resize by Keras on JAX, in double precision.

Needs keras and jax. See keras_cases.py; the test has the same cases by the same names.
"""

import os

os.chdir(os.path.dirname(os.path.abspath(__file__)))

from keras_cases import case, layers, write

image, steps, features = (2, 2, 4, 6), (2, 7, 3), (2, 12)


def resizing(name, height, width, *, shape=image, **options):
    return name, case(layers.Resizing(height, width, **options), shape)


cases = {
    "global max 2d": case(layers.GlobalMaxPooling2D(), image),
    "global max 2d kept": case(layers.GlobalMaxPooling2D(keepdims=True), image),
    "global average 2d": case(layers.GlobalAveragePooling2D(), image),
    "global average 2d kept": case(layers.GlobalAveragePooling2D(keepdims=True), image),
    "global max 1d": case(layers.GlobalMaxPooling1D(), steps),
    "global max 1d kept": case(layers.GlobalMaxPooling1D(keepdims=True), steps),
    "global average 1d": case(layers.GlobalAveragePooling1D(), steps),
    "global average 1d kept": case(layers.GlobalAveragePooling1D(keepdims=True), steps),
    "max 1d": case(layers.MaxPooling1D(2), steps),
    "max 1d same": case(layers.MaxPooling1D(3, strides=2, padding="same"), steps),
    "average 1d": case(layers.AveragePooling1D(2), steps),
    "average 1d same": case(layers.AveragePooling1D(3, strides=2, padding="same"), steps),
    "reshape features to an image": case(layers.Reshape((2, 3, 2)), features),
    "reshape an image to features": case(layers.Reshape((-1,)), image),
    "reshape an image to a sequence": case(layers.Reshape((8, -1)), image),
    "reshape an image to an image": case(layers.Reshape((3, -1, 4)), image),
    "reshape a sequence to an image": case(layers.Reshape((7, 1, 3)), steps),
    "flatten": case(layers.Flatten(), image),
    "permute a sequence": case(layers.Permute((2, 1)), steps),
    "permute an image": case(layers.Permute((3, 1, 2)), image),
    "transpose an image": case(layers.Permute((2, 1, 3)), image),
    "repeat": case(layers.RepeatVector(3), (2, 4)),
    "cropping 2d": case(layers.Cropping2D(((1, 2), (0, 3))), image),
    "cropping 1d": case(layers.Cropping1D((1, 2)), steps),
    "zero padding 2d": case(layers.ZeroPadding2D(((1, 0), (2, 3))), image),
    "zero padding 1d": case(layers.ZeroPadding1D((0, 2)), steps),
    "up sampling 1d": case(layers.UpSampling1D(3), (2, 2, 3)),
    "up sampling nearest": case(layers.UpSampling2D((2, 3)), (2, 2, 2, 3)),
    "up sampling bilinear": case(layers.UpSampling2D((2, 3), interpolation="bilinear"), (2, 2, 2, 3)),
    "up sampling bicubic": case(layers.UpSampling2D(2, interpolation="bicubic"), (2, 2, 2, 3)),
    "up sampling lanczos5": case(layers.UpSampling2D(2, interpolation="lanczos5"), (2, 2, 2, 3)),
    "center crop": case(layers.CenterCrop(3, 2), image),
    "center crop that is larger": case(layers.CenterCrop(5, 4), image),
}
cases |= dict([
    resizing("resizing larger", 5, 9),
    resizing("resizing smaller", 3, 4),
    resizing("resizing smaller antialias", 2, 3, antialias=True),
    resizing("resizing nearest", 7, 3, interpolation="nearest"),
    resizing("resizing bicubic", 3, 8, interpolation="bicubic"),
    resizing("resizing bicubic antialias", 2, 4, interpolation="bicubic", antialias=True),
    resizing("resizing lanczos3", 5, 4, interpolation="lanczos3"),
    resizing("resizing lanczos5", 3, 7, interpolation="lanczos5", antialias=True),
    resizing("resizing crop", 4, 3, crop_to_aspect_ratio=True),
    resizing("resizing crop rows", 2, 7, crop_to_aspect_ratio=True, interpolation="bicubic"),
    resizing("resizing pad", 5, 5, pad_to_aspect_ratio=True, fill_value=0.5),
    resizing("resizing pad columns", 5, 9, pad_to_aspect_ratio=True, shape=(2, 2, 5, 3)),
    resizing("resizing same", 4, 6),
])
write("shapes.json", cases)
