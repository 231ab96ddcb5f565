"""The ways a picture may be meant, tried one after another until one makes sense.

Which is ink and which is paper, whether strokes are one digit or several lines, and which way is
up can be told from pixels only most of the time. Where what comes out is doubtful, the next way
is tried, and the clearest is taken.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from tenfold.imaging import Ink, Placement
from tenfold.imaging import find_ink as find_ink_by_light
from tenfold.imaging.layout import Line, find_lines, picture_line, whole_line
from tenfold.models import InkModel, LineModel, Model
from tenfold.reader.calibration import Calibration
from tenfold.reader.ink import find_ink, plain_ink
from tenfold.reader.lines import LineReading, glance, read_line

__all__ = ["Attempt", "Layout", "Networks", "first_attempt", "read_gray"]

Layout: TypeAlias = Literal["digit", "line", "page"]

# As clear as this, no other way is tried; as likely right as this, what the network takes for ink
# is taken for ink.
_CLEAR = 0.9
_LIKELY = 0.5

# A way that is not the first must be as clear as this, and so much clearer than the best. A lone
# digit must be clearer: many a sign looks like a digit in one way or another.
_CONVINCING = 0.25
_CONVINCING_ALONE = 0.6
_BETTER = 1.05

# So many likely lines are not the pieces of one.
_FEW_LINES = 3

# A picture this many times wider than high may be one line cut out of a form.
_WIDE = 1.5

# A page is turned only for so many digits; a single sign may look like a digit from some side.
_TURNED_DIGITS = 3

# Digits that are digits upside down, too.
_EITHER_WAY = frozenset((0, 1, 6, 8, 9))

# So many of a turned page's lines show whether the rest is worth reading. Where digits are as clear
# as this, each for itself, the page is not turned at all.
_SAMPLED = 3
_PROMISING = 0.7
_CLEAR_DIGITS = 0.98

# Noise falls into thousands of lines, or into lines of a thousand specks. Lines are read that are
# together as long as so many digits are high; an attempt is given up once so many of them were
# doubtful, and more than were not.
_MOST = 2500.0
_PATIENCE = 300.0

# A strip ends here, in heights of its digits.
_LONGEST_LINE = 150.0

Gray = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Networks:
    """What reads: the networks, and the constants that go with them."""

    ink: InkModel
    lines: LineModel
    digits: Model
    placement: Placement
    calibration: Calibration


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """One way to see a picture, and what it says then.

    Args:
        name: "glance", "lines", "together", "picture"; the way its strokes were grouped.
        ink: the ink found, upright in the way of this attempt.
        turns: quarter turns, counterclockwise, that made it upright.
        readings: its lines, from top to bottom.
        confidences: for each digit of each line, the probability that it is one and read rightly.
        clearness: the mean (geometric) probability of its lines' texts, 0 if there are none.
    """

    name: str
    ink: Ink
    turns: int
    readings: tuple[LineReading, ...]
    confidences: tuple[tuple[float, ...], ...]
    clearness: float

    @property
    def count(self) -> int:
        """How many digits were found."""
        return sum(len(reading.found) for reading in self.readings)


def read_gray(gray: Gray, networks: Networks, layout: Layout | None) -> Attempt:
    """Read a picture in the way that makes the most sense.

    Args:
        gray: float32 [h, w], 0 black to 1 white.
        networks: what reads.
        layout: what is known of the picture; None if nothing is.
    """
    quick = _at_once(gray, networks) if layout in (None, "digit") else None
    if quick is not None and quick.clearness >= _CLEAR:
        return quick
    ink = find_ink(gray, networks.ink)
    best = _best(_attempts_on(ink, networks, layout))
    if best.clearness < _LIKELY and ink.contrast > 0:
        best = _best(_attempts_on(find_ink_by_light(gray), networks, layout), best)
    return best if best.clearness >= _CLEAR else _turned(ink, best, networks, layout)


def first_attempt(gray: Gray, networks: Networks) -> Attempt:
    """Read a picture in the way that is tried first, however clear what comes out is."""
    quick = _at_once(gray, networks)
    return quick or next(_attempts_on(find_ink(gray, networks.ink), networks, None))


def _at_once(gray: Gray, networks: Networks) -> Attempt | None:
    """Read a small plain drawing of one digit at a glance; None where that is not enough."""
    ink = plain_ink(gray)
    together = None if ink is None else whole_line(ink)
    if ink is None or together is None:
        return None
    reading = glance(ink, together, networks.digits, networks.placement)
    return None if reading is None else _as_attempt("glance", ink, [reading], networks)


def _best(attempts: Iterator[Attempt], best: Attempt | None = None) -> Attempt:
    """Return the clearest of some attempts and ``best``; the first that is clear ends it."""
    for attempt in attempts:
        if best is None or _convinces(attempt, best):
            best = attempt
        if best.clearness >= _CLEAR:
            break
    assert best is not None
    return best


def _convinces(attempt: Attempt, best: Attempt) -> bool:
    least = _CONVINCING if attempt.count > 1 else _CONVINCING_ALONE
    return attempt.clearness > max(least, _BETTER * best.clearness)


def _attempts_on(ink: Ink, networks: Networks, layout: Layout | None) -> Iterator[Attempt]:
    """Yield attempts on some ink, the likeliest first; at least one.

    Args:
        ink: as found in the picture, upright.
        networks: what reads.
        layout: what is known of the picture; None if nothing is.
    """
    together = whole_line(ink)
    if layout in (None, "digit") and together is not None:
        reading = glance(ink, together, networks.digits, networks.placement)
        if reading is not None:
            yield _as_attempt("glance", ink, [reading], networks)
    lines = find_lines(ink)
    if layout in (None, "page") or not lines:
        attempt = _attempt("lines", ink, lines, networks)
        yield attempt
        if len(lines) > _FEW_LINES and attempt.clearness >= _LIKELY:
            return
    if together is None or layout == "page":
        return
    if layout is not None or not _same(lines, together):
        yield _attempt("together", ink, (together,), networks)
    height, width = ink.tone.shape
    if layout == "line" or (layout is None and width > _WIDE * height):
        yield _attempt("picture", ink, (picture_line(ink),), networks)


def _same(lines: tuple[Line, ...], together: Line) -> bool:
    return len(lines) == 1 and abs(lines[0].height - together.height) < 0.1 * together.height


def _attempt(name: str, ink: Ink, lines: tuple[Line, ...], networks: Networks) -> Attempt:
    readings = []
    clear = doubtful = 0.0
    for line in _affordable(lines):
        reading = read_line(ink, line, networks.lines, networks.digits, networks.placement)
        readings.append(reading)
        if reading.is_clear:
            clear += _length(line)
        else:
            doubtful += _length(line)
        if doubtful > max(_PATIENCE, clear):
            break
    return _as_attempt(name, ink, readings, networks)


def _as_attempt(name: str, ink: Ink, readings: list[LineReading], networks: Networks) -> Attempt:
    trust = networks.calibration
    confidences = tuple(tuple(trust.confidences(reading)) for reading in readings)
    pairs = zip(readings, confidences, strict=True)
    wholes = [trust.whole(reading, sure) for reading, sure in pairs if sure]
    clearness = math.prod(wholes) ** (1 / len(wholes)) if wholes else 0.0
    return Attempt(name, ink, 0, tuple(readings), confidences, clearness)


def _affordable(lines: tuple[Line, ...]) -> list[Line]:
    """The highest lines, as many as can be read in fair time, in the order that they had."""
    reached = 0.0
    kept = set()
    for at in sorted(range(len(lines)), key=lambda at: -lines[at].height):
        reached += _length(lines[at])
        if reached > _MOST:
            break
        kept.add(at)
    return [line for at, line in enumerate(lines) if at in kept]


def _length(line: Line) -> float:
    """How long a line is, in heights of its digits, with the paper around it."""
    return 1 + min((line.right - line.left) / max(line.height, 1.0), _LONGEST_LINE)


def _turned(upright: Ink, best: Attempt, networks: Networks, layout: Layout | None) -> Attempt:
    """Try the picture lying on its sides and upside down, if it seems to hold several digits.

    All of it is read only where its longest lines say that this may be the right way up.
    """
    if layout == "digit" or len(best.readings) + best.count < _TURNED_DIGITS:
        return best
    count, clearest = _of_numbers(best, networks.calibration)
    if clearest ** (len(best.readings) / max(best.count, 1)) >= _CLEAR_DIGITS:
        return best
    for turns in (1, 3) if _reads_either_way(best) else (1, 3, 2):
        ink = _turned_ink(upright, turns)
        lines = find_lines(ink)
        least = max(_CONVINCING_ALONE, _BETTER * clearest)
        if len(lines) > _SAMPLED:
            sample = sorted(lines, key=_length, reverse=True)[:_SAMPLED]
            _count, clearness = _of_numbers(
                _attempt("lines", ink, tuple(sample), networks), networks.calibration
            )
            if clearness < _PROMISING * least:
                continue
        attempt = _attempt("lines", ink, lines, networks)
        now, clearness = _of_numbers(attempt, networks.calibration)
        if now >= max(_TURNED_DIGITS, count) and clearness > least:
            best, count, clearest = replace(attempt, turns=turns), now, clearness
    return best


def _reads_either_way(attempt: Attempt) -> bool:
    """Whether all that was read would be as good a text upside down, so that it shows nothing."""
    found = [one for reading in attempt.readings for one in reading.found]
    return bool(found) and all(int(one.combined().argmax()) in _EITHER_WAY for one in found)


def _turned_ink(ink: Ink, turns: int) -> Ink:
    planes = {"cover": ink.cover, "tone": ink.tone, "other": ink.other}
    turned = {
        name: None if plane is None else np.ascontiguousarray(np.rot90(plane, turns))
        for name, plane in planes.items()
    }
    return replace(ink, **turned)  # type: ignore[arg-type] # cover and tone are there


def _of_numbers(attempt: Attempt, trust: Calibration) -> tuple[int, float]:
    """Count the digits by which a picture shows which way is up, and say how clear their lines are.

    Where most digits stand in lines of several, one in a line of its own may be the sheet's edge,
    which reads as a 1 from one side and as nothing from the other.
    """
    lines = zip(attempt.readings, attempt.confidences, strict=True)
    numbers = [(line, sure) for line, sure in lines if len(sure) > 1]
    count = sum(len(sure) for _line, sure in numbers)
    if 2 * count <= attempt.count:
        return attempt.count, attempt.clearness
    return count, math.prod(trust.whole(*number) for number in numbers) ** (1 / len(numbers))
