"""The saved model that finds ink: one ONNX file that carries its card, run by ONNX Runtime."""

from __future__ import annotations

from typing import final

import numpy as np
import numpy.typing as npt

from tenfold.models.session import ask, check_answer, check_signature, open_session, read_card

__all__ = ["InkModel", "probe_answer", "probe_view"]

PLANES = 2
STEP = 16
"""Height and width of what the network sees are multiples of this."""

Floats = npt.NDArray[np.float32]


@final
class InkModel:
    """A network that says of each pixel of a picture how much of it ink covers.

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
        check_signature(self._session, {"gray": [1, None, None], "ink": [PLANES, None, None]})
        check_answer(probe_answer(self.predict(probe_view())), self.card.probe)

    def predict(self, gray: Floats) -> Floats:
        """Find the ink of one picture.

        Args:
            gray: float32 [H, W] in [0, 1], 0 black; of any size.

        Returns:
            float32 [2, H, W] in [0, 1]: how much of each pixel is covered by the ink of digits, and
            by that of other writing: letters, signs, ticks.
        """
        height, width = gray.shape
        margins = ((0, -height % STEP), (0, -width % STEP))
        (planes,) = ask(
            self._session, ("ink",), {"gray": np.pad(gray, margins, "edge")[None, None]}
        )
        found: Floats = np.asarray(planes[0, :, :height, :width], np.float32)
        return found

    def __repr__(self) -> str:
        return f"InkModel({self.card.name!r})"


def probe_view() -> Floats:
    """Return float32 [80, 48]: the fixed input of a card's probe, a dark ring on shaded paper."""
    row, column = np.mgrid[0:80, 0:48].astype(np.float32)
    ring = np.abs(np.hypot(row - 38, column - 24) - 16) < 2.5
    view: Floats = np.where(ring, np.float32(0.1), 0.6 + row / 200).astype(np.float32)
    return view


def probe_answer(planes: Floats) -> Floats:
    """Return float32 [10]: of [2, 80, 48], the ink of both kinds in each tenth of the rows."""
    answer: Floats = planes.sum(0).reshape(10, -1).mean(1)
    return answer
