"""A plain PyTorch loop as a contender in training: ``_torch_throughput.py DATA.npz WAY``.

WAY is "loader", as tutorials write it: a DataLoader over a TensorDataset; or "memory", as PyTorch's
performance guide has it: tensors in memory and drawn by index, channels last, a fused optimizer.
Commands: ``begin`` builds a recipe's network, ``chunk`` trains it on some images, ``test`` gives
its accuracy.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import final

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

__all__ = ["build"]


def build(name: str) -> nn.Sequential:
    """Return the untrained network of a recipe: float32 [N, 1, 28, 28] to logits [N, 10]."""
    if name == "mlp-512":
        hidden = [nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Dropout(0.2)]
        hidden += [nn.Linear(512, 512), nn.ReLU(), nn.Dropout(0.2)]
        network, start = nn.Sequential(*hidden, nn.Linear(512, 10)), nn.init.xavier_uniform_
    else:
        body: list[nn.Module] = [nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2)]
        if name == "cnn-deep":
            body += [nn.Conv2d(32, 64, 3), nn.ReLU(), nn.Conv2d(64, 64, 3), nn.ReLU()]
            body += [nn.MaxPool2d(2)]
        units = 1024 if name == "cnn-deep" else 5408
        head = [nn.Flatten(), nn.Linear(units, 100), nn.ReLU(), nn.Linear(100, 10)]
        network, start = nn.Sequential(*body, *head), nn.init.kaiming_uniform_
    for layer in network:
        if isinstance(layer, nn.Conv2d | nn.Linear):
            last = layer is network[-1]
            (nn.init.xavier_uniform_ if last else start)(layer.weight)
            nn.init.zeros_(layer.bias)
    return network


def optimizer_for(name: str, network: nn.Module, fast: bool) -> torch.optim.Optimizer:
    """Return the text's optimizer with Keras's constants."""
    if name == "mlp-512":
        return torch.optim.RMSprop(network.parameters(), 1e-3, alpha=0.9, eps=1e-7)
    return torch.optim.SGD(network.parameters(), 0.01, momentum=0.9, fused=fast or None)


def batches(
    images: torch.Tensor, labels: torch.Tensor, size: int, loader: bool
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield shuffled batches."""
    if loader:
        yield from DataLoader(TensorDataset(images, labels), batch_size=size, shuffle=True)
        return
    for index in torch.randperm(len(labels)).split(size):
        yield images[index], labels[index]


@final
class Theirs:
    """One network in training."""

    def __init__(self, path: str, way: str) -> None:
        with np.load(path) as file:
            data = {key: torch.from_numpy(file[key]) for key in file.files}
        self._loader = way == "loader"
        self._layout = torch.contiguous_format if self._loader else torch.channels_last
        self._train, self._test = (
            data[key][:, None].float() / 255 for key in ("x_train", "x_test")
        )
        self._labels, self._truth = data["y_train"].long(), data["y_test"].long()
        self._network: nn.Sequential
        self._optimizer: torch.optim.Optimizer
        self._batch = 0

    def begin(self, name: str, batch: int) -> bool:
        """Build the network of recipe ``name``."""
        torch.manual_seed(0)
        self._network, self._batch = build(name).to(memory_format=self._layout), batch
        self._optimizer = optimizer_for(name, self._network, fast=not self._loader)
        return True

    def chunk(self, start: int, count: int) -> float:
        """Train on so many images; return the seconds."""
        self._network.train()
        images = self._train[start : start + count].contiguous(memory_format=self._layout)
        labels = self._labels[start : start + count]
        began = time.perf_counter()
        for batch, answers in batches(images, labels, self._batch, self._loader):
            self._optimizer.zero_grad()
            cross_entropy(self._network(batch), answers).backward()
            self._optimizer.step()
        return time.perf_counter() - began

    @torch.no_grad()
    def test(self) -> float:
        """Return the accuracy on the test images."""
        self._network.eval()
        told = torch.cat([self._network(part).argmax(1) for part in self._test.split(1000)])
        return (told == self._truth).float().mean().item()


def main() -> None:
    from _contender import serve

    theirs = Theirs(*sys.argv[1:])
    acts = {name: getattr(theirs, name) for name in ("begin", "chunk", "test")}
    serve({"versions": {"torch": torch.__version__}}, acts)


if __name__ == "__main__":
    main()
