"""Damaged and hostile files give a FormatError that names the file and what is wrong with it."""

from __future__ import annotations

import gzip
import json
import os
import pickle
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tenfold.data import DataSet, load, save
from tenfold.data.formats import formats
from tenfold.data.png import decode_png, encode_png
from tenfold.errors import FormatError, InputError, MissingExtraError, TenfoldError

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


def test_nothing_and_nonsense(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file or folder"):
        load(tmp_path / "nothing")
    (tmp_path / "empty").touch()
    for path in (tmp_path / "empty", tmp_path, Path("/dev/zero")):
        with pytest.raises(FormatError, match="in no format known here"):
            load(path)
    with pytest.raises(TenfoldError):
        load("x" * 5000)


def test_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FormatError, match="no format known"):
        load(tmp_path / "pipe")


@pytest.mark.parametrize("name", sorted(formats()))
def test_cut_or_flipped_anywhere_is_an_error_or_harmless(
    name: str, both: DataSet, tmp_path: Path
) -> None:
    """No damage gives any other exception; a cut is always noticed."""
    target = tmp_path / "target"
    save(both, target, name)
    file = max(
        (p for p in [target, *target.rglob("*")] if p.is_file()), key=lambda p: p.stat().st_size
    )
    whole = file.read_bytes()
    random = np.random.default_rng(0)
    for at in random.integers(0, len(whole) - 1, 25).tolist():
        file.write_bytes(whole[:at])
        # CSV that is cut between lines, or inside its last number, is still CSV.
        with suppress(FormatError) if name == "csv" else pytest.raises(FormatError):
            formats()[name].load(target)
        flipped = bytearray(whole)
        flipped[at] ^= 1 << int(random.integers(8))
        file.write_bytes(flipped)
        with suppress(FormatError):
            formats()[name].load(target)


# --- IDX


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


# --- NumPy archives


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


# --- pickles


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


# --- pictures


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


# --- CSV

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


# --- Parquet


def parquet(tmp_path: Path, **columns: Any) -> Path:
    path = tmp_path / "train.parquet"
    pq.write_table(pa.table(columns), path)
    return path


PICTURE = {"bytes": GOOD, "path": "1.png"}


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"image": [1], "label": [1]}, "has the columns image, label; expected image"),
        ({"picture": [PICTURE], "label": [1]}, "has the columns picture, label"),
        ({"image": [PICTURE]}, "has the columns image"),
        ({"image": [PICTURE], "label": [10]}, "label 10 of image 0"),
        ({"image": [PICTURE], "label": pa.array([None], pa.int64())}, "label nan of image 0"),
        ({"image": [PICTURE, {"bytes": b"x", "path": ""}], "label": [1, 2]}, "row 2 is not a PNG"),
        ({"image": [PICTURE, {"bytes": None, "path": "/etc/passwd"}], "label": [1, 2]}, "row 2"),
        ({"image": [PICTURE, None], "label": [1, 2]}, "row 2 is not a PNG"),
    ],
)
def test_parquet(columns: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=message):
        load(parquet(tmp_path, **columns))


def test_parquet_shards(both: DataSet, tmp_path: Path) -> None:
    for at, part in enumerate((both.train[:5], both.train[5:])):
        save(DataSet("", {"train": part}), tmp_path / f"{at}.parquet")
        (tmp_path / f"{at}.parquet").rename(tmp_path / f"train-{at:05d}-of-00002.parquet")
    assert load(tmp_path).train.hash() == both.train.hash()
    (tmp_path / "train-00000-of-00002.parquet").unlink()
    with pytest.raises(FormatError, match=r"train-00000-of-00002\.parquet is missing"):
        load(tmp_path)


def test_parquet_without_pyarrow(
    both: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = parquet(tmp_path, image=[PICTURE], label=[1])
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    for attempt in (lambda: load(path), lambda: save(both, tmp_path / "b", "parquet")):
        with pytest.raises(MissingExtraError, match=r"pip install 'tenfold\[parquet\]'"):
            attempt()


def test_bytes_of_every_head_are_harmless(tmp_path: Path) -> None:
    """The beginnings by which formats are told, followed by noise, give errors of ours alone."""
    noise = np.random.default_rng(0).bytes(3000)
    for start in (b"\x80\x02", b"\x80\x05\x95", b"PAR1", b"PK\x03\x04", b"\x1f\x8b\x08", b"label,"):
        for end in (b"", b"PAR1", b"\n"):
            (tmp_path / "a").write_bytes(start + noise + end)
            for name in ("csv", "npz", "npz-tutorial", "parquet", "pickle"):
                with pytest.raises(TenfoldError):
                    formats()[name].load(tmp_path / "a")
