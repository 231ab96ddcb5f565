"""Frozen data of recipes changed by settings: fields, and dotted paths into them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from tenfold.complaints import complaint
from tenfold.errors import InputError, UnknownNameError
from tenfold.language import text as _

__all__ = ["changed", "restored"]

Kind = TypeVar("Kind", bound=msgspec.Struct)

ALIASES = {
    "lr": "learning_rate",
    "rate": "learning_rate",
    "alpha": "learning_rate",
    "batch": "batch_size",
    "batchsize": "batch_size",
    "bs": "batch_size",
    "b1": "beta_1",
    "beta1": "beta_1",
    "b2": "beta_2",
    "beta2": "beta_2",
    "eps": "epsilon",
    "opt": "optimizer",
    "wd": "weight_decay",
    "decay": "weight_decay",
    "epoch": "epochs",
    "iterations": "epochs",
    "steps": "steps_per_epoch",
    "smoothing": "label_smoothing",
    "scale": "scaling",
    "normalization": "scaling",
    "val": "validation",
    "valid": "validation",
    "dtype": "precision",
    "scheduler": "schedule",
    "augment": "augmentation",
}
"""What other programs and people call a setting -> its name here."""


def restored(kind: type[Kind], plain: Mapping[str, Any]) -> Kind:
    """Return the recipe of this kind that ``plain`` describes, every field checked.

    Raises:
        InputError: naming the field that is missing, unknown or out of range.
    """
    try:
        return msgspec.convert(dict(plain), kind)
    except msgspec.ValidationError as error:
        raise InputError(
            _(
                "This is not a complete recipe: {reason}.",
                reason=complaint(error, kind, dict(plain)),
            )
        ) from error


def changed(recipe: Kind, settings: Mapping[str, object], short: str | None = None) -> Kind:
    """Return a copy of ``recipe`` with some fields set, each given as a value or as text.

    Args:
        recipe: a frozen struct with a ``name``.
        settings: a field, or a dotted path of fields and of places in lists, -> its value.
        short: a field whose own fields may be named without their path.

    Raises:
        UnknownNameError: for a key that names no field.
        InputError: for a value that the field does not admit.
    """
    plain: dict[str, object] = msgspec.to_builtins(recipe)
    for key, value in settings.items():
        _put(plain, key, value, short)
    try:
        return msgspec.convert(plain, type(recipe), strict=False)
    except msgspec.ValidationError as error:
        raise InputError(
            _(
                "Received {settings}, which {name} does not admit: {reason}.",
                settings=", ".join(f"{k}={v}" for k, v in settings.items()),
                name=plain["name"],
                reason=complaint(error, type(recipe), plain),
            )
        ) from error


def _put(plain: dict[str, Any], key: str, value: object, short: str | None) -> None:
    """Set ``key`` in a recipe's plain data, in place."""
    inner = {name for name in plain[short] if name != "kind"} if short else set()
    path = [str(short), key] if key in inner else key.split(".")
    known = [name for name in (*plain, *inner) if name != "kind"]
    *parents, last = path
    place: Any = plain
    for name in parents:
        place = _child(place, name, key, known)
    _child(place, last, key, known)
    place[int(last) if isinstance(place, list) else last] = value


def _child(place: Any, name: str, key: str, known: list[str]) -> Any:
    if isinstance(place, dict) and name in place and name != "kind":
        return place[name]
    if isinstance(place, list | tuple) and name.isdigit() and int(name) < len(place):
        return place[int(name)]
    raise UnknownNameError(_("setting"), key, known, _meant(key, known))


def _meant(key: str, known: list[str]) -> str | None:
    """The setting that ``key`` stands for: another name of it, or it written with other signs."""
    parents, _dot, last = key.rpartition(".")
    plain = last.lower().replace("-", "_")
    name = ALIASES.get(plain.replace("_", ""), ALIASES.get(plain, plain))
    if name not in known or name == last:
        return None
    return name if not parents or parents in known else None
