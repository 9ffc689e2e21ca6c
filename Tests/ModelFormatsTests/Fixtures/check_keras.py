"""Opens the `.keras` files of a folder with the Keras that is installed, and fails unless each one predicts what it should.

Usage: check_keras.py FOLDER. Beside `<model>.keras` stand `<model>.x.npy` (inputs) and `<model>.y.npy` (predictions).
"""

import glob
import os
import sys

import keras
import numpy as np

files = sorted(glob.glob(os.path.join(sys.argv[1], "*.keras")))
assert files, "no .keras file in the folder"
for file in files:
    model = keras.models.load_model(file)
    x, y = (np.load(file.replace(".keras", suffix)) for suffix in (".x.npy", ".y.npy"))
    difference = np.abs(np.asarray(model.predict(x, verbose=0)) - y).max()
    print(keras.__version__, os.path.basename(file), model.count_params(), difference)
    assert difference <= 1e-6, difference

    # Training goes on from there, and the outcome can be saved again.
    model.compile("adam", "categorical_crossentropy")
    target = np.eye(y.shape[1], dtype="float32")[[0] * len(x)]
    assert np.isfinite(model.fit(x, target, epochs=2, verbose=0).history["loss"]).all()
    model.save(file.replace(".keras", ".again.keras"))
