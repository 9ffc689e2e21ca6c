"""Writes normal-quantiles.txt: probabilities and their normal quantiles by SciPy, both as hexadecimal numbers.

The probabilities are those of 32-bit random words, (w + 1/2) / 2**32: the ends, a grid, and the borders between the
three approximations of algorithm AS 241.
"""

import pathlib

import numpy
from scipy.stats import norm

words = numpy.concatenate([
    numpy.arange(20),
    2 ** numpy.arange(5, 32),
    numpy.linspace(0, 2**32 - 1, 301).astype(numpy.int64),
    numpy.array([0.075, 0.925, numpy.exp(-25), 1 - numpy.exp(-25)]) * 2**32,
    2**32 - 1 - numpy.arange(20),
]).astype(numpy.int64)
probabilities = (numpy.unique(words) + 0.5) / 2**32
lines = [f"{p.hex()} {q.hex()}" for p, q in zip(probabilities.tolist(), norm.ppf(probabilities).tolist())]
pathlib.Path(__file__).with_name("normal-quantiles.txt").write_text("\n".join(lines) + "\n")
