"""Makes `explanations.json`: heat maps, attributions and statistics of a small network by Keras in double precision.

Needs keras and tensorflow, whose GradientTape gives the gradients.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.chdir(os.path.dirname(os.path.abspath(__file__)))

import keras
import numpy as np
import tensorflow as tf
from hashed import hashed, write

keras.config.set_floatx("float64")
HEIGHT, WIDTH, TARGET = 12, 10, 1

image = keras.Input((HEIGHT, WIDTH, 3))
first = keras.layers.Conv2D(4, 3, padding="same", activation="relu", name="first")(image)
branch = keras.layers.Conv2D(4, 3, padding="same", use_bias=False, name="branch")(first)
branch = keras.layers.BatchNormalization(name="norm")(branch)
joined = keras.layers.ReLU(name="joined")(keras.layers.Add(name="sum")([first, branch]))
x = keras.layers.MaxPooling2D(2)(joined)
last = keras.layers.Conv2D(6, 3, activation="relu", name="last")(x)
logits = keras.layers.Dense(3, name="classes")(keras.layers.GlobalAveragePooling2D()(last))
names = ["first", "branch", "norm", "sum", "joined", "last", "classes"]
model = keras.Model(image, logits)
layers = {name: model.get_layer(name) for name in names}


def kernel(layer, shape, seed, limit):
    """Kilim's filters are [O, I, h, w]."""
    layer.kernel.assign(hashed(shape, seed, limit).transpose(2, 3, 1, 0))


kernel(layers["first"], (4, 3, 3, 3), 2, 0.5)
layers["first"].bias.assign(hashed((4,), 3, 0.2))
kernel(layers["branch"], (4, 4, 3, 3), 4, 0.5)
norm = layers["norm"]
norm.gamma.assign(1 + hashed((4,), 5, 0.5))
norm.beta.assign(hashed((4,), 6, 0.3))
norm.moving_mean.assign(hashed((4,), 7, 0.2))
norm.moving_variance.assign(1.5 + hashed((4,), 8, 1))
kernel(layers["last"], (6, 4, 3, 3), 9, 0.5)
layers["last"].bias.assign(hashed((6,), 10, 0.2))
layers["classes"].kernel.assign(hashed((6, 3), 11, 1))
layers["classes"].bias.assign(hashed((3,), 12, 0.5))

photo = tf.constant(hashed((1, 3, HEIGHT, WIDTH), 1).transpose(0, 2, 3, 1).astype(np.float64))
inner = keras.Model(image, [layers[name].output for name in names])


def maps(name):
    """The feature maps of a layer and the gradient of the class's logit by them, [h, w, C]."""
    with tf.GradientTape() as tape:
        # Without this, constants have no gradient.
        tape.watch(photo)
        values = dict(zip(names, inner(photo)))
        score = values["classes"][0, TARGET]
    gradient = tape.gradient(score, values[name])
    return values[name].numpy()[0], gradient.numpy()[0]


cases = {}
for name in ["first", "branch", "joined", "last"]:
    values, gradient = maps(name)
    cases[name] = {
        "gradCAM": np.maximum((gradient.mean((0, 1)) * values).sum(-1), 0),
        "layerCAM": np.maximum((np.maximum(gradient, 0) * values).sum(-1), 0),
        "maps": values.transpose(2, 0, 1), "statistics": [
            values.mean(), values.std(), values.min(), values.max(), (values == 0).mean(),
            gradient.mean(), gradient.std(), gradient.min(), gradient.max(), (gradient == 0).mean(),
        ],
    }

steps, baseline = 20, 0.25
points = baseline + (photo - baseline) * ((np.arange(steps) + 0.5) / steps)[:, None, None, None]
with tf.GradientTape() as tape:
    tape.watch(points)
    score = tf.reduce_sum(model(points)[:, TARGET])
gradients = tape.gradient(score, points).numpy().mean(0)
shares = (photo.numpy()[0] - baseline) * gradients
ends = model(np.concatenate([photo, np.full_like(photo, baseline)])).numpy()[:, TARGET]
cases["integrated"] = {"shares": shares.transpose(2, 0, 1), "difference": ends[0] - ends[1]}

side, stride, cover = 4, 3, [0.1, -0.2, 0.3]
whole = model(photo).numpy()[0, TARGET]
sums, counts = np.zeros((HEIGHT, WIDTH)), np.zeros((HEIGHT, WIDTH))
for top in [0, 3, 6, 8]:
    for left in [0, 3, 6]:
        covered = photo.numpy().copy()
        covered[0, top : top + side, left : left + side] = cover
        sums[top : top + side, left : left + side] += whole - model(covered).numpy()[0, TARGET]
        counts[top : top + side, left : left + side] += 1
cases["occlusion"] = {"drops": sums / counts}

write("explanations.json", cases)
