"""Small models that differ where a rule of Keras is overlooked: makes them, and opens what Kilim wrote of them.

Usage: check_rules.py make FOLDER
       check_rules.py check FOLDER

`make` writes NAME.keras or NAME.h5 for each model, and NAME.npz with input0, … and output0, …, as this version of Keras
predicts them. `check` opens each NAME.written.keras.
"""

import glob
import os
import sys

import keras
import numpy as np
from keras import Input, Model, Sequential, layers

mode, folder = sys.argv[1:]
VERSION = tuple(int(part) for part in keras.__version__.split(".")[:2])


def chain(shape, *calls):
    """A model of layers one after the other, of which some are the same."""
    x = inputs = Input(shape)
    for layer in calls:
        x = layer(x)
    return Model(inputs, x)


def called_again():
    activation, dense, convolution, softmax = layers.ReLU(), layers.Dense(4), layers.Conv2D(3, 3), layers.Softmax()
    inner = Sequential([Input((4,)), layers.Dense(4, activation="tanh")])
    yield "activation", chain((4,), layers.Dense(3), activation, layers.Dense(3), activation)
    yield "dense", chain((4,), dense, dense)
    yield "convolution", chain((9, 9, 3), convolution, convolution, convolution)
    yield "model", chain((4,), inner, inner)
    yield "softmax", chain((4,), softmax, softmax)


def products():
    for name, axes, shapes in [
        ("images", -1, [(2, 7, 3), (4, 5, 3)]), ("rows", 1, [(2, 3, 4), (2, 5, 3)]),
        ("times", 1, [(2, 4, 3, 2), (2,)]), ("pixels", (3, 2), [(4, 5, 3), (6, 3)])]:
        inputs = [Input(shape) for shape in shapes]
        yield name, Model(inputs, layers.Dot(axes)(inputs))


# The models of each rule by its name, and the oldest version that opens what was made of them.
RULES = {"called_again": (called_again, (3, 12)), "products": (products, (3, 0))}


def path(name, end):
    return os.path.join(folder, name + end)


def make(name, model, random, ending=".keras", inputs=None):
    for variable in model.weights:
        if "float" in variable.dtype:
            variable.assign(random.uniform(-0.5, 0.5, variable.shape).astype("float32"))
    inputs = inputs or [random.uniform(-1, 1, (3, *i.shape[1:])).astype("float32") for i in model.inputs]
    outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    arrays = {f"input{i}": x for i, x in enumerate(inputs)} | {f"output{i}": y for i, y in enumerate(outputs)}
    np.savez(path(name, ".npz"), **arrays)
    model.save(path(name, ending))


def check(name):
    arrays = np.load(path(name, ".npz"))
    inputs = [arrays[f"input{i}"] for i in range(sum(key.startswith("input") for key in arrays.files))]
    outputs = keras.models.load_model(path(name, ".written.keras")).predict(
        inputs if len(inputs) > 1 else inputs[0], verbose=0)
    for index, output in enumerate(outputs if isinstance(outputs, (list, tuple)) else [outputs]):
        difference = np.abs(output - arrays[f"output{index}"]).max()
        if not difference <= 1e-5:
            return f"{name}: output {index} differs by {difference}"
    return None


if mode == "make":
    random = np.random.default_rng(11)
    for rule, (models, oldest) in RULES.items():
        if VERSION >= oldest:
            for name, model, *rest in models():
                make(f"{rule}-{name}", model, random, *rest)
else:
    written = sorted(os.path.basename(file)[: -len(".written.keras")] for file in glob.glob(path("*", ".written.keras")))
    failures = []
    for name in written:
        try:
            failures.append(check(name))
        except Exception as error:
            failures.append(f"{name}: {error}")
    if any(failures):
        sys.exit("\n".join(filter(None, failures)))
    print("checked", len(written), "models with Keras", keras.__version__)
