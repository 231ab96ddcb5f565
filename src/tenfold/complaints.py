"""What is wrong with plain data of a known kind, in our own words, in the language in force.

msgspec's messages are English, and name an enumeration without what it holds. Only the place is
taken from them; what was expected there is told from the type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import msgspec
from msgspec import inspect

from tenfold.errors import TenfoldError
from tenfold.language import text as _

__all__ = ["complaint"]

Step: TypeAlias = str | int

_PLACE = re.compile(r"^(?P<what>.*?)(?: - at `(?:key in )?\$(?P<place>.*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[(\.\.\.)\]")
_FIELD = re.compile(r"^Object (missing required|contains unknown) field `(.*)`$", re.DOTALL)
_BYTE = re.compile(r"\(byte (\d+)\)")
_UNKNOWN = object()
_LONGEST = 80


def complaint(error: Exception, kind: Any = None, plain: object = _UNKNOWN) -> str:
    """Return why ``plain`` is not of ``kind``, without a full stop.

    Args:
        error: what msgspec raised, or reading a file did.
        kind: the type that was asked for; without it, only broken JSON can be told.
        plain: the data, where they are at hand.
    """
    if isinstance(error.__cause__, TenfoldError):
        return str(error.__cause__).removesuffix(".")
    if isinstance(error, RecursionError):
        return _("nested too deeply")
    if isinstance(error, UnicodeDecodeError):
        return _("no UTF-8 text (byte {at})", at=error.start)
    if isinstance(error, msgspec.ValidationError) and kind is not None:
        return _misfit(str(error), inspect.type_info(kind), plain)
    if isinstance(error, msgspec.DecodeError):
        at = _BYTE.search(str(error))
        return _("no valid JSON (byte {at})", at=at[1]) if at else _("no valid JSON; it ends early")
    return str(error)


def _misfit(message: str, kind: inspect.Type, plain: object) -> str:
    found = _PLACE.match(message)
    assert found is not None
    steps = list(_steps(found["place"] or ""))
    field = _FIELD.match(found["what"])
    if field is not None:
        name = _name([*steps, field[2]])
        if field[1] == "missing required":
            return _("{field} is missing", field=name)
        return _("{field} is not known here", field=name)
    for step in steps:
        kind, plain = _inside(kind, plain, step), _value(plain, step)
    expected = _expected(kind)
    if plain is _UNKNOWN:
        return _("{field}: expected {kind}", field=_name(steps), kind=expected)
    given = repr(plain)
    given = given if len(given) <= _LONGEST else given[:_LONGEST] + "…"
    return _("{field} is {value}; expected {kind}", field=_name(steps), value=given, kind=expected)


def _steps(place: str) -> Iterator[Step]:
    for name, number, _any in _STEP.findall(place):
        yield name or (int(number) if number else "...")


def _name(steps: Sequence[Step]) -> str:
    return ".".join(map(str, steps)) or _("it as a whole")


def _value(plain: object, step: Step) -> object:
    if isinstance(plain, dict):
        return plain.get(step, _UNKNOWN)
    if isinstance(plain, list | tuple) and isinstance(step, int) and step < len(plain):
        return plain[step]
    return _UNKNOWN


def _inside(kind: inspect.Type, plain: object, step: Step) -> inspect.Type:
    """The type of what is at ``step`` in ``plain``; of several kinds, that which the tag names."""
    for one in _alternatives(kind):
        if isinstance(one, inspect.StructType) and _tagged(one, plain):
            for part in one.fields:
                if part.encode_name == step:
                    return part.type
            if step == one.tag_field:
                return _tags(kind)
        elif isinstance(one, inspect.DictType):
            return one.value_type
        elif isinstance(one, inspect.TupleType) and isinstance(step, int):
            return one.item_types[step]
        elif isinstance(one, inspect.CollectionType):
            return one.item_type
    return _tags(kind) if step == "kind" else inspect.AnyType()


def _tagged(kind: inspect.StructType, plain: object) -> bool:
    if kind.tag_field is None or not isinstance(plain, dict):
        return True
    return bool(plain.get(kind.tag_field) == kind.tag)


def _tags(kind: inspect.Type) -> inspect.Type:
    tags = [one.tag for one in _alternatives(kind) if isinstance(one, inspect.StructType)]
    return inspect.LiteralType(tuple(str(tag) for tag in tags if tag is not None))


def _alternatives(kind: inspect.Type) -> tuple[inspect.Type, ...]:
    kind = kind.type if isinstance(kind, inspect.Metadata) else kind
    return kind.types if isinstance(kind, inspect.UnionType) else (kind,)


def _expected(kind: inspect.Type) -> str:
    words = dict.fromkeys(_one(one) for one in _alternatives(kind))
    return _(" or ").join(words)


def _one(kind: inspect.Type) -> str:
    if isinstance(kind, inspect.LiteralType):
        names = ", ".join(map(str, kind.values))
        return names if len(kind.values) == 1 else _("one of {names}", names=names)
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        name = _("a whole number") if isinstance(kind, inspect.IntType) else _("a number")
        return name + "".join(_bounds(kind))
    if isinstance(kind, inspect.StrType):
        return _("words like {example}", example="mlp-128-wide") if kind.pattern else _("a text")
    others: dict[type[inspect.Type], str] = {
        inspect.NoneType: _("null"),
        inspect.BoolType: _("true or false"),
        inspect.StructType: _("fields with values"),
        inspect.DictType: _("names with values"),
    }
    lists = isinstance(kind, inspect.CollectionType | inspect.TupleType)
    return others.get(type(kind), _("a list") if lists else _("something else"))


def _bounds(kind: inspect.IntType | inspect.FloatType) -> Iterator[str]:
    if kind.ge is not None:
        yield _(" of at least {bound}", bound=kind.ge)
    if kind.gt is not None:
        yield _(" above {bound}", bound=kind.gt)
    if kind.le is not None:
        yield _(", at most {bound}", bound=kind.le)
    if kind.lt is not None:
        yield _(", below {bound}", bound=kind.lt)
    if kind.multiple_of is not None:
        yield _(", a multiple of {number}", number=kind.multiple_of)
