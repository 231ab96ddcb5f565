"""Figures: results in, a matplotlib ``Figure`` out; a network is never seen here.

One file here is one figure: ``confusion.py`` holds the function ``confusion`` that draws it and
``example`` that draws it from made-up data. A name with a leading underscore is no figure::

    from tenfold.figures import save
    from tenfold.figures.confusion import confusion

    save(confusion(matrix), "confusion.svg")

No screen is needed, and nothing of matplotlib's global state is changed for good.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from typing import TYPE_CHECKING

from tenfold.errors import MissingExtraError, UnknownNameError
from tenfold.language import text as _
from tenfold.registry import entry_names

if importlib.util.find_spec("matplotlib") is None:
    raise MissingExtraError("train", _("Drawing figures"))

from tenfold.figures._canvas import METADATA, save
from tenfold.figures._fonts import ALWAYS, families
from tenfold.figures._style import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["ALWAYS", "METADATA", "families", "figure_names", "find_figure", "save", "style"]


def figure_names() -> tuple[str, ...]:
    """Return the names of all figures, sorted."""
    return tuple(entry_names(__path__))


def find_figure(name: str) -> Callable[..., Figure]:
    """Return the function that draws the figure of this name.

    Raises:
        UnknownNameError: if there is none.
    """
    if name not in figure_names():
        raise UnknownNameError(_("figure"), name, figure_names())
    function: Callable[..., Figure] = getattr(
        importlib.import_module(f"tenfold.figures.{name}"), name
    )
    return function
