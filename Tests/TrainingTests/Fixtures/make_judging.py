#!/usr/bin/env python3
"""Makes the fixtures of the tests of judging, judging.json.

    python make_judging.py

Needs: numpy, scikit-learn 1.7 or newer, scipy, statsmodels.
"""
import json, os, warnings
import numpy as np
from scipy import stats
from sklearn import metrics
from sklearn.calibration import calibration_curve
from statsmodels.stats.contingency_tables import mcnemar

HERE = os.path.dirname(os.path.abspath(__file__))
random = np.random.RandomState(5)
warnings.simplefilter("ignore")


def plain(value):
    """A number for JSON: null for what is not defined."""
    return None if np.isnan(value) else float(value)


def case(labels, probabilities, classes):
    labels, probabilities = np.asarray(labels), np.asarray(probabilities, dtype=np.float64)
    truths = labels[:, None] == np.arange(classes)
    supports = truths.sum(0)
    found = supports > 0
    curves, rankings = [], []
    for index in range(classes):
        truth, score = truths[:, index], probabilities[:, index]
        defined = 0 < truth.sum() < len(truth)
        auc = metrics.roc_auc_score(truth, score) if defined else np.nan
        rates = metrics.roc_curve(truth, score) if defined else ([], [], [])
        precision, recall, thresholds = metrics.precision_recall_curve(truth, score)
        f1 = [metrics.f1_score(truth, score >= t) for t in thresholds]
        best = int(np.argmax(f1))
        rankings.append({
            "auc": plain(auc), "precision": float(metrics.average_precision_score(truth, score)),
            "threshold": float(thresholds[best]) if truth.any() else None, "f1": f1[best] if truth.any() else None,
        })
        curves.append({
            "falsePositives": list(rates[0]), "truePositives": list(rates[1]), "rocThresholds": list(rates[2])[1:],
            "precision": list(precision[:-1]), "recall": list(recall[:-1]), "thresholds": list(thresholds),
        })
    aucs, precisions = (np.array([r[k] if r[k] is not None else np.nan for r in rankings]) for k in ("auc", "precision"))
    predicted, names = probabilities.argmax(1), np.arange(classes)
    top, right = probabilities.max(1), predicted == labels
    share, mean = calibration_curve(right, top, n_bins=10) if len(labels) > 1 else (right.astype(float), top)
    sizes = np.histogram(-top, bins=-np.linspace(0, 1, 11)[::-1])[0][::-1]
    result = {
        "labels": labels.tolist(), "probabilities": probabilities.ravel().tolist(), "classCount": classes,
        "rankings": rankings, "curves": curves,
        # Means over the classes with examples: scikit-learn's figures with these classes as `labels=`.
        "macroAUC": plain(aucs[found].mean()), "weightedAUC": plain(np.average(aucs[found], weights=supports[found])),
        "macroPrecision": plain(precisions[found].mean()),
        "weightedPrecision": plain(np.average(precisions[found], weights=supports[found])),
        "topK": [float(metrics.top_k_accuracy_score(labels, probabilities, k=k, labels=names)) for k in range(1, classes + 1)]
        if classes > 2 else [],
        "shares": {
            name: metrics.confusion_matrix(labels, predicted, labels=names, normalize=how).tolist()
            for name, how in [("expected", "true"), ("predicted", "pred"), ("all", "all")]
        },
        "binShares": share.tolist(), "binMeans": mean.tolist(),
        "calibrationError": float((np.abs(share - mean) * sizes[sizes > 0]).sum() / len(labels)),
    }
    # scikit-learn's own averages, where it computes them: each row must sum to 1 for that.
    if classes > 2 and (supports > 0).all() and np.allclose(probabilities.sum(1), 1):
        for average in ("macro", "weighted"):
            own = metrics.roc_auc_score(labels, probabilities, multi_class="ovr", average=average)
            assert abs(own - result[average + "AUC"]) < 1e-12
    return result


def drawn(count, classes, digits, absent=None, silent=None):
    """Probabilities with so many digits, so that many are equal; a class may be absent, or never be predicted."""
    labels = random.randint(0, classes, count)
    if absent is not None:
        labels[labels == absent] = (absent + 1) % classes
    logits = random.normal(size=(count, classes)) + 1.5 * np.eye(classes)[labels]
    if silent is not None:
        logits[:, silent] -= 9
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return labels, np.round(shares, digits)


cases = {
    "random": case(*drawn(40, 4, 6), 4),
    "ties": case(*drawn(50, 3, 1), 3),
    "two": case(*drawn(20, 2, 2), 2),
    "absent": case(*drawn(30, 4, 3, absent=2), 4),
    "silent": case(*drawn(30, 4, 3, silent=1), 4),
    "equal": case([0, 1, 2, 1], np.full((4, 3), 0.25), 3),
    "one": case([1], [[0.2, 0.5, 0.3]], 3),
}

pairs = []
for both, first, second, neither in [(50, 12, 5, 9), (0, 3, 0, 0), (9, 0, 0, 1), (5, 7, 7, 2), (800, 140, 95, 60), (3, 1, 0, 0)]:
    table = [[both, first], [second, neither]]
    exact = mcnemar(table, exact=True)
    corrected = mcnemar(table, exact=False, correction=True) if first + second else None
    binomial = stats.binomtest(min(first, second), first + second).pvalue if first + second else 1
    assert abs(binomial - min(exact.pvalue, 1)) < 1e-12
    pairs.append({
        "counts": [both, first, second, neither], "exact": min(float(exact.pvalue), 1),
        "statistic": float(corrected.statistic) if corrected else 0, "corrected": float(corrected.pvalue) if corrected else 1,
    })

values = np.round(random.normal(size=25), 4)
indices = random.randint(0, 25, (40, 25))
means = np.sort(values[indices].mean(1))
whole = stats.bootstrap((values,), np.mean, n_resamples=20000, method="percentile", rng=np.random.default_rng(1))
bootstrap = {
    "values": values.tolist(), "indices": indices.tolist(),
    "interval": [float(x) for x in np.percentile(means, [2.5, 97.5])],
    "whole": [float(whole.confidence_interval.low), float(whole.confidence_interval.high)],
}

with open(os.path.join(HERE, "judging.json"), "w") as file:
    json.dump({"cases": cases, "pairs": pairs, "bootstrap": bootstrap}, file, separators=(",", ":"))
