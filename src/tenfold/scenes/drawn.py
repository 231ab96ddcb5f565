"""Digits in the ways that schools teach and MNIST hardly has, as strokes through a few points.

A 1 with a flag and a base, a 7 with a bar, a 5 whose roof floats, an 8 of two boxes: each is a
list of strokes in a square from 0 to 1, y downwards, which every drawing varies anew.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.scenes.grid import BOX, GRID

__all__ = ["STYLES", "draw_digit"]

Rng = np.random.Generator
Stroke = tuple[tuple[float, float], ...]

# A style is its strokes, and whether they are curves.
STYLES: dict[int, tuple[tuple[bool, tuple[Stroke, ...]], ...]] = {
    0: (
        (
            True,
            (((0.5, 0), (0.12, 0.2), (0.05, 0.6), (0.4, 1), (0.85, 0.75), (0.9, 0.3), (0.5, 0)),),
        ),
        (False, (((0.1, 0), (0.9, 0), (0.9, 1), (0.1, 1), (0.1, 0)),)),
        (
            # Not quite closed, below or above.
            True,
            (
                (
                    (0.35, 1),
                    (0.05, 0.6),
                    (0.15, 0.15),
                    (0.5, 0),
                    (0.92, 0.3),
                    (0.88, 0.8),
                    (0.62, 1),
                ),
            ),
        ),
        (
            True,
            (((0.4, 0.02), (0.08, 0.3), (0.1, 0.8), (0.5, 1), (0.9, 0.7), (0.85, 0.2), (0.62, 0)),),
        ),
        (
            # With a curl that leads to the next.
            True,
            (
                (
                    (0.55, 0.05),
                    (0.15, 0.15),
                    (0.05, 0.6),
                    (0.4, 1),
                    (0.88, 0.75),
                    (0.85, 0.25),
                    (0.5, 0.0),
                    (0.4, 0.15),
                    (1.1, 0.1),
                ),
            ),
        ),
    ),
    1: (
        (False, (((0.5, 0), (0.5, 1)),)),
        (False, (((0.2, 0.3), (0.55, 0), (0.55, 1)),)),
        (False, (((0.0, 0.5), (0.55, 0), (0.55, 1)),)),
        (False, (((0.2, 0.25), (0.5, 0), (0.5, 1)), ((0.15, 1), (0.85, 1)))),
        (False, (((0.5, 0), (0.5, 1)), ((0.2, 1), (0.8, 1)))),
        # An up-stroke as long as the stem, with and without a base.
        (False, (((-0.1, 0.85), (0.5, 0), (0.5, 1)),)),
        (False, (((-0.05, 0.65), (0.5, 0), (0.5, 1)), ((0.1, 1), (0.9, 1)))),
        (
            # Up and down in a narrow loop.
            True,
            (((0.02, 0.75), (0.45, 0.35), (0.68, 0.06), (0.52, 0.0), (0.42, 0.3), (0.4, 1)),),
        ),
    ),
    2: (
        (
            True,
            (((0.05, 0.25), (0.3, 0), (0.8, 0.05), (0.85, 0.35), (0.5, 0.7), (0.05, 1), (1, 1)),),
        ),
        (False, (((0.1, 0), (0.9, 0), (0.9, 0.5), (0.1, 0.5), (0.1, 1), (0.9, 1)),)),
        (False, (((0.05, 0.2), (0.4, 0), (0.9, 0.2), (0.05, 1), (0.95, 1)),)),
        (
            True,
            (
                (
                    (0.1, 0.2),
                    (0.5, 0),
                    (0.85, 0.25),
                    (0.5, 0.7),
                    (0.1, 0.95),
                    (0.2, 0.75),
                    (0.5, 0.9),
                    (1, 1),
                ),
            ),
        ),
    ),
    3: (
        (
            True,
            (
                ((0.05, 0.1), (0.5, 0), (0.85, 0.2), (0.4, 0.47)),
                ((0.4, 0.47), (0.95, 0.7), (0.5, 1), (0.02, 0.9)),
            ),
        ),
        (False, (((0.05, 0), (0.9, 0), (0.4, 0.42), (0.9, 0.65), (0.7, 1), (0.05, 0.95)),)),
        (False, (((0.1, 0), (0.9, 0), (0.9, 1), (0.1, 1)), ((0.2, 0.5), (0.9, 0.5)))),
        (
            # With a loop between its bows.
            True,
            (
                (
                    (0.08, 0.1),
                    (0.5, 0),
                    (0.82, 0.2),
                    (0.4, 0.48),
                    (0.25, 0.4),
                    (0.45, 0.36),
                    (0.92, 0.7),
                    (0.5, 1),
                    (0.03, 0.88),
                ),
            ),
        ),
    ),
    4: (
        (
            # In one go, with a loop at its corner.
            True,
            (
                (
                    (0.7, 0),
                    (0.1, 0.5),
                    (0.12, 0.68),
                    (0.5, 0.6),
                    (0.98, 0.5),
                ),
                ((0.75, 0.25), (0.6, 1)),
            ),
        ),
        (False, (((0.15, 0), (0.05, 0.6), (0.95, 0.6)), ((0.7, 0.2), (0.7, 1)))),
        (False, (((0.7, 1), (0.7, 0), (0.02, 0.65), (1, 0.65)),)),
        (False, (((0.1, 0), (0.1, 0.5), (0.85, 0.5)), ((0.85, 0), (0.85, 1)))),
        (False, (((0.7, 0), (0.1, 0.45), (0.75, 0.45)), ((0.7, 0), (0.7, 1)))),
        (False, (((0.5, 0), (0.05, 0.6), (0.95, 0.55)), ((0.55, 0.35), (0.5, 1)))),
        (
            # Two strokes side by side, hardly crossing.
            True,
            (
                ((0.3, 0), (0.12, 0.4), (0.3, 0.6), (0.7, 0.5)),
                ((0.75, 0.15), (0.68, 0.6), (0.7, 1)),
            ),
        ),
    ),
    5: (
        (
            # All in one go, as an S.
            True,
            (
                (
                    (0.95, 0.03),
                    (0.5, 0),
                    (0.15, 0.2),
                    (0.5, 0.47),
                    (0.87, 0.74),
                    (0.5, 1),
                    (0.03, 0.9),
                ),
            ),
        ),
        (
            # A stem that turns at its foot, and a roof.
            True,
            (
                ((0.45, 0), (0.4, 0.4), (0.62, 0.72), (0.35, 1), (0.02, 0.92)),
                ((0.42, 0), (1, 0.0)),
            ),
        ),
        (
            # A bow that is hardly more than a stroke upwards.
            False,
            (
                ((0.05, 0.3), (0.25, 1), (0.62, 0.38)),
                ((0.4, 0.1), (1, 0.03)),
            ),
        ),
        (
            True,
            (
                ((0.15, 0), (0.1, 0.45)),
                ((0.1, 0.45), (0.5, 0.36), (0.9, 0.65), (0.5, 1), (0.03, 0.9)),
                ((0.12, 0), (0.95, 0)),
            ),
        ),
        (
            True,
            (
                ((0.15, 0.05), (0.1, 0.45)),
                ((0.1, 0.45), (0.5, 0.36), (0.9, 0.65), (0.5, 1), (0.03, 0.9)),
                ((0.3, 0), (1.0, -0.08)),
            ),
        ),
        (False, (((0.9, 0), (0.1, 0), (0.1, 0.45), (0.85, 0.45), (0.85, 1), (0.05, 1)),)),
        (
            # The bow comes back to the stem.
            True,
            (
                ((1.0, -0.03), (0.2, 0.02)),
                ((0.2, 0.02), (0.15, 0.48)),
                ((0.15, 0.48), (0.6, 0.36), (0.9, 0.65), (0.6, 1), (0.25, 0.92), (0.15, 0.75)),
            ),
        ),
        (
            # A stem that goes on below the bow's beginning.
            True,
            (
                ((1.0, 0.0), (0.25, 0.03)),
                ((0.25, 0.03), (0.1, 0.65)),
                ((0.14, 0.5), (0.6, 0.35), (0.85, 0.6), (0.7, 0.9), (0.35, 1)),
            ),
        ),
        (
            True,
            (
                ((0.9, 0), (0.15, 0)),
                ((0.15, 0), (0.15, 0.5)),
                ((0.15, 0.5), (0.5, 0.38), (0.85, 0.55), (0.85, 0.85), (0.6, 1)),
            ),
        ),
    ),
    6: (
        (
            True,
            (
                (
                    (0.8, 0.03),
                    (0.35, 0.25),
                    (0.05, 0.7),
                    (0.4, 1),
                    (0.9, 0.78),
                    (0.6, 0.52),
                    (0.1, 0.7),
                ),
            ),
        ),
        (False, (((0.8, 0), (0.1, 0), (0.1, 1), (0.85, 1), (0.85, 0.5), (0.1, 0.5)),)),
        (
            True,
            (
                (
                    (0.35, 0),
                    (0.08, 0.5),
                    (0.15, 0.95),
                    (0.7, 1),
                    (0.85, 0.7),
                    (0.5, 0.55),
                    (0.1, 0.75),
                ),
            ),
        ),
    ),
    7: (
        (
            # Begun with a curl.
            True,
            (
                (
                    (0.12, 0.25),
                    (0.02, 0.1),
                    (0.18, 0.0),
                    (0.35, 0.12),
                    (0.95, 0.03),
                    (0.55, 0.5),
                    (0.4, 1),
                ),
            ),
        ),
        (False, (((0.05, 0), (0.95, 0), (0.4, 1)),)),
        (False, (((0.05, 0), (0.95, 0), (0.4, 1)), ((0.2, 0.5), (0.9, 0.5)))),
        (False, (((0.05, 0.18), (0.08, 0), (0.95, 0), (0.45, 1)), ((0.2, 0.55), (0.85, 0.45)))),
        (False, (((0.05, 0.2), (0.08, 0), (0.95, 0), (0.6, 1)),)),
        (
            # A waving roof, and a bar.
            True,
            (
                ((0.0, 0.2), (0.12, 0.02), (0.5, 0.1), (0.95, 0)),
                ((0.95, 0), (0.6, 0.45), (0.4, 1)),
                ((0.2, 0.5), (0.85, 0.47)),
            ),
        ),
        (
            True,
            (
                ((0.0, 0.1), (0.3, 0.02), (0.6, 0.08), (0.95, 0)),
                ((0.95, 0), (0.55, 0.5), (0.1, 1)),
                ((0.1, 0.4), (0.9, 0.6)),
            ),
        ),
        (False, (((0.0, 0.05), (0.9, 0), (0.15, 1)), ((0.05, 0.65), (0.95, 0.4)))),
    ),
    8: (
        (
            True,
            (
                (
                    (0.5, 0.48),
                    (0.1, 0.25),
                    (0.5, 0),
                    (0.88, 0.23),
                    (0.5, 0.48),
                    (0.05, 0.75),
                    (0.5, 1),
                    (0.95, 0.75),
                    (0.5, 0.48),
                ),
            ),
        ),
        (False, (((0.1, 0), (0.9, 0), (0.9, 1), (0.1, 1), (0.1, 0)), ((0.1, 0.5), (0.9, 0.5)))),
        (
            True,
            (
                (
                    (0.85, 0.1),
                    (0.45, 0),
                    (0.12, 0.22),
                    (0.5, 0.47),
                    (0.92, 0.75),
                    (0.5, 1),
                    (0.08, 0.78),
                    (0.45, 0.5),
                    (0.88, 0.08),
                ),
            ),
        ),
    ),
    9: (
        (
            True,
            (
                ((0.85, 0.25), (0.5, 0.55), (0.1, 0.3), (0.5, 0), (0.85, 0.2)),
                ((0.85, 0.2), (0.85, 0.6), (0.75, 1)),
            ),
        ),
        (
            True,
            (
                ((0.85, 0.25), (0.5, 0.55), (0.1, 0.3), (0.5, 0), (0.85, 0.2)),
                ((0.85, 0.2), (0.8, 0.75), (0.4, 1), (0.05, 0.9)),
            ),
        ),
        (False, (((0.85, 0.5), (0.1, 0.5), (0.1, 0), (0.85, 0), (0.85, 1)),)),
        (
            # Begun inside its loop.
            True,
            (
                (
                    (0.6, 0.3),
                    (0.35, 0.35),
                    (0.25, 0.18),
                    (0.5, 0.02),
                    (0.85, 0.2),
                    (0.75, 0.65),
                    (0.3, 1),
                ),
            ),
        ),
        (
            True,
            (
                (
                    (0.7, 0.22),
                    (0.45, 0.4),
                    (0.1, 0.25),
                    (0.35, 0.02),
                    (0.8, 0.08),
                    (0.9, 0.4),
                    (0.6, 0.8),
                    (0.1, 1),
                ),
            ),
        ),
        (
            # A loop on a lower bow, as a 3 whose upper bow is closed.
            True,
            (
                ((0.8, 0.2), (0.45, 0.45), (0.1, 0.2), (0.5, 0), (0.8, 0.2)),
                ((0.8, 0.2), (0.7, 0.5), (0.9, 0.75), (0.5, 1), (0.02, 0.85)),
            ),
        ),
        (
            # The same in one go, its tail drawn up again.
            True,
            (
                (
                    (0.8, 0.05),
                    (0.4, 0.0),
                    (0.1, 0.22),
                    (0.4, 0.45),
                    (0.85, 0.2),
                    (0.75, 0.5),
                    (0.85, 0.8),
                    (0.5, 1),
                    (0.1, 0.95),
                    (0.1, 0.8),
                ),
            ),
        ),
        (
            True,
            (
                ((0.75, 0.08), (0.35, 0.02), (0.08, 0.3), (0.4, 0.52), (0.85, 0.2)),
                ((0.85, 0.05), (0.8, 0.6), (0.7, 1)),
            ),
        ),
    ),
}


def draw_digit(
    label: int, rng: Rng, *, steady: bool = False, habit: float | None = None
) -> npt.NDArray[np.bool_]:
    """Return the center lines of a digit in one of its styles, bool [64, 64].

    Args:
        label: 0 to 9.
        rng: decides how far each point strays.
        habit: which style, 0 to 1; None for any.
        steady: whether none strays, so that straight strokes stay upright or level.
    """
    habit = rng.random() if habit is None else habit
    curved, strokes = STYLES[label][int(habit * len(STYLES[label]))]
    curved = curved or (rng.random() < 0.25 and not steady)
    narrow = rng.uniform(0.4, 1.0)
    spread = rng.uniform(0.0, 0.07) * (not steady)
    canvas = np.zeros((GRID, GRID), np.uint8)
    moved: dict[tuple[float, float], npt.NDArray[np.float64]] = {}
    for stroke in strokes:
        # Strokes that meet in a point still meet, most of the time.
        for point in stroke:
            if point not in moved or rng.random() < 0.15:
                moved[point] = np.asarray(point) + rng.normal(0, spread, 2)
        path = np.stack([moved[point] for point in stroke])
        path = _curve(path) if curved and len(path) > 2 else path
        cells = (path - (0.5, 0.5)) * (narrow * BOX, BOX) + GRID / 2
        fixed = np.rint(cells * 16).astype(np.int32)
        cv2.polylines(canvas, [fixed], False, 1, 1, cv2.LINE_8, 4)
    return canvas > 0


def _curve(path: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """A smooth curve through the points of ``path`` [n, 2] (Catmull and Rom 1974)."""
    ends = np.vstack([2 * path[0] - path[1], path, 2 * path[-1] - path[-2]])
    t = np.linspace(0, 1, 10)[:, None]
    parts = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        parts.append(
            0.5
            * (
                2 * b
                + (c - a) * t
                + (2 * a - 5 * b + 4 * c - d) * t**2
                + (3 * b - a - 3 * c + d) * t**3
            )
        )
    return np.concatenate(parts)
