"""Several processes at one training: which of them this one is, and what they tell each other."""

from __future__ import annotations

import inspect
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from tenfold.errors import InputError, TenfoldError, TrainingError
from tenfold.language import text as _
from tenfold.networks.batch_norm import share_statistics
from tenfold.processes import core_count

__all__ = ["ALONE", "Group", "joined"]

MEETING = timedelta(minutes=5)
"""How long the processes may take to find each other."""

PATIENCE = timedelta(hours=2)
"""How long they wait for one that is at work by itself: that validates, or fetches data."""

LINGER = 10.0
"""How many seconds a process stays after its end was told, so that the first can speak."""

SETTLE = 0.5
"""How many seconds a process waits for gloo's threads before it ends well.

They let go of the last tensors a moment after these are used, need Python's lock for it, and
outlive the process group where a network was trained: a process that ends meanwhile is aborted
(PyTorch 2.13), and torchrun then ends the others.
"""

_FAILURE = "tenfold/failure"


@dataclass(frozen=True, slots=True)
class Group:
    """The processes that train one network together, seen from one of them.

    The first has the run folder, the data and the person's attention; the others follow it. A
    group of one does nothing at all in its methods.

    Args:
        rank: which process this is, from 0.
        size: how many there are.
        local_rank: which it is among those on this machine.
        local_size: how many are on this machine.
        store: PyTorch's, where they leave word for each other; ``None`` for a group of one.
    """

    rank: int = 0
    size: int = 1
    local_rank: int = 0
    local_size: int = 1
    store: Any = None

    @property
    def leads(self) -> bool:
        """Whether this is the first process, the only one with a run folder."""
        return self.rank == 0

    @property
    def rows(self) -> slice:
        """Which rows of each batch are this process's."""
        return slice(self.rank, None, self.size)

    @property
    def threads(self) -> int | None:
        """Its share of this machine's cores; ``None`` for a group of one, to leave it open."""
        return None if self.size == 1 else max(1, core_count() // self.local_size)

    def check(self, device: str, batch_size: int) -> None:
        """Refuse what several processes cannot share.

        Raises:
            InputError: if there are too few GPUs or images in a batch, or only Apple's GPU.
        """
        if self.size > batch_size:
            raise InputError(
                _(
                    "Received {size} processes for batches of {count} images; expected at most "
                    "as many processes as images.",
                    size=self.size,
                    count=batch_size,
                )
            )
        gpus = torch.cuda.device_count() if device == "cuda" else 1
        if self.size > 1 and (device == "mps" or (device == "cuda" and gpus < self.local_size)):
            raise InputError(
                _(
                    "{count} processes cannot share {gpus} GPU(s) of kind {device}; start one "
                    "process for each GPU, or use --device cpu.",
                    count=self.local_size,
                    gpus=gpus,
                    device=device,
                )
            )

    def seed_dropout(self, seed: int, epoch: int) -> None:
        """Let each process draw its own dropout, by its rank and the epoch."""
        if self.size > 1:
            state = np.random.SeedSequence([seed, epoch, self.rank]).generate_state(1, np.uint64)
            torch.manual_seed(int(state[0]))

    def parallel(self, network: nn.Module) -> nn.Module:
        """Return what to train in place of ``network``; it holds the same parameters.

        It averages gradients over the processes, and batch normalization sees all their images.
        """
        if self.size == 1:
            return network
        share_statistics(network)
        # Running statistics are alike everywhere. Newer versions of PyTorch name this otherwise.
        known = inspect.signature(DistributedDataParallel).parameters
        name = "forward_sync_buffers" if "forward_sync_buffers" in known else "broadcast_buffers"
        options: dict[str, Any] = {name: False}
        return DistributedDataParallel(network, **options)

    def total(self, *numbers: float) -> tuple[float, ...]:
        """Return the sum of each number over all processes."""
        if self.size == 1:
            return numbers
        sums = torch.tensor(numbers, dtype=torch.float64)
        dist.all_reduce(sums)
        return tuple(sums.tolist())

    def tell(self, content: bytes | None) -> None:
        """Send bytes from the first process to all others, which ``hear`` them; or nothing."""
        if self.size == 1:
            return
        dist.broadcast(torch.tensor(-1 if content is None else len(content)), 0)
        if content:
            dist.broadcast(torch.frombuffer(bytearray(content), dtype=torch.uint8), 0)

    def hear(self) -> npt.NDArray[np.uint8] | None:
        """Return what the first process tells: uint8 [N], or ``None`` for nothing."""
        length = torch.tensor(0)
        dist.broadcast(length, 0)
        if length < 0:
            return None
        content = torch.empty(int(length), dtype=torch.uint8)
        if len(content):
            dist.broadcast(content, 0)
        heard: npt.NDArray[np.uint8] = content.numpy()
        return heard

    @contextmanager
    def together(self) -> Iterator[None]:
        """Within the block, the failure of another process is this one's, too.

        Raises:
            TrainingError: if another process failed or was lost.
        """
        try:
            yield
        except TenfoldError as error:
            if self.store is not None and not self.leads:
                self.store.set(_FAILURE, str(error))
            raise
        except RuntimeError as error:
            if self.size == 1 or not _lost_connection(error):
                raise
            raise TrainingError(self.failure()) from error

    def failure(self) -> str:
        """Say why the others are gone: what one of them left word of, or that it was lost."""
        if self.store is not None and self.leads and self.store.check([_FAILURE]):
            reason = self.store.get(_FAILURE).decode()
            return _("Another process of this training failed: {reason}", reason=reason)
        return _(
            "Another process of this training was lost, or all were told to end. "
            "The last whole epoch is kept."
        )


ALONE = Group()


@contextmanager
def joined() -> Iterator[Group]:
    """Join the processes that ``torchrun`` started with this one, for the length of the block.

    Where there is one process only, the group is ``ALONE`` and nothing is changed.

    Raises:
        InputError: if the environment does not say which process this is.
        TrainingError: if the processes do not find each other.
    """
    rank, size = _number("RANK", 0), _number("WORLD_SIZE", 1)
    if size == 1:
        yield ALONE
        return
    group = Group(
        rank, size, _number("LOCAL_RANK", 0), _number("LOCAL_WORLD_SIZE", size), _meet(rank, size)
    )
    if torch.cuda.is_available() and group.local_rank < torch.cuda.device_count():
        torch.cuda.set_device(group.local_rank)
    try:
        with _ended_in_words(group):
            yield group
            time.sleep(SETTLE)
    except TenfoldError:
        if not group.leads:
            # The first process says why, and torchrun then ends this one.
            dist.destroy_process_group()
            time.sleep(LINGER)
        raise
    finally:
        if dist.is_initialized():
            dist.destroy_process_group()


def _number(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdecimal():
        raise InputError(
            _(
                "Received {name}={value} in the environment; expected a whole number, as torchrun "
                "sets it.",
                name=name,
                value=value,
            )
        )
    return int(value)


def _meet(rank: int, size: int) -> Any:
    """Find the other processes, and return the store that they share."""
    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    try:
        # Not every build of PyTorch has it.
        from torch.distributed.rendezvous import rendezvous

        store = _fresh(next(rendezvous("env://", timeout=MEETING))[0], size)
        dist.init_process_group(backend, store=store, rank=rank, world_size=size, timeout=PATIENCE)
    except (ImportError, RuntimeError, ValueError) as error:
        if rank:
            time.sleep(LINGER)
        raise TrainingError(
            _(
                "The {size} processes of this training did not find each other: {reason}",
                size=size,
                reason=error,
            )
        ) from error
    return store


def _fresh(store: Any, size: int) -> Any:
    """Keep apart what was left by processes that torchrun started before these.

    On one machine it keeps its store when it starts anew; for several it makes a new one, and
    counts on each by itself.
    """
    if _number("LOCAL_WORLD_SIZE", size) < size:
        return store
    kinds: Any = dist  # whose stubs do not export it
    return kinds.PrefixStore(f"tenfold/{_number('TORCHELASTIC_RESTART_COUNT', 0)}", store)


@contextmanager
def _ended_in_words(group: Group) -> Iterator[None]:
    """Let the first process say that it was told to end, as it is when another was lost."""
    if not group.leads or threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_number: int, _frame: FrameType | None) -> None:
        raise TrainingError(group.failure())

    before: Any = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _lost_connection(error: RuntimeError) -> bool:
    """Whether an error is that of a collective operation whose other end is gone."""
    if isinstance(error, dist.DistError):
        return True
    words = str(error).lower()
    return any(word in words for word in ("gloo", "nccl", "connection closed by peer"))
