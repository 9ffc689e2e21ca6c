#!/usr/bin/env python3
"""Makes the fixtures of these tests: the history of Keras's `fit`, and scikit-learn's classification report.

    KERAS_BACKEND=tensorflow python make_fixtures.py

Needs: keras with a backend, numpy, scikit-learn. Weights and data come from an integer hash that the tests compute too.
"""
import json, os
import numpy as np, keras
from keras import layers
from sklearn.metrics import classification_report, confusion_matrix
from hashed import hashed

HERE = os.path.dirname(os.path.abspath(__file__))


def model(l2):
    kernel = keras.regularizers.L2(l2) if l2 else None
    m = keras.Sequential([
        keras.Input((8, 8, 3)), layers.Conv2D(4, 3, padding="same", activation="relu", kernel_regularizer=kernel), layers.MaxPool2D(2),
        layers.BatchNormalization(), layers.Flatten(), layers.Dense(5, activation="softmax")])
    weight, dense = hashed(1, (4, 3, 3, 3), 0.4), hashed(2, (4, 4, 4, 5), 0.2)  # O I H W; rows in C H W order
    m.layers[0].set_weights([weight.transpose(2, 3, 1, 0), hashed(3, (4,), 0.1)])
    m.layers[4].set_weights([dense.transpose(1, 2, 0, 3).reshape(64, 5), hashed(4, (5,), 0.1)])
    return m


x = hashed(5, (70, 3, 8, 8), 1).transpose(0, 2, 3, 1)
labels = np.abs(hashed(6, (70,), 5)).astype(int)
y = np.eye(5, dtype=np.float32)[labels]
runs = {}
for name, l2, weights in [("plain", 0, None), ("weighted", 0.01, {0: 1.0, 1: 2.0, 2: 0.5, 3: 1.0, 4: 3.0})]:
    m = model(l2)
    m.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(0.01), metrics=["accuracy"])
    runs[name] = m.fit(x, y, batch_size=32, epochs=3, shuffle=False, validation_split=0.2, class_weight=weights, verbose=0).history
    runs[name]["prediction"] = m.predict(x[:2], verbose=0).flatten().tolist()

names = ["206", "bird", "a long class name", "never predicted"]
expected = np.abs(hashed(7, (60,), 4)).astype(int)
predicted = np.where(hashed(8, (60,), 1) > 0, expected, np.abs(hashed(9, (60,), 3)).astype(int))
predicted[predicted == 3] = 0
report = {
    "names": names, "expected": expected.tolist(), "predicted": predicted.tolist(),
    "confusion": confusion_matrix(expected, predicted, labels=range(4)).tolist(),
    "text": classification_report(expected, predicted, labels=range(4), target_names=names, zero_division=0)}
json.dump({"fit": runs, "report": report, "keras": keras.__version__}, open(os.path.join(HERE, "training.json"), "w"), indent=1)
