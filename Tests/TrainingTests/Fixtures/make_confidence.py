#!/usr/bin/env python3
"""Makes the fixtures of the tests of confidence and of the data doctor, confidence.json.

    python make_confidence.py

Needs: numpy, scikit-learn 1.8 or newer. The features come from an integer hash that the tests compute too.
"""
import json, os
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV, calibration_curve
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import confusion_matrix
from sklearn.neighbors import NearestNeighbors
from hashed import hashed

HERE = os.path.dirname(os.path.abspath(__file__))


class Given(ClassifierMixin, BaseEstimator):
    """A classifier whose logits are its inputs."""

    def fit(self, x, y):
        self.classes_ = np.unique(y)
        return self

    def decision_function(self, x):
        return x

    def predict(self, x):
        return self.classes_[np.argmax(x, axis=1)]


# Logits that are too sure of themselves: twice what they should be.
count, classes = 300, 4
labels = np.abs(hashed(20, (count,), classes)).astype(int)
logits = (hashed(21, (count, classes), 4) + 3 * np.eye(classes)[labels]).astype(np.float32)
scaled = CalibratedClassifierCV(FrozenEstimator(Given().fit(logits, labels)), method="temperature").fit(logits, labels)
temperature = 1 / scaled.calibrated_classifiers_[0].calibrators[0].beta_


def error(probabilities, labels, bins=15):
    """The expected calibration error from scikit-learn's curve; numpy counts the examples of each bin."""
    top, right = probabilities.max(1), probabilities.argmax(1) == labels
    share, mean = calibration_curve(right, top, n_bins=bins)
    sizes = np.histogram(-top, bins=-np.linspace(0, 1, bins + 1)[::-1])[0][::-1]
    return float((np.abs(share - mean) * sizes[sizes > 0]).sum() / len(labels))


def softmax(z):
    powers = np.exp(z.astype(np.float64) - z.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


calibration = {
    "temperature": float(temperature), "before": error(softmax(logits), labels),
    "after": error(softmax(logits / temperature), labels)}

# Features of three classes around hashed means; some labels are wrong.
width, k = 6, 3
means = hashed(22, (k, width), 2)
true = np.abs(hashed(23, (count,), k)).astype(int)
features = (means[true] + hashed(24, (count, width), 1.5)).astype(np.float32)
lda = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.5).fit(features, true)
# Classes of the same size, as seen by the covariance of classes of different sizes.
discriminant = {"probabilities": softmax(lda.decision_function(features[:20]) - np.log(lda.priors_)).flatten().tolist()}

# Confident learning (Northcutt, Jiang and Chuang 2021): equations 1 and 2 of section 3.1, and calibration of the counts.
given = np.where(hashed(25, (count,), 1) > 0.8, (true + 1) % k, true)
probabilities = softmax(hashed(26, (count, k), 2) + 3 * np.eye(k)[true]).astype(np.float32)
thresholds = np.array([probabilities[given == j, j].mean() for j in range(k)])
above = np.where(probabilities >= thresholds, probabilities, -1)
counted = above.max(1) >= 0
joint = confusion_matrix(given[counted], above.argmax(1)[counted], labels=range(k))
learning = {"thresholds": thresholds.tolist(), "joint": joint.tolist()}

# The distance to the tenth nearest neighbour, by the cosine around the mean.
centred = features.astype(np.float64) - features.astype(np.float64).mean(0)
distances, nearest = NearestNeighbors(n_neighbors=11, metric="cosine", algorithm="brute").fit(centred).kneighbors(centred)
neighbours = {"first": nearest[:40, 1].tolist(), "similarity": (1 - distances[:40, 1]).tolist(), "tenth": (1 - distances[:40, 10]).tolist()}

json.dump({"calibration": calibration, "discriminant": discriminant, "learning": learning, "neighbours": neighbours},
          open(os.path.join(HERE, "confidence.json"), "w"), indent=1)
