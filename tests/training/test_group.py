"""What a group of processes shares, shown within one process."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from tenfold.data import DataSet
from tenfold.errors import InputError, TrainingError
from tenfold.recipes import Augmentation
from tenfold.training import ALONE, Group, Silence, joined, train
from tenfold.training._augmentation import augmented
from tenfold.training.distributed import _fresh

AUGMENTATION = Augmentation(rotation=8, stretch=0.08, shear=0.09, shift=1.4, elastic=0.5)


@given(
    count=st.integers(1, 40),
    size=st.integers(1, 5),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=25, deadline=None)
def test_the_parts_of_an_augmented_batch_are_those_of_the_whole(
    count: int, size: int, seed: int
) -> None:
    images = torch.rand(count, 1, 28, 28, generator=torch.Generator().manual_seed(seed))
    whole = augmented(images, AUGMENTATION, torch.Generator().manual_seed(seed))
    for rank in range(size):
        rows = Group(rank, size).rows
        part = augmented(
            images[rows], AUGMENTATION, torch.Generator().manual_seed(seed), count, rows
        )
        assert torch.equal(part, whole[rows])


def test_each_process_draws_its_own_dropout() -> None:
    def drawn(group: Group, epoch: int) -> torch.Tensor:
        with torch.random.fork_rng():
            torch.manual_seed(0)
            group.seed_dropout(3, epoch)
            return torch.rand(5)

    first, second = (Group(rank, 2) for rank in (0, 1))
    assert torch.equal(drawn(first, 1), drawn(first, 1))
    assert not torch.equal(drawn(first, 1), drawn(second, 1))
    assert not torch.equal(drawn(first, 1), drawn(first, 2))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        expected = torch.rand(5)
    assert torch.equal(drawn(ALONE, 1), expected)


def test_a_group_of_one_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "1")
    with joined() as group:
        assert group is ALONE
    network = nn.Sequential(nn.BatchNorm1d(3))
    assert ALONE.parallel(network) is network
    assert isinstance(network[0], nn.BatchNorm1d)
    assert ALONE.total(2.5, 3) == (2.5, 3)
    assert ALONE.threads is None
    ALONE.tell(b"nobody hears it")
    with pytest.raises(RuntimeError, match="gloo"), ALONE.together():
        raise RuntimeError("gloo, but there is no other process")


@pytest.mark.parametrize(
    ("device", "batch_size", "message"),
    [("cpu", 1, "Received 2 processes for batches of 1"), ("mps", 32, "cannot share 1 GPU")],
)
def test_what_cannot_be_shared_is_refused(device: str, batch_size: int, message: str) -> None:
    ALONE.check(device, batch_size)
    Group(0, 2, 0, 2).check("cpu", 2)
    with pytest.raises(InputError, match=message):
        Group(0, 2, 0, 2).check(device, batch_size)


def test_a_strange_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "first")
    with pytest.raises(InputError, match="Received RANK=first"), joined():
        pass
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.delenv("MASTER_ADDR", raising=False)
    with pytest.raises(TrainingError, match=r"did not find each other: .*MASTER_ADDR"), joined():
        pass


def test_a_lost_process_is_an_error_of_ours_and_a_defect_stays_one() -> None:
    group = Group(0, 2, store=dist.HashStore())
    with pytest.raises(TrainingError, match="was lost"), group.together():
        raise RuntimeError("[gloo/transport/tcp/pair.cc:547] Connection closed by peer")
    with pytest.raises(RuntimeError, match="shapes"), group.together():
        raise RuntimeError("shapes cannot be multiplied")
    follower = dataclasses.replace(group, rank=1)
    with pytest.raises(InputError), follower.together():
        raise InputError("no such device here")
    with pytest.raises(TrainingError, match="failed: no such device here"), group.together():
        raise RuntimeError("Connection closed by peer")


def test_what_was_said_before_a_restart_is_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    store = dist.HashStore()
    _fresh(store, 2).set("word", "old")
    assert _fresh(store, 2).check(["word"])
    monkeypatch.setenv("TORCHELASTIC_RESTART_COUNT", "1")
    assert not _fresh(store, 2).check(["word"])
    # Several machines count by themselves, and have a new store.
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "1")
    assert _fresh(store, 2) is store


def test_a_last_batch_of_one_image_cannot_be_normalized(drawn: DataSet, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="513 images in batches of 512 leave a batch of one"):
        train("sprint", drawn, run=tmp_path, subset=513, observer=Silence())
    with pytest.raises(InputError, match="in batches of 1 leave"):
        train("sprint", drawn, run=tmp_path, changes={"batch_size": 1}, observer=Silence())
