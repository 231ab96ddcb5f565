"""What people said when a reading was wrong, kept in a database: SQLite unless a URL says else.

It lies in the data layer, since training and the data commands read it too; the module is
imported only when corrections are asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import final

import numpy as np

from tenfold.data.images import CLASSES, SIZE, DataSet, Images, LabeledImages
from tenfold.errors import InputError, MissingExtraError
from tenfold.language import text as _

if find_spec("sqlalchemy") is None:
    raise MissingExtraError("web", _("Keeping corrections"))

import sqlalchemy as sa

from tenfold.data._database import open_database, place_of, readers_of, telling

__all__ = ["Correction", "Corrections", "corrections_url", "load_corrections", "url_in"]

SCHEMA = 1
"""The number of the tables' layout; a store of another is refused, never changed."""

LARGEST_ID = 2**63 - 1
_MODEL_LENGTH = 200
_PIXELS = SIZE * SIZE

_metadata = sa.MetaData()

_schema = sa.Table(
    "tenfold_schema",
    _metadata,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
)

_table = sa.Table(
    "tenfold_corrections",
    _metadata,
    # BIGINT elsewhere; SQLite counts rows itself only where the type is INTEGER.
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("created", sa.DateTime, nullable=False),
    sa.Column("label", sa.SmallInteger, nullable=False),
    sa.Column("guess", sa.SmallInteger),
    sa.Column("model", sa.String(_MODEL_LENGTH)),
    sa.Column("placed", sa.LargeBinary(_PIXELS), nullable=False),
    # MySQL's plain BLOB ends at 64 KiB; a length makes it choose one that is large enough.
    sa.Column("picture", sa.LargeBinary(2**24)),
    # A number once given is never given again, so that a stale page removes nothing else.
    sqlite_autoincrement=True,
)
for _name in ("label", "guess"):
    _table.append_constraint(sa.CheckConstraint(_table.c[_name].between(0, CLASSES - 1)))
_table.append_constraint(sa.CheckConstraint(sa.func.length(_table.c.placed) == _PIXELS))

_shown = [column for column in _table.columns if column.name != "picture"]


@dataclass(frozen=True, slots=True, eq=False)
class Correction:
    """One digit that a person labeled.

    Args:
        id: its number in the store, from 1, never used again.
        created: when, in UTC.
        label: what it is, 0 to 9.
        guess: what was read instead; None where nothing was.
        model: which model read it, if known.
        placed: uint8 [28, 28], bright ink on black.
    """

    id: int
    created: datetime
    label: int
    guess: int | None
    model: str | None
    placed: Images


@final
class Corrections:
    """A store of corrections; safe for several threads and processes at once.

    What ``add`` has returned is on the disk, whatever happens next. A store that does not exist
    is made.

    Args:
        url: a database's URL, such as ``sqlite:////home/me/corrections.sqlite``.

    Raises:
        InputError: if the URL is none, or of a database whose driver is not installed.
        StorageError: if the database cannot be used, is damaged, or was made by a newer Tenfold.
    """

    def __init__(self, url: str) -> None:
        self._engine = open_database(url, _metadata, _schema, SCHEMA)
        self._readers = readers_of(self._engine)
        self.place = place_of(url)

    def add(
        self,
        placed: Images,
        label: int,
        *,
        guess: int | None = None,
        model: str | None = None,
        picture: bytes | None = None,
    ) -> Correction:
        """Keep a correction, and return it once it is safe.

        Args:
            placed: uint8 [28, 28], the digit as the model saw it.
            label: what it is, 0 to 9.
            guess: what was read instead, 0 to 9.
            model: which model read it; at most 200 characters.
            picture: the bytes of the picture it is from, only where the person wants it kept.

        Raises:
            InputError: if a value is none of these.
            StorageError: if it could not be kept.
        """
        _check(placed, label, guess, model)
        created = datetime.now(UTC).replace(tzinfo=None)
        pixels = placed.tobytes()
        query = sa.insert(_table).values(
            created=created, label=label, guess=guess, model=model, placed=pixels, picture=picture
        )
        with self._working(), self._engine.begin() as connection:
            (number,) = connection.execute(query).inserted_primary_key or (0,)
        return _correction(number, created, label, guess, model, pixels)

    def list(self, limit: int = 100, before: int | None = None) -> tuple[Correction, ...]:
        """Return up to ``limit`` corrections, the newest first.

        Args:
            limit: how many at most.
            before: only those with a smaller number; to go on where a list ended.
        """
        query = sa.select(*_shown).order_by(_table.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(_table.c.id < before)
        with self._reading() as connection:
            return tuple(_correction(*row) for row in connection.execute(query))

    def picture(self, number: int) -> bytes | None:
        """Return the picture kept with a correction; None where none was, or there is no such."""
        query = sa.select(_table.c.picture).where(_table.c.id == number)
        with self._reading() as connection:
            found: bytes | None = connection.scalar(query)
        return found

    def remove(self, number: int) -> bool:
        """Remove a correction for good, and return whether there was one of that number."""
        if not 0 < number <= LARGEST_ID:
            return False
        with self._working(), self._engine.begin() as connection:
            done = connection.execute(sa.delete(_table).where(_table.c.id == number))
        return done.rowcount > 0

    def as_images(self) -> LabeledImages:
        """Return all corrections as labeled images, the oldest first."""
        query = sa.select(_table.c.placed, _table.c.label).order_by(_table.c.id)
        with self._reading() as connection:
            rows = connection.execute(query).all()
        pixels = np.frombuffer(b"".join(row.placed for row in rows), np.uint8)
        labels = np.array([row.label for row in rows], np.uint8)
        return LabeledImages(pixels.reshape(-1, SIZE, SIZE).copy(), labels)

    def __len__(self) -> int:
        with self._reading() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(_table)) or 0

    def close(self) -> None:
        """Close all connections; the store opens new ones when it is used again."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with self._working(), self._readers.connect() as connection:
            yield connection

    @contextmanager
    def _working(self) -> Iterator[None]:
        with telling(self.place):
            yield


def corrections_url() -> str:
    """Return where corrections are kept.

    That is what TENFOLD_DATABASE names, else ``corrections.sqlite`` in the folder TENFOLD_HOME,
    else in the user's data folder.
    """
    if url := os.environ.get("TENFOLD_DATABASE"):
        return url
    if home := os.environ.get("TENFOLD_HOME"):
        return url_in(Path(home))
    from platformdirs import user_data_path

    return url_in(user_data_path("tenfold", appauthor=False))


def url_in(folder: Path) -> str:
    """Return the URL of the SQLite store that lies in ``folder``."""
    path = folder.expanduser().absolute() / "corrections.sqlite"
    return sa.URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)


def load_corrections(url: str | None = None) -> tuple[DataSet, str]:
    """Return all corrections as training images, and where they lie.

    Args:
        url: the store's; by default ``corrections_url()``.

    Raises:
        InputError: if there are none yet.
        StorageError: if the store cannot be used.
    """
    url = url or corrections_url()
    place = place_of(url)
    if url.startswith("sqlite") and not Path(place).is_file():
        raise _nothing(place)
    store = Corrections(url)
    try:
        images = store.as_images()
    finally:
        store.close()
    if not len(images):
        raise _nothing(place)
    return DataSet("corrections", {"train": images}), place


def _nothing(place: str) -> InputError:
    return InputError(
        _(
            "There are no corrections in {place} yet. Make some on the page that tenfold serve "
            "opens, or name another database in TENFOLD_DATABASE.",
            place=place,
        )
    )


def _check(placed: Images, label: int, guess: int | None, model: str | None) -> None:
    if placed.dtype != np.uint8 or placed.shape != (SIZE, SIZE):
        raise InputError(
            _(
                "Received a digit of {dtype} {shape}; expected uint8 [28, 28].",
                dtype=placed.dtype,
                shape=list(placed.shape),
            )
        )
    for value in (label, *([] if guess is None else [guess])):
        if type(value) is not int or not 0 <= value < CLASSES:
            raise InputError(_("Received {value!r}; expected a digit, 0 to 9.", value=value))
    if model is not None and not (0 < len(model) <= _MODEL_LENGTH and model.isprintable()):
        raise InputError(
            _(
                "Received {model!r} as a model's name; expected 1 to {limit} printable characters.",
                model=model[:_MODEL_LENGTH],
                limit=_MODEL_LENGTH,
            )
        )


def _correction(
    number: int, created: datetime, label: int, guess: int | None, model: str | None, placed: bytes
) -> Correction:
    image = np.frombuffer(placed, np.uint8).reshape(SIZE, SIZE)
    return Correction(number, created.replace(tzinfo=UTC), label, guess, model, image)
