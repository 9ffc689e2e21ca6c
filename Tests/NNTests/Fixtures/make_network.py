"""Makes network.json: ten training steps of the original 11-class network, without dropout, by Keras on TensorFlow.

Needs keras and tensorflow. Weights and batches are hashed: parameter i has seed i, weights within the limits of
Glorot's initialization and biases within 0.05; each image shows the 8x8 blocks of its class, and noise.

Keras runs in double precision (give float32 to see the difference), and Adam takes steps of 1e-5: with its default of
1e-3 the first step leaves the range where the loss is about linear, and rounding grows some thirtyfold with each step,
so that Keras in single precision strays by one percent from its own exact losses; here it stays within 5e-5. The
gradients of biases and normalizations are sums over all pixels that nearly cancel, where a single ReLU that rounding
puts on the other side of 0 makes parts of a thousand.
"""

import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.chdir(os.path.dirname(os.path.abspath(__file__)))

import keras
import numpy as np
import tensorflow as tf
from hashed import hashed, write
from keras import layers

precision = sys.argv[1] if len(sys.argv) > 1 else "float64"
keras.config.set_floatx(precision)
blocks = []
for filters in (64, 128, 256, 512):
    convolution = layers.Conv2D(filters, 3, activation="relu", padding="same")
    blocks += [convolution, layers.MaxPooling2D(2), layers.Dropout(0), layers.BatchNormalization()]
head = [layers.Flatten(), layers.Dropout(0), layers.Dense(32, activation="relu"), layers.Dropout(0)]
head += [layers.BatchNormalization(), layers.Dense(11, activation="softmax")]
model = keras.Sequential([keras.Input((64, 64, 3)), *blocks, *head])


def limit(inputs, outputs):
    return np.float32(np.sqrt(6 / (inputs + outputs)))


def set_parameters():
    """Weights and biases; a normalization starts at 1 and 0. Parameters are counted with those left as they are."""
    index = 0
    for layer in model.layers:
        if isinstance(layer, layers.Conv2D):
            height, width, inputs, outputs = layer.kernel.shape
            weight = hashed((outputs, inputs, 3, 3), index, limit(9 * inputs, 9 * outputs)).transpose(2, 3, 1, 0)
            layer.set_weights([weight, hashed((outputs,), index + 1, 0.05)])
        elif isinstance(layer, layers.Dense):
            inputs, outputs = layer.kernel.shape
            weight = hashed((inputs, outputs), index, limit(inputs, outputs))
            if inputs == 8192:  # Rows are channels, rows, columns in the tests.
                weight = weight.reshape(512, 4, 4, outputs).transpose(1, 2, 0, 3).reshape(inputs, outputs)
            layer.set_weights([weight, hashed((outputs,), index + 1, 0.05)])
        elif isinstance(layer, layers.BatchNormalization):
            width = layer.gamma.shape[0]
            layer.set_weights([np.ones(width), np.zeros(width), np.zeros(width), np.ones(width)])
        index += len(layer.trainable_variables)


patterns = np.kron(hashed((11, 3, 8, 8), 999), np.ones((8, 8), np.float32))


def batch(number, size=32):
    classes = (np.arange(size) * 5 + number) % 11
    noise = hashed((size, 3, 64, 64), 1000 + number)
    images = np.float32(0.5) + np.float32(0.375) * patterns[classes] + np.float32(0.125) * noise
    return images.transpose(0, 2, 3, 1).astype(precision), np.eye(11, dtype=precision)[classes]


set_parameters()
images, targets = batch(0)
before = model(images[:4], training=False)
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(keras.losses.categorical_crossentropy(targets, model(images, training=True)))
gradients = tape.gradient(loss, [v.value for v in model.trainable_variables])
norms = [np.sqrt(np.sum(np.square(gradient.numpy().astype("float64")))) for gradient in gradients]

set_parameters()
model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(1e-5))
losses = []
for number in range(10):
    model.reset_metrics()
    losses.append(float(model.train_on_batch(*batch(number))))
after = model(images[:4], training=False)
print(losses)
if precision == "float64":
    write("network.json", {"network": {"before": before, "gradientNorms": norms, "losses": losses, "after": after}})
