"""How a fitted classifier shows itself in a notebook, below scikit-learn's diagram."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from tenfold.display import facts, sparkline
from tenfold.language import text as _
from tenfold.recipes import parameter_count

if TYPE_CHECKING:
    from tenfold.classifier._classifier import TenfoldClassifier
    from tenfold.records import EpochRow

__all__ = ["fitted_html"]

BLUE = "#0072B2"


def fitted_html(classifier: TenfoldClassifier) -> str:
    """Return what a fit came to, as HTML."""
    recipe, rows = classifier.recipe_, classifier.history_
    last = rows[-1]
    reached = _(
        "accuracy {accuracy}, loss {loss}", accuracy=f"{last.accuracy:.2%}", loss=f"{last.loss:.4f}"
    )
    validated = ""
    if last.validation_accuracy is not None:
        validated = f"{last.validation_accuracy:.2%}"
    seconds = sum(row.seconds for row in rows)
    table = [
        (_("Recipe"), recipe.name),
        (_("Classes"), ", ".join(str(name) for name in classifier.classes_)),
        (_("Parameters"), f"{parameter_count(recipe.layers):,}"),
        (_("Epochs"), f"{len(rows)}"),
        (_("Training scores"), reached),
        (_("Validation accuracy"), validated),
        (_("Training time"), _("{seconds:.1f} s", seconds=seconds)),
    ]
    return facts(_("Fitted"), table, _lines(rows))


def _lines(rows: Sequence[EpochRow]) -> str:
    if len(rows) < 2:
        return ""
    loss = _("training loss")
    return f"<div>{escape(loss)}<br>{sparkline([row.loss for row in rows], loss, BLUE)}</div>"
