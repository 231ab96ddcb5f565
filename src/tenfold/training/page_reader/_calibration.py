"""How far the reader's confidences can be trusted: fitted and checked on held-out scenes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.data import LabeledImages
from tenfold.imaging import Placement
from tenfold.models import InkModel, LineModel, Model
from tenfold.reader.attempts import Attempt, Networks, first_attempt
from tenfold.reader.calibration import MEASURES, Calibration, measures, whole_measures
from tenfold.reader.lines import FoundDigit, LineReading
from tenfold.scenes import DOUBTFUL, Glyphs, Scene, compose, load_glyphs

__all__ = ["SCENES", "calibrate"]

SCENES = 3000
"""Pictures that are read to calibrate; a third of them only checks."""

# Width to height of the scenes.
_ASPECTS = (0.8, 1.0, 1.2, 1.6, 2.4, 3.2, 4.0, 4.8)

# Every so manieth picture is a held-out digit as it is, in a square of some size.
_PLAIN = 3
_SIDES = (28, 64)

# A digit found is a digit written if their boxes share this part of what they cover together.
_SHARED = 0.3

_BINS = 15

# Readings are gathered before there are weights; what these make of them is not looked at.
_UNFITTED = Calibration.from_dict(dict.fromkeys((field.name for field in fields(Calibration)), 0.0))

# The weights of a whole line: the one it starts with, and one for each of ``whole_measures``.
_WHOLE = ("whole_bias", "whole_text", "whole_digits", "whole_unread")

Numbers = npt.NDArray[np.float64]


def calibrate(
    ink: InkModel,
    lines: LineModel,
    digits: Model,
    held: LabeledImages,
    seed: int,
    count: int = SCENES,
) -> dict[str, Any]:
    """Fit what turns the networks' answers into probabilities to believe.

    Scenes, and held-out digits as they are, are read as any picture is.

    Args:
        ink: the ink model as saved.
        lines: the line model as saved.
        digits: the digit model as saved.
        held: digits that neither was trained on.
        seed: what the scenes follow from.
        count: how many pictures.

    Returns:
        Plain data for the line model's card: the weights of ``Calibration``, how many lines they
        were fitted to, and on how many others which expected calibration errors were measured.
    """
    glyphs = load_glyphs(held.images, held.labels)
    networks = Networks(ink, lines, digits, Placement(), _UNFITTED)
    found = list(_gather(networks, glyphs, held, count, seed))
    check = len(found) // 3
    fitted = _fit_whole(found[check:], _fit(found[check:]))
    return {
        **fitted.to_dict(),
        "fitted_on": len(found) - check,
        "checked_on": check,
        **_check(found[:check], fitted),
    }


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A line of a picture as it was read: which digits are right, and whether all of it is."""

    reading: LineReading
    right: list[bool]
    whole: bool


def _gather(
    networks: Networks, glyphs: Glyphs, held: LabeledImages, count: int, seed: int
) -> Iterator[_Seen]:
    """Read pictures as any picture is read; yield their lines in which digits were found."""
    for index in range(count):
        rng = np.random.default_rng([seed, index, 1])
        if index % _PLAIN == 0:
            yield from _seen_plain(networks, held, rng)
        else:
            scene = compose(glyphs, _ASPECTS[index % len(_ASPECTS)], rng)
            if all(mark.label != DOUBTFUL for mark in scene.marks):
                yield from _seen_scene(networks, scene)


def _seen_scene(networks: Networks, scene: Scene) -> Iterator[_Seen]:
    attempt = _read(networks, scene.gray)
    scene = scene.resized(*attempt.ink.tone.shape)
    for reading in attempt.readings:
        right = [_is_right(found, scene) for found in reading.found]
        if right:
            yield _Seen(reading, right, all(right) and len(right) == len(scene.digits))


def _seen_plain(
    networks: Networks, held: LabeledImages, rng: np.random.Generator
) -> Iterator[_Seen]:
    """One of the held-out images, in black on white as often as not."""
    at = int(rng.integers(len(held)))
    side = int(rng.integers(*_SIDES))
    image = cv2.resize(held.images[at], (side, side), interpolation=cv2.INTER_LINEAR)
    gray = np.asarray(image if rng.random() < 0.5 else 255 - image, np.uint8)
    found = [reading for reading in _read(networks, gray).readings if reading.found]
    for reading in found:
        labels = [int(one.combined().argmax()) for one in reading.found]
        is_all = len(found) == 1 and labels == [int(held.labels[at])]
        yield _Seen(reading, [is_all] * len(labels), is_all)


def _read(networks: Networks, gray: npt.NDArray[np.uint8]) -> Attempt:
    return first_attempt(gray.astype(np.float32) / np.float32(255), networks)


def _fit(seen: list[_Seen]) -> Calibration:
    """The curve for single digits; the one for whole lines is still to come."""
    rows = np.concatenate([measures(one.reading) for one in seen] or [np.zeros((0, len(MEASURES)))])
    weights = _logistic(rows, [right for one in seen for right in one.right])
    named = dict(zip(("bias", *MEASURES), weights, strict=True))
    whole = dict.fromkeys(_WHOLE, 0.0)
    return Calibration(**named, **whole)


def _fit_whole(seen: list[_Seen], fitted: Calibration) -> Calibration:
    rows = [whole_measures(one.reading, fitted.confidences(one.reading)) for one in seen]
    table = np.asarray(rows).reshape(-1, len(_WHOLE) - 1)
    weights = _logistic(table, [one.whole for one in seen])
    return replace(fitted, **dict(zip(_WHOLE, weights, strict=True)))


def _logistic(rows: Numbers, right: list[bool]) -> list[float]:
    """Fit a logistic curve; return its intercept and its weights."""
    from sklearn.linear_model import LogisticRegression

    if len(set(right)) < 2:
        # A network that is always right, or never, says nothing of its doubts.
        return [3.0 if all(right) and right else -3.0, *[0.0] * rows.shape[1]]
    fitted = LogisticRegression(max_iter=1000).fit(rows, right)
    return [float(fitted.intercept_[0]), *map(float, fitted.coef_[0])]


def _check(seen: list[_Seen], fitted: Calibration) -> dict[str, float]:
    """The expected calibration errors of digits and of whole lines."""
    digits = [sure for one in seen for sure in fitted.confidences(one.reading)]
    wholes = [fitted.whole(one.reading, fitted.confidences(one.reading)) for one in seen]
    return {
        "digits_error": _error(digits, [right for one in seen for right in one.right]),
        "lines_error": _error(wholes, [one.whole for one in seen]),
    }


def _error(sure: list[float], right: list[bool]) -> float:
    """The expected calibration error over 15 bins of equal width (Guo et al. 2017)."""
    bins = np.minimum((np.asarray(sure) * _BINS).astype(int), _BINS - 1)
    off = np.bincount(bins, np.asarray(sure) - np.asarray(right, np.float64), _BINS)
    return float(np.abs(off).sum() / max(1, len(sure)))


def _is_right(found: FoundDigit, scene: Scene) -> bool:
    label = int(found.combined().argmax())
    return any(mark.label == label and mark.shared(found.box) > _SHARED for mark in scene.digits)
