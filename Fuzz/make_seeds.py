"""Makes the seeds of the fuzzers: one small file of each kind, and the parts of `.keras` files for `KerasParts`.

Usage: make_seeds.py FOLDER, with a folder that holds small `.keras` and `.h5` files. Needs numpy and safetensors.
"""

import glob
import os
import shutil
import sys
import zipfile

import numpy as np
from safetensors.numpy import save_file

sources = sorted(glob.glob(os.path.join(os.path.abspath(sys.argv[1]), "**/*.keras"), recursive=True))
legacy = sorted(glob.glob(os.path.join(os.path.abspath(sys.argv[1]), "**/*.h5"), recursive=True))
os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "Seeds"))
for name in ["Keras", "KerasParts", "Safetensors", "NPZ"]:
    os.makedirs(name, exist_ok=True)

for number, source in enumerate(sources):
    shutil.copyfile(source, f"Keras/{number}.keras")
    with zipfile.ZipFile(source) as archive:
        config, weights = archive.read("config.json"), archive.read("model.weights.h5")
    with open(f"KerasParts/{number}.parts", "wb") as file:
        file.write(len(config).to_bytes(2, "little") + config + weights)

for number, source in enumerate(legacy):
    shutil.copyfile(source, f"Keras/{number}.h5")

values = np.arange(6, dtype="<f4").reshape(2, 3)
np.savez("NPZ/stored.npz", a=values, scalar=np.float32(2), fortran=np.asfortranarray(values), long=values.astype("<i8"))
np.savez_compressed("NPZ/deflated.npz", half=values.astype("<f2"), bytes=values.astype("|u1"), empty=values[:0])
save_file({"a": values, "b": values[0]}, "Safetensors/floats.safetensors", metadata={"words": "a"})
save_file({"half": values.astype("<f2"), "byte": values.astype("|u1"), "none": values[:0]}, "Safetensors/others.safetensors")
