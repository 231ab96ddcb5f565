"""What is in no known format is named as what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tenfold.data import load
from tenfold.errors import FormatError, InputError


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "it is an empty file"),
        (b"name,age\nAnn,7\n", "a table of 2 columns, name, age; expected label and 784 pixels"),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture; a data set is a folder or file of many"),
        (b"\x00\x01\x02", "begins with 00 01 02"),
        (b"seven\n", "begins with 'seven'"),
    ],
)
def test_files(content: bytes, what: str) -> None:
    Path("a").write_bytes(content)
    with pytest.raises(FormatError, match=what):
        load("a")


def test_folders() -> None:
    place = Path("mine")
    place.mkdir()
    with pytest.raises(FormatError, match="it is an empty folder"):
        load(place)
    for name in ("a.dat", "b.dat", "notes"):
        (place / name).touch()
    (place / "old\x1b[31m").mkdir()
    with pytest.raises(FormatError, match=r"a folder of 2 \.dat, 1 without a suffix, folders old"):
        load(place)
    with pytest.raises(FormatError) as caught:
        load(place)
    assert "\x1b" not in str(caught.value)


def test_an_option_that_the_format_lacks(drawn_file: Path) -> None:
    with pytest.raises(InputError, match="format npz, which has no label_column to choose"):
        load(drawn_file, label_column="first")
