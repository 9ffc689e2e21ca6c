"""Makes Keras/kinds/tf_graph.h5: a graph as tf.keras 2 writes it, with predictions beside it.

Usage: make_tf_keras.py FOLDER, with tensorflow and tf_keras 2.16 or later (here 2.21).

The graph has a layer and a model that are called twice, a shortcut, a batch normalization that is called with
`training=False`, a list of inputs, and a call with a keyword.
"""

import os
import sys

import numpy as np
import tf_keras as keras
from tf_keras import layers

folder = sys.argv[1]
random = np.random.default_rng(8)

part = keras.Input((8, 8, 4), name="part")
block = keras.Model(
    part, layers.BatchNormalization(name="inner_norm")(layers.DepthwiseConv2D(3, padding="same", name="inner")(part)),
    name="block")

image = keras.Input((8, 8, 3), name="image")
first = layers.Conv2D(4, 3, padding="same", use_bias=False, name="first")(image)
x = layers.ReLU(name="relu")(layers.BatchNormalization(name="norm")(first, training=False))
shared = layers.Conv2D(4, 3, padding="same", activation="relu", name="shared")
x = layers.Add(name="sum")([shared(shared(x)), x])
x = layers.Multiply(name="product")([block(x), block(first)])
pooled = layers.GlobalAveragePooling2D(name="mean")(x)
largest = layers.GlobalMaxPooling2D(name="largest")(inputs=x)
x = layers.Concatenate(axis=-1, name="joined")([pooled, largest])
classes = layers.Dense(3, activation="softmax", name="classes")(layers.Dropout(0.2, name="dropout")(x))
model = keras.Model(image, classes, name="graph")

for variable in model.weights:
    low, high = (0.5, 1) if "variance" in variable.name else (-0.5, 0.5)
    variable.assign(random.uniform(low, high, variable.shape))
inputs = random.uniform(-1, 1, (3, 8, 8, 3)).astype("float32")
np.save(os.path.join(folder, "tf_graph.x.npy"), inputs)
np.save(os.path.join(folder, "tf_graph.y.npy"), model.predict(inputs, verbose=0))
model.save(os.path.join(folder, "tf_graph.h5"))
