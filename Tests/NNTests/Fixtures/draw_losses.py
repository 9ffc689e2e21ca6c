"""Makes `loss_draws.json`: losses and gradients by Keras in double precision, with random options and inputs.

Needs keras and jax. Options are drawn from Keras's own signatures. Inputs are hashed numbers of the shape that Kilim has,
`[N, C, …]`, made of the seeds in the file; Keras gets them with the classes last.
"""

import inspect
import os

import keras_on_jax  # First of all: it chooses the backend.

os.chdir(os.path.dirname(os.path.abspath(__file__)))

import json

import jax
import keras
import numpy as np
from hashed import hashed

DRAWS = 24
random = np.random.default_rng(14)


def truth():
    return bool(random.random() < 0.5)


def number(low, high):
    return float(f"{random.uniform(low, high):.3g}")


OPTIONS = {
    "delta": lambda count: number(0.2, 3), "from_logits": lambda count: truth(),
    "label_smoothing": lambda count: number(0.05, 0.4) if truth() else 0.0,
    "apply_class_balancing": lambda count: truth(), "gamma": lambda count: float(random.choice([0, 0.5, 1, 2, 3.7])),
    "alpha": lambda count: number(0.1, 0.9),
    # The axis of the classes is Kilim's own.
    "axis": lambda count: -1, "ignore_class": lambda count: int(random.integers(count)) if truth() else None,
}
ALL = {
    "MeanSquaredError": "quantities", "MeanAbsoluteError": "quantities", "MeanAbsolutePercentageError": "quantities",
    "Huber": "quantities", "LogCosh": "quantities", "CosineSimilarity": "quantities",
    "MeanSquaredLogarithmicError": "counts", "Poisson": "counts", "Hinge": "signs", "SquaredHinge": "signs",
    "CategoricalHinge": "scores", "KLDivergence": "shares", "CategoricalCrossentropy": "classes",
    "CategoricalFocalCrossentropy": "classes", "SparseCategoricalCrossentropy": "indices", "BinaryCrossentropy": "answers", "BinaryFocalCrossentropy": "answers",
}


def inputs(kind, shape, seed, from_logits, zero_one):
    """The same as in the test: predictions and targets in single precision."""
    first, second = hashed(shape, seed), hashed(shape, seed + 1)
    one = np.float32(1)
    one_hot = np.moveaxis(np.eye(shape[1], dtype="float32")[second.argmax(axis=1)], -1, 1)
    answers = (second > 0).astype("float32")
    return {
        "quantities": (first * 3, second * 3),
        "counts": (first * np.float32(1.25) + np.float32(1.5), second * np.float32(1.25) + np.float32(1.5)),
        "signs": (first * 2, answers if zero_one else answers * 2 - one),
        "scores": (first * 2, one_hot),
        "shares": (first * np.float32(0.4375) + np.float32(0.5), second * np.float32(0.4375) + np.float32(0.5)),
        "indices": (first * 3 if from_logits else first + np.float32(1.5), second.argmax(axis=1).astype("float32")),
        "classes": (first * 3 if from_logits else first + np.float32(1.5), one_hot),
        "answers": (first * 3 if from_logits else first * np.float32(0.4375) + np.float32(0.5), answers),
    }[kind]


def numbers(array):
    return [float(f"{value:.9g}") for value in np.asarray(array, np.float64).ravel()]


def draw(name, seed):
    kind = getattr(keras.losses, name)
    shape = [int(random.integers(1, 4)), int(random.integers(2, 5))] + ([1, 2] if random.random() < 0.3 else [])
    names = [name for name in inspect.signature(kind.__init__).parameters
             if name not in ("self", "name", "dtype", "reduction")]
    options = {name: OPTIONS[name](shape[1]) for name in names}
    if name == "CategoricalFocalCrossentropy" and truth():
        options["alpha"] = [number(0.1, 0.9) for _ in range(shape[1])]
    zero_one = truth()
    predicted, expected = inputs(ALL[name], shape, seed, options.get("from_logits"), zero_one)
    predicted, expected = [
        (np.moveaxis(part, 1, -1) if part.ndim == len(shape) else part).astype("float64")
        for part in (predicted, expected)]
    each = np.asarray(kind(reduction="none", **options)(expected, predicted))
    if options.get("ignore_class") is not None:
        # Kilim lets the other places count as much as all.
        each = each * (expected.size / max((expected != options["ignore_class"]).sum(), 1))
    gradient = jax.grad(lambda x: kind(**options)(expected, x))(jax.numpy.array(predicted))
    return {
        "class": name, "kind": ALL[name], "shape": shape, "seed": seed, "zeroOne": zero_one,
        "options": {name: value for name, value in options.items() if name != "axis" and value is not None},
        "each": numbers(each.reshape(shape[0], -1).mean(axis=1)),
        "gradient": numbers(np.moveaxis(np.asarray(gradient), -1, 1)),
    }


cases = [draw(name, 100 + 2 * index) for index, name in enumerate(name for name in ALL for _ in range(DRAWS))]
with open("loss_draws.json", "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
