"""Of which split a name speaks."""

from __future__ import annotations

import pytest

from tenfold.data.folders import split_named


@pytest.mark.parametrize(
    ("split", "names"),
    [
        ("train", "mnist_train.csv train-images TRAIN01 myTrain2.csv training digits.csv 123.csv"),
        ("train", "devices.csv values.csv evaluation.csv interval.csv developers retrieval.csv"),
        ("train", "contest.csv latest.csv Attest.csv protest protester invalid.csv"),
        ("valid", "valid.csv x_val.npz validation MNIST-Val.csv dev.csv val2.csv digitsValid"),
        ("test", "t10k-images-idx3-ubyte T10K.csv x_test Test.csv TEST02.csv testing"),
        (
            "test",
            "mnistTest.csv my\0test.csv digits.test.csv test-00000-of-00001.parquet MNISTTest",
        ),
    ],
)
def test_only_whole_words_tell(split: str, names: str) -> None:
    for name in names.split():
        assert split_named(name.replace("\0", " ")) == split, name
