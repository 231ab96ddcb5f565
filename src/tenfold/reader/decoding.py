"""From a line network's columns to a text: alignments as in connectionist temporal classification.

Graves, Fernandez, Gomez and Schmidhuber 2006. Each column says one of the ten digits or nothing;
a text's probability is the sum over all ways to say it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["BLANK", "DecodedText", "align", "decode"]

BLANK = 10
"""The column's answer for nothing, and for the second half of what was said already."""

_TINY = 1e-300

# Columns as clear as this leave no doubt about the text.
_CLEAR = 0.95

# Texts kept while columns are read.
_BEAM = 8

# A column surer of nothing than this is silent, and the next one adds nothing to it; a digit less
# probable than this is not said.
_SILENT = 0.999
_UNLIKELY = 1e-3

Numbers = npt.NDArray[np.float64]

# Each text, and how probable it is that it was said so far, ending in nothing and in a digit.
Beams: TypeAlias = dict[tuple[int, ...], tuple[float, float]]


@dataclass(frozen=True, slots=True, eq=False)
class DecodedText:
    """The most probable text of a strip.

    Args:
        labels: its digits.
        columns: for each digit the column that says it most clearly.
        probability: of the whole text, 0 to 1.
    """

    labels: tuple[int, ...]
    columns: tuple[int, ...]
    probability: float


def decode(probabilities: Numbers) -> DecodedText:
    """Decode a strip's columns.

    Args:
        probabilities: float64 [columns, 11], each row a distribution; the last is ``BLANK``.
    """
    return align(probabilities, _best_text(probabilities))


def align(probabilities: Numbers, labels: tuple[int, ...]) -> DecodedText:
    """Find where a strip's columns say ``labels``, and how probable that text is."""
    # A column each, and one of nothing between two that are the same.
    if len(labels) + sum(a == b for a, b in pairwise(labels)) > len(probabilities):
        return DecodedText(labels, tuple([0] * len(labels)), 0.0)
    kept = _telling(probabilities)
    score, columns = _align(probabilities[kept], labels)
    columns = tuple(int(kept[column]) for column in columns)
    return DecodedText(labels, columns, math.exp(min(0.0, score)))


def _telling(probabilities: Numbers) -> npt.NDArray[np.intp]:
    """The columns that say something, and of each run of silent ones the first."""
    silent = probabilities[:, BLANK] > _SILENT
    return np.flatnonzero(~silent | np.append(True, ~silent[:-1]))


def _best_text(probabilities: Numbers) -> tuple[int, ...]:
    """The best text: what each column says most clearly, or if some do not, a beam search."""
    clearest = probabilities.argmax(1)
    if probabilities.max(1).min() > _CLEAR:
        said = clearest[np.append(True, clearest[1:] != clearest[:-1])]
        return tuple(int(label) for label in said if label != BLANK)
    beams: Beams = {(): (1.0, 0.0)}
    for row in probabilities[_telling(probabilities)].tolist():
        beams = _extended(beams, row)
    return max(beams, key=lambda text: sum(beams[text]))


def _extended(beams: Beams, row: list[float]) -> Beams:
    """One column read: the best texts, all together as probable as 1."""
    following: dict[tuple[int, ...], list[float]] = {}
    likely = [label for label in range(BLANK) if row[label] > _UNLIKELY]
    for text, (blank, spoken) in beams.items():
        both = blank + spoken
        pair = following.setdefault(text, [0.0, 0.0])
        pair[0] += both * row[BLANK]
        if text:
            pair[1] += spoken * row[text[-1]]
        for label in likely:
            before = blank if text and text[-1] == label else both
            following.setdefault((*text, label), [0.0, 0.0])[1] += before * row[label]
    best = sorted(following.items(), key=lambda item: -item[1][0] - item[1][1])[:_BEAM]
    total = sum(pair[0] + pair[1] for _text, pair in best) + _TINY
    return {text: (pair[0] / total, pair[1] / total) for text, pair in best}


def _align(probabilities: Numbers, labels: tuple[int, ...]) -> tuple[float, tuple[int, ...]]:
    """The log probability of ``labels``, and the column at which each is clearest."""
    states = [BLANK] * (2 * len(labels) + 1)
    states[1::2] = labels
    # From one digit straight to the next, unless they are the same.
    skips = [0.0] * len(states)
    skips[3::2] = [float(a != b) for a, b in pairwise(labels)]
    said = probabilities[:, states]
    forward, total = _passed(said, skips)
    backward, _total = _passed(said[::-1, ::-1], [*skips[:2], *skips[:1:-1]])
    posterior = forward * backward[::-1, ::-1] / np.maximum(said, _TINY)
    return total, tuple(int(c) for c in posterior[:, 1::2].argmax(0))


def _passed(said: Numbers, skips: list[float]) -> tuple[Numbers, float]:
    """How probable each state is at each column, each column scaled to 1; and the log of all.

    ``skips`` is 1 where a state may be entered from the one before the last. Plain numbers, for
    the few states of a number are walked through sooner than arrays are made of them.
    """
    now = [1.0, *[0.0] * (len(skips) - 1)]
    forward = []
    total = 0.0
    for spoken in said.tolist():
        before, second = [0.0, *now], [0.0, 0.0, *now]
        now = [
            (a + b + c * skip) * share
            for a, b, c, skip, share in zip(
                now, before[:-1], second[:-2], skips, spoken, strict=True
            )
        ]
        scale = sum(now) + _TINY
        now = [one / scale for one in now]
        total += math.log(scale)
        forward.append(now)
    return np.array(forward), total + math.log(sum(now[-2:]) + _TINY)
