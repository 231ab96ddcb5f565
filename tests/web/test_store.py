"""The store of corrections: several at once, killed, damaged, of another layout, elsewhere."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.schema import CreateTable

from _commands import Tenfold
from tenfold.data import Images, find_dataset, load_dataset
from tenfold.data.corrections import Corrections, _metadata, corrections_url
from tenfold.errors import InputError, StorageError, TenfoldError
from tenfold.web.settings import ServiceSettings
from tenfold.web.store import open_corrections


def digit(seed: int) -> Images:
    return np.random.default_rng(seed).integers(0, 256, (28, 28), np.uint8)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "corrections.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Corrections]:
    opened = Corrections(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture
def kept(path: Path, store: Corrections) -> Path:
    """The file of a store with 300 corrections, closed."""
    for number in range(300):
        store.add(digit(number), number % 10)
    store.close()
    return path


def test_what_is_added_is_listed(store: Corrections) -> None:
    before = datetime.now(UTC)
    added = store.add(digit(1), 7, guess=1, model="digits", picture=b"bytes")
    (found,) = store.list()
    assert (found.id, found.label, found.guess, found.model) == (added.id, 7, 1, "digits")
    np.testing.assert_array_equal(found.placed, digit(1))
    assert found.created == added.created
    assert before <= found.created <= before + timedelta(minutes=1)
    assert store.picture(added.id) == b"bytes"
    plain = store.add(digit(2), 0)
    assert (plain.guess, plain.model, store.picture(plain.id)) == (None, None, None)
    assert len(store) == 2


def test_lists_go_on_where_they_ended(store: Corrections) -> None:
    numbers = [store.add(digit(label), label).id for label in range(7)]
    first = store.list(3)
    rest = store.list(before=first[-1].id)
    assert [c.id for c in (*first, *rest)] == numbers[::-1]


def test_a_removed_one_is_gone_and_its_number_never_used_again(store: Corrections) -> None:
    first = store.add(digit(1), 1).id
    assert store.remove(first)
    assert not store.remove(first)
    assert store.list() == ()
    assert store.add(digit(2), 2).id > first
    assert not any(store.remove(number) for number in (0, -1, 2**63, 10**30))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2**32)), max_size=5))
def test_they_come_back_as_labeled_images(
    tmp_path_factory: pytest.TempPathFactory, made: list[tuple[int, int]]
) -> None:
    store = Corrections(f"sqlite:///{tmp_path_factory.mktemp('store')}/c.sqlite")
    for label, seed in made:
        store.add(digit(seed), label)
    images, labels = store.as_images()
    store.close()
    assert labels.tolist() == [label for label, _seed in made]
    expected = np.array([digit(seed) for _label, seed in made], np.uint8).reshape(-1, 28, 28)
    np.testing.assert_array_equal(images, expected)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"label": 10}, "Received 10"),
        ({"label": -1}, "Received -1"),
        ({"label": True}, "Received True"),
        ({"label": 1, "guess": 10}, "Received 10"),
        ({"label": 1, "model": "x" * 201}, "expected 1 to 200"),
        ({"label": 1, "model": ""}, "expected 1 to 200"),
        ({"label": 1, "model": "a\0b"}, "expected 1 to 200"),
        ({"label": 1, "model": "\ud800"}, "expected 1 to 200"),
        ({"label": 1, "placed": np.zeros((28, 27), np.uint8)}, r"uint8 \[28, 28\]"),
        ({"label": 1, "placed": np.zeros((28, 28))}, r"uint8 \[28, 28\]"),
    ],
)
def test_values_out_of_range_are_refused(
    store: Corrections, options: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        store.add(**{"placed": digit(0), **options})  # type: ignore[arg-type]
    assert len(store) == 0


def test_the_database_itself_refuses_what_is_no_digit(kept: Path) -> None:
    with sqlite3.connect(kept) as connection:
        for change in ("label = 10", "guess = -1", "placed = x'00'"):
            with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
                connection.execute(f"UPDATE tenfold_corrections SET {change}")
    connection.close()


def test_threads_lose_nothing(store: Corrections) -> None:
    errors: list[Exception] = []

    def work(label: int) -> None:
        try:
            for number in range(20):
                mine = store.add(digit(number), label)
                if number % 4 == 0:
                    store.remove(mine.id)
                store.list(5)
        except TenfoldError as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(label,)) for label in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert np.bincount(store.as_images().labels, minlength=10).tolist() == [15] * 8 + [0] * 2


ADDING = """
import sys
import numpy as np
from tenfold.data.corrections import Corrections
url, label, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
sys.stdin.readline()
store = Corrections(url)
for number in range(count):
    placed = np.full((28, 28), number % 256, np.uint8)
    print(store.add(placed, label).id, flush=True)
"""


def adding(path: Path, label: int, count: int) -> subprocess.Popen[str]:
    """Start a process that waits for a line and then adds corrections, printing their numbers."""
    return subprocess.Popen(
        [sys.executable, "-c", ADDING, f"sqlite:///{path}", str(label), str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_processes_that_begin_a_store_at_once_lose_nothing(path: Path) -> None:
    processes = [adding(path, label, 25) for label in range(6)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate()[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0] * 6
    numbers = [int(number) for lines in said for number in lines]
    assert sorted(numbers) == list(range(1, 151))
    store = Corrections(f"sqlite:///{path}")
    assert np.bincount(store.as_images().labels).tolist() == [25] * 6
    store.close()


def test_what_was_answered_survives_kill_9(path: Path) -> None:
    answered: list[int] = []
    for label in range(3):
        process = adding(path, label, 100_000)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("go\n")
        process.stdin.flush()
        for _answer in range(20 + label):
            answered.append(int(process.stdout.readline()))
        process.send_signal(signal.SIGKILL)
        process.wait()
        answered += [int(line) for line in process.stdout if line.endswith("\n")]
        process.stdin.close()
        process.stdout.close()
    store = Corrections(f"sqlite:///{path}")
    there = {correction.id for correction in store.list(10**6)}
    assert set(answered) <= there
    # At most the one that was being added when the process died had not been answered.
    assert len(there) <= len(answered) + 3
    store.close()


def test_an_answer_means_the_disk(store: Corrections) -> None:
    with store._engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
    }


def test_a_reader_waits_for_no_writer(store: Corrections) -> None:
    store.add(digit(1), 1)
    with store._engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM tenfold_corrections")
        # Nothing is seen of what is not committed, and nobody waits 30 seconds.
        assert len(store.list()) == 1


@pytest.mark.parametrize("version", [2, 99])
def test_a_newer_layout_is_refused_and_left_as_it_is(kept: Path, version: int) -> None:
    with sqlite3.connect(kept) as connection:
        connection.execute(f"UPDATE tenfold_schema SET version = {version}")
    connection.close()
    before = kept.read_bytes()
    with pytest.raises(StorageError, match=rf"of layout {version}, .* knows 1: update Tenfold"):
        Corrections(f"sqlite:///{kept}")
    assert kept.read_bytes() == before


@pytest.mark.parametrize("damage", ["junk", "cut", "pages", "header", "no version", "no schema"])
def test_a_damaged_file_is_refused_and_left_as_it_is(kept: Path, damage: str) -> None:
    content = bytearray(kept.read_bytes())
    assert len(content) > 200_000
    if damage in ("no version", "no schema"):
        with sqlite3.connect(kept) as connection:
            word = "DELETE FROM" if damage == "no version" else "DROP TABLE"
            connection.execute(f"{word} tenfold_schema")
        connection.close()
    else:
        changed = {
            "junk": b"this is no database" * 1000,
            "cut": content[: len(content) // 2],
            "pages": content[:100_000] + b"\xaa" * 20_000 + content[120_000:],
            "header": b"\0" * 100 + content[100:],
        }[damage]
        kept.write_bytes(changed)
    before = kept.read_bytes()
    with pytest.raises(StorageError, match=r"damaged|not a database|malformed|layout"):
        Corrections(f"sqlite:///{kept}")
    assert kept.read_bytes() == before


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "empty.sqlite").touch()
    store = Corrections(f"sqlite:///{tmp_path}/empty.sqlite")
    assert store.add(digit(1), 1).id == 1
    store.close()


def test_a_file_that_goes_bad_while_it_is_used_is_named(store: Corrections, path: Path) -> None:
    store.add(digit(1), 1)
    store.close()
    path.write_bytes(b"junk" * 1000)
    path.with_name(f"{path.name}-wal").unlink(missing_ok=True)
    with pytest.raises(StorageError, match="cannot be used"):
        store.list()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_place_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError):
        Corrections(f"sqlite:///{tmp_path}/sub/c.sqlite")


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="is a file; expected a folder"):
        Corrections(f"sqlite:///{tmp_path}/file/c.sqlite")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nonsense", "no database's URL"),
        ("", "no database's URL"),
        ("postgresql://me:secret@host:port/x", "no database's URL"),
        ("nonsense://me:secret@host/x", "knows no database nonsense"),
        ("sqlite://", "in memory keeps nothing"),
        ("sqlite:///:memory:", "in memory keeps nothing"),
        ("oracle+cx_oracle://me:secret@host/x", "driver that is not installed: cx_Oracle"),
    ],
)
def test_other_databases_are_named_without_their_passwords(url: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        Corrections(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("dialect", [postgresql.dialect(), mysql.dialect()])
def test_the_tables_can_be_made_elsewhere(dialect: sa.Dialect) -> None:
    made = [str(CreateTable(table).compile(dialect=dialect)) for table in _metadata.sorted_tables]
    assert any("CHECK (label BETWEEN 0 AND 9)" in sql for sql in made)
    assert any("BIGSERIAL" in sql or "BIGINT NOT NULL AUTO_INCREMENT" in sql for sql in made)


def test_the_place_is_the_persons_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TENFOLD_DATABASE", raising=False)
    monkeypatch.setenv("TENFOLD_HOME", str(tmp_path / "home of mine"))
    place = f"sqlite:///{tmp_path}/home of mine/corrections.sqlite"
    assert sa.make_url(corrections_url()).database == sa.make_url(place).database
    with_settings = open_corrections(ServiceSettings())
    assert with_settings.place == sa.make_url(place).database
    other = open_corrections(ServiceSettings(database=f"sqlite:///{tmp_path}/other.sqlite"))
    assert other.place == f"{tmp_path}/other.sqlite"
    monkeypatch.setenv("TENFOLD_DATABASE", "postgresql://me@host/x")
    assert corrections_url() == "postgresql://me@host/x"
    for store in (with_settings, other):
        store.close()


def test_they_are_a_data_set_by_name(
    store: Corrections, path: Path, monkeypatch: pytest.MonkeyPatch, tenfold: Tenfold
) -> None:
    monkeypatch.setenv("TENFOLD_DATABASE", f"sqlite:///{path}")
    with pytest.raises(InputError, match="There are no corrections"):
        load_dataset("corrections")
    store.add(digit(1), 7)
    store.add(digit(2), 3)
    found = find_dataset("corrections")
    assert found.origin == str(path)
    assert found.data.train.labels.tolist() == [7, 3]
    code, out, _err = tenfold("data", "info", "corrections")
    assert code == 0
    assert f"corrections from {path}" in out


def test_asking_for_none_makes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENFOLD_DATABASE", f"sqlite:///{tmp_path}/sub/none.sqlite")
    with pytest.raises(InputError, match="There are no corrections"):
        load_dataset("corrections")
    assert not (tmp_path / "sub").exists()


def test_the_data_layer_needs_no_database() -> None:
    program = """
import importlib.util, sys
import tenfold.data, tenfold.data.sources
assert "sqlalchemy" not in sys.modules
whole = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == "sqlalchemy" else whole(name, *more)
try:
    tenfold.data.load_dataset("corrections")
except tenfold.TenfoldError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "pip install 'tenfold[web]'" in done.stdout
