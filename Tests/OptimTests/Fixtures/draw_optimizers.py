"""Makes `draws.json`: what Keras's optimizers do with random options, drawn from their own signatures.

Needs keras (with any backend) and numpy.
"""

import inspect
import json
import os

import keras
import numpy as np

os.chdir(os.path.dirname(os.path.abspath(__file__)))
CLASSES = ["SGD", "RMSprop", "Adam", "AdamW", "Adagrad", "Adadelta", "Adamax", "Nadam", "Lion", "Lamb"]
DRAWS = 24
STEPS = 10
MIDDLE = 5
NAMES = ["body.dense.weight", "body.dense.bias", "head.weight"]
SHAPES = [(2, 2), (3,), (1, 2)]

random = np.random.default_rng(14)


def number(low, high):
    """Between the bounds, small numbers as likely as large ones; with few digits."""
    return float(f"{np.exp(random.uniform(np.log(low), np.log(high))):.4g}")


def maybe(draw, share=0.4):
    return draw() if random.random() < share else None


def truth():
    return bool(random.random() < 0.5)


OPTIONS = {
    "learning_rate": lambda: number(1e-3, 0.3), "momentum": lambda: maybe(lambda: number(0.3, 0.99), 0.7) or 0.0,
    "nesterov": truth, "rho": lambda: number(0.5, 0.99), "centered": truth, "amsgrad": truth,
    "beta_1": lambda: number(0.5, 0.99), "beta_2": lambda: number(0.8, 0.9999), "epsilon": lambda: number(1e-8, 1e-2),
    "initial_accumulator_value": lambda: maybe(lambda: number(1e-3, 1.0)) or 0.0,
    "weight_decay": lambda: maybe(lambda: number(1e-3, 0.2), 0.6), "use_ema": truth,
    "ema_momentum": lambda: number(0.5, 0.99), "ema_overwrite_frequency": lambda: maybe(lambda: int(random.integers(1, 5))),
    "gradient_accumulation_steps": lambda: maybe(lambda: int(random.integers(2, 4))),
    # Kilim computes in one precision and refuses it.
    "loss_scale_factor": lambda: None,
}
CLIPPINGS = {"clipnorm": (0.1, 10), "clipvalue": (0.01, 2), "global_clipnorm": (0.1, 20)}


def numbers(array):
    return [float(str(value)) for value in np.asarray(array, np.float32).ravel()]


def gradient(shape):
    sizes = random.choice([0, 1e-4, 1e-2, 1, 10], shape)
    return (random.standard_normal(shape) * sizes).astype(np.float32)


initial = [random.standard_normal(shape).astype(np.float32) for shape in SHAPES]
gradients = [[gradient(shape) for shape in SHAPES] for _ in range(STEPS)]


def draw(kind):
    names = [name for name in inspect.signature(kind.__init__).parameters if name not in ("self", "name", "kwargs")]
    options = {name: OPTIONS[name]() for name in names if name not in CLIPPINGS}
    clipping = maybe(lambda: str(random.choice(list(CLIPPINGS))), 0.6)
    if clipping:
        options[clipping] = number(*CLIPPINGS[clipping])
    if options["weight_decay"] is None and kind.__name__ == "AdamW":
        options["weight_decay"] = 0.004
    excluded = maybe(lambda: str(random.choice(["bias", "body", "weight"]))) if options["weight_decay"] else None
    optimizer = kind(**options)
    if excluded:
        optimizer.exclude_from_weight_decay(var_names=[excluded])
    variables = [keras.Variable(value, name=name) for value, name in zip(initial, NAMES)]
    optimizer.build(variables)
    after = []
    for step in range(STEPS):
        optimizer.apply_gradients(
            [(keras.ops.convert_to_tensor(value), variable) for value, variable in zip(gradients[step], variables)])
        after.append([numbers(variable) for variable in variables])
    slots = [{} for _ in variables]
    for variable in optimizer.variables:
        for index, name in enumerate(NAMES):
            if variable.name.startswith(name + "_"):
                slots[index][variable.name[len(name) + 1:]] = numbers(variable)
    options = {name: value for name, value in options.items() if value is not None}
    return {
        "class": kind.__name__, "options": options, "excluded": excluded, "middle": after[MIDDLE - 1],
        "last": after[-1], "slots": slots,
    }


runs = [draw(getattr(keras.optimizers, name)) for name in CLASSES for _ in range(DRAWS)]
for run in runs:
    assert np.isfinite(sum(run["last"], [])).all(), run
with open("draws.json", "w") as file:
    content = {
        "names": NAMES, "shapes": SHAPES, "initial": list(map(numbers, initial)),
        "gradients": [list(map(numbers, step)) for step in gradients], "middle": MIDDLE, "runs": runs,
    }
    json.dump(content, file, separators=(",", ":"))
