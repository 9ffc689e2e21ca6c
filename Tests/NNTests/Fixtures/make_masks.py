"""Outputs and gradients of models of Keras in which a mask travels, on JAX in double precision.

Usage: make_masks.py, which writes masks.json beside itself. The models are those of MaskedModelsTests.swift. Behind the
outputs of a model in training stand the running statistics after the call.
"""

from make_sequences import case, heads, keras, layers, write

# Places that do not count: at the end, at the start, and between others.
PADDING = [[(0, 3), (0, 4), (1, 0), (1, 2)], [(0, 1), (0, 4), (1, 0), (1, 4)]]


def masked(build, *shapes, **options):
    """A model of inputs that pass through `Masking`; with one input of all masks."""
    call = lambda inputs, _: build(*(layers.Masking()(x) if len(x.shape) == 3 else x for x in inputs))
    joined = lambda path, shape: heads(path, shape) if "multi_head" in path else shape
    return case(None, *(shapes or [(2, 5, 3)]), call=call, joined=joined, padding=PADDING, **options)


def plain_second(build, *shapes):
    """A model of an input that passes through `Masking`, and another one that does not."""
    call = lambda inputs, _: build(layers.Masking()(inputs[0]), inputs[1])
    return case(None, *shapes, call=call, padding=PADDING[:1])


def plain_three(build):
    """A model of query, value and key without masks."""
    return case(None, (2, 4, 3), (2, 5, 2), (2, 5, 3), call=lambda inputs, _: build(*inputs))


def nested(x):
    inner = keras.Sequential([keras.Input((5, 3)), layers.Dense(4, activation="tanh"), layers.GRU(2, return_sequences=True)])
    return layers.GlobalAveragePooling1D()(inner(x))


def normalized(x):
    return layers.BatchNormalization(momentum=0.5)(x)


mean = layers.GlobalAveragePooling1D
both = layers.Bidirectional
one, two = (2, 5, 3), [(2, 5, 3), (2, 5, 3)]

write("masks.json", {
    "lstm": masked(layers.LSTM(2, return_sequences=True)),
    "lstm last": masked(layers.LSTM(2)),
    "lstm states": masked(layers.LSTM(2, return_state=True, go_backwards=True)),
    "gru backwards": masked(layers.GRU(2, go_backwards=True, return_sequences=True)),
    "simple": masked(layers.SimpleRNN(2)),
    "zeros": masked(layers.SimpleRNN(2, return_sequences=True, zero_output_for_mask=True)),
    "zeros last": masked(layers.SimpleRNN(2, go_backwards=True, zero_output_for_mask=True)),
    "two layers": masked(lambda x: layers.LSTM(2)(layers.SimpleRNN(3, return_sequences=True)(x))),
    "first states": masked(
        lambda x, state: mean()(layers.SimpleRNN(2, return_sequences=True)(x, initial_state=state)), one, (2, 2)),
    "bidirectional": masked(both(layers.LSTM(2, return_sequences=True))),
    "bidirectional last": masked(both(layers.GRU(2), merge_mode="sum")),
    "bidirectional split": masked(both(layers.SimpleRNN(2, return_sequences=True), merge_mode=None)),
    "mean": masked(lambda x: mean()(layers.LayerNormalization()(layers.Dense(4, activation="relu")(x)))),
    "mean with axes": masked(mean(keepdims=True)),
    "normalized": masked(lambda x: mean()(normalized(x)), training=True),
    "times": masked(lambda x: layers.SimpleRNN(2)(layers.TimeDistributed(layers.Dense(3))(x))),
    "nested": masked(nested),
    "ended": masked(lambda x: mean()(layers.ZeroPadding1D(1)(x))),
    "again": masked(lambda x: mean()(layers.Masking(0.0)(layers.Activation("relu")(x)))),
    "attention": masked(lambda x: layers.MultiHeadAttention(2, 3)(x, x)),
    "attention mean": masked(lambda x: mean()(layers.MultiHeadAttention(1, 2)(x, x, use_causal_mask=True))),
    "attention two": masked(lambda x, y: layers.MultiHeadAttention(1, 2)(x, y), *two),
    "attention with dropout": masked(lambda x, y: layers.MultiHeadAttention(1, 2, dropout=0.1)(x, y), *two),
    "product": masked(lambda x, y: layers.Attention()([x, y]), *two),
    "product causal": masked(
        lambda x, y: mean()(layers.Attention(use_scale=True)([x, y], use_causal_mask=True)), *two),
    "product of sums": masked(
        lambda x, y: layers.Attention(use_scale=True, score_mode="concat", dropout=0.1)([x, y]), *two),
    "additive": masked(lambda x, y: mean()(layers.AdditiveAttention()([x, y])), *two),
    "additive causal": masked(
        lambda x, y: layers.AdditiveAttention(use_scale=False)([x, y], use_causal_mask=True), *two),
    "product of three": plain_three(lambda q, v, k: layers.Attention()([q, v, k])),
    "additive of three": plain_three(lambda q, v, k: layers.AdditiveAttention()([q, v, k])),
    "sum": masked(lambda x, y: layers.SimpleRNN(2)(layers.Add()([x, y])), *two),
    "sum with plain": plain_second(lambda x, y: layers.SimpleRNN(2)(layers.Add()([x, y])), *two),
    "joined": masked(lambda x, y: layers.SimpleRNN(2)(layers.Concatenate()([x, y])), *two),
    "joined with plain": plain_second(lambda x, y: layers.SimpleRNN(2)(layers.Concatenate()([x, y])), *two),
    "joined times": plain_second(
        lambda x, y: layers.SimpleRNN(2)(layers.Concatenate(axis=1)([x, y])), (2, 5, 3), (2, 2, 3)),
})
