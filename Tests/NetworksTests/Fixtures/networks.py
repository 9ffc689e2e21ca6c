"""Writes networks.json: the networks of keras.applications, layer by layer, for NetworkGraphTests.

    python networks.py            writes the file (takes a quarter of an hour on two cores)
    python networks.py CASE       prints the layers of one case, to compare with those that a failed test prints

Each layer is a line: name, class, options, shape of its output (channels first), number of parameters, and the layers that
it takes its inputs from. The file holds 16 bits of a checksum of each line, in the order of the names.
"""

import json
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np

VARIANTS = [
    "ResNet50", "ResNet101", "ResNet152", "ResNet50V2", "ResNet101V2", "ResNet152V2", "MobileNet", "MobileNetV2",
    "MobileNetV3Small", "MobileNetV3Large", "EfficientNetB0", "EfficientNetB1", "EfficientNetB2", "EfficientNetB3",
    "EfficientNetB4", "EfficientNetB5", "EfficientNetB6", "EfficientNetB7", "EfficientNetV2B0", "EfficientNetV2B1",
    "EfficientNetV2B2", "EfficientNetV2B3", "EfficientNetV2S", "EfficientNetV2M", "EfficientNetV2L", "DenseNet121",
    "DenseNet169", "DenseNet201", "VGG16", "VGG19", "ConvNeXtTiny", "ConvNeXtSmall", "ConvNeXtBase", "ConvNeXtLarge",
    "ConvNeXtXLarge", "Xception", "InceptionV3", "InceptionResNetV2", "NASNetMobile", "NASNetLarge",
]

# Options of the families, on sizes that are no multiples of 32.
OPTIONS = {
    "ResNet50 features": ("ResNet50", {"include_top": False, "input_shape": (75, 97, 3)}),
    "ResNet50V2 maximum": ("ResNet50V2", {"include_top": False, "pooling": "max", "input_shape": (75, 97, 3)}),
    "MobileNet half": ("MobileNet", {"alpha": 0.5, "depth_multiplier": 2, "dropout": 0.25, "classes": 10, "input_shape": (96, 65, 3)}),
    "MobileNet average": ("MobileNet", {"include_top": False, "pooling": "avg", "input_shape": (64, 64, 3)}),
    "MobileNetV2 narrow": ("MobileNetV2", {"alpha": 0.35, "classes": 10, "input_shape": (75, 97, 3)}),
    "MobileNetV2 wide": ("MobileNetV2", {"alpha": 1.4, "classes": 10, "classifier_activation": None, "input_shape": (96, 96, 1)}),
    "MobileNetV2 maximum": ("MobileNetV2", {"include_top": False, "pooling": "max", "input_shape": (64, 64, 3)}),
    "MobileNetV3Small minimalistic": ("MobileNetV3Small", {"minimalistic": True, "classes": 10, "input_shape": (75, 97, 3)}),
    "MobileNetV3Large wide": ("MobileNetV3Large", {"alpha": 1.25, "dropout_rate": 0, "include_preprocessing": False, "classes": 10, "input_shape": (75, 97, 3)}),
    "MobileNetV3Large average": ("MobileNetV3Large", {"include_top": False, "pooling": "avg", "input_shape": (64, 64, 3)}),
    "EfficientNetB0 features": ("EfficientNetB0", {"include_top": False, "input_shape": (75, 97, 3)}),
    "EfficientNetB0 ImageNet": ("EfficientNetB0", {"weights": "imagenet"}),
    "EfficientNetV2B0 raw": ("EfficientNetV2B0", {"include_preprocessing": False, "classes": 10, "input_shape": (75, 97, 3)}),
    "EfficientNetV2B0 grey": ("EfficientNetV2B0", {"include_top": False, "pooling": "avg", "input_shape": (64, 64, 1)}),
    "DenseNet121 features": ("DenseNet121", {"include_top": False, "input_shape": (75, 97, 3)}),
    "VGG16 average": ("VGG16", {"include_top": False, "pooling": "avg", "input_shape": (64, 64, 3)}),
    "ConvNeXtTiny average": ("ConvNeXtTiny", {"include_top": False, "pooling": "avg", "input_shape": (75, 97, 3)}),
    "ConvNeXtTiny raw": ("ConvNeXtTiny", {"include_preprocessing": False, "classes": 10, "input_shape": (64, 64, 3)}),
    "Xception average": ("Xception", {"include_top": False, "pooling": "avg", "input_shape": (75, 97, 3)}),
    "InceptionV3 maximum": ("InceptionV3", {"include_top": False, "pooling": "max", "input_shape": (99, 97, 3)}),
    "NASNetMobile odd": ("NASNetMobile", {"classes": 10, "input_shape": (75, 97, 3)}),
}


def number(x):
    return "%.6g" % np.float32(x)


def numbers(x):
    return ",".join(number(y) for y in np.ravel(x))


def initializer(config):
    options = config["config"]
    parts = [config["class_name"]]
    if "scale" in options:
        parts += [number(options["scale"]), options["mode"], options["distribution"]]
    return "/".join(parts)


def window(c, size="kernel_size"):
    return ["x".join(map(str, c[size])), "x".join(map(str, c["strides"])), c["padding"]]


def options(layer):
    c = layer.get_config()
    kind = type(layer).__name__
    if kind == "Conv2D":
        return window(c) + ["x".join(map(str, c["dilation_rate"])), str(c["groups"]), c["activation"],
                            str(int(c["use_bias"])), initializer(c["kernel_initializer"])]
    if kind == "DepthwiseConv2D":
        return window(c) + ["x".join(map(str, c["dilation_rate"])), str(c["depth_multiplier"]), c["activation"],
                            str(int(c["use_bias"])), initializer(c["depthwise_initializer"])]
    if kind == "SeparableConv2D":
        return window(c) + ["x".join(map(str, c["dilation_rate"])), str(c["depth_multiplier"]), c["activation"],
                            str(int(c["use_bias"])), initializer(c["depthwise_initializer"]),
                            initializer(c["pointwise_initializer"])]
    if kind == "Dense":
        return [c["activation"], str(int(c["use_bias"])), initializer(c["kernel_initializer"])]
    if kind == "BatchNormalization":
        return [number(c["momentum"]), number(c["epsilon"]), str(int(c["center"])), str(int(c["scale"]))]
    if kind == "LayerNormalization":
        return [number(c["epsilon"])]
    if kind == "Normalization":
        return ["given", numbers(c["mean"]), numbers(c["variance"])] if c["mean"] is not None else []
    if kind == "Activation":
        return [c["activation"]]
    if kind == "ReLU":
        return [number(c["max_value"])] if c["max_value"] is not None else []
    if kind == "Dropout":
        return [number(c["rate"])] + (["images"] if c["noise_shape"] is not None else [])
    if kind in ("ZeroPadding2D", "Cropping2D"):
        return [str(x) for side in c["padding" if kind == "ZeroPadding2D" else "cropping"] for x in side]
    if kind in ("MaxPooling2D", "AveragePooling2D"):
        return window(c, "pool_size")
    if kind.startswith("Global"):
        return [str(int(c["keepdims"]))]
    if kind == "Rescaling":
        return [numbers(c["scale"]), numbers(c["offset"])]
    if kind == "CustomScaleLayer":
        return [number(c["scale"])]
    if kind == "LayerScale":
        return [number(c["init_values"])]
    return []


def shape(tensor):
    *rest, channels = tensor.shape[1:]
    return "x".join(map(str, [channels] + rest))


def count(operation):
    """Multiply-adds for one example."""
    kind = type(operation).__name__
    if kind not in ("Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Dense"):
        return sum(count(layer) for layer in operation.layers) if kind == "Sequential" else 0
    inputs, outputs = (np.prod(t.shape[1:], dtype=int) for t in (operation.input, operation.output))
    kernels = [w.shape for w in operation.weights if w.path.endswith("kernel")]
    if kind == "Dense":
        return int(inputs * kernels[0][1])
    pixels = int(np.prod(operation.output.shape[1:3]))
    return sum(pixels * int(np.prod(kernel)) for kernel in kernels)


def lines(model, prefix=""):
    found = []
    for operation in getattr(model, "_functional", model).operations:
        kind = type(operation).__name__
        if kind == "InputLayer":
            continue
        node = operation._inbound_nodes[0]
        makers = [t._keras_history.operation for t in node.input_tensors]
        sources = ["input" if type(m).__name__ == "InputLayer" else m.name for m in makers]
        weights = getattr(operation, "weights", [])
        parts = options(operation) if isinstance(operation, keras.layers.Layer) else []
        # `x + 3` and `x * (1 / 6)` are operations of Keras, and layers here.
        if not isinstance(operation, keras.layers.Layer) and len(sources) == 1:
            value = [float(a) for a in list(node.arguments.args) + list(node.arguments.kwargs.values())
                     if isinstance(a, (int, float)) and not isinstance(a, bool)][0]
            parts = [number(1), number(value)] if kind == "Add" else [number(value), number(0)]
            kind = "Rescaling"
        parameters = sum(int(np.prod(w.shape)) for w in weights if not w.path.endswith("count"))
        found.append(" ".join(
            [prefix + operation.name, kind] + parts + [shape(operation.output), str(parameters), ",".join(sources)]))
        if kind == "Sequential":
            found += lines(operation, prefix + operation.name + "/")
    return found


def checksum(line):
    """FNV-1a, folded to 16 bits."""
    value = 0x811C9DC5
    for byte in line.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value >> 16 ^ value & 0xFFFF


def build(name, arguments):
    keras.backend.clear_session()
    with keras.StatelessScope():
        return getattr(keras.applications, name)(**{"weights": None, **arguments})


def description(name, arguments):
    model = build(name, arguments)
    found = sorted(lines(model))
    weights = sum(int(np.prod(w.shape)) for w in model.weights if not w.path.endswith("count"))
    return found, {
        "layers": "".join("%04x" % checksum(line) for line in found),
        "parameters": weights, "multiplyAdds": sum(count(layer) for layer in model.layers),
    }


def preprocessing():
    """Keras's preprocess_input on four colours, as red, green and blue values."""
    pixels = np.array([[0, 1, 2], [255, 254, 253], [10, 128, 200], [77, 3, 250]], np.float32)
    modules = {
        "resnet": "centredBGR", "vgg16": "centredBGR", "resnet_v2": "signedUnit", "mobilenet": "signedUnit",
        "mobilenet_v2": "signedUnit", "mobilenet_v3": "bytes", "efficientnet": "bytes", "efficientnet_v2": "bytes",
        "densenet": "standardized", "convnext": "bytes", "xception": "signedUnit", "inception_v3": "signedUnit",
        "inception_resnet_v2": "signedUnit", "nasnet": "signedUnit",
    }
    results = {}
    for module, mode in modules.items():
        result = getattr(keras.applications, module).preprocess_input(pixels.copy().reshape(1, 2, 2, 3)).reshape(4, 3)
        values = [[float(x) for x in pixel] for pixel in result]
        assert results.setdefault(mode, values) == values, module
    return {"pixels": pixels.tolist(), "results": results}


def main():
    # MobileNetV3 has no size of its own in Keras.
    sizes = {name: {"input_shape": (224, 224, 3)} for name in VARIANTS if "NetV3" in name}
    cases = {name: (name, sizes.get(name, {})) for name in VARIANTS} | OPTIONS
    # The weights of ImageNet change the graph of EfficientNet. They are not downloaded.
    keras.src.utils.file_utils.get_file = lambda *_, **__: None
    keras.Model.load_weights = lambda *_, **__: None
    if len(sys.argv) > 1:
        print("\n".join(description(*cases[sys.argv[1]])[0]))
        return
    networks = {}
    for case, arguments in cases.items():
        networks[case] = description(*arguments)[1]
        print(case, networks[case]["parameters"], flush=True)
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "networks.json")
    with open(path, "w") as file:
        json.dump({"preprocessing": preprocessing(), "networks": networks}, file, indent=1)
        file.write("\n")


main()
