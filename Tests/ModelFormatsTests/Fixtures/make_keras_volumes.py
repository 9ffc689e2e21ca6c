"""Makes the models in Keras/volumes: layers for volumes, images in sequence, and attention without projections; and weights
in several files.

Usage: make_keras_volumes.py FOLDER, with Keras 3.15.1. Each model NAME.keras or NAME.h5 stands beside NAME.npz with input0,
… and output0, …; shards.weights.json and its files hold the weights of shards.keras.
"""

import os
import sys

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np
from keras import layers

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
random = np.random.default_rng(16)


def save(name, model, ending=".keras", words=0):
    """With `words`, the inputs are numbers of words, 0 among them."""
    for variable in model.weights:
        low = 0.5 if "variance" in variable.path else -0.5
        if "float" in variable.dtype:
            variable.assign(random.uniform(low, 1 if low > 0 else 0.5, variable.shape).astype("float32"))
    shapes = [(2, *i.shape[1:]) for i in model.inputs]
    inputs = [random.integers(0, words, s) if words else random.uniform(-1, 1, s) for s in shapes]
    inputs = [x.astype("float32") for x in inputs]
    outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    arrays = {f"input{i}": x for i, x in enumerate(inputs)} | {f"output{i}": y for i, y in enumerate(outputs)}
    np.savez(os.path.join(folder, name + ".npz"), **arrays)
    model.save(os.path.join(folder, name + ending))
    return model


def sequential(shape, *stack):
    return keras.Sequential([keras.Input(shape), *stack])


def functional(shapes, build):
    inputs = [keras.Input(shape) for shape in shapes]
    return keras.Model(inputs, build(*inputs))


def volumes():
    return sequential(
        (6, 5, 4, 3), layers.Conv3D(4, 2, padding="same", activation="relu"), layers.BatchNormalization(),
        layers.MaxPooling3D(2, strides=(1, 2, 1), padding="same"), layers.ZeroPadding3D(((1, 0), (0, 2), (1, 1))),
        layers.Conv3D(6, (2, 3, 2), strides=(2, 1, 1), groups=2, use_bias=False), layers.AveragePooling3D((2, 1, 2)),
        layers.UpSampling3D((2, 3, 1)), layers.Cropping3D(((0, 1), (1, 1), (0, 0))), layers.SpatialDropout3D(0.2),
        layers.Flatten(), layers.Dense(3))


def attention(query, value, key):
    x = layers.Attention()([query, value])
    y = layers.Attention(use_scale=True)([query, value, key], use_causal_mask=True)
    z = layers.Attention(use_scale=True, score_mode="concat", dropout=0.1)([x, y])
    return [z, layers.AdditiveAttention()([query, value, key]), layers.AdditiveAttention(use_scale=False)([x, y])]


video, each = (4, 6, 5, 3), layers.TimeDistributed
save("volumes", volumes())
save("volumes_h5", volumes(), ".h5")
save("dilated", sequential((6, 5, 4, 3), layers.Conv3D(2, 2, dilation_rate=(2, 1, 3), activation=layers.LeakyReLU(0.1))))
save("pooled", functional(
    [(4, 3, 5, 2)], lambda x: [layers.GlobalAveragePooling3D()(x), layers.GlobalMaxPooling3D(keepdims=True)(x)]))
save("steps", sequential(
    (9, 3), layers.DepthwiseConv1D(3, depth_multiplier=2, padding="same", activation="relu"),
    layers.SeparableConv1D(4, 2, strides=2, activation="tanh"), layers.DepthwiseConv1D(2, dilation_rate=2, use_bias=False)))
save("convolved_lstm", sequential(
    video, layers.ConvLSTM2D(3, (2, 3), padding="same", return_sequences=True, dropout=0.1),
    layers.ConvLSTM2D(2, 2, strides=2, go_backwards=True, recurrent_activation="hard_sigmoid")))
save("attention", functional([(5, 4), (6, 4), (6, 4)], attention))
# What joins the axes of images in sequence, or takes them apart.
save("video", sequential(
    video, each(layers.Conv2D(4, 2)), each(layers.MaxPooling2D(2)), each(layers.Flatten()), layers.LSTM(3)))
save("video_flat", sequential(video, each(layers.Conv2D(4, 2)), layers.Flatten(), layers.Dense(3)))
save("video_made", sequential((40,), layers.Reshape((2, 2, 5, 2)), each(layers.Conv2D(3, 2)), layers.Reshape((4, -1))))
save("video_rows", sequential(video, each(layers.Reshape((5, 18))), each(layers.LSTM(2))))
save("video_joined", functional([video, video], lambda x, y: each(layers.GlobalAveragePooling2D())(
    layers.Concatenate()([x, y]))))

shards = save("shards", sequential((20,), layers.Dense(30, activation="relu"), layers.BatchNormalization(), layers.Dense(4)))
for variable in shards.weights:
    variable.assign(variable.value * 0.5)
x = random.uniform(-1, 1, (2, 20)).astype("float32")
np.savez(os.path.join(folder, "shards_weights.npz"), input0=x, output0=shards.predict(x, verbose=0))
# In GB, as few as the largest variable needs.
shards.save_weights(os.path.join(folder, "shards.weights.json"), max_shard_size=2500 / 1024**3)

# Models for each time, and sequences of sequences. Equal lengths, so that axes that changed places would not be noticed by shape.
frames = layers.Conv2D(4, 3, activation="relu"), layers.BatchNormalization(), layers.MaxPooling2D(2), layers.Flatten()
image = keras.Input((6, 5, 3))
graph = layers.Conv2D(4, 3, padding="same")(image)
graph = layers.Flatten()(layers.Add()([graph, layers.Conv2D(4, 1)(image)]))
graph = keras.Model(image, layers.Dense(3, activation="tanh")(graph))
encoder = sequential((5,), layers.Embedding(7, 4, mask_zero=True), layers.LSTM(3))
save("video_model", sequential(video, each(sequential(video[1:], *frames)), layers.LSTM(3), layers.Dense(2)))
save("video_graph", functional([video], lambda x: layers.GRU(3)(each(graph)(x))))
save("video_open", sequential(
    video, each(keras.Sequential([layers.Conv2D(4, 3), layers.GlobalAveragePooling2D()])), layers.GRU(2)))
save("video_h5", sequential(video, each(sequential(video[1:], *frames)), layers.LSTM(3)), ".h5")
save("sentences", sequential((4, 5), each(encoder), layers.Bidirectional(layers.LSTM(2))), words=7)
save("words", sequential((4, 4), each(layers.Embedding(7, 4)), each(layers.LSTM(3)), layers.LSTM(2)), words=7)
save("rows", sequential((4, 4, 4), each(layers.LSTM(4, return_sequences=True)), each(layers.Dense(2)), layers.Flatten(),
                        layers.Dense(2)))
save("longer", sequential(
    (12, 2), layers.Conv1D(4, 5, strides=2, padding="same", activation="relu"),
    layers.Conv1DTranspose(3, 5, strides=2, padding="same", activation="relu"), layers.Conv1DTranspose(1, 3)))
