"""Makes a network of keras.applications with random weights, and what Keras computes with it in float64; or checks what Kilim wrote
of it against the same numbers.

Usage: networks.py make NAME SIZE CLASSES FOLDER    with Keras on TensorFlow
       networks.py check NAME FOLDER WRITTEN        with Keras and onnxruntime

`make` writes

NAME.keras        the network, compiled with SGD and categorical cross-entropy, with weights, biases and running statistics
                  that are all drawn, so that nothing hides behind zeros and ones
NAME.weights.h5   its weights after one step of training in float64, with dropout at 0
NAME.legacy.h5    the same as Keras 2 writes weights, and as keras.applications downloads them
NAME.npz          input, target, and of float64 output and trained_output, of inference after the step
NAME.json         loss, parameters, multiplyAdds, and how far Keras is from float64 when it computes in float32

The step of training is kept off the corners of the activations: see corners.py.

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
from corners import avoid  # noqa: E402

BATCH = 4
# Of the weights, how much a step changes at most: more drives the probabilities to 0 and 1, where they hide differences.
LARGEST_STEP = 0.02
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


def build(dtype, size, classes):
    keras.backend.clear_session()
    keras.config.set_dtype_policy(dtype)
    keras.config.set_floatx(dtype)
    keras.utils.set_random_seed(zlib.crc32(name.encode()))
    return getattr(keras.applications, name)(weights=None, input_shape=(size, size, 3), classes=classes)


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
    for layer in leaves(model):
        # At the end of a residual branch. With factors near 1, rounding errors double in each block, in any program.
        ends = any(type(node.operation).__name__ == "Add" for node in layer._outbound_nodes)
        if type(layer).__name__ == "BatchNormalization" and ends and layer.scale:
            layer.gamma.assign(random.uniform(0.2, 0.4, layer.gamma.shape))


def finalize(model):
    """`Normalization` computes with copies of its variables."""
    for layer in leaves(model):
        if type(layer).__name__ == "Normalization":
            layer.finalize_state()


def settle(model, x):
    """Brings running statistics near those of the data, which keeps the numbers in range through hundreds of layers."""
    norms = [layer for layer in leaves(model) if type(layer).__name__ == "BatchNormalization"]
    momenta = [layer.momentum for layer in norms]
    for layer in norms:
        layer.momentum = 0.1
    model(x, training=True)
    for layer, momentum in zip(norms, momenta):
        layer.momentum = momentum


def stop_dropout(model):
    """Sets the rates of dropout to 0, and returns what they were."""
    rates = {layer: layer.rate for layer in leaves(model) if type(layer).__name__ == "Dropout"}
    for layer in rates:
        layer.rate = 0
    return rates


def round_weights(model):
    for variable in model.weights:
        variable.assign(variable.numpy().astype("float32"))


def multiply_adds(layer):
    kind = type(layer).__name__
    if kind not in ("Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Dense"):
        return 0
    places = int(np.prod(layer.output.shape[1:-1]))
    return places * sum(int(np.prod(v.shape)) for v in layer.weights if "bias" not in v.path.split("/")[-1])


def norm(arrays):
    return float(np.sqrt(sum((np.asarray(array) ** 2).sum() for array in arrays)))


def step(model, x, target):
    """One step of SGD; returns the loss and the learning rate."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.categorical_crossentropy(target, model(x, training=True)))
    gradients = tape.gradient(loss, model.trainable_variables)
    rate = float(np.float32(min(0.01, LARGEST_STEP * norm(model.trainable_variables) / norm(gradients))))
    for variable, gradient in zip(model.trainable_variables, gradients):
        variable.assign(variable.value - rate * gradient)
    return float(loss), rate


def step_difference(found, expected, before):
    """The norm of the difference of two states, relative to that of the step."""
    difference = norm(a.astype("float64") - b for a, b in zip(found, expected))
    return difference / norm(a - b for a, b in zip(expected, before))


def difference(found, expected):
    return float(np.abs(np.asarray(found) - expected).max() / expected.max())


def predict(model, x):
    return np.asarray(model(x, training=False))


def train_less(exact, model, x, before, after):
    """Gives both models such a part of a step that rounding does not decide about the prediction: deep networks amplify it
    when their weights, but not their running statistics, have moved far. Returns the prediction and Keras's own difference."""
    share = 1.0
    while True:
        part = [old + share * (new - old) for old, new in zip(before, after)]
        for each in (exact, model):
            each.set_weights(part)
        round_weights(exact)
        output = predict(exact, x)
        rounding = difference(predict(model, x), output)
        if rounding < 1e-5 or share < 1e-3:
            return output, rounding
        share /= 4


def make(size, classes):
    random = np.random.default_rng(zlib.crc32(name.encode()))
    exact = build("float64", size, classes)
    draw(exact, random)
    finalize(exact)
    rescales = any(type(layer).__name__ in ("Rescaling", "Normalization") for layer in list(leaves(exact))[:3])
    low, high = (0, 255) if rescales else (-1, 1)
    x = random.uniform(low, high, (BATCH, size, size, 3)).astype("float32")
    target = np.eye(classes, dtype="float32")[random.integers(classes, size=BATCH)]
    settle(exact, x)
    stop_dropout(exact)
    round_weights(exact)
    model = build("float32", size, classes)
    model.set_weights(exact.get_weights())
    finalize(model)
    dropout = stop_dropout(model)
    changes = avoid(exact, model, x, random)
    before = exact.get_weights()
    output = predict(exact, x)
    loss, rate = step(exact, x.astype("float64"), target.astype("float64"))
    after = exact.get_weights()
    counts = {"multiplyAdds": sum(map(multiply_adds, leaves(exact)))}

    # A counter of Normalization, which nothing uses, is no parameter.
    counters = sum(weight.path.endswith("/count") for weight in model.weights)
    counts["parameters"] = model.count_params() - counters
    model.set_weights(before)
    for layer, share in dropout.items():
        layer.rate = share
    model.compile(keras.optimizers.SGD(rate), "categorical_crossentropy", run_eagerly=True)
    model.save(path(".keras"))
    rounding = {"prediction": difference(predict(model, x), output)}
    stop_dropout(model)
    rounding["loss"] = abs(float(model.train_on_batch(x, target)) / loss - 1)
    rounding["step"] = step_difference(model.get_weights(), after, before)
    model.set_weights(after)
    model.save_weights(path(".after.weights.h5"))
    trained_output, rounding["trained"] = train_less(exact, model, x, before, after)
    model.save_weights(path(".weights.h5"))
    with h5py.File(path(".legacy.h5"), "w") as file:
        from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

        save_weights_to_hdf5_group(file, model)
    arrays = {"input": x, "output": output, "target": target, "trained_output": trained_output}
    np.savez(path(".npz"), **{key: value.astype("float32") for key, value in arrays.items()})
    with open(path(".json"), "w") as file:
        json.dump({"loss": loss, "rounding": rounding, "changes": changes} | counts, file)
    print(name, counts, "probabilities from", output.min(), "to", output.max(), "loss", loss, rounding, changes)


def check(written):
    import onnxruntime

    arrays = np.load(path(".npz"))
    x, expected = arrays["input"], arrays["output"]
    model = keras.models.load_model(path(".written.keras", written))
    result = {"keras": difference(predict(model, x), expected)}
    if not os.path.exists(path(".onnx", written)):
        print(json.dumps(result))
        return
    session = onnxruntime.InferenceSession(path(".onnx", written), providers=["CPUExecutionProvider"])
    images = np.ascontiguousarray(x.transpose(0, 3, 1, 2))
    result["onnx"] = difference(session.run(None, {session.get_inputs()[0].name: images})[0], expected)
    print(json.dumps(result))


if mode == "make":
    make(int(rest[0]), int(rest[1]))
else:
    check(rest[1])
