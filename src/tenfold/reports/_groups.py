"""Runs of one recipe that differ by chance alone: its seeds, or its folds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from tenfold.language import text as _
from tenfold.recipes import Recipe, changes_of, decisive
from tenfold.records import Scored
from tenfold.reports._records import RunRecord

__all__ = ["RunGroup", "group_runs"]


@dataclass(frozen=True, slots=True, eq=False)
class RunGroup:
    """Runs alike in everything but the seed or the fold, under a name that tells them apart."""

    name: str
    records: tuple[RunRecord, ...]

    @property
    def recipe(self) -> Recipe:
        """The recipe of all of them."""
        return self.records[0].recipe

    @property
    def finished(self) -> tuple[RunRecord, ...]:
        """Those that have their scores."""
        return tuple(record for record in self.records if record.scores)

    @property
    def folded(self) -> bool:
        """Whether the runs are folds of one cross-validation."""
        return self.records[0].settings.fold is not None

    @property
    def split(self) -> str:
        """The split to judge by: "test" if it was scored, else "validation", "" if neither was."""
        return next((split for split in ("test", "validation") if self.scored(split)), "")

    def scored(self, split: str) -> list[Scored]:
        """The scores on "test" or "validation" of all runs that have them."""
        found = (r.test if split == "test" else r.validation for r in self.records)
        return [scored for scored in found if scored is not None]

    def confusion(self, split: str) -> list[list[int]] | None:
        """The confusion matrix summed over the runs; None if there is none, or nothing in it."""
        matrices = [scored.confusion for scored in self.scored(split) if scored.confusion]
        rows = [
            [sum(cells) for cells in zip(*rows, strict=True)]
            for rows in zip(*matrices, strict=True)
        ]
        return rows if any(map(any, rows)) else None


def group_runs(records: Iterable[RunRecord]) -> tuple[RunGroup, ...]:
    """Group runs in the order in which each recipe first appears, seeds and folds in theirs."""
    groups: dict[bytes, list[RunRecord]] = {}
    for record in records:
        groups.setdefault(_key(record), []).append(record)
    sorted_groups = [sorted(group, key=_place) for group in groups.values()]
    names = _names([group[0] for group in sorted_groups])
    return tuple(
        RunGroup(name, tuple(group)) for name, group in zip(names, sorted_groups, strict=True)
    )


def _key(record: RunRecord) -> bytes:
    settings = record.settings
    fold = settings.fold and msgspec.structs.replace(settings.fold, index=0, repeat=0)
    alike: list[Any] = [
        decisive(record.recipe),
        settings.data_hash or settings.data,
        settings.subset,
        settings.precision,
        fold,
    ]
    return msgspec.json.encode(alike)


def _place(record: RunRecord) -> tuple[int, int, int]:
    fold = record.settings.fold
    return (record.settings.seed, fold.repeat if fold else 0, fold.index if fold else 0)


def _names(records: list[RunRecord]) -> list[str]:
    """One name each: the recipe's, and what was set otherwise where two would be alike."""
    plain = [record.recipe.name for record in records]
    longer = [
        name if plain.count(name) == 1 else f"{name} ({_peculiarity(record)})"
        for name, record in zip(plain, records, strict=True)
    ]
    return [
        name if longer.count(name) == 1 else f"{name} #{longer[: at + 1].count(name)}"
        for at, name in enumerate(longer)
    ]


def _peculiarity(record: RunRecord) -> str:
    settings = record.settings
    changes = changes_of(record.recipe)
    words = [_("other layers")] if changes is None else [f"{k}={v}" for k, v in changes.items()]
    if settings.subset is not None:
        words.append(_("{count} images", count=settings.subset))
    if settings.precision != "fp32":
        words.append(settings.precision)
    return ", ".join(words) or settings.data or _("as published")
