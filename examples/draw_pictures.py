"""Draw the sample pictures beside this file: digits as people write them, in many situations.

Run ``python examples/draw_pictures.py [FOLDER]``. Every picture comes from the strokes below and a
fixed seed; nothing in them was drawn or photographed by anybody. A picture's name begins with the
digit it shows, and ends with its situation.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

Plane: TypeAlias = npt.NDArray[np.float32]
Color: TypeAlias = tuple[int, int, int]

# The points a pen passes through, in hundredths of a box: x to the right, y downwards.
STROKES = {
    "zero": [
        "60,3 42,4 25,22 17,50 24,82 45,98 68,90 82,62 81,30 68,8 52,4",
    ],
    "one": [
        "34,24 50,12 60,0 56,50 50,100",
    ],
    "two": [
        "18,24 34,4 66,3 80,24 66,52 36,80 15,96 40,92 64,97 88,93",
    ],
    "three": [
        "20,13 44,0 74,10 73,33 42,46 74,54 82,78 60,97 30,98 14,86",
    ],
    "four": [
        "36,3 26,30 13,58 40,60 90,55",
        "70,20 67,60 62,100",
    ],
    "five": [
        "28,5 25,25 21,44 46,38 74,50 80,76 56,97 28,97 14,87",
        "27,6 50,6 84,2",
    ],
    "six": [
        "68,2 42,20 24,52 24,82 46,98 72,88 74,64 52,54 28,70",
    ],
    "seven": [
        "13,8 45,6 84,4 66,38 50,70 42,100",
        "34,54 55,50 76,47",
    ],
    "eight": [
        "73,17 64,4 44,1 28,12 30,30 50,45 70,60 78,80 66,96 40,98 23,84 30,64 50,47 68,32 75,14",
    ],
    "nine": [
        "73,17 60,3 40,3 25,18 26,38 42,49 60,42 71,22 73,14 72,45 66,76 56,100",
    ],
}


def pen_path(points: npt.NDArray[np.float64], steps: int = 40) -> npt.NDArray[np.float64]:
    """Return a smooth curve through ``points`` [m, 2] (Catmull-Rom), float64 [n, 2]."""
    known = np.concatenate([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(known, known[1:], known[2:], known[3:], strict=False):
        cubic = (3 * b - a - 3 * c + d) * t**3 + (2 * a - 5 * b + 4 * c - d) * t**2
        pieces.append((cubic + (c - a) * t + 2 * b) / 2)
    return np.concatenate([*pieces, known[-1:]])


def write(
    random: np.random.Generator,
    digit: str,
    canvas: tuple[int, int],
    box: tuple[float, float, float, float],
    pen: float,
    slant: float = 0.0,
) -> Plane:
    """Write a digit by hand.

    Args:
        random: where the unsteadiness of the hand comes from.
        digit: "zero" to "nine".
        canvas: height and width in pixels.
        box: left, top, width and height of the digit in pixels.
        pen: mean width of the pen in pixels.
        slant: how far the top leans to the right, as a part of the height.

    Returns:
        float32 [height, width], 0 paper to 1 ink.
    """
    zoom = 4
    left, top, width, height = box
    plane = np.zeros((canvas[0] * zoom, canvas[1] * zoom), np.uint8)
    for stroke in STROKES[digit]:
        points = np.array([point.split(",") for point in stroke.split()], np.float64) / 100
        path = pen_path(points + random.normal(0, 0.01, points.shape))
        path[:, 0] += slant * (0.5 - path[:, 1])
        path = (path * (width, height) + (left, top)) * zoom
        waves = np.interp(np.linspace(0, 1, len(path)), np.linspace(0, 1, 7), random.normal(size=7))
        for (x, y), wave in zip(path, waves, strict=True):
            radius = max(1, round(pen * zoom / 2 * (1 + 0.12 * wave)))
            cv2.circle(plane, (round(x), round(y)), radius, 255, -1, cv2.LINE_AA)
    small = cv2.resize(plane, canvas[::-1], interpolation=cv2.INTER_AREA)
    return small.astype(np.float32) / np.float32(255)


def cloud(random: np.random.Generator, canvas: tuple[int, int], grain: float) -> Plane:
    """Return smooth noise of unit deviation whose spots are about ``grain`` pixels wide."""
    noise = random.normal(size=canvas).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), grain)
    return np.asarray((soft - soft.mean()) / soft.std(), np.float32)


def paint(ink: Plane, paper: Color, pen: Color, light: Plane | float = 1.0) -> Image.Image:
    """Lay ink on paper under ``light`` (1 is full)."""
    cover = ink[..., None]
    surface = np.array(paper) * (1 - cover) + np.array(pen) * cover
    lit = surface * (light if isinstance(light, float) else light[..., None])
    return Image.fromarray(np.clip(lit + 0.5, 0, 255).astype(np.uint8))


def black_pen(random: np.random.Generator) -> Image.Image:
    """A black pen on white."""
    ink = write(random, "three", (280, 240), (70, 50, 105, 170), 10)
    return paint(ink, (255, 255, 255), (15, 15, 20))


def blue_ink(random: np.random.Generator) -> Image.Image:
    """Blue ink on yellowish, grainy paper that darkens to one side."""
    canvas = (260, 220)
    ink = write(random, "seven", canvas, (60, 55, 95, 140), 7, slant=0.1)
    y, x = np.mgrid[0:1:260j, 0:1:220j]
    light = 1.0 - 0.45 * (0.35 * y + 0.65 * x) ** 1.5 + 0.012 * cloud(random, canvas, 1.2)
    picture = paint(ink, (246, 232, 190), (38, 55, 140), light.astype(np.float32))
    return picture.quantize(64, dither=Image.Dither.NONE)


def hard_shadow(random: np.random.Generator) -> Image.Image:
    """A ballpoint pen on paper with the shadow of a hand's edge across it."""
    canvas = (240, 240)
    ink = write(random, "two", canvas, (70, 50, 110, 145), 8)
    y, x = np.mgrid[0:240, 0:240]
    edge = 1 / (1 + np.exp(-(x + 0.5 * y - 190) / 5))
    light = 1.0 - 0.42 * edge + 0.01 * cloud(random, canvas, 1.2)
    picture = paint(ink, (240, 238, 232), (30, 32, 48), light.astype(np.float32))
    return picture.quantize(64, dither=Image.Dither.NONE)


def chalk(random: np.random.Generator) -> Image.Image:
    """White chalk on a blackboard that was wiped."""
    canvas = (260, 260)
    ink = write(random, "four", canvas, (65, 50, 125, 160), 13)
    crumbs = np.clip(0.82 + 0.25 * cloud(random, canvas, 1.0), 0, 1)
    wiped = 1 + 0.1 * cloud(random, canvas, 18)
    picture = paint(ink * crumbs, (42, 62, 52), (236, 236, 226), wiped.astype(np.float32))
    return picture.quantize(64, dither=Image.Dither.NONE)


def transparent(random: np.random.Generator) -> Image.Image:
    """Black strokes that exist in the alpha channel only, as drawing programs save them."""
    ink = write(random, "eight", (200, 200), (50, 25, 95, 150), 11)
    pixels = np.zeros((200, 200, 4), np.uint8)
    pixels[..., 3] = np.round(ink * 255)
    return Image.fromarray(pixels)


def white_on_nothing(random: np.random.Generator) -> Image.Image:
    """White strokes on a transparent ground."""
    ink = write(random, "zero", (180, 180), (40, 25, 100, 130), 10)
    pixels = np.full((180, 180, 4), 255, np.uint8)
    pixels[..., 3] = np.round(ink * 255)
    return Image.fromarray(pixels)


def corner(random: np.random.Generator) -> Image.Image:
    """A small digit in the corner of a large sheet."""
    ink = write(random, "five", (480, 640), (540, 400, 34, 48), 3.5)
    return paint(ink, (255, 255, 255), (20, 20, 20))


def marker(random: np.random.Generator) -> Image.Image:
    """A broad marker that nearly fills the picture."""
    ink = write(random, "six", (200, 160), (26, 24, 110, 150), 25)
    return paint(ink, (250, 250, 248), (20, 20, 24))


def pencil(random: np.random.Generator) -> Image.Image:
    """A thin, pale pencil."""
    canvas = (300, 260)
    ink = write(random, "nine", canvas, (70, 50, 120, 195), 2.6)
    worn = np.clip(0.8 + 0.15 * cloud(random, canvas, 1.5), 0, 1)
    return paint(ink * worn, (248, 248, 246), (120, 120, 124)).convert("L")


def red_slanted(random: np.random.Generator) -> Image.Image:
    """A slanted stroke of red felt pen."""
    ink = write(random, "one", (220, 200), (65, 35, 75, 150), 9, slant=0.35)
    return paint(ink, (252, 252, 250), (196, 30, 34))


def mnist_like(random: np.random.Generator) -> Image.Image:
    """28 x 28 pixels, bright on black, as in MNIST."""
    ink = write(random, "five", (28, 28), (7, 5, 14, 18), 2.4)
    return paint(ink, (0, 0, 0), (255, 255, 255)).convert("L")


def scanned(random: np.random.Generator) -> Image.Image:
    """A fax: black and white alone, with specks."""
    canvas = (240, 200)
    ink = write(random, "three", canvas, (50, 40, 100, 155), 8, slant=0.08)
    specks = random.random(canvas) < 0.0012
    return Image.fromarray((ink < 0.5) & ~specks)


PICTURES: dict[str, Callable[[np.random.Generator], Image.Image]] = {
    "zero-white-on-transparent": white_on_nothing,
    "one-red-slanted": red_slanted,
    "two-hard-shadow": hard_shadow,
    "three-black-pen": black_pen,
    "three-fax": scanned,
    "four-chalk": chalk,
    "five-28x28": mnist_like,
    "five-small-in-corner": corner,
    "six-marker": marker,
    "seven-blue-ink": blue_ink,
    "eight-transparent": transparent,
    "nine-pencil": pencil,
}


def main(folder: Path) -> None:
    """Draw every picture into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed, (name, draw) in enumerate(PICTURES.items()):
        draw(np.random.default_rng(seed)).save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "pictures")
