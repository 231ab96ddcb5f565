"""Damaged and hostile CSV files give an error that names the file and what is wrong with it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from tenfold.data import DataSet, load, save
from tenfold.errors import FormatError

ROW = ",".join(["5", *["0"] * 784])
HEADER = ",".join(["label", *(f"pixel{i}" for i in range(784))])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (f"{HEADER}\n{ROW},0\n".encode(), "line 2: received 786 columns; expected 785"),
        (f"{HEADER}\n{ROW}\n{ROW[:-2]}\n".encode(), "line 3: received 784 columns"),
        (f"{ROW}\n\n{ROW[:-1]}256\n".encode(), "line 3, column 785: received '256'"),
        (f"{ROW}\n{ROW[:-1]}-1\n".encode(), "line 2, column 785: received '-1'"),
        (f"{ROW}\n{ROW[:-1]}nan\n".encode(), "received 'nan'"),
        (f"{ROW}\n{ROW[:-1]}0.3\n".encode(), "that are no gray levels"),
        (f"{ROW}\n{ROW[:-1]}1_0\n".encode(), "received '1_0'"),
        (f"{ROW}\n{ROW[:-1]}{'0' * 60_000}\n".encode(), "column 785: received '0000"),
        (f"{ROW}\n{ROW[:-1]}\n".encode(), "line 2, column 785: received ''"),
        (f"{ROW}\n{ROW[:-1]}".encode() + b"\xff\n", r"received '\\\\xff'"),
        (f"{HEADER}\n{ROW}\n1{ROW}\n".encode(), "label 15 of image 1 is not a digit"),
        (f"label,{'a' * 900}\n{ROW}\n".encode(), "header of 2 columns"),
        (
            f"{HEADER.rpartition(',')[0]}\n{ROW[:-2]}".encode(),
            "header of 784 columns, from 'label'",
        ),
        (b"label,\xff\n", "not UTF-8 text"),
        (f"{HEADER}\n".encode() + b"1," * 100_000, "line of more than 65536 bytes|columns"),
    ],
)
def test_csv(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_bytes(content)
    with pytest.raises(FormatError, match=message) as caught:
        load(tmp_path / "train.csv")
    assert "train.csv" in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER}\n{ROW}\n",
        f"{HEADER}\r\n{ROW}\r\n",
        f"{HEADER}\n\n{ROW}\n\n\n",
        ROW,
        f"\ufeff{HEADER}\n{ROW}",
        f"\ufeff{ROW}\n",
        HEADER.removeprefix("label,") + f",class\n{ROW[2:]},5\n",
        ",".join(f'"{v}"' for v in ROW.split(",")) + "\n",
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_csv_dialects(content: str, pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = tmp_path / "mnist_test.dat"
    path.write_bytes(pack(content.encode()))
    data = load(path)
    assert data.test.labels.tolist() == [5]
    assert not data.test.images.any()


def test_csv_across_blocks(both: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenfold.data.rows._CHUNK", 1000)
    save(both, tmp_path / "a", "csv")
    assert load(tmp_path / "a").hash() == both.hash()
    lines = (tmp_path / "a" / "test.csv").read_text().splitlines()
    (tmp_path / "a" / "test.csv").write_text("\n".join([*lines, "7,8"]))
    with pytest.raises(FormatError, match="line 6: received 2 columns"):
        load(tmp_path / "a")


def test_csv_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenfold.data.rows.MAX_BYTES", 10**6)
    (tmp_path / "a").write_bytes(gzip.compress(f"{ROW}\n".encode() + b"\n" * 10**7))
    with pytest.raises(FormatError, match="unpacks to more than 1000000 bytes"):
        load(tmp_path / "a")
