"""Which digit is most often taken for which other."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tenfold.data.images import CLASSES, SIZE
from tenfold.errors import InputError
from tenfold.figures._check import as_counts, as_images, as_whole
from tenfold.figures._examples import digits
from tenfold.figures._style import INK, MUTED, RED, drawn
from tenfold.figures._words import percent, shown
from tenfold.language import text as _

__all__ = ["confused_pairs", "example"]

# Inches: a row, the bars, a picture with its gap, and the margins.
ROW, BARS, PICTURE = 0.5, 3.6, 0.46
LEFT, RIGHT, TOP, BOTTOM = 1.0, 1.5, 0.95, 0.2
SHOWN, GAP = 8, 3
LARGEST = CLASSES * (CLASSES - 1)


@drawn
def confused_pairs(
    matrix: npt.ArrayLike,
    examples: Mapping[tuple[int, int], npt.ArrayLike] | None = None,
    most: int = 10,
) -> Figure:
    """Draw the commonest errors as bars, most first: true digit, predicted digit, count, share.

    Args:
        matrix: integer [10, 10], counts by true and predicted digit.
        examples: (true, predicted) -> uint8 [N, 28, 28], images so confused; the first eight of
            each are drawn beside its bar.
        most: how many pairs at most, 1 to 90.

    Raises:
        InputError: if an argument is otherwise.
    """
    counts = as_counts(matrix).astype(np.float64)
    pairs = _commonest(counts, as_whole("most", most, LARGEST))
    strips = [_strip(examples, pair) for pair in pairs]
    pictured = any(strip is not None for strip in strips)
    rows = max(len(pairs), 1)
    width = LEFT + BARS + RIGHT + (SHOWN * PICTURE + 0.2 if pictured else 0)
    height = TOP + BOTTOM + ROW * rows
    figure = Figure(figsize=(width, height))
    figure.text(0.25 / width, 1 - 0.4 / height, _title(counts), fontsize=14, va="center")
    if not pairs:
        return figure
    head = 1 - (TOP - 0.15) / height
    figure.text(0.25 / width, head, _("true → predicted"), color=MUTED, va="center")
    place = (LEFT / width, BOTTOM / height, BARS / width, ROW * rows / height)
    axes = figure.add_axes(place, ylim=(rows - 0.5, -0.5))
    _draw_bars(axes, pairs, counts)
    left = LEFT + BARS + RIGHT
    for at, strip in enumerate(strips):
        if strip is not None:
            bottom = height - TOP - ROW * at - (ROW + PICTURE) / 2
            _draw_strip(figure, strip, (left, bottom), (width, height))
    return figure


def _commonest(counts: npt.NDArray[np.float64], most: int) -> list[tuple[int, int]]:
    """Pairs that occur, most first; of equal counts the smaller digits first."""
    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:most].tolist()
    return [divmod(at, CLASSES) for at in order if wrong.flat[at] > 0]


def _title(counts: npt.NDArray[np.float64]) -> str:
    wrong = counts.sum() - counts.trace()
    if not wrong:
        return _("No errors in {count} images", count=f"{counts.sum():,.0f}")
    return _(
        "Most confused digits ({wrong} errors in {count} images)",
        wrong=f"{wrong:,.0f}",
        count=f"{counts.sum():,.0f}",
    )


def _strip(
    examples: Mapping[tuple[int, int], npt.ArrayLike] | None, pair: tuple[int, int]
) -> npt.NDArray[np.uint8] | None:
    if examples is None:
        return None
    if not isinstance(examples, Mapping):
        raise InputError(
            _("Received {received}; expected a mapping of pairs.", received=shown(examples))
        )
    return as_images(examples[pair])[:SHOWN] if pair in examples else None


def _draw_bars(axes: Axes, pairs: list[tuple[int, int]], counts: npt.NDArray[np.float64]) -> None:
    values = [counts[pair] for pair in pairs]
    axes.barh(range(len(pairs)), values, height=0.62, color=RED, alpha=0.85)
    for at, (true, predicted) in enumerate(pairs):
        share = percent(counts[true, predicted] / counts[true].sum(), 1)
        words = _("{count:,.0f} ({share} of the {true}s)", count=values[at], share=share, true=true)
        axes.annotate(
            words, (values[at], at), (6, 0), textcoords="offset points", va="center", color=INK
        )
    axes.set_yticks(range(len(pairs)), [f"{t} → {p}" for t, p in pairs], color=INK, fontsize=13)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines["bottom"].set_visible(False)
    axes.set_xlim(0, max(values))


def _draw_strip(
    figure: Figure,
    strip: npt.NDArray[np.uint8],
    corner: tuple[float, float],
    page: tuple[float, float],
) -> None:
    """Draw pictures side by side at ``corner``, inches from the page's lower left."""
    sheet = np.concatenate(np.pad(strip, ((0, 0), (0, 0), (0, GAP))), axis=1)
    scale = (PICTURE - 0.03) / SIZE
    size = (sheet.shape[1] * scale, sheet.shape[0] * scale)
    place = (corner[0] / page[0], corner[1] / page[1], size[0] / page[0], size[1] / page[1])
    axes = figure.add_axes(place)
    axes.set_axis_off()
    axes.imshow(sheet, cmap="gray_r", vmin=0, vmax=255, aspect="auto")


def example() -> Figure:
    """Draw a made-up matrix with a few examples."""
    matrix = np.diag(np.full(CLASSES, 1000))
    for pair, count in {(4, 9): 13, (7, 2): 9, (9, 4): 7, (3, 5): 7, (8, 3): 4, (6, 0): 2}.items():
        matrix[pair] = count
    examples = {
        (true, predicted): digits(np.full(matrix[true, predicted], true))
        for true, predicted in np.argwhere((matrix > 0) & (matrix < 100)).tolist()
    }
    return confused_pairs(matrix, examples)
