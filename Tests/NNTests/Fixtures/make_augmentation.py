"""Images that Keras's augmentation layers make for given draws, on JAX in double precision.

Usage: make_augmentation.py, which writes augmentation.json beside itself. The draws are those of AugmentationTests.swift.
"""

import keras_on_jax  # First of all: it chooses the backend.
import keras
import numpy as np
from hashed import hashed, write
from keras import layers

keras_on_jax.compute_all_in_double()

# Images [N, C, H, W] of Kilim.
images = (hashed((3, 2, 3, 4), 1) * 100 + 128).astype("float64")


def case(layer, transformation):
    result = layer.transform_images(np.transpose(images, (0, 2, 3, 1)), transformation, training=True)
    return np.transpose(np.asarray(result), (0, 3, 1, 2))


def column(*values):
    return np.array(values, "float64")[:, None]


def rotation(*angles, **options):
    layer = layers.RandomRotation(1.0, **options)
    zeros, ones = np.zeros(3), np.ones(3)
    matrix = layer._compute_affine_matrix(
        0.5, 0.5, np.array(angles) * 360, zeros, zeros, ones, zeros, zeros, images.shape[2], images.shape[3])
    return case(layer, {"rotation_matrix": matrix})


cases = {}
for mode in ["horizontal", "vertical", "horizontal_and_vertical"]:
    flips = np.array([True, False, True])[:, None, None, None]
    cases[f"flip {mode}"] = case(layers.RandomFlip(mode), {"flips": flips})
for fill in ["constant", "nearest", "reflect", "wrap"]:
    for interpolation in ["bilinear", "nearest"]:
        options = {"fill_mode": fill, "interpolation": interpolation, "fill_value": 3.5}
        cases[f"rotation {fill} {interpolation}"] = rotation(0.05, -0.3, 0.61, **options)
        cases[f"zoom {fill} {interpolation}"] = case(
            layers.RandomZoom(0.5, 0.5, **options),
            {"height_zoom": column(0.6, 1.3, 1.9), "width_zoom": column(1.2, 0.3, 1.7)})
        cases[f"translation {fill} {interpolation}"] = case(
            layers.RandomTranslation(0.5, 0.5, **options),
            {"translations": np.array([[0.3 * 4, -0.2 * 3], [-0.9 * 4, 0.7 * 3], [0.05 * 4, 0.45 * 3]])})
        cases[f"shear {fill} {interpolation}"] = case(
            layers.RandomShear(0.5, 0.5, **options), {"shear_factor": np.array([[0.3, 0], [-0.2, 0.6], [0, -0.9]])})
cases["contrast"] = case(
    layers.RandomContrast(0.5, value_range=(60, 200)), {"contrast_factor": np.array([0.5, 1.6, 1])[:, None, None, None]})
cases["brightness"] = case(
    layers.RandomBrightness(0.5, value_range=(60, 200)),
    {"rgb_delta": np.array([0.3, -0.5, 0])[:, None, None, None] * 140})
write("augmentation.json", cases)
