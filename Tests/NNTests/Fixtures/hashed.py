"""Numbers that the scripts and the tests make alike, so that no weights and inputs need to be stored."""

import json

import numpy as np


def hashed(shape, seed, limit=1.0):
    """Element i is the 24 highest bits of splitmix64(i, seed) as a number of [-limit, limit)."""
    with np.errstate(over="ignore"):
        z = np.arange(1, np.prod(shape, dtype=np.int64) + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z += np.uint64(seed) * np.uint64(0xD1B54A32D192ED03)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    unit = (z >> np.uint64(40)).astype(np.float32) * np.float32(2**-23) - np.float32(1)
    return (unit * np.float32(limit)).reshape(shape)


def write(name, cases):
    """Writes a JSON object with one case per line, numbers with nine digits."""

    def plain(value):
        if isinstance(value, dict):
            return {key: plain(part) for key, part in value.items()}
        if isinstance(value, (list, tuple)):
            return [plain(part) for part in value]
        array = np.asarray(value, dtype=np.float64)
        numbers = [float(f"{number:.9g}") for number in array.reshape(-1)]
        return numbers if array.ndim else numbers[0]

    lines = [f"{json.dumps(key)}: {json.dumps(plain(case))}" for key, case in cases.items()]
    with open(name, "w") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")
