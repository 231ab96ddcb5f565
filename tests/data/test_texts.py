"""Tables of pictures and what stands on them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenfold.data.texts import PictureText, read_texts
from tenfold.errors import FormatError, InputError, StorageError

LINES = st.lists(st.text("0123456789", min_size=1, max_size=9), max_size=3)


def table(folder: Path, rows: list[list[str]]) -> Path:
    path = folder / "labels.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


@given(lines=LINES, separator=st.sampled_from(("/", "\n")))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_written_is_read(tmp_path: Path, lines: list[str], separator: str) -> None:
    path = table(tmp_path, [["filename", "text"], ["a.png", separator.join(lines)]])
    assert read_texts(path) == [PictureText(Path("a.png"), tuple(lines))]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (["path", "text"], ["a.png", "1,234.50"]),
        (["Truth", "File name"], ["12 34-50", "a.png"]),
        (["n", "picture", "label", "text"], ["7", "a.png", "9", "123450"]),
    ],
)
def test_columns_are_told_by_their_names(tmp_path: Path, header: list[str], row: list[str]) -> None:
    (found,) = read_texts(table(tmp_path, [header, row]))
    assert found.path.name == "a.png"
    assert found.lines == ("123450",)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.tsv", "file\ttext\nb.png\t407\n"),
        ("a.csv", "file;text\nb.png;407\n"),
        ("a.csv", "b.png,7\n"),
        ("a.json", '[{"file": "b.png", "text": "407"}]'),
        ("a.json", '{"b.png": 407}'),
        ("a.jsonl", '{"path": "b.png", "truth": "4/07"}\n'),
    ],
    ids=["tabs", "semicolons", "no header", "objects", "by name", "lines"],
)
def test_what_separates_them_and_json_are_told_as_for_labels(
    tmp_path: Path, name: str, content: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    (found,) = read_texts(tmp_path / name)
    assert found.path.name == "b.png"
    assert "".join(found.lines or ()) in ("407", "7")


def test_a_picture_beside_the_table_comes_before_one_where_one_works(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    (first, second) = read_texts(table(tmp_path, [["path", "text"], ["a.png", "1"], ["b.png", ""]]))
    assert first.path == tmp_path / "a.png"
    assert second == PictureText(Path("b.png"), ())


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["filename"], ["a.png"]], "such as filename,text"),
        ([], "such as filename,text"),
        ([["path", "text"], ["a.png", "1"], ["b.png", "seven"]], "'seven' for 'b.png'"),
        ([["path", "text"], ["a.png", "٣"]], "expected digits"),
    ],
)
def test_what_is_no_such_table_is_refused(tmp_path: Path, rows: list[list[str]], said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_texts(table(tmp_path, rows))


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_bytes(b"path,text\n\xff\xfe,1\n")
    with pytest.raises(FormatError, match="not UTF-8"):
        read_texts(path)


def test_a_missing_table_is_an_error_of_storage(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        read_texts(tmp_path / "none.csv")
