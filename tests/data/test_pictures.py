"""Folders of pictures as people have them: any kind, any size, clutter, lists of labels."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from tenfold.data import load
from tenfold.data.formats import formats
from tenfold.data.labels import digit_named
from tenfold.errors import FormatError, InputError

RAMP = np.arange(784, dtype=np.uint16).astype(np.uint8).reshape(28, 28)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder whose name, unlike the test's own, speaks of no split."""
    (tmp_path / "mine").mkdir()
    return tmp_path / "mine"


def written(
    path: Path, pixels: npt.NDArray[np.uint8] = RAMP, mode: str = "L", **how: object
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).convert(mode).save(path, **how)
    return path


@pytest.mark.parametrize("suffix", [".png", ".BMP", ".Gif", ".tif", ".TIFF", ".webp", ".pgm"])
def test_a_picture_of_any_kind_keeps_its_gray_levels(suffix: str, root: Path) -> None:
    how = {"lossless": True} if suffix == ".webp" else {}
    written(root / "3" / f"a{suffix}", **how)
    data = load(root)
    assert (data.train.images[0] == RAMP).all()
    assert data.train.labels.tolist() == [3]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "P", "CMYK"])
def test_color_transparency_and_palettes_become_gray(mode: str, root: Path) -> None:
    written(root / "3" / ("a.tif" if mode == "CMYK" else "a.png"), mode=mode)
    assert abs(load(root).train.images[0].astype(int) - RAMP).max() <= 1


def test_one_bit_sixteen_bits_and_jpeg_are_scaled_to_bytes(root: Path) -> None:
    written(root / "1" / "a.png", np.where(RAMP > 99, 255, 0).astype(np.uint8), "1")
    (root / "2").mkdir()
    Image.fromarray(RAMP.astype(np.uint16) * 257).save(root / "2" / "a.png")
    written(root / "3" / "A.JPG", np.full((28, 28), 200, np.uint8))
    one, two, three = load(root).train.images
    assert (one == np.where(RAMP > 99, 255, 0)).all()
    assert (two == RAMP).all()
    assert abs(three.astype(int) - 200).max() <= 1


def test_exif_turns_a_picture_upright(root: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 3
    written(root / "3" / "a.png", exif=exif)
    assert (load(root).train.images[0] == RAMP[::-1, ::-1]).all()


def test_what_systems_strew_about_is_passed_over(root: Path) -> None:
    written(root / "3" / "a.png")
    names = ("Thumbs.db", "DESKTOP.INI", ".DS_Store", "._a.png", "Icon\r")
    for name in names:
        (root / "3" / name).write_bytes(b"clutter")
    for name in ("__MACOSX", ".ipynb_checkpoints", "@eaDir"):
        written(root / name / "a.png")
        written(root / "3" / name / "a.png")
    assert len(load(root).train) == 1


@pytest.mark.parametrize("name", ["a.jxl", "notes.txt", "a.png.part"])
def test_other_files_are_refused_by_name(name: str, root: Path) -> None:
    written(root / "3" / "a.png")
    (root / "3" / name).touch()
    with pytest.raises(FormatError, match=rf"{name} does not belong here; expected \.png, \.jpg"):
        load(root)


@pytest.mark.parametrize(
    ("name", "digit"),
    [
        *(("3", 3), ("03", 3), ("digit_3", 3), ("Class-3", 3), ("label 3", 3), ("three", 3)),
        *(("3_three", 3), ("3 (Three)", 3), ("三", 3), ("ZERO", 0)),
        *(("10", None), ("3_4", None), ("3_four", None), ("Sample004", None), ("a", None)),
        *(("digit", None), ("", None), ("3.5", None), ("-3", 3)),
    ],
)
def test_names_of_digits(name: str, digit: int | None) -> None:
    assert digit_named(name) == digit


@pytest.mark.parametrize(
    ("places", "counts"),
    [
        (["train/3", "test/3"], {"train": 1, "test": 1}),
        (
            ["Training/three", "validation/digit_3", "testSet/3"],
            {"train": 1, "valid": 1, "test": 1},
        ),
        (["3/train", "3/test"], {"train": 1, "test": 1}),
        (["mnist/data/train/3", "mnist/data/test/3"], {"train": 1, "test": 1}),
        (["trainingSet/trainingSet/3"], {"train": 1}),
        (["3/writer1", "3/writer2"], {"train": 2}),
    ],
)
def test_folders_above_and_below_the_classes(
    places: list[str], counts: dict[str, int], root: Path
) -> None:
    for place in places:
        written(root / "mine" / place / "a.png")
    (root / "mine" / places[0] / ".." / "5").mkdir(exist_ok=True)
    data = load(root / "mine")
    assert {split: len(part) for split, part in data.splits.items()} == counts
    assert data.notes == ()


def test_a_folder_without_classes_is_left_out_and_told(root: Path) -> None:
    written(root / "train" / "3" / "a.png")
    written(root / "test" / "unknown.png")
    (note,) = load(root).notes
    assert note.endswith("left out test, which hold no folders of classes.")


def test_class_folders_without_pictures_are_refused(root: Path) -> None:
    (root / "3").mkdir()
    with pytest.raises(FormatError, match="folders of classes and no picture in them"):
        load(root)


def test_links_in_a_circle_are_refused(root: Path) -> None:
    (root / "a" / "3").mkdir(parents=True)
    (root / "a" / "3" / "1.png").symlink_to("1.png")
    with pytest.raises(FormatError, match=r"1\.png is a link that leads nowhere"):
        load(root / "a")
    (root / "loop").symlink_to("loop")
    with pytest.raises(InputError, match=r"no file or folder .*loop\.$"):
        load(root / "loop")
    (root / "a" / "3" / "1.png").unlink()
    (root / "a" / "3" / "up").symlink_to("..")
    with pytest.raises(FormatError, match="up is a link to a folder"):
        load(root / "a")


# --- other sizes


def strokes(side: int, *, bright: bool) -> npt.NDArray[np.uint8]:
    """An upright bar, off the middle, on paper."""
    picture = np.zeros((side, side), np.uint8)
    picture[side // 8 : -side // 4, side // 8 : side // 8 + side // 10] = 220
    return picture if bright else 255 - picture


def test_other_sizes_are_refused_with_the_cure(root: Path) -> None:
    written(root / "3" / "a.png", strokes(32, bright=True))
    with pytest.raises(FormatError, match=r"a\.png: .* 32x32 pixels; expected 28x28.*--resize"):
        load(root)


@pytest.mark.parametrize("bright", [True, False])
@pytest.mark.parametrize("layout", ["1/{}", "{}"])
def test_resizing_places_as_mnist_does(bright: bool, layout: str, root: Path) -> None:
    for name, side in (("a.png", 100), ("b.jpg", 61)):
        written(root / layout.format(name), strokes(side, bright=bright))
    if layout == "{}":
        (root / "labels.csv").write_text("filename,label\na.png,1\nb.jpg,1\n")
    from tenfold.data.formats import load as load_format

    data = load_format(root, resize=True)
    for image in data.train.images:
        rows, columns = np.nonzero(image > 127)
        assert 18 <= np.ptp(rows) + 1 <= 20
        assert abs(rows.mean() - 13.5) <= 1
        assert abs(columns.mean() - 13.5) <= 1
        assert image[0].max() == 0
    dark = 0 if bright else 2
    assert f"{dark} from dark ink on bright paper and {2 - dark} from bright" in data.notes[0]


def test_resizing_refuses_a_blank_picture_and_what_is_no_pictures(root: Path) -> None:
    from tenfold.data.formats import load as load_format

    written(root / "a" / "3" / "a.png", np.full((40, 40), 255, np.uint8))
    with pytest.raises(FormatError, match=r"a\.png has no ink"):
        load_format(root / "a", resize=True)
    np.savez(root / "a.npz", x_train=np.zeros((1, 28, 28)), y_train=[1])
    with pytest.raises(InputError, match="of the format npz, which has no resize"):
        load_format(root / "a.npz", resize=True)


# --- lists of labels


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("labels.csv", "filename,label\n1.png,3\n2.png,4\n"),
        ("labels.csv", "\ufeffLabel;ID;File Name\nthree;7;2.png\n4;8;1.png\n"),
        ("list.tsv", "image\tdigit\n./img/1.png\t3.0\nimg\\2.png\t4\n"),
        ("list.txt", "1.png 3\n2.png 4\n"),
        ("labels.json", '{"1.png": "3", "2.png": 4}'),
        ("labels.json", '[{"file": "2.png", "label": 4}, {"file": "1.png", "label": 3}]'),
        ("labels.json", '{"labels": {"img/1.png": 3, "img/2.png": 4}}'),
        ("labels.json", '{"1": 3, "2": 4}'),
        (
            "metadata.jsonl",
            '{"file_name": "1.png", "label": 3}\n{"file_name": "2.png", "label": 4}\n',
        ),
    ],
)
def test_lists_of_labels(name: str, content: str, root: Path) -> None:
    for number in (1, 2):
        written(root / "img" / f"{number}.png", np.full((28, 28), number, np.uint8))
    (root / name).write_text(content)
    images, labels = load(root).train
    swapped = "three" in content
    found = dict(zip(images[:, 0, 0].tolist(), labels.tolist(), strict=True))
    assert found == ({2: 3, 1: 4} if swapped else {1: 3, 2: 4})


def test_one_list_a_split(root: Path) -> None:
    for split in ("train", "test"):
        written(root / split / "0001.png", np.full((28, 28), len(split), np.uint8))
        (root / f"{split}_labels.csv").write_text("image,label\n0001.png,5\n")
    data = load(root)
    assert data.train.images[0, 0, 0] == 5
    assert data.test.images[0, 0, 0] == 4


def test_a_column_tells_the_split_and_pictures_that_no_list_names_are_told(root: Path) -> None:
    for number in (1, 2, 3):
        written(root / f"{number}.png")
    (root / "labels.csv").write_text("file,label,split\n1.png,5,train\n2.png,6,test\n")
    data = load(root)
    assert (data.train.labels.tolist(), data.test.labels.tolist()) == ([5], [6])
    assert "left out 1 pictures that no list names" in data.notes[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("file,label\n1.png,5\n9.png,5\n", r"names '9\.png', and 0 pictures there"),
        ("file,label\n1.png,5\n1.png,6\n", r"names '1\.png' a second time"),
        ("file,label\n1.png,ten\n", r"label 'ten' of '1\.png' is not a digit"),
        ("file,label\n1.png\n", "line 2: received 1 columns; expected 2"),
        ("file,label\nb/1.png,5\n", "and 0 pictures there"),
        ("file,label\n../../b/1.png,5\n", "and 0 pictures there"),
        ("file,label\n/etc/passwd,5\n", "and 0 pictures there"),
        ("file,label\n\x00,5\n", "and 0 pictures|damaged"),
    ],
)
def test_a_list_that_does_not_fit_is_refused(content: str, message: str, root: Path) -> None:
    written(root / "a" / "1.png")
    (root / "labels.csv").write_text(content)
    with pytest.raises(FormatError, match=message):
        load(root)


def test_a_name_that_two_pictures_have_is_refused(root: Path) -> None:
    for folder in ("a", "b"):
        written(root / folder / "1.png")
    (root / "labels.json").write_text(json.dumps({"1.png": 1}))
    with pytest.raises(FormatError, match="2 pictures there can be meant"):
        load(root)


# --- what is near


def test_what_is_near_is_told(root: Path) -> None:
    def nearly(name: str, path: Path) -> str:
        return formats()[name].nearly(path) or ""  # type: ignore[attr-defined]

    written(root / "cats" / "a.png")
    assert "in the folders cats; a folder per class is named 0 to 9" in nearly("class-folder", root)
    assert "pictures without labels" in nearly("picture-list", root / "cats")
    (root / "test_y.json").write_text("[1]")
    assert "no folder test_x" in nearly("png-folder", root)
    (root / "my-images").write_bytes(b"\0\0\x08\x03" + bytes(12))
    assert "IDX in a file named my-images" in nearly("idx", root)
    (root / "a.tar.gz").touch()
    assert "an archive of another kind (.tar.gz)" in nearly("zip", root / "a.tar.gz")
    for name in ("class-folder", "picture-list", "png-folder", "idx", "zip"):
        assert nearly(name, root / "nothing") == ""
