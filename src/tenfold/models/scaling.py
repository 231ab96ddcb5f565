"""How a network's pixels are scaled, as plain data that a card carries."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from tenfold.complaints import complaint
from tenfold.errors import ModelError
from tenfold.language import text as _
from tenfold.models.card import Card

__all__ = ["PixelScaling", "scaling_of"]


@dataclass(frozen=True, slots=True)
class PixelScaling:
    """``(pixel - offset) * factor`` for pixels of 0 to 255."""

    name: str
    offset: float
    factor: float

    def to_dict(self) -> dict[str, Any]:
        """Return name, offset and factor as plain data."""
        return asdict(self)


def scaling_of(card: Card, name: str) -> PixelScaling:
    """Return the scaling in a model's card; ``name`` is what messages call the model.

    Raises:
        ModelError: if the card says none.
    """
    try:
        return msgspec.convert(card.scaling, PixelScaling)
    except msgspec.ValidationError as error:
        raise ModelError(
            _(
                "The card of {model} says no scaling: {reason}.",
                model=name,
                reason=complaint(error, PixelScaling, card.scaling),
            )
        ) from error
