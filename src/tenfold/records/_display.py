"""How a run shows itself in a notebook: what it reached, and its loss and accuracy as lines."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from tenfold.display import facts, sparkline
from tenfold.language import text as _
from tenfold.records.scores import RunScores, Scored

if TYPE_CHECKING:
    from tenfold.records.history import EpochRow
    from tenfold.records.run import Run

__all__ = ["run_html"]

BLUE, ORANGE = "#0072B2", "#E69F00"


def run_html(run: Run) -> str:
    """Return the run as HTML, however far it has come.

    Raises:
        RunError: if a file of it is damaged.
    """
    if not run.started:
        return facts(_("Run"), [(_("Folder"), str(run.folder)), (_("State"), _("not started"))])
    recipe, rows = run.plan.recipe, run.history
    scores = run.scores if run.finished else RunScores()
    state = _("finished") if run.finished else _("not finished")
    done = _("{done} of {epochs}", done=len(rows), epochs=recipe.epochs)
    table = [
        (_("Folder"), str(run.folder)),
        (_("State"), state),
        (_("Epochs"), done),
        (_("{split} scores", split="validation"), _scored(scores.validation)),
        (_("{split} scores", split="test"), _scored(scores.test)),
    ]
    return facts(_("Run of {name}", name=recipe.name), table, _lines(rows))


def _scored(scores: Scored | None) -> str:
    if scores is None:
        return ""
    accuracy, loss = f"{scores.accuracy:.2%}", f"{scores.loss:.4f}"
    return _("accuracy {accuracy}, loss {loss}", accuracy=accuracy, loss=loss)


def _lines(rows: list[EpochRow]) -> str:
    """Loss and accuracy over the epochs, of validation where it was measured."""
    if not rows:
        return ""
    watched = any(row.validation_loss is not None for row in rows)
    losses = [row.validation_loss if watched else row.loss for row in rows]
    shares = [row.validation_accuracy if watched else row.accuracy for row in rows]
    loss, share = _("training loss"), _("training accuracy")
    if watched:
        loss, share = _("validation loss"), _("validation accuracy")
    color = ORANGE if watched else BLUE
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:16px">'
        f"<div>{escape(loss)}<br>{sparkline(losses, loss, color)}</div>"
        f"<div>{escape(share)}<br>{sparkline(shares, share, color)}</div></div>"
    )
