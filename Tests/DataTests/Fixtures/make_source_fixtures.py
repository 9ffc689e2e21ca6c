"""Makes the fixtures of sources and targets: what scikit-learn and Python's own reader of CSV answer.

    python make_source_fixtures.py

Needs: numpy, scikit-learn. Writes folds.json, multilabel.json, scaler.json and tables.json beside itself.
"""
import csv, io, json, os, random

import numpy as np
from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold
from sklearn.preprocessing import MultiLabelBinarizer, StandardScaler

here = os.path.dirname(os.path.abspath(__file__))
rng = random.Random(18)


def write(name, value):
    with open(os.path.join(here, name), "w") as file:
        json.dump(value, file, separators=(",", ":"))


def tests(splitter, count, *arguments):
    try:
        return [test.tolist() for _, test in splitter.split(np.zeros(count), *arguments)]
    except ValueError:
        return None


def folds():
    cases = []
    for _ in range(60):
        count, parts, seed = rng.randint(1, 60), rng.randint(1, 8), rng.choice([None, rng.randint(0, 2**32 - 1)])
        shuffle = {} if seed is None else {"shuffle": True, "random_state": seed}
        if parts < 2:
            expected = {"plain": None, "stratified": None, "grouped": None}
            labels, groups = ["a"] * count, [1] * count
        else:
            labels = rng.choices(["cat", "dog", "emu", "émeu"][: rng.randint(1, 4)], k=count)
            # No two groups of one size: scikit-learn's order of equal sizes depends on the processor.
            sizes = rng.sample(range(1, 12), rng.randint(1, 8))
            groups = [group for group, size in enumerate(sizes) for _ in range(size)]
            rng.shuffle(groups)
            expected = {
                "plain": tests(KFold(parts, **shuffle), count),
                "stratified": tests(StratifiedKFold(parts, **shuffle), count, labels),
                "grouped": tests(GroupKFold(parts), len(groups), None, groups),
            }
        cases.append({"count": count, "folds": parts, "seed": seed, "labels": labels, "groups": groups, **expected})
    write("folds.json", cases)


def multilabel():
    names = ["red", "blue", "wool", "Wool", "été", "", "silk"]
    cases = []
    for _ in range(20):
        sets = [rng.sample(names, rng.randint(0, 4)) for _ in range(rng.randint(1, 8))]
        if not any(sets):
            continue
        binarizer = MultiLabelBinarizer().fit(sets)
        query = [rng.sample(binarizer.classes_.tolist(), rng.randint(0, len(binarizer.classes_))) for _ in range(5)]
        rows = binarizer.transform(query)
        cases.append({
            "sets": sets, "classes": binarizer.classes_.tolist(), "query": query, "rows": rows.tolist(),
            "inverse": [list(labels) for labels in binarizer.inverse_transform(rows)],
        })
    write("multilabel.json", cases)


def scaler():
    values = np.random.default_rng(3).normal(1000, [1, 50, 0, 1e-3], (37, 4)).astype(np.float32)
    fitted = StandardScaler().fit(values.astype(np.float64))
    write("scaler.json", {
        "rows": values.tolist(), "mean": fitted.mean_.tolist(), "deviation": fitted.scale_.tolist(),
        "standardized": fitted.transform(values.astype(np.float64)).tolist(),
    })


def tables():
    fields = ["", "a", "two words", "a,b", 'say "so"', "line\nbreak", "line\r\nbreak", " spaces ", "ünï", '"', "x\ty", "1.5"]
    cases = []
    for _ in range(60):
        columns, separator = rng.randint(1, 4), rng.choice([",", ";", "\t"])
        rows = [[rng.choice(fields) for _ in range(columns)] for _ in range(rng.randint(0, 6))]
        header = [f"column {index}" for index in range(columns)]
        text = io.StringIO()
        writer = csv.writer(
            text, delimiter=separator, lineterminator=rng.choice(["\n", "\r\n", "\r"]),
            quoting=rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
        writer.writerows([header] + rows)
        content = text.getvalue()
        if rng.random() < 0.3:
            content = content.rstrip("\r\n")
        read = list(csv.reader(io.StringIO(content, newline=""), delimiter=separator))
        read = [row for row in read if row]
        # Python's writer leaves a line break of another kind without quotes, which splits the row.
        if any(len(row) != columns for row in read):
            continue
        cases.append({"text": rng.choice(["", "\ufeff"]) + content, "separator": separator, "header": read[0], "rows": read[1:]})
    write("tables.json", cases)


folds()
multilabel()
scaler()
tables()
