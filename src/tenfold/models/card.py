"""The card of a model: what it is and how to use it, carried in the model file itself."""

from __future__ import annotations

import math
from typing import Annotated, Any

import msgspec

from tenfold.complaints import complaint
from tenfold.errors import ModelError
from tenfold.language import text as _

__all__ = ["CARD_KEY", "CARD_VERSION", "DIGITS", "Card", "Probe"]

CARD_KEY = "tenfold.card"
"""The key in the ONNX file's metadata under which the card lies, as JSON."""

CARD_VERSION = 1

DIGITS = tuple("0123456789")
"""The classes of every model of digits, and of those that find ink and lines."""

Numbers = Annotated[tuple[float, ...], msgspec.Meta(min_length=10, max_length=11)]


class Probe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the model answered to a known input when it was saved.

    Loading asks again, so that a damaged file or a runtime that computes wrongly is noticed.
    """

    logits: Numbers
    tolerance: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1e-3


class _Version(msgspec.Struct, frozen=True):
    """What is read of a card before its other fields, which another version may have others of."""

    version: int = CARD_VERSION


class Card(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a model file says of itself.

    The network inside the file takes ``images`` float32 [N, 1, 28, 28] in [0, 1], bright ink on
    black, and gives ``logits`` float32 [N, 10]; the scaling of pixels is part of it.

    Args:
        name: the recipe's name, or another that tells it apart.
        classes: what each output stands for.
        placement: the constants by which a digit is placed in 28x28, as plain data.
        scaling: the recipe's scaling with its fitted numbers: ``(pixel - offset) * factor`` for
            pixels of 0 to 255, computed inside the file.
        recipe: the recipe that made it, as plain data.
        training: seed, images, epochs, precision and the like; where the model was calibrated,
            "calibration", with the "temperature" of its softmax.
        data: name and hash of the data it was trained on.
        scores: what it reached, on what.
        versions: of the software that made it.
        license: of the file and its training data.
        probe: a known answer.
        version: of this card's layout.
    """

    name: str
    classes: Annotated[tuple[str, ...], msgspec.Meta(min_length=10, max_length=11)]
    placement: dict[str, Any]
    scaling: dict[str, Any]
    recipe: dict[str, Any]
    training: dict[str, Any]
    data: dict[str, Any]
    scores: dict[str, Any]
    versions: dict[str, str]
    license: str
    probe: Probe
    version: int = CARD_VERSION

    def to_json(self) -> str:
        """Return the card as the JSON text that a model file carries."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, content: str, classes: tuple[str, ...] = DIGITS) -> Card:
        """Return the card that ``content`` holds, of a model that tells ``classes`` apart.

        Raises:
            ModelError: if it is not a complete card of a known version.
        """
        try:
            version = msgspec.json.decode(content, type=_Version).version
            if version != CARD_VERSION:
                raise ModelError(
                    _(
                        "The model's card has version {version}; this Tenfold knows {known}. "
                        "Use the Tenfold that saved it, or a newer one.",
                        version=version,
                        known=CARD_VERSION,
                    )
                )
            card = msgspec.json.decode(content, type=cls)
        except (msgspec.DecodeError, RecursionError) as error:
            reason = complaint(error, cls)
            raise ModelError(_("The model's card is damaged: {reason}.", reason=reason)) from error
        if card.classes != classes:
            raise ModelError(
                _(
                    "The model's card has the classes {classes}; expected {known}.",
                    classes=", ".join(map(repr, card.classes)),
                    known=", ".join(map(repr, classes)),
                )
            )
        return card

    @property
    def temperature(self) -> float | None:
        """The temperature at which the softmax holds; None if nobody calibrated the model.

        Raises:
            ModelError: if it is no number above 0.
        """
        calibration = self.training.get("calibration")
        if not isinstance(calibration, dict) or "temperature" not in calibration:
            return None
        found = calibration["temperature"]
        # A boolean is an int, too.
        if type(found) not in (int, float) or not (math.isfinite(found) and found > 0):
            raise ModelError(
                _(
                    "The model's card has the temperature {found!r}; expected a number above 0.",
                    found=found,
                )
            )
        return float(found)
