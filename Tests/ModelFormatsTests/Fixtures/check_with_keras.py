"""Holds Kilim against the Keras that is installed, both ways, and fails with a line for each difference.

Usage: check_with_keras.py FOLDER

FOLDER/written holds what Kilim wrote. Each `<model>.keras` stands beside `<model>.x.npy` (inputs) and `<model>.y.npy`
(predictions); a model that was trained also beside `<model>.t.npy` (targets) and `<model>.after.npz` (all weights after
three more steps on these inputs). `weights.keras` stands beside `weights.weights.h5` with other weights and the
predictions of these.

FOLDER/read gets models made here, in the same form, for Kilim to read.
"""

import glob
import os
import sys

import keras
import numpy as np
from keras import layers, optimizers

written, read = (os.path.join(sys.argv[1], name) for name in ["written", "read"])
os.makedirs(read, exist_ok=True)
failures = []
version = tuple(int(part) for part in keras.__version__.split(".")[:2])


def check(what, difference, limit):
    print(keras.__version__, what, difference)
    if not difference <= limit:
        failures.append(f"{what}: {difference} is more than {limit}")


def difference(a, b):
    a, b = np.asarray(a), np.asarray(b)
    return np.abs(a - b).max() if a.shape == b.shape else np.inf


def relative(a, b):
    a, b = np.asarray(a), np.asarray(b)
    return (np.abs(a - b) / np.maximum(np.abs(b), 1)).max() if a.shape == b.shape else np.inf


def train(model, x, t):
    # Small models are done before they would be compiled.
    model.run_eagerly = True
    for _ in range(3):
        model.train_on_batch(x, t)


# What Kilim has written.
files = sorted(glob.glob(os.path.join(written, "*.keras")))
assert files, "no model to check"
for file in files:
    name = os.path.basename(file)[: -len(".keras")]
    # Old versions lack Lamb, and keep what Nadam's steps multiply to in another place.
    if name == "lamb" and not hasattr(optimizers, "Lamb") or name == "nadam" and version < (3, 12):
        continue
    model = keras.models.load_model(file)
    if name == "weights":
        model.load_weights(file.replace(".keras", ".weights.h5"))
    x, y = (np.load(file.replace(".keras", end)) for end in (".x.npy", ".y.npy"))
    check(f"predict {name}", difference(model(x, training=False), y), 1e-6)
    targets = file.replace(".keras", ".t.npy")
    if os.path.exists(targets):
        after = np.load(file.replace(".keras", ".after.npz"))
        # Of accumulated gradients, `iterations` counts the updates.
        steps = int(np.asarray(getattr(model.optimizer, "_iterations", model.optimizer.iterations)))
        check(f"steps {name}", abs(steps - int(after["steps"])), 0)
        train(model, x, np.load(targets))
        # Three steps of some hundred roundings each; the update of Adam is worth a thousandth of a weight.
        for index, weight in enumerate(model.get_weights()):
            check(f"train on {name} {index}", relative(weight, after[str(index)]), 2e-5)

# What Kilim shall read.
keras.utils.set_random_seed(1)
random = np.random.default_rng(2)


def shake(model):
    """Gives every variable, the running statistics too, a value of its own."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            shake(layer)
            continue
        values = []
        for value in layer.get_weights():
            # Kernels keep the size of what passes through them, so that no softmax is driven to 0 and 1.
            limit = 0.5 if value.ndim == 1 else np.sqrt(3 / np.prod(value.shape[:-1]))
            values.append(random.uniform(-limit, limit, value.shape).astype("float32"))
        if isinstance(layer, layers.BatchNormalization):
            values[-1] = np.abs(values[-1]) + 0.5
        layer.set_weights(values)


def save(name, model, endings=(".keras",)):
    shake(model)
    x = random.random((3, *model.input_shape[1:])).astype("float32")
    y = np.asarray(model(x, training=False))
    for ending in endings:
        whole = name + ending.replace(".", "_").replace("_keras", "")
        model.save(os.path.join(read, whole + ending))
        np.save(os.path.join(read, whole + ".x.npy"), x)
        np.save(os.path.join(read, whole + ".y.npy"), y)
    return x, y


def sequential(size, *stack):
    return keras.Sequential([keras.Input(size), *stack])


def functional(size, *stack):
    inputs = x = keras.Input(size)
    for layer in stack:
        x = layer(x)
    return keras.Model(inputs, x)


def original():
    blocks = []
    for filters in [64, 128, 256, 512]:
        blocks += [layers.Conv2D(filters, 3, padding="same", activation="relu"), layers.MaxPooling2D(2)]
        blocks += [layers.Dropout(0.2), layers.BatchNormalization()]
    blocks += [layers.Flatten(), layers.Dropout(0.2), layers.Dense(32, activation="relu"), layers.Dropout(0.2)]
    return [*blocks, layers.BatchNormalization(), layers.Dense(11, activation="softmax")]


save("original", sequential((64, 64, 3), *original()))
save(
    "strides",
    sequential(
        (17, 14, 3), layers.Conv2D(8, 3, strides=(2, 1), padding="same"), layers.ReLU(), layers.Conv2D(4, 5, strides=2),
        layers.Flatten(), layers.Dense(3)),
    (".keras", ".h5"))
save(
    "dilation",
    sequential((15, 15, 2), layers.Conv2D(4, 3, dilation_rate=(2, 3)), layers.LeakyReLU(), layers.Flatten(), layers.Dense(2)))
save(
    "groups",
    functional(
        (9, 9, 6), layers.Conv2D(12, 3, groups=3), layers.Activation("tanh"), layers.Conv2D(4, 2, groups=2),
        layers.GlobalAveragePooling2D(), layers.Dense(3, activation="softmax")),
    (".keras", ".h5"))
save(
    "pooling",
    sequential(
        (13, 12, 3), layers.AveragePooling2D(3, strides=2, padding="same"), layers.Conv2D(5, 2, use_bias=False),
        layers.MaxPooling2D((2, 1), strides=1, padding="same"), layers.GlobalMaxPooling2D(), layers.Dense(4), layers.Softmax()))
save(
    "vgg",
    functional(
        (32, 32, 3), layers.Rescaling(1 / 255, offset=-0.5), layers.Conv2D(8, 3, padding="same", activation="relu"),
        layers.Conv2D(8, 3, padding="same", activation="relu"), layers.MaxPooling2D(), layers.Conv2D(16, 3, padding="same"),
        layers.Activation("relu"), layers.Conv2D(16, 3, padding="same", activation="relu"), layers.MaxPooling2D(),
        layers.Flatten(), layers.Dense(24, activation="relu"), layers.Dropout(0.5), layers.Dense(5, activation="softmax")))
save(
    "normalization",
    sequential(
        (8, 8, 3), layers.BatchNormalization(scale=False), layers.Conv2D(4, 3), layers.BatchNormalization(center=False),
        layers.BatchNormalization(scale=False, center=False, epsilon=0.01), layers.Flatten(), layers.BatchNormalization(),
        layers.Dense(2, activation="sigmoid")))
save(
    "mobile",
    functional(
        (14, 14, 3), layers.ZeroPadding2D(((0, 1), (1, 2))), layers.Conv2D(8, 3, strides=2, use_bias=False),
        layers.BatchNormalization(), layers.ReLU(), layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2),
        layers.ReLU(), layers.SeparableConv2D(6, 3, activation="relu", depth_multiplier=3), layers.GlobalAveragePooling2D(),
        layers.Dense(3, activation="leaky_relu")))
save(
    "nested",
    sequential(
        (10, 10, 2), keras.Sequential([keras.Input((10, 10, 2)), layers.Conv2D(3, 3), layers.Conv2D(4, 3)]),
        layers.Conv2D(2, 1), functional((6, 6, 2), layers.MaxPooling2D(2), layers.Flatten(), layers.Dense(4)), layers.Dense(2)))

weights = sequential((6, 6, 2), layers.Conv2D(3, 3), layers.Flatten(), layers.BatchNormalization(), layers.Dense(2))
save("weights", weights)
x, y = save("weights_more", weights)
os.remove(os.path.join(read, "weights_more.keras"))
weights.save_weights(os.path.join(read, "weights_more.weights.h5"))

schedules = optimizers.schedules
trained = {
    "adam": (optimizers.Adam(0.01, epsilon=1e-5), "categorical_crossentropy"),
    "adamw": (optimizers.AdamW(0.01, weight_decay=0.1, clipnorm=0.5), keras.losses.CategoricalCrossentropy(label_smoothing=0.1)),
    "sgd": (optimizers.SGD(0.05, momentum=0.9, nesterov=True, global_clipnorm=1.0), "mean_squared_error"),
    "plain": (optimizers.SGD(schedules.PiecewiseConstantDecay([2, 4], [0.1, 0.05, 0.02])), "binary_crossentropy"),
    "rmsprop": (optimizers.RMSprop(schedules.ExponentialDecay(0.01, 2, 0.5), momentum=0.5, centered=True), "mse"),
    "cosine": (optimizers.Adam(schedules.CosineDecay(0.0, 10, warmup_target=0.01, warmup_steps=4), clipvalue=0.1),
               keras.losses.CategoricalCrossentropy(from_logits=False)),
}
losses = keras.losses
trained.update({
    "adagrad": (optimizers.Adagrad(schedules.CosineDecayRestarts(0.01, 2, m_mul=0.5), initial_accumulator_value=0.2), losses.Huber()),
    "adadelta": (optimizers.Adadelta(0.5), "log_cosh"),
    "adamax": (optimizers.Adamax(schedules.PolynomialDecay(0.01, 5, power=2.0)), losses.CategoricalFocalCrossentropy(alpha=0.3, gamma=1.5)),
    "nadam": (optimizers.Nadam(0.01), "kl_divergence"),
    "lion": (optimizers.Lion(schedules.InverseTimeDecay(0.001, 2, 0.5)), "poisson"),
    "amsgrad": (optimizers.AdamW(0.01, amsgrad=True, use_ema=True, ema_momentum=0.8), "cosine_similarity"),
    # Keras 3.0 corrects the bias by the batches, not by the steps.
    "accumulated": ((optimizers.Nadam if version >= (3, 6) else optimizers.Adagrad)(0.01, gradient_accumulation_steps=2),
                    losses.BinaryFocalCrossentropy(apply_class_balancing=True)),
})
if hasattr(optimizers, "Lamb"):
    trained["lamb"] = (optimizers.Lamb(0.01), "mae")
for name, (optimizer, loss) in trained.items():
    model = sequential(
        (5, 5, 2), layers.Conv2D(3, 2, activation="tanh"), layers.BatchNormalization(), layers.Flatten(),
        layers.Dense(3, activation="softmax"))
    shake(model)
    x, t = random.random((8, 5, 5, 2)).astype("float32"), np.eye(3, dtype="float32")[random.integers(0, 3, 8)]
    model.compile(optimizer, loss, metrics=["accuracy"])
    train(model, x, t)
    path = os.path.join(read, f"{name}.trained")
    model.save(path + ".keras")
    np.save(path + ".x.npy", x)
    np.save(path + ".t.npy", t)
    train(model, x, t)
    np.save(path + ".y.npy", np.asarray(model(x, training=False)))

if failures:
    sys.exit("\n".join(failures))
