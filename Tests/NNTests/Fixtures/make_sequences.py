"""Outputs and gradients of Keras's layers for sequences, on JAX in double precision, for hashed inputs and parameters.

Usage: make_sequences.py, which writes sequences.json beside itself. The layers are those of SequenceLayersTests.swift.
"""

import keras_on_jax  # First of all: it chooses the backend.
import jax
import keras
import numpy as np
from hashed import hashed, write
from keras import layers

keras_on_jax.compute_all_in_double()


def case(layer, *shapes, joined=(), order=None, call=None, padding=(), training=False, **arguments):
    """Outputs and gradients with respect to inputs (seeds 1, 51, ...) and parameters (seeds 2, 3, ...), for hashed
    gradients of the outputs (seeds 100, 101, ...). Nothing is dropped. On JAX, Keras computes values and keys of different
    lengths only in a layer with dropout.

    - joined: of parameters with heads, how their shape is hashed.
    - order: the parameters in Kilim's order.
    - call: how the layer is called with its inputs.
    - padding: the places of sequences that are zeros, for each input a list of example and time.
    - training: whether normalizations use the batch.
    """
    call = call or (lambda inputs, layer: layer(*inputs, **arguments))
    inputs = [hashed(shape, 1 + 50 * index).astype("float64") for index, shape in enumerate(shapes)]
    for x, places in zip(inputs, padding):
        for place in places if x.ndim == 3 else []:
            x[place] = 0
    flat = lambda outputs: list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    keras_inputs = [keras.Input(shape[1:]) for shape in shapes]
    model = keras.Model(keras_inputs, flat(call(keras_inputs, layer)))
    variables = [model.trainable_variables[i] for i in (order or range(len(model.trainable_variables)))]
    values = {}
    for index, variable in enumerate(variables):
        shape = variable.shape
        matrix = joined(variable.path, shape) if joined else shape
        values[variable.path] = hashed(matrix, 2 + index).astype("float64").reshape(shape)

    def outputs(inputs, values):
        trained = [values[v.path] for v in model.trainable_variables]
        others = [v.value for v in model.non_trainable_variables]
        outputs, others = model.stateless_call(trained, others, inputs, training=training)
        return flat(outputs) + ([v for v in others if v.ndim] if training else [])

    found = [np.asarray(y) for y in outputs(inputs, values)]
    upstream = [hashed(y.shape, 100 + index).astype("float64") for index, y in enumerate(found)]
    count = len(model.outputs)
    total = lambda inputs, values: sum((y * g).sum() for y, g in zip(outputs(inputs, values)[:count], upstream))
    by_input, by_value = jax.grad(total, argnums=(0, 1))(inputs, values)
    return {
        "shapes": [list(y.shape) for y in found],
        "outputs": found,
        "gradients": [np.asarray(g) for g in by_input] + [np.atleast_1d(by_value[v.path]) for v in variables],
    }


def heads(path, shape):
    """Kernels [F, heads, features] and [heads, features, F] and biases [heads, features] as they are in Kilim."""
    if "attention_output" in path:
        return shape if len(shape) == 1 else (shape[0] * shape[1], shape[2])
    return (shape[0] * shape[1],) if len(shape) == 2 else (shape[0], shape[1] * shape[2])


def attention(*shapes, causal=False, order=None, **options):
    layer = layers.MultiHeadAttention(**options)
    call = lambda inputs, layer: layer(*(inputs * 2 if len(inputs) == 1 else inputs), use_causal_mask=causal)
    return case(layer, *shapes, joined=heads, order=order, call=call)


def attention_of_pixels(shape, **options):
    """On an image [N, H, W, C], which is made of [N, C, H, W] as Kilim has it."""
    count, height, width, channels = shape

    def call(inputs, layer):
        image = keras.ops.transpose(inputs[0], (0, 2, 3, 1))
        return keras.ops.transpose(layer(image, image), (0, 3, 1, 2))

    return case(layers.MultiHeadAttention(**options), (count, channels, height, width), joined=heads, call=call)


def with_states(inputs, layer):
    return layer(inputs[0], initial_state=inputs[1:])


if __name__ == "__main__":
    write("sequences.json", {
        "attention self": attention((2, 4, 6), num_heads=2, key_dim=3),
        "attention causal": attention((2, 5, 4), num_heads=2, key_dim=2, causal=True),
        "attention window": attention((2, 5, 4), num_heads=1, key_dim=2, sliding_window=2),
        "attention causal window": attention((1, 6, 4), num_heads=1, key_dim=2, sliding_window=3, causal=True),
        "attention two": attention((2, 3, 4), (2, 5, 6), num_heads=3, key_dim=2, value_dim=4, output_shape=5, dropout=0.1),
        "attention three": attention((2, 3, 4), (2, 5, 2), (2, 5, 3), num_heads=2, key_dim=2, use_bias=False),
        "attention gate": attention(
            (2, 3, 4), num_heads=2, key_dim=3, value_dim=2, use_gate=True, dropout=0.1, order=[0, 1, 2, 3, 6, 7, 8, 9, 4, 5]),
        "attention blind": attention((1, 5, 4), (1, 2, 4), num_heads=1, key_dim=2, sliding_window=1),
        "attention blind with dropout": attention(
            (1, 5, 4), (1, 2, 4), num_heads=1, key_dim=2, sliding_window=1, dropout=0.1),
        "attention pixels": attention_of_pixels((2, 3, 2, 4), num_heads=2, key_dim=3),
        "attention rows": attention_of_pixels((2, 3, 2, 4), num_heads=2, key_dim=3, attention_axes=(1,)),
        "simple states": case(
            layers.SimpleRNN(3, return_state=True), (2, 4, 2), (2, 3), call=with_states),
        "lstm states": case(
            layers.LSTM(3, return_state=True, return_sequences=True), (2, 4, 2), (2, 3), (2, 3), call=with_states),
        "lstm last and states": case(
            layers.LSTM(2, return_state=True, go_backwards=True, recurrent_activation="tanh"), (2, 3, 2)),
        "gru states": case(layers.GRU(3, return_state=True, return_sequences=True), (2, 4, 2), (2, 3), call=with_states),
        "gru before": case(layers.GRU(3, return_state=True, reset_after=False, activation="relu"), (2, 4, 2)),
        "bidirectional split": case(
            layers.Bidirectional(layers.LSTM(2, return_sequences=True, return_state=True), merge_mode=None), (2, 3, 2)),
        "bidirectional states": case(
            layers.Bidirectional(layers.GRU(2, return_state=True), merge_mode="sum"), (2, 3, 2), (2, 2), (2, 2),
            call=with_states),
        "bidirectional two kinds": case(
            layers.Bidirectional(
                layers.LSTM(2, return_sequences=True), backward_layer=layers.GRU(3, return_sequences=True, go_backwards=True)),
            (2, 3, 2)),
    })
