"""Networks that are no chains: makes them with Keras, and holds what Kilim wrote of them against the same numbers.

Usage: check_graphs.py make FOLDER     with the newest Keras
       check_graphs.py check FOLDER    with any version

`make` writes for each network NAME:

NAME.keras            the network in float32
NAME.expected.keras   the same; the values of its trained variables are their gradients
NAME.npz              input0, …, output0, …   of a call in inference
                      target0, …              what the outputs are trained towards: the loss is the sum of mean squares
                      losses                  of ten steps of SGD with learning rate 0.05 in training
Numbers are computed in float64. Gradients are those of the first loss.

`check` opens NAME.written.keras and, with the weights of NAME.weights.h5, once more.
"""

import glob
import os
import sys

mode, folder = sys.argv[1:]
if mode == "make":
    os.environ["JAX_ENABLE_X64"] = "1"

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import Input, Model, layers  # noqa: E402

BATCH = 4
VERSION = tuple(int(part) for part in keras.__version__.split(".")[:2])


def normalized(x, filters, size=3, **options):
    x = layers.Conv2D(filters, size, padding="same", use_bias=False, **options)(x)
    return layers.BatchNormalization()(x)


def residual():
    image = Input((8, 8, 3))
    x = layers.ReLU()(normalized(image, 6))
    for filters, strides in [(6, 1), (8, 2)]:
        shortcut = x if strides == 1 else normalized(x, filters, 1, strides=strides)
        y = layers.ReLU()(normalized(x, filters, strides=strides))
        x = layers.ReLU()(layers.Add()([normalized(y, filters), shortcut]))
    return Model(image, layers.Dense(3, activation="softmax")(layers.GlobalAveragePooling2D()(x)))


def dense():
    x = image = Input((7, 6, 3))
    for _ in range(3):
        y = layers.ReLU()(layers.BatchNormalization()(x))
        x = layers.Concatenate()([x, layers.Conv2D(4, 3, padding="same")(y)])
    return Model(image, layers.Dense(2)(layers.GlobalAveragePooling2D()(x)))


def squeeze():
    image = Input((6, 6, 3))
    x = layers.Conv2D(8, 3, padding="same", activation="relu")(image)
    s = layers.Dense(4, activation="relu")(layers.GlobalAveragePooling2D()(x))
    s = layers.Dense(8, activation="sigmoid")(s)
    x = layers.Multiply()([x, layers.Reshape((1, 1, 8))(s)])
    return Model(image, layers.Dense(3)(layers.Flatten()(x)))


def inception():
    image = Input((8, 8, 3))
    pool = layers.Conv2D(3, 1)(layers.AveragePooling2D(3, strides=1, padding="same")(image))
    wide = layers.Conv2D(4, 5, padding="same", activation="relu")(layers.Conv2D(2, 1)(image))
    middle = layers.Conv2D(4, 3, padding="same", activation="relu")(image)
    x = layers.Concatenate()([layers.Conv2D(3, 1)(image), middle, wide, pool])
    return Model(image, layers.Dense(3)(layers.GlobalAveragePooling2D()(layers.Conv2D(5, 3)(x))))


def two():
    image, numbers = Input((6, 6, 2), name="image"), Input((5,), name="numbers")
    x = layers.Flatten()(layers.Conv2D(3, 3, activation="relu")(image))
    joined = layers.Concatenate()([x, layers.Dense(4, activation="tanh")(numbers)])
    first = layers.Dense(3, activation="softmax", name="first")(joined)
    second = layers.Dense(2, name="second")(layers.Average()([layers.Dense(4)(joined), layers.Dense(4)(numbers)]))
    return Model([numbers, image], [second, first])


def flattened():
    """The features of an image go where their order counts."""
    image = Input((5, 4, 3))
    x = layers.Flatten()(layers.Conv2D(4, 2, activation="relu")(image))
    y = layers.Conv2D(3, 2)(layers.Reshape((3, 4, 4))(x))
    z = layers.Add()([x, layers.Dense(48)(layers.Flatten()(image))])
    return Model(image, [x, layers.GlobalAveragePooling2D()(y), layers.BatchNormalization()(z)])


def voxels():
    """Classes of each voxel, and of each pixel of images in sequence."""
    volume = Input((4, 5, 6, 2))
    x = layers.Conv3D(3, 2, activation="relu")(volume)
    classes = layers.Conv3D(3, 2, padding="same", activation="softmax")(x)
    return Model(volume, [classes, layers.Softmax()(x), layers.TimeDistributed(layers.Conv2D(2, 1, activation="softmax"))(x)])


def twin():
    a, b = Input((7, 7, 2), name="a"), Input((7, 7, 2), name="b")
    x = Input((7, 7, 2))
    y = layers.Flatten()(layers.Conv2D(4, 3, activation="relu")(x))
    tower = Model(x, layers.Dense(5)(y), name="tower")
    shared = layers.Dense(3, activation="tanh", name="shared")
    difference = layers.Subtract()([shared(tower(a)), shared(tower(b))])
    return Model([a, b], layers.Dense(1)(difference))


def nested():
    x = Input((8, 8, 3))
    y = layers.ReLU()(normalized(x, 4))
    backbone = Model(x, layers.Add()([y, layers.Conv2D(4, 3, padding="same")(y)]), name="backbone")
    inner = keras.Sequential([Input((64 * 4,)), layers.Dense(6, activation="relu"), layers.BatchNormalization()])
    return keras.Sequential([Input((8, 8, 3)), backbone, layers.Flatten(), inner, layers.Dense(3)])


def again():
    x = Input((6,))
    shared = layers.Dense(6, activation="tanh", name="shared")
    inner = keras.Sequential([Input((6,)), layers.Dense(6), layers.Dropout(0.0), layers.BatchNormalization()])
    y = shared(layers.Activation("tanh")(shared(inner(shared(x)))))
    return Model(x, [inner(y), y])


def frozen():
    model = residual()
    for layer in model.layers[:6]:
        layer.trainable = False
    return model


def drawn(number):
    """A graph of layers of one size: variables that are given to the wrong layer show in its outputs."""

    def build():
        draw = np.random.default_rng(number)
        values, pool = [Input((4,)), Input((4,))], []

        def value():
            return values[draw.integers(len(values))]

        for _ in range(14):
            kind = draw.integers(5)
            if kind == 0 and pool:
                values.append(pool[draw.integers(len(pool))](value()))
            elif kind == 1:
                values.append(layers.Add()([value(), value(), values[-1]]))
            elif kind == 2:
                inner = Input((4,))
                first = layers.Dense(4, activation="tanh")(inner)
                second = layers.Dense(4)(layers.Dense(4)(inner))
                pool.append(Model(inner, layers.Add()([second, first])))
                values.append(pool[-1](value()))
            else:
                pool.append(layers.Dense(4, activation="tanh"))
                values.append(pool[-1](value()))
        # Keras 3.12 does not open a model with an input that no output needs.
        joined = layers.Add()([values[-1], *values[:2]])
        return Model(values[:2], [joined, *values[-2:-4:-1]])

    build.__name__ = f"drawn{number}"
    return build


NETWORKS = [residual, dense, squeeze, inception, two, flattened, voxels, twin, nested, again, frozen]
NETWORKS += [drawn(number) for number in range(8)]


def path(name, end):
    return os.path.join(folder, name + end)


def make(build, random):
    import jax

    name = build.__name__
    keras.utils.clear_session()
    keras.config.set_floatx("float32")
    model = build()
    keras.utils.clear_session()
    keras.config.set_floatx("float64")
    exact = build()
    keras.config.set_floatx("float32")
    for variable, twin in zip(model.weights, exact.weights):
        limit = 0.5 if len(variable.shape) == 1 else np.sqrt(3 / np.prod(variable.shape[:-1]))
        low = 0.5 if "variance" in variable.path else -limit
        value = random.uniform(low, 1 if low > 0 else limit, variable.shape).astype("float32")
        variable.assign(value)
        twin.assign(value)
    model.save(path(name, ".keras"))
    inputs = [random.uniform(0, 1, (BATCH, *i.shape[1:])).astype("float32") for i in exact.inputs]
    targets = [random.uniform(0, 1, (BATCH, *o.shape[1:])).astype("float32") for o in exact.outputs]

    def call(trained, state, training):
        result, state = exact.stateless_call(trained, state, inputs if len(inputs) > 1 else inputs[0], training=training)
        return result if isinstance(result, list) else [result], state

    def loss(trained, state):
        outputs, state = call(trained, state, True)
        return sum(((o - t) ** 2).mean() for o, t in zip(outputs, targets)), state

    trained = [v.value for v in exact.trainable_variables]
    state = [v.value for v in exact.non_trainable_variables]
    arrays = {f"input{i}": value for i, value in enumerate(inputs)} | {f"target{i}": t for i, t in enumerate(targets)}
    arrays |= {f"output{i}": np.asarray(o, "float32") for i, o in enumerate(call(trained, state, False)[0])}
    step = jax.jit(jax.value_and_grad(loss, has_aux=True))
    losses = []
    for number in range(10):
        (value, state), gradients = step(trained, state)
        if number == 0:
            for variable, gradient in zip(model.trainable_variables, gradients):
                variable.assign(gradient)
            model.save(path(name, ".expected.keras"))
        losses.append(float(value))
        trained = [v - 0.05 * g for v, g in zip(trained, gradients)]
    np.savez(path(name, ".npz"), losses=np.asarray(losses, "float32"), **arrays)


def check(name):
    arrays = np.load(path(name, ".npz"))
    inputs = [arrays[f"input{i}"] for i in range(sum(key.startswith("input") for key in arrays.files))]
    model = keras.models.load_model(path(name, ".written.keras"))
    weights = path(name, ".weights.h5")
    for loads in range(2 if os.path.exists(weights) else 1):
        if loads:
            model.load_weights(weights)
        outputs = model(inputs if len(inputs) > 1 else inputs[0], training=False)
        outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        for index, output in enumerate(outputs):
            expected = arrays[f"output{index}"]
            difference = np.abs(np.asarray(output) - expected).max()
            if not difference <= 1e-5:
                return f"{name}: output {index} differs by {difference}"
    trained = keras.models.load_model(path(name, ".keras")) if VERSION >= (3, 15) else model
    if len(trained.trainable_variables) != len(model.trainable_variables):
        return f"{name}: {len(model.trainable_variables)} trained variables, not {len(trained.trainable_variables)}"
    return None


if mode == "make":
    random = np.random.default_rng(3)
    for build in NETWORKS:
        make(build, random)
    print("made", *[build.__name__ for build in NETWORKS])
else:
    # Older versions do not open a layer that is called again with what was made of its own result.
    left = ["again", *(f"drawn{number}" for number in range(8))] if VERSION < (3, 12) else []
    names = [os.path.basename(file)[: -len(".written.keras")] for file in glob.glob(path("*", ".written.keras"))]
    names = sorted(name for name in names if name not in left)
    failures = [failure for failure in map(check, names) if failure]
    if failures:
        sys.exit("\n".join(failures))
    print("checked", len(names), "networks with Keras", keras.__version__)
