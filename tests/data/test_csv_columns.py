"""Which column of a CSV is the label: told by names or evidence, asked for, or refused."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from _commands import Tenfold
from tenfold.data import load, load_dataset, with_label_column
from tenfold.errors import DataWarning, FormatError, InputError, UnlabeledWarning
from tenfold.records import Run

Ints = npt.NDArray[np.int64]

COUNT = 12
LABELS = np.array([5, 0, 4, 1, 9, 2, 1, 3, 1, 4, 3, 5])
NAMES = [f"pixel{at}" for at in range(784)]
GRID = [f"{row}x{column}" for row in range(1, 29) for column in range(1, 29)]
INDEX = np.arange(COUNT)


def _pixels() -> Ints:
    images = np.zeros((COUNT, 28, 28), np.int64)
    images[:, 4:24, 4:24] = np.random.default_rng(0).integers(0, 256, (COUNT, 20, 20))
    return images.reshape(COUNT, 784)


PIXELS = _pixels()
FIRST = np.column_stack([LABELS, PIXELS])
LAST = np.column_stack([PIXELS, LABELS])


def table(rows: npt.NDArray[np.generic], names: Iterable[object] = (), mark: str = ",") -> str:
    lines = [*([list(names)] if names else []), *rows.tolist()]
    return "\n".join(mark.join(map(str, line)) for line in lines) + "\n"


def written(content: str | bytes, name: str = "digits.csv") -> Path:
    path = Path(name)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        table(LAST),
        table(LAST, mark="\t"),
        table(FIRST, mark="; "),
        table(LAST, mark="  "),
        table(FIRST, ["y", *NAMES]),
        table(LAST, [*NAMES, "Target"]),
        table(LAST, [*GRID, "written by hand"]),
        table(LAST, range(785)),
        table(LAST, [*range(784), "label"]),
        table(LAST, [f"V{at}" for at in range(1, 786)]),
        table(np.column_stack([INDEX, LAST]), ["", *range(785)]),
        table(np.column_stack([INDEX, FIRST]), ["Unnamed: 0", "label", *NAMES]),
        table(np.column_stack([INDEX[::-1] * 5000, LAST])),
        table(np.column_stack([LABELS, PIXELS[:, np.argsort(NAMES)]]), ["label", *sorted(NAMES)]),
        table(FIRST.astype(float)),
        table(np.column_stack([(PIXELS / 255).astype("f4"), LABELS.astype("f4")])),
        table(np.column_stack([LABELS, 255 - PIXELS])),
    ],
)
def test_labels_and_pixels_are_told_apart(content: str) -> None:
    for path in (written(content), written(gzip.compress(content.encode()), "digits.csv.gz")):
        images, labels = load(path).train
        assert labels.tolist() == LABELS.tolist()
        inverted = 255 if images[0, 0, 0] else 0
        assert (abs(images.reshape(COUNT, 784).astype(int) - inverted) == PIXELS).all()


def test_each_file_of_a_folder_is_told_by_itself() -> None:
    written(table(LAST), "Train.csv")
    written(table(FIRST, ["label", *NAMES]), "mnist_test.csv")
    written("ImageId,Label\n1,0\n", "sample_test_submission.csv")
    data = load(".")
    assert data.train.labels.tolist() == data.test.labels.tolist() == LABELS.tolist()


NOTHING = np.zeros((COUNT, 785), int)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (table(NOTHING), "the first holds 0-0, the last 0-0; expected 0 to 9"),
        (table(np.column_stack([LABELS + 10, PIXELS])), "the first holds 10-19, the last 0-0"),
        (table(np.column_stack([LABELS, PIXELS[:, 1:], LABELS])), "does not show which column"),
        (table(np.column_stack([PIXELS, np.eye(10, dtype=int)[LABELS]])), "one-hot"),
        (table(FIRST, ["label", "writer", *NAMES[1:]]), "header of 785 columns, from 'label'"),
        (table(np.column_stack([INDEX, FIRST]), ["writer", "label", *NAMES]), r"writer, label"),
        (",".join(["label", *NAMES]), "has a header but no rows"),
        (table(FIRST).encode("utf-16"), "is UTF-16 text; save it as UTF-8"),
        (table(FIRST) + "1,2,3\n", "line 13: received 3 columns; expected 785"),
        (table(FIRST / 100, mark=";").replace(".", ","), "column 1: received '0,0'"),
        (table(np.column_stack([LABELS, PIXELS / 255 * 2 - 1])), "column 2: received '-1.0'"),
    ],
)
def test_what_is_not_certain_is_refused(content: str | bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        load(written(content))


def test_the_label_can_be_named() -> None:
    doubtful = written(table(np.column_stack([LABELS, PIXELS[:, 1:], LABELS[::-1]])))
    for asked, labels in (("first", LABELS), (1, LABELS), ("Last", LABELS[::-1])):
        assert load_dataset(doubtful, label_column=asked).train.labels.tolist() == labels.tolist()
    named = written(table(np.column_stack([INDEX, FIRST]), ["writer", "digit", *NAMES]), "a.csv")
    assert load(named, label_column="DIGIT").train.labels.tolist() == LABELS.tolist()
    assert (load(named, label_column=2).train.images.reshape(COUNT, 784) == PIXELS).all()
    for wrong in ("786", "0", "0.5", "middle"):
        with pytest.raises(InputError, match=f"no column '{wrong}' for labels; expected first"):
            load(doubtful, label_column=wrong)
    with pytest.raises(InputError, match="chosen in a CSV file; received mnist"):
        load_dataset("mnist", label_column="last")


@pytest.mark.parametrize(
    "content",
    [
        table(PIXELS),
        table(PIXELS, NAMES),
        table(np.column_stack([INDEX, PIXELS])),
        table(np.column_stack([INDEX, PIXELS]), ["ImageId", *NAMES]),
    ],
)
def test_a_table_of_pixels_alone_has_no_labels(content: str) -> None:
    written(table(FIRST), "train.csv")
    alone = load(written(content, "test.csv"))
    assert not alone.splits
    assert (alone.unlabeled["test"].reshape(COUNT, 784) == PIXELS).all()
    with pytest.raises(InputError, match=r"test images of test have no labels.*tenfold predict"):
        _ = alone.test
    with pytest.warns(UnlabeledWarning, match="12 test images of .* are passed over"):
        both = load_dataset(Path.cwd())
    assert list(both.splits) == ["train"]
    assert both.hash() == load("train.csv").hash()


def test_two_files_of_one_split_are_not_chosen_from() -> None:
    written(table(FIRST), "letters_train.csv")
    written(table(FIRST), "digits_train.csv")
    with pytest.raises(FormatError, match=r"digits_train\.csv and .*letters_train\.csv both name"):
        load(".")
    written(table(LAST), "train.csv")
    assert load(".").train.labels.tolist() == LABELS.tolist()


def test_dark_ink_is_told() -> None:
    with pytest.warns(DataWarning, match="100% of the train images seem to be dark ink"):
        load_dataset(written(table(np.column_stack([LABELS, 255 - PIXELS]))))


UNCLEAR = np.column_stack([LABELS, PIXELS[:, 1:], (LABELS + 1) % 10])


def test_a_name_tells_the_column_too() -> None:
    path = written(table(UNCLEAR))
    with pytest.raises(FormatError, match="does not show which column"):
        load_dataset(str(path))
    for column in ("first", "last", "785"):
        name = with_label_column(str(path), column)
        expected = load(path, label_column=column).train
        found = load_dataset(name).train
        assert found.labels.tolist() == expected.labels.tolist()
        assert (found.images == expected.images).all()
    assert with_label_column("mnist", None) == "mnist"
    with pytest.raises(InputError, match=r"a CSV file; received mnist"):
        load_dataset("mnist#label=last")
    with pytest.raises(InputError, match="has no column 'sum'"):
        load_dataset(f"{path}#label=sum")


def test_a_file_may_be_called_so() -> None:
    path = written(table(FIRST), "digits.csv#label=last.csv")
    assert load_dataset(str(path)).train.labels.tolist() == LABELS.tolist()


@pytest.mark.slow
def test_a_training_goes_on_with_the_column_it_was_told(tenfold: Tenfold) -> None:
    rows = np.tile(UNCLEAR, (10, 1))
    path = written(table(rows))
    few = ["--epochs", "1", "--set", "batch_size=10", "--set", "validation=10"]
    words = ["train", "mlp-128", "--data", path, *few, "--run", "r", "--threads", "1"]
    code, _out, err = tenfold(*words)
    assert (code, "--label-column first or last" in " ".join(err.split())) == (1, True)
    assert tenfold(*words, "--label-column", "last").code == 0
    assert Run("r").plan.settings.data == f"{path}#label=last"
    assert "is finished" in tenfold("train", "--run", "r", "--resume").err
    report = tenfold("report", "r", "--out", "r.md")
    assert report.code == 0
    assert "#label=last" in Path("r.md").read_text()
