"""The network as a diagram: maps as stacks of planes, dense layers as columns of neurons."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.text import Text

from tenfold.data.images import CLASSES
from tenfold.errors import InputError
from tenfold.figures._check import field
from tenfold.figures._glyphs import HEIGHT, Glyph, glyph_for
from tenfold.figures._style import INK, LINE, MUTED, drawn
from tenfold.figures._words import shortened, shown
from tenfold.language import text as _

__all__ = ["LayerRow", "example", "network"]

# All lengths are inches; one unit of the axes is one inch.
WIDEST = 14.0
GAP = 0.5
MARGIN = 0.35
LINE_HEIGHT = 0.19
SIZE = 10
MOST_LAYERS = 100
PICTURED = ("input", "conv", "pool", "flatten", "dense")


class LayerRow(Protocol):
    """One line of a network's summary; a mapping with the same keys does as well."""

    @property
    def kind(self) -> str:
        """Such as "input", "conv", "pool", "flatten", "dense", "dropout" or "batch_norm"."""

    @property
    def label(self) -> str:
        """What to write beneath, such as "Conv 3x3, 32, ReLU"."""

    @property
    def shape(self) -> tuple[int, ...]:
        """What the layer puts out, without the batch: (channels, height, width) or (units,)."""

    @property
    def parameters(self) -> int:
        """How many numbers the layer holds."""


@dataclass(frozen=True, slots=True)
class _Layer:
    kind: str
    label: str
    shape: tuple[int, ...]
    parameters: int


@dataclass(frozen=True, slots=True)
class _Slot:
    """One place in the diagram: a glyph, and beneath it lines of text with their colors."""

    glyph: Glyph
    lines: tuple[tuple[str, str], ...]
    width: float
    joined: bool


@drawn
def network(layers: Sequence[LayerRow | Mapping[str, object]], name: str | None = None) -> Figure:
    """Draw the layers from left to right with names, shapes and parameters, the total above.

    A layer without a picture of its own (dropout, batch normalization) is written beneath the one
    that it follows. A network too wide for one line goes on in the next.

    Args:
        layers: one row a layer, the input first, at most 100; attributes or keys "kind", "label",
            "shape" (without the batch) and "parameters".
        name: what to call the network.

    Raises:
        InputError: if there is no layer, or a row is otherwise.
    """
    rows = _layers(layers)
    total = f"{sum(row.parameters for row in rows):,}"
    title = _("{count} parameters", count=total)
    if name:
        title = _("{name}: {count} parameters", name=shortened(name, 60), count=total)
    lines = _broken(_slots(rows))
    heights = [
        HEIGHT + LINE_HEIGHT * max(len(slot.lines) for slot in line) + 0.45 for line in lines
    ]
    width = max(max(_length(line) for line in lines), _width(title, 14)) + 2 * MARGIN
    height = sum(heights) + 0.75
    figure = Figure(figsize=(width, height))
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(0, height))
    axes.set_axis_off()
    axes.text(MARGIN, height - 0.4, title, fontsize=14, va="center")
    top = height - 0.8
    for at, line in enumerate(lines):
        left = MARGIN if len(lines) > 1 else (width - _length(line)) / 2
        _draw_line(axes, line, left, top - HEIGHT / 2, last=at == len(lines) - 1)
        top -= heights[at]
    return figure


def _layers(layers: Sequence[LayerRow | Mapping[str, object]]) -> list[_Layer]:
    if isinstance(layers, Mapping | str) or not isinstance(layers, Sequence):
        raise InputError(
            _("Received {kind}; expected a sequence of layers.", kind=type(layers).__name__)
        )
    if not 1 <= len(layers) <= MOST_LAYERS:
        raise InputError(
            _("Received {count} layers; expected 1 to {most}.", count=len(layers), most=MOST_LAYERS)
        )
    return [_layer(row, at) for at, row in enumerate(layers)]


def _layer(row: LayerRow | Mapping[str, object], at: int) -> _Layer:
    kind, label, shape, parameters = (
        field(row, name) for name in ("kind", "label", "shape", "parameters")
    )
    if not isinstance(kind, str) or not isinstance(label, str):
        raise _misfit(at, _("a kind and a label"), (kind, label))
    if not (
        isinstance(shape, Sequence)
        and shape
        and all(isinstance(side, int) and 1 <= side < 2**63 for side in shape)
    ):
        raise _misfit(at, _("a shape of whole numbers from 1"), shape)
    if not isinstance(parameters, int) or not 0 <= parameters < 2**63:
        raise _misfit(at, _("a number of parameters"), parameters)
    return _Layer(kind, label, tuple(shape), parameters)


def _misfit(at: int, expected: str, received: object) -> InputError:
    return InputError(
        _(
            "Layer {at} has {received}; expected {expected}.",
            at=at,
            received=shown(received),
            expected=expected,
        )
    )


def _slots(rows: list[_Layer]) -> list[_Slot]:
    """Give each pictured layer its place, and write the others beneath the one they follow."""
    largest = max(
        (side for row in rows if len(row.shape) > 1 for side in row.shape[-2:]), default=1
    )
    slots: list[_Slot] = []
    shape: tuple[int, ...] | None = None
    for row in rows:
        if slots and row.kind not in PICTURED and row.shape == shape:
            lines = (*slots[-1].lines, ("", INK), *_caption(row, "+ "))
            slots[-1] = replace(slots[-1], lines=lines)
        else:
            glyph = glyph_for(row.kind, row.shape, largest)
            slots.append(_Slot(glyph, _caption(row), 0, joined=row.kind == "dense"))
            shape = row.shape
    return [_measured(slot) for slot in slots]


def _caption(row: _Layer, mark: str = "") -> tuple[tuple[str, str], ...]:
    """The name, the shape where it is new, and the parameters where there are any."""
    names = textwrap.wrap(mark + shortened(row.label, 60), 13)
    lines = [(line, INK) for line in names]
    if not mark:
        lines.append((" × ".join(map(str, row.shape)), MUTED))
    if row.parameters:
        lines.append((_("{count} param.", count=f"{row.parameters:,}"), MUTED))
    return tuple(lines)


def _measured(slot: _Slot) -> _Slot:
    widest = max(_width(words, SIZE) for words, _color in slot.lines)
    return replace(slot, width=max(slot.glyph.span, widest))


def _width(words: str, size: float) -> float:
    """The width in inches of one line of text."""
    figure = Figure(dpi=100)
    text = Text(0, 0, words, fontsize=size, figure=figure)
    return float(text.get_window_extent(dpi=100).width) / 100


def _broken(slots: list[_Slot]) -> list[list[_Slot]]:
    """Break the diagram into lines no wider than the page."""
    lines: list[list[_Slot]] = [[]]
    for slot in slots:
        if lines[-1] and _length([*lines[-1], slot]) > WIDEST:
            lines.append([])
        lines[-1].append(slot)
    return lines


def _length(line: list[_Slot]) -> float:
    return sum(slot.width for slot in line) + GAP * (len(line) - 1)


def _draw_line(axes: Axes, line: list[_Slot], left: float, middle: float, *, last: bool) -> None:
    previous: tuple[Glyph, float] | None = None
    for slot in line:
        start = left + (slot.width - slot.glyph.span) / 2
        slot.glyph.draw(axes, start, middle)
        _write(axes, slot.lines, left + slot.width / 2, middle - HEIGHT / 2 - 0.2)
        if previous is not None:
            _connect(axes, previous, (slot.glyph, start), middle, joined=slot.joined)
        previous = (slot.glyph, start)
        left += slot.width + GAP
    if last:
        _number_outputs(axes, line[-1], left - GAP, middle)
    elif previous is not None:
        end = previous[1] + previous[0].span + 0.1
        _arrow(axes, end, end + 0.4, middle)


def _number_outputs(axes: Axes, slot: _Slot, right: float, middle: float) -> None:
    """Write beside the ten neurons at the end which digit each stands for."""
    heights = slot.glyph.anchors()
    if len(heights) == CLASSES:
        for digit, height in enumerate(heights):
            left = right - slot.width / 2 + slot.glyph.width / 2 + 0.09
            axes.text(left, middle + height, str(digit), va="center", color=MUTED, fontsize=9)


def _write(axes: Axes, lines: tuple[tuple[str, str], ...], center: float, top: float) -> None:
    for at, (words, color) in enumerate(lines):
        height = top - LINE_HEIGHT * at
        axes.text(center, height, words, ha="center", va="center", color=color, fontsize=SIZE)


def _connect(
    axes: Axes,
    before: tuple[Glyph, float],
    after: tuple[Glyph, float],
    middle: float,
    *,
    joined: bool,
) -> None:
    """Draw every connection between two columns, or else one arrow."""
    (source, source_left), (target, target_left) = before, after
    start, end = source_left + source.span, target_left
    if not (joined and source.anchors() and target.anchors()):
        _arrow(axes, start + 0.1, end - 0.1, middle)
        return
    ends = [
        ((start, middle + low), (end, middle + high))
        for low in source.anchors()
        for high in target.anchors()
    ]
    axes.add_collection(LineCollection(ends, colors=LINE, linewidths=0.6, zorder=1))


def _arrow(axes: Axes, start: float, end: float, height: float) -> None:
    axes.annotate(
        "",
        (end, height),
        (start, height),
        arrowprops={
            "arrowstyle": "-|>",
            "color": MUTED,
            "linewidth": 1.2,
            "shrinkA": 0,
            "shrinkB": 0,
        },
    )


def example() -> Figure:
    """Draw a small made-up convolutional network."""
    rows = (
        _Layer("input", "Input", (1, 28, 28), 0),
        _Layer("conv", "Conv 3×3, 32, ReLU", (32, 26, 26), 320),
        _Layer("batch_norm", "BatchNorm", (32, 26, 26), 128),
        _Layer("pool", "MaxPool 2×2", (32, 13, 13), 0),
        _Layer("flatten", "Flatten", (5408,), 0),
        _Layer("dense", "Dense 100, ReLU", (100,), 540_900),
        _Layer("dropout", "Dropout 0.2", (100,), 0),
        _Layer("dense", "Dense 10", (10,), 1010),
    )
    return network(rows, name=_("Example"))
