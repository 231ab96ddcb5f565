"""The record recipe for 99 % on MNIST, in plain PyTorch: the peer that ``sprint`` is beside.

The recipe is that of tuomaso/train_mnist_fast (0.76 s on a GTX 1660 Ti, 99.04 ± 0.07 %), written
anew from its description: two convolutions, each pooled before its ReLU, and two dense layers; one
epoch in batches of 256 in the stored order, Adam with betas (0.7, 0.9), and PyTorch's one-cycle up
to 1e-2; the images stay in memory as normalized fp32 tensors.

As a script it is a contender (see ``_contender.py``); its command ``train`` is timed from images
in memory as bytes to the trained network.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

__all__ = ["BATCH", "EPOCHS", "MEAN", "SD", "accuracy", "build", "train"]

BATCH = 256
EPOCHS = 1
RATE = 1e-2
MEAN, SD = 0.1307, 0.3081
"""Of MNIST's training pixels in [0, 1], as PyTorch's example has them."""


def build() -> nn.Sequential:
    """Return the untrained network: float32 [N, 1, 28, 28] to logits [N, 10]."""
    return nn.Sequential(
        nn.Conv2d(1, 24, 5),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Conv2d(24, 32, 3),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(800, 256),
        nn.ReLU(),
        nn.Linear(256, 10),
    )


def normalized(images: torch.Tensor, layout: torch.memory_format) -> torch.Tensor:
    """Return uint8 [N, 28, 28] as normalized float32 [N, 1, 28, 28]."""
    return ((images[:, None].float() / 255 - MEAN) / SD).contiguous(memory_format=layout)


def train(
    images: torch.Tensor, labels: torch.Tensor, seed: int, layout: torch.memory_format
) -> nn.Sequential:
    """Return the network trained on uint8 images [N, 28, 28] and int64 labels [N]."""
    torch.manual_seed(seed)
    network = build().to(memory_format=layout)
    pixels = normalized(images, layout)
    optimizer = torch.optim.Adam(network.parameters(), RATE, (0.7, 0.9), fused=True)
    batches = list(zip(pixels.split(BATCH), labels.split(BATCH), strict=True)) * EPOCHS
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, RATE, total_steps=len(batches), cycle_momentum=False
    )
    for batch, its in batches:
        optimizer.zero_grad()
        cross_entropy(network(batch), its).backward()
        optimizer.step()
        schedule.step()
    return network


@torch.no_grad()
def accuracy(
    network: nn.Sequential, images: torch.Tensor, labels: torch.Tensor, layout: torch.memory_format
) -> float:
    """Return the share of images that the network tells right."""
    parts = normalized(images, layout).split(1000)
    right = torch.cat([network(part).argmax(1) for part in parts]) == labels
    return right.float().mean().item()


def main() -> None:
    from _contender import serve

    with np.load(sys.argv[1]) as file:
        data = {name: torch.from_numpy(file[name]) for name in file.files}
    layouts = {"channels_last": torch.channels_last, "contiguous": torch.contiguous_format}

    def act(seed: int, layout: str, count: int) -> dict[str, Any]:
        chosen = layouts[layout]
        labels = data["y_train"][:count].long()
        began = time.perf_counter()
        network = train(data["x_train"][:count], labels, seed, chosen)
        seconds = time.perf_counter() - began
        share = accuracy(network, data["x_test"], data["y_test"].long(), chosen)
        return {"seconds": seconds, "accuracy": share}

    serve({"versions": {"torch": torch.__version__}}, {"train": act})


if __name__ == "__main__":
    main()
