"""The scenes that a reader learns from: composed once, kept in the run's folder, read as arrays."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any, final

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.data import LabeledImages
from tenfold.errors import RunError
from tenfold.files import replacing
from tenfold.language import text as _
from tenfold.models import InkModel
from tenfold.models.sign_model import SIDE
from tenfold.processes import WorkerPool
from tenfold.reader.ink import find_ink
from tenfold.recipes import ReaderRecipe
from tenfold.scenes import Glyphs, load_glyphs
from tenfold.scenes.pool import ScenePool, make_pool
from tenfold.training.page_reader._sign_windows import sign_windows

__all__ = ["Pools", "Strips"]

CHUNK = 2000
"""Scenes in one file."""

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Strips:
    """All strips of one width.

    Args:
        strips: uint8 [N, 40, W], 0 paper to 255 full ink.
        labels: int8 [N, 16], the digits from left to right, then -1.
        boxes: float32 [N, 16, 4], their left, top, right, bottom in pixels of the strip.
    """

    strips: Bytes
    labels: npt.NDArray[np.int8]
    boxes: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.strips)


@dataclass(frozen=True, slots=True)
class _Chunk:
    """One file of scenes: ``train-48-000.npz`` or ``held-48-000.npz``."""

    width: int
    number: int
    count: int
    held: bool

    @property
    def name(self) -> str:
        return f"{'held' if self.held else 'train'}-{self.width}-{self.number:03d}.npz"

    def seed(self, run_seed: int) -> tuple[int, ...]:
        return (self.width, self.number, int(self.held), run_seed)


@final
class Pools:
    """The scenes of a recipe and a seed, in a folder.

    A file that is there is taken as it is, so that an interrupted run goes on.
    """

    def __init__(self, folder: Path, recipe: ReaderRecipe, seed: int) -> None:
        self._folder = folder
        self._recipe = recipe
        self._seed = seed

    def clear(self) -> None:
        """Forget all scenes."""
        for path in self._folder.glob("*.npz"):
            path.unlink()

    def make(
        self, images: LabeledImages, held: LabeledImages, ink: InkModel, processes: int
    ) -> None:
        """Compose the scenes that are missing.

        Args:
            images: the digits to train on.
            held: those held out.
            ink: finds the ink of the scenes.
            processes: how many work at once.

        Raises:
            StorageError: if a file cannot be written.
        """
        missing = [c for c in self._chunks() if not (self._folder / c.name).is_file()]
        if not missing:
            return
        glyphs = {
            is_held: load_glyphs(*part)
            for is_held, part in ((False, images), (True, held))
            if any(chunk.held == is_held for chunk in missing)
        }
        order = _Order(self._folder, self._seed, glyphs, ink.content)
        if processes == 1:
            for chunk in missing:
                _make_chunk(order, chunk)
            return
        with WorkerPool(min(processes, len(missing)), _begin, order) as workers:
            for made in [workers.submit(_make_here, chunk) for chunk in missing]:
                made.result()

    def strips(self, *, held: bool) -> dict[int, Strips]:
        """Return all strips: width -> those that are trained on, or held out.

        Raises:
            RunError: if a file is missing or damaged.
        """
        return {part.width: self._strips(part.width, held=held) for part in self._recipe.scenes}

    def placed(self, *, held: bool) -> tuple[Bytes, Bytes]:
        """Return uint8 [M, 28, 28], single marks as placed, and uint8 [M], 0 to 9 or 10 for none.

        Raises:
            RunError: if a file is missing or damaged.
        """
        chunks = [chunk for chunk in self._chunks() if chunk.held == held]
        classes = [self._read(chunk, ("classes",))[0] for chunk in chunks]
        # Filled part by part: two copies of all at once would not fit into small memories.
        placed = np.empty((sum(map(len, classes)), 28, 28), np.uint8)
        _fill([placed], (self._read(chunk, ("placed",)) for chunk in chunks))
        return placed, np.concatenate(classes)

    def signs(self, *, held: bool) -> tuple[Bytes, Bytes]:
        """Return uint8 [K, 2, 40, 40], windows around marks, and uint8 [K], which sign each is.

        Raises:
            RunError: if a file is missing or damaged.
        """
        chunks = [chunk for chunk in self._chunks() if chunk.held == held]
        classes = [self._read(chunk, ("sign_classes",))[0] for chunk in chunks]
        windows = np.empty((sum(map(len, classes)), 2, SIDE, SIDE), np.uint8)
        _fill([windows], (self._read(chunk, ("signs",)) for chunk in chunks))
        return windows, np.concatenate(classes)

    def held(self) -> Iterator[ScenePool]:
        """Yield the held-out scenes, a pool for each width or more.

        Raises:
            RunError: if a file is missing or damaged.
        """
        names = tuple(field.name for field in fields(ScenePool))
        for chunk in self._chunks():
            if chunk.held:
                yield ScenePool(*self._read(chunk, names))

    def _strips(self, width: int, *, held: bool) -> Strips:
        chunks = [c for c in self._chunks() if c.width == width and c.held == held]
        names = ("strips", "labels", "boxes")
        count = sum(chunk.count for chunk in chunks)
        parts = (self._read(chunk, names) for chunk in chunks)
        first = next(parts)
        whole = [np.empty((count, *part.shape[1:]), part.dtype) for part in first]
        _fill(whole, _after(first, parts))
        return Strips(*whole)

    def _chunks(self) -> Iterator[_Chunk]:
        held_scenes = self._recipe.held_scenes
        for part in self._recipe.scenes:
            for is_held, total in ((True, held_scenes), (False, part.count)):
                for number, start in enumerate(range(0, total, CHUNK)):
                    yield _Chunk(part.width, number, min(CHUNK, total - start), is_held)

    def _read(self, chunk: _Chunk, names: tuple[str, ...]) -> list[npt.NDArray[Any]]:
        path = self._folder / chunk.name
        try:
            with path.open("rb") as file, np.load(file) as found:
                arrays = [found[name] for name in names]
        except (OSError, KeyError, TypeError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise RunError(_("{path} is damaged: {reason}", path=path, reason=error)) from error
        if names[0] == "strips" and arrays[0].shape[::2] != (chunk.count, chunk.width):
            raise RunError(
                _(
                    "{path} holds strips of shape {shape}; expected {count} of width {width}. "
                    "Remove it, and it is made again.",
                    path=path,
                    shape=list(arrays[0].shape),
                    count=chunk.count,
                    width=chunk.width,
                )
            )
        return arrays


def _after(
    first: list[npt.NDArray[Any]], rest: Iterable[list[npt.NDArray[Any]]]
) -> Iterator[list[npt.NDArray[Any]]]:
    yield first
    yield from rest


def _fill(whole: list[npt.NDArray[Any]], parts: Iterable[list[npt.NDArray[Any]]]) -> None:
    """Copy parts one after the other into the arrays that hold them all."""
    done = 0
    for part in parts:
        end = done + len(part[0])
        for target, array in zip(whole, part, strict=True):
            target[done:end] = array
        done = end


@dataclass(frozen=True, slots=True)
class _Order:
    """What all files of scenes are made of.

    Args:
        folder: where they go.
        seed: the run's.
        glyphs: what is written, for scenes that are held out and for the others.
        ink: the file of the model that finds ink.
    """

    folder: Path
    seed: int
    glyphs: Mapping[bool, Glyphs]
    ink: bytes


_order: _Order | None = None


def _begin(order: _Order) -> None:
    global _order
    _order = order


def _make_here(chunk: _Chunk) -> None:
    """Make a file in a process of its own."""
    assert _order is not None
    # The processes share the cores already.
    cv2.setNumThreads(1)
    _make_chunk(_order, chunk)


def _make_chunk(order: _Order, chunk: _Chunk) -> None:
    find = partial(find_ink, model=InkModel(order.ink, threads=1))
    glyphs = order.glyphs[chunk.held]
    pool = make_pool(glyphs, chunk.width, chunk.count, chunk.seed(order.seed), find, sign_windows)
    with replacing(order.folder / chunk.name) as file:
        np.savez(file, **{field.name: getattr(pool, field.name) for field in fields(pool)})
