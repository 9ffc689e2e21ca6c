"""Makes activations.json: outputs and gradients of activations by Keras on JAX, in double precision.

Needs keras and jax. See keras_cases.py; the test has the same cases by the same names.
"""

import os

os.chdir(os.path.dirname(os.path.abspath(__file__)))

from keras_cases import activations, case, kernels, layers, write

names = [
    "linear", "relu", "relu6", "leaky_relu", "elu", "celu", "selu", "silu", "gelu", "mish", "sigmoid", "hard_sigmoid",
    "hard_silu", "log_sigmoid", "sparse_sigmoid", "tanh", "hard_tanh", "tanh_shrink", "soft_shrink", "hard_shrink",
    "softplus", "squareplus", "sparse_plus", "softsign", "exponential", "softmax", "log_softmax",
]
features, image, sequence = (4, 7), (2, 3, 2, 4), (2, 4, 3)
cases = {name: case(layers.Activation(name), features, limit=7) for name in names}
for name in ["softmax", "log_softmax"]:
    cases[f"{name} of an image"] = case(layers.Activation(name), image)
    cases[f"{name} of a sequence"] = case(layers.Activation(name), sequence)
shared, plain = [kernels["shared slope"]], [kernels["plain"]]
cases |= {
    "celu 2": case(layers.Activation(lambda x: activations.celu(x, 2.0)), features, limit=3),
    "squareplus 2": case(layers.Activation(lambda x: activations.squareplus(x, 2)), features, limit=3),
    "soft_shrink 1": case(layers.Activation(lambda x: activations.soft_shrink(x, 1.0)), features, limit=3),
    "hard_shrink 1": case(layers.Activation(lambda x: activations.hard_shrink(x, 1.0)), features, limit=3),
    "tanh gelu": case(layers.Activation(lambda x: activations.gelu(x, True)), features, limit=4),
    "elu layer": case(layers.ELU(alpha=0.4), image, limit=3),
    "leaky relu layer": case(layers.LeakyReLU(negative_slope=0.3), image, limit=3),
    "relu layer": case(layers.ReLU(), image, limit=3),
    "relu with a maximum": case(layers.ReLU(max_value=1.5), image, limit=3),
    "relu with a slope": case(layers.ReLU(negative_slope=0.2), image, limit=3),
    "relu with a threshold": case(layers.ReLU(threshold=0.7), image, limit=3),
    "relu with all": case(layers.ReLU(max_value=2, negative_slope=0.2, threshold=0.7), image, limit=3),
    "prelu of features": case(layers.PReLU(), features, parameters=plain),
    "prelu of an image": case(layers.PReLU(), image, parameters=shared),
    "prelu for each channel": case(layers.PReLU(shared_axes=[1, 2]), image, parameters=shared),
    "prelu for each row": case(layers.PReLU(shared_axes=[2, 3]), image, parameters=shared),
    "prelu for each time": case(layers.PReLU(shared_axes=2), sequence, parameters=plain),
    "softmax layer": case(layers.Softmax(), image),
    "softmax of rows": case(layers.Softmax(axis=1), image),
    "softmax of times": case(layers.Softmax(axis=1), sequence),
    "softmax of a plane": case(layers.Softmax(axis=[1, 2]), image),
    "softmax of rows and channels": case(layers.Softmax(axis=[1, 3]), image),
}
write("activations.json", cases)
