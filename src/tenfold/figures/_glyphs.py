"""The pictures of layers in a network's diagram; all lengths in inches."""

from __future__ import annotations

import math
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Circle, Rectangle

from tenfold.figures._style import BLUE, GREEN, INK, MUTED, ORANGE

__all__ = ["HEIGHT", "Glyph", "glyph_for"]

# The tallest a glyph may be, and the least and most of a map's side.
HEIGHT = 2.2
SMALLEST, LARGEST = 0.2, 1.3
STEP = 0.075
PLANES = 8
PITCH, RADIUS = 0.17, 0.065
# A column of more neurons than this shows its first and last few.
SHOWN, ENDS = 12, 5
COLORS = {"input": MUTED, "conv": BLUE, "pool": GREEN, "flatten": MUTED, "dense": ORANGE}


@dataclass(frozen=True, slots=True)
class Glyph:
    """How a layer is drawn.

    Args:
        color: of the edges; areas are filled with a light tint.
        width: of one plane, or of the column.
        height: of one plane, or of the column.
        planes: how many planes; 0 for a column.
        units: how many neurons the column stands for.
        bar: draw the column as one strip of cells: values without weights of their own.
    """

    color: str
    width: float
    height: float
    planes: int = 0
    units: int = 0
    bar: bool = False

    @property
    def span(self) -> float:
        """The whole width."""
        return self.width + STEP * max(self.planes - 1, 0)

    def anchors(self) -> list[float]:
        """Return the heights of the drawn neurons above the middle, top first; none for planes."""
        if self.planes:
            return []
        if self.units <= SHOWN:
            return [PITCH * ((self.units - 1) / 2 - at) for at in range(self.units)]
        upper = [PITCH * (ENDS - at + 0.3) for at in range(ENDS)]
        return upper + [-height for height in reversed(upper)]

    def draw(self, axes: Axes, left: float, middle: float) -> None:
        """Draw with the left edge at ``left``, centered at height ``middle``."""
        if self.planes:
            self._draw_planes(axes, left, middle)
        else:
            self._draw_column(axes, left, middle)

    def _draw_planes(self, axes: Axes, left: float, middle: float) -> None:
        spread = STEP * (self.planes - 1)
        bottom = middle - (self.height + spread) / 2
        # The first plane lies behind the others, at the upper right.
        for back in reversed(range(self.planes)):
            corner = (left + STEP * back, bottom + STEP * back)
            self._add(axes, Rectangle(corner, self.width, self.height, linewidth=1))

    def _draw_column(self, axes: Axes, left: float, middle: float) -> None:
        for height in self.anchors():
            center = (left + self.width / 2, middle + height)
            if self.bar:
                corner = (center[0] - RADIUS, center[1] - PITCH / 2)
                self._add(axes, Rectangle(corner, 2 * RADIUS, PITCH, linewidth=1))
            else:
                self._add(axes, Circle(center, RADIUS, linewidth=1.2))
        if self.units > SHOWN:
            for dot in (-0.065, 0.0, 0.065):
                center = (left + self.width / 2, middle + dot)
                axes.add_patch(Circle(center, 0.017, color=INK, zorder=4))

    def _add(self, axes: Axes, patch: Circle | Rectangle) -> None:
        patch.set(facecolor=_tint(self.color), edgecolor=self.color, zorder=3)
        axes.add_patch(patch)


def glyph_for(kind: str, shape: tuple[int, ...], largest: int) -> Glyph:
    """Return the glyph of a layer whose ``shape`` is drawn to the scale of the ``largest`` side."""
    color = COLORS.get(kind, INK)
    if len(shape) == 1:
        return Glyph(color, 2 * RADIUS, HEIGHT, units=shape[0], bar=kind in ("input", "flatten"))
    height, width = (max(SMALLEST, LARGEST * side / largest) for side in shape[-2:])
    channels = math.prod(shape[:-2])
    # One more plane for each doubling: 1, 32 and 64 channels give 1, 6 and 7 planes.
    planes = min(PLANES, 1 + round(min(math.log2(channels), PLANES)))
    return Glyph(color, width, height, planes=planes)


def _tint(color: str) -> tuple[float, ...]:
    return tuple(1 - 0.22 * (1 - part) for part in to_rgb(color))
