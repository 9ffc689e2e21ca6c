#!/usr/bin/env python3
"""Makes outputs.json and wine.json: histories of Keras's `fit` with several inputs and outputs, and with sample weights, and a
classifier of a table with `Normalization` and `Embedding`.

    KERAS_BACKEND=jax python make_outputs.py

Needs: keras on JAX, numpy, scikit-learn. On TensorFlow, Keras 3.15 does not know the size of a batch in a graph, and counts a
smaller last one as much as the others in `kind_loss`, so that the losses of the outputs do not add up to the loss. Weights and data come from an integer hash that the tests compute too, the table
from scikit-learn's `load_wine`.
"""
import json, os
import numpy as np, keras
from keras import layers
from sklearn.datasets import load_wine
from hashed import hashed

HERE = os.path.dirname(os.path.abspath(__file__))


def two():
    photo, size = keras.Input((8, 8, 3), name="photo"), keras.Input((3,), name="size")
    x = layers.Conv2D(4, 3, padding="same", activation="relu", name="conv")(photo)
    x = layers.Concatenate()([layers.GlobalAveragePooling2D()(x), size])
    x = layers.Dense(6, activation="relu", name="shared")(x)
    kind = layers.Dense(3, activation="softmax", name="kind")(x)
    price = layers.Dense(1, name="price")(x)
    m = keras.Model([photo, size], [kind, price])
    m.get_layer("conv").set_weights([hashed(1, (4, 3, 3, 3), 0.4).transpose(2, 3, 1, 0), hashed(2, (4,), 0.1)])
    m.get_layer("shared").set_weights([hashed(3, (7, 6), 0.6), hashed(4, (6,), 0.1)])
    m.get_layer("kind").set_weights([hashed(5, (6, 3), 0.6), hashed(6, (3,), 0.1)])
    m.get_layer("price").set_weights([hashed(7, (6, 1), 0.6), hashed(8, (1,), 0.1)])
    return m


photos = hashed(11, (52, 3, 8, 8), 1).transpose(0, 2, 3, 1)
sizes = hashed(12, (52, 3), 1)
kinds = np.eye(3, dtype=np.float32)[np.abs(hashed(13, (52,), 3)).astype(int)]
prices = hashed(14, (52, 1), 2)
weights = np.abs(hashed(15, (52,), 3))
weights[5] = 0
train, test = slice(0, 40), slice(40, 52)
runs = {}
for name, weighted in [("outputs", False), ("weighted outputs", True)]:
    m = two()
    m.compile(
        loss={"kind": "categorical_crossentropy", "price": "mse"}, loss_weights={"kind": 1.0, "price": 0.2},
        optimizer=keras.optimizers.Adam(0.01), metrics={"kind": ["accuracy"], "price": ["mae"]},
        weighted_metrics={"kind": ["accuracy"], "price": [keras.metrics.RootMeanSquaredError()]} if weighted else None)
    w = weights if weighted else np.ones(52, np.float32)
    extra = {"sample_weight": w[train]} if weighted else {}
    validation = ([photos[test], sizes[test]], [kinds[test], prices[test]]) + ((w[test],) if weighted else ())
    runs[name] = m.fit(
        [photos[train], sizes[train]], [kinds[train], prices[train]], batch_size=16, epochs=3, shuffle=False,
        validation_data=validation, verbose=0, **extra).history
    if not weighted:
        outputs = m.predict([photos[:2], sizes[:2]], verbose=0)
        runs[name]["prediction"] = np.concatenate([o.flatten() for o in outputs]).tolist()

# One output, with weights of examples; those of classes are multiplied by hand, which Keras 3 leaves to its users.
x, labels = hashed(21, (48, 8), 1), np.abs(hashed(22, (48,), 3)).astype(int)
w = np.abs(hashed(23, (48,), 2))
classes = np.array([1, 2, 0.5], np.float32)
for name, total in [("weights", w), ("weights of examples and classes", w * classes[labels])]:
    m = keras.Sequential([keras.Input((8,)), layers.Dense(5, activation="relu"), layers.Dense(3, activation="softmax")])
    m.layers[0].set_weights([hashed(24, (8, 5), 0.6), hashed(25, (5,), 0.1)])
    m.layers[1].set_weights([hashed(26, (5, 3), 0.6), hashed(27, (3,), 0.1)])
    m.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.SGD(0.1), metrics=["accuracy"],
              weighted_metrics=["accuracy", keras.metrics.TopKCategoricalAccuracy(2, name="top_2_accuracy"),
                                keras.metrics.CategoricalCrossentropy(name="categorical_crossentropy"),
                                keras.metrics.Precision(0.3, name="precision"), keras.metrics.Recall(0.3, name="recall"),
                                keras.metrics.BinaryAccuracy()])
    y = np.eye(3, dtype=np.float32)[labels]
    runs[name] = m.fit(x, y, batch_size=16, epochs=2, shuffle=False, sample_weight=total, verbose=0).history
    if name == "weights":
        runs["evaluation"] = {k: [v] for k, v in m.evaluate(x, y, sample_weight=w, verbose=0, return_dict=True).items()}
json.dump({"runs": runs, "keras": keras.__version__}, open(os.path.join(HERE, "outputs.json"), "w"), indent=1)

# The table: the alcohol as one of four grades, which an embedding reads, and the other numbers, which are normalized.
wine = load_wine()
grades = np.digitize(wine.data[:, 0], np.quantile(wine.data[:, 0], [0.25, 0.5, 0.75])).astype(int)
numbers = wine.data[:, 1:].astype(np.float32)
with open(os.path.join(HERE, "wine.csv"), "w") as file:
    names = [n.replace("/", "_") for n in wine.feature_names[1:]]
    file.write(",".join(["grade"] + names + ["cultivar"]) + "\n")
    for grade, row, label in zip(grades, wine.data[:, 1:], wine.target):
        file.write(",".join([str(grade)] + [repr(float(v)) for v in row] + [wine.target_names[label]]) + "\n")
order = np.argsort(hashed(31, (178,), 1), kind="stable")
train, test = order[:142], order[142:]
normalization = layers.Normalization()
normalization.adapt(numbers[train])
a, b = keras.Input((1,), name="grade"), keras.Input((12,), name="numbers")
embedded = layers.Flatten()(layers.Embedding(4, 3, name="embedding")(a))
x = layers.Dense(8, activation="relu", name="hidden")(layers.Concatenate()([embedded, normalization(b)]))
m = keras.Model([a, b], layers.Dense(3, activation="softmax", name="cultivar")(x))
m.get_layer("embedding").set_weights([hashed(32, (4, 3), 0.5)])
m.get_layer("hidden").set_weights([hashed(33, (15, 8), 0.5), hashed(34, (8,), 0.1)])
m.get_layer("cultivar").set_weights([hashed(35, (8, 3), 0.5), hashed(36, (3,), 0.1)])
m.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(0.01), metrics=["accuracy"])
y = np.eye(3, dtype=np.float32)[wine.target]
g = grades[:, None].astype(np.float32)
history = m.fit([g[train], numbers[train]], y[train], batch_size=16, epochs=6, shuffle=False,
                validation_data=([g[test], numbers[test]], y[test]), verbose=0).history
json.dump({"history": history, "train": train.tolist(), "test": test.tolist(), "keras": keras.__version__},
          open(os.path.join(HERE, "wine.json"), "w"), indent=1)
