"""A map of digits: like ones near each other, colored by class."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from tenfold.data.images import CLASSES
from tenfold.errors import InputError
from tenfold.figures._check import as_images, as_labels, as_numbers
from tenfold.figures._examples import digits as made_up
from tenfold.figures._style import INK, MUTED, PAPER, RED, drawn
from tenfold.figures._words import shortened
from tenfold.language import text as _

__all__ = ["digit_map", "example"]

# Ten colors that color-blind readers can tell apart: Paul Tol's "muted" scheme and its gray.
COLORS = (
    "#332288",
    "#CC6677",
    "#117733",
    "#DDAA33",
    "#88CCEE",
    "#882255",
    "#44AA99",
    "#999933",
    "#AA4499",
    "#777777",
)
MOST = 70_000
# A thumbnail's side as a share of the map's, and how many at most.
SIDE, THUMBNAILS = 0.032, 250


@drawn
def digit_map(
    points: npt.ArrayLike,
    digits: npt.ArrayLike,
    thumbnails: npt.ArrayLike | None = None,
    mark: npt.ArrayLike | None = None,
    method: str | None = None,
) -> Figure:
    """Draw a point a digit, colored by class, each class named where most of it lies.

    Args:
        points: float [N, 2], where each digit lies, at most 70,000.
        digits: integer [N], 0 to 9, which each is.
        thumbnails: uint8 [N, 28, 28], their images; those that do not overlap are drawn.
        mark: float [2], the place of one picture to mark with a ring.
        method: how the places were found, to be written.

    Raises:
        InputError: if an argument is otherwise.
    """
    places = as_numbers(_("points"), points, ("N", 2))
    if len(places) > MOST:
        raise InputError(
            _("Received {count} points; expected at most {most}.", count=len(places), most=MOST)
        )
    classes = as_labels(digits, len(places))
    images = None if thumbnails is None else as_images(thumbnails)
    if images is not None and len(images) != len(places):
        raise InputError(
            _(
                "Received {images} thumbnails for {points} points; expected one each.",
                images=len(images),
                points=len(places),
            )
        )
    figure = Figure(figsize=(8.4, 8.4), layout="constrained")
    axes = figure.subplots()
    side = SIDE * _frame(axes, places)
    pictured = [] if images is None else _apart(places, side)
    for at in pictured:
        assert images is not None
        _draw_thumbnail(axes, images[at], COLORS[classes[at]], places[at], side)
    bare = _uncovered(places, places[pictured], side / 2)
    tint = [COLORS[digit] for digit in classes[bare]]
    axes.scatter(places[bare, 0], places[bare, 1], s=14, c=tint, alpha=0.75, linewidths=0, zorder=2)
    _name_classes(axes, places, classes)
    if mark is not None:
        _ring(axes, as_numbers(_("points"), mark, (2,)))
    count = f"{len(places):,}"
    words = _("{count} digits on a plane", count=count)
    if method:
        words = _("{count} digits on a plane ({method})", count=count, method=shortened(method, 30))
    figure.suptitle(words)
    return figure


def _frame(axes: Axes, places: npt.NDArray[np.float64]) -> float:
    """Put a square around all points and return its side; neither axis has a unit."""
    low, high = places.min(axis=0), places.max(axis=0)
    middle = (low + high) / 2
    # Points that all lie in one place get some room, too.
    half = max(float((high - low).max()) / 2 * 1.06, 1e-6 * float(np.abs(middle).max()), 1e-9)
    # Adding a picture would otherwise move the limits.
    axes.set_xlim(middle[0] - half, middle[0] + half, auto=False)
    axes.set_ylim(middle[1] - half, middle[1] + half, auto=False)
    axes.set(xticks=[], yticks=[], aspect="equal")
    axes.spines[:].set_visible(False)
    return 2 * half


def _apart(places: npt.NDArray[np.float64], side: float) -> list[int]:
    """Choose points, first come first served, whose pictures of this side do not overlap."""
    chosen: list[int] = []
    for at, place in enumerate(places):
        if len(chosen) == THUMBNAILS:
            break
        if not chosen or np.abs(places[chosen] - place).max(axis=1).min() >= side:
            chosen.append(at)
    return chosen


def _uncovered(
    places: npt.NDArray[np.float64], centers: npt.NDArray[np.float64], half: float
) -> npt.NDArray[np.intp]:
    """The points that no picture covers."""
    covered = np.zeros(len(places), bool)
    for center in centers:
        covered |= np.abs(places - center).max(axis=1) < half
    return np.flatnonzero(~covered)


def _draw_thumbnail(
    axes: Axes,
    image: npt.NDArray[np.uint8],
    color: str,
    place: npt.NDArray[np.float64],
    side: float,
) -> None:
    """Draw the ink in the class's color, on no background."""
    pixels = np.empty((*image.shape, 4))
    pixels[..., :3] = to_rgb(color)
    pixels[..., 3] = image / 255
    (x, y), half = place, side / 2
    axes.imshow(pixels, extent=(x - half, x + half, y - half, y + half), zorder=3)


def _name_classes(
    axes: Axes, places: npt.NDArray[np.float64], classes: npt.NDArray[np.integer]
) -> None:
    for digit in range(CLASSES):
        own = places[classes == digit]
        if len(own):
            x, y = _heart(own)
            name = axes.text(x, y, str(digit), fontsize=30, color=COLORS[digit], zorder=5)
            name.set(ha="center", va="center")
            name.set_path_effects([patheffects.withStroke(linewidth=6, foreground=PAPER)])


def _heart(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The point of a class whose neighborhood is densest: never between two clusters."""
    few = points[:: max(1, len(points) // 300)]
    apart = np.linalg.norm(few[:, None] - few[None], axis=2)
    near = np.sort(apart, axis=1)[:, : max(2, len(few) // 3)]
    middle: npt.NDArray[np.float64] = few[near.mean(axis=1).argmin()]
    return middle


def _ring(axes: Axes, place: npt.NDArray[np.float64]) -> None:
    axes.plot(*place, "o", ms=22, mfc="none", mec=INK, mew=2.5, zorder=6)
    axes.plot(*place, "o", ms=6, color=RED, mec=PAPER, zorder=6)
    axes.annotate(
        _("your picture"),
        (float(place[0]), float(place[1])),
        (16, 14),
        textcoords="offset points",
        color=MUTED,
        fontsize=12,
        zorder=6,
        path_effects=[patheffects.withStroke(linewidth=4, foreground=PAPER)],
    )


def example() -> Figure:
    """Draw ten made-up clusters."""
    rng = np.random.default_rng(6)
    digits = rng.integers(0, CLASSES, 250)
    turns = 2 * np.pi * digits / CLASSES
    places = np.stack([np.cos(turns), np.sin(turns)], 1) * 6 + rng.normal(0, 0.8, (250, 2))
    return digit_map(places, digits, made_up(digits), (1.0, 0.5), "t-SNE")
