"""What all tests share: digits drawn by our own code, and a cache of nobody's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import settings

from tenfold.data import DataSet, LabeledImages, save

if TYPE_CHECKING:
    from _commands import Tenfold

# Several test processes share the cores; PyTorch and its kin read this when they are imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")

pytest_plugins = ("_hosts", "_ray_cluster")

# Other tests may keep the machine busy: how long an example takes says nothing.
settings.register_profile("tenfold", deadline=None, print_blob=True)
settings.load_profile("tenfold")

# Folders whose tests share a browser and its service, or a trained reader.
TOGETHER = ("web/browser", "training/page_reader")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a case of bytes or of a long text by its argument: what it holds is no name."""
    long = isinstance(val, str) and (len(val) > 60 or not val.isprintable())
    return argname if isinstance(val, bytes) or long else None


@pytest.hookimpl(wrapper=True)  # before pytest-xdist looks for groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Refuse a test that another process, or another day, might call by another name."""
    for item in items:
        name = item.nodeid.encode("ascii", "replace").decode()
        if len(name) > 1000 or not name.isprintable() or " at 0x" in name:
            raise pytest.UsageError(f"Give the cases of {name[:100]!r} names of their own.")
        item.add_marker(pytest.mark.xdist_group(_group(item.path)))
    # What takes longest begins first, so that no process is left alone with it.
    items.sort(key=lambda item: _group(item.path) not in TOGETHER)
    return (yield)


def _group(path: Path) -> str:
    """What one process does, for its fixtures to be made once: a file, or a folder that shares."""
    folder = "/".join(path.parts[-3:-1])
    return folder if folder in TOGETHER else path.name


@pytest.fixture(autouse=True)
def _own_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep tests from the caches, language and data of the person who runs them."""
    monkeypatch.setenv("TENFOLD_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TENFOLD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TENFOLD_LANG", "en")
    monkeypatch.delenv("TENFOLD_DATABASE", raising=False)
    monkeypatch.delenv("TENFOLD_DATA", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def tenfold() -> Tenfold:
    """The command line as a person types it, in this process: its exit code, stdout and stderr."""
    from _commands import run_command

    return run_command


def draw_digits(count: int, seed: int) -> LabeledImages:
    """Draw ``count`` digits in line fonts, each turned, shifted and stretched a little."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 10, count).astype(np.uint8)
    images = np.zeros((count, 28, 28), np.uint8)
    fonts = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX)
    for image, label in zip(images, labels, strict=True):
        font = fonts[random.integers(len(fonts))]
        cv2.putText(image, str(label), (5, 23), font, 0.85, 255, 2, cv2.LINE_AA)
        turn = cv2.getRotationMatrix2D((14, 14), random.normal(0, 8), random.uniform(0.8, 1.1))
        turn[:, 2] += random.normal(0, 1.5, 2)
        image[:] = cv2.warpAffine(image, turn, (28, 28))
    return LabeledImages(images, labels)


@pytest.fixture(scope="session")
def drawn() -> DataSet:
    """1,200 drawn digits to train on and 300 to test."""
    return DataSet("drawn", {"train": draw_digits(1200, 1), "test": draw_digits(300, 2)})


@pytest.fixture(scope="session")
def drawn_file(drawn: DataSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as an .npz file."""
    path = tmp_path_factory.mktemp("data") / "drawn.npz"
    save(drawn, path)
    return path
