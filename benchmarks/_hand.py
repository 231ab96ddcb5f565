"""A writer with an odd hand: digits of one's own, always alike, drawn on paper by our code.

Every writer has for each digit one form, most of them a common one and some odd: a 1 whose flag
is on the wrong side, a crossed 0, a 2 or a 7 in mirror writing, a 4 that is an open box, a 9 with a
base. A slant, a width and a pen stay the same in all that the writer draws; only the hand's
small wobble differs.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.scenes.drawn import Style, styles

__all__ = ["Writer", "draw", "odd_writer"]

SIDE = 160
"""Pixels of a side of a drawing."""

Stroke = tuple[tuple[float, float], ...]
Form = tuple[bool, tuple[Stroke, ...]]

# Whether the strokes are curves, and the strokes; in a square from 0 to 1, y downwards.
ODD: dict[int, tuple[Form, ...]] = {
    0: (
        (
            True,
            (
                ((0.5, 0), (0.1, 0.3), (0.15, 0.8), (0.5, 1), (0.88, 0.75), (0.88, 0.25), (0.5, 0)),
                ((0.95, 0.0), (0.5, 0.5), (0.05, 1.0)),
            ),
        ),
        (
            True,
            (
                ((0.5, 0), (0.1, 0.3), (0.15, 0.8), (0.5, 1), (0.88, 0.75), (0.88, 0.25), (0.5, 0)),
                ((0.0, 0.5), (1.0, 0.5)),
            ),
        ),
    ),
    1: (
        (False, (((0.8, 0.35), (0.45, 0), (0.45, 1)),)),
        (False, (((0.9, 0.45), (0.45, 0), (0.45, 1)), ((0.1, 1), (0.85, 1)))),
    ),
    2: (
        (
            True,
            (((0.95, 0.25), (0.6, 0), (0.15, 0.1), (0.2, 0.4), (0.6, 0.75), (0.95, 1), (0, 1)),),
        ),
    ),
    3: ((False, (((0.1, 0), (0.9, 0), (0.1, 0.5), (0.9, 0.5), (0.9, 1), (0.1, 1)),)),),
    4: (
        (False, (((0.1, 0), (0.1, 0.5), (0.9, 0.5), (0.9, 0)), ((0.5, 0.5), (0.5, 1)))),
        (False, (((0.5, 0), (0.5, 1)), ((0.05, 0.3), (0.05, 0.6), (0.95, 0.6)))),
    ),
    6: ((False, (((0.2, 0), (0.2, 1), (0.8, 1), (0.8, 0.6), (0.2, 0.6)),)),),
    7: ((False, (((0.95, 0), (0.05, 0), (0.6, 1)),)),),
    9: (
        (
            False,
            (((0.85, 0.4), (0.15, 0.4), (0.15, 0), (0.85, 0), (0.85, 1), (0.1, 1)),),
        ),
        (
            True,
            (
                ((0.85, 0.1), (0.4, 0), (0.1, 0.25), (0.4, 0.5), (0.85, 0.2)),
                ((0.85, 0.2), (0.85, 0.75), (0.5, 1), (0.1, 0.85), (0.3, 0.7), (0.9, 0.7)),
            ),
        ),
    ),
}
ODD_DIGITS = 7
"""How many of the ten digits a writer forms oddly."""


@dataclass(frozen=True, slots=True)
class Writer:
    """What one person does alike in every digit.

    Args:
        forms: for each digit, its strokes.
        slant: how far the top leans to the right, as a part of the height.
        narrow: width as a part of the height.
        pen: the pen's width in pixels of a drawing.
        wobble: how far points stray, as a part of the height.
    """

    forms: tuple[Form, ...]
    slant: float
    narrow: float
    pen: int
    wobble: float


def odd_writer(seed: int) -> Writer:
    """Return the writer of this seed."""
    rng = np.random.default_rng([seed, 0])
    odd = set(rng.permutation(sorted(ODD))[:ODD_DIGITS].tolist())
    forms = []
    for digit in range(10):
        choices = ODD[digit] if digit in odd else tuple(map(_form, styles()[str(digit)][:1]))
        forms.append(choices[rng.integers(len(choices))])
    return Writer(
        tuple(forms),
        slant=float(rng.choice([-1, 1]) * rng.uniform(0.15, 0.35)),
        narrow=float(rng.uniform(0.55, 0.8)),
        pen=int(rng.integers(5, 10)),
        wobble=0.035,
    )


def _form(style: Style) -> Form:
    return style.curved, style.strokes


def draw(writer: Writer, label: int, number: int, seed: int) -> npt.NDArray[np.uint8]:
    """Return drawing ``number`` of a digit: uint8 [160, 160], dark ink on light paper."""
    rng = np.random.default_rng([seed, 1, label, number])
    curved, strokes = writer.forms[label]
    size = SIDE * rng.uniform(0.5, 0.65)
    middle = SIDE / 2 + rng.normal(0, 5, 2)
    moved = {p: np.asarray(p) + rng.normal(0, writer.wobble, 2) for s in strokes for p in s}
    slant = writer.slant + rng.normal(0, 0.03)
    paper = np.full((SIDE, SIDE), 235, np.uint8)
    for stroke in strokes:
        path = np.stack([moved[point] for point in stroke]) - 0.5
        path = _smooth(path) if curved else path
        path[:, 0] = path[:, 0] * writer.narrow - path[:, 1] * slant
        pixels = np.rint((path * size + middle) * 16).astype(np.int32)
        cv2.polylines(paper, [pixels], False, 40, writer.pen, cv2.LINE_AA, 4)
    noise = rng.normal(0, 4, paper.shape)
    return np.clip(paper + noise, 0, 255).astype(np.uint8)


def _smooth(path: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Cut the corners of a line twice over (Chaikin 1974); its ends stay."""
    for _time in range(3):
        near, far = path[:-1], path[1:]
        cut = np.stack([0.75 * near + 0.25 * far, 0.25 * near + 0.75 * far], 1).reshape(-1, 2)
        path = np.concatenate([path[:1], cut, path[-1:]])
    return path
