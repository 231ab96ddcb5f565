"""Every format of the registry keeps the same promises; a new file there is tested at once."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold.data import SPLITS, DataSet, LabeledImages, load, save, sniff
from tenfold.data.formats import arranged, formats
from tenfold.errors import InputError, StorageError, UnknownNameError

NAMES = sorted(formats())
UNORDERED = {"class-folder"}


def in_order(part: LabeledImages) -> list[bytes]:
    return [
        bytes([label]) + image.tobytes()
        for image, label in zip(part.images, part.labels, strict=True)
    ]


def assert_same(name: str, found: DataSet, expected: DataSet) -> None:
    assert list(found.splits) == list(expected.splits)
    for split, part in expected.splits.items():
        got, wanted = in_order(found.split(split)), in_order(part)
        assert sorted(got) == sorted(wanted)
        if name not in UNORDERED:
            assert got == wanted


@st.composite
def parts(draw: st.DrawFn) -> LabeledImages:
    count = draw(st.integers(1, 7))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    images = random.integers(0, draw(st.sampled_from([1, 2, 256])), (count, 28, 28), np.uint8)
    labels = draw(st.lists(st.integers(0, 9), min_size=count, max_size=count))
    return LabeledImages(images, np.array(labels, np.uint8))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=10, deadline=None)
@given(train=parts(), test=parts(), valid=st.none() | parts())
def test_what_is_saved_is_loaded(
    name: str, train: LabeledImages, test: LabeledImages, valid: LabeledImages | None
) -> None:
    splits = {"train": train, "test": test} | ({"valid": valid} if valid else {})
    data = DataSet("random", splits)
    expected = arranged(data, formats()[name].SPLITS)
    if name == "pickle" and valid is None:
        kept = len(train) - len(train) // 6
        expected = DataSet("", {"train": train[:kept], "valid": train[kept:], "test": test})
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "target"
        assert save(data, target, name) == name
        found = load(target)
        assert_same(name, found, expected)
        assert found.test.images.flags.writeable
        assert list(Path(folder).iterdir()) == [target]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_saved_is_recognized_as_that_alone(
    name: str, both: DataSet, tmp_path: Path
) -> None:
    save(both, tmp_path / "target", name)
    assert [other for other in NAMES if formats()[other].sniff(tmp_path / "target")] == [name]


@pytest.mark.parametrize("name", NAMES)
def test_interface_is_complete(name: str) -> None:
    form = formats()[name]
    assert set(form.SPLITS) <= set(SPLITS)
    assert form.describe()
    assert "\n" not in form.describe()
    assert isinstance(form.SUFFIXES, tuple)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_sniffed_in_empty_missing_or_odd_places(name: str, tmp_path: Path) -> None:
    empty = tmp_path / "file"
    empty.touch()
    text = tmp_path / "text"
    text.write_text("Dear diary,\ntoday I wrote a seven.\n")
    for path in (tmp_path / "nothing", empty, text, tmp_path, Path("/dev/zero")):
        assert not formats()[name].sniff(path)


@pytest.mark.parametrize("name", NAMES)
def test_equal_data_give_equal_files(name: str, both: DataSet, tmp_path: Path) -> None:
    contents = []
    for folder in ("a", "b"):
        target = tmp_path / folder / "target"
        save(both, target, name)
        files = sorted(p for p in [target, *target.rglob("*")] if p.is_file())
        contents.append([(p.relative_to(target), p.read_bytes()) for p in files])
    assert contents[0] == contents[1]


@pytest.mark.parametrize("name", NAMES)
def test_existing_target_is_left_unless_told(name: str, both: DataSet, tmp_path: Path) -> None:
    target = tmp_path / "target"
    save(both, target, name)
    before = {p: p.read_bytes() for p in [target, *target.rglob("*")] if p.is_file()}
    with pytest.raises(InputError, match="--force"):
        save(both, target, name)
    assert before == {p: p.read_bytes() for p in [target, *target.rglob("*")] if p.is_file()}
    save(both, target, name, overwrite=True)
    assert_same(name, DataSet("", {"test": load(target).test}), DataSet("", {"test": both.test}))


@pytest.mark.parametrize("name", ["idx", "picture-list"])
def test_replacing_a_folder_never_loses_another_file(
    name: str, both: DataSet, tmp_path: Path
) -> None:
    target = tmp_path / "target"
    save(both, target, name)
    (target / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match=r"1 files that would be lost, such as thesis\.txt"):
        save(both, target, name, overwrite=True)
    assert (target / "thesis.txt").read_text() == "years of work"
    assert load(target).hash()
    assert [p.name for p in tmp_path.iterdir()] == ["target"]


@pytest.mark.parametrize("name", NAMES)
def test_unwritable_place_is_said(name: str, both: DataSet, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="file"):
        save(both, tmp_path / "file" / "target", name)


@pytest.mark.parametrize(
    ("target", "name"),
    [("a", "idx"), ("a.npz", "npz"), ("mnist.pkl.gz", "pickle"), ("A.PKL", "pickle")],
)
def test_name_of_target_tells_format(target: str, name: str, both: DataSet, tmp_path: Path) -> None:
    assert save(both, tmp_path / target) == name
    assert sniff(tmp_path / target) == name


@pytest.mark.parametrize("target", ["test.csv", "test.csv.gz", "test.parquet"])
def test_one_split_goes_into_one_file(target: str, both: DataSet, tmp_path: Path) -> None:
    alone = DataSet("t", {"test": both.test})
    save(alone, tmp_path / target)
    assert (tmp_path / target).is_file()
    assert load(tmp_path / target).hash() == alone.hash()
    with pytest.raises(InputError, match="can hold one split; received train, test"):
        save(both, tmp_path / f"more-{target}")


def test_unknown_formats_are_refused(both: DataSet, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"b\.doc tells no format; name one of class-folder, csv"):
        save(both, tmp_path / "b.doc")
    with pytest.raises(UnknownNameError, match="Did you mean 'parquet'"):
        save(both, tmp_path / "b", "parket")


def test_pickle_needs_train_and_test(both: DataSet, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs train and test; received test only"):
        save(DataSet("t", {"test": both.test}), tmp_path / "a.pkl")


def test_valid_follows_train(both: DataSet, tmp_path: Path) -> None:
    data = DataSet("v", {"train": both.train, "valid": both.test, "test": both.test})
    save(data, tmp_path / "a.npz")
    train = load(tmp_path / "a.npz").train
    assert in_order(train) == in_order(both.train) + in_order(both.test)


def test_documentation_names_every_format_and_its_suffixes() -> None:
    page = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
    for name, form in formats().items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
        assert ", ".join(form.SPLITS) in row
        assert all(
            f"`{suffix}`" in row for suffix in form.SUFFIXES if suffix and "ick" not in suffix
        )
