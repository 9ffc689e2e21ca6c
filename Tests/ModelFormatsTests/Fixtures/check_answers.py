"""Opens models that Kilim wrote, and compares what Keras predicts.

Usage: check_answers.py MODEL NPZ ..., pairs of files; an NPZ holds input0, … and output0, ….
"""

import sys

import keras
import numpy as np

for model, answers in zip(sys.argv[1::2], sys.argv[2::2]):
    arrays = np.load(answers)
    inputs = [arrays[name] for name in sorted(arrays) if name.startswith("input")]
    found = keras.models.load_model(model).predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    for index, y in enumerate(found if isinstance(found, (list, tuple)) else [found]):
        difference = np.abs(y - arrays[f"output{index}"]).max()
        assert difference <= 1e-5, f"{model}: output {index} differs by {difference}"
print("checked")
