"""A database opened with care: by any URL, of the layout that is known, and undamaged."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tenfold.errors import InputError, StorageError
from tenfold.files import make_folder
from tenfold.language import text as _

__all__ = ["open_database", "place_of", "readers_of", "telling"]

_PATIENCE_SECONDS = 30
# What SQLite says while other processes make the same new file.
_BUSY = ("locked", "busy")


def open_database(url: str, metadata: sa.MetaData, schema: sa.Table, version: int) -> sa.Engine:
    """Open the database of ``url``, and make the tables where there are none.

    Args:
        url: of any database that SQLAlchemy knows.
        metadata: the tables.
        schema: the one of them that holds the version of their layout.
        version: the one known here.

    Raises:
        InputError: if the URL is none, or its database's driver is not installed.
        StorageError: if the database cannot be used, is damaged, or is of another version.
    """
    engine = _engine(url)
    place = place_of(url)
    if engine.dialect.name == "sqlite":
        make_folder(Path(place).parent)
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    with telling(place):
        try:
            _settle(engine, metadata, schema, version, place)
        except BaseException:
            engine.dispose()
            raise
    return engine


def readers_of(engine: sa.Engine) -> sa.Engine:
    """Return ``engine`` for single queries, which in SQLite wait for no writer."""
    return engine.execution_options(reads_only=True)


def place_of(url: str) -> str:
    """Return a SQLite file's path, or another database's URL without its password."""
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return str(parsed.database)
    return parsed.render_as_string(hide_password=True)


@contextmanager
def telling(place: str) -> Iterator[None]:
    """Say in words, as one of Tenfold's errors, what a database refused in this block.

    Raises:
        StorageError: if it refused anything.
    """
    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise StorageError(
            _(
                "The corrections in {place} cannot be used: {reason}. Nothing in it was changed.",
                place=place,
                reason=reason.rstrip("."),
            )
        ) from error


def _parsed(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise _no_url() from error
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise InputError(
            _("A database in memory keeps nothing; name a file, such as sqlite:///corrections.db.")
        )
    return parsed


def _no_url() -> InputError:
    # The URL is not repeated: there may be a password in it.
    return InputError(
        _(
            "This is no database's URL; expected one such as sqlite:////home/me/corrections.db "
            "or postgresql+psycopg://user:password@host/name."
        )
    )


def _engine(url: str) -> sa.Engine:
    parsed = _parsed(url)
    more: dict[str, object] = {"pool_pre_ping": True}
    if parsed.get_backend_name() == "sqlite":
        more = {"connect_args": {"timeout": _PATIENCE_SECONDS}}
    try:
        return sa.create_engine(parsed, **more)
    except ImportError as error:
        raise InputError(
            _(
                "The database {kind} needs a driver that is not installed: {package}. Install it "
                "with pip, or leave the URL out for SQLite.",
                kind=parsed.drivername,
                package=error.name or str(error),
            )
        ) from error
    except sa.exc.NoSuchModuleError as error:
        raise InputError(
            _(
                "SQLAlchemy knows no database {kind}; expected sqlite, postgresql, mysql, "
                "or another whose package is installed.",
                kind=parsed.drivername,
            )
        ) from error
    except (sa.exc.ArgumentError, TypeError, ValueError) as error:
        raise _no_url() from error


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Set up one connection: SQLAlchemy begins transactions, and an answer means the disk."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        _patiently(cursor.execute, f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    """Take the lock for writing at once: taken halfway, it could be refused without waiting."""
    if not connection.get_execution_options().get("reads_only"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _patiently(work: Any, *arguments: object) -> None:
    """Do what SQLite may refuse at once, without waiting, while another process does the same."""
    import sqlite3

    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            work(*arguments)
        except sqlite3.OperationalError as error:
            if time.monotonic() > until or not any(word in str(error) for word in _BUSY):
                raise
            time.sleep(0.02)
        else:
            return


def _settle(
    engine: sa.Engine, metadata: sa.MetaData, schema: sa.Table, version: int, place: str
) -> None:
    """Check the tables that are there, or make them; in one transaction."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            _check_whole(connection, place)
        names = sa.inspect(connection).get_table_names()
        if schema.name not in names:
            _check_free(names, metadata, place)
            metadata.create_all(connection)
            connection.execute(sa.insert(schema).values(version=version))
        found = connection.scalars(sa.select(schema.c.version)).all()
    if list(found) != [version]:
        raise StorageError(
            _(
                "The corrections in {place} are of layout {found}, and this Tenfold knows "
                "{known}: update Tenfold, or use another database. Nothing in it was changed.",
                place=place,
                found=", ".join(map(str, found)) or "?",
                known=version,
            )
        )


def _check_whole(connection: sa.Connection, place: str) -> None:
    found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if found != "ok":
        raise StorageError(
            _(
                "The database {place} is damaged ({reason}) and was left as it is. Move it "
                "elsewhere to begin anew, or put a copy of it back.",
                place=place,
                reason=str(found).splitlines()[-1],
            )
        )


def _check_free(names: list[str], metadata: sa.MetaData, place: str) -> None:
    taken = sorted(set(names) & set(metadata.tables))
    if taken:
        raise StorageError(
            _(
                "The database {place} has a table {name}, but does not say of which layout; "
                "it is damaged or not Tenfold's. Nothing in it was changed.",
                place=place,
                name=taken[0],
            )
        )
