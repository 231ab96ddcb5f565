"""Copies of MNIST that other programs keep on this machine: Keras, torchvision, scikit-learn."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from tenfold.data.arrays import labeled
from tenfold.data.bounded import head, opened
from tenfold.data.formats import idx, npz
from tenfold.data.images import SIZE, DataSet, LabeledImages
from tenfold.data.rows import MAX_LINE, parse_rows
from tenfold.data.sources.canonical import from_rows
from tenfold.errors import FormatError, SourceError
from tenfold.language import text as _

__all__ = [
    "from_keras",
    "from_openml",
    "from_torchvision",
    "keras_file",
    "openml_files",
    "torchvision_folders",
]

_HEAD = 1 << 14


def keras_file() -> Path:
    """Return where Keras keeps MNIST: under KERAS_HOME, else ~/.keras."""
    home = os.environ.get("KERAS_HOME")
    return (Path(home) if home else Path.home() / ".keras") / "datasets" / "mnist.npz"


def torchvision_folders() -> list[Path]:
    """Return the roots that tutorials give torchvision, which has no default of its own."""
    roots = ["data", "../data", "datasets", "."]
    home = ["data", "datasets", ".torchvision", ".cache/torchvision", ".cache/torch/datasets"]
    return [*map(Path, roots), *(Path.home() / name for name in home)]


def openml_files() -> Iterator[Path]:
    """Yield what scikit-learn's fetch_openml keeps that begins as mnist_784 does."""
    home = os.environ.get("SCIKIT_LEARN_DATA")
    folder = (Path(home).expanduser() if home else Path.home() / "scikit_learn_data") / "openml"
    for file in sorted(folder.rglob("*.gz")):
        if b"@relation mnist_784" in head(file, _HEAD).lower():
            yield file


def from_keras() -> DataSet:
    """Load MNIST from Keras's cache.

    Raises:
        SourceError: if nothing is kept there.
        FormatError: if what is kept is damaged.
    """
    file = keras_file()
    if not file.is_file():
        raise SourceError(_("there is no {path}", path=file))
    return npz.load(file)


def from_torchvision() -> DataSet:
    """Load MNIST from the first of torchvision's usual roots that has it.

    Raises:
        SourceError: if none has it.
        FormatError: if what is kept is damaged.
    """
    for root in torchvision_folders():
        folder = root / "MNIST" / "raw"
        if idx.sniff(folder):
            return idx.load(folder)
    places = ", ".join(map(str, torchvision_folders()))
    raise SourceError(_("there is no MNIST/raw in {places}", places=places))


def from_openml() -> DataSet:
    """Load MNIST from scikit-learn's cache of OpenML: 70,000 rows, train then test.

    Raises:
        SourceError: if nothing is kept there.
        FormatError: if what is kept is damaged.
    """
    for file in openml_files():
        return from_rows(_load_arff(file))
    raise SourceError(_("there is no mnist_784 in {path}", path="scikit_learn_data/openml"))


def _load_arff(path: Path) -> LabeledImages:
    """Read an ARFF file whose rows are 784 pixels and the class."""
    with opened(path) as file:
        line = 0
        while header := file.readline(MAX_LINE):
            line += 1
            if header.strip().lower() == b"@data":
                break
        else:
            raise FormatError(_("{path} is no ARFF file: it has no @DATA.", path=path))
        rows = parse_rows(file, path, columns=SIZE * SIZE + 1, line=line + 1)
    return labeled(rows[:, :-1], rows[:, -1], path)
