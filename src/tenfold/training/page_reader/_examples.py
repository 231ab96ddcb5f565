"""What somebody's own pictures teach the reader: their strips with their texts, their digits."""

from __future__ import annotations

import hashlib
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tenfold.data import LabeledImages
from tenfold.data.texts import PictureText
from tenfold.errors import PictureError, RunError
from tenfold.files import write_whole
from tenfold.imaging import place
from tenfold.imaging.layout import Line, whole_line
from tenfold.imaging.strips import STRIP_HEIGHT, Strip, cut_digit, cut_strip
from tenfold.language import text as _
from tenfold.models import LineModel
from tenfold.networks.reader import NONE
from tenfold.reader import Reader, Reading
from tenfold.reader.attempts import Attempt
from tenfold.reader.decoding import align
from tenfold.reader.lines import look
from tenfold.records import Added, Run
from tenfold.scenes.pool import MOST_DIGITS
from tenfold.training.page_reader._pools import Strips

__all__ = ["NOTHING_OWN", "Examples", "Own", "learn_from"]

# Each line is learned from in these sizes of its digits.
_ZOOMS = (0.85, 1.0, 1.18)

# Widths of strips are rounded up to multiples of this, so that those of a batch are alike.
_STEP = 64

# A text so improbable does not stand where the networks look; nothing would be learned but noise.
_LEAST = 1e-12

# How large a part of what is learned from these become, if that takes no more copies than so many.
_SHARE = 0.25
_MOST_COPIES = 20

_FILE = "examples.npz"
_PARTS = ("strips", "labels", "boxes")

Bytes = npt.NDArray[np.uint8]
_Strip: TypeAlias = tuple[Bytes, npt.NDArray[np.int8], npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """What is learned from pictures.

    Args:
        strips: width -> its strips, with their digits and boxes.
        placed: uint8 [M, 28, 28], single digits and other marks as placed.
        classes: uint8 [M], 0 to 9, or 10 for none.
        pictures: how many pictures these are from.
        source: where they are.
    """

    strips: Mapping[int, Strips]
    placed: Bytes
    classes: Bytes
    pictures: int
    source: str

    @property
    def part(self) -> Added:
        """What a plan says of them."""
        return Added(name=self.source, sha256=self.hash(), count=self.pictures)

    def among(self, strips: Mapping[int, Strips]) -> dict[int, Strips]:
        """Return ``strips`` of scenes and these, as often as makes them so large a part of all."""
        scenes = sum(map(len, strips.values()))
        own = sum(map(len, self.strips.values()))
        times = _copies(own, scenes)
        widths = sorted({*strips, *self.strips})
        return {
            width: _joined([one[width] for one in (strips, *[self.strips] * times) if width in one])
            for width in widths
        }

    def beside(self, placed: tuple[Bytes, Bytes]) -> tuple[Bytes, Bytes]:
        """Return marks of scenes and these, as often as makes them so large a part of all."""
        times = _copies(len(self.classes), len(placed[0]))
        return (
            np.concatenate([placed[0], *[self.placed] * times]),
            np.concatenate([placed[1], *[self.classes] * times]),
        )

    def keep(self, run: Run) -> None:
        """Keep them in the run's folder: their pictures may change while the run lasts.

        Raises:
            StorageError: if they cannot be written.
        """
        write_whole(run.folder / _FILE, self._packed())

    def hash(self) -> str:
        """Return the SHA-256 of what is learned, in hexadecimal."""
        found = hashlib.sha256()
        for name, array in sorted(self._arrays().items()):
            found.update(f"{name} {array.dtype} {array.shape}".encode())
            found.update(np.ascontiguousarray(array).tobytes())
        return found.hexdigest()

    @classmethod
    def kept(cls, run: Run, part: Added | None) -> Examples | None:
        """Return what ``keep`` kept, if the run has such a part.

        Raises:
            RunError: if the file is missing, damaged, or not what the run was begun with.
        """
        if part is None:
            return None
        path = run.folder / _FILE
        try:
            with path.open("rb") as file, np.load(file) as stored:
                arrays = {name: stored[name] for name in stored.files}
            strips = {
                int(width): Strips(*(arrays[f"{name}-{width}"] for name in _PARTS))
                for width in arrays["widths"]
            }
            found = cls(strips, arrays["placed"], arrays["classes"], part.count, part.name)
        except (OSError, KeyError, TypeError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise RunError(_("{path} is damaged: {reason}", path=path, reason=error)) from error
        if found.hash() != part.sha256:
            raise RunError(
                _("{path} does not hold the images that the run was begun with.", path=path)
            )
        return found

    def _arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        strips = {
            f"{name}-{width}": getattr(of_width, name)
            for width, of_width in self.strips.items()
            for name in _PARTS
        }
        return {
            "placed": self.placed,
            "classes": self.classes,
            "widths": np.asarray(sorted(self.strips)),
            **strips,
        }

    def _packed(self) -> bytes:
        file = BytesIO()
        np.savez_compressed(file, **self._arrays())  # type: ignore[arg-type] # stubs
        return file.getvalue()


@dataclass(frozen=True, slots=True, eq=False)
class Own:
    """What somebody adds to the reader's training.

    Args:
        images: digits to learn as they are.
        examples: what pictures taught.
    """

    images: LabeledImages | None = None
    examples: Examples | None = None


NOTHING_OWN = Own()


def _copies(own: int, scenes: int) -> int:
    return min(max(round(_SHARE * scenes / max(own, 1)), 1), _MOST_COPIES)


def _joined(parts: Sequence[Strips]) -> Strips:
    return Strips(*(np.concatenate([getattr(one, name) for one in parts]) for name in _PARTS))


def learn_from(
    reader: Reader, pictures: Iterable[PictureText], source: str, sure: float = 1.0
) -> Examples:
    """Find in pictures the digits that are told of them.

    Where a picture has other lines than those told, or digits are told that the networks see
    nowhere, nothing is learned from it. Where nobody says what stands on it, a sure reading that
    leaves nothing out is taken for right.

    Args:
        reader: with Tenfold's own networks, or such as went on from them.
        pictures: each with what stands on it.
        source: where they are from.
        sure: how likely right a reading is that is taken for right, 0 to 1.
    """
    gathered = _Gathered()
    count = 0
    for picture in pictures:
        try:
            reading = reader.read(picture.path, explain=True)
        except PictureError:
            continue
        texts = _surely_read(reading, sure) if picture.lines is None else picture.lines
        if texts is not None:
            count += _take(reading, texts, reader.lines, gathered)
    return gathered.examples(count, source)


def _surely_read(reading: Reading, sure: float) -> tuple[str, ...] | None:
    """The lines of a reading that may be taken for right; None of any other."""
    if not reading.text or reading.left_out or reading.confidence < sure:
        return None
    return tuple(line.text for line in reading.lines)


class _Gathered:
    """Strips and digits as they are found, one after another."""

    def __init__(self) -> None:
        self._strips: defaultdict[int, list[_Strip]] = defaultdict(list)
        self._placed: list[Bytes] = []
        self._classes: list[int] = []

    def add_mark(self, placed: npt.NDArray[np.float32], label: int) -> None:
        """Add one mark as placed, float32 [28, 28] in [0, 1]."""
        self._placed.append(np.rint(placed * 255).astype(np.uint8))
        self._classes.append(label)

    def add_strip(self, tone: npt.NDArray[np.float32], text: str, boxes: list[list[float]]) -> None:
        """Add a strip float32 [40, w], with its digits and their boxes in its pixels."""
        width = -(-tone.shape[1] // _STEP) * _STEP
        strip = np.zeros((STRIP_HEIGHT, width), np.uint8)
        strip[:, : tone.shape[1]] = np.rint(tone * 255)
        labels = np.full(MOST_DIGITS, -1, np.int8)
        labels[: len(text)] = list(map(int, text))
        places = np.zeros((MOST_DIGITS, 4), np.float32)
        places[: len(text)] = np.asarray(boxes, np.float32).reshape(-1, 4)
        self._strips[width].append((strip, labels, places))

    def examples(self, pictures: int, source: str) -> Examples:
        """Return all of it."""
        strips = {
            width: Strips(*(np.stack(part) for part in zip(*parts, strict=True)))
            for width, parts in sorted(self._strips.items())
        }
        placed = np.stack(self._placed) if self._placed else np.zeros((0, 28, 28), np.uint8)
        return Examples(strips, placed, np.asarray(self._classes, np.uint8), pictures, source)


def _take(reading: Reading, texts: tuple[str, ...], lines: LineModel, into: _Gathered) -> bool:
    """Learn one picture; return whether it taught anything."""
    attempt = reading.attempt
    assert attempt is not None
    if not texts:
        for found in (one for line in attempt.readings for one in line.found):
            into.add_mark(found.placed, NONE)
        for line in attempt.readings:
            into.add_strip(cut_strip(attempt.ink.tone, line.line).tone, "", [])
        return bool(attempt.readings)
    places = _places(attempt, len(texts))
    taken = [
        _take_line(attempt, line, text, lines, into)
        for line, text in zip(places, texts, strict=False)
        if len(text) <= MOST_DIGITS
    ]
    return any(taken)


def _places(attempt: Attempt, count: int) -> list[Line]:
    """Where so many lines are; nowhere if there are others."""
    found = [line.line for line in attempt.readings]
    if len(found) == count:
        return found
    together = whole_line(attempt.ink) if count == 1 else None
    return [] if together is None else [together]


def _take_line(attempt: Attempt, line: Line, text: str, lines: LineModel, into: _Gathered) -> bool:
    labels = tuple(map(int, text))
    took = False
    for zoom in _ZOOMS:
        view = look(attempt.ink, line, lines, zoom)
        aligned = align(view.columns, labels)
        if aligned.probability < _LEAST or any(a >= b for a, b in pairwise(aligned.columns)):
            continue
        boxes = [list(map(float, view.boxes[column])) for column in aligned.columns]
        into.add_strip(view.strip.tone, text, boxes)
        _take_digits(attempt, view.strip, labels, boxes, into)
        took = True
    return took


def _take_digits(
    attempt: Attempt,
    strip: Strip,
    labels: tuple[int, ...],
    boxes: list[list[float]],
    into: _Gathered,
) -> None:
    for label, (left, top, right, bottom) in zip(labels, boxes, strict=True):
        region = cut_digit(attempt.ink.cover, strip.box_of(left, top, right, bottom))
        if region is not None:
            into.add_mark(place(region.ink), label)
