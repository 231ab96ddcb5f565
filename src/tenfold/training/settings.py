"""What decides a training beside its recipe."""

from __future__ import annotations

from pathlib import Path

import msgspec
import torch

from tenfold.data import DataSet
from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.recipes import AnyRecipe
from tenfold.records import Fold, Settings, Start
from tenfold.training.additions import Additions
from tenfold.training.devices import PRECISIONS, choose_device, fast_precision
from tenfold.training.distributed import Group

__all__ = ["regrouped", "resolve_settings"]


def resolve_settings(
    recipe: AnyRecipe,
    source: str | Path | DataSet,
    data: DataSet,
    *,
    seed: int,
    subset: int | None,
    fold: Fold | None,
    test: bool,
    device: str,
    precision: str | None,
    threads: int | None,
    start: Start | None,
    additions: Additions,
    group: Group,
) -> Settings:
    """Return checked settings with nothing left open; arguments are those of ``train``.

    Raises:
        InputError: for a value that is not possible here.
    """
    if seed < 0:
        raise InputError(_("Received seed {seed}; expected 0 or more.", seed=seed))
    if precision is not None and precision not in PRECISIONS:
        raise InputError(
            _(
                "Received precision {precision!r}; expected one of {names}.",
                precision=precision,
                names=", ".join(PRECISIONS),
            )
        )
    if threads is not None and threads < 1:
        raise InputError(_("Received {threads} threads; expected at least 1.", threads=threads))
    if subset is not None and not 1 <= subset <= len(data.train):
        raise InputError(
            _(
                "Received a subset of {subset} images; expected 1 to {count}.",
                subset=subset,
                count=len(data.train),
            )
        )
    chosen = choose_device(device)[0]
    return Settings(
        seed=seed,
        data=source.name if isinstance(source, DataSet) else str(source),
        data_hash=data.hash(),
        subset=subset,
        fold=fold,
        test=test and fold is None,
        device=chosen,
        precision=precision or fast_precision(recipe.precision, chosen),
        threads=threads or usual_threads(group),
        processes=group.size,
        start=start,
        added=additions.parts,
        add_copies=additions.copies,
    )


def usual_threads(group: Group) -> int:
    """Return how many threads a process uses where none are named: PyTorch's choice, or a share."""
    return group.threads or torch.get_num_threads()


def regrouped(settings: Settings, group: Group) -> Settings:
    """Return a run's settings for going on with it, perhaps with another number of processes."""
    if settings.processes == group.size:
        return settings
    return msgspec.structs.replace(settings, threads=usual_threads(group))
