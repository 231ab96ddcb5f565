"""Many small pictures of crosses, for tests that read them by the thousand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

__all__ = ["write_crosses"]


def write_crosses(folder: Path, count: int) -> None:
    """Write pictures of lines, every second with one across; every hundredth is broken."""
    folder.mkdir()
    random = np.random.default_rng(7)
    for number in range(count):
        pixels = np.full((28, 28), 255, np.uint8)
        row, column = random.integers(6, 22, 2)
        pixels[4:24, column - 1 : column + 2] = 0
        if number % 2:
            pixels[row - 1 : row + 1, 6:22] = 0
        path = folder / f"{number:04}.png"
        Image.fromarray(pixels).save(path)
        if number % 100 == 0:
            path.write_bytes(path.read_bytes()[:50])
