"""Damaged and hostile IDX files give an error that names the file and what is wrong with it."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import pytest

from tenfold.data import load
from tenfold.errors import FormatError


def idx(tmp_path: Path, images: bytes, labels: bytes) -> Path:
    (tmp_path / "train-images-idx3-ubyte").write_bytes(images)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(labels)
    return tmp_path


IMAGES = struct.pack(">4I", 2051, 2, 28, 28) + bytes(2 * 784)
LABELS = struct.pack(">2I", 2049, 2) + bytes([3, 9])


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (IMAGES[:-1], LABELS, "claims 2 images in 1568 bytes"),
        (IMAGES + b"x", LABELS, "shorter or longer"),
        (IMAGES[:9], LABELS, "ends inside its header"),
        (b"", LABELS, "train-images-idx3-ubyte ends inside its header"),
        (LABELS + IMAGES, LABELS, "begins with the number 2049; expected 2051"),
        (struct.pack(">4I", 2051, 2, 28, 27) + bytes(2 * 784), LABELS, r"\[28, 27\]"),
        (struct.pack(">4I", 2051, 2**32 - 1, 28, 28), LABELS, "claims 4294967295 images"),
        (IMAGES, LABELS[:-1] + b"\x0a", "label 10 of image 1 is not a digit"),
        (IMAGES, struct.pack(">2I", 2049, 1) + b"\x01", "2 images and 1 labels"),
        (gzip.compress(IMAGES, mtime=0)[:-9], LABELS, "damaged|shorter"),
        (gzip.compress(IMAGES + bytes(10**7), mtime=0), LABELS, "shorter or longer"),
        (b"\x1f\x8bnonsense", LABELS, "damaged"),
    ],
)
def test_idx(images: bytes, labels: bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=message) as caught:
        load(idx(tmp_path, images, labels))
    assert str(tmp_path) in str(caught.value)


def test_idx_without_labels(tmp_path: Path) -> None:
    (tmp_path / "train-images-idx3-ubyte").write_bytes(IMAGES)
    with pytest.raises(FormatError, match="has no file train-labels-idx1-ubyte"):
        load(tmp_path)


@pytest.mark.parametrize("folder", ["", "raw", "MNIST/raw"])
@pytest.mark.parametrize("dotted", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_idx_in_all_its_places_and_spellings(
    folder: str, dotted: bool, packed: bool, tmp_path: Path
) -> None:
    place = tmp_path / folder
    place.mkdir(parents=True, exist_ok=True)
    for name, content in (("images-idx3", IMAGES), ("labels-idx1", LABELS)):
        spelled = f"t10k-{name}-ubyte".replace("-idx", ".idx" if dotted else "-idx")
        file = place / (spelled + (".gz" if packed else ""))
        file.write_bytes(gzip.compress(content) if packed else content)
    assert load(tmp_path).test.labels.tolist() == [3, 9]
