"""Sheets are pure functions of their seeds, and say where their ink truly is."""

from __future__ import annotations

import numpy as np
import pytest

from tenfold.data import DataSet
from tenfold.scenes import Glyphs, load_glyphs
from tenfold.scenes.sheet import Sheet, compose_sheet

SIZES = ((128, 128), (32, 32), (17, 90), (200, 40))


@pytest.fixture(scope="module")
def glyphs(drawn: DataSet) -> Glyphs:
    return load_glyphs(drawn.train.images[:100], drawn.train.labels[:100])


def sheets(glyphs: Glyphs, count: int, size: tuple[int, int] = (96, 96)) -> list[Sheet]:
    return [compose_sheet(glyphs, *size, np.random.default_rng([7, at])) for at in range(count)]


@pytest.mark.parametrize("size", SIZES)
def test_the_planes_have_the_size_that_was_asked_for(glyphs: Glyphs, size: tuple[int, int]) -> None:
    for sheet in sheets(glyphs, 12, size):
        for plane in (sheet.gray, sheet.digits, sheet.others):
            assert (plane.shape, plane.dtype) == (size, np.uint8)


def test_the_same_seed_gives_the_same_sheet(glyphs: Glyphs) -> None:
    for first, second in zip(sheets(glyphs, 10), sheets(glyphs, 10), strict=True):
        np.testing.assert_array_equal(first.gray, second.gray)
        np.testing.assert_array_equal(first.digits, second.digits)
        np.testing.assert_array_equal(first.others, second.others)


def test_sheets_are_of_every_kind(glyphs: Glyphs) -> None:
    many = sheets(glyphs, 150)
    inked = [(bool(sheet.digits.any()), bool(sheet.others.any())) for sheet in many]
    assert set(inked) == {(False, False), (False, True), (True, False), (True, True)}
    assert any(set(np.unique(sheet.gray)) <= {0, 255} for sheet in many)
    assert any(sheet.gray.mean() > 200 for sheet in many)
    assert any(sheet.gray.mean() < 60 for sheet in many)


def test_ink_shows_on_most_sheets(glyphs: Glyphs) -> None:
    """Where digits are, it looks otherwise than right beside them; some are pale, few are lost."""
    differ = []
    for sheet in sheets(glyphs, 120):
        inked = sheet.digits > 200
        if inked.sum() > 30:
            away = np.abs(sheet.gray[inked].mean() - sheet.gray[sheet.digits == 0].mean())
            differ.append(away > 5)
    assert len(differ) > 50
    assert np.mean(differ) > 0.7
