"""Data sets under other programs' names: EMNIST, QMNIST, MATLAB, NumPy's many keys, .zip."""

from __future__ import annotations

import gzip
import lzma
import stat
import struct
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tenfold.data import DataSet, LabeledImages, find_dataset, load, save
from tenfold.errors import DataWarning, FormatError, InputError

Digits = Callable[..., LabeledImages]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder whose name, unlike the test's own, speaks of no split."""
    (tmp_path / "mine").mkdir()
    return tmp_path / "mine"


# --- EMNIST and QMNIST


def emnist(folder: Path, subset: str, images: npt.NDArray[np.uint8], labels: list[int]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    start = folder / f"emnist-{subset}-train"
    content = struct.pack(">4I", 2051, len(images), 28, 28) + images.transpose(0, 2, 1).tobytes()
    start.with_name(f"{start.name}-images-idx3-ubyte.gz").write_bytes(gzip.compress(content))
    content = struct.pack(">2I", 2049, len(labels)) + bytes(labels)
    start.with_name(f"{start.name}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(content))


@pytest.mark.parametrize("place", ["", "raw", "EMNIST/raw"])
def test_emnist_is_turned_upright_and_told(place: str, root: Path, digits: Digits) -> None:
    images = digits(3).images
    emnist(root / place, "digits", images, [1, 2, 3])
    data = load(root)
    assert (data.train.images == images).all()
    assert data.notes == ("EMNIST digits: its images lie on their sides and were turned upright.",)


@pytest.mark.parametrize("subset", ["byclass", "bymerge", "balanced"])
def test_emnist_with_letters_gives_its_digits(subset: str, root: Path, digits: Digits) -> None:
    images = digits(3).images
    emnist(root, subset, images, [46, 2, 10])
    data = load(root)
    assert (data.train.images == images[1:2]).all()
    assert "letters were left out" in data.notes[1]


def test_emnist_letters_alone_are_refused(root: Path, digits: Digits) -> None:
    emnist(root, "letters", digits(2).images, [1, 2])
    with pytest.raises(FormatError, match="holds EMNIST letters, which has no digits"):
        load(root)


def test_of_several_subsets_one_is_read_and_another_can_be_named(
    root: Path, digits: Digits
) -> None:
    for count, subset in ((1, "letters"), (2, "mnist"), (3, "digits")):
        emnist(root, subset, digits(count).images, [1] * count)
    data = load(root)
    assert len(data.train) == 3
    assert "name a file of another: EMNIST mnist, EMNIST letters" in data.notes[-1]
    assert len(load(root / "emnist-mnist-train-images-idx3-ubyte.gz").train) == 2


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress], ids=["plain", "gz", "xz"])
def test_qmnist(pack: Callable[[bytes], bytes], root: Path, digits: Digits) -> None:
    part = digits(4)
    suffix = {gzip.compress: ".gz", lzma.compress: ".xz"}.get(pack, "")
    records = np.full((4, 8), 99, ">i4")
    records[:, 0] = part.labels
    content = struct.pack(">3I", 0x0C02, 4, 8) + records.tobytes()
    (root / f"qmnist-test-labels-idx2-int{suffix}").write_bytes(pack(content))
    content = struct.pack(">4I", 2051, 4, 28, 28) + part.images.tobytes()
    (root / f"qmnist-test-images-idx3-ubyte{suffix}").write_bytes(pack(content))
    assert load(root).test.hash() == part.hash()


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (struct.pack(">3I", 0x0C02, 1, 8) + bytes(31), "claims 1 labels in 32 bytes"),
        (struct.pack(">3I", 0x0C02, 2**31, 8), "claims 2147483648 images"),
        (struct.pack(">3I", 0x0C02, 1, 9) + bytes(36), "begins with the number"),
        (b"\xfd7zXZ\x00nonsense", "damaged"),
        (lzma.compress(bytes(100))[:-20], "damaged|begins"),
    ],
)
def test_damaged_qmnist(labels: bytes, message: str, root: Path) -> None:
    content = struct.pack(">4I", 2051, 1, 28, 28) + bytes(784)
    (root / "xnist-images-idx3-ubyte").write_bytes(content)
    (root / "xnist-labels-idx2-int").write_bytes(labels)
    with pytest.raises(FormatError, match=message):
        load(root)


# --- names of arrays


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        *(("X_train", "y_train"), ("trainX", "trainY"), ("train_images", "train_labels")),
        *(("images", "labels"), ("data", "target"), ("X", "y"), ("features", "targets")),
        *(("images_train", "labels_train"), ("train_set_x", "train_set_y"), ("arr_0", "arr_1")),
    ],
)
def test_usual_names_of_arrays(images: str, labels: str, root: Path, digits: Digits) -> None:
    part = digits(12)
    np.savez(root / "a.npz", **{images: part.images, labels: part.labels})
    assert load(root / "a.npz").train.hash() == part.hash()


def test_arrays_without_names_are_told_by_their_shapes(root: Path, both: DataSet) -> None:
    np.savez(
        root / "a.npz", both.train.images, both.test.images, both.train.labels, both.test.labels
    )
    assert load(root / "a.npz").hash() == both.hash()


@pytest.mark.parametrize(
    "labels",
    [
        lambda y: np.eye(10)[y],
        lambda y: np.eye(10, dtype=bool)[y],
        lambda y: y.astype(str),
        lambda y: y.astype("S1"),
        lambda y: y.astype(float)[None],
    ],
    ids=["one-hot", "one-hot of truth values", "texts", "bytes", "a row"],
)
def test_labels_in_other_forms(labels: Callable[[Any], Any], root: Path, digits: Digits) -> None:
    part = digits(12)
    np.savez(root / "a.npz", x_train=part.images / np.float32(255), y_train=labels(part.labels))
    assert load(root / "a.npz").train.hash() == part.hash()


def test_truth_values_are_black_and_white(root: Path) -> None:
    np.savez(root / "a.npz", x=np.eye(28, dtype=bool)[None], y=[3])
    assert (load(root / "a.npz").train.images[0] == np.eye(28) * 255).all()


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"pictures": [1], "names": [[2]]}, r"pictures \[1\], names \[1, 1\]; expected images"),
        ({"train_images": [1]}, "holds train_images alone; expected train_images, train_labels"),
        ({"X_train": [1], "train_x": [2], "y_train": [1]}, "X_train, train_x, which mean the same"),
        ({"x": np.zeros((2, 28, 28)), "y": [[1, 1]] * 2}, r"or one-hot \[N, 10\]"),
        ({"x": np.zeros((2, 28, 28)), "y": ["a", "b"]}, "labels of <U1"),
        ({"x": np.full((2, 784), -0.42), "y": [1, 2]}, r"from -0\.42 to -0\.42 .* subtracted"),
    ],
)
def test_arrays_that_are_not_understood(
    arrays: Mapping[str, Any], message: str, root: Path
) -> None:
    np.savez(root / "a.npz", **arrays)
    with pytest.raises(FormatError, match=message):
        load(root / "a.npz")


def test_images_without_labels_beside_others_are_left_out_and_told(
    root: Path, digits: Digits
) -> None:
    part = digits(3)
    arrays = {"X_train": part.images, "y_train": part.labels, "X_test": part.images}
    for name, array in arrays.items():
        np.save(root / f"{name}.npy", array)
    data = load(root)
    assert list(data.splits) == ["train"]
    assert "left out X_test, which stands alone" in data.notes[0]


def test_damaged_numpy_files(root: Path) -> None:
    (root / "x.npy").write_bytes(b"\x93NUMPY\x01\x00")
    np.save(root / "y.npy", [1])
    with pytest.raises(FormatError, match="the array x is damaged"):
        load(root)


# --- MATLAB

io = pytest.importorskip("scipy.io")


def test_matlab_mnist_all(root: Path, both: DataSet) -> None:
    arrays = {
        f"{split}{digit}": part.images[part.labels == digit].reshape(-1, 784)
        for split, part in both.splits.items()
        for digit in range(10)
    }
    io.savemat(root / "mnist_all.mat", arrays)
    data = load(root / "mnist_all.mat")
    for split, part in both.splits.items():
        order = np.argsort(part.labels, kind="stable")
        assert data.split(split).hash() == part[order].hash()


def test_matlab_mnist_original(root: Path, digits: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenfold.data.formats._named_arrays.MNIST_ALL", 12)
    monkeypatch.setattr("tenfold.data.formats._named_arrays.MNIST_TRAIN", 9)
    part = digits(12)
    arrays = {"data": part.images.reshape(12, 784).T, "label": part.labels.astype(float)[None]}
    io.savemat(root / "mnist-original.mat", arrays)
    data = load(root / "mnist-original.mat")
    assert data.train.hash() == part[:9].hash()
    assert data.test.hash() == part[9:].hash()


def test_matlab_with_images_last_and_things_that_are_no_numbers(root: Path, digits: Digits) -> None:
    part = digits(12)
    cell = np.empty(1, object)
    cell[0] = "text"
    arrays = {"X": np.moveaxis(part.images, 0, -1), "y": np.eye(10)[part.labels].T, "about": cell}
    io.savemat(root / "a.mat", arrays, do_compression=True)
    assert load(root / "a.mat").train.hash() == part.hash()
    io.savemat(root / "b.mat", {"about": cell})
    with pytest.raises(FormatError, match=r"holds about \(cell\); expected arrays of numbers"):
        load(root / "b.mat")


def test_matlab_that_is_hostile_or_newer(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = root / "a.mat"
    path.write_bytes(b"MATLAB 7.3 MAT-file, Platform".ljust(600))
    with pytest.raises(FormatError, match=r"version 7\.3.*-v7"):
        load(path)
    io.savemat(path, {"x": np.zeros((20, 784)), "y": np.ones(20)}, do_compression=True)
    monkeypatch.setattr("tenfold.data.formats._mat5.MAX_BYTES", 10_000)
    with pytest.raises(FormatError, match="unpacks to more than 10000 bytes"):
        load(path)


def test_matlab_is_written_as_scipy_reads_it(root: Path, both: DataSet) -> None:
    save(both, root / "a.mat")
    found = io.loadmat(root / "a.mat")
    assert (found["x_train"].reshape(-1, 28, 28) == both.train.images).all()
    assert (found["y_test"] == both.test.labels).all()


@pytest.mark.parametrize("packed", [False, True])
def test_damaged_matlab_is_an_error_or_harmless(packed: bool, root: Path) -> None:
    """SciPy's reader ends the process on some of these."""
    path = root / "a.mat"
    arrays = {"x": np.zeros((2, 784)), "y": [1, 2], "about": {"a": 1}}
    io.savemat(path, arrays, do_compression=packed)
    whole = path.read_bytes()
    random = np.random.default_rng(0)
    for at in random.integers(120, 400, 150).tolist():
        path.write_bytes(whole[:at] + random.bytes(1) + whole[at + 1 :])
        with suppress(FormatError):
            load(path)


# --- zip


@pytest.mark.parametrize("form", ["class-folder", "idx", "csv", "npz", "matlab"])
def test_zip_of_other_formats(form: str, root: Path, both: DataSet) -> None:
    inside = root / "work" / "data"
    save(both, inside, form)
    files = [inside] if inside.is_file() else [f for f in inside.rglob("*") if f.is_file()]
    with zipfile.ZipFile(root / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, f"deep/er/{file.relative_to(root / 'work')}")
        archive.writestr("__MACOSX/deep/._a.png", b"clutter")
    data = load(root / "a.zip")
    assert data.name == "a"
    assert {s: len(p) for s, p in data.splits.items()} == {"train": 12, "test": 4}


def member(name: str, mode: int = 0, flags: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    info.flag_bits |= flags
    return info


@pytest.mark.parametrize(
    ("info", "message"),
    [
        (member("../evil.csv"), "its path leads out"),
        (member("/etc/evil.csv"), "its path leads out"),
        (member("."), "its path leads out"),
        (member("C:\\evil.csv"), "its path leads out"),
        (member("a\\..\\..\\evil.csv"), "its path leads out"),
        (member("link.csv", stat.S_IFLNK | 0o777), "it is a link"),
        (member("inner.zip"), "an archive inside the archive"),
        (member("inner.tar.gz"), "an archive inside the archive"),
        (member("notes.md"), "in no format known here"),
    ],
)
def test_hostile_zip(
    info: zipfile.ZipInfo, message: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(root / "a.zip", "w") as archive:
        archive.writestr(info, b"content")
    monkeypatch.setattr("tempfile.tempdir", str(root))
    with pytest.raises(FormatError, match=message) as caught:
        load(root / "a.zip")
    assert "tenfold-" not in str(caught.value)
    assert [file.name for file in root.iterdir()] == ["a.zip"]


def test_zip_that_is_encrypted_too_large_or_damaged(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = root / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", bytes(10**6))
    whole = path.read_bytes()
    monkeypatch.setattr("tenfold.data.formats.zip._MAX_BYTES", 10**5)
    with pytest.raises(FormatError, match="unpacks to more than 100000 bytes"):
        load(path)
    at = whole.index(b"PK\x01\x02")
    path.write_bytes(whole[: at + 8] + b"\x01" + whole[at + 9 :])
    with pytest.raises(FormatError, match="it is encrypted; unpack it with its password"):
        load(path)
    path.write_bytes(whole[:60] + b"\xff" + whole[61:])
    monkeypatch.setattr("tenfold.data.formats.zip._MAX_BYTES", 10**7)
    with pytest.raises(FormatError, match=r"a\.zip is damaged"):
        load(path)


# --- told


def test_what_reading_did_is_reported(root: Path, digits: Digits) -> None:
    emnist(root, "digits", digits(2).images, [1, 2])
    with pytest.warns(DataWarning, match="turned upright"):
        find_dataset(root)


def test_a_name_that_is_nearly_there_is_suggested(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    (root / "my-digits").mkdir()
    for wrong in ("my-digit", "./my-digits.csv"):
        with pytest.raises(InputError, match=r"Did you mean 'my-digits'"):
            find_dataset(wrong)
    with pytest.raises(InputError, match=r"Did you mean 'mnist'\?"):
        find_dataset("mnits")
