"""Scenes are pure functions of their seeds, and their boxes hold what was drawn."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold.data import DataSet
from tenfold.errors import TrainingError
from tenfold.imaging import Ink, find_ink
from tenfold.scenes import NONE, Glyphs, Scene, compose, load_glyphs
from tenfold.scenes.grid import GRID
from tenfold.scenes.pool import MOST_DIGITS, ScenePool, make_pool
from tenfold.scenes.scene import DOUBTFUL


@pytest.fixture(scope="module")
def glyphs(drawn: DataSet) -> Glyphs:
    return load_glyphs(drawn.train.images[:100], drawn.train.labels[:100])


@pytest.fixture(scope="module")
def pool(glyphs: Glyphs) -> ScenePool:
    return make_pool(glyphs, 96, 60, (96, 0, 0, 7), find_ink, around_signs)


def around_signs(scene: Scene, _ink: Ink, _rng: object) -> list[tuple[np.ndarray, int]]:
    """An empty window for each sign of a scene, with the sign's code as its class."""
    return [(np.zeros((2, 40, 40), np.uint8), ord(one.sign[0]) % 256) for one in scene.signs]


def scenes(glyphs: Glyphs, count: int, seed: int = 0, aspect: float = 2.4) -> list[Scene]:
    rng = np.random.default_rng(seed)
    return [compose(glyphs, aspect, rng) for _scene in range(count)]


def test_glyphs_are_thin_lines_within_their_bodies(glyphs: Glyphs, drawn: DataSet) -> None:
    assert glyphs.labels.tolist() == drawn.train.labels[:100].tolist()
    for bits, body in zip(glyphs.digits, glyphs.bodies, strict=True):
        lines, solid = Glyphs.lines(bits), Glyphs.lines(body)
        assert lines.shape == (GRID, GRID)
        assert 0 < lines.sum() < 0.5 * solid.sum()
        assert not (lines & ~solid).any()


def test_printed_digits_and_letters_are_there(glyphs: Glyphs) -> None:
    assert set(glyphs.printed_labels.tolist()) == set(range(10))
    assert len(glyphs.printed) == len(glyphs.printed_labels)
    assert len(glyphs.letters) > 200
    assert all(Glyphs.lines(bits).any() for bits in glyphs.letters)


def test_an_empty_image_gives_an_empty_glyph() -> None:
    glyphs = load_glyphs(np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.uint8))
    assert not Glyphs.lines(glyphs.digits[0]).any()


@given(seed=st.integers(0, 2**32), aspect=st.floats(0.5, 6))
@settings(max_examples=25, deadline=None)
def test_a_scene_follows_from_its_seed_alone(glyphs: Glyphs, seed: int, aspect: float) -> None:
    first, second = (compose(glyphs, aspect, np.random.default_rng(seed)) for _ in range(2))
    np.testing.assert_array_equal(first.gray, second.gray)
    np.testing.assert_array_equal(first.ink, second.ink)
    assert first.marks == second.marks
    assert first.gray.dtype == np.uint8
    assert first.gray.shape == first.ink.shape
    assert 0 <= first.ink.min() <= first.ink.max() <= 1


def test_other_seeds_give_other_scenes(glyphs: Glyphs) -> None:
    assert len({scene.gray.tobytes() for scene in scenes(glyphs, 30)}) == 30


def test_boxes_hold_the_ink_of_their_marks(glyphs: Glyphs) -> None:
    """Outside of all boxes there is no ink; inside of each there is."""
    outside = inside = 0.0
    for scene in scenes(glyphs, 120, seed=3):
        if not scene.marks:
            continue
        ink = scene.ink.copy()
        for mark in (*scene.marks, *scene.signs):
            left, top, right, bottom = (round(side) for side in mark.box)
            rows, columns = slice(max(0, top - 1), bottom + 2), slice(max(0, left - 1), right + 2)
            if mark in scene.digits:
                assert scene.ink[rows, columns].max() > 0.3
            inside += float(ink[rows, columns].sum())
            ink[rows, columns] = 0
        outside += float(ink.sum())
    assert outside < 0.02 * inside


def test_marks_are_in_reading_order_and_digits_well_inside(glyphs: Glyphs) -> None:
    for scene in scenes(glyphs, 80, seed=5):
        centers = [mark.box[0] + mark.box[2] for mark in scene.marks]
        assert centers == sorted(centers)
        height, width = scene.gray.shape
        for mark in scene.digits:
            assert 0 <= mark.label <= 9
            left, top, right, bottom = mark.box
            seen = (min(right, width) - max(left, 0)) * (min(bottom, height) - max(top, 0))
            assert seen > 0.8 * (right - left) * (bottom - top)


def test_scenes_are_of_every_kind(glyphs: Glyphs) -> None:
    many = scenes(glyphs, 200, seed=1)
    assert any(not scene.marks for scene in many)
    assert any(scene.marks and not scene.digits for scene in many)
    found = {mark.label for scene in many for mark in scene.marks}
    assert found == {*range(10), NONE, DOUBTFUL}


def test_a_pool_has_the_promised_shapes_and_dtypes(pool: ScenePool) -> None:
    assert (pool.strips.dtype, pool.strips.shape) == (np.uint8, (60, 40, 96))
    assert (pool.labels.dtype, pool.labels.shape) == (np.int8, (60, MOST_DIGITS))
    assert (pool.boxes.dtype, pool.boxes.shape) == (np.float32, (60, MOST_DIGITS, 4))
    assert (pool.placed.dtype, pool.placed.shape[1:]) == (np.uint8, (28, 28))
    assert (pool.classes.dtype, pool.classes.shape) == (np.uint8, (len(pool.placed),))
    assert pool.labels.min() == -1
    assert pool.labels.max() <= 9
    assert set(pool.classes.tolist()) <= set(range(11))
    assert (pool.signs.dtype, pool.signs.shape[1:]) == (np.uint8, (2, 40, 40))
    assert (pool.sign_classes.dtype, len(pool.sign_classes)) == (np.uint8, len(pool.signs))
    assert len(set(pool.sign_classes.tolist())) > 3
    # Digits come first, then nothing but -1.
    assert (np.diff((pool.labels >= 0).astype(int), axis=1) <= 0).all()


def test_the_strips_of_a_pool_are_inked_where_its_boxes_are(pool: ScenePool) -> None:
    inked = []
    for strip, labels, boxes in zip(pool.strips, pool.labels, pool.boxes, strict=True):
        for box in boxes[labels >= 0]:
            left, top, right, bottom = np.rint(box).astype(int).clip(0)
            inked.append(strip[top : bottom + 1, left : right + 1].max())
    assert len(inked) > 60
    assert np.mean(np.array(inked) > 90) > 0.97


def test_a_pool_follows_from_its_seed_alone(glyphs: Glyphs, pool: ScenePool) -> None:
    again = make_pool(glyphs, 96, 60, (96, 0, 0, 7), find_ink, around_signs)
    other = make_pool(glyphs, 96, 60, (96, 0, 0, 8), find_ink, around_signs)
    for name in (field.name for field in fields(pool)):
        np.testing.assert_array_equal(getattr(again, name), getattr(pool, name))
    assert (other.strips != pool.strips).any()


def test_where_no_ink_is_found_it_is_said(glyphs: Glyphs) -> None:
    def blind(gray: np.ndarray) -> Ink:
        nothing = np.zeros_like(gray)
        return Ink(nothing, nothing, bright=False, contrast=0.0)

    with pytest.raises(TrainingError, match="ink network longer"):
        make_pool(glyphs, 48, 1000, (1,), blind, around_signs)


def test_a_scene_resized_keeps_its_marks_where_they_are(glyphs: Glyphs) -> None:
    scene = next(one for one in scenes(glyphs, 40, seed=2) if one.marks and one.signs)
    height, width = scene.gray.shape
    small = scene.resized(height // 2, width // 3)
    assert small.gray.shape == small.ink.shape == (height // 2, width // 3)
    across, down = (width // 3) / width, (height // 2) / height
    for mark, was in zip(small.marks, scene.marks, strict=True):
        assert mark.label == was.label
        np.testing.assert_allclose(mark.box, np.array(was.box) * [across, down, across, down])
    for sign, was in zip(small.signs, scene.signs, strict=True):
        assert sign.sign == was.sign
        np.testing.assert_allclose(sign.box, np.array(was.box) * [across, down, across, down])
