"""How much arithmetic a training is."""

from __future__ import annotations

from tenfold.recipes import load_recipe, training_operations


def test_a_training_is_three_ways_forward_for_each_image_seen() -> None:
    # 784 x 128 and 128 x 10 products, and as many sums, for 32 images in each of 50 steps.
    drawn = load_recipe("mlp-128")
    assert training_operations(drawn) == 3 * 2 * (784 * 128 + 128 * 10) * 32 * 50 * drawn.epochs
    shuffled = load_recipe("mlp-256")
    assert training_operations(shuffled, 120) * 500 == training_operations(shuffled)
