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
from tenfold.records.asked import check_means, check_subset
from tenfold.training.additions import Additions
from tenfold.training.devices import choose_device, fast_precision
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
    check_means(device, precision, threads)
    check_subset(subset, len(data.train))
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
