"""The networks of keras.applications: makes them with Keras, and holds what Kilim wrote of them against the same numbers.

Usage: networks.py make NAME SIZE CLASSES FOLDER    with Keras on TensorFlow
       networks.py check NAME FOLDER WRITTEN        with Keras and onnxruntime

`make` writes

NAME.keras        the network, compiled with SGD and categorical cross-entropy, with weights, biases and running statistics
                  that are all drawn, so that nothing hides behind zeros and ones
NAME.weights.h5   its weights after one step of training, with dropout at 0
NAME.legacy.h5    the same as Keras 2 writes weights, and as keras.applications downloads them
NAME.npz          input, output, target, and trained_output, of inference after the step
NAME.json         loss, parameters, multiplyAdds, sensitivity of the step

`check` opens NAME.written.keras and NAME.onnx in the folder WRITTEN, and prints the largest differences of their outputs, in JSON.
"""

import json
import os
import sys
import zlib

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import h5py  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402

BATCH = 4
mode, name, *rest = sys.argv[1:]
folder = rest[2] if mode == "make" else rest[0]


def path(end, folder=folder):
    return os.path.join(folder, name + end)


def leaves(model):
    """All layers that hold no layers, those of models inside included."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from leaves(layer)
        else:
            yield layer


def draw(model, random):
    for variable in model.weights:
        kind, shape = variable.path.split("/")[-1], variable.shape
        if kind in ("bias", "beta", "moving_mean"):
            variable.assign(random.normal(0, 0.1, shape))
        elif kind in ("moving_variance", "variance"):
            variable.assign(random.uniform(0.8, 1.2, shape))
        elif kind == "mean":
            variable.assign(random.uniform(0, 0.5, shape))
        elif kind == "gamma":
            variable.assign(random.uniform(0.8, 1.2, shape))
        elif kind.startswith("variable"):
            # Of LayerScale, where Keras begins with a factor near 0 that leaves most of the network without effect.
            variable.assign(random.uniform(0.1, 0.3, shape))


def multiply_adds(layer):
    kind = type(layer).__name__
    if kind not in ("Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Dense"):
        return 0
    places = int(np.prod(layer.output.shape[1:-1]))
    return places * sum(int(np.prod(v.shape)) for v in layer.weights if "bias" not in v.path.split("/")[-1])


def step_sensitivity(model, x, target, random):
    """How much the gradient changes, relative to its norm, when each number of the input is rounded once."""
    import tensorflow as tf

    state = [variable.numpy() for variable in model.non_trainable_variables]
    gradients = []
    for factor in [1, 1 + random.choice([-1, 1], x.shape) * 2.0**-23]:
        with tf.GradientTape() as tape:
            output = model((x * factor).astype("float32"), training=True)
            loss = tf.reduce_mean(keras.losses.categorical_crossentropy(target, output))
        gradients.append([g.numpy().astype("float64") for g in tape.gradient(loss, model.trainable_variables)])
        for variable, value in zip(model.non_trainable_variables, state):
            variable.assign(value)
    first, second = gradients
    norm = sum((g**2).sum() for g in first)
    return float(np.sqrt(sum(((g - h) ** 2).sum() for g, h in zip(first, second)) / norm))


def make(size, classes):
    keras.utils.set_random_seed(zlib.crc32(name.encode()))
    build = getattr(keras.applications, name)
    model = build(weights=None, input_shape=(size, size, 3), classes=classes)
    random = np.random.default_rng(zlib.crc32(name.encode()))
    draw(model, random)
    layers = list(leaves(model))
    for layer in layers:
        if type(layer).__name__ == "Normalization":
            # It computes with copies of its variables.
            layer.finalize_state()
    rescales = any(type(layer).__name__ in ("Rescaling", "Normalization") for layer in layers[:3])
    low, high = (0, 255) if rescales else (-1, 1)
    x = random.uniform(low, high, (BATCH, size, size, 3)).astype("float32")
    target = np.eye(classes, dtype="float32")[random.integers(classes, size=BATCH)]
    # Running statistics near those of the data keep the numbers in range through hundreds of layers.
    norms = [layer for layer in layers if type(layer).__name__ == "BatchNormalization"]
    momenta = [layer.momentum for layer in norms]
    for layer in norms:
        layer.momentum = 0.1
    model(x, training=True)
    for layer, momentum in zip(norms, momenta):
        layer.momentum = momentum
    model.compile(keras.optimizers.SGD(0.01), "categorical_crossentropy", run_eagerly=True)
    output = np.asarray(model(x, training=False))
    model.save(path(".keras"))
    for layer in layers:
        if type(layer).__name__ == "Dropout":
            layer.rate = 0
    sensitivity = step_sensitivity(model, x, target, random)
    loss = model.train_on_batch(x, target)
    model.save_weights(path(".weights.h5"))
    with h5py.File(path(".legacy.h5"), "w") as file:
        from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

        save_weights_to_hdf5_group(file, model)
    trained_output = np.asarray(model(x, training=False))
    np.savez(path(".npz"), input=x, output=output, target=target, trained_output=trained_output)
    # A counter of Normalization, which nothing uses, is no parameter.
    counters = sum(weight.path.endswith("/count") for weight in model.weights)
    counts = {"parameters": model.count_params() - counters, "multiplyAdds": sum(map(multiply_adds, layers))}
    with open(path(".json"), "w") as file:
        json.dump({"loss": float(loss), "sensitivity": sensitivity} | counts, file)
    print(name, counts, "probabilities from", output.min(), "to", output.max(), "loss", loss)


def check(written):
    import onnxruntime

    arrays = np.load(path(".npz"))
    x, expected = arrays["input"], arrays["output"]

    def difference(found):
        return float(np.abs(np.asarray(found) - expected).max() / expected.max())

    model = keras.models.load_model(path(".written.keras", written))
    result = {"keras": difference(model(x, training=False))}
    if not os.path.exists(path(".onnx", written)):
        print(json.dumps(result))
        return
    session = onnxruntime.InferenceSession(path(".onnx", written), providers=["CPUExecutionProvider"])
    images = np.ascontiguousarray(x.transpose(0, 3, 1, 2))
    result["onnx"] = difference(session.run(None, {session.get_inputs()[0].name: images})[0])
    print(json.dumps(result))


if mode == "make":
    make(int(rest[0]), int(rest[1]))
else:
    check(rest[1])
