"""The commands of ``tenfold data``, run as a user runs them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from _commands import Tenfold
from tenfold.data import DataSet, LabeledImages, load, save
from tenfold.data.formats import formats
from tenfold.data.grids import as_characters, as_half_blocks, fitted, tiled


@pytest.fixture
def digits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of 12 and 4 images: image i of train shows the gray level i, its label is i % 10."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    images = np.arange(12, dtype=np.uint8).repeat(784).reshape(12, 28, 28)
    train = LabeledImages(images, np.arange(12, dtype=np.uint8) % 10)
    save(DataSet("digits", {"train": train, "test": train[8:]}), tmp_path / "digits.npz")
    return tmp_path / "digits.npz"


@pytest.fixture
def run(tenfold: Tenfold) -> Callable[..., str]:
    """Run a command that has to end well; return what it printed."""

    def run(*words: object) -> str:
        code, out, err = tenfold("data", *words)
        assert code == 0, err
        return out

    return run


@pytest.fixture
def failed(tenfold: Tenfold) -> Callable[..., str]:
    """Run a command that has to fail; return what it said, in one line."""

    def failed(*words: object) -> str:
        code, _out, err = tenfold("data", *words)
        assert code == 1
        return " ".join(err.split())

    return failed


@pytest.mark.parametrize("name", sorted(formats()))
def test_convert_there_and_back(name: str, digits: Path, run: Callable[..., str]) -> None:
    assert f"({name}) from train 12, test 4" in run(
        "convert", str(digits), "there", "--format", name
    )
    run("convert", "there", "back.npz")
    back = load("back.npz")
    assert sorted(back.train.labels) == sorted(load(digits).train.labels)
    assert len(back.test) == 4


def test_convert_replaces_nothing_unless_forced(
    digits: Path, run: Callable[..., str], failed: Callable[..., str]
) -> None:
    Path("target.npz").write_text("mine")
    assert "exists already" in failed("convert", str(digits), "target.npz")
    assert Path("target.npz").read_text() == "mine"
    run("convert", str(digits), "target.npz", "--force")
    assert load("target.npz").hash() == load(digits).hash()


def test_convert_says_what_is_wrong(digits: Path, failed: Callable[..., str]) -> None:
    assert "Did you mean 'csv'" in failed("convert", str(digits), "a", "--format", "cvs")
    assert "tells no format" in failed("convert", str(digits), "a.txt")
    assert "no file or folder" in failed("convert", "./nothing", "a.npz")


def test_info(digits: Path, run: Callable[..., str]) -> None:
    lines = run("info", str(digits)).splitlines()
    assert lines[0] == f"digits from {digits}"
    assert lines[1].split() == ["split", *"0123456789", "all"]
    assert lines[2].split() == ["train", "2", "2", *"11111111", "12"]
    assert lines[3].split() == ["test", "1", "1", *"00000011", "4"]
    assert lines[4] == f"sha256 {load(digits).hash()}"
    assert "not MNIST's own" in lines[5]


def test_show_draws_ascii_where_there_is_no_terminal(digits: Path, run: Callable[..., str]) -> None:
    save(
        DataSet("ink", {"test": LabeledImages(np.full((4, 28, 28), 255, np.uint8),
                                               np.arange(4, dtype=np.uint8))}),
        "test.csv",
    )  # fmt: skip
    lines = run("show", "test.csv", "--grid", "2").splitlines()
    assert lines[0] == "@" * 28 + "  " + "@" * 28
    assert lines[-2:] == ["0 1", "2 3"]
    assert "\x1b" not in "".join(lines)


def test_show_chooses_split_and_images(digits: Path, run: Callable[..., str]) -> None:
    assert run("show", str(digits)).splitlines()[-3:] == ["0 1 2", "3 4 5", "6 7 8"]
    shown = run("show", str(digits), "--split", "test", "--grid", "2")
    assert shown.splitlines()[-2:] == ["8 9", "0 1"]
    one = run("show", str(digits), "--random", "--seed", "1")
    assert one == run("show", str(digits), "--random", "--seed", "1")
    assert one != run("show", str(digits), "--random", "--seed", "2")


def test_show_writes_a_png(
    digits: Path, run: Callable[..., str], failed: Callable[..., str]
) -> None:
    run("show", str(digits), "--grid", "2", "--out", "a/grid.png")
    with Image.open("a/grid.png") as picture:
        pixels = np.asarray(picture)
    assert pixels.shape == (2 * (112 + 16) + 2, 2 * 112 + 2)
    assert (pixels[128 + 2 : 128 + 2 + 112, 114:] == 3).all()
    assert pixels[112:128].max() > 200
    assert "expected a name in .png" in failed("show", str(digits), "--out", "a.jpg")


def test_show_writes_one_image_as_it_is(
    digits: Path, run: Callable[..., str], failed: Callable[..., str]
) -> None:
    run("show", str(digits), "--index", "7", "--plain", "--out", "sample_image.png")
    with Image.open("sample_image.png") as picture:
        assert picture.mode == "L"
        assert (np.asarray(picture) == np.full((28, 28), 7)).all()
    assert run("show", str(digits), "--index", "7").splitlines()[-1] == "7"
    assert "no image 12; expected 0 to 11" in failed("show", str(digits), "--index", "12")
    assert "name it with --out" in failed("show", str(digits), "--plain")


def test_convert_resizes_pictures_and_tells(digits: Path, tenfold: Tenfold) -> None:
    Path("mine/3").mkdir(parents=True)
    picture = np.full((60, 40), 250, np.uint8)
    picture[10:50, 12:16] = 20
    Image.fromarray(picture).save("mine/3/a.png")
    code, _out, err = tenfold("data", "convert", "mine", "a.npz", "--resize")
    assert code == 0
    assert "placed as MNIST's digits are, 1 from dark ink" in " ".join(err.split())
    assert load("a.npz").train.images.max() == 255


def test_show_says_what_is_wrong(digits: Path, failed: Callable[..., str]) -> None:
    message = failed("show", str(digits), "--split", "valid")
    assert "no split named 'valid'" in message
    empty = LabeledImages(np.empty((0, 28, 28), np.uint8), np.empty(0, np.uint8))
    save(DataSet("e", {"train": empty}), "empty.npz")
    assert "no images to show" in failed("show", "empty.npz")


def test_fetch_from_what_is_not_mnist_tells_all_that_was_tried(
    digits: Path, monkeypatch: pytest.MonkeyPatch, failed: Callable[..., str]
) -> None:
    monkeypatch.setenv("HOME", str(digits.parent))
    monkeypatch.setenv("TENFOLD_CACHE", str(digits.parent / "cache"))
    for name in ("KERAS_HOME", "SCIKIT_LEARN_DATA", "TENFOLD_DATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("tenfold.data.sources.mirrors.MIRRORS", ())
    monkeypatch.setattr("tenfold.data.sources.package_index.PIP", (sys.executable, "-c", "0 / 0"))
    message = failed("fetch", "--from", str(digits))
    assert "digits.npz: its content is not MNIST's" in message
    assert "ZeroDivisionError" in message
    assert "could not be had from anywhere" in message
    assert "no data set named 'emnist'" in failed("fetch", "emnist")


def test_grids_are_cut_to_the_width() -> None:
    images = np.arange(9 * 784).reshape(9, 28, 28).astype(np.uint8)
    for width, side in ((88, 28), (87, 14), (46, 14), (45, 7), (25, 7), (24, 4)):
        assert fitted(images, 3, width).shape == (9, side, side)
    assert (fitted(np.full((1, 28, 28), 200, np.uint8), 9, 1) == 200).all()


def test_tiles_and_characters() -> None:
    picture = tiled(np.full((3, 1, 1), 255, np.uint8), 2)
    assert picture.tolist() == [[255, 0, 0, 255], [0] * 4, [0] * 4, [255, 0, 0, 0]]
    assert as_characters(picture * np.uint8(1)) == "=  =\n="
    assert list(as_half_blocks(picture[:1])) == [[(255, 0), (0, 0), (0, 0), (255, 0)]]


def test_nothing_heavy_is_imported_by_the_command_module() -> None:
    program = (
        "import sys, tenfold.cli.data; "
        "print([m for m in ('numpy', 'cv2', 'PIL', 'rich.console', 'pyarrow', 'torch') "
        "if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "numpy" not in done.stdout
    assert "cv2" not in done.stdout
    assert "PIL" not in done.stdout
    assert "pyarrow" not in done.stdout


def test_data_never_imports_torch_or_pyarrow(digits: Path) -> None:
    program = (
        f"import sys, tenfold.data; tenfold.data.load({str(digits)!r}); "
        "assert not {'torch', 'pyarrow', 'matplotlib', 'onnx'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_chinese(digits: Path) -> None:
    program = "from tenfold.cli import main; main(['--lang', 'zh', 'data', 'info', 'digits.npz'])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert "并非逐位相同" in done.stdout.decode()
