"""Writes pictures and perceptual-hashes.json: what ImageHash says of them, across and down.

pip install ImageHash==4.3.2 pillow
"""

import json

import imagehash
import numpy
from PIL import Image, ImageFilter

random = numpy.random.default_rng(3)
hashes = {}
for number, (width, height) in enumerate([(96, 96), (140, 90), (70, 130)]):
    patches = Image.fromarray(random.integers(0, 255, (7, 8, 3), dtype=numpy.uint8))
    name = f"scene-{number}.png"
    picture = patches.resize((width, height), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(2))
    picture = picture.quantize(64).convert("RGB")
    picture.save(name, optimize=True)
    hashes[name] = str(imagehash.dhash(picture)) + str(imagehash.dhash_vertical(picture))
with open("perceptual-hashes.json", "w", encoding="utf-8") as file:
    json.dump(hashes, file, indent=1)
print(hashes)
