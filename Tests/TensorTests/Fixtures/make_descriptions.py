"""Writes descriptions.txt: arrays and what NumPy prints for them.

An entry is a line `type shape`, a line of the elements, and the lines of `str(array)`, each after a bar. Elements that
follow a rule (`count a b`: the elements a, a + b, a + 2b, ...) keep large arrays short.
"""

import pathlib

import numpy as np

TYPES = {"Float": np.float32, "Double": np.float64, "Int32": np.int32, "UInt8": np.uint8, "Bool": np.bool_}
entries = []


def entry(kind, shape, elements, array):
    shape = ",".join(map(str, shape))
    printed = str(array)
    if kind == "Bool":
        printed = printed.replace("True", "true").replace("False", "false")
    entries.append("\n".join([f"{kind} {shape}", elements or "-"] + ["|" + line for line in printed.split("\n")]))


def explicit(kind, array):
    array = np.asarray(array, TYPES[kind])
    elements = " ".join(str(x).lower() for x in array.ravel().tolist())
    entry(kind, array.shape, elements, array)


def counted(kind, shape, start, step):
    array = (start + step * np.arange(np.prod(shape))).astype(TYPES[kind]).reshape(shape)
    entry(kind, shape, f"count {start} {step}", array)


rng = np.random.default_rng(1)
for kind in ["Float", "Double"]:
    explicit(kind, 0.1)
    explicit(kind, -2)
    explicit(kind, [])
    explicit(kind, np.zeros((3, 0)))
    explicit(kind, [1])
    explicit(kind, [0])
    explicit(kind, [-0.0, 0])
    explicit(kind, [1, 2, 3])
    explicit(kind, [0.1, 0.25, -3])
    explicit(kind, [[1.5, -2], [300, 0.125]])
    explicit(kind, [1 / 3, 2 / 3])
    explicit(kind, [1e-5, 1])
    explicit(kind, [1e-5])
    explicit(kind, [0.0001, 0.01])
    explicit(kind, [1, 1000])
    explicit(kind, [1, 1001])
    explicit(kind, [1e5, 123456])
    explicit(kind, [999999, 999998])
    explicit(kind, [1e6, 1e6 + 1])
    explicit(kind, [1e7, 12345678])
    explicit(kind, [1e8, 1.5e8])
    explicit(kind, [1e20, -1e-20, 0])
    explicit(kind, [np.nan, 1, 2.5])
    explicit(kind, [np.inf, -np.inf, 1])
    explicit(kind, [np.nan, np.inf])
    explicit(kind, [-np.inf])
    explicit(kind, [np.nan, 1e-10, -1e10])
    explicit(kind, [[np.inf, 0.001], [1, -0.5]])
    explicit(kind, rng.standard_normal((4, 5)))
    explicit(kind, rng.standard_normal((2, 3, 4)))
    explicit(kind, rng.standard_normal((2, 2, 1, 3)) * 100)
    explicit(kind, rng.uniform(size=40))
    explicit(kind, np.exp(rng.standard_normal((3, 7)) * 8))
    explicit(kind, rng.uniform(size=(5, 1)))
    counted(kind, (1000,), 0, 1)
    counted(kind, (1001,), 0, 1)
    counted(kind, (40, 40), -800, 0.5)
    counted(kind, (7, 7, 30), 0, 0.25)
    counted(kind, (2, 600), 0, 0.125)
    counted(kind, (600, 2), 0, 1)
    counted(kind, (10, 9, 8, 7), -3, 0.5)
explicit("Double", [1e300, 1e-300])
explicit("Double", [1e100, 1])
explicit("Double", [0.1 + 0.2, 0.3])
explicit("Double", [0.123456785, 0.123456775, 2.5])
explicit("Double", [1234567.891, 99999999])
explicit("Float", [16777216, 16777218])
explicit("Float", [1.17549435e-38, 3.4028235e38])
explicit("Float", [0.1, 0.30000001192, 123.456])
for kind in ["Int32", "UInt8"]:
    explicit(kind, 7)
    explicit(kind, [])
    explicit(kind, [1, 20, 255 if kind == "UInt8" else -300])
    explicit(kind, [[1, 2], [30, 4]])
    explicit(kind, np.zeros((2, 2, 2)))
    counted(kind, (100,), 0, 1)
    counted(kind, (50, 60), 0, 0)
counted("Int32", (30, 50), -100, 7)
explicit("Int32", [-(2**31), 2**31 - 1])
explicit("Bool", [True, False])
explicit("Bool", [[True], [True]])
explicit("Bool", True)
explicit("Bool", [])
explicit("Bool", np.arange(30) % 3 == 0)

pathlib.Path(__file__).with_name("descriptions.txt").write_text("\n\n".join(entries) + "\n")
