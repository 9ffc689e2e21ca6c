"""Makes the fixtures of the Data tests: what scikit-learn, OpenCV, Pillow and SciPy answer.

Usage: python make_fixtures.py [CORPUS]
CORPUS is a folder of image files; `corpus.json` then holds samples of what Pillow reads in them.
"""

import json
import pathlib
import sys

import cv2
import numpy as np
from PIL import Image, ImageOps
from scipy import ndimage
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelBinarizer

from pillow_reading import read_rgb

HERE = pathlib.Path(__file__).parent
random = np.random.default_rng(2024)


def write(name, value):
    (HERE / name).write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


# Splits ---------------------------------------------------------------------------------------------------------


def split_case(count, test=None, train=None, seed=0, shuffle=True, labels=None):
    case = {"count": count, "test": test, "train": train, "seed": seed, "shuffle": shuffle, "labels": labels}
    case["testIsShare"], case["trainIsShare"] = isinstance(test, float), isinstance(train, float)
    try:
        parts = train_test_split(
            np.arange(count), test_size=test, train_size=train, random_state=seed, shuffle=shuffle, stratify=labels)
        case["expected"] = {"train": parts[0].tolist(), "test": parts[1].tolist()}
    except ValueError:
        case["expected"] = None
    return case


def labels_of(counts, shuffled=True):
    names = ["206", "bird", "carpet", "Cat", "cat", "é", "_", "9", "10", "Z", "sheep"]
    labels = [names[i] for i, count in enumerate(counts) for _ in range(count)]
    return [str(x) for x in random.permutation(labels)] if shuffled else labels


splits = [split_case(n, 0.2, seed=s) for n in (2, 3, 5, 7, 10, 11, 101, 623) for s in (0, 42)]
splits += [split_case(100, 0.07), split_case(100, 7, seed=2**32 - 1), split_case(10), split_case(13, train=0.7),
           split_case(50, 0.3, 0.4, 9), split_case(50, 10, 20, 9), split_case(50, 0.2, 20, 1),
           split_case(50, 5, 0.5, 1), split_case(10, 0.3, shuffle=False), split_case(10, 3, 4, shuffle=False),
           split_case(10, 0.29), split_case(10, train=9)]
splits += [split_case(n, t, r) for n, t, r in [
    (10, 0.0, None), (10, 1.0, None), (10, -0.1, None), (10, 1.5, None), (10, 0, None), (10, 10, None), (10, -1, None),
    (10, None, 0.0), (10, None, 1.0), (10, None, 10), (10, None, 0), (10, 0.6, 0.5), (10, 6, 5), (10, 0.6, 5),
    (1, 0.25, None), (1, None, None), (0, None, None), (2, 0.9, None), (3, None, 0.1)]]
for counts in [(51, 31, 21), (5, 5, 5, 5), (2, 2), (10, 1), (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), (3, 3, 3), (40, 2)]:
    for seed in (0, 1, 7):
        for test in (0.1, 0.2, 0.25, 0.5, 4):
            splits.append(split_case(sum(counts), test, seed=seed, labels=labels_of(counts)))
splits += [split_case(60, 0.3, 0.4, 3, labels=labels_of((30, 20, 10))),
           split_case(60, 11, 23, 3, labels=labels_of((30, 20, 10), shuffled=False)),
           split_case(60, train=0.35, seed=5, labels=labels_of((29, 20, 11)))]
write("splits.json", splits)

# Labels ---------------------------------------------------------------------------------------------------------


def binarizer_case(labels, queries, negative=0, positive=1):
    binarizer = LabelBinarizer(neg_label=negative, pos_label=positive).fit(labels)
    return {"labels": labels, "negative": negative, "positive": positive, "classes": binarizer.classes_.tolist(),
            "queries": [{"labels": q, "rows": binarizer.transform(q).tolist()} for q in queries]}


names = ["é", "b", "10", "9", "Z", "a", "_", "A", "b", "a", "日", "\U0001f431", "e\u0301", "ﬀ"]
write("binarizer.json", [
    binarizer_case(names, [names, ["a"], ["a", "unknown"], ["unknown"], ["a", "b", "c", "d"]]),
    binarizer_case(names, [names], -1, 1), binarizer_case(names, [names], -2, 0), binarizer_case(names, [names], -3, -1),
    binarizer_case(["yes", "no", "no"], [["yes", "no"], ["yes"], ["maybe"], ["yes", "maybe"], ["yes", "no", "maybe"]]),
    binarizer_case(["yes", "no", "no"], [["yes", "no", "no"]], -1, 2), binarizer_case(["one"], [["one"], ["two"]], 3, 7),
    binarizer_case(["one"], [["one", "two", "three"]]),
])


def inverse_case(labels, scores, threshold=None):
    binarizer = LabelBinarizer().fit(labels)
    found = binarizer.inverse_transform(np.array(scores, dtype=np.float32), threshold).tolist()
    return {"labels": labels, "shape": list(np.shape(scores)), "threshold": threshold, "found": found,
            "scores": [None if np.isnan(x) else float(x) for x in np.ravel(scores)]}


nan = float("nan")
write("inverse.json", [
    inverse_case(["b", "c", "a"], [[0, 1, 0], [.2, .3, .5], [.5, .5, 0], [0, 0, 0], [nan, 1, 2], [1, nan, 2],
                                   [nan, nan, nan], [-3, -2, -1], [3, nan, nan]]),
    inverse_case(["y", "n"], [[0.5], [0.51], [0], [1]]), inverse_case(["y", "n"], [0.5, 0.51, 0, 1]),
    inverse_case(["y", "n"], [[0.3], [0.2]], 0.25), inverse_case(["y", "n"], [[.9, .4], [.4, .6], [.6, .6], [.3, .5]]),
    inverse_case(["y"], [[0.0], [1.0]]),
])

# Resizing -------------------------------------------------------------------------------------------------------

smooth = cv2.resize(random.integers(0, 256, (6, 7, 3), dtype=np.uint8), (61, 47), interpolation=cv2.INTER_CUBIC)
source = np.where(np.arange(61)[None, :, None] < 30, random.integers(0, 256, (47, 61, 3)), smooth).astype(np.uint8)
Image.fromarray(source).save(HERE / "resize-source.png")
picture = Image.fromarray(source)
opencv = {"nearest": cv2.INTER_NEAREST, "bilinear": cv2.INTER_LINEAR, "area": cv2.INTER_AREA, "bicubic": cv2.INTER_CUBIC,
          "lanczos": cv2.INTER_LANCZOS4}
pillow = {"nearest": Image.Resampling.NEAREST, "bilinear": Image.Resampling.BILINEAR, "area": Image.Resampling.BOX,
          "bicubic": Image.Resampling.BICUBIC, "lanczos": Image.Resampling.LANCZOS}
resized = []
for height, width in [(16, 20), (47, 20), (60, 70), (23, 90), (1, 1), (46, 60), (5, 61)]:
    for name in opencv:
        resized.append((name, "stretch", cv2.resize(source, (width, height), interpolation=opencv[name])))
        # Pillow up to 12 joins columns first, 13 sometimes rows, which shows where a filter overshoots.
        columns = picture.resize((width, 47), pillow[name])
        resized.append((name + "Antialiased", "stretch", columns.resize((width, height), pillow[name])))
for height, width in [(16, 16), (30, 11), (9, 33), (50, 80)]:
    for name in ("bilinear", "lanczos"):
        fitted = ImageOps.fit(picture, (width, height), pillow[name])
        padded = ImageOps.pad(picture, (width, height), pillow[name], (10, 200, 30))
        resized += [(name + "Antialiased", "cropToFill", fitted), (name + "Antialiased", "padToFit", padded)]
resized = [(name, framing, np.asarray(image)) for name, framing, image in resized]
write("resized.json", [{"resize": name, "framing": framing, "height": image.shape[0], "width": image.shape[1]}
                       for name, framing, image in resized])
(HERE / "resized.bin").write_bytes(b"".join(image.tobytes() for _, _, image in resized))

# Warps ----------------------------------------------------------------------------------------------------------

values = random.random((2, 9, 13)).astype(np.float32)
cases = []
for flip, right, down, angle, zoom in [
    (False, 0, 0, 0, 1), (True, 0, 0, 0, 1), (False, 2, -1, 0, 1), (False, 0.25, 1.5, 0, 1), (False, 0, 0, 90, 1),
    (False, 0, 0, 10, 1), (False, 0, 0, 0, 1.25), (False, 0, 0, 0, 0.75), (True, 1.3, -0.7, -25, 1.1)]:
    mirror = np.array([[-1, 0, 12], [0, 1, 0], [0, 0, 1]]) if flip else np.eye(3)
    turn = np.vstack([cv2.getRotationMatrix2D((6, 4), angle, zoom), [0, 0, 1]])
    move = np.array([[1, 0, right], [0, 1, down], [0, 0, 1]])
    back = np.linalg.inv(move @ turn @ mirror)[[1, 0, 2]][:, [1, 0, 2]]
    warped = [ndimage.affine_transform(p.astype(float), back[:2, :2], back[:2, 2], order=1, mode="nearest") for p in values]
    cases.append({"flip": flip, "right": right, "down": down, "degrees": angle, "zoom": zoom,
                  "expected": np.ravel(warped).tolist()})
write("warps.json", {"shape": list(values.shape), "values": np.ravel(values).tolist(), "cases": cases})

# Decoding -------------------------------------------------------------------------------------------------------

photo = Image.fromarray(smooth)
photo.save(HERE / "baseline.jpg", quality=90)
photo.save(HERE / "progressive.jpg", quality=80, progressive=True)
photo.save(HERE / "full-chroma.jpg", quality=95, subsampling=0)
photo.convert("L").save(HERE / "gray.jpg", quality=90)
photo.convert("CMYK").save(HERE / "cmyk.jpg", quality=90)
opacity = Image.fromarray(np.tile(np.linspace(0, 255, 61).astype(np.uint8), (47, 1)))
rgba = photo.copy()
rgba.putalpha(opacity)
rgba.save(HERE / "rgba.png")
Image.merge("LA", [photo.convert("L"), opacity]).save(HERE / "gray-alpha.png")
photo.quantize(9).save(HERE / "palette.png")
photo.quantize(9).save(HERE / "palette-transparent.png", transparency=3)
cv2.imwrite(str(HERE / "gray-16.png"), random.integers(0, 65536, (7, 9), dtype=np.uint16))
cv2.imwrite(str(HERE / "rgb-16.png"), random.integers(0, 65536, (7, 9, 3), dtype=np.uint16))
cv2.imwrite(str(HERE / "rgba-16.png"), random.integers(0, 65536, (7, 9, 4), dtype=np.uint16))
photo.save(HERE / "restarts.jpg", quality=90, restart_marker_blocks=2)
photo.save(HERE / "half-chroma.jpg", quality=90, subsampling=1)
cmyk = (HERE / "cmyk.jpg").read_bytes()
adobe = cmyk.index(b"\xff\xee")
(HERE / "cmyk-unmarked.jpg").write_bytes(cmyk[:adobe] + cmyk[adobe + 16:])
photo.save(HERE / "lossy.webp", quality=80)
photo.save(HERE / "lossless.webp", lossless=True)
rgba.save(HERE / "opacity.webp", quality=80)
rgba.save(HERE / "opacity-lossless.webp", lossless=True, exact=True)
turned = [image.rotate(90) for image in (photo.resize((40, 40)), rgba.resize((40, 40)))]
photo.resize((40, 40)).save(HERE / "animated.webp", save_all=True, append_images=turned, lossless=True)
rgba.resize((40, 40)).save(HERE / "animated.png", save_all=True, append_images=turned)
few = photo.quantize(9)
few.save(HERE / "still.gif")
few.save(HERE / "interlaced.gif", interlace=1, transparency=3)
few.save(HERE / "animated.gif", save_all=True, append_images=[photo.transpose(Image.Transpose.FLIP_TOP_BOTTOM)])
corner = Image.fromarray(random.integers(0, 256, (2, 3, 3), dtype=np.uint8))
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    corner.save(HERE / f"oriented-{orientation}.png", exif=exif)
photo.save(HERE / "oriented-8.jpg", quality=90, exif=exif)
photo.save(HERE / "oriented-8.webp", lossless=True, exif=exif)


def samples(paths, root):
    """Up to 24 pixels of each readable file, as position and colour."""
    result = {}
    for path in paths:
        try:
            pixels = read_rgb(path)
        except Exception:
            continue
        flat = pixels.reshape(-1, 3)
        chosen = sorted(random.choice(len(flat), min(24, len(flat)), replace=False).tolist())
        result[str(path.relative_to(root))] = {
            "width": pixels.shape[1], "height": pixels.shape[0], "positions": chosen, "colours": flat[chosen].tolist()}
    return result


own = sorted(p for p in HERE.iterdir() if p.suffix in (".jpg", ".png", ".webp", ".gif"))
write("decoded.json", samples(own, HERE))
if len(sys.argv) > 1:
    root = pathlib.Path(sys.argv[1])
    files = sorted(p for kind in ("jpeg/good", "jpeg/hostile", "pngsuite", "exif-orientation")
                   for p in (root / kind).rglob("*") if p.suffix in (".jpg", ".png") and p.is_file())
    write("corpus.json", samples(files, root))
