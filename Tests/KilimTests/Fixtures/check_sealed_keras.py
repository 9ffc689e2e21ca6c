"""Runs sealed files with Keras alone, and writes what they give.

Usage: check_sealed_keras.py FOLDER

FOLDER holds files NAME.keras, and for each photos NAME.0.npy, NAME.1.npy, … of bytes [height, width, 3]. The output of NAME for photo i is
written to NAME.i.keras.npy.
"""

import glob
import os
import sys

import keras
import numpy

os.chdir(sys.argv[1])
for file in sorted(glob.glob("*.keras")):
    name = file.removesuffix(".keras")
    model = keras.models.load_model(file)
    assert model.input_shape == (None, None, None, 3), model.input_shape
    for photo in sorted(glob.glob(f"{name}.[0-9].npy")):
        pixels = numpy.load(photo).astype(numpy.uint8)
        output = numpy.asarray(model.predict(pixels[numpy.newaxis], verbose=0))
        # Photos of one size may come together.
        twice = numpy.asarray(model(numpy.stack([pixels, 255 - pixels]).astype("float32")))
        assert numpy.abs(output[0] - twice[0]).max() < 1e-4, (output, twice)
        numpy.save(f"{photo.removesuffix('.npy')}.keras.npy", output[0])
