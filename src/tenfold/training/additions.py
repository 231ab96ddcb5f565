"""Images added to a data set's training images, such as the corrections of a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from tenfold.data import DataSet, LabeledImages, load, load_dataset, save
from tenfold.data.bounded import MAX_IMAGES
from tenfold.data.formats import joined
from tenfold.errors import InputError, RunError
from tenfold.files import storage_error
from tenfold.language import text as _
from tenfold.records import Added, Run

__all__ = [
    "NOTHING_ADDED",
    "Additions",
    "Source",
    "gather",
    "keep_added",
    "kept_added",
    "source_name",
    "with_added",
]

Source: TypeAlias = str | Path | DataSet

SHARE = 1 / 20
"""How large a part of the training images those added become, where no number is named."""

MOST_COPIES = 50

_FILE = "added.npz"


@dataclass(frozen=True, slots=True, eq=False)
class Additions:
    """What is added to the training images.

    Args:
        images: those of all sources in their order; None for none.
        parts: where they are from.
        copies: how often each is trained on in an epoch.
    """

    images: LabeledImages | None = None
    parts: tuple[Added, ...] = ()
    copies: int = 1


NOTHING_ADDED = Additions()


def gather(sources: Source | Sequence[Source], copies: int | None, count: int) -> Additions:
    """Load the images to add: a source's training images, and its "valid" ones.

    Args:
        sources: one or more data sets, by name, path, or as they are.
        copies: how often each image is trained on in an epoch; None takes as often as makes
            them a twentieth of the training images, at most 50 times.
        count: how many images they are added to.

    Raises:
        InputError: if a source has no images, or there would be too many of them.
    """
    wanted = [sources] if isinstance(sources, str | Path | DataSet) else list(sources)
    if copies is not None and copies < 1:
        raise InputError(_("Received {copies} copies; expected at least 1.", copies=copies))
    if copies is not None and not wanted:
        raise InputError(_("Copies are of added images; name some to add (--add, add=)."))
    if not wanted:
        return NOTHING_ADDED
    loaded = [_loaded(source) for source in wanted]
    parts = tuple(
        Added(name=source_name(source), sha256=images.hash(), count=len(images))
        for source, images in zip(wanted, loaded, strict=True)
    )
    images = joined(loaded)
    times = copies or min(max(round(SHARE * count / len(images)), 1), MOST_COPIES)
    if len(images) * times > MAX_IMAGES:
        raise InputError(
            _(
                "{count} images added {copies} times each are too many; expected at most {limit} "
                "in all.",
                count=len(images),
                copies=times,
                limit=MAX_IMAGES,
            )
        )
    return Additions(images, parts, times)


def with_added(images: LabeledImages, added: LabeledImages | None, copies: int) -> LabeledImages:
    """Return ``images``, and behind them ``added`` as often as ``copies`` says."""
    return images if added is None else joined([images, *[added] * copies])


def source_name(source: Source) -> str:
    """Return what finds a data set again: its name or path."""
    return source.name if isinstance(source, DataSet) else str(source)


def keep_added(run: Run, images: LabeledImages | None) -> None:
    """Keep added images in the run's folder: their source may change while the run lasts.

    Raises:
        StorageError: if they cannot be written.
    """
    path = run.folder / _FILE
    if images is not None:
        save(DataSet("added", {"train": images}), path, "npz", overwrite=True)
        return
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(path, error) from error


def kept_added(run: Run, parts: Sequence[Added]) -> LabeledImages | None:
    """Return the images that ``keep_added`` kept, if the run has ``parts``.

    Raises:
        InputError: if their file is missing or damaged.
        RunError: if they are not those that the run was begun with.
    """
    if not parts:
        return None
    path = run.folder / _FILE
    images = load(path).train
    at = 0
    for part in parts:
        if images[at : at + part.count].hash() != part.sha256:
            raise RunError(
                _("{path} does not hold the images that the run was begun with.", path=path)
            )
        at += part.count
    return images


def _loaded(source: Source) -> LabeledImages:
    data = source if isinstance(source, DataSet) else load_dataset(source)
    names = [name for name in ("train", "valid") if name in data.splits]
    images = joined([data.split(name) for name in names or ["train"]])
    if not len(images):
        raise InputError(_("There are no images to add in {name}.", name=source_name(source)))
    return images
