"""Several processes that torchrun starts train one network as one process does."""

from __future__ import annotations

import copy
import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.distributed as dist
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from _waiting import wait_for
from tenfold.data import DataSet, load
from tenfold.errors import InputError, TrainingError
from tenfold.networks.batch_norm import SharedBatchNorm, share_statistics
from tenfold.networks.scaling import fit_scaling
from tenfold.recipes import Augmentation, load_recipe
from tenfold.records import EpochRow, Run, Settings
from tenfold.training import ALONE, Group, Silence, joined, resume, train
from tenfold.training._augmentation import augmented
from tenfold.training.distributed import _fresh
from tenfold.training.loop import Tensors, Trainer

TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
AUGMENTATION = Augmentation(rotation=8, stretch=0.08, shear=0.09, shift=1.4, elastic=0.5)

# A recipe, what is changed in it, and of how many images: the last batch is of 16, or of one.
CASES: dict[str, tuple[str, dict[str, object], int]] = {
    "plain": ("cnn-deep", {"batch_size": 32}, 336),
    "one image left": ("cnn-deep", {"batch_size": 32}, 129),
    "batch normalization": ("sprint", {"batch_size": 64, "learning_rate": 0.003}, 272),
    "normalized maps": ("cnn-batchnorm", {"batch_size": 64}, 272),
    "augmented": ("cnn-deep", {"augmentation": AUGMENTATION, "batch_size": 64}, 272),
    "with replacement": ("mlp-128", {"batch_size": 64, "steps_per_epoch": 5}, 272),
}
TOLERANCE = 1e-4


def few_epochs(case: str, data: DataSet, group: Group) -> dict[str, Any]:
    """Train two epochs; return losses, accuracies and the network's state as arrays."""
    name, changes, count = CASES[case]
    images = data.train[:count]
    recipe = load_recipe(name).changed({"epochs": 2, "validation": 0, **changes})
    torch.manual_seed(4)
    trainer = Trainer(
        recipe,
        fit_scaling(recipe, images.images),
        Tensors.on("cpu", images),
        Settings(seed=5, device="cpu"),
        group,
    )
    rows = [trainer.train_epoch(epoch, Silence()) for epoch in (1, 2)]
    state = {name: value.numpy() for name, value in trainer.network.state_dict().items()}
    validation = trainer.evaluate(trainer.data)
    numbers = [(row.loss, row.accuracy, row.step) for row in rows]
    return {**state, "rows": np.array(numbers), "validation": np.array(validation)}


def torchrun(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*TORCHRUN, *words],
        capture_output=True,
        text=True,
        timeout=280,
        env=surroundings(**environment),
    )


def surroundings(**changed: str) -> dict[str, str]:
    # The address of this machine is not looked up: it may have no name.
    return {**os.environ, "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo", **changed}


@pytest.fixture(scope="module")
def by_two(drawn_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What two processes reach in each of the cases."""
    folder = tmp_path_factory.mktemp("two")
    helpers = str(Path(__file__).parents[1])
    done = torchrun(__file__, str(drawn_file), str(folder), PYTHONPATH=helpers)
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    return {case: dict(np.load(folder / f"{case}.npz")) for case in CASES}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("case", CASES)
def test_two_processes_follow_the_loss_of_one(
    case: str, by_two: dict[str, Any], drawn: DataSet
) -> None:
    one, two = few_epochs(case, drawn, ALONE), by_two[case]
    assert one.keys() == two.keys()
    # What the order of a sum rounds differently grows with every step that learns from it.
    for epoch, (by_one, by_both) in enumerate(zip(one["rows"], two["rows"], strict=True)):
        assert by_both[0] == pytest.approx(by_one[0], rel=TOLERANCE * 10**epoch)
    # An image between two digits may fall to either by rounding: an accuracy jumps by whole images,
    # the loss above does not. One counted twice, or not at all, would be off by half.
    np.testing.assert_allclose(two["rows"][:, 1], one["rows"][:, 1], rtol=0, atol=0.02)
    np.testing.assert_array_equal(two["rows"][:, 2], one["rows"][:, 2])
    room = TOLERANCE * 10 ** len(one["rows"])
    assert two["validation"][0] == pytest.approx(one["validation"][0], rel=room)
    assert two["validation"][1] == pytest.approx(one["validation"][1], abs=0.02)
    for name in one.keys() - {"rows", "validation"}:
        np.testing.assert_allclose(two[name], one[name], rtol=1e-2, atol=2e-3, err_msg=name)


class StopAfter(Silence):  # type: ignore[misc] # final for users, not for this test
    """Interrupts training as Ctrl-C does, at the end of an epoch."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def on_epoch(self, row: EpochRow) -> None:
        if row.epoch == self.epoch:
            raise KeyboardInterrupt


CHANGES: dict[str, object] = {"epochs": 4, "validation": 200, "batch_size": 64}
OPTIONS = ["--epochs", "4", "--validation", "200", "--set", "batch_size=64", "--no-figures"]


@pytest.fixture(scope="module")
def undisturbed(drawn_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Four epochs of one process."""
    folder = tmp_path_factory.mktemp("one") / "run"
    return train(
        "cnn-deep", drawn_file, run=folder, changes=CHANGES, seed=6, observer=Silence(), threads=1
    )


def check_follows(run: Run, undisturbed: Run) -> None:
    """The first epochs are those of one process; later ones go apart, as rounding grows."""
    assert run.finished
    assert [row.epoch for row in run.history] == [1, 2, 3, 4]
    for row, other in zip(run.history, undisturbed.history, strict=True):
        assert row.loss == pytest.approx(other.loss, rel=1e-3 if row.epoch == 1 else 0.1)
    assert run.scores.test.loss == pytest.approx(undisturbed.scores.test.loss, rel=0.3)


@pytest.mark.timeout(600)
@pytest.mark.slow
@pytest.mark.parametrize("rank", [0, 1])
def test_a_killed_process_leaves_a_run_that_one_process_goes_on_with(
    rank: int, drawn_file: Path, tmp_path: Path, undisturbed: Run
) -> None:
    run = Run(tmp_path / "run")
    words = ["-m", "--", "tenfold", "train", "cnn-deep", "--data", str(drawn_file), "--seed", "6"]
    process = subprocess.Popen(
        [*TORCHRUN, *words, "--run", str(run.folder), *OPTIONS],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=surroundings(),
    )
    try:
        wait_for(lambda: len(run.history) > 0, process)
        os.kill(process_of(rank, process.pid), signal.SIGKILL)
        said = process.communicate(timeout=60)[1]
    finally:
        process.kill()
    assert process.returncode == 1
    # The first process speaks; if it is the one that was killed, torchrun names it.
    assert said.count("Error: Another process of this training was lost") == rank
    assert said.count(f"Go on with: tenfold train --run {run.folder} --resume") == rank
    assert "Signal 9 (SIGKILL)" in said
    assert said.count("Traceback") == 1
    assert not run.finished
    assert run.plan.settings.processes == 2
    check_follows(resume(run.folder, observer=Silence()), undisturbed)


@pytest.mark.timeout(600)
@pytest.mark.slow
def test_two_processes_go_on_with_the_run_of_one(
    drawn_file: Path, tmp_path: Path, undisturbed: Run
) -> None:
    run = Run(tmp_path / "run")
    with pytest.raises(KeyboardInterrupt):
        train(
            "cnn-deep",
            drawn_file,
            run=run.folder,
            changes=CHANGES,
            seed=6,
            observer=StopAfter(2),
            threads=1,
        )
    done = torchrun(
        "-m", "--", "tenfold", "train", "--run", str(run.folder), "--resume", "--no-figures"
    )
    assert done.returncode == 0, done.stderr
    # One process alone speaks.
    assert done.stdout.count("Test accuracy") == 1
    assert done.stderr.count("epoch 4/4") == 1
    assert "Warning" not in done.stderr
    check_follows(run, undisturbed)


def process_of(rank: int, launcher: int) -> int:
    """The process number of ``rank`` among the children of torchrun."""
    children = Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()
    (found,) = (
        int(child)
        for child in children
        if b"RANK=%d" % rank in Path(f"/proc/{child}/environ").read_bytes().split(b"\0")
    )
    return found


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_torchrun_starts_again_by_itself(
    drawn_file: Path, tmp_path: Path, undisturbed: Run
) -> None:
    run = Run(tmp_path / "run")
    words = ["--max-restarts", "1", "-m", "--", "tenfold", "train", "cnn-deep", "--seed", "6"]
    options = ["--data", str(drawn_file), "--run", str(run.folder), "--resume", *OPTIONS]
    process = subprocess.Popen(
        [*TORCHRUN, *words, *options], stderr=subprocess.PIPE, text=True, env=surroundings()
    )
    try:
        wait_for(lambda: len(run.history) > 0, process)
        os.kill(process_of(1, process.pid), signal.SIGKILL)
        said = process.communicate(timeout=300)[1]
    finally:
        process.kill()
    assert process.returncode == 0, said
    check_follows(run, undisturbed)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["cnn-depe"], "Error: There is no recipe named 'cnn-depe'"),
        (["reader"], "Error: reader is trained by one process"),
        (["cnn-deep", "--seed", "-1"], "Received '-1' for --seed"),
        (["mlp-128", "--set", "learning_rate=1e38"], "smaller learning rate"),
    ],
)
@pytest.mark.slow
def test_what_is_wrong_is_said_once(words: list[str], message: str, drawn_file: Path) -> None:
    done = torchrun("-m", "tenfold", "train", *words, "--data", str(drawn_file), "--no-figures")
    assert done.returncode == 1
    assert done.stderr.count(message) == 1, done.stderr
    # torchrun ends with a traceback of its own, whatever happened.
    assert done.stderr.count("Traceback") == 1
    assert done.stderr.index("Traceback") > done.stderr.index(message)


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[None]:
    """A process group of this process only, in which collective operations do work."""
    store = dist.FileStore(str(tmp_path / "store"), 1)
    dist.init_process_group("gloo", store=store, rank=0, world_size=1)
    yield
    dist.destroy_process_group()


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("shape", [(64, 5), (16, 5, 7, 6)])
@pytest.mark.parametrize("momentum", [0.1, 0.01])
def test_shared_batch_normalization_is_that_of_pytorch(
    shape: tuple[int, ...], momentum: float
) -> None:
    torch.manual_seed(1)
    kind = nn.BatchNorm1d if len(shape) == 2 else nn.BatchNorm2d
    usual = kind(5, eps=1e-3, momentum=momentum)
    nn.init.normal_(usual.weight)
    nn.init.normal_(usual.bias)
    network = nn.Sequential(copy.deepcopy(usual))
    share_statistics(network)
    assert isinstance(network[0], SharedBatchNorm)
    # A mean far from 0 shows what the sums lose.
    first = (torch.randn(shape) * 2 + 100).requires_grad_()
    second = first.detach().clone().requires_grad_()
    weights = torch.randn(shape)
    for module, x in ((usual, first), (network, second)):
        for _ in range(3):
            (module(x) * weights).square().sum().backward()
    torch.testing.assert_close(second.grad, first.grad, rtol=1e-3, atol=1e-3)
    for name, value in usual.state_dict().items():
        torch.testing.assert_close(network.state_dict()[f"0.{name}"], value)
    for name, parameter in usual.named_parameters():
        gradient = network.get_parameter(f"0.{name}").grad
        torch.testing.assert_close(gradient, parameter.grad, rtol=1e-4, atol=1e-2)
    torch.testing.assert_close(network.eval()(second), usual.eval()(first))
    half = network.train()(first.detach().bfloat16())
    assert half.dtype == torch.bfloat16


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


# Processes that end as soon as they have exchanged their last numbers; without a pause between, 2
# of 10 such trainings were aborted.
HASTY = """
import atexit, sys, torch
from tenfold.training import joined
def work():
    with joined() as group:
        group.parallel(torch.nn.Linear(3, 3))
        for _time in range(50):
            group.total(1.0)
sys.setswitchinterval(5)
atexit.register(work)
"""


@pytest.mark.slow
def test_a_hasty_end_is_a_good_one(tmp_path: Path) -> None:
    script = tmp_path / "hasty.py"
    script.write_text(HASTY)
    for _again in range(10):
        done = torchrun(str(script))
        assert done.returncode == 0, done.stderr


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


def test_the_package_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tenfold", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("tenfold ")


def test_a_last_batch_of_one_image_cannot_be_normalized(drawn: DataSet, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="513 images in batches of 512 leave a batch of one"):
        train("sprint", drawn, run=tmp_path, subset=513, observer=Silence())
    with pytest.raises(InputError, match="in batches of 1 leave"):
        train("sprint", drawn, run=tmp_path, changes={"batch_size": 1}, observer=Silence())


def main() -> None:
    """What each process does when torchrun runs this file."""
    data, folder = load(Path(sys.argv[1])), Path(sys.argv[2])
    with joined() as group:
        assert group.size == 2
        for case in CASES:
            torch.set_num_threads(1)
            found = few_epochs(case, data, group)
            if group.leads:
                np.savez(folder / f"{case}.npz", **found)


if __name__ == "__main__":
    main()
