"""Makes `metric_draws.json`: metrics by Keras, with random options and inputs.

Needs keras, jax and scikit-learn. Options are drawn from Keras's own signatures. Inputs are hashed numbers, made of the seeds in the file, in
three batches. Counting metrics are computed in single precision, so that thresholds fall alike, the others in double.
"""

import inspect
import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"
os.chdir(os.path.dirname(os.path.abspath(__file__)))

import json

import keras
import numpy as np
import sklearn.metrics
from hashed import hashed

random = np.random.default_rng(15)


def truth(share=0.5):
    return bool(random.random() < share)


def number(low, high):
    return float(f"{random.uniform(low, high):.3g}")


def thresholds(name, count):
    if name == "AUC":
        lists = [[0.25, 0.5, 0.75], sorted(number(0.05, 0.95) for _ in range(4))]
        return lists[int(random.integers(2))] if truth(0.3) else None
    return number(0.1, 0.9) if truth() else None


OPTIONS = {
    "num_thresholds": lambda name, count: int(random.choice([2, 3, 5, 11, 50, 200])),
    "curve": lambda name, count: str(random.choice(["ROC", "PR", "PRGAIN"])),
    "summation_method": lambda name, count: str(random.choice(["interpolation", "majoring", "minoring"])),
    "thresholds": thresholds, "multi_label": lambda name, count: truth(), "num_labels": lambda name, count: None,
    "label_weights": lambda name, count: [number(0.1, 2) for _ in range(count)] if truth() else None,
    "from_logits": lambda name, count: truth(),
    "top_k": lambda name, count: int(random.integers(1, count + 1)) if truth() else None,
    "class_id": lambda name, count: int(random.integers(count)) if truth() else None,
    "average": lambda name, count: str(random.choice(["micro", "macro", "weighted"])),
    "beta": lambda name, count: number(0.3, 3), "threshold": lambda name, count: number(0.1, 0.9),
    "class_aggregation": lambda name, count: str(random.choice(["uniform_average", "variance_weighted_average"])),
    "num_regressors": lambda name, count: int(random.integers(0, 4)) if truth() else 0,
    "label_smoothing": lambda name, count: number(0.05, 0.4) if truth() else 0.0,
    "k": lambda name, count: int(random.integers(1, count + 1)),
    # Kilim has none, and the axis of the classes is its own.
    "ignore_class": lambda name, count: None, "axis": lambda name, count: -1,
}
ALL = {
    "AUC": "answers", "Precision": "answers", "Recall": "answers", "F1Score": "answers", "FBetaScore": "answers",
    "BinaryAccuracy": "answers", "TopKCategoricalAccuracy": "classes", "R2Score": "quantities",
    "RootMeanSquaredError": "quantities", "MeanAbsoluteError": "quantities", "MeanSquaredError": "quantities",
    "MeanAbsolutePercentageError": "quantities", "MeanSquaredLogarithmicError": "counts", "LogCoshError": "quantities",
    "Poisson": "counts", "KLDivergence": "shares", "Hinge": "signs", "SquaredHinge": "signs",
    "CategoricalHinge": "scores", "CosineSimilarity": "quantities", "BinaryCrossentropy": "answers",
    "CategoricalCrossentropy": "classes", "SparseCategoricalCrossentropy": "indices",
}


def inputs(kind, shape, seed, from_logits, levels):
    """The same as in the test. With levels, predictions are multiples of 1/8, so that there are ties."""
    first, second = hashed(shape, seed), hashed(shape, seed + 1)
    if levels:
        first = np.round(first * 4) / np.float32(4)
    half, one = np.float32(0.5), np.float32(1)
    largest = second.argmax(axis=1)
    return {
        "quantities": (first * 3, second * 3),
        "counts": (first * np.float32(1.25) + np.float32(1.5), second * np.float32(1.25) + np.float32(1.5)),
        "signs": (first * 2, (second > 0).astype("float32") * 2 - one),
        "scores": (first * 2, np.eye(shape[1], dtype="float32")[largest]),
        "shares": (first * np.float32(0.4375) + half, second * np.float32(0.4375) + half),
        "classes": (first * 3 if from_logits else first + np.float32(1.5), np.eye(shape[1], dtype="float32")[largest]),
        "indices": (first * 3 if from_logits else first + np.float32(1.5), largest.astype("float32")),
        "answers": (first * 3 if from_logits else first * np.float32(0.4375) + half, (second > 0).astype("float32")),
    }[kind]


def peer(name, options, predicted, expected, weights):
    """scikit-learn's value of a weighted metric, where it has the metric with these options."""
    if name == "R2Score" and not options["num_regressors"]:
        aggregation = options["class_aggregation"].replace("variance_weighted_average", "variance_weighted")
        return sklearn.metrics.r2_score(expected, predicted, sample_weight=weights, multioutput=aggregation)
    if name == "FBetaScore" and options["threshold"] is not None:
        return sklearn.metrics.fbeta_score(
            expected, predicted > options["threshold"], beta=options["beta"], average=options["average"],
            sample_weight=weights, zero_division=0)
    if name == "AUC" and predicted.shape[1] == 1:
        return sklearn.metrics.roc_auc_score(expected[:, 0], predicted[:, 0], sample_weight=weights)


def draw(name, seed, weighted=None):
    """A case. With weights, they are hashed too: a quarter is 0. With "zero" all are, with "one class" all answers are yes."""
    kind = getattr(keras.metrics, name)
    exact = weighted == "like scikit-learn"
    single = ALL[name] in ("answers", "quantities") and name not in ("F1Score", "FBetaScore", "CosineSimilarity")
    shape = [40, 1] if exact and name == "AUC" else [40, 1 if single and truth(0.3) else int(random.integers(2, 6))]
    names = [name for name in inspect.signature(kind.__init__).parameters
             if name not in ("self", "name", "dtype", "fn", "from_sorted_ids")]
    options = {option: OPTIONS[option](name, shape[1]) for option in names}
    if name in ("F1Score", "FBetaScore") and truth():
        options["threshold"] = None
    levels = ALL[name] in ("answers", "classes") and truth()
    if exact and name == "AUC":
        # A threshold between any two predictions, which are multiples of 1/8 times 7/16.
        options |= {"curve": "ROC", "summation_method": "interpolation", "num_thresholds": 200, "from_logits": False}
        options |= {"thresholds": None, "label_weights": None}
        levels = True
    if exact and name == "R2Score":
        options["num_regressors"] = 0
    if exact and name == "FBetaScore" and options["threshold"] is None:
        options["threshold"] = 0.5
    counts = name in ("AUC", "Precision", "Recall", "F1Score", "FBetaScore", "BinaryAccuracy")
    metric = kind(dtype="float32" if counts else "float64", **options)
    predicted, expected = inputs(ALL[name], shape, seed, options.get("from_logits"), levels)
    if not counts:
        predicted, expected = predicted.astype("float64"), expected.astype("float64")
    weights = None
    if weighted:
        weights = np.maximum(hashed([40], seed + 2) + np.float32(0.5), 0) * (weighted != "zero")
        expected = np.ones_like(expected) if weighted == "one class" else expected
    for rows in [slice(0, 16), slice(16, 32), slice(32, 40)]:
        metric.update_state(expected[rows], predicted[rows], None if weights is None else weights[rows])
    value = float(f"{float(metric.result()):.9g}")
    extra = {}
    if weighted:
        extra = {"weighted": weighted}
        if exact:
            extra["peer"] = float(f"{float(peer(name, options, predicted, expected, weights)):.9g}")
    return {
        "class": name, "kind": ALL[name], "shape": shape, "seed": seed, "levels": levels,
        "options": {name: value for name, value in options.items() if name != "axis" and value is not None},
        # JSON has no NaN.
        "value": value if np.isfinite(value) else None, **extra,
    }


RICH = ["AUC", "Precision", "Recall", "F1Score", "FBetaScore", "R2Score"]
names = [name for name in ALL for _ in range(24 if name in RICH else 6)]
cases = [draw(name, 1000 + 2 * index) for index, name in enumerate(names)]
forms = ["drawn"] * 12 + ["like scikit-learn"] * 4 + ["zero"] * 2 + ["one class"] * 2
weighted = [(name, form) for name in ["AUC", "FBetaScore", "R2Score"] for form in forms]
cases += [draw(name, 3000 + 3 * index, form) for index, (name, form) in enumerate(weighted)]
with open("metric_draws.json", "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
