"""Damaged and hostile pickles give an error that names the file and what is wrong with it."""

from __future__ import annotations

import gzip
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tenfold.data import DataSet, load, save
from tenfold.errors import FormatError


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch evil",)


@pytest.mark.parametrize("protocol", range(2, 6))
def test_pickle_that_runs_code_does_not(
    protocol: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mnist.pkl.gz"
    path.write_bytes(gzip.compress(pickle.dumps(Evil(), protocol=protocol)))
    with pytest.raises(FormatError, match=r"asks for '(posix|nt)\.system'"):
        load(path)
    assert not (tmp_path / "evil").exists()


ARRAY = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tU\x01btR"

FLOATS = b"cnumpy\ndtype\n(U\x02f8K\x00K\x01tR"


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (b".", "damaged pickle"),
        (b"", "damaged pickle"),
        (b"r\xff\xff\xff\xff.", "damaged pickle"),
        (b"\x96" + b"\xff" * 7 + b"\x7f.", "damaged pickle"),
        (b"\x8d" + b"\xff" * 8 + b".", "damaged pickle"),
        (b"cnumpy\nload\n(U\x01atR.", "asks for 'load'"),
        (b"cnumpy.core.multiarray\nfromfile\n(U\x01atR.", "asks for 'fromfile'"),
        (b"c_codecs\nencode\n(U\x01aU\x03zlbtR.", "damaged pickle: encoding"),
        (b"cnumpy\ndtype\n(U\x02O8K\x00K\x01tR.", "damaged pickle: dtype"),
        (b"cbuiltins\neval\n(U\x011tR.", r"asks for 'builtins\.eval'"),
        (b"ibuiltins\neval\n.", "asks for 'INST'"),
        (b"}.", "asks for 'EMPTY_DICT'"),
        (b"K\x01.", "damaged pickle"),
        (b"K\x01K\x02K\x03\x87.", "damaged pickle"),
        (b"]]]\x87.", "holds other things"),
        (ARRAY + b".", "damaged pickle"),
        (ARRAY + b"(K\x01(J\xff\xff\xff\x7ft" + FLOATS + b"I00\nU\x01atb.", "shape"),
        (ARRAY + b"(K\x01(J\xff\xff\xff\xfft" + FLOATS + b"I00\nU\x01atb.", "shape"),
        (b"(" * 10_000 + b".", "damaged pickle"),
    ],
)  # fmt: skip
def test_hostile_pickle(program: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "a.pkl"
    path.write_bytes(b"\x80\x02" + program)
    with pytest.raises(FormatError, match=message):
        load(path)


def test_pickle_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenfold.data.bounded.MAX_BYTES", 10**6)
    monkeypatch.setattr("tenfold.data.bounded.read_whole.__defaults__", (10**6,))
    path = tmp_path / "a.pkl.gz"
    path.write_bytes(gzip.compress(b"\x80\x02" + bytes(10**7)))
    with pytest.raises(FormatError, match="unpacks to more than 1000000 bytes"):
        load(path)


@pytest.mark.parametrize("divisor", [255, 256])
@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("dtype", ["<f4", ">f8"])
def test_pickle_of_any_protocol_and_scale(
    divisor: int, protocol: int, dtype: str, both: DataSet, tmp_path: Path
) -> None:
    parts = [both.train, both.test, both.test]
    content = [
        ((p.images.reshape(-1, 784) / divisor).astype(dtype), p.labels.astype("i8")) for p in parts
    ]
    path = tmp_path / "a.pkl"
    path.write_bytes(pickle.dumps(tuple(content), protocol=protocol))
    found = load(path)
    assert [p.hash() for p in found.splits.values()] == [p.hash() for p in parts]


def test_pickle_is_saved_as_the_original_was(both: DataSet, tmp_path: Path) -> None:
    save(both, tmp_path / "a.pkl.gz")
    with gzip.open(tmp_path / "a.pkl.gz") as file:
        train, valid, test = pickle.load(file)
    assert train[0].dtype == np.float32
    assert train[1].dtype == np.int64
    assert (len(train[1]), len(valid[1]), len(test[1])) == (10, 2, 4)
    assert (test[0] * 256 == both.test.images.reshape(4, 784)).all()
