"""Ink on paper: how much of it covers each pixel, whatever the colors and the light."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.imaging._quantile import ranked
from tenfold.imaging.light import find_paper

__all__ = ["Ink", "find_ink"]

# Ink must differ from its paper by this part of the paper's brightness, and by so many
# standard deviations of the paper's own grain.
_FAINTEST = 0.06
_GRAINS = 6.0
_FAINT_GRAINS = 2.5

# Print under the ink passes for grain; ink darker than this shows even on it.
_GRAINIEST = 0.45

# Bright ink has at least this range of gray above its paper.
_LEAST_HEADROOM = 0.5

# Pixels this far apart, or a 40th of a small picture's width, share their light but not their
# grain, even in a JPEG, whose blocks are 8 wide.
_NEAR = 8

# A pixel belongs to a stroke from this part of the full ink on.
_STROKE = 0.3


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Ink:
    """The ink of a picture.

    Args:
        cover: float32 [h, w], 0 paper to 1 full ink; exactly 0 away from strokes.
        tone: float32 [h, w], the same with all that is faint left in it: print, grain, shadows.
        bright: whether the ink is brighter than the paper (chalk, MNIST).
        contrast: how far full ink differs from its paper, as a part of the paper's brightness,
            0 (there is no ink) to 1.
        other: float32 [h, w], which part of the ink in each pixel is of other writing than digits,
            0 to 1; None where nothing tells them apart.
    """

    cover: npt.NDArray[np.float32]
    tone: npt.NDArray[np.float32]
    bright: bool
    contrast: float
    other: npt.NDArray[np.float32] | None = None


def find_ink(
    gray: npt.NDArray[np.float32], bright: bool | None = None, *, faint: bool = False
) -> Ink:
    """Find the ink: the polarity, the paper under uneven light, and the strength of the strokes.

    Args:
        gray: float32 [h, w] in [0, 1], 0 black.
        bright: whether the ink is brighter than the paper; by default found out.
        faint: whether to take for ink what is hardly more than the paper's grain.

    Returns:
        The ink; a blank picture has a cover of zeros and a contrast of 0.
    """
    paper, bright = find_paper(gray, bright)
    # Ink absorbs a part of the light that falls on it, so dark ink is measured by its paper.
    # Chalk adds light; on paper that is bright itself its little headroom must not be blown up.
    white = np.maximum(paper, _LEAST_HEADROOM) if bright else paper
    depth = paper - (1 - gray if bright else gray)
    depth /= white
    floor = max(_FAINTEST, min((_FAINT_GRAINS if faint else _GRAINS) * _grain(depth), _GRAINIEST))
    inked = depth[depth > floor]
    # A picture that is nearly all "ink" has no paper to tell it from.
    if not 0 < inked.size < 0.8 * depth.size:
        return Ink(np.zeros_like(depth), np.zeros_like(depth), bright, 0.0)
    full = _full(inked)
    mask = (depth > max(floor, _STROKE * full)).view(np.uint8)
    reach = 1 + max(depth.shape) // 400
    square = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    near = np.asarray(cv2.dilate(mask, square), np.uint8).reshape(depth.shape)
    depth /= np.float32(full)
    tone = np.clip(depth, 0, 1, out=depth)
    return Ink(_near_strokes(tone, near), tone, bright, min(full, 1.0))


def _near_strokes(
    tone: npt.NDArray[np.float32], near: npt.NDArray[np.uint8]
) -> npt.NDArray[np.float32]:
    """The tone where strokes are near and it is no mere breath, elsewhere exactly 0."""
    cover = np.zeros(tone.shape, np.float32)
    # Most of a photograph is paper.
    x, y, width, height = cv2.boundingRect(near)
    inside = (slice(y, y + height), slice(x, x + width))
    part = np.multiply(tone[inside], near[inside], out=cover[inside])
    part[part < _FAINTEST / 2] = 0
    return cover


def _grain(depth: npt.NDArray[np.float32]) -> float:
    """The standard deviation of bare paper, from how near pixels differ: light does not count."""
    flat = depth.ravel()
    step = max(1, flat.size // 100_000)
    near = min(_NEAR, 1 + depth.shape[1] // 40)
    differences = np.abs(flat[near::step] - flat[:-near:step])
    if differences.size == 0:
        return 0.0
    # The median deviation shrugs at the few pairs that lie across the edge of a stroke.
    return 1.4826 * ranked(differences, 0.5) / 2**0.5


def _full(inked: npt.NDArray[np.float32]) -> float:
    """The depth of full ink: of the darker kind of inked pixels, what most of them reach."""
    step = max(1, inked.size // 100_000)
    sample = inked[::step]
    levels = np.clip(sample * 255, 0, 255).astype(np.uint8)
    level, _levels = cv2.threshold(levels, 0, 255, cv2.THRESH_OTSU)
    darker = sample[levels > level]
    return ranked(darker if darker.size else sample, 0.75)
