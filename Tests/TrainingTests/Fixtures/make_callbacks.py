"""Writes callbacks.json: what Keras's callbacks see and decide.

    KERAS_BACKEND=jax .env/bin/python Tests/TrainingTests/Fixtures/make_callbacks.py

Made with Keras 3.15.1 on JAX.
"""

import json
import os
import pathlib
import tempfile

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
import numpy as np

generator = np.random.default_rng(5)


def numbers(*shape):
    return generator.normal(size=shape).astype("float32")


class Events(keras.callbacks.Callback):
    """Writes down each event, with the number of the epoch or batch, and the names of the figures that come with it."""

    def __init__(self, stop_in_epoch=None):
        super().__init__()
        self.events = []
        self.stop_in_epoch = stop_in_epoch

    def on_train_begin(self, logs=None): self.events.append("training began")
    def on_train_end(self, logs=None): self.events.append("training ended")
    def on_epoch_begin(self, epoch, logs=None): self.events.append(f"epoch {epoch} began")
    def on_train_batch_begin(self, batch, logs=None): self.events.append(f"batch {batch} began")
    def on_train_batch_end(self, batch, logs=None): self.events.append(f"batch {batch} ended")
    def on_test_begin(self, logs=None): self.events.append("validation began")
    def on_test_end(self, logs=None): self.events.append("validation ended")
    def on_test_batch_begin(self, batch, logs=None): self.events.append(f"validation batch {batch} began")
    def on_test_batch_end(self, batch, logs=None): self.events.append(f"validation batch {batch} ended")

    def on_epoch_end(self, epoch, logs=None):
        names = ", ".join(sorted(logs))
        self.events.append(f"epoch {epoch} ended with {names}")
        if epoch == self.stop_in_epoch:
            self.model.stop_training = True


def model(optimizer="sgd"):
    model = keras.Sequential([keras.Input([4]), keras.layers.Dense(1)])
    model.compile(optimizer, loss="mse")
    return model


def events(validates, **options):
    listener = Events(**options)
    inputs, targets = numbers(20, 4), numbers(20, 1)
    validation = (numbers(12, 4), numbers(12, 1)) if validates else None
    model().fit(
        inputs, targets, batch_size=8, epochs=2, validation_data=validation, validation_batch_size=8, verbose=0,
        callbacks=[listener])
    return listener.events


class InferenceEvents(keras.callbacks.Callback):
    """Writes down the events of `evaluate` and `predict`."""

    def __init__(self):
        super().__init__()
        self.events = []

    def on_test_begin(self, logs=None): self.events.append("evaluation began")
    def on_test_end(self, logs=None): self.events.append("evaluation ended with " + ", ".join(sorted(logs)))
    def on_test_batch_begin(self, batch, logs=None): self.events.append(f"evaluation batch {batch} began")
    def on_test_batch_end(self, batch, logs=None): self.events.append(f"evaluation batch {batch} ended")
    def on_predict_begin(self, logs=None): self.events.append("prediction began")
    def on_predict_end(self, logs=None): self.events.append("prediction ended")
    def on_predict_batch_begin(self, batch, logs=None): self.events.append(f"prediction batch {batch} began")

    def on_predict_batch_end(self, batch, logs=None):
        shape = list(logs["outputs"].shape)
        self.events.append(f"prediction batch {batch} ended with {shape}")


def inference(compute):
    """The events of a call on twenty examples in batches of eight."""
    listener = InferenceEvents()
    compute(model(), numbers(20, 4), [listener])
    return listener.events


def rates(values, rate, **options):
    """The learning rate after each epoch whose figure has these values."""
    trained = model(keras.optimizers.SGD(rate))
    callback = keras.callbacks.ReduceLROnPlateau(monitor="loss", mode="min", **options)
    callback.set_model(trained)
    callback.on_train_begin()
    found = []
    for epoch, value in enumerate(values):
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, {"loss": value})
        found.append(float(keras.ops.convert_to_numpy(trained.optimizer.learning_rate)))
    return found


def plateau():
    cases = []
    falling = [1, 0.9, 0.8, 0.7, 0.6]
    flat = [1.0] * 12
    slow = [1 - 0.001 * n for n in range(12)]
    mixed = [1, 0.5, 0.6, 0.4, 0.45, 0.45, 0.45, 0.39, 0.41, 0.41, 0.41, 0.41]
    for values, options in [
        (falling, {"patience": 1}),
        (flat, {"patience": 1}),
        (flat, {"patience": 2, "factor": 0.5}),
        (flat, {"patience": 2, "factor": 0.5, "cooldown": 2}),
        (flat, {"patience": 0, "factor": 0.5, "min_lr": 0.02}),
        (slow, {"patience": 2, "factor": 0.5, "min_delta": 0.01}),
        (slow, {"patience": 2, "factor": 0.5, "min_delta": 0.0001}),
        (mixed, {"patience": 2, "factor": 0.2, "cooldown": 1}),
        (mixed, {"patience": 3, "factor": 0.2, "min_lr": 0.003}),
    ]:
        cases.append({"values": values, "options": options, "rates": rates(values, 0.1, **options)})
    return cases


def schedule():
    """The rates of a scheduler that halves the rate after every second epoch."""
    trained = model(keras.optimizers.SGD(0.1))
    rates = []
    trained.fit(
        numbers(8, 4), numbers(8, 1), epochs=5, verbose=0,
        callbacks=[
            keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2 if epoch % 2 == 1 else rate),
            keras.callbacks.LambdaCallback(
                on_epoch_end=lambda epoch, logs: rates.append(
                    float(keras.ops.convert_to_numpy(trained.optimizer.learning_rate)))),
        ])
    return rates


def files(values, pattern, frequency="epoch", batches=3, **options):
    """The files that are there after all epochs."""
    with tempfile.TemporaryDirectory() as folder:
        callback = keras.callbacks.ModelCheckpoint(
            f"{folder}/{pattern}", monitor="loss", mode="min", save_freq=frequency, **options)
        callback.set_model(model())
        callback.on_train_begin()
        for epoch, value in enumerate(values):
            callback.on_epoch_begin(epoch)
            for batch in range(batches):
                callback.on_train_batch_end(batch, {"loss": value})
            callback.on_epoch_end(epoch, {"loss": value})
        return sorted(os.listdir(folder))


def checkpoints():
    values = [1, 0.75, 0.8125, 0.5, 0.5, 0.625, 12.25]
    cases = []
    for pattern, options in [
        ("model.keras", {}),
        ("{epoch:02d}-{loss:.3f}.keras", {}),
        ("{epoch:02d}-{loss:.3f}.keras", {"save_best_only": True}),
        ("{epoch}-{loss:08.2f}.keras", {"save_best_only": True, "initial_value_threshold": 0.7}),
        ("{epoch:03d}-{batch}-{loss:.2e}.keras", {"frequency": 4}),
        ("at-{epoch:4d}-{loss:g}-{loss:.1%}.keras", {"save_best_only": True}),
    ]:
        cases.append({"pattern": pattern, "options": options, "files": files(values, pattern, **options)})
    return {"values": values, "cases": cases}


def averages():
    """A training that is validated with averaged weights."""
    inputs, targets, weight, bias = numbers(24, 4), numbers(24, 1), numbers(4, 1), numbers(1)
    trained = model(keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9))
    trained.set_weights([weight, bias])
    history = trained.fit(
        inputs[:16], targets[:16], batch_size=4, epochs=3, shuffle=False, verbose=0,
        validation_data=(inputs[16:], targets[16:]), callbacks=[keras.callbacks.SwapEMAWeights()])
    return {
        "inputs": inputs.tolist(), "targets": targets.tolist(), "weight": weight.tolist(), "bias": bias.tolist(),
        "loss": history.history["loss"], "val_loss": history.history["val_loss"],
        "final": [value.ravel().tolist() for value in trained.get_weights()],
    }


def best_average(data):
    """The weights that `ModelCheckpoint` saves after the best epoch of such a training, the one with the largest loss."""
    inputs, targets = (np.array(data[name], "float32") for name in ["inputs", "targets"])
    trained = model(keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9))
    trained.set_weights([np.array(data[name], "float32") for name in ["weight", "bias"]])
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/best.weights.h5"
        history = trained.fit(
            inputs[:16], targets[:16], batch_size=4, epochs=4, shuffle=False, verbose=0,
            validation_data=(inputs[16:], targets[16:]),
            callbacks=[
                keras.callbacks.SwapEMAWeights(swap_on_epoch=True),
                keras.callbacks.ModelCheckpoint(path, mode="max", save_best_only=True, save_weights_only=True),
            ])
        trained.load_weights(path)
    return {
        "val_loss": history.history["val_loss"],
        "weights": [value.ravel().tolist() for value in trained.get_weights()],
    }


content = {
    "events": {
        "plain": events(False), "validated": events(True), "stopped": events(True, stop_in_epoch=0),
    },
    "plateau": plateau(), "schedule": schedule(), "checkpoints": checkpoints(), "averages": averages(),
}
# At the end, so that the numbers above stay the same.
content["events"] |= {
    "evaluated": inference(
        lambda model, inputs, callbacks: model.evaluate(
            inputs, numbers(20, 1), batch_size=8, verbose=0, callbacks=callbacks)),
    "predicted": inference(
        lambda model, inputs, callbacks: model.predict(inputs, batch_size=8, verbose=0, callbacks=callbacks)),
}
content["averages"]["best"] = best_average(content["averages"])
path = pathlib.Path(__file__).with_name("callbacks.json")
path.write_text(json.dumps(content, indent=1) + "\n")
