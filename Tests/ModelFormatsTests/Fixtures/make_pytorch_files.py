"""Makes the files of PyTorch that the reader of pickles is tested with, and what they hold as NumPy arrays.

Usage: make_pytorch_files.py FOLDER. Needs torch 2.3 or later and numpy.
"""

import argparse
import os
import sys
import zipfile
from collections import OrderedDict

import numpy as np
import torch

os.chdir(sys.argv[1])
torch.manual_seed(1)


def save(content, name):
    torch.save(content, f"{name}.pth")
    torch.save(content, f"{name}.old.pth", _use_new_zipfile_serialization=False)


# Views of one storage, and numbers of every type.
base = torch.randn(4, 6)
kinds = OrderedDict(
    whole=base, turned=base.t(), part=base[1:3, 2:5], steps=base[::2, ::3], spread=base[0, :1].expand(3, 2),
    row=base[2], parameter=torch.nn.Parameter(torch.randn(3)), scalar=torch.tensor(2.5), none=torch.zeros(0, 3),
    half=torch.randn(5).half(), bfloat16=torch.randn(5).bfloat16(), double=torch.randn(5).double(),
    uint8=torch.arange(250, 256).to(torch.uint8), int8=torch.arange(-3, 3).to(torch.int8),
    int16=torch.tensor([-300, 300]).short(), int32=torch.tensor([-70000, 70000]).int(),
    int64=torch.tensor([-(1 << 40), 1 << 40]), bool=torch.tensor([True, False, True]),
)
save(kinds, "kinds")
np.savez("kinds.npz", **{name: tensor.detach().float().numpy() for name, tensor in kinds.items()})
newer = {"uint16": torch.tensor([1, 65535], dtype=torch.uint16), "uint32": torch.tensor([1 << 31], dtype=torch.uint32)}
torch.save(newer, "newer.pth")
torch.save(kinds, "protocol4.pth", pickle_protocol=4)
torch.save(kinds, "protocol4.old.pth", pickle_protocol=4, _use_new_zipfile_serialization=False)

# The same on a machine that puts the highest byte first: PyTorch reads it alike.
widths = {"half": 2, "bfloat16": 2, "double": 8, "uint8": 1, "int8": 1, "int16": 2, "int32": 4, "int64": 8, "bool": 1}
with zipfile.ZipFile("kinds.pth") as archive, zipfile.ZipFile("big.pth", "w") as other:
    # Storages are numbered in the order of their first tensor; all views above share the first one.
    first = {}
    for name, tensor in kinds.items():
        first.setdefault(tensor.untyped_storage().data_ptr() or name, name)
    order = list(first.values())
    for entry in archive.namelist():
        content = archive.read(entry)
        if "/data/" in entry:
            number = int(entry.rsplit("/", 1)[1])
            width = widths.get(order[number], 4)
            content = np.frombuffer(content, np.uint8).reshape(-1, width)[:, ::-1].tobytes()
        if entry.endswith("/byteorder"):
            content = b"big"
        other.writestr(entry, content)
for name, tensor in torch.load("big.pth").items():
    assert torch.equal(tensor, kinds[name]), name

# Checkpoints.
net = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
optimizer = torch.optim.Adam(net.parameters())
net(torch.randn(4, 3)).sum().backward()
optimizer.step()
save(
    {
        "epoch": 3, "arch": "small", "state_dict": torch.nn.DataParallel(net).state_dict(),
        "best_acc1": torch.tensor(71.5), "optimizer": optimizer.state_dict(), "args": argparse.Namespace(lr=0.1),
        "score": np.float64(0.5),
    },
    "checkpoint")
torch.save({"generator": net.state_dict(), "discriminator": net.state_dict()}, "two.pth")
torch.save({"model": {"state_dict": net.state_dict()}}, "inner.pth")

# What is no state dict. The old form of a whole module would hold the text of PyTorch's source.
torch.save(net, "module.pth")
torch.save(torch.ones(2), "tensor.pth")
torch.save({"epoch": 3}, "empty.pth")


class Twice(torch.nn.Module):
    def forward(self, x):
        return 2 * x


torch.jit.script(Twice()).save("script.pt")
