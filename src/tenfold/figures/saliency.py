"""Which pixels of one picture speak for a digit, and which against it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tenfold.data.images import CLASSES, SIZE
from tenfold.errors import InputError
from tenfold.figures._check import as_numbers, as_picture
from tenfold.figures._examples import digits
from tenfold.figures._style import INK, LINE, drawn
from tenfold.figures._tiles import DIVERGING, reach
from tenfold.figures._words import percent, shown
from tenfold.language import text as _

__all__ = ["example", "saliency"]


@drawn
def saliency(
    image: npt.ArrayLike, gradient: npt.ArrayLike, digit: int, confidence: float | None = None
) -> Figure:
    """Draw a picture, and beside it where more ink would raise (blue) or lower (red) the logit.

    Args:
        image: uint8 [28, 28], or float [28, 28] in [0, 1]; bright ink on black.
        gradient: float [28, 28], the derivative of the digit's logit by each pixel.
        digit: which digit's logit, 0 to 9.
        confidence: its probability, 0 to 1, if it is to be written.

    Raises:
        InputError: if an argument is otherwise.
    """
    picture = as_picture(image)
    slopes = as_numbers(_("gradients"), gradient, (SIZE, SIZE))
    _check_digit(digit)
    figure = Figure(figsize=(8.4, 4.9), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.imshow(picture, cmap="gray", vmin=0, vmax=1)
    limit = reach(slopes)
    shaded = right.imshow(slopes, cmap=DIVERGING, vmin=-limit, vmax=limit)
    if picture.min() < 0.5 < picture.max():
        right.contour(picture, levels=[0.5], colors=[INK], linewidths=1.1)
    _name(left, _title(digit, confidence))
    _name(right, _("What ink does to the {digit}", digit=digit))
    bar = figure.colorbar(
        shaded, ax=[left, right], location="bottom", shrink=0.5, aspect=40, ticks=[-limit, 0, limit]
    )
    bar.ax.set_xticklabels([_("ink speaks against it"), "0", _("ink speaks for it")])
    bar.outline.set_edgecolor(LINE)
    return figure


def _check_digit(digit: object) -> None:
    if not isinstance(digit, int | np.integer) or not 0 <= digit < CLASSES:
        raise InputError(
            _("Received digit {digit}; expected a whole number from 0 to 9.", digit=shown(digit))
        )


def _title(digit: int, confidence: object) -> str:
    if confidence is None:
        return _("The picture")
    if not isinstance(confidence, float | np.floating) or not 0 <= confidence <= 1:
        raise InputError(
            _(
                "Received {key!r} of {value}; expected a share, 0 to 1.",
                key="confidence",
                value=shown(confidence),
            )
        )
    return _("Probability of a {digit}: {share}", digit=digit, share=percent(float(confidence), 2))


def _name(axes: Axes, title: str) -> None:
    axes.set(xticks=[], yticks=[])
    axes.set_title(title, fontsize=12)
    axes.spines[:].set(visible=True, color=LINE)


def example() -> Figure:
    """Draw a made-up 4 and a made-up gradient."""
    four, nine = digits(np.array([4, 9])).astype(np.float64) / 255
    return saliency(four, np.where(nine > four, -0.8, 0.5 * four), 4, 0.93)
