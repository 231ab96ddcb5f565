"""Many scenes at once, as the arrays that the networks learn from that read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tenfold.errors import TrainingError
from tenfold.imaging import Box, Ink, place
from tenfold.imaging.layout import Line, whole_line
from tenfold.imaging.regions import Region
from tenfold.imaging.strips import DIGIT_HEIGHT, MARGIN, STRIP_HEIGHT, cut_digit, cut_strip
from tenfold.language import text as _
from tenfold.scenes.glyphs import Glyphs
from tenfold.scenes.scene import DOUBTFUL, NONE, Scene, SceneMark, compose

__all__ = ["MOST_DIGITS", "ScenePool", "make_pool"]

MOST_DIGITS = 16
"""A scene holds at most so many digits."""

# Ink this faint in what imaging makes of a scene cannot be learned to be read.
_FAINT = 0.35

# Scenes with digits whose ink is not found, to each where it is.
_MOST_LOST = 20

# How many cut-outs of one scene are kept.
_CUTS = 4

# How often all of a scene is cut out, too, as the reader does with a narrow picture.
_WHOLE = 0.5

# A cut-out shows a digit if their boxes share this part of what they cover together.
_SHARED = 0.3

_NOTHING = SceneMark(NONE, (0, 0, 0, 0))

Rng = np.random.Generator
Bytes = npt.NDArray[np.uint8]

FindInk: TypeAlias = Callable[[npt.NDArray[np.float32]], Ink]
CutSigns: TypeAlias = Callable[[Scene, Ink, Rng], Iterable[tuple[Bytes, int]]]
"""Cuts windows uint8 [2, 40, 40] around marks of a scene that are no digits, with their classes."""


@dataclass(frozen=True, slots=True, eq=False)
class ScenePool:
    """Strips of one width, and digits and signs cut out of them.

    Args:
        strips: uint8 [N, 40, W], 0 paper to 255 full ink.
        labels: int8 [N, 16], the digits from left to right, then -1.
        boxes: float32 [N, 16, 4], their left, top, right, bottom in pixels of the strip.
        placed: uint8 [M, 28, 28], single marks as placed.
        classes: uint8 [M], 0 to 9 or 10 for none.
        signs: uint8 [K, 2, 40, 40], windows around marks that are no digits.
        sign_classes: uint8 [K], which sign each is.
    """

    strips: Bytes
    labels: npt.NDArray[np.int8]
    boxes: npt.NDArray[np.float32]
    placed: Bytes
    classes: Bytes
    signs: Bytes
    sign_classes: Bytes


def make_pool(
    glyphs: Glyphs,
    width: int,
    count: int,
    seed: tuple[int, ...],
    find: FindInk,
    cut_signs: CutSigns,
) -> ScenePool:
    """Compose ``count`` scenes of strips ``width`` pixels wide; all follows from ``seed``.

    Args:
        glyphs: what is written.
        width: of the strips, a multiple of 4.
        count: how many.
        seed: decides everything.
        find: finds the ink of a scene, gray float32 [h, w] in [0, 1].
        cut_signs: cuts out what is written beside digits.

    Raises:
        TrainingError: if it hardly finds any.
    """
    strips = np.zeros((count, STRIP_HEIGHT, width), np.uint8)
    labels = np.full((count, MOST_DIGITS), -1, np.int8)
    boxes = np.zeros((count, MOST_DIGITS, 4), np.float32)
    placed: list[Bytes] = []
    classes: list[int] = []
    signs: list[tuple[Bytes, int]] = []
    rng = np.random.default_rng(seed)
    done = shown = lost = 0
    while done < count:
        scene = compose(glyphs, width / STRIP_HEIGHT, rng)
        ink = find(scene.gray.astype(np.float32) / np.float32(255))
        scene = scene.resized(*ink.tone.shape)
        digits = scene.digits
        is_doubtful = any(mark.label == DOUBTFUL for mark in scene.marks)
        if is_doubtful or len(digits) > MOST_DIGITS:
            continue
        if not _is_visible(scene, ink.tone):
            lost += 1
            if lost > _MOST_LOST * (shown + 10):
                raise _blind(lost, shown)
            continue
        shown += bool(digits)
        height = scene.gray.shape[0]
        strip = cut_strip(ink.tone, _all_of(scene))
        columns = min(width, strip.tone.shape[1])
        strips[done, :, :columns] = np.rint(strip.tone[:, :columns] * 255)
        for at, mark in enumerate(digits):
            labels[done, at] = mark.label
            boxes[done, at] = np.asarray(mark.box) * STRIP_HEIGHT / height
        for image, label in _cuts(scene, ink, rng):
            placed.append(image)
            classes.append(label)
        signs += cut_signs(scene, ink, rng)
        done += 1
    windows = [window for window, _sign in signs]
    return ScenePool(
        strips,
        labels,
        boxes,
        np.stack(placed),
        np.asarray(classes, np.uint8),
        np.stack(windows) if windows else np.zeros((0, 2, STRIP_HEIGHT, STRIP_HEIGHT), np.uint8),
        np.asarray([sign for _window, sign in signs], np.uint8),
    )


def _blind(lost: int, shown: int) -> TrainingError:
    return TrainingError(
        _(
            "Of {count} scenes with digits the ink of {shown} was found; expected most. Train the "
            "ink network longer (--set ink.epochs=...).",
            count=lost + shown,
            shown=shown,
        )
    )


def _all_of(scene: Scene) -> Line:
    """The line whose strip is the whole scene."""
    height, width = scene.gray.shape
    digit = height * DIGIT_HEIGHT / STRIP_HEIGHT
    margin = MARGIN * digit
    return Line(margin, width - margin, height / 2, 0.0, digit)


def _is_visible(scene: Scene, tone: npt.NDArray[np.float32]) -> bool:
    inked = scene.ink > 0.6
    return not scene.digits or (bool(inked.any()) and float(tone[inked].mean()) > _FAINT)


def _cuts(scene: Scene, ink: Ink, rng: Rng) -> list[tuple[Bytes, int]]:
    """Cut marks out as the reader would, some of them wrongly: two as one, or half of one."""
    wanted = [(mark, _jittered(mark, rng)) for mark in scene.marks]
    if not wanted:
        height, width = ink.cover.shape
        wanted = [(_NOTHING, Box(0, 0, width, height))]
    for first, second in zip(scene.marks, scene.marks[1:], strict=False):
        if rng.random() < 0.12:
            wanted.append((_NOTHING, _joined(first, second)))
    picked = [wanted[index] for index in rng.permutation(len(wanted))[:_CUTS]]
    found = [(cut_digit(ink.cover, box), mark) for mark, box in picked]
    if rng.random() < _WHOLE:
        found.append(_whole(scene, ink))
    return [
        (np.rint(place(region.ink) * 255).astype(np.uint8), mark.label)
        for region, mark in found
        # Where the ink of a digit was not found, nothing can be learned of it.
        if region is not None and (mark.label == NONE or mark.shared(region.box) > _SHARED)
    ]


def _whole(scene: Scene, ink: Ink) -> tuple[Region | None, SceneMark]:
    """All ink at once, as the reader cuts it; a digit only where it is alone."""
    line = whole_line(ink)
    mark = scene.marks[0] if len(scene.marks) == 1 else _NOTHING
    return (None if line is None else cut_digit(ink.cover, line.box)), mark


def _box(left: float, top: float, right: float, bottom: float) -> Box:
    x, y = round(left), round(top)
    return Box(x, y, max(1, round(right) - x), max(1, round(bottom) - y))


def _jittered(mark: SceneMark, rng: Rng) -> Box:
    left, top, right, bottom = mark.box
    reach = 0.06 * (bottom - top)
    off = rng.normal(0, reach, 4).clip(-2 * reach, 2 * reach)
    return _box(left + off[0], top + off[1], right + off[2], bottom + off[3])


def _joined(first: SceneMark, second: SceneMark) -> Box:
    low = np.minimum(first.box[:2], second.box[:2])
    high = np.maximum(first.box[2:], second.box[2:])
    return _box(*map(float, low), *map(float, high))
