"""Makes ONNX files with PyTorch or Keras, an input of each and what the network computes.

Usage: make_onnx.py torch|keras|nodes               the small networks of the folder ONNX
       make_onnx.py torch|keras --networks FOLDER   ResNet-18 and -50, MobileNetV2 and others, for `make test-onnx`

`torch` needs torch, torchvision, onnx and onnxscript; `keras` needs keras, tensorflow and tf2onnx; `nodes`, which writes what
neither of them does, onnx and onnxruntime. PyTorch's two exporters write NAME.script.onnx and NAME.dynamo.onnx. All weights are
random.
"""

import os
import sys
import warnings

import numpy as np

maker, networks = sys.argv[1], sys.argv[2:3] == ["--networks"]
folder = sys.argv[3] if networks else os.path.join(os.path.dirname(os.path.abspath(__file__)), "ONNX")
os.makedirs(folder, exist_ok=True)
warnings.filterwarnings("ignore")


def save(name, x, y):
    np.save(os.path.join(folder, f"{name}.x.npy"), x.astype("float32"))
    np.save(os.path.join(folder, f"{name}.y.npy"), y.astype("float32"))


def shorten(path, renames=False):
    """Takes out where in a program each node comes from, which is most of a small file, and with renames the long names too."""
    import onnx

    model = onnx.load(path)
    for item in [*model.graph.node, *model.graph.value_info, *model.graph.initializer, model.graph]:
        del item.metadata_props[:]
        item.doc_string = ""
    if renames:
        names = {end.name: end.name for end in [*model.graph.input, *model.graph.output]} | {"": ""}
        for item in model.graph.initializer:
            item.name = names.setdefault(item.name, f"v{len(names)}")
        for node in model.graph.node:
            node.name = ""
            for ends in (node.input, node.output):
                ends[:] = [names.setdefault(name, f"v{len(names)}") for name in ends]
        del model.graph.value_info[:]
    onnx.save(model, path)


def make_torch():
    import torch
    from torch import nn
    from torch.nn import functional

    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False)
            self.norm = nn.BatchNorm2d(8)
            self.conv = nn.Conv2d(8, 8, 3, padding=1, bias=False)
            self.norm2 = nn.BatchNorm2d(8)
            self.head = nn.Linear(8, 5)

        def forward(self, x):
            x = functional.max_pool2d(functional.relu(self.norm(self.stem(x))), 3, 2, 1)
            x = functional.relu(self.norm2(self.conv(x)) + x)
            return functional.softmax(self.head(torch.flatten(functional.adaptive_avg_pool2d(x, 1), 1)), dim=1)

    class Mobile(nn.Module):
        def __init__(self):
            super().__init__()
            self.expand = nn.Conv2d(4, 12, 1)
            self.depthwise = nn.Conv2d(12, 12, 3, padding=1, groups=12)
            self.squeeze, self.excite = nn.Conv2d(12, 3, 1), nn.Conv2d(3, 12, 1)
            self.project = nn.Conv2d(12, 4, 1)
            self.activations = nn.ModuleList([nn.GELU(), nn.Mish(), nn.SiLU(), nn.Hardswish(), nn.PReLU(4)])

        def forward(self, x):
            y = functional.hardswish(self.depthwise(functional.relu6(self.expand(x))))
            y = y * functional.hardsigmoid(self.excite(functional.relu(self.squeeze(y.mean((2, 3), keepdim=True)))))
            x = functional.avg_pool2d(x + self.project(y), 3, 2, 1)
            for activation in self.activations:
                x = activation(x)
            x = functional.interpolate(x, scale_factor=2, mode="nearest")
            return torch.cat([x.flatten(1), functional.gelu(x, approximate="tanh").flatten(1)], 1)

    class Sequence(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv1d(4, 6, 3, padding=1)
            self.lstm = nn.LSTM(6, 5, batch_first=True, bidirectional=True)
            self.gru = nn.GRU(10, 4, batch_first=True)
            self.norm = nn.LayerNorm(4)
            self.head = nn.Linear(4, 3)

        def forward(self, x):
            x = functional.leaky_relu(self.conv(x.transpose(1, 2)).transpose(1, 2), 0.2)
            x = self.gru(self.lstm(x)[0])[0]
            return self.head(self.norm(x))[:, -1]

    class Transformer(nn.Module):
        """Patches with a class token and two kinds of attention: over all, and inside shifted windows."""

        def __init__(self):
            super().__init__()
            self.patches = nn.Conv2d(3, 8, 4, 4)
            self.token, self.places = nn.Parameter(torch.randn(1, 1, 8)), nn.Parameter(torch.randn(1, 17, 8))
            self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, 0, "gelu", batch_first=True), 2)
            self.keys, self.mixed = nn.Linear(8, 24), nn.Linear(8, 8)
            self.head = nn.Linear(8, 5)

        def windows(self, x):
            x = torch.roll(x.reshape(-1, 4, 4, 8), (-1, -1), (1, 2))
            x = x.view(-1, 2, 2, 2, 2, 8).permute(0, 1, 3, 2, 4, 5).reshape(-1, 4, 8)
            q, k, v = self.keys(x).reshape(-1, 4, 3, 2, 4).permute(2, 0, 3, 1, 4)
            x = functional.softmax(q * 0.5 @ k.transpose(-2, -1), -1) @ v
            x = self.mixed(x.transpose(1, 2).reshape(-1, 4, 8))
            x = x.view(-1, 2, 2, 2, 2, 8).permute(0, 1, 3, 2, 4, 5).reshape(-1, 4, 4, 8)
            return torch.roll(x, (1, 1), (1, 2)).flatten(1, 2)

        def forward(self, x):
            x = self.patches(x).flatten(2).transpose(1, 2)
            x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.places
            x = self.encoder(x)
            return self.head(x[:, 0] + self.windows(x[:, 1:]).mean(1))

    class Pictures(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.last = nn.Conv2d(3, 8, 3), nn.Conv2d(2, 3, 3, padding=1, padding_mode="circular")

        def forward(self, x):
            y = self.last(functional.pixel_shuffle(functional.relu(self.conv(x)), 2))
            y = functional.pad(functional.pad(y, (1, 2, 3, 0), mode="reflect"), (0, 1, 1, 2), mode="replicate")
            z = functional.interpolate(functional.pixel_unshuffle(x, 2), size=(7, 10), mode="nearest")
            z = functional.pad(z, (1, 0), value=0.5).flip(3)
            return torch.cat([y.flatten(1), z.flatten(1), x.argmax(1).flatten(1).float()], 1)

    class Volumes(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.norm = nn.Conv3d(2, 6, 3, stride=(1, 2, 1), padding=1), nn.BatchNorm3d(6)
            self.grouped, self.head = nn.Conv3d(6, 4, 2, groups=2), nn.Linear(4, 3)

        def forward(self, x):
            x = functional.max_pool3d(functional.relu(self.norm(self.conv(x))), 2, 1)
            x = functional.avg_pool3d(self.grouped(x), (1, 2, 2), 1)
            return self.head(functional.adaptive_avg_pool3d(x, 1).flatten(1))

    class Last(nn.Module):
        """The last state of a recurrent layer, as most classifiers of sequences take it."""

        def __init__(self):
            super().__init__()
            self.lstm, self.head = nn.LSTM(4, 5, batch_first=True), nn.Linear(5, 3)

        def forward(self, x):
            return self.head(self.lstm(x)[1][0][-1])

    class Numbers(nn.Module):
        def __init__(self):
            super().__init__()
            self.keys = nn.Linear(4, 12)

        def forward(self, x):
            q, k, v = self.keys(x).chunk(3, -1)
            mask = torch.triu(torch.ones(7, 7), diagonal=1) > 0
            y = functional.softmax((q @ k.transpose(1, 2)).masked_fill(mask, -1e9), -1) @ v
            z = torch.where((x > 0.2) & (x <= 0.7) | (x > 0.9), torch.sin(x), torch.cos(3 * x)) + torch.erf(x)
            z = z + torch.floor(3 * x) * torch.ceil(2 * x) + torch.round(4 * x) + torch.sign(x - 0.5) + torch.atan(x)
            z = z + torch.where(mask[:, :4], x, -x) + (x + 0.1) ** 1.7 + x.std(1, keepdim=True)
            return torch.cat([functional.normalize(y, dim=-1), z, x[:, :, :1].expand(-1, -1, 4)], -1).flatten(1)

    class Windows(nn.Module):
        """Attention inside shifted windows, with a mask that is made by assignments, as in the Swin transformer."""

        def __init__(self):
            super().__init__()
            from torchvision.models.swin_transformer import ShiftedWindowAttention

            self.patches, self.norm, self.head = nn.Conv2d(3, 8, 2, 2), nn.LayerNorm(8), nn.Linear(8, 5)
            self.shifted = ShiftedWindowAttention(8, [2, 2], [1, 1], 2)

        def forward(self, x):
            x = self.patches(x).permute(0, 2, 3, 1)
            return self.head((x + self.shifted(self.norm(x))).mean((1, 2)))

    class Words(nn.Module):
        """Numbers of words, of which 0 is padding: their places are counted, and attention and mean leave padding out."""

        def __init__(self):
            super().__init__()
            self.words, self.places, self.kinds = nn.Embedding(20, 8), nn.Embedding(10, 8), nn.Embedding(2, 8)
            self.encoder = nn.TransformerEncoderLayer(8, 2, 16, 0, batch_first=True)
            self.head = nn.Linear(8, 3)
            self.register_buffer("kind", torch.zeros(1, 9, dtype=torch.long))

        def forward(self, x):
            isWord = x.ne(0)
            place = torch.cumsum(isWord.int(), 1).long() * isWord.long() + 1
            kind = self.kind[:, : x.shape[1]].expand(x.shape[0], -1)
            y = self.words(x) + self.places(place) + self.kinds(kind)
            y = self.encoder(y, src_key_padding_mask=~isWord)
            weights = isWord.unsqueeze(-1).float()
            return self.head((y * weights).sum(1) / weights.sum(1).clamp(min=1))

    models = {
        "torch_residual": (Residual(), (3, 16, 12)), "torch_mobile": (Mobile(), (4, 9, 8)), "torch_sequence": (Sequence(), (7, 4)),
        "torch_transformer": (Transformer(), (3, 16, 16)), "torch_pictures": (Pictures(), (3, 8, 6)),
        "torch_volumes": (Volumes(), (2, 6, 9, 8)), "torch_last": (Last(), (7, 4)), "torch_numbers": (Numbers(), (7, 4)),
        "torch_windows": (Windows(), (3, 10, 12)), "torch_words": (Words(), (7,)),
    }
    if networks:
        import torchvision

        names = "resnet18 resnet50 mobilenet_v2 mobilenet_v3_small efficientnet_b0 densenet121 vgg11 googlenet squeezenet1_0"
        names += " shufflenet_v2_x0_5 convnext_tiny vit_b_32 swin_t swin_v2_t regnet_y_400mf mnasnet0_5 inception_v3 maxvit_t"
        options = {name: {"aux_logits": False, "init_weights": True} for name in ("googlenet", "inception_v3")}
        models = {
            name: (getattr(torchvision.models, name)(weights=None, **options.get(name, {})), (3, *2 * [224 if name in ("vit_b_32", "vgg11", "maxvit_t") else 96]))
            for name in names.split()
        }
    for name, (model, shape) in models.items():
        torch.manual_seed(1)
        for layer in model.modules():
            if isinstance(layer, (nn.BatchNorm2d, nn.BatchNorm3d)):
                layer.running_mean.normal_(0, 0.1)
                layer.running_var.uniform_(0.5, 1.5)
            # The head of torchvision's transformers, behind which everything would be 0.
            if isinstance(layer, nn.Linear) and not layer.weight.any():
                nn.init.normal_(layer.weight, std=0.02)
        model.eval()
        x = torch.rand(2, *shape)
        if name == "torch_words":
            x = torch.tensor([[3, 7, 1, 19, 4, 2, 11], [5, 9, 14, 2, 0, 0, 0]])
        with torch.no_grad():
            save(name, x.numpy(), model(x).numpy())
        path = os.path.join(folder, name)
        ends = {"input_names": ["input"], "output_names": ["output"]}
        torch.onnx.export(model, (x,), f"{path}.script.onnx", dynamo=False, dynamic_axes={"input": {0: "N"}}, **ends)
        if name in ("torch_windows", "torch_words"):
            shorten(f"{path}.script.onnx", renames=True)
        if name != "torch_sequence":
            batch = ({0: torch.export.Dim("batch")},)
            torch.onnx.export(model, (x,), f"{path}.dynamo.onnx", dynamo=True, dynamic_shapes=batch, external_data=False, **ends)
            shorten(f"{path}.dynamo.onnx")


def make_keras():
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras
    from keras import layers

    keras.utils.set_random_seed(1)

    def image():
        inputs = keras.Input((16, 12, 3))
        x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
        x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(x)
        x = layers.ReLU(6.0)(layers.BatchNormalization()(x))
        y = layers.SeparableConv2D(8, 3, padding="same", activation="swish")(x)
        y = layers.Multiply()([y, layers.Reshape((1, 1, 8))(layers.Dense(8, "sigmoid")(layers.GlobalAveragePooling2D()(y)))])
        x = layers.BatchNormalization()(layers.Concatenate()([x, y]))
        x = layers.Flatten()(layers.AveragePooling2D(2)(layers.LeakyReLU(negative_slope=0.1)(x)))
        return keras.Model(inputs, layers.Dense(5, activation="softmax")(layers.Dropout(0.2)(x)))

    def pixels():
        inputs = keras.Input((8, 8, 3))
        a = layers.Conv2D(4, 3, padding="same", activation="elu")(inputs)
        b = layers.MaxPooling2D()(a)
        c = layers.Conv2DTranspose(4, 2, strides=2, activation="tanh")(b)
        x = layers.Concatenate()([layers.ZeroPadding2D(1)(a), layers.ZeroPadding2D(1)(c)])
        return keras.Model(inputs, layers.Conv2D(2, 1, activation="softmax")(layers.Cropping2D(1)(x)))

    def sequence():
        inputs = keras.Input((9, 4))
        x = layers.Conv1D(6, 3, padding="same", activation="relu")(inputs)
        x = layers.Dense(5, activation="tanh")(layers.LSTM(5, return_sequences=True)(x))
        return keras.Model(inputs, layers.Dense(3, activation="softmax")(layers.GlobalAveragePooling1D()(x)))

    models = {"keras_image": image, "keras_pixels": pixels, "keras_sequence": sequence}
    if networks:
        kinds = ["MobileNetV2", "ResNet50", "MobileNetV3Small", "DenseNet121", "NASNetMobile", "Xception"]
        models = {
            f"keras_{kind}": lambda kind=kind: getattr(keras.applications, kind)(
                weights=None, input_shape=(96, 96, 3), classes=10)
            for kind in kinds
        }
    for name, make in models.items():
        model = make()
        for index, variable in enumerate(model.variables):
            numbers = np.random.default_rng(index)
            if "moving_mean" in variable.path or variable.path.endswith("beta"):
                variable.assign(numbers.normal(0, 0.1, variable.shape))
            if "moving_variance" in variable.path or variable.path.endswith("gamma"):
                variable.assign(numbers.uniform(0.5, 1.5, variable.shape))
        x = np.random.default_rng(1).random((2, *model.input_shape[1:]), dtype="float32")
        save(name, x, model.predict(x, verbose=0))
        model.export(os.path.join(folder, f"{name}.onnx"), format="onnx", verbose=False)


def make_nodes():
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    random = np.random.default_rng(1)

    def write(name, nodes, weights, x_shape, y_shape):
        """A graph, three examples, and what onnxruntime makes of them."""
        ends = [helper.make_tensor_value_info(*end) for end in [("x", TensorProto.FLOAT, x_shape), ("y", TensorProto.FLOAT, y_shape)]]
        graph = helper.make_graph(nodes, name.removeprefix("nodes_"), ends[:1], ends[1:], weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        with open(os.path.join(folder, f"{name}.onnx"), "wb") as file:
            file.write(model.SerializeToString())
        x = random.normal(0, 1, (3, *x_shape[1:])).astype("float32")
        save(name, x, onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"x": x})[0])

    # An attention of two heads, whose equations have their letters in several orders; then products without a new letter and
    # with the weight in front.
    steps = [
        ("btd,dhk->bhtk", ["x", (4, 2, 3)], "q"), ("btd, hkd -> bhtk", ["x", (2, 3, 4)], "k"), ("btd,dhk", ["x", (4, 2, 3)], "v"),
        ("bhik,bhjk->bhij", ["q", "k"], "scores"), ("bhij,bhkj->bihk", ["scores", "v"], "mixed"),
        ("bihk,hkd->bid", ["mixed", (2, 3, 5)], "heads"), ("ed,bid->bie", [(5, 5), "heads"], "rows"),
        ("bie,e->bi", ["rows", (5,)], "sums"),
    ]
    nodes, weights = [], [numpy_helper.from_array(np.array([2]), "last")]
    for equation, factors, result in steps:
        names = []
        for factor in factors:
            names.append(f"w{len(weights)}" if isinstance(factor, tuple) else factor)
            if isinstance(factor, tuple):
                weights.append(numpy_helper.from_array(random.normal(0, 0.5, factor).astype("float32"), names[-1]))
        nodes.append(helper.make_node("Einsum", names, [result], name=result, equation=equation))
    nodes += [
        helper.make_node("Unsqueeze", ["sums", "last"], ["column"], name="column"),
        helper.make_node("Mul", ["rows", "column"], ["product"], name="product"),
        helper.make_node("Einsum", ["product"], ["y"], name="turned", equation="bie->bei"),
    ]
    write("nodes_einsum", nodes, weights, ["N", 6, 4], ["N", 5, 6])

    # A view by strides, as PyTorch's exporter writes as_strided: of each example some elements, in two axes.
    places = np.array([[[0, 3], [23, 4], [7, 1]]])
    weights = [
        numpy_helper.from_array(np.array(value), name)
        for name, value in [("all", [-1]), ("zero", 0), ("one", 1), ("size", 24), ("axes", [1, 2]), ("places", places)]
    ]
    nodes = [
        helper.make_node("Shape", ["x"], ["length"], start=0, end=1), helper.make_node("Squeeze", ["length"], ["count"]),
        helper.make_node("Range", ["zero", "count", "one"], ["numbers"]), helper.make_node("Mul", ["numbers", "size"], ["starts"]),
        helper.make_node("Unsqueeze", ["starts", "axes"], ["columns"]), helper.make_node("Add", ["places", "columns"], ["indices"]),
        helper.make_node("Reshape", ["x", "all"], ["elements"]), helper.make_node("Gather", ["elements", "indices"], ["y"]),
    ]
    write("nodes_strides", nodes, weights, ["N", 4, 3, 2], ["N", 3, 2])

    # What the exporters write seldom, of values [N, 5, 4]; all results in one list.
    weights = [
        numpy_helper.from_array(np.array(value), name)
        for name, value in [
            ("two", [2]), ("axis", 1), ("last", -1), ("depth", [5]), ("ends", np.array([0.25, 2], "float32")), ("shift", 1),
            ("bound", np.array(0.3, "float32")), ("first", [1]), ("three", [3]), ("all", [0, -1]),
            ("spots", [[0, 3], [1, -1]]), ("mask", np.zeros((5, 4), "float32")), ("stamps", np.array([7, 8], "float32")),
            ("rows", [[1, 0], [3, 3]]), ("holds", np.array([True, False, True, True])), ("nan", np.array(np.nan, "float32")),
        ]
    ]
    nodes, results = [], []

    def node(operation, inputs, result, whole=False, **options):
        """A node whose result is one of all, cast to numbers if it is whole numbers or truth values."""
        nodes.append(helper.make_node(operation, inputs, result, name=result[0], **options))
        for name in result:
            if whole or name == "places":
                nodes.append(helper.make_node("Cast", [name], [f"{name}_number"], name=f"{name}_number", to=1))
            results.append(f"{name}_number" if whole or name == "places" else name)

    node("TopK", ["x", "two"], ["top", "places"], axis=1)
    node("TopK", ["x", "two"], ["least", "least_rows"], largest=0)
    results.remove("least_rows")
    node("CumSum", ["x", "axis"], ["sums"])
    node("CumSum", ["x", "last"], ["sums_back"], exclusive=1, reverse=1)
    nodes.append(helper.make_node("Unsqueeze", ["x", "three"], ["image"], name="image"))
    node("LRN", ["image"], ["response"], size=3, alpha=0.2, beta=0.6, bias=1.5)
    node("ReduceProd", ["x"], ["product"], axes=[1])
    node("ReduceLogSum", ["squares"], ["log_sum"], axes=[1, 2])
    node("ArgMin", ["x"], ["least_place"], whole=True, axis=2)
    node("OneHot", ["least_place", "depth", "ends"], ["hot"], axis=2)
    node("Trilu", ["x", "shift"], ["upper"])
    node("Less", ["x", "bound"], ["is_less"], whole=True)
    node("Xor", ["is_less", "holds"], ["differs"], whole=True)
    node("And", ["is_less", "holds"], ["both"], whole=True)
    node("Or", ["holds", "differs"], ["either"], whole=True)
    node("Where", ["is_less", "nan", "x"], ["holed"])
    node("IsNaN", ["holed"], ["is_hole"], whole=True)
    results.remove("holed")
    node("Gather", ["x", "rows"], ["gathered"], axis=1)
    node("ScatterND", ["mask", "spots", "stamps"], ["stamped"])
    results.remove("stamped")
    node("Add", ["x", "stamped"], ["added"])
    node("Sinh", ["x"], ["curved"])
    node("ReduceSum", ["least_place", "first"], ["whole_sum"], whole=True)
    nodes.insert(0, helper.make_node("Mul", ["x", "x"], ["squares"], name="squares"))
    for result in results:
        nodes.append(helper.make_node("Reshape", [result, "all"], [f"{result}_row"], name=f"{result}_row"))
    nodes.append(helper.make_node("Concat", [f"{result}_row" for result in results], ["y"], name="y", axis=1))
    write("nodes_more", nodes, weights, ["N", 5, 4], ["N", "M"])


{"torch": make_torch, "keras": make_keras, "nodes": make_nodes}[maker]()
