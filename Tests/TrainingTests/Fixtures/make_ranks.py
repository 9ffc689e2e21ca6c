"""Writes ranks.json: the losses of a training that PyTorch's DistributedDataParallel shares between two processes.

    python Tests/TrainingTests/Fixtures/make_ranks.py

Made with PyTorch 2.15.0 on the processor, with gloo. The weights, the images and their order are those that the tests make.
"""

import json
import os
import pathlib
import socket
import sys

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import nn

from hashed import hashed

RANKS, BATCH, STEPS, COUNT = 2, 12, 20, 48


def network():
    """As in the tests: no biases behind which a normalization follows, weights by their numbers in the model."""
    model = nn.Sequential(
        nn.Conv2d(3, 6, 3, padding="same", bias=False), nn.BatchNorm2d(6, eps=1e-3, momentum=0.01), nn.ReLU(),
        nn.Conv2d(6, 6, 3, padding="same", bias=False), nn.BatchNorm2d(6, eps=1e-3, momentum=0.01), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 3))
    with torch.no_grad():
        model[0].weight.copy_(torch.tensor(hashed(100, (6, 3, 3, 3), 0.4)))
        model[3].weight.copy_(torch.tensor(hashed(101, (6, 6, 3, 3), 0.4)))
        model[8].weight.copy_(torch.tensor(hashed(102, (6, 3), 0.8)).T)
        model[8].bias.zero_()
    return model


def train(rank, port, compresses, results):
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=RANKS)
    model = nn.parallel.DistributedDataParallel(network())
    if compresses:
        from torch.distributed.algorithms.ddp_comm_hooks import default_hooks
        model.register_comm_hook(None, default_hooks.bf16_compress_hook)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    images = torch.tensor(hashed(5, (COUNT, 3, 8, 8), 1))
    labels = torch.tensor([i * 7 % 3 for i in range(COUNT)])
    losses = []
    for step in range(STEPS):
        first = step * BATCH % COUNT + rank * BATCH // RANKS
        rows = slice(first, first + BATCH // RANKS)
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images[rows]), labels[rows])
        loss.backward()
        optimizer.step()
        mean = loss.detach().clone()
        dist.all_reduce(mean)
        losses.append(mean.item() / RANKS)
    if rank == 0:
        results.put(losses)
    dist.destroy_process_group()


def losses(compresses):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    context = torch.multiprocessing.get_context("spawn")
    results = context.SimpleQueue()
    ranks = [context.Process(target=train, args=(rank, port, compresses, results)) for rank in range(RANKS)]
    for rank in ranks:
        rank.start()
    values = results.get()
    for rank in ranks:
        rank.join()
    return values


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    found = {"float32": losses(False), "bfloat16": losses(True)}
    pathlib.Path(__file__).with_name("ranks.json").write_text(json.dumps(found, indent=1) + "\n")
