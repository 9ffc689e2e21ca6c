#!/usr/bin/env python3
"""Makes small files in the formats of MNIST, CIFAR and NumPy, and files.json with what NumPy says about them.

    python make_file_fixtures.py

Needs: numpy.
"""
import gzip, json, os
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
random = np.random.default_rng(7)
expected = {}


def path(name):
    return os.path.join(HERE, name)


def idx(array, code):
    """The bytes of an IDX file: MNIST's own format, all numbers big-endian."""
    header = bytes([0, 0, code, array.ndim]) + np.array(array.shape, ">i4").tobytes()
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


images = random.integers(0, 256, (6, 4, 3), dtype=np.uint8)
labels = np.array([2, 0, 1, 2, 1, 0], np.uint8)
bytes_of_images = idx(images, 0x08)
with open(path("images.idx3.gz"), "wb") as file:
    # Two members, as `cat a.gz b.gz` makes them.
    file.write(gzip.compress(bytes_of_images[:40], mtime=0) + gzip.compress(bytes_of_images[40:], mtime=0))
open(path("labels.idx1"), "wb").write(idx(labels, 0x08))
expected["images"], expected["labels"] = images.flatten().tolist(), labels.tolist()
open(path("zeros.idx3.gz"), "wb").write(gzip.compress(idx(np.zeros((10, 100, 100), np.uint8), 0x08), mtime=0))
for name, kind, code in [("i1", "i1", 0x09), ("i2", "i2", 0x0B), ("i4", "i4", 0x0C), ("f4", "f4", 0x0D), ("f8", "f8", 0x0E)]:
    array = random.normal(0, 50, (2, 3)).astype(kind)
    open(path(f"{name}.idx"), "wb").write(idx(array, code))
    expected[name] = array.astype(np.float32).flatten().tolist()

photos = random.integers(0, 256, (3, 3, 32, 32), dtype=np.uint8)
photos[:, 1] //= 3
classes = [3, 9, 0]
with open(path("cifar10.bin"), "wb") as file:
    for label, photo in zip(classes, photos):
        file.write(bytes([label]) + photo.tobytes())
with open(path("cifar100.bin"), "wb") as file:
    file.write(bytes([19, 99]) + photos[0].tobytes())
scaled = photos.astype(np.float64) / 255
expected["mean"], expected["deviation"] = scaled.mean((0, 2, 3)).tolist(), scaled.std((0, 2, 3)).tolist()
expected["photo"] = photos[1].flatten().tolist()
# As tf.keras.datasets.mnist and cifar10 store theirs.
np.savez_compressed(
    path("keras.npz"), x_train=images, y_train=labels, x_test=photos.transpose(0, 2, 3, 1),
    y_test=np.array(classes, np.uint8)[:, None])
json.dump(expected, open(path("files.json"), "w"))
