"""How a run shows itself in a notebook: what it reached, and its loss and accuracy as lines."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from tenfold.display import facts, sparkline
from tenfold.language import text as _

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
    plan, rows = run.plan, run.history
    scores = run.scores if run.finished else {}
    recipe: dict[str, Any] = plan.get("recipe", {})
    state = _("finished") if scores else _("not finished")
    done = _("{done} of {epochs}", done=len(rows), epochs=recipe.get("epochs", "?"))
    table = [
        (_("Folder"), str(run.folder)),
        (_("State"), state),
        (_("Epochs"), done),
        *((_("{split} scores", split=name), _scored(scores.get(name))) for name in _SPLITS),
    ]
    return facts(_("Run of {name}", name=recipe.get("name", "?")), table, _lines(rows))


_SPLITS = ("validation", "test")


def _scored(scores: Any) -> str:
    if not isinstance(scores, dict):
        return ""
    accuracy, loss = scores.get("accuracy"), scores.get("loss")
    if not isinstance(accuracy, int | float) or not isinstance(loss, int | float):
        return ""
    return _("accuracy {accuracy}, loss {loss}", accuracy=f"{accuracy:.2%}", loss=f"{loss:.4f}")


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
