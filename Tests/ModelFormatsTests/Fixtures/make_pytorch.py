"""Makes a network of PyTorch, its weights as .safetensors, an input and what the network answers.

Run anywhere; needs torch, numpy and safetensors.
"""

import os

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import nn

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "PyTorch"))
torch.manual_seed(1)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(6)
        self.conv2 = nn.Conv2d(6, 4, 2, groups=2)
        self.fc1 = nn.Linear(24, 5)
        self.fc2 = nn.Linear(5, 3)

    def forward(self, x):
        x = nn.functional.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 2)
        return self.fc2(torch.relu(self.fc1(self.conv2(x).flatten(1))))


network = Network()
with torch.no_grad():
    for name, buffer in network.named_buffers():
        if "running" in name:
            buffer.uniform_(0.5, 1.5)
    for name, parameter in network.named_parameters():
        if name.startswith("bn1"):
            parameter.uniform_(0.5, 1.5)
    network.eval()
    x = torch.rand(3, 3, 8, 7)
    np.save("network.x.npy", x.numpy())
    np.save("network.y.npy", network(x).numpy())
save_file({name: tensor.numpy() for name, tensor in network.state_dict().items()}, "network.safetensors")
