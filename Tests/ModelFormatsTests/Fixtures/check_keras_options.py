"""Holds Kilim's tables of options against the Keras that is installed, and fails with a line for each that is missing.

Usage: check_keras_options.py TABLES. For each class of Keras that Kilim reads, TABLES lists the options that Kilim knows. An
option is what `get_config` writes, or what the class can be made with.
"""

import inspect
import json
import sys

import keras
import numpy as np

tables = json.load(open(sys.argv[1]))
failures = []
needed = {
    "filters": 2, "kernel_size": 3, "units": 2, "pool_size": 2, "scale": 1.0, "rate": 0.5, "activation": "relu",
    "target_shape": (1, 3), "boundaries": [1], "values": [1.0, 2.0], "initial_learning_rate": 0.1, "decay_steps": 2,
    "first_decay_steps": 2,
    "decay_rate": 0.5, "shape": (3,), "stddev": 0.1, "factor": 0.2, "height_factor": 0.2,
    "width_factor": 0.2, "value_range": (0, 255), "axes": 1, "height": 3, "width": 3, "dims": (2, 1), "n": 2,
    "num_heads": 2, "key_dim": 2, "input_dim": 3, "output_dim": 2, "layer": keras.layers.LSTM(2),
}
# What an object is made with in Python alone, or writes under another name.
ignored = {"self", "args", "kwargs", "shape", "batch_size", "input_tensor"}


def options(kind):
    """All options of a class, and an object of it."""
    parameters = [name for name in inspect.signature(kind.__init__).parameters if name not in ignored]
    arguments = {name: needed[name] for name in inspect.signature(kind.__init__).parameters if name in needed}
    if kind.__name__ == "RandomPosterization":
        arguments["factor"] = 4
    made = kind(**arguments)
    return set(made.get_config()) | set(parameters), made


def check(what, found, known):
    for name in sorted(set(found) - set(known)):
        failures.append(f"{what}: {name} is in no table")


modules = {
    "layers": keras.layers, "optimizers": keras.optimizers, "schedules": keras.optimizers.schedules,
    "losses": keras.losses, "metrics": keras.metrics, "input": keras.layers,
}
count = 0
for group, module in modules.items():
    for name, known in tables[group].items():
        # Classes that came later.
        if not hasattr(module, name):
            continue
        written, _ = options(getattr(module, name))
        check(name, written, known)
        count += len(written)

# The model itself, and how it is compiled.
x = keras.Input((3,))
functional = keras.Model(x, keras.layers.Dense(2)(x))
sequential = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
for model in [functional, sequential]:
    check(type(model).__name__, model.get_config(), tables["model"]["Model"])
sequential.compile("adam", "mse")
check("compile_config", sequential.get_compile_config(), tables["model"]["compile"])
arguments = set(inspect.signature(keras.Model.compile).parameters) - ignored
check("compile", arguments, tables["model"]["compile"])

# Layers that act in training alone leave their input as it is.
random = np.random.default_rng(1)
x = random.uniform(0, 255, (5, 6, 7, 3)).astype("float32")
for name in tables["training_only"]["classes"]:
    kind = getattr(keras.layers, name, None)
    if kind is None:
        continue
    _, layer = options(kind)
    inputs = {"SpatialDropout1D": x[0], "SpatialDropout3D": x[None]}.get(name, x)
    for batch in [inputs, inputs / 255 - 0.5]:
        if not (np.asarray(layer(batch, training=False)) == batch).all():
            failures.append(f"{name} acts without training")

if failures:
    sys.exit("\n".join(failures))
print(f"checked {count} options of Keras {keras.__version__}")
