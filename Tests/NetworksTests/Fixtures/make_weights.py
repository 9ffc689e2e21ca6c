#!/usr/bin/env python3
"""Makes the fixture of how published weights want photos, weights.json: what torchvision and timm say of them.

    python make_weights.py

Needs: torchvision, timm. No weights are downloaded.
"""
import json, os
import timm
from timm.models import get_pretrained_cfg
from torchvision.models import get_model_weights

HERE = os.path.dirname(os.path.abspath(__file__))
TORCHVISION = {
    "ResNet18": "resnet18", "ResNet34": "resnet34", "ResNet50": "resnet50", "ResNet101": "resnet101", "ResNet152": "resnet152",
    "MobileNetV2": "mobilenet_v2", "MobileNetV3Small": "mobilenet_v3_small", "MobileNetV3Large": "mobilenet_v3_large",
    **{f"DenseNet{n}": f"densenet{n}" for n in (121, 161, 169, 201)},
    **{f"VGG{n}": f"vgg{n}" for n in (11, 13, 16, 19)}, **{f"VGG{n}BN": f"vgg{n}_bn" for n in (11, 13, 16, 19)},
    **{f"ConvNeXt{s}": f"convnext_{s.lower()}" for s in ("Tiny", "Small", "Base", "Large")},
    **{f"EfficientNetB{n}": f"efficientnet_b{n}" for n in range(8)}}
TIMM = {
    **{f"torchvision-ResNet{n}": f"resnet{n}" for n in (18, 34, 50, 101, 152)},
    "torchvision-MobileNetV2": "mobilenetv2_100", "torchvision-MobileNetV3Small": "mobilenetv3_small_100",
    "torchvision-MobileNetV3Large": "mobilenetv3_large_100",
    **{f"torchvision-DenseNet{n}": f"densenet{n}" for n in (121, 161, 169, 201)},
    **{f"torchvision-VGG{n}": f"vgg{n}" for n in (11, 13, 16, 19)},
    **{f"torchvision-VGG{n}BN": f"vgg{n}_bn" for n in (11, 13, 16, 19)},
    **{f"torchvision-ConvNeXt{s}": f"convnext_{s.lower()}" for s in ("Tiny", "Small", "Base", "Large", "XLarge")},
    **{f"torchvision-EfficientNetB{n}": f"efficientnet_b{n}" for n in range(5)},  # the larger ones have TensorFlow's padding
    **{f"EfficientNet-Lite{n}": f"tf_efficientnet_lite{n}" for n in range(5)}}

entries = []
for network, name in TORCHVISION.items():
    for weights in get_model_weights(name):
        if not weights.name.startswith("IMAGENET1K_V"):
            continue
        preset = weights.transforms()
        entries.append({
            "network": f"torchvision-{network}", "origin": "torchvision", "name": weights.name, "size": preset.crop_size[0],
            "side": preset.resize_size[0], "filter": preset.interpolation.value, "mean": preset.mean, "deviation": preset.std})
for network, name in TIMM.items():
    config = get_pretrained_cfg(name)
    size = config.input_size[1]
    entries.append({
        "network": network, "origin": "timm", "name": f"{name}.{config.tag}", "size": size, "crop": config.crop_pct,
        "filter": config.interpolation, "mean": list(config.mean), "deviation": list(config.std)})
json.dump(entries, open(os.path.join(HERE, "weights.json"), "w"), indent=0)
