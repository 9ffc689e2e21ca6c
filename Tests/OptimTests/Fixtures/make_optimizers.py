"""Makes `optimizers.json` and `schedules.json`: what Keras's optimizers and learning-rate schedules do.

Needs keras (with any backend) and numpy. Numbers are written in the shortest form that gives the same float32.
"""

import json
import os

import keras
import numpy as np
from keras.optimizers import schedules

os.chdir(os.path.dirname(os.path.abspath(__file__)))
STEPS = 12
SHAPES = [(3, 4), (5,), (2, 3)]


def numbers(array):
    return [float(str(value)) for value in np.asarray(array, np.float32).ravel()]


def gradient(generator, shape):
    """Gradients of very different sizes, some zero, so that epsilon and its place matter."""
    sizes = generator.choice([0, 1e-7, 1e-5, 1e-2, 1, 30], shape)
    return (generator.standard_normal(shape) * sizes).astype(np.float32)


def run(make):
    """Twelve steps. The last variable gets no gradient in every third step.

    Kilim corrects the bias of Adam's means by the steps of each parameter, Keras by the steps of the optimizer. They
    agree where each variable has an optimizer of its own, with the learning rate of all.
    """
    generator = np.random.default_rng(7)
    initial = [generator.standard_normal(shape).astype(np.float32) for shape in SHAPES]
    gradients = [[gradient(generator, shape) for shape in SHAPES] for _ in range(STEPS)]
    variables = [keras.Variable(value, name=str(index)) for index, value in enumerate(initial)]
    corrects_bias = isinstance(make(), keras.optimizers.Adam)
    groups = [variables[:-1], variables[-1:]] if corrects_bias else [variables]
    optimizers = [make() for _ in groups]
    for optimizer, group in zip(optimizers, groups):
        optimizer.build(group)
    schedule = make().get_config()["learning_rate"]
    schedule = keras.optimizers.schedules.deserialize(schedule) if isinstance(schedule, dict) else None
    after = []
    for step in range(STEPS):
        used = variables if step % 3 else variables[:-1]
        for optimizer, group in zip(optimizers, groups):
            pairs = [(keras.ops.convert_to_tensor(gradients[step][index]), variable)
                     for index, variable in enumerate(variables)
                     if any(variable is other for other in used) and any(variable is other for other in group)]
            if corrects_bias and schedule:
                optimizer._learning_rate = keras.Variable(schedule(step))
            if pairs:
                optimizer.apply_gradients(pairs)
        after.append([numbers(variable) for variable in variables])
    slots = [{} for _ in variables]
    for optimizer in optimizers:
        for variable in optimizer.variables:
            if variable.name[0].isdigit():
                index, slot = variable.name.split("_", 1)
                slots[int(index)][slot] = numbers(variable)
    return initial, gradients, after, slots


OPTIMIZERS = {
    "SGD": lambda: keras.optimizers.SGD(),
    "SGD momentum": lambda: keras.optimizers.SGD(0.05, momentum=0.9),
    "SGD Nesterov": lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "SGD Nesterov, weight decay, cosine": lambda: keras.optimizers.SGD(
        schedules.CosineDecay(0.0, 6, alpha=0.1, warmup_target=0.1, warmup_steps=4),
        momentum=0.8, nesterov=True, weight_decay=0.01),
    "RMSprop": lambda: keras.optimizers.RMSprop(),
    "RMSprop momentum": lambda: keras.optimizers.RMSprop(0.01, rho=0.8, momentum=0.7),
    "RMSprop centered": lambda: keras.optimizers.RMSprop(0.01, centered=True),
    "RMSprop centered, momentum, weight decay": lambda: keras.optimizers.RMSprop(
        0.01, momentum=0.5, epsilon=1e-5, centered=True, weight_decay=0.02),
    "Adam": lambda: keras.optimizers.Adam(),
    "Adam large": lambda: keras.optimizers.Adam(0.1, beta_1=0.8, beta_2=0.95, epsilon=1e-4),
    "Adam weight decay": lambda: keras.optimizers.Adam(0.01, weight_decay=0.1),
    "Adam exponential": lambda: keras.optimizers.Adam(schedules.ExponentialDecay(0.1, 4, 0.5, staircase=True)),
    "AdamW": lambda: keras.optimizers.AdamW(),
    "AdamW large": lambda: keras.optimizers.AdamW(0.1, weight_decay=0.05),
    "Adam clipped by value": lambda: keras.optimizers.Adam(0.01, clipvalue=0.5),
    "SGD clipped by value": lambda: keras.optimizers.SGD(clipvalue=0.5),
    "SGD clipped by norm": lambda: keras.optimizers.SGD(clipnorm=2.0),
    "SGD clipped by global norm": lambda: keras.optimizers.SGD(global_clipnorm=2.0),
    "SGD momentum, clipped by large global norm": lambda: keras.optimizers.SGD(momentum=0.9, global_clipnorm=1e6),
}

SCHEDULES = {
    "step": schedules.PiecewiseConstantDecay([3, 7, 20], [0.1, 0.05, 0.02, 0.001]),
    "exponential": schedules.ExponentialDecay(0.1, 10, 0.5),
    "exponential staircase": schedules.ExponentialDecay(0.1, 10, 0.5, staircase=True),
    "cosine": schedules.CosineDecay(0.1, 30),
    "cosine alpha": schedules.CosineDecay(0.1, 30, alpha=0.1),
    "cosine warm-up": schedules.CosineDecay(0.01, 20, alpha=0.05, warmup_target=0.2, warmup_steps=8),
    "restarts": schedules.CosineDecayRestarts(0.1, 5),
    "restarts scaled": schedules.CosineDecayRestarts(0.1, 6, t_mul=1.5, m_mul=0.8, alpha=0.1),
    "restarts alike": schedules.CosineDecayRestarts(0.1, 8, t_mul=1.0, m_mul=0.5),
    "line": schedules.PolynomialDecay(0.1, 30, end_learning_rate=0.01),
    "polynomial": schedules.PolynomialDecay(0.1, 20, end_learning_rate=0.0, power=2.5),
    "polynomial repeated": schedules.PolynomialDecay(0.1, 9, end_learning_rate=0.02, power=0.5, cycle=True),
    "inverse time": schedules.InverseTimeDecay(0.1, 7, 0.6),
    "inverse time staircase": schedules.InverseTimeDecay(0.1, 7, 0.6, staircase=True),
}

with open("optimizers.json", "w") as file:
    content = {"shapes": SHAPES}
    for name, make in OPTIMIZERS.items():
        initial, gradients, after, slots = run(make)
        content["initial"] = list(map(numbers, initial))
        content["gradients"] = [list(map(numbers, step)) for step in gradients]
        content.setdefault("runs", {})[name] = {"after": after, "slots": slots}
    json.dump(content, file, separators=(",", ":"))

with open("schedules.json", "w") as file:
    json.dump({name: numbers([schedule(step) for step in range(40)]) for name, schedule in SCHEDULES.items()}, file)
