"""Numbers that the scripts and the tests make alike, so that no weights and inputs need to be stored."""

import numpy as np


def hashed(stream, shape, limit):
    """Numbers uniform in (-limit, limit): splitmix64 of the element's index, top 24 bits."""
    with np.errstate(over="ignore"):
        z = (np.arange(int(np.prod(shape)), dtype=np.uint64) + np.uint64(stream << 32)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    unit = (z >> np.uint64(40)).astype(np.float64) / 2.0**24
    return ((2 * unit - 1) * limit).astype(np.float32).reshape(shape)
