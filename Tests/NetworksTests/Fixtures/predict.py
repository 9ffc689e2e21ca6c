"""Makes networks of keras.applications with live random weights, for NetworkWeightsTests.

    python predict.py FOLDER NAME SIZE [NAME SIZE ...]

Writes FOLDER/NAME.weights.h5 and FOLDER/NAME.npz with `input`, sixteen images of SIZE x SIZE pixels with the channels first, and
`output`, what Keras predicts for them in 10 classes.
"""

import sys

import keras
import numpy as np

folder, *arguments = sys.argv[1:]
random = np.random.default_rng(0)
keras.utils.set_random_seed(0)
for name, size in zip(arguments[::2], map(int, arguments[1::2])):
    keras.backend.clear_session()
    model = getattr(keras.applications, name)(weights=None, input_shape=(size, size, 3), classes=10)
    for weight in model.weights:
        kind = weight.path.split("/")[-1]
        if kind in ("bias", "beta", "moving_mean"):
            weight.assign(random.normal(0, 0.1, weight.shape))
        elif kind in ("gamma", "moving_variance"):
            weight.assign(random.uniform(0.5, 1, weight.shape) * weight.numpy())
    scales = any(isinstance(layer, keras.layers.Rescaling) for layer in model.layers[:3])
    images = random.uniform(*((0, 255) if scales else (-1, 1)), (16, size, size, 3)).astype(np.float32)
    # Batch statistics as running ones keep values in range through many layers. Where a variance is near 0, a normalization
    # would magnify rounding, and the next one again: each is raised.
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    for norm in norms:
        norm.momentum = 0
    model(images, training=True)
    for norm in norms:
        norm.moving_variance.assign(norm.moving_variance + 0.05)
    model.save_weights(f"{folder}/{name}.weights.h5")
    np.savez(f"{folder}/{name}.npz", input=images.transpose(0, 3, 1, 2), output=np.asarray(model(images)))
