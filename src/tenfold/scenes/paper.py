"""What lies under and beside the ink: paper, print, rules, light, and the camera."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.scenes.handwriting import draw_path

__all__ = ["add_rules", "blurred", "captured", "photographed", "random_paper"]

Plane = npt.NDArray[np.float32]
Rng = np.random.Generator


def random_paper(height: int, width: int, unit: float, most: float, rng: Rng) -> Plane:
    """Return some paper, float32 [height, width] in about 0.2 to 1; print on it is darker.

    Args:
        height: in pixels.
        width: in pixels.
        unit: how high digits are on it, in pixels; print is made to that measure.
        most: how dark print may be at most, 0 to 1; ink is darker.
        rng: decides everything else.
    """
    kind = rng.random()
    if kind < 0.3:
        return np.ones((height, width), np.float32)
    paper = np.full((height, width), rng.uniform(0.4, 1.0), np.float32)
    paper *= _light(height, width, rng)
    if kind > 0.6:
        for _family in range(rng.integers(1, 4)):
            paper *= 1 - _guilloche(height, width, unit, rng) * most
    if kind > 0.85:
        paper *= 1 - _blotches(height, width, unit, rng) * most
    return paper


def add_rules(canvas: Plane, unit: float, rng: Rng) -> None:
    """Draw rules, cell borders or stray bits on the ink plane ``canvas`` in place."""
    height, width = canvas.shape
    if rng.random() < 0.16:
        for _rule in range(rng.integers(1, 3)):
            y, drop = rng.uniform(0, height), rng.normal(0, 0.03) * width
            ends = np.array([[-2, y], [width + 2, y + drop]], np.float32)
            draw_path(canvas, ends, rng.uniform(0.4, 0.09 * unit), rng.uniform(0.3, 1))
    if rng.random() < (0.3 if width < 2 * height else 0.12):
        for _border in range(rng.integers(1, 4)):
            _add_border(canvas, unit, rng)
    if rng.random() < 0.12:
        for _speck in range(rng.integers(1, 6)):
            at = (int(rng.integers(width)), int(rng.integers(height)))
            dark = float(rng.uniform(0.3, 1))
            cv2.circle(canvas, at, int(rng.uniform(0, 0.05 * unit)), dark, -1, cv2.LINE_AA)


def photographed(paper: Plane, ink: Plane, rng: Rng) -> npt.NDArray[np.uint8]:
    """Return gray, uint8 [h, w]: ``ink`` (0 to 1) on ``paper`` as a camera or a scanner sees it."""
    if rng.random() < 0.5:
        ink = blurred(ink, rng.uniform(0.3, 1.1))
    return captured(paper * (1 - ink), rng)


def captured(gray: Plane, rng: Rng) -> npt.NDArray[np.uint8]:
    """Return uint8 [h, w] of a view: grain, at times all of it inverted or packed as JPEG."""
    if rng.random() < 0.55:
        grain = rng.normal(0, 1, gray.shape).astype(np.float32)
        if rng.random() < 0.5:
            grain = blurred(grain, rng.uniform(0.4, 1.2)) * 2
        gray = gray + grain * np.float32(np.exp(rng.uniform(np.log(0.003), np.log(0.05))))
    if rng.random() < 0.3:
        gray = 1 - gray
    pixels = np.clip(gray * 255 + 0.5, 0, 255).astype(np.uint8)
    if rng.random() < 0.35:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 96))]
        _done, packed = cv2.imencode(".jpg", pixels, quality)
        pixels = cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)
    return np.asarray(pixels)


def _light(height: int, width: int, rng: Rng) -> Plane:
    """Uneven light, and at times the soft edge of a shadow."""
    coarse = rng.uniform(1 - rng.uniform(0, 0.35), 1, (2, 2)).astype(np.float32)
    light = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.1:
        row, column = np.mgrid[0:height, 0:width].astype(np.float32)
        angle = rng.uniform(0, 2 * np.pi)
        across = np.cos(angle) * (column - rng.uniform(0, width))
        across = across + np.sin(angle) * (row - rng.uniform(0, height))
        edge = 1 / (1 + np.exp(-across / rng.uniform(1, 0.3 * height + 2)))
        light = light * (1 - np.float32(rng.uniform(0.1, 0.45)) * edge)
    return np.asarray(light, np.float32).reshape(height, width)


def _guilloche(height: int, width: int, unit: float, rng: Rng) -> Plane:
    """A family of fine waving lines, as security print has them; 0 none to 1 black."""
    row, column = np.mgrid[0:height, 0:width].astype(np.float32) / np.float32(unit)
    angle = rng.normal(0, 0.3) if rng.random() < 0.7 else rng.uniform(0, np.pi)
    along = column * np.cos(angle) + row * np.sin(angle)
    across = row * np.cos(angle) - column * np.sin(angle)
    sway = rng.uniform(0, 0.25) * np.sin(along * rng.uniform(1, 7) + rng.uniform(0, 6))
    lines = np.sin((across + sway) * (2 * np.pi * rng.uniform(3, 12)) + rng.uniform(0, 6))
    thin = np.clip((lines - rng.uniform(-0.4, 0.7)) * 2, 0, 1)
    return np.asarray(thin * rng.uniform(0.1, 0.75), np.float32)


def _blotches(height: int, width: int, unit: float, rng: Rng) -> Plane:
    """Stains and weave, 0 none to 1 black."""
    size = (max(2, int(width / unit * 6)), max(2, int(height / unit * 6)))
    coarse = rng.random(size[::-1]).astype(np.float32) ** 3
    large = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large * rng.uniform(0.1, 0.7), np.float32).reshape(height, width)


def _add_border(canvas: Plane, unit: float, rng: Rng) -> None:
    """A dark border along one side, as on a cell cut out of a grid."""
    height, width = canvas.shape
    thick, lean = rng.uniform(0, 0.12) * unit, rng.normal(0, 0.05)
    dark = rng.uniform(0.4, 1)
    if rng.random() < 0.5:
        x = rng.choice([0.0, width - 1.0]) + rng.normal(0, 0.04) * unit
        ends = np.array([[x, -2], [x + lean * height, height + 2]], np.float32)
    else:
        y = rng.choice([0.0, height - 1.0]) + rng.normal(0, 0.04) * unit
        ends = np.array([[-2, y], [width + 2, y + lean * height]], np.float32)
    draw_path(canvas, ends, 0.5 + thick, dark)


def blurred(plane: Plane, sigma: float) -> Plane:
    """Return a plane [h, w] blurred by a Gaussian of ``sigma`` pixels."""
    return np.asarray(cv2.GaussianBlur(plane, (0, 0), sigma), np.float32).reshape(plane.shape)
