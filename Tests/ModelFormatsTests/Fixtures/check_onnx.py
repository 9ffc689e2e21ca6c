"""Holds ONNX files that Kilim wrote against the checker of onnx and against onnxruntime.

Usage: check_onnx.py FOLDER

FOLDER holds for each model `NAME.onnx` its inputs `NAME.x0.npy`, … and outputs `NAME.y0.npy`, …, as Kilim computes them.
"""

import glob
import os
import sys

import numpy as np
import onnx
import onnxruntime

os.chdir(sys.argv[1])
onnxruntime.set_default_logger_severity(3)
files = sorted(glob.glob("*.onnx"))
failures = []
for file in files:
    name = file.removesuffix(".onnx")
    try:
        onnx.checker.check_model(onnx.load(file), full_check=True)
        session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
        inputs = {value.name: np.load(f"{name}.x{index}.npy") for index, value in enumerate(session.get_inputs())}
        for index, found in enumerate(session.run(None, inputs)):
            expected = np.load(f"{name}.y{index}.npy")
            assert found.shape == expected.shape, f"output {index}: {found.shape}, expected {expected.shape}"
            difference = np.abs(found - expected).max() / max(np.abs(expected).max(), 1)
            assert difference <= 1e-5, f"output {index}: {difference}"
    except Exception as error:  # Every failure is listed.
        failures.append(f"{name}: {str(error)[:300]}")
print("\n".join(failures))
print(f"checked {len(files)} models")
sys.exit(1 if failures else 0)
