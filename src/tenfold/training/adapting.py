"""The reader taught further, by what somebody says of own pictures or by its surest readings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tenfold.data import DataSet
from tenfold.data.endings import PICTURE_ENDINGS
from tenfold.data.texts import PictureText, read_texts
from tenfold.errors import InputError
from tenfold.files import storage_error
from tenfold.language import text as _
from tenfold.reader import Reader
from tenfold.records import Run, TrainingOptions
from tenfold.training._jobs import Request, begin
from tenfold.training.page_reader import learn_from
from tenfold.training.progress import Observer

__all__ = ["SURE", "adapt"]

SURE = 0.95
"""A reading as likely right as this is taken for right, where nobody says what is."""

RECIPE = "adaptation"
_TABLE = "labels.csv"


def adapt(
    pictures: str | Path,
    *,
    labels: str | Path | None = None,
    data: str | Path | DataSet = "mnist",
    run: str | Path | None = None,
    again: bool = False,
    seed: int = 0,
    changes: Mapping[str, object] | None = None,
    sure: float = SURE,
    threads: int | None = None,
    observer: Observer | None = None,
) -> Run:
    """Teach the reader's own networks further, and return the run that holds them.

    ``tenfold.Reader(run.folder)`` reads with them. An interrupted run goes on with ``resume``.

    Args:
        pictures: a folder of pictures; or a data set of digits of 28 x 28 pixels, by name or
            path, such as "corrections".
        labels: a table of what stands on the pictures (see ``tenfold.data.texts``); by default
            ``labels.csv`` in their folder. Without one, what the reader reads surely is taken for
            right.
        data: the digits that scenes beside the pictures are composed of.
        run: the run's folder; by default a new one under ``runs/``.
        again: start over if the folder already holds a run; else that is an error.
        seed: decides the scenes that are learned from beside the pictures.
        changes: fields of the recipe "adaptation" to set otherwise.
        sure: how likely right a reading is that is taken for right, 0 to 1.
        threads: how many of the processor's threads to use.
        observer: sees training go by.

    Raises:
        InputError: if nothing can be learned from the pictures, or an argument is not possible.
        RunError: if the folder holds a run already, or another process is at work in it.
        StorageError: if a file cannot be read or written.
    """
    folder = Path(pictures)
    options = TrainingOptions(seed=seed, threads=threads)
    if not folder.is_dir():
        return begin(
            Request(recipe=RECIPE, data=data, add=pictures, changes=changes or {}, options=options),
            run=run,
            again=again,
            observer=observer,
        )
    table = Path(labels) if labels is not None else folder / _TABLE
    known = table.is_file() or labels is not None
    texts = read_texts(table) if known else _untold(folder)
    examples = learn_from(Reader(), texts, str(folder), sure)
    if not examples.pictures:
        raise InputError(_nothing(folder, len(texts), known=known))
    return begin(
        Request(
            recipe=RECIPE, data=data, examples=examples, changes=changes or {}, options=options
        ),
        run=run,
        again=again,
        observer=observer,
    )


def _untold(folder: Path) -> list[PictureText]:
    """The pictures of a folder of which nobody says what stands on them."""
    try:
        files = sorted(one for one in folder.rglob("*") if one.suffix.lower() in PICTURE_ENDINGS)
    except OSError as error:
        raise storage_error(folder, error) from error
    return [PictureText(file) for file in files]


def _nothing(folder: Path, count: int, *, known: bool) -> str:
    if known:
        return _(
            "Of {count} pictures named for {folder} none shows what is said of it; expected the "
            "digits that stand on each, from left to right.",
            count=count,
            folder=folder,
        )
    return _(
        "No picture in {folder} is read surely enough to learn from. Say what stands on them: "
        "tenfold read {folder} --out {folder}/labels.csv, correct its column text, adapt again.",
        folder=folder,
    )
