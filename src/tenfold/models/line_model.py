"""The saved model that reads lines: one ONNX file that carries its card, run by ONNX Runtime."""

from __future__ import annotations

from typing import final

import numpy as np
import numpy.typing as npt

from tenfold.models.session import ask, check_answer, check_signature, open_session, read_card

__all__ = ["HEIGHT", "LineModel", "probe_strip"]

HEIGHT = 40
"""Rows of a strip."""

Floats = npt.NDArray[np.float32]


@final
class LineModel:
    """A network that says, column by column along a strip, which digit is there, and its box.

    A column is 2 pixels wide, or as many as the network was made for: earlier ones had 4.

    Safe to use from several threads. ``card`` says what it is, and ``content`` is its file, byte
    for byte.
    """

    def __init__(self, content: bytes, *, threads: int = 0) -> None:
        """Load and verify a model file's bytes; ``threads`` 0 lets the runtime choose.

        Raises:
            ModelError: if they are damaged, hold no card, or do not answer as the card says.
        """
        self.content = content
        self._session = open_session(content, threads)
        self.card = read_card(self._session)
        check_signature(
            self._session,
            {"strips": [1, HEIGHT, None], "logits": [None, 11], "boxes": [None, 4]},
        )
        check_answer(self.predict(probe_strip())[0][0].mean(0), self.card.probe)

    def predict(self, strips: Floats) -> tuple[Floats, Floats]:
        """Read strips of one width.

        Args:
            strips: float32 [N, 40, W] in [0, 1], 0 paper to 1 full ink; W a multiple of 4.

        Returns:
            Logits float32 [N, T, 11], of each column from left to right ten digits and nothing;
            and boxes float32 [N, T, 4]: left, top, right, bottom, in pixels of the strip.
        """
        logits, offsets = ask(self._session, ("logits", "boxes"), {"strips": strips[:, None]})
        boxes: Floats = np.asarray(offsets, np.float32) * np.float32(HEIGHT / 2)
        width = strips.shape[2] // boxes.shape[1]
        middles = np.arange(boxes.shape[1], dtype=np.float32) * width + (width - 1) / 2
        boxes[..., ::2] += middles[:, None]
        boxes[..., 1::2] += HEIGHT / 2
        return np.asarray(logits, np.float32), boxes

    def __repr__(self) -> str:
        return f"LineModel({self.card.name!r})"


def probe_strip() -> Floats:
    """Return float32 [1, 40, 64]: the fixed input of a card's probe, two rings."""
    row, column = np.mgrid[0:HEIGHT, 0:64].astype(np.float32)
    first = np.abs(np.hypot(row - 20, column - 18) - 10) < 2
    second = np.abs(np.hypot(row - 20, column - 46) - 10) < 2
    strip: Floats = (first | second).astype(np.float32)[None]
    return strip
