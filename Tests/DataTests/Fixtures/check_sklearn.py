#!/usr/bin/env python3
"""Holds the splits, folds, weights and labels in a JSON file, which the tests write, against scikit-learn.

    python check_sklearn.py FILE

Needs: numpy, scikit-learn. Prints each difference, and ends with 1 if there is any.
"""
import json, sys, warnings
import numpy as np
from sklearn import model_selection, preprocessing, utils

warnings.filterwarnings("ignore")
failures = []


def check(name, found, expected):
    if found != expected:
        failures.append(f"{name}: found {str(found)[:300]}, scikit-learn has {str(expected)[:300]}")


def folds(maker, *data):
    return [test.tolist() for _, test in maker.split(*data)]


for case in json.load(open(sys.argv[1])):
    name, labels, groups = f"seed {case['seed']}", case["labels"], case["groups"]
    rows, x = np.array(case["rows"], np.float64), np.zeros((len(labels), 1))
    seed, parts, share = case["seed"], case["parts"], case["share"]
    for kind, stratify in [("split", None), ("stratifiedSplit", labels)]:
        train, test = model_selection.train_test_split(
            np.arange(len(labels)), test_size=share, random_state=seed, stratify=stratify)
        check(f"{name}, {kind}", case[kind], [train.tolist(), test.tolist()])
    shuffled = {"shuffle": True, "random_state": seed}
    check(f"{name}, KFold", case["plainFolds"], folds(model_selection.KFold(parts, **shuffled), x))
    check(f"{name}, StratifiedKFold", case["stratifiedFolds"],
          folds(model_selection.StratifiedKFold(parts, **shuffled), x, labels))
    check(f"{name}, GroupKFold", case["groupedFolds"], folds(model_selection.GroupKFold(parts), x, labels, groups))
    classes = np.unique(labels)
    weights = utils.class_weight.compute_class_weight("balanced", classes=classes, y=labels)
    if not np.allclose(case["classWeights"], weights, rtol=1e-6, atol=0):
        failures.append(f"{name}, class weights: {case['classWeights']}, scikit-learn has {weights}")
    check(f"{name}, LabelBinarizer", case["oneHot"], preprocessing.LabelBinarizer().fit_transform(labels).tolist())
    several = preprocessing.MultiLabelBinarizer()
    check(f"{name}, MultiLabelBinarizer", case["indicators"], several.fit_transform(case["sets"]).tolist())
    check(f"{name}, classes", case["setClasses"], several.classes_.tolist())
    scaler = preprocessing.StandardScaler().fit(rows)
    # Kilim keeps both in single precision.
    for kind, found, expected in [("mean", case["mean"], scaler.mean_), ("deviation", case["deviation"], scaler.scale_)]:
        if not np.allclose(found, expected, rtol=2e-7, atol=1e-7):
            failures.append(f"{name}, {kind}: {found}, scikit-learn has {expected}")
print("\n".join(failures))
sys.exit(1 if failures else 0)
