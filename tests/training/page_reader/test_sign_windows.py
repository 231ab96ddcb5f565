"""Windows around signs of scenes, as the reader would cut them, and what they are said to be."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tenfold.imaging import Ink
from tenfold.models.sign_model import OTHER, SIGNS
from tenfold.scenes import Scene, SceneMark, SceneSign
from tenfold.training.page_reader._sign_windows import sign_windows

POINT = (58.0, 54.0, 64.0, 60.0)
STROKE = (80.0, 20.0, 100.0, 60.0)


def scene(*signs: SceneSign, touching: bool = False) -> tuple[Scene, Ink]:
    """A zero, a point after it and a long stroke, and what of this the scene knows as signs."""
    plane = np.zeros((80, 140), np.float32)
    cv2.rectangle(plane, (32, 22), (50, 57), 1.0, 5)
    left = 52 if touching else 58
    plane[54:60, left:64] = 1
    cv2.line(plane, (82, 22), (98, 57), 1.0, 5)
    made = Scene(np.zeros(plane.shape, np.uint8), (SceneMark(0, (30, 20, 53, 60)),), plane, signs)
    return made, Ink(plane, plane, bright=False, contrast=1.0)


def told(made: tuple[Scene, Ink]) -> list[set[str]]:
    """What its windows are said to be, each time that chance picks some."""
    return [
        {SIGNS[sign] for _window, sign in sign_windows(*made, np.random.default_rng(seed))}
        for seed in range(12)
    ]


def test_signs_are_told_by_the_scene_and_all_else_is_another_mark() -> None:
    sets = told(scene(SceneSign(".", POINT)))
    assert all("." in one for one in sets)
    assert all(one <= {".", OTHER} for one in sets)
    # The stroke, which the scene says nothing of, and the digit, as if it had been refused.
    assert any(OTHER in one for one in sets)


@pytest.mark.parametrize("sign", [":", "?"])
def test_a_sign_without_a_class_of_its_own_is_another_mark(sign: str) -> None:
    sets = told(scene(SceneSign(".", POINT), SceneSign(sign, STROKE)))
    assert all(one <= {".", OTHER} for one in sets)


def test_half_a_sign_teaches_nothing() -> None:
    wide = SceneSign("=", (58.0, 30.0, 64.0, 60.0)), SceneSign("/", STROKE)
    assert all("=" not in one and one <= {"/", OTHER} for one in told(scene(*wide)))


def test_a_sign_that_touches_a_digit_is_cut_out_all_the_same() -> None:
    made = scene(SceneSign(".", (52.0, 54.0, 64.0, 60.0)), touching=True)
    assert any("." in one for one in told(made))


def test_a_window_has_its_mark_in_the_middle_and_all_ink_around_it() -> None:
    made = scene(SceneSign(".", POINT), SceneSign("/", STROKE))
    for window, sign in sign_windows(*made, np.random.default_rng(3)):
        assert (window.dtype, window.shape) == (np.uint8, (2, 40, 40))
        around, mark = window
        assert (mark <= around).all()
        columns = np.flatnonzero(mark.max(0) > 100)
        if SIGNS[sign] in "./":
            assert abs(columns.mean() - 19.5) < 2


def test_blank_paper_has_no_windows() -> None:
    blank = np.zeros((40, 60), np.float32)
    made = Scene(np.zeros(blank.shape, np.uint8), (), blank)
    ink = Ink(blank, blank, bright=False, contrast=0.0)
    assert list(sign_windows(made, ink, np.random.default_rng(0))) == []
