"""Makes randaugment.json and mixing.json: what Pillow and torchvision make of small photos and batches.

Needs Pillow, torch and torchvision (0.28).
"""
import base64
import json
import math
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageEnhance, ImageOps
from torchvision.transforms import InterpolationMode, RandAugment
from torchvision.transforms import functional as F
from torchvision.transforms import v2

here = Path(__file__).parent
random = np.random.default_rng(3)


def planes(image):
    return base64.b64encode(np.asarray(image).transpose(2, 0, 1).tobytes()).decode()


def photo(height, width, low=0, high=255):
    smooth = np.linspace(low, high, height)[:, None, None] * np.linspace(0.5, 1, width)[None, :, None]
    noise = random.integers(-30, 30, (height, width, 3))
    return Image.fromarray(np.clip(smooth * np.array([1, 0.8, 0.6]) + noise, low, high).astype(np.uint8))


def shear(image, x, y):
    angles = [math.degrees(math.atan(x)), math.degrees(math.atan(y))]
    return F.affine(image, 0.0, [0, 0], 1.0, angles, InterpolationMode.NEAREST, None, [0, 0])


def shift(image, x, y):
    return F.affine(image, 0.0, [x, y], 1.0, [0.0, 0.0], InterpolationMode.NEAREST)


operations = {
    "shearX": (lambda i, v: shear(i, v, 0), [0.09, -0.3]),
    "shearY": (lambda i, v: shear(i, 0, v), [0.21, -0.15]),
    "translateX": (lambda i, v: shift(i, v, 0), [5, -3]),
    "translateY": (lambda i, v: shift(i, 0, v), [4, -9]),
    "rotate": (lambda i, v: F.rotate(i, v, InterpolationMode.NEAREST), [9.0, -30.0, 17.0]),
    "brightness": (lambda i, v: ImageEnhance.Brightness(i).enhance(v), [0.1, 0.73, 1.27, 1.9]),
    "color": (lambda i, v: ImageEnhance.Color(i).enhance(v), [0.1, 0.73, 1.27, 1.9]),
    "contrast": (lambda i, v: ImageEnhance.Contrast(i).enhance(v), [0.1, 0.73, 1.27, 1.9]),
    "sharpness": (lambda i, v: ImageEnhance.Sharpness(i).enhance(v), [0.1, 0.73, 1.27, 1.9]),
    "posterize": (ImageOps.posterize, [4, 7, 8]),
    "solarize": (ImageOps.solarize, [255, 178.5, 0]),
    "autoContrast": (lambda i, _: ImageOps.autocontrast(i), [0]),
    "equalize": (lambda i, _: ImageOps.equalize(i), [0]),
}
photos = [photo(20, 24), photo(19, 34, 60, 140), Image.new("RGB", (17, 16), (9, 200, 31))]
content = {"photos": [], "magnitudes": {}}
for image in photos:
    results = [
        {"name": name, "value": value, "planes": planes(make(image, value))}
        for name, (make, values) in operations.items() for value in values
    ]
    content["photos"].append(
        {"width": image.width, "height": image.height, "planes": planes(image), "results": results})
space = RandAugment()._augmentation_space(31, (48, 64))
for name, (values, signed) in space.items():
    content["magnitudes"][name] = {"values": values.tolist() if values.ndim else [], "signed": signed}
(here / "randaugment.json").write_text(json.dumps(content))


class Fixed:
    def __init__(self, value):
        self.value = value

    def sample(self, _):
        return torch.tensor([self.value])


batch = torch.tensor(random.random((4, 2, 5, 6)), dtype=torch.float32)
labels = torch.tensor([0, 2, 1, 2])
rows = torch.nn.functional.one_hot(labels, 3).to(torch.float32)
cases = []
for kind, kept, x, y in [("mixup", 0.3, 0, 0), ("mixup", 0.95, 0, 0), ("cutMix", 0.5, 3, 2), ("cutMix", 0.2, 0, 4),
                         ("cutMix", 0.99, 2, 2), ("cutMix", 0.0, 5, 0)]:
    transform = v2.MixUp(num_classes=3) if kind == "mixup" else v2.CutMix(num_classes=3)
    transform._dist = Fixed(kept)
    draws, randint = [x, y], torch.randint
    if kind == "cutMix":
        torch.randint = lambda *_, **__: torch.tensor([draws.pop(0)])
    inputs, targets = transform(batch, labels)
    torch.randint = randint
    cases.append({"kind": kind, "kept": kept, "x": x, "y": y, "inputs": inputs.flatten().tolist(),
                  "targets": targets.flatten().tolist()})
(here / "mixing.json").write_text(json.dumps(
    {"inputs": batch.flatten().tolist(), "targets": rows.flatten().tolist(), "cases": cases}))
