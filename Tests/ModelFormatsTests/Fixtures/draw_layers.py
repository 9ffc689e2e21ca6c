"""Draws layers of Keras with random options, and writes what Keras computes with them.

Usage: draw_layers.py draw FOLDER COUNT [CLASS…]    draws COUNT of each class, by default of all classes of LAYERS
       draw_layers.py check FOLDER                  holds the models that were written back against the same numbers

**A new layer** is one line of LAYERS: its class, and what it takes. Then `draw` names the options of the constructor that
RULES does not know: give each a line there, under its name, or under (class, name) where it means something else in this
class. An option that means nothing here is listed in LEFT_OUT with the reason. One that Kilim does not read yet is listed
in REFUSED: it keeps its default, and one more draw tests that the reader refuses it. Options are drawn in the order of
the signature, and a rule sees and may change those before it. Each option must take two values at least.

The model is `Input -> layer`, with random weights. `draw` writes for each draw NUMBER, beside draws.json:

NUMBER.keras            the model, in float32
NUMBER.expected.keras   the same model; the values of its trained variables are their gradients, those of the others are the
                        new values after a call in training
NUMBER.step.keras       where a variable has a constraint: the model after a step along the gradients, of STEP times them
NUMBER.npz              input0, …                    the inputs
                        inference, training          the outputs in both modes
                        penalty                      the sum of the penalties in training
                        upstream                     random numbers for the output
                        gradient0, …                 gradients with respect to the inputs

Numbers are computed in float64. Gradients are those of the sum of output · upstream, and of the penalties; with
`training`, or with `inference` for a draw that is random in training. Kilim writes NUMBER.written.keras.
"""

import functools
import inspect
import json
import os
import sys
import zipfile
import zlib
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

os.environ["KERAS_BACKEND"] = "jax"
# A GRU without a bias mixes both kinds of numbers where float64 is allowed; the check needs none.
os.environ["JAX_ENABLE_X64"] = "0" if sys.argv[1:2] == ["check"] else "1"

import jax  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import constraints, initializers, layers, regularizers  # noqa: E402
from keras.src.backend.common import dtypes  # noqa: E402

# On JAX, Keras computes some functions of float64, such as tanh, in float32.
result_type = dtypes.result_type
dtypes.result_type = lambda *types: "float64" if "float64" in map(str, types) else result_type(*types)

# The draws of a class, of which a run may take fewer.
DRAWS = 20
BATCH = 3
STEP = 0.1


class Draw:
    """One draw of a class: its random numbers, inputs and options."""

    def __init__(self, kind, number):
        self.kind, self.number = kind, number
        self.name = f"{kind} {number}"
        self.random = np.random.default_rng(zlib.crc32(self.name.encode()))
        self.options = {}
        # The option that must be refused.
        self.refused = None
        self.inputs = [Input(shape) if isinstance(shape, tuple) else shape for shape in LAYERS[kind](self)]

    def integer(self, low, high):
        """One of low, …, high."""
        return int(self.random.integers(low, high + 1))

    def number_in(self, low, high):
        # Few digits, so that the text of a file and float32 both hold it.
        return round(float(self.random.uniform(low, high)), 3)

    def choose(self, *values):
        return values[self.integer(0, len(values) - 1)]

    @property
    def shape(self):
        return self.inputs[0].shape


class Input:
    """The shape of an input without the batch, and the range of its numbers; whole numbers with `integers`."""

    def __init__(self, shape, low=-2, high=2, integers=False, tail=()):
        self.shape, self.low, self.high, self.integers = shape, low, high, integers
        self.dtype = "int32" if integers else None

    def sample(self, random):
        size = (BATCH, *self.shape)
        if self.integers:
            return random.integers(self.low, self.high, size).astype("int32")
        return random.uniform(self.low, self.high, size).astype("float32").astype("float64")


# What a layer takes: a list of shapes without the batch, or of Input.


def features(d):
    return [(d.integer(1, 6),)]


def sequence(d):
    return [(d.integer(5, 8), d.integer(1, 4))]


def image(d):
    return [(d.integer(5, 8), d.integer(5, 8), d.integer(1, 4))]


def pixels(d):
    return [Input(*image(d), 0, 255)]


def any_of(*kinds):
    return lambda d: d.choose(*kinds)(d)


def vectors(d):
    """Of two numbers at least: a single one that is normalized has a gradient of 0, which rounding hides."""
    return d.choose([(d.integer(2, 6),)], [(d.integer(5, 8), d.integer(2, 4))])


def several(kind, low=2, high=4):
    """Inputs of one shape."""

    def draw(d):
        shape = kind(d)[0]
        return [shape] * d.integer(low, high)

    return draw


def broadcasting(kind, low=2, high=4):
    """Inputs of shapes that broadcast to one."""

    def draw(d):
        shape = kind(d)[0]
        return [shape] + [tuple(d.choose(n, n, 1) for n in shape) for _ in range(d.integer(low, high) - 1)]

    return draw


def any_rank(d):
    return d.choose(features, sequence, image)(d)


def grouped(d):
    """With as many channels as Keras's default has groups, for draws of the defaults."""
    return any_rank(d) if d.number < DRAWS else [(32,)]


def images_in_sequence(d):
    return [(d.integer(2, 4), *image(d)[0])]


def whole_numbers(d):
    return [Input((d.integer(1, 5),), 0, 3, integers=True)]


def query_value_key(d):
    """A query alone, or with a value, or with a key too: sequences, or images of which some axes attend."""
    query = d.choose(sequence, image)(d)[0]
    d.axes = d.choose(None, *[(axis,) for axis in range(1, len(query))]) if len(query) == 3 else d.choose(None, (1,))
    attended = d.axes or range(1, len(query))
    places = tuple(d.integer(2, 5) if axis in attended else query[axis - 1] for axis in range(1, len(query)))
    others = [(*places, d.integer(1, 4)) for _ in range(d.integer(0, 2))]
    return [query, *others]


LAYERS = {
    "Add": broadcasting(any_rank),
    "Average": broadcasting(any_rank),
    "Concatenate": several(any_rank),
    "Dot": several(vectors, 2, 2),
    "Maximum": broadcasting(any_rank),
    "Minimum": broadcasting(any_rank),
    "MultiHeadAttention": query_value_key,
    "Multiply": broadcasting(any_rank),
    "Subtract": broadcasting(any_rank, 2, 2),
    "AlphaDropout": any_rank,
    "Bidirectional": sequence,
    "Embedding": whole_numbers,
    "GRU": sequence,
    "GaussianDropout": any_rank,
    "GaussianNoise": any_rank,
    "GroupNormalization": grouped,
    "LSTM": sequence,
    "LayerNormalization": any_rank,
    "Normalization": any_rank,
    "RMSNormalization": any_rank,
    "RandomBrightness": pixels,
    "RandomContrast": pixels,
    "RandomFlip": pixels,
    "RandomRotation": pixels,
    "RandomShear": pixels,
    "RandomTranslation": pixels,
    "RandomZoom": pixels,
    "SimpleRNN": sequence,
    "SpatialDropout1D": sequence,
    "SpatialDropout2D": image,
    "TimeDistributed": any_of(sequence, images_in_sequence),
    "UnitNormalization": any_of(sequence, image),
    "Activation": any_of(features, image),
    "ActivityRegularization": any_of(features, image),
    "AveragePooling1D": sequence,
    "AveragePooling2D": image,
    "BatchNormalization": any_rank,
    "CenterCrop": image,
    "Conv1D": sequence,
    "Conv1DTranspose": sequence,
    "Conv2D": image,
    "Conv2DTranspose": image,
    "Cropping1D": sequence,
    "Cropping2D": image,
    "Dense": any_rank,
    "DepthwiseConv2D": image,
    "Dropout": any_rank,
    "ELU": any_of(features, image),
    "Flatten": any_of(features, image),
    "GlobalAveragePooling1D": sequence,
    "GlobalAveragePooling2D": image,
    "GlobalMaxPooling1D": sequence,
    "GlobalMaxPooling2D": image,
    "LeakyReLU": any_of(features, image),
    "MaxPooling1D": sequence,
    "MaxPooling2D": image,
    "PReLU": any_of(features, image),
    "Permute": image,
    "ReLU": any_of(features, image),
    "RepeatVector": features,
    "Rescaling": any_of(pixels, sequence),
    "Reshape": any_of(features, image),
    "Resizing": image,
    "SeparableConv2D": image,
    "Softmax": any_of(features, image),
    "UpSampling1D": sequence,
    "UpSampling2D": image,
    "ZeroPadding1D": sequence,
    "ZeroPadding2D": image,
}

# Classes whose output Kilim has in another order: a layer behind them makes it comparable.
BEHIND = {kind: lambda dtype: layers.Dense(3, dtype=dtype) for kind in ["Flatten", "Reshape"]}

# Classes whose inputs are arguments of their own, with what else the call takes.
CALLS = {
    # The query stands for a value that is not there. Keras's mask for places in order needs a single axis of them.
    "MultiHeadAttention": lambda d, layer, inputs: layer(
        *(inputs if len(inputs) > 1 else inputs * 2), use_causal_mask=len(d.shape) == 2 and d.number % 3 == 0),
}

# Classes that do something random in training.
RANDOM = {
    "AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise", "RandomBrightness", "RandomContrast", "RandomFlip",
    "RandomRotation", "RandomShear", "RandomTranslation", "RandomZoom", "SpatialDropout1D", "SpatialDropout2D",
}

ACTIVATIONS = [
    "linear", "relu", "sigmoid", "tanh", "softmax", "leaky_relu", "relu6", "elu", "celu", "selu", "silu", "gelu", "mish",
    "hard_sigmoid", "hard_silu", "log_sigmoid", "sparse_sigmoid", "hard_tanh", "tanh_shrink", "soft_shrink",
    "hard_shrink", "softplus", "squareplus", "sparse_plus", "softsign", "exponential", "log_softmax",
]


def one_of(*values):
    """Any of the values; functions among them are rules."""

    def rule(d):
        value = d.choose(*values)
        return value(d) if callable(value) else value

    return rule


def number(low, high):
    return lambda d: d.number_in(low, high)


def integer(low, high):
    return lambda d: d.integer(low, high)


def pair(rule):
    """One value for both axes, or one for each."""
    return lambda d: d.choose(rule(d), (rule(d), rule(d)))


def dilation(d):
    # Keras has no convolution with both.
    strides = d.options.get("strides", 1)
    return pair(integer(1, 2))(d) if strides in (1, (1, 1)) else 1


def groups(d):
    channels = d.shape[-1]
    groups = d.choose(*[n for n in range(1, channels + 1) if channels % n == 0])
    d.options["filters"] *= groups
    return groups


def initializer(d):
    rate = d.number_in(0.1, 1)
    return d.choose(
        "zeros", "ones", "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal",
        initializers.Constant(rate), initializers.RandomNormal(0.1, rate), initializers.RandomUniform(-rate, 0.5),
        initializers.TruncatedNormal(0.1, rate), initializers.VarianceScaling(rate, "fan_out", "uniform"),
        initializers.VarianceScaling(rate, "fan_avg", "untruncated_normal"))


def matrix_initializer(d):
    return d.choose(
        initializer(d), initializer(d), initializers.Orthogonal(d.number_in(0.5, 2)),
        # Kilim has a convolution for a Dense on images, whose kernel is no matrix.
        initializers.Identity(d.number_in(0.5, 2)) if len(d.shape) < 3 else "zeros")


def regularizer(d):
    l1, l2 = d.number_in(0.01, 0.1), d.number_in(0.01, 0.1)
    return d.choose(None, "l2", regularizers.L1(l1), regularizers.L2(l2), regularizers.L1L2(l1, l2))


def matrix_regularizer(d):
    # A single row or column has no other to be orthogonal to.
    d.options["units"] = max(d.options["units"], 2)
    mode = d.choose("rows", "columns") if d.shape[-1] > 1 else "columns"
    orthogonal = regularizers.OrthogonalRegularizer(d.number_in(0.01, 0.1), mode)
    return d.choose(regularizer(d), orthogonal) if len(d.shape) == 1 else regularizer(d)


def constraint(*axes):
    """A constraint whose norms are along one of the axes, or several."""

    def rule(d):
        value, low = d.number_in(0.5, 2), d.number_in(0.1, 0.5)
        axis = d.choose(*axes)
        return d.choose(
            None, "non_neg", constraints.MaxNorm(value, axis), constraints.UnitNorm(axis),
            constraints.MinMaxNorm(low, value, d.number_in(0, 1), axis))

    return rule


on_vector = constraint(0, -1, [0])
on_matrix = constraint(0, 1, [0, 1])
on_filters = constraint(0, 2, -1, [0, 1], [0, 1, 2])


def activation(d):
    """Each in turn for the layer of this name, any for others."""
    names = ACTIVATIONS
    return names[d.number % len(names)] if d.kind == "Activation" else d.choose(*names)


def zero_padding(d):
    amount = integer(0, 3)
    return d.choose(
        amount(d), (amount(d), amount(d)), ((amount(d), amount(d)), (amount(d), amount(d))))


def output_padding(d):
    """Less than the strides."""
    strides = d.options["strides"]
    rows, columns = (strides, strides) if isinstance(strides, int) else strides
    return d.choose(None, (d.integer(0, rows - 1), d.integer(0, columns - 1)), d.integer(0, min(rows, columns) - 1))


def cropping(d):
    amount = integer(0, 2)
    return d.choose(amount(d), (amount(d), amount(d)), ((amount(d), amount(d)), (amount(d), amount(d))))


def some_axes(*without):
    """None, or some of the axes."""

    def rule(d):
        axes = [axis for axis in range(1, len(d.shape) + 1)]
        chosen = [axis for axis in axes if d.choose(True, False)]
        return chosen or d.choose(*without, axes[0])

    return rule


def order(d):
    return tuple(int(axis) + 1 for axis in d.random.permutation(len(d.shape)))


def last_axis(d):
    return d.choose(-1, len(d.shape))


def target_shape(d):
    count = int(np.prod(d.shape))
    if len(d.shape) == 3:
        height, width, channels = d.shape
        return d.choose(
            (count,), (-1,), d.shape, (width, channels, height), (height, -1), (width, height, -1), (channels, 1, -1))
    return d.choose((count,), (1, 1, count), (1, -1, 1), (count, 1), (1, -1))


def drawn_axes(d):
    rank = len(d.shape)
    axes = sorted(d.random.permutation(range(1, rank + 1))[:d.integer(1, rank)].tolist())
    return d.choose(-1, rank, d.integer(1, rank), axes, [axis - rank - 1 for axis in axes])


def dot_axes(d):
    axis = d.integer(1, len(d.shape))
    return d.choose(-1, axis, (axis, axis), axis - len(d.shape) - 1)


def axes_of_several(d):
    """Axes along which there is more than one number: a single one has a gradient of 0, which rounding hides."""
    while True:
        axes = drawn_axes(d)
        lengths = [d.shape[a if a < 0 else a - 1] for a in (axes if isinstance(axes, list) else [axes])]
        if np.prod(lengths) > 1:
            return axes


def trailing_axes(d):
    """Axes up to the last one: Keras's scale of others does not broadcast."""
    rank = len(d.shape)
    first = d.integer(1, rank)
    return d.choose(-1, rank, list(range(first, rank + 1)), [axis - rank - 1 for axis in range(first, rank + 1)])


def divided_axis(d):
    """An axis, and a number of groups that its length has."""
    axis = d.choose(-1, d.integer(1, len(d.shape)), -d.integer(1, len(d.shape)))
    length = d.shape[axis if axis < 0 else axis - 1]
    d.options["groups"] = d.choose(-1, *[n for n in range(1, length + 1) if length % n == 0])
    return axis


def given_mean(d):
    """None, or numbers for the last of the axes, as many as there are."""
    axis = d.options["axis"]
    axes = [] if axis is None else [axis] if isinstance(axis, int) else axis
    lengths = tuple(d.shape[a - 1] for a in sorted(a if a >= 0 else a + len(d.shape) + 1 for a in axes))
    shape = d.choose(None, (), lengths, lengths[1:])
    return None if shape is None else np.round(d.random.uniform(-1, 1, shape), 3).tolist()


def given_variance(d):
    mean = d.options["mean"]
    return None if mean is None else np.round(d.random.uniform(0.2, 2, np.shape(mean)), 3).tolist()


def per_feature(low, high):
    return lambda d: d.choose(d.number_in(low, high), np.round(d.random.uniform(low, high, d.shape[-1]), 3).tolist())


def noise_shape(d):
    return d.choose(None, (None,) + (1,) * len(d.shape), (None,) + tuple(d.choose(None, 1, n) for n in d.shape))


def bounds(low, middle, high):
    """A pair of numbers."""
    return lambda d: (d.number_in(low, middle), d.number_in(middle, high))


def recurrent(d, units, **options):
    kind = d.choose(layers.SimpleRNN, layers.LSTM, layers.GRU)
    return kind(units, use_bias=d.choose(True, False), activation=d.choose("tanh", "relu"), **options)


def inner_layer(d):
    if d.kind == "Bidirectional":
        return recurrent(d, d.integer(1, 4), return_sequences=d.choose(True, False))
    if len(d.shape) == 4:
        return d.choose(layers.Conv2D(d.integer(1, 3), 3), layers.BatchNormalization(), layers.MaxPooling2D(2))
    return d.choose(layers.Dense(d.integer(1, 3), "tanh"), layers.LayerNormalization(), layers.BatchNormalization())


def backward_layer(d):
    layer = d.options["layer"]
    units = d.integer(1, 4) if d.options["merge_mode"] == "concat" else layer.units
    return d.choose(None, recurrent(d, units, return_sequences=layer.return_sequences, go_backwards=True))


def attention_window(d):
    return d.choose(None, d.integer(1, 4)) if len(d.shape) == 2 else None


# How the values of an option are drawn, by its name, or by (class, name).
RULES = {
    "attention_axes": lambda d: d.axes,
    "num_heads": integer(1, 3),
    "key_dim": integer(1, 4),
    # On JAX, Keras cannot compute another length for sequences.
    "value_dim": lambda d: d.choose(None, d.integer(1, 4)) if len(d.shape) == 3 else d.choose(None, d.options["key_dim"]),
    "output_shape": one_of(None, integer(1, 4)),
    "sliding_window": attention_window,
    "use_gate": one_of(True, False),
    ("Concatenate", "axis"): lambda d: d.choose(-1, d.integer(1, len(d.shape)), -d.integer(1, len(d.shape))),
    ("Dot", "axes"): dot_axes,
    ("Dot", "normalize"): one_of(True, False),
    **{(kind, option): integer(1, 3) for kind in ["Conv1D", "Conv1DTranspose", "MaxPooling1D", "AveragePooling1D", "UpSampling1D"]
       for option in ["kernel_size", "pool_size", "size", "strides"]},
    ("Conv1D", "dilation_rate"): lambda d: d.integer(1, 2) if d.options["strides"] == 1 else 1,
    ("Conv1DTranspose", "dilation_rate"): lambda d: d.integer(1, 2) if d.options["strides"] == 1 else 1,
    ("Conv1D", "kernel_constraint"): constraint(0, 1, [0, 1]),
    ("Conv1DTranspose", "kernel_constraint"): constraint(0, 1, [0, 1]),
    ("Conv1DTranspose", "output_padding"): lambda d: d.choose(None, d.integer(0, d.options["strides"] - 1)),
    ("Conv1D", "padding"): one_of("valid", "same", "causal"),
    ("Cropping1D", "cropping"): pair(integer(0, 2)),
    ("ZeroPadding1D", "padding"): pair(integer(0, 3)),
    "activation": activation,
    "activity_regularizer": regularizer,
    "alpha": number(0.1, 2),
    "alpha_constraint": constraint(0, -1),
    "alpha_initializer": initializer,
    "alpha_regularizer": regularizer,
    "antialias": one_of(True, False),
    "axis": last_axis,
    ("Softmax", "axis"): some_axes(-1),
    "beta_constraint": on_vector,
    "beta_initializer": initializer,
    "beta_regularizer": regularizer,
    "bias_constraint": on_vector,
    "bias_initializer": initializer,
    "bias_regularizer": regularizer,
    "center": one_of(True, False),
    "crop_to_aspect_ratio": one_of(True, False),
    "cropping": cropping,
    "depth_multiplier": integer(1, 3),
    "depthwise_constraint": constraint(0, 1, [0, 1]),
    "depthwise_initializer": initializer,
    "depthwise_regularizer": regularizer,
    "dilation_rate": dilation,
    "dims": order,
    "epsilon": one_of(1e-3, 1e-2, 0.1),
    "fill_value": number(-1, 1),
    "filters": integer(1, 4),
    "gamma_constraint": on_vector,
    "gamma_initializer": initializer,
    "gamma_regularizer": regularizer,
    "groups": groups,
    "height": integer(2, 10),
    "interpolation": one_of("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"),
    "keepdims": one_of(True, False),
    "kernel_constraint": on_filters,
    ("Dense", "kernel_constraint"): on_matrix,
    "kernel_initializer": initializer,
    ("Dense", "kernel_initializer"): matrix_initializer,
    "kernel_regularizer": regularizer,
    ("Dense", "kernel_regularizer"): matrix_regularizer,
    "l1": number(0.01, 0.1),
    "l2": number(0.01, 0.1),
    "kernel_size": pair(integer(1, 3)),
    "max_value": one_of(None, number(0.5, 1.5)),
    "momentum": number(0.5, 1),
    "moving_mean_initializer": initializer,
    "moving_variance_initializer": initializer,
    "n": integer(1, 4),
    "negative_slope": number(0, 0.5),
    "noise_shape": noise_shape,
    "offset": per_feature(-1, 1),
    "output_padding": output_padding,
    "pad_to_aspect_ratio": lambda d: d.choose(True, False) and not d.options["crop_to_aspect_ratio"],
    "padding": one_of("valid", "same"),
    ("ZeroPadding2D", "padding"): zero_padding,
    "pointwise_constraint": on_filters,
    "pointwise_initializer": initializer,
    "pointwise_regularizer": regularizer,
    "pool_size": pair(integer(1, 3)),
    "rate": number(0.1, 0.9),
    "scale": one_of(True, False),
    ("Rescaling", "scale"): per_feature(-1, 1),
    ("LayerNormalization", "axis"): drawn_axes,
    ("RMSNormalization", "axis"): trailing_axes,
    ("UnitNormalization", "axis"): axes_of_several,
    ("GroupNormalization", "axis"): divided_axis,
    ("GroupNormalization", "groups"): one_of(-1, 1),
    ("Normalization", "axis"): one_of(None, -1, drawn_axes),
    ("Normalization", "mean"): given_mean,
    ("Normalization", "variance"): given_variance,
    "backward_layer": backward_layer,
    "embeddings_initializer": initializer,
    "factor": one_of(number(0, 1), bounds(0, 0.5, 1)),
    "fill_mode": one_of("constant", "nearest", "reflect", "wrap"),
    "fill_value": number(-1, 9),
    "go_backwards": one_of(True, False),
    "height_factor": one_of(number(-0.9, 1), bounds(-0.9, 0.5, 1)),
    "input_dim": integer(4, 6),
    "interpolation": one_of("bilinear", "nearest"),
    "invert": one_of(True, False),
    "layer": inner_layer,
    "merge_mode": one_of("concat", "sum", "ave", "mul"),
    "mode": one_of("horizontal", "vertical", "horizontal_and_vertical"),
    "output_dim": integer(1, 4),
    # Others let the states of ten steps grow beyond all bounds.
    **{(kind, "activation"): one_of("tanh", "sigmoid", "softmax") for kind in ["SimpleRNN", "LSTM", "GRU"]},
    **{(kind, "kernel_constraint"): on_matrix for kind in ["SimpleRNN", "LSTM", "GRU"]},
    "recurrent_activation": one_of("sigmoid", "tanh", "softmax"),
    "embeddings_constraint": on_matrix,
    "embeddings_regularizer": regularizer,
    "recurrent_constraint": on_matrix,
    "recurrent_regularizer": regularizer,
    "recurrent_initializer": matrix_initializer,
    "reset_after": one_of(True, False),
    "return_sequences": one_of(True, False),
    "stddev": number(0, 1),
    "unit_forget_bias": one_of(True, False),
    "unroll": one_of(True, False),
    "value_range": one_of((0, 255), (-1.5, 2)),
    "width_factor": one_of(number(-0.9, 1), bounds(-0.9, 0.5, 1)),
    ("RandomZoom", "width_factor"): one_of(None, number(-0.9, 1), bounds(-0.9, 0.5, 1)),
    "x_factor": bounds(0, 0.5, 1),
    "y_factor": bounds(0, 0.5, 1),
    "shared_axes": some_axes(None),
    "size": pair(integer(1, 3)),
    "strides": pair(integer(1, 3)),
    "target_shape": target_shape,
    "threshold": number(0, 1),
    "units": integer(1, 5),
    "use_bias": one_of(True, False),
    "width": integer(2, 10),
}

# Options that are not drawn, and why.
LEFT_OUT = {
    "bounding_box_format": "images alone are changed",
    "dtype": "each draw has its own",
    "dropout": "random in training, and a layer that is not otherwise",
    "flash_attention": "how Keras computes the same numbers",
    "recurrent_dropout": "the same",
    "return_state": "several outputs",
    "stateful": "needs a batch of one size; refused",
    "use_cudnn": "how Keras computes the same numbers",
    "weights": "first values, which the file holds",
    "name": "a name",
    "seed": "Kilim draws its own random numbers",
    "data_format": "images of files have their channels last",
    "fill_mode": "Keras has one, \"constant\"",
    "lora_rank": "a way to train fewer weights, which no file of a model holds unless it was trained so; refused",
    "lora_alpha": "used with lora_rank alone",
    "quantization_config": "weights of few bits; refused",
    "synchronized": "statistics of several devices; there is one",
    "renorm": "batch renormalization; refused",
    "renorm_clipping": "used with renorm alone",
    "renorm_momentum": "used with renorm alone",
    "mask_zero": "the output of the one layer would have a mask, which a loss of Keras follows; make_keras_masks.py has it",
}

# Options that Kilim does not read yet, with a value that must be refused, by their name or by (class, name).
REFUSED = {
    # Norms of filters with an axis of heads.
    ("MultiHeadAttention", "kernel_constraint"): constraints.MaxNorm(1),
    ("MultiHeadAttention", "bias_constraint"): constraints.MaxNorm(1),
}


def signature(kind):
    """The options of a class, without those that are left out, and their defaults."""
    parameters = inspect.signature(getattr(layers, kind).__init__).parameters.values()
    return {
        p.name: p.default for p in parameters
        if p.name not in LEFT_OUT and p.kind == p.POSITIONAL_OR_KEYWORD and p.name != "self"
    }


def of(table, kind, option):
    return table.get((kind, option), table.get(option))


def text(options):
    """Options as they are shown when a test fails."""
    return json.dumps(keras.saving.serialize_keras_object(options), sort_keys=True)


def check_rules(kinds):
    missing = [
        f"{kind}: {option} is in none of RULES, LEFT_OUT and REFUSED" for kind in kinds for option in signature(kind)
        if of(RULES, kind, option) is None and of(REFUSED, kind, option) is None]
    if missing:
        sys.exit("\n".join(missing))


@functools.cache
def draws(kind):
    """All draws of a class. Those that must be refused stand behind the others."""
    found = []
    options = signature(kind)
    for number in range(DRAWS):
        draw = Draw(kind, number)
        for option in options:
            if of(REFUSED, kind, option) is None:
                draw.options[option] = of(RULES, kind, option)(draw)
        found.append(draw)
    for option in options:
        if of(REFUSED, kind, option) is not None:
            continue
        if len({text(d.options[option]) for d in found}) < 2:
            sys.exit(f"{kind}: {option} has the same value in all {DRAWS} draws")
    for option in options:
        if of(REFUSED, kind, option) is not None:
            draw = Draw(kind, len(found))
            draw.options = {name: value for name, value in found[0].options.items() if options[name] is inspect.Parameter.empty}
            draw.options[option] = of(REFUSED, kind, option)
            draw.refused = option
            found.append(draw)
    return found


def with_dtype(config, dtype):
    """The configuration of a layer and of all layers in it with another type."""
    if isinstance(config, (list, tuple)):
        return [with_dtype(part, dtype) for part in config]
    if not isinstance(config, dict):
        return config
    return {key: dtype if key == "dtype" else with_dtype(value, dtype) for key, value in config.items()}


def make(draw, dtype):
    """The model of a draw. The layer is made from its configuration, so that the objects in it are not shared."""
    kind = getattr(layers, draw.kind)
    made = kind(**draw.options) if dtype == "float32" else kind.from_config(
        with_dtype(kind(**draw.options).get_config(), dtype) | {"dtype": dtype})
    inputs = [keras.Input(i.shape, dtype=i.dtype or dtype) for i in draw.inputs]
    if draw.kind in CALLS:
        return keras.Model(inputs, CALLS[draw.kind](draw, made, inputs))
    if len(inputs) > 1:
        return keras.Model(inputs, made(inputs))
    # A Functional model would say `training=False` for each layer with such an argument, which Keras passes over.
    model = keras.Sequential([inputs[0], made])
    if draw.kind in BEHIND and len(model.output_shape) == 2:
        model.add(BEHIND[draw.kind](dtype))
    return model


def sample(variable, random):
    if not np.issubdtype(np.dtype(variable.dtype), np.floating):
        return np.asarray(variable)
    low, high = (0.2, 1.5) if "variance" in variable.path else (-1, 1)
    return random.uniform(low, high, variable.shape).astype("float32")


def write(draw, folder, index):
    """Writes one draw.

    Returns its line for draws.json.
    """
    path = os.path.join(folder, str(index))
    random = draw.random
    model, exact = make(draw, "float32"), make(draw, "float64")
    for variable, twin in zip(model.weights, exact.weights):
        value = sample(variable, random)
        variable.assign(value)
        twin.assign(value)
    for layer in model.layers + exact.layers:
        # Normalization keeps what it computes from its variables.
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()
    model.save(path + ".keras")
    line = {"kind": draw.kind, "number": draw.number, "options": text(draw.options), "refused": draw.refused}
    if line["refused"]:
        return line
    inputs = [i.sample(random) for i in draw.inputs]
    isRandom = draw.kind in RANDOM
    upstream = random.uniform(-1, 1, (BATCH, *exact.output_shape[1:])).astype("float32").astype("float64")
    state = [v.value for v in exact.non_trainable_variables]

    def call(trained, inputs, training):
        inputs = inputs if len(inputs) > 1 else inputs[0]
        return exact.stateless_call(trained, state, inputs, training=training, return_losses=True)

    def total(trained, floats):
        full = [floats.get(i, value) for i, value in enumerate(inputs)]
        inference, _, inferenceLosses = call(trained, full, False)
        training, after, losses = call(trained, full, True)
        if isRandom:
            training, losses = inference, inferenceLosses
        penalty = sum(losses, np.zeros(()))
        return (training * upstream).sum() + penalty, (inference, training, penalty, after)

    floats = {i: value for i, value in enumerate(inputs) if draw.inputs[i].dtype is None}
    constrained = [v.constraint or (lambda value: value) for v in exact.trainable_variables]
    isConstrained = any(v.constraint for v in exact.trainable_variables) and not isRandom

    def run(trained, floats):
        gradients, results = jax.grad(total, argnums=(0, 1), has_aux=True)(trained, floats)
        steps = [constraint(value - STEP * gradient) for constraint, value, gradient in zip(constrained, trained, gradients[0])]
        return gradients, steps, results

    gradients, steps, results = jax.jit(run)([v.value for v in exact.trainable_variables], floats)
    inference, training, penalty, after = results
    arrays = {"inference": inference, "training": training, "penalty": penalty, "upstream": upstream}
    arrays |= {f"input{i}": value for i, value in enumerate(inputs)}
    arrays |= {f"gradient{i}": value for i, value in gradients[1].items()}
    np.savez(path + ".npz", **{name: np.asarray(value, "float32") for name, value in arrays.items()})
    for variable, value in zip(model.non_trainable_variables, after):
        variable.assign(value)
    for ending, values in [("expected", gradients[0])] + ([("step", steps)] if isConstrained else []):
        for variable, value in zip(model.trainable_variables, values):
            variable.assign(value)
        model.save(f"{path}.{ending}.keras")
    return line | {"inputs": len(inputs), "isRandom": isRandom, "isConstrained": isConstrained}


def draw_some(folder, some):
    """The lines of some draws, or what stopped one."""
    # First values are replaced: drawing them would take a program of its own for each shape.
    add_weight = layers.Layer.add_weight

    def add(self, shape=None, initializer=None, dtype=None, **rest):
        def zeros(shape, dtype=None):
            return np.zeros(shape, dtype or "float32")

        return add_weight(self, shape, initializer=zeros, dtype=dtype, **rest)

    layers.Layer.add_weight = add
    lines = {}
    for index, kind, number in some:
        draw = draws(kind)[number]
        try:
            lines[index] = write(draw, folder, index)
        except Exception as error:
            raise RuntimeError(f"{draw.name} {text(draw.options)}: {error}") from error
    return lines


def initializers_of(path):
    """How each weight of a model's layers gets its first value, without seeds and what Keras writes by itself."""
    found = []

    def search(part, name):
        if isinstance(part, dict):
            if name.endswith("_initializer"):
                options = {k: v for k, v in part["config"].items() if v is not None and k != "seed"}
                # Python's numbers have more digits than those of weights.
                found.append((name, part["class_name"].removesuffix("Initializer"), {k: np.float32(v) if isinstance(v, float) else v for k, v in options.items()}))
            for key, value in sorted(part.items()):
                search(value, key)
        elif isinstance(part, list):
            for value in part:
                search(value, name)

    search(json.loads(zipfile.ZipFile(path).read("config.json")), "")
    return found


def check_some(folder, some):
    """What the models that Kilim wrote compute otherwise than they should."""
    failures = []
    for index, line in some:
        path = os.path.join(folder, str(index))
        what = f"{line['kind']} {line['number']} {line['options']}"
        arrays = np.load(path + ".npz")
        inputs = [arrays[f"input{i}"] for i in range(line["inputs"])]
        try:
            model = keras.models.load_model(path + ".written.keras")
            state = [[v.value for v in group] for group in (model.trainable_variables, model.non_trainable_variables)]
            call = jax.jit(lambda x: model.stateless_call(*state, x, training=False)[0])
            found = np.asarray(call(inputs if len(inputs) > 1 else inputs[0]))
        except Exception as error:
            failures.append(f"{what}: written back, Keras says: {error}")
            continue
        if initializers_of(path + ".keras") != initializers_of(path + ".written.keras"):
            failures.append(f"{what}: written back, the initializers are others")
        expected = arrays["inference"]
        if found.shape != expected.shape:
            failures.append(f"{what}: written back, the output has shape {found.shape}, not {expected.shape}")
            continue
        difference = np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-30)
        # As in the test: sums of up to a hundred rounded products.
        if not difference <= 100 * 2.0**-24:
            failures.append(f"{what}: written back, the output differs by {difference} of the largest number")
    return failures


def in_two(work, folder, items):
    """Half of the items in each of two processes."""
    # A copy of this process would hang: JAX has threads.
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        return [f.result() for f in [pool.submit(work, folder, items[half::2]) for half in range(2)]]


def main():
    mode, folder, *rest = sys.argv[1:]
    table = os.path.join(folder, "draws.json")
    if mode == "draw":
        count, kinds = int(rest[0]), rest[1:] or sorted(LAYERS)
        check_rules(kinds)
        wanted = [d for kind in kinds for d in draws(kind) if d.number < count or d.refused]
        items = [(index, d.kind, d.number) for index, d in enumerate(wanted)]
        lines = {index: line for part in in_two(draw_some, folder, items) for index, line in part.items()}
        json.dump([lines[index] for index in range(len(items))], open(table, "w"))
    else:
        lines = [(index, line) for index, line in enumerate(json.load(open(table))) if not line["refused"]]
        lines = [item for item in lines if os.path.exists(os.path.join(folder, f"{item[0]}.written.keras"))]
        failures = [failure for part in in_two(check_some, folder, lines) for failure in part]
        if failures:
            sys.exit("\n".join(failures))
        print(f"checked {len(lines)} draws")


if __name__ == "__main__":
    main()
