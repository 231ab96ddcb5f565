"""Many digits as one picture: for a terminal, as characters, or as a PNG with labels."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tenfold.data.images import SIZE, Images, LabeledImages
from tenfold.files import write_whole

__all__ = ["as_characters", "as_half_blocks", "fitted", "save_plain_png", "save_png", "tiled"]

_SHADES = np.array(list(" .:-=+*#%@"))
_GAP = 2
_ENLARGED = 4
_CAPTION = 16


def tiled(images: Images, columns: int) -> npt.NDArray[np.uint8]:
    """Return ``images``, uint8 [N, h, w], row by row in one picture, uint8 [H, W], with gaps.

    Missing pictures in the last row stay blank.
    """
    count, height, width = images.shape
    rows = -(-count // columns)
    picture = np.zeros((rows * (height + _GAP) - _GAP, columns * (width + _GAP) - _GAP), np.uint8)
    for at, image in enumerate(images):
        top, left = (at // columns) * (height + _GAP), (at % columns) * (width + _GAP)
        picture[top : top + height, left : left + width] = image
    return picture


def fitted(images: Images, columns: int, width: int) -> Images:
    """Return ``images`` reduced by a whole factor so that ``columns`` of them fit into ``width``.

    At a seventh of their size (4x4) they are wider than ``width`` at the worst.
    """
    for factor in (1, 2, 4):
        if columns * (SIZE // factor + _GAP) - _GAP <= width:
            break
    else:
        factor = 7
    side = SIZE // factor
    blocks = images.reshape(-1, side, factor, side, factor)
    return np.asarray(blocks.mean(axis=(2, 4)), np.uint8)


def as_characters(picture: npt.NDArray[np.uint8]) -> str:
    """Return a picture, uint8 [H, W], as lines of ASCII, two rows of pixels a line."""
    even = np.pad(picture, ((0, len(picture) % 2), (0, 0)))
    means = even.reshape(len(even) // 2, 2, -1).mean(axis=1)
    levels = np.rint(means / 255 * (len(_SHADES) - 1)).astype(np.intp)
    return "\n".join("".join(line).rstrip() for line in _SHADES[levels])


def as_half_blocks(picture: npt.NDArray[np.uint8]) -> Iterator[list[tuple[int, int]]]:
    """Yield for each line of a terminal the gray levels of each character's two halves."""
    even = np.pad(picture, ((0, len(picture) % 2), (0, 0)))
    for upper, lower in zip(even[::2].tolist(), even[1::2].tolist(), strict=True):
        yield list(zip(upper, lower, strict=True))


def save_plain_png(digits: LabeledImages, columns: int, path: Path) -> None:
    """Write the digits as they are, one pixel a pixel and without labels, as a gray PNG.

    Raises:
        StorageError: if the place cannot be written.
    """
    from tenfold.data.png import encode_png

    write_whole(path, encode_png(tiled(digits.images, columns)))


def save_png(digits: LabeledImages, columns: int, path: Path) -> None:
    """Write the digits, enlarged, with the label under each, as a PNG.

    Raises:
        StorageError: if the place cannot be written.
    """
    from PIL import Image, ImageDraw

    side = SIZE * _ENLARGED
    enlarged = digits.images.repeat(_ENLARGED, axis=1).repeat(_ENLARGED, axis=2)
    framed = np.pad(enlarged, ((0, 0), (0, _CAPTION), (0, 0)))
    picture = Image.fromarray(tiled(framed, columns))
    draw = ImageDraw.Draw(picture)
    for at, label in enumerate(digits.labels.tolist()):
        top = (at // columns) * (side + _CAPTION + _GAP) + side
        left = (at % columns) * (side + _GAP) + side // 2
        draw.text((left, top + 2), str(label), fill=255, anchor="ma")
    content = io.BytesIO()
    picture.save(content, format="PNG")
    write_whole(path, content.getvalue())
