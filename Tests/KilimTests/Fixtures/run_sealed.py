"""Answers for photos with a sealed file and onnxruntime alone, as Docs/Judging.md shows.

Usage: run_sealed.py MODEL LIST OUTPUT

LIST names a photo in each line. OUTPUT.npy holds their probabilities, [N, C], OUTPUT.txt their classes, and OUTPUT.sizes how many sizes
they have.
"""

import sys

import numpy
import onnxruntime
import PIL.Image
import PIL.ImageOps

model, photos, output = sys.argv[1:]
onnxruntime.set_default_logger_severity(3)
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 2
session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
rows, names, sizes = [], [], set()
with open(photos) as lines:
    for path in lines.read().splitlines():
        photo = numpy.asarray(PIL.ImageOps.exif_transpose(PIL.Image.open(path)).convert("RGB"))
        probabilities, name, _ = session.run(None, {"photo": photo})
        rows.append(probabilities)
        names.append(name[0])
        sizes.add(photo.shape)
numpy.save(f"{output}.npy", numpy.stack(rows))
for ending, text in [("txt", "\n".join(names)), ("sizes", str(len(sizes)))]:
    with open(f"{output}.{ending}", "w") as file:
        file.write(text)
