"""Makes the seeds of the fuzzers of PyTorch's files from small files: those of the old form, and the parts of archives.

Usage: make_pytorch_seeds.py FOLDER, with a folder that holds `.pth` files.
"""

import glob
import os
import shutil
import sys
import zipfile

sources = sorted(glob.glob(os.path.join(os.path.abspath(sys.argv[1]), "*.pth")))
os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "Seeds"))
for name in ["PyTorch", "PyTorchParts"]:
    os.makedirs(name, exist_ok=True)

for source in sources:
    name = os.path.splitext(os.path.basename(source))[0]
    if not zipfile.is_zipfile(source):
        shutil.copyfile(source, f"PyTorch/{name}.pth")
        continue
    with zipfile.ZipFile(source) as archive:
        folder = archive.namelist()[0].split("/")[0]
        is_big = f"{folder}/byteorder" in archive.namelist() and archive.read(f"{folder}/byteorder") == b"big"
        storages = [entry for entry in archive.namelist() if entry.startswith(f"{folder}/data/")]
        storages.sort(key=lambda entry: int(entry.rsplit("/", 1)[1]))
        parts = [archive.read(entry) for entry in [f"{folder}/data.pkl"] + storages]
    with open(f"PyTorchParts/{name}.parts", "wb") as file:
        file.write(bytes([is_big]) + b"".join(len(part).to_bytes(2, "little") + part for part in parts))
shutil.copyfile(next(source for source in sources if source.endswith("kinds.pth")), "PyTorch/archive.pth")
