"""Tables made part by part: whole, in order, the same whoever reads and however often stopped."""

from __future__ import annotations

import csv
import itertools
import json
import os
from collections.abc import Generator, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from filelock import FileLock
from pyarrow import parquet

from tenfold.batch import choose_engine, parts, read_to_table, row_reader
from tenfold.batch import table as table_module
from tenfold.batch.by_processes import chunks_of, read_by_processes
from tenfold.batch.row_reader import RowReader
from tenfold.batch.rows import Row, schema
from tenfold.batch.sources import list_pictures
from tenfold.errors import InputError, PictureError, RunError, SourceError
from tenfold.language import set_language
from tenfold.reader import Reader
from tenfold.reader.setup import ReaderSetup


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (table_module, parts):
        monkeypatch.setattr(module, "PART", 32)


def here(setup: ReaderSetup, paths: Iterable[str]) -> Generator[list[Row], None, None]:
    """An engine that reads in this process."""
    reader = RowReader(setup)
    for chunk in chunks_of(paths, 8):
        yield reader.rows(chunk)


def fails_after(count: int) -> table_module.Engine:
    def engine(setup: ReaderSetup, paths: Iterable[str]) -> Generator[list[Row], None, None]:
        for number, batch in enumerate(here(setup, paths)):
            if number == count:
                raise KeyboardInterrupt
            yield batch

    return engine


@pytest.fixture(scope="module")
def table(photos: Path, reader: Reader, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table of all photos."""
    out = tmp_path_factory.mktemp("whole") / "whole.parquet"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_module, "PART", 32)
        read_to_table([str(photos)], out, reader, here)
    return out


def test_a_row_for_each_picture_is_what_the_reader_says(
    photos: Path, reader: Reader, table: Path
) -> None:
    found = parquet.read_table(table)
    assert found.schema == schema()
    assert not table.with_name(table.name + ".parts").exists()
    paths = list(list_pictures([str(photos)]))
    assert len(paths) == 70
    rows = found.to_pylist()
    assert [row["path"] for row in rows] == paths
    assert {row["model"] for row in rows} == {ReaderSetup.of(reader).model_hash}
    for row, result in zip(rows, reader.read_many(paths), strict=True):
        if isinstance(result, PictureError):
            assert f"{row['path']}: {row['error']}" == str(result)
            assert row["text"] is row["lines"] is row["digits"] is row["confidence"] is None
            assert row["left_out"] is row["transcript"] is None
        else:
            plain = result.to_dict()
            assert row["error"] is None
            assert (row["text"], row["confidence"]) == (plain["text"], plain["confidence"])
            assert "\n".join(row["lines"]) == plain["text"]
            assert row["digits"] == [
                {key: digit[key] for key in ("label", "confidence", "none", "accepted", "line")}
                | digit["box"]
                for digit in plain["digits"]
            ]
            assert row["transcript"] == plain["transcript"]
            assert row["left_out"] == [
                {name: value for name, value in mark.items() if name != "box"} | mark["box"]
                for mark in plain["left_out"]
            ]
    assert [Path(row["path"]).name for row in rows if row["error"]] == [
        "broken.png",
        "empty.jpg",
        "text.gif",
    ]
    assert sum(row["text"] == str(int(Path(row["path"]).stem)) for row in rows[:20]) > 10


def test_processes_give_the_same_table_bit_for_bit(
    photos: Path, reader: Reader, table: Path, tmp_path: Path
) -> None:
    made = read_to_table([str(photos)], tmp_path / "t.parquet", reader, choose_engine("processes"))
    assert (made.pictures, made.errors) == (70, 3)
    assert (tmp_path / "t.parquet").read_bytes() == table.read_bytes()


def test_an_interrupted_table_goes_on_and_is_the_same(
    photos: Path, reader: Reader, table: Path, tmp_path: Path
) -> None:
    out = tmp_path / "t.parquet"
    told: list[tuple[int, int]] = []
    watch = SimpleNamespace(
        listed=lambda _n: None,
        passed=lambda _path: None,
        read=lambda done, all_: told.append((done, all_)),
    )
    for chunks in (5, 3, 0, 4):
        with pytest.raises(KeyboardInterrupt):
            read_to_table([str(photos)], out, reader, fails_after(chunks), watch=watch)
    assert not out.exists()
    # One part, four chunks of 8, of the 5, none of the 3, one of the 4.
    assert sorted(p.name for p in (tmp_path / "t.parquet.parts").glob("part-*")) == [
        f"part-{number:05}.jsonl" for number in range(2)
    ]
    assert [done for done, _all in told if done in (0, 32, 64)] == [0, 32, 32, 32, 32, 64]
    seen: list[str] = []

    def watched(setup: ReaderSetup, paths: Iterable[str]) -> Generator[list[Row], None, None]:
        kept = list(paths)
        seen.extend(kept)
        yield from here(setup, kept)

    read_to_table([str(photos)], out, reader, watched, watch=watch)
    assert len(seen) == 70 - 64
    assert told[-1] == (70, 70)
    assert out.read_bytes() == table.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["t.parquet"]


def begun(photos: Path, reader: Reader, out: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        read_to_table([str(photos)], out, reader, fails_after(4))


def test_other_pictures_models_or_settings_are_refused(
    photos: Path, reader: Reader, table: Path, tmp_path: Path
) -> None:
    out = tmp_path / "t.parquet"
    begun(photos, reader, out)
    with pytest.raises(RunError, match="other pictures: 70 then, 25 now"):
        read_to_table([str(photos / "*")], out, reader, here)
    with pytest.raises(RunError, match=r"another threshold\. Go on as it was begun, or start over"):
        read_to_table([str(photos)], out, Reader(threshold=0.4), here)
    with pytest.raises(RunError, match="another model, layout"):
        read_to_table([str(photos)], out, Reader("cnn-deep", layout="line"), here)
    # The same pictures by another source are the same.
    (tmp_path / "list.txt").write_text("\n".join(list_pictures([str(photos)])))
    read_to_table(["@list.txt"], out, reader, here)
    assert out.read_bytes() == table.read_bytes()


def test_again_starts_over(photos: Path, reader: Reader, tmp_path: Path) -> None:
    out = tmp_path / "t.parquet"
    begun(photos, reader, out)
    made = read_to_table([str(photos / "*")], out, reader, here, again=True)
    assert made.pictures == 25
    with pytest.raises(RunError, match=r"t\.parquet is there already; name another file, or start"):
        read_to_table([str(photos / "*")], out, reader, here)
    with pytest.raises(KeyboardInterrupt):
        read_to_table([str(photos / "more")], out, reader, fails_after(4), again=True)
    # The old table stands until the new one is whole.
    assert parquet.read_table(out).num_rows == 25
    assert read_to_table([str(photos / "more")], out, reader, here).pictures == 45
    assert parquet.read_table(out).num_rows == 45


def test_a_second_process_is_kept_out(photos: Path, reader: Reader, tmp_path: Path) -> None:
    out = tmp_path / "t.parquet"
    begun(photos, reader, out)
    with FileLock(tmp_path / "t.parquet.parts" / ".lock"):
        with pytest.raises(RunError, match="Another process is at work"):
            read_to_table([str(photos)], out, reader, here)
        with pytest.raises(RunError, match="Another process is at work"):
            read_to_table([str(photos)], out, reader, here, again=True)
    assert (tmp_path / "t.parquet.parts" / "part-00000.jsonl").exists()


def test_what_cannot_be_begun_leaves_nothing(photos: Path, reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There are no pictures"):
        read_to_table([str(photos), "absent"], tmp_path / "t.parquet", reader, here)
    with pytest.raises(InputError, match=r"ends with \.parquet, \.csv, \.jsonl"):
        read_to_table([str(photos)], tmp_path / "t.xlsx", reader, here)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("change", ["lost", "twice", "swapped", "short"])
def test_an_engine_that_mixes_rows_up_is_found_out(
    photos: Path, reader: Reader, tmp_path: Path, change: str
) -> None:
    def mixing(setup: ReaderSetup, paths: Iterable[str]) -> Generator[list[Row], None, None]:
        batches = list(here(setup, paths))
        changed = {
            "lost": [batches[0], *batches[2:]],
            "twice": [batches[0], *batches],
            "swapped": [batches[1], batches[0], *batches[2:]],
            "short": batches[:8],
        }
        yield from changed[change]

    out = tmp_path / "t.parquet"
    with pytest.raises(RunError, match=r"other rows than those|have 64 rows for 70 pictures"):
        read_to_table([str(photos)], out, reader, mixing)
    assert not out.exists()


@pytest.mark.slow
def test_damaged_parts_and_plans_are_named(photos: Path, reader: Reader, tmp_path: Path) -> None:
    out = tmp_path / "t.parquet"
    begun(photos, reader, out)
    part = tmp_path / "t.parquet.parts" / "part-00000.jsonl"
    part.write_bytes(part.read_bytes()[:100])
    with pytest.raises(RunError, match=r"part-00000\.jsonl is damaged"):
        read_to_table([str(photos)], out, reader, here)
    assert not out.exists()
    (tmp_path / "t.parquet.parts" / "plan.json").write_text("{")
    with pytest.raises(RunError, match=r"plan\.json is damaged"):
        read_to_table([str(photos)], out, reader, here)
    read_to_table([str(photos)], out, reader, here, again=True)


def test_csv_and_json_lines_say_the_same(
    photos: Path, reader: Reader, table: Path, tmp_path: Path
) -> None:
    rows = parquet.read_table(table).to_pylist()
    for name in ("t.csv", "t.jsonl"):
        read_to_table([str(photos)], tmp_path / name, reader, here)
    lines = (tmp_path / "t.jsonl").read_text(encoding="utf-8").splitlines()
    assert list(map(json.loads, lines)) == rows
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert [row["path"] for row in read] == [row["path"] for row in rows]
    for row, expected in zip(read, rows, strict=True):
        assert row["text"] == (expected["text"] or "")
        assert row["error"] == (expected["error"] or "")
        digits: Any = json.loads(row["digits"]) if row["digits"] else None
        assert digits == expected["digits"]
        assert (json.loads(row["left_out"]) if row["left_out"] else None) == expected["left_out"]
        assert (float(row["confidence"]) if row["confidence"] else None) == expected["confidence"]


def test_paths_may_be_anything_that_files_may_be_called(reader: Reader, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    names = [b"=1+1.png", b"a\nb.png", b'q"u,ote.png', b"\xff.png", "数字.png".encode()]
    for name in names:
        Path(os.fsdecode(bytes(folder) + b"/" + name)).write_bytes(b"")
    os.chdir(folder)
    for ending in ("parquet", "csv", "jsonl"):
        read_to_table(["."], tmp_path / f"t.{ending}", reader, here)
    shown = ["./=1+1.png", "a\nb.png", 'q"u,ote.png', "数字.png", "\\xff.png"]
    assert parquet.read_table(tmp_path / "t.parquet")["path"].to_pylist() == shown
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        assert [row["path"] for row in csv.DictReader(file)] == shown


def test_the_table_is_in_english_for_everybody(photos: Path, reader: Reader) -> None:
    setup = ReaderSetup.of(reader)
    set_language("zh")
    try:
        (row,) = RowReader(setup).rows([str(photos / "empty.jpg")])
    finally:
        set_language(None)
    assert row["error"] == "There are no bytes in it; expected a picture file."


@pytest.mark.parametrize("wrong", [MemoryError(), ValueError("odd")])
def test_whatever_goes_wrong_with_a_picture_costs_that_picture(
    photos: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch, wrong: Exception
) -> None:
    rows = RowReader(ReaderSetup.of(reader))

    def fail(*_words: object) -> None:
        raise wrong

    monkeypatch.setattr(Reader, "read", fail)
    (row,) = rows.rows([str(photos / "000.png")])
    assert row["error"] in ("The memory was not enough.", "ValueError: odd")


@pytest.mark.slow
@pytest.mark.timeout(100)
@pytest.mark.usefixtures("poisonous")
def test_a_picture_that_ends_its_process_has_a_row(
    photos: Path, reader: Reader, tmp_path: Path
) -> None:
    paths = [str(photos / "000.png"), str(tmp_path / "poison.png"), str(photos / "003.png")]
    (tmp_path / "poison.png").write_bytes((photos / "000.png").read_bytes())
    batches = list(read_by_processes(ReaderSetup.of(reader), paths, 1))
    first, poison, last = itertools.chain.from_iterable(batches)
    assert poison["error"].startswith("The process that read it died, twice")
    assert poison["path"] == paths[1]
    assert first["error"] is last["error"] is None


def test_pictures_behind_an_address_are_read(
    photos: Path, reader: Reader, s3: SimpleNamespace, tmp_path: Path
) -> None:
    for name in ("000.png", "003.png", "broken.png"):
        s3.files[f"bucket/{name}"] = (photos / name).read_bytes()
    address = f"s3://bucket{s3.options}"
    made = read_to_table([address], tmp_path / "t.parquet", reader, choose_engine("processes", 1))
    assert (made.pictures, made.errors) == (3, 1)
    rows = parquet.read_table(tmp_path / "t.parquet").to_pylist()
    alone = RowReader(ReaderSetup.of(reader)).rows(
        [str(photos / Path(r).name) for r in ("000.png", "003.png", "broken.png")]
    )
    assert [row | {"path": ""} for row in rows] == [row | {"path": ""} for row in alone]
    assert rows[0]["path"] == f"s3://bucket/000.png{s3.options}"
    absent = RowReader(ReaderSetup.of(reader)).rows([f"s3://bucket/gone.png{s3.options}"])
    assert absent[0]["error"] == "There is no such file."


def test_a_place_that_answers_no_more_ends_it(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    class Gone:
        def bare(self, path: str) -> str:
            return path

        def content(self, path: str) -> bytes:
            raise OSError("no network.")

    monkeypatch.setattr(row_reader, "place_of", lambda _path: Gone())
    monkeypatch.setattr(row_reader.time, "sleep", waited.append)
    rows = RowReader(ReaderSetup.of(reader))
    (row,) = rows.rows(["s3://bucket/1.png"])
    assert row["error"] == "The picture cannot be fetched: no network."
    assert waited == [1.0, 4.0]
    with pytest.raises(SourceError, match="cannot be fetched: no network"):
        rows.rows([f"s3://bucket/{number}.png" for number in range(16)])


@pytest.mark.parametrize("name", ["", "ray:", "ray://", "ray://a", "a:b", "dask", "Processes"])
def test_unknown_engines_are_refused(name: str) -> None:
    with pytest.raises(InputError, match="expected processes, ray, or the address"):
        choose_engine(name)
