"""Makes the seeds of the fuzzers: one small file of each kind, and the parts of `.keras` files for `KerasParts`.

Usage: make_seeds.py FOLDER, with a folder that holds small `.keras`, `.h5` and `.onnx` files. Needs numpy, safetensors, and
a version of onnx that holds vectors (up to 1.22.0): those of one operator each that are small are seeds too.
"""

import glob
import os
import shutil
import sys
import zipfile

import numpy as np
import onnx
from safetensors.numpy import save_file

sources = sorted(glob.glob(os.path.join(os.path.abspath(sys.argv[1]), "**/*.keras"), recursive=True))
graphs = sorted(glob.glob(os.path.join(os.path.abspath(sys.argv[1]), "**/*.onnx"), recursive=True))
legacy = sorted(glob.glob(os.path.join(os.path.abspath(sys.argv[1]), "**/*.h5"), recursive=True))
os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "Seeds"))
for name in ["Keras", "KerasParts", "Safetensors", "NPZ", "ONNX"]:
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

for number, source in enumerate(graphs):
    shutil.copyfile(source, f"ONNX/{number}.onnx")

# One vector for each operator that the reader has a name for, with the inputs behind the first one as weights.
seen, sources = set(), "".join(open(path).read() for path in glob.glob("../../Sources/ModelFormats/ONNX/**/*.swift", recursive=True))
vectors = os.path.join(os.path.dirname(onnx.__file__), "backend/test/data/node")
for folder in sorted(glob.glob(f"{vectors}/*")):
    model = onnx.load(f"{folder}/model.onnx")
    weights = sorted(glob.glob(f"{folder}/test_data_set_0/input_*.pb"))[1:]
    operation = model.graph.node[0].op_type
    if operation in seen or f'"{operation}"' not in sources or len(model.graph.node) > 1 or sum(map(os.path.getsize, weights)) > 2_000:
        continue
    seen.add(operation)
    try:
        model.graph.initializer.extend([onnx.load_tensor(path) for path in weights])
    except Exception:  # Sequences and optional values are no tensors.
        continue
    onnx.save(model, f"ONNX/{operation}.onnx")
