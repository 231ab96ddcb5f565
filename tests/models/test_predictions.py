"""What a model takes images for, labeled or not, in Kaggle's form."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from _commands import Tenfold
from tenfold import predict
from tenfold.data import DataSet
from tenfold.errors import UnknownNameError
from tenfold.models import load_bundled


@pytest.fixture
def kaggle(drawn: DataSet) -> Path:
    """A folder as Kaggle's: 20 labeled images to train on, 10 unlabeled to test."""
    folder = Path("kag")
    folder.mkdir()
    names = [f"pixel{at}" for at in range(784)]
    rows = drawn.test.images[:30].reshape(30, 784)
    labeled = np.column_stack([drawn.test.labels[:20], rows[:20]])
    for name, head, part in (("train", ["label"], labeled), ("test", [], rows[20:])):
        lines = [",".join([*head, *names]), *(",".join(map(str, row)) for row in part)]
        (folder / f"{name}.csv").write_text("\n".join(lines))
    return folder


def test_the_unlabeled_images_are_predicted(kaggle: Path, drawn: DataSet) -> None:
    model = load_bundled("champion")
    found = predict(model, kaggle)
    assert (found.split, len(found)) == ("test", 10)
    assert np.array_equal(found.probabilities, model.predict_proba(drawn.test.images[20:30]))
    assert list(found.lines())[:2] == ["ImageId,Label", f"1,{found.labels[0]}"]
    header, row = list(found.lines(probabilities=True))[:2]
    assert header == "ImageId,Label,0,1,2,3,4,5,6,7,8,9"
    assert row.split(",")[2:] == [f"{share:.6f}" for share in found.probabilities[0]]
    labeled = predict(model, kaggle, split="train")
    assert np.array_equal(labeled.probabilities, model.predict_proba(drawn.test.images[:20]))
    with pytest.raises(UnknownNameError, match="no split named 'valid'"):
        predict(model, kaggle, split="valid")


def test_labeled_test_images_go_before_training_images(drawn: DataSet) -> None:
    both = DataSet("both", {"train": drawn.train[:3], "test": drawn.test[:2]})
    assert predict("champion", both).split == "test"
    assert predict("champion", DataSet("one", {"train": both.train})).split == "train"


def test_the_command_writes_a_submission(kaggle: Path, tenfold: Tenfold) -> None:
    words = ["predict", "champion", kaggle]
    code, out, err = tenfold(*words)
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "ImageId,Label"
    assert len(out.splitlines()) == 11
    code, printed, err = tenfold(*words, "--out", "submission.csv")
    assert (code, printed) == (0, "")
    assert "Wrote submission.csv: 10 test images" in err
    assert Path("submission.csv").read_text() == out
    code, _out, err = tenfold(*words, "--out", kaggle / "train.csv")
    assert code == 1
    assert "exists already and was left as it is; --force replaces it" in err


def test_evaluate_says_what_can_be_scored(kaggle: Path, tenfold: Tenfold) -> None:
    words = ["evaluate", "champion", "--data"]
    assert "score those: --split train" in tenfold(*words, kaggle / "train.csv")[2]
    code, _out, err = tenfold(*words, kaggle)
    assert code == 1
    assert "The 10 test images of kag have no labels and are passed over" in err
    assert "Error: The test images of kag have no labels" in err
    assert "20 images" in tenfold(*words, kaggle, "--split", "train")[1]
