"""The saved model that tells signs apart: one ONNX file with its card, run by ONNX Runtime."""

from __future__ import annotations

from typing import final

import numpy as np
import numpy.typing as npt

from tenfold.models.model import softmax
from tenfold.models.session import ask, check_answer, check_signature, open_session, read_card

__all__ = ["OTHER", "SIDE", "SIGNS", "SignModel", "probe_window"]

SIGNS = (".", ",", "-", "+", "/", "×", "=", "(", ")", "'", "?")
"""What a mark may be; the last stands for any other."""

OTHER = SIGNS[-1]

SIDE = 40
"""Rows and columns of a window."""

Floats = npt.NDArray[np.float32]


@final
class SignModel:
    """A network that says which sign a mark is that stands in no digit.

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
        self.card = read_card(self._session, SIGNS)
        check_signature(self._session, {"windows": [2, SIDE, SIDE], "logits": [len(SIGNS)]})
        check_answer(self.logits(probe_window())[0], self.card.probe)

    def predict(self, windows: Floats) -> Floats:
        """Say how probable each sign is, for some marks at once.

        Args:
            windows: float32 [N, 2, 40, 40] in [0, 1], as ``tenfold.imaging.strips.cut_window``
                cuts them.

        Returns:
            float32 [N, 11], in the order of ``SIGNS``.
        """
        scores = self.logits(windows).astype(np.float64) / (self.card.temperature or 1.0)
        return softmax(scores).astype(np.float32)

    def logits(self, windows: Floats) -> Floats:
        """Return float32 [N, 11], the network's plain answers to such windows."""
        (logits,) = ask(self._session, ("logits",), {"windows": windows})
        return logits

    def __repr__(self) -> str:
        return f"SignModel({self.card.name!r})"


def probe_window() -> Floats:
    """Return float32 [1, 2, 40, 40]: the fixed input of a card's probe, a point after a ring."""
    row, column = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    ring = np.abs(np.hypot(row - 20, column - 8) - 9) < 2
    point = np.hypot(row - 32, column - 20) < 2
    window: Floats = np.stack([ring | point, point]).astype(np.float32)[None]
    return window
