"""Makes reports.json: scikit-learn's reports of answers with several classes, and its errors of numbers.

    python make_report_fixtures.py

Needs: numpy, scikit-learn.
"""
import json, os, warnings

import numpy as np
from sklearn.metrics import (accuracy_score, classification_report, mean_absolute_error, r2_score,
                             root_mean_squared_error)

warnings.filterwarnings("ignore")
rng = np.random.default_rng(18)


def report(expected, answers, names):
    """The report, with the plain means over the classes that have examples (`labels=`)."""
    found = [index for index in range(len(names)) if expected[:, index].any()]
    lines = classification_report(expected, answers, target_names=names, zero_division=0).split("\n")
    means = classification_report(expected, answers, labels=found, zero_division=0, output_dict=True)["macro avg"]
    for place, line in enumerate(lines):
        if line.strip().startswith("macro avg"):
            figures = "".join(f"{means[name]:10.2f}" for name in ["precision", "recall", "f1-score"])
            lines[place] = line[: -40] + figures + line[-10:]
    return "\n".join(lines)


several = []
for count, names in [(40, ["big", "red", "wool"]), (7, ["a", "never there", "never said", "é"]), (1, ["one", "two"])]:
    expected = (rng.random((count, len(names))) < 0.4).astype(int)
    predicted = np.round(rng.random((count, len(names))), 3)
    if "never there" in names:
        expected[:, 1], predicted[:, 2] = 0, 0.1
    answers = (predicted > 0.5).astype(int)
    several.append({
        "names": names, "expected": expected.tolist(), "predicted": predicted.tolist(),
        "text": report(expected, answers, names),
        "exact": accuracy_score(expected, answers),
    })
numbers = []
for count in [25, 2]:
    expected = rng.normal(100, [1, 30], (count, 2)).astype(np.float32)
    predicted = (expected + rng.normal(0, [0.5, 20], (count, 2))).astype(np.float32)
    numbers.append({
        "expected": expected.tolist(), "predicted": predicted.tolist(),
        # Of numbers in single precision, scikit-learn computes in single precision.
        **{name: metric(expected.astype(float), predicted.astype(float), multioutput="raw_values").tolist()
           for name, metric in [("mae", mean_absolute_error), ("rmse", root_mean_squared_error), ("r2", r2_score)]},
    })
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "reports.json"), "w") as file:
    json.dump({"several": several, "numbers": numbers}, file, separators=(",", ":"))
