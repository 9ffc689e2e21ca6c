"""Makes what the tests of folders, splits and augmentation compare with: answers of scikit-learn, OpenCV, SciPy, Pillow
and Python's colorsys.

Usage: python make_loader_fixtures.py
"""

import colorsys
import json
import pathlib

import cv2
import numpy as np
from PIL import Image, ImageEnhance
from scipy import ndimage
from sklearn.model_selection import GroupShuffleSplit, train_test_split
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils.class_weight import compute_class_weight

HERE = pathlib.Path(__file__).parent
random = np.random.default_rng(2025)


def write(name, value):
    (HERE / name).write_text(json.dumps(value, separators=(",", ":")))


# A folder of photos, and the arrays that a script with OpenCV and scikit-learn makes of it ----------------------------

FOLDER = HERE / "photos"
HEIGHT, WIDTH = 16, 20
names = {"10": ["b.jpg", "a 1.jpg", "c.JPEG"], "9": ["1.jpg", "10.jpg", "2.png", "gray.jpg"],
         "Cat": ["below/deep/x.png", "below/y.jpg", "z.jpg", "below.jpg"], "bird": ["same.png", "tall.jpg", "wide.jpg"]}
for folder, files in names.items():
    for name in files:
        height, width = random.integers(24, 90, 2) if name != "same.png" else (HEIGHT, WIDTH)
        coarse = random.integers(0, 256, (5, 6, 3), dtype=np.uint8)
        pixels = cv2.resize(coarse, (int(width), int(height)), interpolation=cv2.INTER_CUBIC)
        path = FOLDER / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        picture = Image.fromarray(pixels)
        picture = picture.convert("L") if name == "gray.jpg" else picture
        picture.save(path, format="PNG" if name.endswith(".png") else "JPEG")

paths = sorted(str(path) for path in FOLDER.rglob("*") if path.is_file())
labels = [pathlib.Path(path).relative_to(FOLDER).parts[0] for path in paths]
photos = np.array([cv2.resize(cv2.imread(path), (WIDTH, HEIGHT)) for path in paths])
rows = LabelBinarizer().fit_transform(labels)
for name, stratify in [("plain", None), ("stratified", labels)]:
    parts = train_test_split(photos, rows, test_size=0.3, random_state=42, stratify=stratify)
    for part, array in zip(["train-inputs", "test-inputs", "train-targets", "test-targets"], parts):
        array = array.transpose(0, 3, 1, 2) if array.ndim == 4 else array.astype(np.uint8)
        np.save(HERE / f"photos-{name}-{part}.npy", np.ascontiguousarray(array))

# Groups that stay together, and the weights of classes --------------------------------------------------------------

groups = []
for count, seed in [(10, 0), (23, 42), (60, 7)]:
    group = np.sort(random.integers(0, count // 2, count))
    # Numbers of groups without gaps, in the order of their first member.
    group = np.unique(group, return_inverse=True)[1]
    split = GroupShuffleSplit(n_splits=1, test_size=0.25, random_state=seed)
    train, test = next(split.split(group, groups=group))
    groups.append({"groups": group.tolist(), "seed": seed, "train": train.tolist(), "test": test.tolist()})
write("groups.json", groups)

weights = []
for counts in [(5, 5), (1, 2, 3), (9, 1, 4, 6)]:
    y = np.repeat(np.arange(len(counts)), counts)
    weights.append({"counts": counts, "weights": compute_class_weight("balanced", classes=np.unique(y), y=y).tolist()})
write("class-weights.json", weights)

# Placements: the matrices of OpenCV and NumPy, the interpolation of SciPy in double precision -----------------------

values = random.random((3, 9, 14)).astype(np.float32)
height, width = values.shape[1:]
centre = ((width - 1) / 2, (height - 1) / 2)


def about_centre(matrix):
    move = np.array([[1, 0, centre[0]], [0, 1, centre[1]], [0, 0, 1]])
    return move @ matrix @ np.linalg.inv(move)


cases = []
for mirrored, upside, box, shear, zoom, degrees, right, down in [
    (False, True, (0, 0, 1, 1), 0, 1, 0, 0, 0), (True, True, (0, 0, 1, 1), 0, 1, 0, 0, 0),
    (False, False, (0, 0, 0.5, 0.5), 0, 1, 0, 0, 0), (False, False, (0.25, 0.5, 0.75, 0.5), 0, 1, 0, 0, 0),
    (False, False, (0, 0, 1, 1), 20, 1, 0, 0, 0), (False, False, (0, 0, 1, 1), -35, 1, 0, 0, 0),
    (True, False, (0.1, 0.2, 0.8, 0.7), 15, 1.2, -25, 1.3, -0.7),
    (False, True, (0.3, 0.1, 0.6, 0.9), -10, 0.8, 50, -2, 0.5)]:
    flip = about_centre(np.diag([-1 if mirrored else 1, -1 if upside else 1, 1]))
    left, top = box[0] * width - 0.5, box[1] * height - 0.5
    corners = np.float32([[left, top], [left + box[2] * width, top], [left, top + box[3] * height]])
    frame = np.float32([[-0.5, -0.5], [width - 0.5, -0.5], [-0.5, height - 0.5]])
    crop = np.vstack([cv2.getAffineTransform(corners, frame), [0, 0, 1]])
    lean = about_centre(np.array([[1, np.tan(np.radians(shear)), 0], [0, 1, 0], [0, 0, 1]]))
    turn = np.vstack([cv2.getRotationMatrix2D(centre, degrees, zoom), [0, 0, 1]])
    move = np.array([[1, 0, right], [0, 1, down], [0, 0, 1]])
    back = np.linalg.inv(move @ turn @ lean @ crop @ flip)[[1, 0, 2]][:, [1, 0, 2]]
    warped = [ndimage.affine_transform(p.astype(float), back[:2, :2], back[:2, 2], order=1, mode="nearest") for p in values]
    cases.append({"mirrored": mirrored, "upsideDown": upside, "box": box, "shear": shear, "zoom": zoom,
                  "degrees": degrees, "right": right, "down": down, "expected": np.ravel(warped).tolist()})
write("placements.json", {"shape": values.shape, "values": np.ravel(values).tolist(), "cases": cases})

# Colours: Pillow on bytes, colorsys in double precision --------------------------------------------------------------

pixels = random.integers(0, 256, (12, 12, 3), dtype=np.uint8)
pixels[0, :8] = [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255], [90, 90, 90], [255, 255, 0], [9, 9, 200]]
gray = np.repeat(random.integers(0, 256, (12, 12, 1), dtype=np.uint8), 3, 2)


def planes(array):
    return np.ravel(np.asarray(array).transpose(2, 0, 1)).tolist()


def turned(hue):
    result = np.empty(pixels.shape)
    for place in np.ndindex(pixels.shape[:2]):
        h, s, v = colorsys.rgb_to_hsv(*(pixels[place] / 255))
        result[place] = colorsys.hsv_to_rgb((h + hue) % 1, s, v)
    return planes(result)


def enhanced(kind, array, factors):
    picture = Image.fromarray(array)
    return [{"factor": f, "expected": planes(kind(picture).enhance(f))} for f in factors]


factors = [0, 0.3, 0.8, 1.25, 1.9]
write("colours.json", {
    "pixels": planes(pixels), "gray": planes(gray),
    "brightness": enhanced(ImageEnhance.Brightness, pixels, factors),
    "contrast": enhanced(ImageEnhance.Contrast, gray, factors),
    "saturation": enhanced(ImageEnhance.Color, pixels, factors),
    "hue": [{"factor": h, "expected": turned(h)} for h in [-0.5, -0.21, 0.07, 0.333, 0.5]]})
