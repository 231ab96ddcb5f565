"""What a sweep varies: lists of values and ranges, and the recipes that they give."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import msgspec

from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.recipes import Recipe, with_conv_blocks, with_dense_layers
from tenfold.records.results import Value

__all__ = ["Range", "Space", "apply", "grid", "parse_space"]

MOST_TRIALS = 10_000
KEPT = ("name", "title", "source", "claim", "cost", "validation")
DEPTH: Mapping[str, Callable[[Recipe, int], Recipe]] = {
    "conv_blocks": with_conv_blocks,
    "dense_layers": with_dense_layers,
}


class Range(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All numbers from ``low`` to ``high``; whole ones if both are.

    They are drawn on a logarithmic scale where ``high`` is at least a hundred times ``low``.
    """

    low: int | float
    high: int | float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise InputError(
                _(
                    "Received the range {low}..{high}; expected two finite numbers, "
                    "the smaller first.",
                    low=self.low,
                    high=self.high,
                )
            )

    @property
    def log(self) -> bool:
        """Whether it is drawn from on a logarithmic scale."""
        return self.low > 0 and self.high / self.low >= 100


Space: TypeAlias = Mapping[str, tuple[Value, ...] | Range]
"""A setting's name -> its values, or the range they are drawn from."""


def parse_space(settings: Mapping[str, str | Range | Sequence[Value]]) -> Space:
    """Return what is varied, from values or from text: "0.001,0.01", or a range "1e-4..1e-1".

    Raises:
        InputError: if nothing is varied, a name may not be, or values are missing or repeated.
    """
    if not settings:
        raise InputError(
            _("Received nothing to vary; expected a setting such as learning_rate=0.001,0.01.")
        )
    return {name: _values(name, given) for name, given in settings.items()}


def grid(space: Space) -> list[dict[str, Value]]:
    """Return all combinations of the values, the last setting changing fastest.

    Raises:
        InputError: for a range, or more than 10,000 combinations.
    """
    for name, values in space.items():
        if isinstance(values, Range):
            raise InputError(
                _(
                    "Received the range {low}..{high} for {name}; a grid needs values, such as "
                    "{name}={low},{high}, and a range needs a search (--search).",
                    name=name,
                    low=values.low,
                    high=values.high,
                )
            )
    lists = [values for values in space.values() if not isinstance(values, Range)]
    count = math.prod(len(values) for values in lists)
    if count > MOST_TRIALS:
        raise InputError(
            _(
                "Received {count} combinations; expected at most {most}. Vary less, or search "
                "(--search).",
                count=count,
                most=MOST_TRIALS,
            )
        )
    return [dict(zip(space, combination, strict=True)) for combination in itertools.product(*lists)]


def apply(recipe: Recipe, settings: Mapping[str, Value]) -> Recipe:
    """Return ``recipe`` with the settings of one trial.

    A setting is a field, as for ``Recipe.changed``, or "conv_blocks" or "dense_layers": how many
    further ones to put in.

    Raises:
        InputError: if the recipe does not admit them.
    """
    plain = {name: value for name, value in settings.items() if name not in DEPTH}
    changed = recipe.changed(plain)
    for name, deepen in DEPTH.items():
        if name in settings:
            count = settings[name]
            if not isinstance(count, int):
                raise InputError(
                    _("Received {name}={value}; expected a whole number.", name=name, value=count)
                )
            changed = deepen(changed, count)
    return changed


def _values(name: str, given: str | Range | Sequence[Value]) -> tuple[Value, ...] | Range:
    if name in KEPT:
        raise InputError(
            _("{name} is not for a sweep to vary; it describes the recipe or the split.", name=name)
        )
    if isinstance(given, Range):
        return given
    if isinstance(given, str):
        low, dots, high = given.partition("..")
        if dots:
            return _range(name, given, _value(low), _value(high))
        given = [_value(word) for word in given.split(",")]
    values = tuple(given)
    if not values or "" in values or len(set(values)) < len(values):
        raise InputError(
            _(
                "Received {name}={values}; expected at least one value, none twice.",
                name=name,
                values=",".join(str(value) for value in values),
            )
        )
    return values


def _range(name: str, given: str, low: Value, high: Value) -> Range:
    if isinstance(low, str) or isinstance(high, str):
        raise InputError(
            _("Received {name}={range}; expected a range of numbers.", name=name, range=given)
        )
    return Range(low, high)


def _value(word: str) -> Value:
    """Read a whole number, a number, or a word."""
    word = word.strip()
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word
