"""Scenes on disk: made once, the same whoever makes them, and checked when read."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tenfold.data import DataSet
from tenfold.errors import RunError, StorageError
from tenfold.models import load_bundled_ink
from tenfold.recipes import ReaderRecipe, Scenes
from tenfold.training.page_reader import _pools
from tenfold.training.page_reader._pools import Pools


@pytest.fixture
def recipe(small_reader: ReaderRecipe) -> ReaderRecipe:
    return msgspec.structs.replace(
        small_reader, scenes=(Scenes(48, 25), Scenes(64, 10)), held_scenes=8
    )


@pytest.fixture
def made(
    recipe: ReaderRecipe, few: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Pools:
    monkeypatch.setattr(_pools, "CHUNK", 10)
    pools = Pools(tmp_path / "scenes", recipe, 3)
    pools.make(few.train[:50], few.train[50:80], load_bundled_ink(), 1)
    return pools


def test_they_are_cut_into_files(made: Pools, tmp_path: Path) -> None:
    names = {path.name for path in (tmp_path / "scenes").iterdir()}
    assert names == {
        "train-48-000.npz",
        "train-48-001.npz",
        "train-48-002.npz",
        "train-64-000.npz",
        "held-48-000.npz",
        "held-64-000.npz",
    }
    strips = made.strips(held=False)
    assert {width: len(part) for width, part in strips.items()} == {48: 25, 64: 10}
    assert strips[48].strips.shape == (25, 40, 48)
    assert (strips[48].labels.dtype, strips[48].boxes.dtype) == (np.int8, np.float32)
    assert {width: len(part) for width, part in made.strips(held=True).items()} == {48: 8, 64: 8}
    placed, classes = made.placed(held=False)
    assert len(placed) == len(classes) >= 35
    windows, signs = made.signs(held=False)
    assert windows.shape == (len(signs), 2, 40, 40)
    held = list(made.held())
    assert [pool.strips.shape for pool in held] == [(8, 40, 48), (8, 40, 64)]


def test_what_is_read_is_what_was_made(made: Pools, tmp_path: Path) -> None:
    parts = [np.load(tmp_path / "scenes" / f"train-48-00{n}.npz") for n in range(3)]
    expected = np.concatenate([part["boxes"] for part in parts])
    np.testing.assert_array_equal(made.strips(held=False)[48].boxes, expected)
    parts.append(np.load(tmp_path / "scenes" / "train-64-000.npz"))
    placed, classes = made.placed(held=False)
    np.testing.assert_array_equal(placed, np.concatenate([part["placed"] for part in parts]))
    np.testing.assert_array_equal(classes, np.concatenate([part["classes"] for part in parts]))


def test_only_what_is_missing_is_made_and_comes_out_the_same(
    made: Pools, few: DataSet, tmp_path: Path
) -> None:
    gone, kept = (tmp_path / "scenes" / name for name in ("train-48-001.npz", "held-64-000.npz"))
    content, time = gone.read_bytes(), kept.stat().st_mtime_ns
    gone.unlink()
    made.make(few.train[:50], few.train[50:80], load_bundled_ink(), 1)
    assert gone.read_bytes() == content
    assert kept.stat().st_mtime_ns == time


@pytest.mark.slow
def test_two_processes_make_the_same(
    made: Pools, recipe: ReaderRecipe, few: DataSet, tmp_path: Path
) -> None:
    Pools(tmp_path / "two", recipe, 3).make(few.train[:50], few.train[50:80], load_bundled_ink(), 2)
    for path in (tmp_path / "scenes").iterdir():
        assert (tmp_path / "two" / path.name).read_bytes() == path.read_bytes()


def test_a_damaged_file_is_named(made: Pools, tmp_path: Path) -> None:
    path = tmp_path / "scenes" / "train-48-001.npz"
    content = path.read_bytes()
    for damaged in (content[: len(content) // 2], b"", b"no archive at all"):
        path.write_bytes(damaged)
        with pytest.raises(RunError, match=r"train-48-001\.npz is damaged"):
            made.strips(held=False)
        with pytest.raises(RunError, match=r"train-48-001\.npz is damaged"):
            made.placed(held=False)
    path.write_bytes((tmp_path / "scenes" / "train-64-000.npz").read_bytes())
    with pytest.raises(RunError, match="expected 10 of width 48"):
        made.strips(held=False)


def test_clearing_leaves_nothing(made: Pools, tmp_path: Path) -> None:
    made.clear()
    assert not list((tmp_path / "scenes").iterdir())
    with pytest.raises(RunError, match="is damaged"):
        made.strips(held=False)


def test_a_folder_that_cannot_be_used_is_named(
    recipe: ReaderRecipe, few: DataSet, tmp_path: Path
) -> None:
    (tmp_path / "scenes").write_text("a file in its place")
    with pytest.raises(StorageError, match=os.fspath(tmp_path)):
        Pools(tmp_path / "scenes", recipe, 3).make(
            few.train[:20], few.train[20:40], load_bundled_ink(), 1
        )
