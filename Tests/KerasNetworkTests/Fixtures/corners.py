"""Keeps a step of training off the corners of its activations.

The gradient of a network with ReLU or max-pooling jumps where a number meets a corner: there two programs that round differently
get different gradients, and both are right. `avoid` changes single weights, in float64, until no number of the network is near a
corner: none is nearer than some times the error that float32 makes there. Then the gradient is smooth between all roundings, and
what remains of a difference is rounding.
"""

import keras
import numpy as np
import tensorflow as tf

# How many times the largest error of float32 in a layer each of its numbers is away from corners.
DISTANCE = 16
CORNERS = {"relu": [0], "relu6": [0, 6], "hard_silu": [-3, 3], "hard_sigmoid": [-3, 3]}


def corners(layer):
    """The numbers at which the gradient of a layer's activation jumps."""
    if isinstance(layer, keras.layers.ReLU):
        assert layer.negative_slope == 0 and layer.threshold == 0
        return [0] if layer.max_value is None else [0, float(layer.max_value)]
    activation = getattr(layer, "activation", None)
    return CORNERS.get(getattr(activation, "__name__", None), [])


def margins(layer, value):
    """How far each number of a channel is from its corners, for the input of an activation or of a pooling layer."""
    if not isinstance(layer, keras.layers.MaxPooling2D):
        return [np.abs(value - corner) for corner in corners(layer)]
    sizes, strides = [[1, *pair, 1] for pair in (layer.pool_size, layer.strides)]
    if layer.padding == "same":
        # The patches would have zeros at the edges.
        lengths, pads = value.shape[1:3], []
        for length, size, stride in zip(lengths, layer.pool_size, layer.strides):
            missing = max((-(-length // stride) - 1) * stride + size - length, 0)
            pads.append([missing // 2, missing - missing // 2])
        value = np.pad(value, [[0, 0], *pads, [0, 0]], constant_values=-1e30)
    channels = value.shape[-1]
    patches = tf.image.extract_patches(value, sizes, strides, [1, 1, 1, 1], "VALID")
    patches = tf.reshape(patches, [*patches.shape[:3], -1, channels])
    if patches.shape[3] < 2:
        return []
    largest = tf.math.top_k(tf.transpose(patches, [0, 1, 2, 4, 3]), 2).values.numpy()
    return [largest[..., 0] - largest[..., 1]]


def channels_at_corners(layer, value, distance):
    """The channels with a number near a corner. Numbers that are exactly on one are there in every program: they come from padding,
    or from activations, whose gradient is 0."""
    found = np.zeros(value.shape[-1], bool)
    for margin in margins(layer, value):
        near = (margin > 0) & (margin < distance)
        found |= near.reshape(-1, near.shape[-1]).any(axis=0)
    return np.flatnonzero(found)


def has_training_argument(layer):
    return getattr(layer, "_call_has_training_arg", False)


class Run:
    """The layers of a model in their order, computed one by one in training."""

    def __init__(self, model, x):
        self.layers = model.operations
        self.values = {id(model.inputs[0]): x}

    def compute(self, number):
        """Computes a layer, and returns the numbers that its corners are among, or nothing."""
        layer = self.layers[number]
        if isinstance(layer, keras.layers.InputLayer):
            return None
        node = layer._inbound_nodes[0]
        inputs = {id(tensor): tf.constant(self.values[id(tensor)]) for tensor in node.input_tensors}
        arguments, options = node.arguments.fill_in(inputs)
        if has_training_argument(layer):
            options = options | {"training": True}
        inside = has_activation_inside(layer)
        if inside:
            activation, layer.activation = layer.activation, keras.activations.linear
        result = layer(*arguments, **options)
        before = result.numpy() if inside else self.values[id(node.input_tensors[0])]
        if inside:
            layer.activation = activation
            result = activation(result)
        self.values[id(node.outputs[0])] = result.numpy()
        return before if corners(layer) or isinstance(layer, keras.layers.MaxPooling2D) else None


def has_activation_inside(layer):
    return isinstance(layer, (keras.layers.Dense, keras.layers.Conv2D)) and bool(corners(layer))


class Walk:
    """A way through a model in float64, beside the same one in float32."""

    def __init__(self, exact, single, x, random):
        self.layers, self.singles, self.random = exact.operations, single.operations, random
        self.order = {layer.name: number for number, layer in enumerate(self.layers)}
        self.exact, self.single = Run(exact, x.astype("float64")), Run(single, x)

    def assign(self, layer, weight, value):
        value = value.astype("float32")
        weight.assign(value)
        number = [other is weight for other in layer.weights].index(True)
        self.singles[self.order[layer.name]].weights[number].assign(value)

    def change(self, layer, channels, moves):
        """Changes weights on which some channels of a layer depend; returns the number of the first layer that is another one.

        `moves` says that moving all numbers of a channel is enough, as it is for an activation and not for pooling.
        """
        weights = {weight.path.split("/")[-1]: weight for weight in layer.weights}
        shift = weights.get("beta", weights.get("bias"))
        if moves and shift is not None:
            value = shift.numpy()
            value[channels] += 0.02 * self.random.normal(size=len(channels))
        elif isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense, keras.layers.SeparableConv2D)):
            shift = weights.get("pointwise_kernel", weights.get("kernel"))
            value = shift.numpy()
            value[..., channels] *= 1 + 0.02 * self.random.normal(size=value[..., channels].shape)
        elif isinstance(layer, keras.layers.DepthwiseConv2D):
            assert layer.depth_multiplier == 1
            shift = weights["kernel"]
            value = shift.numpy()
            value[:, :, channels] *= 1 + 0.02 * self.random.normal(size=value[:, :, channels].shape)
        else:
            return self.change_inputs(layer, channels, moves)
        self.assign(layer, shift, value)
        return self.order[layer.name]

    def change_inputs(self, layer, channels, moves):
        tensors = layer._inbound_nodes[0].input_tensors
        if isinstance(layer, keras.layers.Concatenate):
            first, numbers = 0, []
            for tensor in tensors:
                inside = channels[(channels >= first) & (channels < first + tensor.shape[-1])] - first
                first += tensor.shape[-1]
                if len(inside):
                    numbers.append(self.change(tensor._keras_history.operation, inside, moves))
            return min(numbers)
        # Of several inputs the one that is computed last: fewer layers depend on it.
        source = max((tensor._keras_history.operation for tensor in tensors), key=lambda layer: self.order[layer.name])
        return self.change(source, channels, moves)

    def run(self):
        number, changes = 0, 0
        while number < len(self.layers):
            layer = self.layers[number]
            before, rounded = self.exact.compute(number), self.single.compute(number)
            channels = []
            if before is not None:
                channels = channels_at_corners(layer, before, DISTANCE * np.abs(before - rounded).max())
            if len(channels) == 0:
                number += 1
                continue
            changes += len(channels)
            moves = not isinstance(layer, keras.layers.MaxPooling2D)
            change = self.change if has_activation_inside(layer) else self.change_inputs
            number = change(layer, channels, moves)
        return changes


def avoid(exact, single, x, random):
    """Changes weights of a model, whose dropout is 0, until no number is near a corner in training on `x`; returns how many channels
    it changed. Running statistics stay as they are.

    `exact` and `single` are the model in float64 and in float32.
    """
    models = [exact, single]
    states = [[variable.numpy() for variable in model.non_trainable_variables] for model in models]
    changes = Walk(exact, single, x, random).run()
    for model, state in zip(models, states):
        for variable, value in zip(model.non_trainable_variables, state):
            variable.assign(value)
    return changes
