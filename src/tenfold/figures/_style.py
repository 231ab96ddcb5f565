"""The look of all figures: colors that color-blind readers can tell apart, and quiet axes.

Blue, orange, red and green are those of Okabe and Ito (Color Universal Design, 2008).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec

import matplotlib.style
from matplotlib.figure import Figure

from tenfold.figures._fonts import families

__all__ = ["BLUE", "GREEN", "INK", "LINE", "MUTED", "ORANGE", "PAPER", "RED", "drawn", "style"]

BLUE = "#0072B2"
ORANGE = "#E69F00"
RED = "#D55E00"
GREEN = "#009E73"
INK = "#1F2933"
MUTED = "#5B6773"
LINE = "#DDE2E7"
PAPER = "#FFFFFF"

SETTINGS: dict[str, Any] = {
    "figure.facecolor": PAPER,
    "figure.dpi": 100,
    "savefig.dpi": 200,
    "font.size": 10,
    "text.color": INK,
    # A user's title may hold dollar signs; they are text, not formulas.
    "text.parse_math": False,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.titlepad": 8,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": LINE,
    "axes.linewidth": 1.0,
    "axes.grid": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": LINE,
    "grid.linewidth": 0.8,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "figure.titlesize": 14,
    "legend.frameon": False,
    "legend.fontsize": 10,
    "lines.solid_capstyle": "round",
    "figure.constrained_layout.w_pad": 0.12,
    "figure.constrained_layout.h_pad": 0.1,
    "svg.hashsalt": "tenfold",
    "svg.fonttype": "path",
}

P = ParamSpec("P")


@contextmanager
def style() -> Iterator[None]:
    """Put the house style in force; what the user had set returns afterwards."""
    with matplotlib.style.context(["default", SETTINGS | {"font.family": families()}]):
        yield


def drawn(function: Callable[P, Figure]) -> Callable[P, Figure]:
    """Make a figure's function draw in the house style."""

    @functools.wraps(function)
    def styled(*args: P.args, **keywords: P.kwargs) -> Figure:
        with style():
            return function(*args, **keywords)

    return styled
