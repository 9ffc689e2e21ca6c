"""What Pillow reads in files of pictures.

Usage: python pillow_reading.py CORPUS TARGET
Writes the RGB bytes of each readable file of the folder CORPUS to TARGET, in files named by numbers, and a list of them.
"""

import json
import pathlib
import sys
import warnings

import numpy as np
from PIL import Image, ImageOps


def read_rgb(path):
    """What Pillow reads, turned upright, on white, with the high byte of 16-bit gray."""
    with Image.open(path) as image:
        image.load()
        image = ImageOps.exif_transpose(image)
        if image.mode.startswith("I"):
            return np.repeat((np.array(image).astype(np.int64) >> 8)[..., None], 3, 2).astype(np.uint8)
        if "A" in image.mode or "transparency" in image.info:
            rgba = np.array(image.convert("RGBA")).astype(np.float64)
            opacity = rgba[..., 3:] / 255
            return np.round(rgba[..., :3] * opacity + 255 * (1 - opacity)).astype(np.uint8)
        return np.array(image.convert("RGB"))


def main():
    warnings.simplefilter("ignore")
    root, target = map(pathlib.Path, sys.argv[1:3])
    found = []
    for path in sorted(root.rglob("*")):
        if not path.is_file() or path.suffix not in (".jpg", ".png"):
            continue
        try:
            pixels = read_rgb(path)
        except Exception:
            continue
        (target / str(len(found))).write_bytes(pixels.tobytes())
        found.append({"name": str(path.relative_to(root)), "width": pixels.shape[1], "height": pixels.shape[0]})
    (target / "list.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main()
