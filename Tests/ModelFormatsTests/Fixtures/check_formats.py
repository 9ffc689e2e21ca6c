"""Holds files that Kilim wrote against the packages that own their formats, and makes some for Kilim to read.

Usage: check_formats.py FOLDER

FOLDER holds pairs `<model>.onnx`, `<model>.x.npy`, `<model>.y.npy` (inputs N C H W, outputs), `state.npz`,
`state.safetensors` with the same tensors, and gets `made.npz` and `made.safetensors`. FOLDER/malformed holds
`.safetensors` files that must not be read; the names of those that the reference reads all the same are printed.
"""

import glob
import os
import sys

import numpy as np
import onnx
import onnxruntime
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file, save_file

os.chdir(sys.argv[1])
models = sorted(glob.glob("*.onnx"))
assert models, "no model to check"
for file in models:
    onnx.checker.check_model(onnx.load(file), full_check=True)
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    x, y = (np.load(file.replace(".onnx", end)) for end in (".x.npy", ".y.npy"))
    assert session.get_inputs()[0].shape[0] == "N", session.get_inputs()[0].shape
    for count in [len(x), 1]:
        found = session.run(["output"], {"input": x[:count]})[0]
        difference = np.abs(found - y[:count]).max()
        print(file, count, difference)
        assert found.shape == y[:count].shape and difference <= 1e-5, difference

arrays, tensors = np.load("state.npz"), load_file("state.safetensors")
assert set(arrays) == set(tensors) and len(tensors) > 5
for name, tensor in tensors.items():
    assert tensor.dtype == np.float32 and np.array_equal(arrays[name], tensor), name
with safe_open("state.safetensors", "np") as file:
    assert file.metadata() == {"words": "größe"}, file.metadata()

values = np.arange(6, dtype="<f4").reshape(2, 3)
np.savez_compressed("made.npz", a=values, b=values.astype("<f8"), c=np.float32(7), d=np.asfortranarray(values))
save_file({"a": values, "b": values.astype("<f8"), "c": np.array(7, "<f4"), "d": values}, "made.safetensors")

for file in sorted(glob.glob("malformed/*.safetensors")):
    try:
        load_file(file)
        print("read by the reference:", os.path.basename(file))
    except SafetensorError:
        pass
