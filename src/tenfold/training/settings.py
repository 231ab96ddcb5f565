"""What decides a training beside its recipe."""

from __future__ import annotations

import msgspec
import torch

from tenfold.data import DataSet
from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.recipes import AnyRecipe
from tenfold.records import Added, Settings, Start, TrainingOptions
from tenfold.records.asked import check_means, check_subset
from tenfold.training.additions import NOTHING_ADDED, Additions
from tenfold.training.devices import choose_device, fast_precision
from tenfold.training.distributed import ALONE, Group

__all__ = ["regrouped", "resolve_settings"]


def resolve_settings(
    recipe: AnyRecipe,
    source: str,
    data: DataSet,
    options: TrainingOptions,
    *,
    start: Start | None = None,
    additions: Additions = NOTHING_ADDED,
    examples: Added | None = None,
    group: Group = ALONE,
) -> Settings:
    """Return settings with nothing left open.

    Args:
        recipe: what is trained.
        source: what finds the data set again: its name or path.
        data: the data set.
        options: what is asked for.
        start: the model that training begins with.
        additions: the images that are added to the training images.
        examples: the pictures that the reader's networks are taught further by.
        group: the processes that train together.

    Raises:
        InputError: for a value that is not possible here.
    """
    _check(options, len(data.train))
    device = choose_device(options.device)[0]
    return Settings(
        seed=options.seed,
        data=source,
        data_hash=data.hash(),
        subset=options.subset,
        fold=options.fold,
        test=options.test and options.fold is None,
        device=device,
        precision=options.precision or fast_precision(recipe.precision, device),
        threads=options.threads or usual_threads(group),
        processes=group.size,
        start=start,
        added=additions.parts,
        add_copies=additions.copies,
        examples=examples,
    )


def _check(options: TrainingOptions, images: int) -> None:
    """Refuse what is not possible with so many training images."""
    if options.seed < 0:
        raise InputError(_("Received seed {seed}; expected 0 or more.", seed=options.seed))
    check_means(options.device, options.precision, options.threads)
    check_subset(options.subset, images)


def usual_threads(group: Group) -> int:
    """Return how many threads a process uses where none are named: PyTorch's choice, or a share."""
    return group.threads or torch.get_num_threads()


def regrouped(settings: Settings, group: Group) -> Settings:
    """Return a run's settings for going on with it, perhaps with another number of processes."""
    if settings.processes == group.size:
        return settings
    return msgspec.structs.replace(settings, threads=usual_threads(group))
