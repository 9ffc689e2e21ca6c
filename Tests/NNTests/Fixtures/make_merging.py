"""Makes merging.json: outputs and gradients of merging layers by Keras on JAX, in double precision.

Needs keras and jax. See keras_cases.py; the test has the same cases by the same names.
"""

import os

os.chdir(os.path.dirname(os.path.abspath(__file__)))

from keras_cases import case, layers, write

image, features = (2, 3, 4, 5), (2, 6)
cases = {
    "add": case(layers.Add(), image, image, image),
    "add features": case(layers.Add(), features, features),
    "add features to an image": case(layers.Add(), image, (2, 3)),
    "add an image to a sequence": case(layers.Add(), (2, 5, 3), image),
    "add features to a sequence": case(layers.Add(), (2, 5, 6), features),
    "subtract": case(layers.Subtract(), image, image),
    "subtract a scale": case(layers.Subtract(), image, (2, 3, 1, 1)),
    "multiply": case(layers.Multiply(), image, image, image),
    "multiply by a scale": case(layers.Multiply(), image, (2, 3, 1, 1)),
    "multiply by a map": case(layers.Multiply(), image, (2, 1, 4, 5)),
    "average": case(layers.Average(), image, image, image),
    "maximum": case(layers.Maximum(), image, image, image),
    "minimum": case(layers.Minimum(), image, image, (2, 3, 1, 1)),
    "concatenate channels": case(layers.Concatenate(), image, (2, 1, 4, 5), image),
    "concatenate rows": case(layers.Concatenate(axis=1), image, (2, 3, 2, 5)),
    "concatenate columns": case(layers.Concatenate(axis=2), image, (2, 3, 4, 1)),
    "concatenate features": case(layers.Concatenate(), features, (2, 1)),
    "concatenate times": case(layers.Concatenate(axis=1), (2, 5, 3), (2, 2, 3)),
    "dot": case(layers.Dot(axes=1), features, features),
    "dot normalized": case(layers.Dot(axes=-1, normalize=True), features, features),
    "dot of sequences": case(layers.Dot(axes=(2, 2)), (2, 5, 3), (2, 4, 3)),
    "dot of sequences crossed": case(layers.Dot(axes=(1, 2), normalize=True), (2, 5, 3), (2, 4, 5)),
    "dot of a sequence and features": case(layers.Dot(axes=(2, 1)), (2, 5, 6), features),
    "dot of an image and features": case(layers.Dot(axes=(3, 1)), image, (2, 3)),
    "dot of an image and a sequence": case(layers.Dot(axes=(3, 2)), image, (2, 6, 3)),
    "dot of a sequence and an image": case(layers.Dot(axes=(1, 1)), (2, 4, 2), image),
    "dot of two images": case(layers.Dot(axes=-1), image, (2, 3, 2, 6)),
    "dot of images over rows": case(layers.Dot(axes=1), image, (2, 2, 4, 3)),
    "dot of images in sequence and features": case(layers.Dot(axes=(1, 1)), (2, 2, 3, 4, 5), (2, 2)),
    "dot of images in sequence and a sequence": case(layers.Dot(axes=(4, 2)), (2, 2, 3, 4, 5), (2, 2, 3)),
}
write("merging.json", cases)
