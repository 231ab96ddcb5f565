"""What a hand may write, as center lines: MNIST's training digits thinned, and letters."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tenfold.scenes.grid import BOX, GRID, centered
from tenfold.scenes.typefaces import drawn_letters, machine_letters, written_letters

__all__ = ["Glyphs", "load_glyphs"]

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Glyphs:
    """Center lines of strokes, each [64, 64] with the glyph in the middle.

    Args:
        digits: uint8 [N, 64, 8], bits of the thinned digits.
        bodies: uint8 [N, 64, 8], bits of the digits with their own pen's width.
        labels: uint8 [N], what each digit is.
        letters: uint8 [M, 64, 8], bits of letters and signs that are no digit.
        types: uint8 [L, 64, 8], bits of the bodies of machine letters.
        printed: uint8 [K, 64, 8], bits of digits as the stroke fonts have them.
        printed_labels: uint8 [K].
    """

    digits: npt.NDArray[np.uint8]
    bodies: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.uint8]
    letters: npt.NDArray[np.uint8]
    types: npt.NDArray[np.uint8]
    printed: npt.NDArray[np.uint8]
    printed_labels: npt.NDArray[np.uint8]

    @staticmethod
    def lines(bits: npt.NDArray[np.uint8]) -> Mask:
        """Return one glyph's bits as bool [64, 64]."""
        return np.unpackbits(bits, axis=-1).astype(np.bool_)

    def pick(self, label: int, rng: np.random.Generator) -> int | None:
        """Return where some digit of ``label`` stands; None if there is none."""
        known = np.flatnonzero(self.labels == label)
        return int(known[rng.integers(len(known))]) if known.size else None


def load_glyphs(images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8]) -> Glyphs:
    """Thin handwritten digits, and take letters and signs from typefaces.

    Args:
        images: uint8 [N, 28, 28], bright ink on black, as MNIST has them.
        labels: uint8 [N], 0 to 9.
    """
    from skimage.morphology import skeletonize

    bodies = [_enlarged(image) for image in images]
    digits = [np.packbits(skeletonize(body), axis=-1) for body in bodies]
    letters, printed, printed_labels = drawn_letters()
    return Glyphs(
        np.stack(digits),
        np.packbits(np.stack(bodies), axis=-1),
        labels,
        np.concatenate([letters, written_letters()]),
        machine_letters(),
        printed,
        printed_labels,
    )


def _enlarged(image: npt.NDArray[np.uint8]) -> Mask:
    """Enlarge one image to a crisp shape in the middle of the grid."""
    rows, columns = np.flatnonzero(image.any(1)), np.flatnonzero(image.any(0))
    if rows.size == 0:
        return np.zeros((GRID, GRID), np.bool_)
    cut = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32)
    cut = np.pad(cut, 1)
    scale = BOX / 20
    size = (round(cut.shape[1] * scale), round(cut.shape[0] * scale))
    large = cv2.resize(cut, size, interpolation=cv2.INTER_CUBIC).reshape(size[::-1])
    return centered(large > 110)
