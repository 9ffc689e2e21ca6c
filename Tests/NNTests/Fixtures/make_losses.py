"""Makes losses.json, extremes.json and metrics.json: losses with gradients, and metrics, by Keras on TensorFlow in single precision.

Needs keras and tensorflow. Logits are hashed (seed 1, limit 3), the class of example i is 7 i mod 5, and the weights
of the examples are 1 + a half of hashed numbers (seed 3).
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.chdir(os.path.dirname(os.path.abspath(__file__)))

import keras
import numpy as np
import tensorflow as tf
from hashed import hashed, write
from keras import losses, metrics

logits = hashed((6, 5), 1, 3)
probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
# Not normalized, so that the division by the sum shows.
shares = (hashed((6, 5), 2) + np.float32(1.5)).astype("float32")
answers = (0.5 + 0.5 * hashed((6, 5), 2, 0.98)).astype("float32")
classes = np.arange(6) * 7 % 5
one_hot = np.eye(5, dtype="float32")[classes]
several = (hashed((6, 5), 5) > 0).astype("float32")
weights = (1 + 0.5 * hashed((6,), 3)).astype("float32")


def case(kind, targets, predicted, **options):
    predicted = tf.Variable(predicted)
    with tf.GradientTape() as tape:
        weighted = kind(**options)(targets, predicted, sample_weight=weights)
    each = kind(reduction="none", **options)(targets, predicted)
    plain = kind(**options)(targets, predicted)
    return {"each": each, "mean": plain, "weighted": weighted, "gradient": tape.gradient(weighted, predicted)}


exact = np.eye(3, dtype="float32")
missed = np.roll(exact, 1, axis=1)
write(
    "losses.json",
    {
        "categorical": case(losses.CategoricalCrossentropy, one_hot, shares),
        "categorical smoothed": case(losses.CategoricalCrossentropy, one_hot, shares, label_smoothing=0.1),
        "categorical logits": case(losses.CategoricalCrossentropy, one_hot, logits, from_logits=True),
        "categorical logits smoothed": case(
            losses.CategoricalCrossentropy, one_hot, logits, from_logits=True, label_smoothing=0.2
        ),
        "sparse": case(losses.SparseCategoricalCrossentropy, classes, shares / shares.sum(axis=1, keepdims=True)),
        "sparse logits": case(losses.SparseCategoricalCrossentropy, classes, logits, from_logits=True),
        "binary": case(losses.BinaryCrossentropy, several, answers),
        "binary smoothed": case(losses.BinaryCrossentropy, several, answers, label_smoothing=0.1),
        "binary logits": case(losses.BinaryCrossentropy, several, logits, from_logits=True),
        "binary logits smoothed": case(
            losses.BinaryCrossentropy, several, logits, from_logits=True, label_smoothing=0.2
        ),
        "binary logits zero": case(losses.BinaryCrossentropy, several, np.zeros_like(logits), from_logits=True),
        "squared error": case(losses.MeanSquaredError, several, answers),
    },
)
write(
    "extremes.json",
    {
        "categorical exact": losses.CategoricalCrossentropy(reduction="none")(exact, exact),
        "categorical missed": losses.CategoricalCrossentropy(reduction="none")(exact, missed),
        "binary exact": losses.BinaryCrossentropy(reduction="none")(exact, exact),
        "binary missed": losses.BinaryCrossentropy(reduction="none")(exact, 1 - exact),
    },
)

# Eight levels, so that rows have ties.
scores = np.round(hashed((40, 6), 7) * 4) / 4
labels = np.arange(40) * 7 % 6
labels_one_hot = np.eye(6, dtype="float32")[labels]
chances = 0.5 + 0.5 * np.round(hashed((40, 1), 8) * 4) / 4
truths = (hashed((40, 1), 9) > 0).astype("float32")


def value(metric, targets, predicted):
    """Over batches of 16, 16 and 8 examples."""
    for start in range(0, 40, 16):
        metric.update_state(targets[start : start + 16], predicted[start : start + 16])
    return metric.result()


write(
    "metrics.json",
    {
        "categorical": value(metrics.CategoricalAccuracy(), labels_one_hot, scores),
        "sparse": value(metrics.SparseCategoricalAccuracy(), labels, scores),
        "binary": value(metrics.BinaryAccuracy(), truths, chances),
        "top 1": value(metrics.TopKCategoricalAccuracy(1), labels_one_hot, scores),
        "top 2": value(metrics.TopKCategoricalAccuracy(2), labels_one_hot, scores),
        "top 3 sparse": value(metrics.SparseTopKCategoricalAccuracy(3), labels, scores),
    },
)
