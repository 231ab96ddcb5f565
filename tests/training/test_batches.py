"""Which images make up each batch."""

from __future__ import annotations

import torch

from tenfold.recipes import load_recipe
from tenfold.training.batches import batch_indices, steps_in_epoch

SHUFFLED = load_recipe("cnn-deep")
DRAWN = load_recipe("mlp-128")


def test_shuffling_sees_each_image_once_an_epoch_in_another_order() -> None:
    epochs = [torch.cat(list(batch_indices(SHUFFLED, 100, 0, epoch))) for epoch in (1, 2)]
    for order in epochs:
        assert sorted(order.tolist()) == list(range(100))
    assert not torch.equal(*epochs)
    sizes = [len(batch) for batch in batch_indices(SHUFFLED, 100, 0, 1)]
    assert sizes == [32, 32, 32, 4]
    assert steps_in_epoch(SHUFFLED, 100) == 4


def test_drawing_with_replacement_takes_the_steps_it_is_told() -> None:
    batches = list(batch_indices(DRAWN, 1000, 0, 1))
    assert len(batches) == steps_in_epoch(DRAWN, 1000) == 50
    assert {len(batch) for batch in batches} == {32}
    seen = torch.cat(batches)
    assert 0 <= seen.min() < seen.max() < 1000
    # 1,600 draws of 1,000 leave about 798 distinct; without replacement there would be 1,000.
    assert 740 < len(seen.unique()) < 860


def test_the_order_depends_on_seed_and_epoch_alone() -> None:
    def first(seed: int, epoch: int) -> list[int]:
        batch: torch.Tensor = next(batch_indices(SHUFFLED, 1000, seed, epoch))
        return batch.tolist()

    assert first(1, 1) == first(1, 1)
    assert first(1, 1) != first(2, 1)
    assert first(1, 2) != first(2, 1)
