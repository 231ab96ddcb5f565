"""What does runs again: their records as plans, and those as commands."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tenfold.language import text as _
from tenfold.recipes import named
from tenfold.records import Fold
from tenfold.records.command import CrossvalPlan, TrainPlan, command_line
from tenfold.reports._records import AnyRecord

__all__ = ["commands_for"]


def commands_for(records: Sequence[AnyRecord]) -> list[str]:
    """Return what to type to make the runs again, on the same kind of machine, each line once.

    Folds of one cross-validation have one command. A recipe that no name and no ``--set``
    describe is written out as a recipe file.
    """
    folded = [(record, record.settings.fold) for record in records]
    repeats: dict[bytes, int] = {}
    for record, fold in folded:
        if fold is not None:
            repeats[_cut(record)] = max(fold.repeat + 1, repeats.get(_cut(record), 1))
    told = [
        _training(record) if fold is None else _of_fold(record, fold, repeats[_cut(record)])
        for record, fold in folded
    ]
    return list(dict.fromkeys(told))


def _of_fold(record: AnyRecord, fold: Fold, repeats: int) -> str:
    """The cross-validation that the run is a fold of, with a remark if it is a fold of none."""
    command = _cross_validation(record, fold, repeats)
    seed = fold.repeat * fold.folds + fold.index
    if record.settings.seed == seed:
        return command
    remark = _(
        "fold {fold} of this, but trained with seed {seed} in place of {usual}, which only "
        "Python can: tenfold.train(..., fold=..., seed={seed})",
        fold=fold.index + 1,
        seed=record.settings.seed,
        usual=seed,
    )
    return f"# {remark}\n{command}"


def _training(record: AnyRecord) -> str:
    settings = record.settings
    start = settings.start.name if settings.start else None
    words = named([record.recipe], start)
    plan = TrainPlan(
        recipe=words.words[0],
        changes=words.changes,
        start_from=start,
        add=tuple(part.name for part in settings.added),
        add_copies=settings.add_copies if settings.added else None,
        data=settings.data or "mnist",
        seed=settings.seed,
        subset=settings.subset,
        device=settings.device or "auto",
        precision=_precision(record),
        threads=settings.threads,
    )
    return words.with_files(command_line(plan, processes=settings.processes))


def _cross_validation(record: AnyRecord, fold: Fold, repeats: int) -> str:
    settings = record.settings
    words = named([record.recipe])
    plan = CrossvalPlan(
        recipes=words.words,
        changes=words.changes,
        folds=fold.folds,
        repeats=repeats,
        stratified=fold.stratified,
        seed=fold.seed,
        data=settings.data or "mnist",
        subset=settings.subset,
        device=settings.device or "auto",
        precision=_precision(record),
        threads=settings.threads or 1,
    )
    return words.with_files(command_line(plan))


def _precision(record: AnyRecord) -> str | None:
    """What the run computed in, unless every machine computes so by itself.

    A recipe's bf16 is taken only where it is fast, so one that asks for it is always answered.
    """
    usual = record.recipe.precision
    used = record.settings.precision
    return None if usual == used == "fp32" else used


def _cut(record: AnyRecord) -> bytes:
    """What the folds of one cross-validation have in common."""
    settings = record.settings
    cut = settings.fold and msgspec.structs.replace(settings.fold, index=0, repeat=0)
    return msgspec.json.encode((record.recipe.to_dict(), settings.data_hash, settings.subset, cut))
