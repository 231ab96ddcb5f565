"""The card of a model that was converted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tenfold.imaging.placement import Placement
from tenfold.models import DIGITS, Card, Probe
from tenfold.models.scaling import PixelScaling
from tenfold.recipes import Recipe
from tenfold.records import software_versions

__all__ = ["converted_card", "slug_of"]


def slug_of(name: str) -> str:
    """Return what a model converted from the file ``name`` is called."""
    stem = name.rpartition(".")[0] or name
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-") or "model"


def converted_card(
    name: str,
    *,
    origin: Mapping[str, object],
    scaling: PixelScaling,
    answer: Sequence[float],
    recipe: Recipe | None = None,
) -> Card:
    """Return the card.

    Args:
        name: of the file it was converted from.
        origin: what is known of that file: sha256, software, pixels, whether they are assumed.
        scaling: of pixels.
        answer: the logits of the probe's image.
        recipe: what layers it has, if recipes can say it.
    """
    return Card(
        name=slug_of(name),
        classes=DIGITS,
        placement=Placement().to_dict(),
        scaling=scaling.to_dict(),
        recipe=recipe.to_dict() if recipe else {},
        training={"converted_from": name, **origin},
        data={},
        scores={},
        versions=software_versions(),
        license=f"that of {name}",
        probe=Probe(tuple(answer)),
    )
