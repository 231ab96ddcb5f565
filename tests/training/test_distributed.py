"""Two processes that torchrun starts train one network as one process does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from _torchrun import torchrun
from tenfold.data import DataSet, load
from tenfold.networks.scaling import fit_scaling
from tenfold.recipes import Augmentation, load_recipe
from tenfold.records import Settings
from tenfold.training import ALONE, Group, Silence, joined
from tenfold.training.loop import Tensors, Trainer

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
