"""Damaged and hostile pictures, and folders of them, give an error that names what is wrong."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tenfold.data import load
from tenfold.data.png import decode_png, encode_png
from tenfold.errors import FormatError, TenfoldError


def chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def png(width: int, height: int, pixels: bytes, color: int = 0, depth: int = 8) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


GOOD = encode_png(np.arange(784, dtype=np.uint16).astype(np.uint8).reshape(28, 28))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a PNG"),
        (b"GIF89a", "is not a PNG"),
        (GOOD[:-5], "damaged PNG"),
        (GOOD[:40] + bytes([GOOD[40] ^ 1]) + GOOD[41:], "damaged PNG"),
        (GOOD + bytes(70_000), "at most 65536 bytes"),
        (png(50_000, 50_000, bytes(100)), "50000x50000 pixels; expected 28x28"),
        (png(28, 28, bytes(10)), "damaged PNG"),
        (png(28, 28, bytes(10**7)), "damaged PNG"),
        (png(28, 28, bytes(28 * 57), color=4), "transparent"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""), "damaged PNG"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 20, "damaged PNG"),
    ],
)
def test_png(content: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=f"^here .*{message}"):
        decode_png(content, "here")


def test_png_of_other_kinds() -> None:
    rows = b"".join(b"\x00" + bytes([7]) * 84 for _ in range(28))
    assert (decode_png(png(28, 28, rows, color=2), "here") == 7).all()
    bits = b"".join(b"\x00\xff\xff\xff\xff" for _ in range(28))
    assert (decode_png(png(28, 28, bits, depth=1), "here") == 255).all()


def png_folder(tmp_path: Path, names: list[str], labels: Any) -> Path:
    (tmp_path / "test_x").mkdir()
    for at, name in enumerate(names):
        (tmp_path / "test_x" / name).write_bytes(encode_png(np.full((28, 28), at, np.uint8)))
    (tmp_path / "test_y.json").write_text(json.dumps(labels))
    return tmp_path


def test_png_folder_pairs_by_number(tmp_path: Path) -> None:
    data = load(png_folder(tmp_path, ["100000.png", "00002.png", "99999.png"], [1, 2, 3]))
    assert data.test.images[:, 0, 0].tolist() == [1, 2, 0]
    assert data.test.labels.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("names", "labels", "message"),
    [
        (["1.png", "2.png"], [1], "2 images and 1 labels"),
        (["1.png"], ["ten"], "label 'ten' of '' is not a digit"),
        (["1.png"], [True], "is not a digit"),
        (["1.png"], [10**30], "is not a digit"),
        (["1.png"], [10], "label '10' of '' is not a digit"),
        (["1.png"], {"2.png": 1}, r"names '2\.png', and 0 pictures there"),
        (["1.png"], 7, "no list of labels"),
        (["1.png", "notes.txt"], [1, 2], r"notes\.txt does not belong here"),
    ],
)
def test_png_folder(names: list[str], labels: Any, message: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=message):
        load(png_folder(tmp_path, names, labels))


@pytest.mark.parametrize("content", [b"", b"[1", b"\xff\xfe", b"[" * 100_000])
def test_png_folder_with_broken_labels(content: bytes, tmp_path: Path) -> None:
    png_folder(tmp_path, ["1.png"], [1])
    (tmp_path / "test_y.json").write_bytes(content)
    with pytest.raises(FormatError, match=r"test_y\.json is no JSON"):
        load(tmp_path)


def test_png_folder_without_labels(tmp_path: Path) -> None:
    (png_folder(tmp_path, ["1.png"], [1]) / "test_y.json").unlink()
    with pytest.raises(TenfoldError, match=r"test_y\.json"):
        load(tmp_path)


def class_folder(tmp_path: Path) -> Path:
    (tmp_path / "mine" / "3").mkdir(parents=True)
    (tmp_path / "mine" / "3" / "a.png").write_bytes(GOOD)
    return tmp_path / "mine"


def test_class_folder_alone(tmp_path: Path) -> None:
    data = load(class_folder(tmp_path))
    assert list(data.splits) == ["train"]
    assert data.train.labels.tolist() == [3]


def test_links_that_leave_are_refused(tmp_path: Path) -> None:
    folder = class_folder(tmp_path)
    (tmp_path / "secret.png").write_bytes(GOOD)
    (folder / "3" / "b.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(FormatError, match=r"b\.png is a link that leads out of"):
        load(folder)
    (folder / "3" / "b.png").unlink()
    (tmp_path / "else").mkdir()
    (folder / "4").symlink_to(tmp_path / "else")
    with pytest.raises(FormatError, match="4 is a link that leads out of"):
        load(folder)


def test_class_folder_of_no_class(tmp_path: Path) -> None:
    (class_folder(tmp_path) / "ten").mkdir()
    with pytest.raises(FormatError, match="ten is named by no digit"):
        load(tmp_path / "mine")
