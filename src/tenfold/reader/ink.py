"""The ink of a picture, found by a network at the scale that its writing has.

A small copy is looked at first. Where what is written on it is too small to be read, a larger one
is, up to the picture itself; so a photograph of one digit costs little more than a drawing of it.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.imaging import Ink
from tenfold.imaging.layout import find_parts, usual_height
from tenfold.models import InkModel

__all__ = ["find_ink", "plain_ink"]

# Pixels of a side of the first copy, were it a square.
_FIRST = 128.0

# A picture that is smaller even so enlarged is: a stroke one pixel wide is hard to see.
_ENLARGED = 2.0

# Writing so many pixels high is read; smaller is looked at again, enlarged to so many if it can be.
_READABLE = 24.0
_WANTED = 40.0

# Writing lower than this in the picture itself is looked at in an enlarged one, as is a small
# picture, unless it has more pixels than this.
_TINY = 18.0
_MOST = 600_000

# Of nothing found, a copy so many times larger is looked at.
_LARGER = 2.0

# A pixel is inked from this cover on; less than the least is a breath of doubt.
_INKED = 0.5
_LEAST = 0.1

# With fewer inked pixels than this there is no digit that could be told from a speck.
_FEWEST = 12

# Paper is looked for so near to strokes, as a part of the picture's longer side.
_AROUND = 0.04

# A drawing not larger than this, on paper of one tone all along its rim, needs nobody to find ink.
_SMALL = 64
_STRONG = 0.5

Gray = npt.NDArray[np.float32]


def plain_ink(gray: Gray) -> Ink | None:
    """Return what is not of the paper's one tone in a small drawing, as MNIST's images are.

    Args:
        gray: float32 [h, w] in [0, 1], 0 black.

    Returns:
        The ink; None if the picture is large, its rim has more than one tone, or what is on it is
        pale.
    """
    if max(gray.shape) > _SMALL or min(gray.shape) < 3:
        return None
    paper = gray[0, 0]
    rims = (gray[0], gray[-1], gray[:, 0], gray[:, -1])
    if any((rim != paper).any() for rim in rims):
        return None
    cover = np.abs(gray - paper)
    contrast = float(cover.max())
    if contrast < _STRONG:
        return None
    cover /= np.float32(contrast)
    return Ink(cover, cover, bright=bool(paper < _INKED), contrast=contrast)


def find_ink(gray: Gray, model: InkModel) -> Ink:
    """Find the ink of writing: of digits, letters and signs, not of print, rules or shadows.

    Args:
        gray: float32 [h, w] in [0, 1], 0 black.
        model: finds it.

    Returns:
        The ink, on planes of about the shape of ``gray``; without any, its contrast is 0.
    """
    scale = _FIRST / math.sqrt(gray.size)
    if scale > 1:
        scale = _ENLARGED if scale >= _ENLARGED else 1.0
    while True:
        view = _resized(gray, scale)
        ink = _ink(view, model.predict(view))
        parts = find_parts(ink)
        height = usual_height(parts) if len(parts) else 0.0
        larger = _larger(scale, height, gray.size)
        if larger <= scale:
            return ink
        scale = larger


def _larger(scale: float, height: float, pixels: int) -> float:
    """The scale to look at next, where writing so high was found; no larger one if it is high."""
    if scale < 1 and height < _READABLE:
        return min(1.0, scale * (_WANTED / height if height else _LARGER))
    tiny = 0 < height < _TINY and scale == 1 and pixels < _MOST
    return _ENLARGED if tiny else scale


def _resized(gray: Gray, scale: float) -> Gray:
    if scale == 1:
        return gray
    height, width = gray.shape
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(gray, size, interpolation=way), np.float32).reshape(size[::-1])


def _ink(view: Gray, planes: Gray) -> Ink:
    """What the network says, as ink; with its polarity and contrast, which say how it looks."""
    tone = planes.max(0)
    tone[tone < _LEAST] = 0
    inked = tone > _INKED
    if np.count_nonzero(inked) < _FEWEST:
        nothing = np.zeros_like(tone)
        return Ink(nothing, nothing, bright=False, contrast=0.0)
    reach = 1 + round(_AROUND * max(view.shape))
    square = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    near = cv2.dilate(inked.view(np.uint8), square).reshape(view.shape) > 0
    paper = view[near & (tone == 0)]
    stroke = float(np.median(view[inked]))
    around = float(np.median(paper)) if paper.size else 1 - stroke
    contrast = abs(around - stroke) / max(around, stroke, 1e-3)
    # Where there is no ink, the least keeps nothing from being divided by nothing.
    other = planes[1] / np.maximum(planes.sum(0), _LEAST)
    return Ink(tone, tone, bright=stroke > around, contrast=max(contrast, 1e-3), other=other)
