#!/usr/bin/env python3
"""Times a network in another library, as `divar bench` does in Kilim, and prints a line of the same form.

    peers.py PEER train|predict [--network original] [--batch 32] [--threads 2] [--steps 30] [--warm-up 5] [--size 64]

Random data, since zeros run faster; a step ends when its loss or its output has been read. Networks other than the
original one are those of torchvision and keras.applications, with 1,000 classes.
"""

import argparse
import os
import resource
import time

PEERS = ["torch", "torch-channels-last", "torch-compile", "keras-tensorflow", "keras-jax", "keras-torch",
         "onnxruntime", "openvino", "openvino-f32"]
FILTERS = [64, 128, 256, 512]
# By the name in Keras: the name in torchvision. VGG16 is written below, since torchvision's enlarges small images.
NETWORKS = {"ResNet50": "resnet50", "EfficientNetB0": "efficientnet_b0", "MobileNetV2": "mobilenet_v2", "VGG16": None,
            "DenseNet121": "densenet121", "ConvNeXtTiny": "convnext_tiny"}
BATCHES = 8
# Under `mpirun`: data-parallel training over gloo, with `--batch` examples on each rank.
RANK, RANKS = (int(os.environ.get(f"OMPI_COMM_WORLD_{name}", default)) for name, default in [("RANK", 0), ("SIZE", 1)])


def class_count(options):
    return 11 if options.network == "original" else 1000


def torch_network(options):
    if options.network == "original":
        return torch_original(options.size)
    if options.network == "VGG16":
        return torch_vgg16(options.size)
    return getattr(torchvision_models(), NETWORKS[options.network])(weights=None)


def torchvision_models():
    """The networks of torchvision, also where its compiled operations do not load: these networks use none of them."""
    import sys
    import types

    sys.modules["torchvision._meta_registrations"] = types.ModuleType("torchvision._meta_registrations")
    import torchvision

    return torchvision.models


def torch_vgg16(size):
    from torch import nn

    layers, channels = [], 3
    for filters, count in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]:
        for _ in range(count):
            layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU()]
            channels = filters
        layers.append(nn.MaxPool2d(2))
    features = channels * (size // 32) ** 2
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(features, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(),
                         nn.Linear(4096, 1000))


def torch_original(size):
    from torch import nn

    layers, channels = [], 3
    for filters in FILTERS:
        layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.2),
                   nn.BatchNorm2d(filters, eps=1e-3, momentum=0.01)]
        channels = filters
    features = channels * (size // 16) ** 2
    return nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.2), nn.Linear(features, 32), nn.ReLU(), nn.Dropout(0.2),
                         nn.BatchNorm1d(32, eps=1e-3, momentum=0.01), nn.Linear(32, 11))


def torch_step(options):
    import torch

    torch.set_num_threads(options.threads)
    layout = torch.channels_last if options.peer == "torch-channels-last" else torch.contiguous_format
    model = torch_network(options).to(memory_format=layout)
    images = [torch.rand(options.batch, 3, options.size, options.size).to(memory_format=layout) for _ in range(BATCHES)]
    run = torch.compile(model) if options.peer == "torch-compile" else model
    if RANKS > 1:
        address = os.environ.get("KILIM_STORE", "tcp://127.0.0.1:29511")
        torch.distributed.init_process_group("gloo", init_method=address, rank=RANK, world_size=RANKS)
        run = torch.nn.parallel.DistributedDataParallel(model)
    if options.work == "predict":
        model.eval()

        def predict(index):
            with torch.inference_mode():
                return run(images[index % BATCHES]).softmax(1).numpy()

        return predict
    labels = [torch.randint(0, class_count(options), (options.batch,)) for _ in range(BATCHES)]
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    cross_entropy = torch.nn.CrossEntropyLoss()

    def train(index):
        optimizer.zero_grad(set_to_none=True)
        loss = cross_entropy(run(images[index % BATCHES]), labels[index % BATCHES])
        loss.backward()
        optimizer.step()
        return loss.item()

    return train


def keras_original(shape):
    import keras
    from keras import layers

    stack = []
    for filters in FILTERS:
        stack += [layers.Conv2D(filters, 3, padding="same", activation="relu"), layers.MaxPool2D(2),
                  layers.Dropout(0.2), layers.BatchNormalization()]
    return keras.Sequential([
        keras.Input(shape), *stack, layers.Flatten(), layers.Dropout(0.2), layers.Dense(32, activation="relu"),
        layers.Dropout(0.2), layers.BatchNormalization(), layers.Dense(11, activation="softmax")])


def keras_step(options):
    os.environ["KERAS_BACKEND"] = options.peer.removeprefix("keras-")
    import keras
    import numpy as np

    if options.peer == "keras-torch":
        import torch

        torch.set_num_threads(options.threads)
    shape, classes = (options.size, options.size, 3), class_count(options)
    if options.network == "original":
        model = keras_original(shape)
    else:
        model = getattr(keras.applications, options.network)(weights=None, input_shape=shape, classes=classes)
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    random = np.random.default_rng(0)
    images = [random.random((options.batch, options.size, options.size, 3), np.float32) for _ in range(BATCHES)]
    targets = [np.eye(classes, dtype=np.float32)[random.integers(0, classes, options.batch)] for _ in range(BATCHES)]
    if options.work == "predict":
        return lambda index: model.predict_on_batch(images[index % BATCHES])
    return lambda index: model.train_on_batch(images[index % BATCHES], targets[index % BATCHES])


def runtime_step(options):
    import tempfile

    import numpy as np
    import torch

    network = torch.nn.Sequential(torch_network(options).eval(), torch.nn.Softmax(1))
    shape = (options.batch, 3, options.size, options.size)
    random = np.random.default_rng(0)
    images = [random.random(shape, np.float32) for _ in range(BATCHES)]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "network.onnx")
        torch.onnx.export(network, torch.rand(shape), path, dynamo=False)
        if options.peer == "onnxruntime":
            import onnxruntime

            settings = onnxruntime.SessionOptions()
            settings.intra_op_num_threads = options.threads
            session = onnxruntime.InferenceSession(path, settings, providers=["CPUExecutionProvider"])
            name = session.get_inputs()[0].name
            return lambda index: session.run(None, {name: images[index % BATCHES]})
        import openvino

        settings = {"INFERENCE_NUM_THREADS": options.threads, "PERFORMANCE_HINT": "LATENCY"}
        if options.peer == "openvino-f32":
            settings["INFERENCE_PRECISION_HINT"] = "f32"
        compiled = openvino.Core().compile_model(path, "CPU", settings)
        return lambda index: compiled(images[index % BATCHES])[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("work", choices=["train", "predict"])
    for name, default in [("batch", 32), ("threads", 2), ("steps", 30), ("warm-up", 5), ("size", 64)]:
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--network", choices=["original", *NETWORKS], default="original")
    options = parser.parse_args()
    for variable in ["OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "OPENBLAS_NUM_THREADS"]:
        os.environ[variable] = str(options.threads)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if options.threads == 1:
        processors = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {processors[-1 - RANK % len(processors)]})

    if options.peer.startswith("keras"):
        step = keras_step(options)
    elif options.peer.startswith("torch"):
        step = torch_step(options)
    else:
        step = runtime_step(options)
    for index in range(options.warm_up):
        step(index)
    times = []
    for index in range(options.steps):
        start = time.perf_counter()
        step(index)
        times.append((time.perf_counter() - start) * 1e3)
    times.sort()
    median = (times[(len(times) - 1) // 2] + times[len(times) // 2]) / 2
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if RANK > 0:
        return
    print(f"{options.peer} {options.work} " + (f"ranks={RANKS} " if RANKS > 1 else "") + f"network={options.network} size={options.size}x{options.size} "
          f"batch={options.batch} threads={options.threads} median_ms={median:.2f} quartile_ms={times[len(times) // 4]:.2f} min_ms={times[0]:.2f} "
          f"images_per_s={options.batch * RANKS / median * 1e3:.1f} peak_mb={peak:.0f}")


main()
