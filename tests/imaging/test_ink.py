"""Ink is found on any paper in any light, and none is found where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tenfold.imaging import Box, Ink, Region, find_ink
from tenfold.imaging.strips import cut_digit

HEIGHT, WIDTH = 120, 160
BAR = (slice(30, 90), slice(70, 82))
DOWN, ACROSS = np.mgrid[0 : 1 : HEIGHT * 1j, 0 : 1 : WIDTH * 1j]
LIGHTS = {
    "even": np.ones((HEIGHT, WIDTH)),
    "slope": 1 - 0.5 * ACROSS,
    "corner": 1 - 0.45 * (ACROSS**2 + DOWN**2) / 2,
    "shadow": 1 - 0.4 / (1 + np.exp(-(ACROSS + 0.3 * DOWN - 0.85) / 0.02)),
}


def page(paper: float, ink: float, light: str, grain: float = 0.0) -> np.ndarray:
    """A bar of 60 x 12 on paper, float32."""
    gray = np.full((HEIGHT, WIDTH), paper)
    gray[BAR] = ink
    gray = gray * LIGHTS[light] + np.random.default_rng(0).normal(0, grain, gray.shape)
    return np.clip(gray, 0, 1).astype(np.float32)


def inked(ink: Ink) -> Region | None:
    """All ink of a picture together, dust left out."""
    height, width = ink.cover.shape
    return cut_digit(ink.cover, Box(0, 0, width, height))


# Ink no darker than a shadow on the same page cannot be told from it yet.
CASES = [
    (paper, ink, light)
    for paper, ink in [(1.0, 0.0), (0.9, 0.2), (0.85, 0.5), (0.15, 0.9)]
    for light in LIGHTS
    if (ink, light) != (0.5, "shadow")
]


@pytest.mark.parametrize("grain", [0, 0.015])
@pytest.mark.parametrize(("paper", "ink", "light"), CASES)
def test_a_bar_is_found(paper: float, ink: float, light: str, grain: float) -> None:
    found = find_ink(page(paper, ink, light, grain))
    assert found.bright == (ink > paper)
    assert found.cover.dtype == np.float32
    assert found.cover[BAR].mean() > 0.85
    region = inked(found)
    assert region is not None
    assert abs(region.box.x - 70) <= 2
    assert abs(region.box.y - 30) <= 2
    assert abs(region.box.width - 12) <= 4
    assert abs(region.box.height - 60) <= 4


def test_clean_ink_keeps_its_gray_levels() -> None:
    gray = np.zeros((28, 28), np.float32)
    gray[6:22, 12:16] = 1
    gray[6:22, 11] = 0.4
    gray[6:22, 16] = 0.2
    assert np.abs(find_ink(gray).cover - gray).max() < 0.02
    assert np.abs(find_ink(1 - gray).cover - gray).max() < 0.02


@pytest.mark.parametrize("level", [0.0, 0.3, 1.0])
def test_a_blank_page_has_no_ink(level: float) -> None:
    ink = find_ink(np.full((50, 40), level, np.float32))
    assert ink.contrast == 0
    assert not ink.cover.any()


@pytest.mark.parametrize("light", ["even", "slope", "corner"])
@pytest.mark.parametrize("grain", [0.005, 0.02, 0.05])
def test_grain_and_uneven_light_are_no_ink(light: str, grain: float) -> None:
    assert not find_ink(page(0.85, 0.85, light, grain)).cover.any()


def test_a_faint_mark_is_found_only_above_the_grain() -> None:
    assert find_ink(page(0.9, 0.78, "even", 0)).contrast == pytest.approx(0.12 / 0.9, abs=0.01)
    assert not find_ink(page(0.9, 0.78, "even", 0.05)).cover.any()


def test_dust_is_left_out_and_loose_strokes_are_kept() -> None:
    gray = page(1.0, 0.0, "even")
    gray[5:7, 5:7] = 0
    gray[20:26, 70:100] = 0
    region = inked(find_ink(gray))
    assert region is not None
    assert region.box == Box(70, 20, 30, 70)
    assert region.ink.shape == (70, 30)


def test_boxes_scale_outward_to_whole_pixels() -> None:
    box = Box(3, 1, 2, 5)
    assert box.scaled(2.5, 1.0) == Box(7, 1, 6, 5)
    assert box.scaled(1, 1) == box
    assert Box(0, 0, 1, 1).scaled(0.1, 0.1) == Box(0, 0, 1, 1)
    assert box.to_dict() == {"x": 3, "y": 1, "width": 2, "height": 5}


@settings(deadline=None)
@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.integers(1, 12), st.integers(1, 12)),
        elements=st.floats(0, 1, width=32),
    )
)
def test_any_plane_gives_a_cover_from_0_to_1(gray: np.ndarray) -> None:
    ink = find_ink(gray)
    assert ink.cover.shape == gray.shape
    assert 0 <= ink.cover.min() <= ink.cover.max() <= 1
    assert 0 <= ink.contrast <= 1
    if (region := inked(ink)) is not None:
        assert region.ink.shape == (region.box.height, region.box.width)
        assert region.ink.max() > 0


@pytest.mark.parametrize("bright", [False, True])
@pytest.mark.parametrize("wide", [8, 13, 18])
def test_broad_strokes_are_solid(bright: bool, wide: int) -> None:
    gray = np.ones((32, 32), np.float32)
    ink = (slice(2, 30), slice(7, 7 + wide))
    gray[ink] = 0
    found = find_ink(1 - gray if bright else gray)
    assert found.bright == bright
    assert found.cover[ink].min() > 0.9
    found.cover[ink] = 0
    assert found.cover.max() == 0


@pytest.mark.parametrize("bright", [False, True])
def test_densely_written_paper_is_still_paper(bright: bool) -> None:
    gray = np.ones((300, 400), np.float32)
    for row in range(20, 280, 30):
        for column in range(15, 380, 15):
            gray[row : row + 20, column : column + 4] = 0.2
            gray[row : row + 4, column : column + 10] = 0.2
    assert find_ink(1 - gray if bright else gray).bright == bright
