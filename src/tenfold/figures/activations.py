"""What each layer of a network makes of one picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tenfold.data.images import CLASSES
from tenfold.errors import InputError
from tenfold.figures._check import as_array, as_numbers, as_picture
from tenfold.figures._examples import digits
from tenfold.figures._style import BLUE, INK, LINE, MUTED, drawn
from tenfold.figures._tiles import diverging, reach, rising, tiled
from tenfold.figures._words import percent, shortened, shown
from tenfold.language import text as _

__all__ = ["activations", "example"]

# Inches: the words at the left, the pictures, gaps and margins.
WORDS, WIDTH, GAP, MARGIN = 1.9, 7.6, 0.3, 0.3
MAPS, COLUMNS, CELLS = 16, 8, 64
CELL = WIDTH / CELLS
MOST_LAYERS, MOST_VALUES = 50, 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    name: str
    values: npt.NDArray[np.float64]
    height: float


@drawn
def activations(
    image: npt.ArrayLike, outputs: Sequence[tuple[str, npt.ArrayLike]] | Mapping[str, npt.ArrayLike]
) -> Figure:
    """Draw a picture and below it what each layer puts out, the answer last.

    A layer of maps shows its first 16, each layer on its own scale; a layer of units one cell a
    unit; ten values that add up to 1 are drawn as the probabilities of the digits. Where a layer
    has values below 0, they are red.

    Args:
        image: uint8 [28, 28], or float [28, 28] in [0, 1]; bright ink on black.
        outputs: name and values of each layer, first to last, at most 50: float [channels, height,
            width] or [units], at most 4 million values in all.

    Raises:
        InputError: if the picture or an output is otherwise.
    """
    picture = as_picture(image)
    rows = [_Row(_("Input"), picture[None], 1.2), *_rows(outputs)]
    width = MARGIN + WORDS + WIDTH + MARGIN
    height = 2 * MARGIN + sum(row.height for row in rows) + GAP * (len(rows) - 1)
    figure = Figure(figsize=(width, height))
    top = height - MARGIN
    for row in rows:
        _write(figure, row, top / height, width)
        axes_width = 1.2 if len(row.values) == 1 and row.values.ndim == 3 else WIDTH
        place = ((MARGIN + WORDS) / width, (top - row.height) / height)
        axes = figure.add_axes((*place, axes_width / width, row.height / height))
        _draw(axes, row)
        top -= row.height + GAP
    return figure


def _rows(outputs: object) -> list[_Row]:
    pairs: object = list(outputs.items()) if isinstance(outputs, Mapping) else outputs
    if not isinstance(pairs, Sequence) or isinstance(pairs, str) or len(pairs) > MOST_LAYERS:
        raise InputError(
            _(
                "Received {received}; expected up to {most} pairs of a layer's name and values.",
                received=shown(outputs),
                most=MOST_LAYERS,
            )
        )
    rows = [_row(pair) for pair in pairs]
    if sum(row.values.size for row in rows) > MOST_VALUES:
        raise InputError(_("Received too many values to draw; expected at most 4 million."))
    return rows


def _row(pair: object) -> _Row:
    if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
        raise InputError(
            _("Received {received}; expected a layer's name and values.", received=shown(pair))
        )
    name, given = pair
    array = as_array(given)
    shape = ("C", "H", "W") if array.ndim == 3 else ("N",)
    values = as_numbers(_("values of a layer"), array, shape)
    if values.ndim == 3:
        lines = math.ceil(min(len(values), MAPS) / COLUMNS)
        each = (WIDTH / COLUMNS) * values.shape[1] / values.shape[2]
        return _Row(str(name), values, min(max(lines * each, 0.3), 4.0))
    if _is_answer(values):
        return _Row(str(name), values, 1.3)
    return _Row(str(name), values, max(CELL * 2 * math.ceil(len(values) / CELLS), 0.24))


def _is_answer(values: npt.NDArray[np.float64]) -> bool:
    return values.shape == (CLASSES,) and values.min() >= 0 and abs(values.sum() - 1) < 0.01


def _write(figure: Figure, row: _Row, top: float, width: float) -> None:
    count = len(row.values)
    shape = " × ".join(map(str, row.values.shape))
    words = _("{shape}, first {count}", shape=shape, count=MAPS) if _is_cut(row) else shape
    if _is_answer(row.values):
        words = _("probability of each digit")
    elif row.values.ndim == 1:
        words = _("{count} units", count=count)
    left = MARGIN / width
    figure.text(left, top, shortened(row.name, 24), va="top", fontsize=11)
    figure.text(left, top - 0.22 / figure.get_figheight(), words, va="top", color=MUTED, fontsize=9)


def _is_cut(row: _Row) -> bool:
    return row.values.ndim == 3 and len(row.values) > MAPS


def _draw(axes: Axes, row: _Row) -> None:
    values = row.values
    if _is_answer(values):
        _draw_answer(axes, values)
        return
    scale = diverging(reach(values)) if values.min() < 0 else rising(reach(values))
    if values.ndim == 3:
        maps = values[:MAPS]
        sheet = tiled(maps, scale, min(COLUMNS, len(maps)), gap=0.06)
    else:
        sheet = tiled(values[:, None, None], scale, CELLS, gap=0.12)
    axes.imshow(sheet, interpolation="nearest")
    axes.set_aspect("auto" if values.ndim == 1 else "equal")
    axes.set_anchor("NW")
    axes.set_axis_off()


def _draw_answer(axes: Axes, values: npt.NDArray[np.float64]) -> None:
    best = int(values.argmax())
    axes.bar(
        range(CLASSES),
        values,
        width=0.62,
        color=[BLUE if d == best else LINE for d in range(CLASSES)],
    )
    axes.set_xticks(range(CLASSES), [str(digit) for digit in range(CLASSES)], color=INK)
    axes.set(yticks=[], ylim=(0, 1.25), xlim=(-0.6, CLASSES - 0.4))
    axes.spines["left"].set_visible(False)
    axes.tick_params(length=0, labelsize=11)
    axes.annotate(
        percent(float(values[best]), 2),
        (best, values[best]),
        (0, 3),
        textcoords="offset points",
        ha="center",
    )


def example() -> Figure:
    """Draw a made-up network's view of a made-up 3."""
    picture = digits(np.array([3]))[0]
    plain = picture / 255
    rng = np.random.default_rng(2)
    edges = [np.clip(np.roll(plain, shift) - plain, 0, 1) for shift in range(1, 13)]
    pooled = np.stack(edges)[:, ::2, ::2]
    answer = np.full(10, 0.004)
    answer[3] = 0.964
    outputs = [
        ("Conv 3×3, 12, ReLU", np.stack(edges)),
        ("MaxPool 2×2", pooled),
        ("Dense 100, ReLU", np.maximum(rng.normal(0, 1, 100), 0)),
        ("Dense 10", rng.normal(0, 1, 10)),
        ("Softmax", answer),
    ]
    return activations(picture, outputs)
