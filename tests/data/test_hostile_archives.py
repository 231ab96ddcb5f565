"""Damaged and hostile archives of NumPy give an error that names the file and its fault."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tenfold.data import DataSet, load
from tenfold.data.formats import formats
from tenfold.errors import FormatError


def npy(header: str, content: bytes = b"") -> bytes:
    text = header.encode("latin1").ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + content


def archive(tmp_path: Path, members: list[tuple[str, bytes]]) -> Path:
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members:
            file.writestr(name, content)
    return path


X = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 28, 28), }", bytes(784))
Y = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }", b"\x05")


HOSTILE_HEADERS = [
    ("'|O', 'fortran_order': False, 'shape': (1,)", "is of object; expected numbers"),
    ("'<f8', 'fortran_order': False, 'shape': (9, 99999999999)", "claims the shape"),
    ("'|u1', 'fortran_order': False, 'shape': (10**99,)", "x_train is damaged"),
    ("'|u1', 'fortran_order': False, 'shape': (-1, 28, 28)", "claims the shape"),
    ("'|V99999999999', 'fortran_order': False, 'shape': (1,)", "damaged|expected numbers"),
    ("__import__('os').system('true')", "is damaged"),
    ("(" * 100, "is damaged"),
]


@pytest.mark.parametrize(("header", "message"), HOSTILE_HEADERS)
def test_npz_headers(header: str, message: str, tmp_path: Path) -> None:
    hostile = npy("{'descr': " + header + ", }")
    with pytest.raises(FormatError, match=message):
        load(archive(tmp_path, [("x_train.npy", hostile), ("y_train.npy", Y)]))


EXTRA = [("x_train.npy", X), ("y_train.npy", Y)]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (EXTRA[:1], "holds x_train alone"),
        ([*EXTRA, ("../../evil.npy", Y)], r"evil\.npy', which does not"),
        ([*EXTRA, ("train_x.npy", X)], "x_train, train_x, which mean the same"),
        ([("x_train.npy", X[:-1]), EXTRA[1]], "has 783 bytes; expected 784"),
        ([("x_train.npy", X + bytes(10**6)), EXTRA[1]], "has 785 bytes; expected 784"),
        ([("x_train.npy", b"PK"), EXTRA[1]], "x_train is damaged"),
    ],
)
def test_npz(members: list[tuple[str, bytes]], message: str, tmp_path: Path) -> None:
    path = archive(tmp_path, members)
    with pytest.raises(FormatError, match=message):
        formats()["npz"].load(path)


def test_npz_with_a_name_twice(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = archive(tmp_path, [("x_train.npy", X), ("y_train.npy", Y), ("y_train.npy", Y)])
    with pytest.raises(FormatError, match="the same name twice"):
        load(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_npz_packed_otherwise(method: int, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w", method) as file:
        file.writestr("x_train.npy", X)
        file.writestr("y_train.npy", Y)
    with pytest.raises(FormatError, match="packed in a way that NumPy does not use"):
        load(tmp_path / "a.npz")


def savez(path: Path, **arrays: Any) -> Path:
    np.savez(path, allow_pickle=True, **arrays)
    return path


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.full((2, 28, 28), 256), [1, 2], "from 256 to 256 that are no gray levels"),
        (np.full((2, 28, 28), -1), [1, 2], "no gray levels"),
        (np.full((2, 28, 28), np.nan), [1, 2], "no gray levels"),
        (np.full((2, 28, 28), np.inf), [1, 2], "no gray levels"),
        (np.full((2, 28, 28), 0.3337), [1, 2], "no gray levels"),
        (np.zeros((2, 32, 32)), [1, 2], r"\[2, 32, 32\]"),
        (np.zeros((2, 28, 28), complex), [1, 2], "complex128"),
        (np.zeros((2, 28, 28)), [1, 10], "label 10 of image 1"),
        (np.zeros((2, 28, 28)), [1, -1], "label -1 of image 1"),
        (np.zeros((2, 28, 28)), [1, np.nan], "label nan of image 1"),
        (np.zeros((2, 28, 28)), [1, 0.5], "label 0.5 of image 1"),
        (np.zeros((2, 28, 28)), 2 * np.eye(10)[:2], r"labels of float64 \[2, 10\]"),
        (np.zeros((2, 28, 28)), [1, 2, 3], "2 images and 3 labels"),
        (np.zeros((2, 28, 28)), 7, "2 images and 0 labels"),
        (np.array([None, None]), [1, 2], "is of object"),
    ],
)
def test_npz_values(images: Any, labels: Any, message: str, tmp_path: Path) -> None:
    path = savez(tmp_path / "a.npz", x_test=images, y_test=np.asarray(labels))
    with pytest.raises(FormatError, match=message):
        load(path)


@pytest.mark.parametrize("dtype", ["u1", "<i8", ">i4", "<f4", "f8"])
@pytest.mark.parametrize("shape", [(-1, 28, 28), (-1, 784), (-1, 28, 28, 1), (-1, 1, 28, 28)])
def test_npz_of_other_dtypes_and_shapes(
    dtype: str, shape: tuple[int, ...], both: DataSet, tmp_path: Path
) -> None:
    images, labels = both.train
    path = savez(
        tmp_path / "a.npz",
        x_train=np.asfortranarray(images.astype(dtype).reshape(shape)),
        y_train=labels.astype(dtype).reshape(-1, 1),
    )
    assert load(path).train.hash() == both.train.hash()
