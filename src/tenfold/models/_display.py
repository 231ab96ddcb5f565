"""How a model shows itself in a notebook: its card as a small table."""

from __future__ import annotations

from typing import Any

from tenfold.display import facts
from tenfold.language import text as _
from tenfold.models.card import Card

__all__ = ["card_html"]


def card_html(card: Card) -> str:
    """Return what the card says of the model, as HTML; a card may leave anything out."""
    rows = [
        (_("Recipe"), str(card.recipe.get("title", ""))),
        *((_("{split} scores", split=split), _scores(card.scores[split])) for split in card.scores),
        (_("Trained on"), _plain(card.data)),
        (_("Training"), _plain(card.training)),
        (_("Software"), _plain(card.versions)),
        (_("License"), card.license),
    ]
    return facts(_("Model {name}", name=card.name), rows)


def _scores(scores: Any) -> str:
    if not isinstance(scores, dict):
        return str(scores)
    accuracy, loss, count = (scores.get(name) for name in ("accuracy", "loss", "count"))
    if not isinstance(accuracy, int | float) or not isinstance(loss, int | float):
        return _plain(scores)
    return _(
        "accuracy {accuracy}, loss {loss}, {count} images",
        accuracy=f"{accuracy:.2%}",
        loss=f"{loss:.4f}",
        count=count,
    )


def _plain(values: dict[str, object] | dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())
