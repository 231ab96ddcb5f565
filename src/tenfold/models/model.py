"""A saved model: one ONNX file that carries its card, run by ONNX Runtime."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeVar, final

import numpy as np
import numpy.typing as npt

from tenfold.errors import InputError, ModelError
from tenfold.files import storage_error
from tenfold.language import text as _
from tenfold.models.missing import missing_model
from tenfold.models.others import refuse_others
from tenfold.models.session import ask, check_answer, check_signature, open_session, read_card

__all__ = ["Model", "as_input", "load_model", "probe_images", "softmax"]

SIZE = 28
LARGEST_FILE = 512 * 2**20
BATCH = 1000

Floats = npt.NDArray[np.float32]
Float = TypeVar("Float", np.float32, np.float64)


@final
class Model:
    """A network that gives the probabilities of the ten digits for placed 28x28 images.

    Made by ``load_model``; safe to use from several threads. ``card`` says what it is,
    ``content`` is its file, byte for byte, ``threads`` how many it runs on (0: the runtime's
    choice), and ``temperature`` what its softmax was calibrated to, or None.
    """

    def __init__(self, content: bytes, *, threads: int = 0) -> None:
        """Load and verify a model file's bytes; ``threads`` 0 lets the runtime choose.

        Raises:
            ModelError: if they are damaged, hold no card, or do not answer as the card says.
        """
        self.content = content
        self.threads = threads
        self._session = open_session(content, threads)
        self.card = read_card(self._session)
        self.temperature = self.card.temperature
        check_signature(self._session, {"images": [1, SIZE, SIZE], "logits": [10]}, {"none": [1]})
        self.knows_none = any(node.name == "none" for node in self._session.get_outputs())
        check_answer(self._run(probe_images())[0], self.card.probe)

    def predict_proba(self, images: npt.ArrayLike) -> Floats:
        """Return float32 [N, 10]: the probability of each digit for each image.

        Args:
            images: [28, 28], [N, 28, 28] or [N, 1, 28, 28], bright ink on black; uint8 of 0 to
                255 or floats of 0 to 1.

        Raises:
            InputError: for another shape, dtype or range.
        """
        return softmax(self.logits(images))

    def predict(self, images: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """Return int64 [N]: the most probable digit of each image (see ``predict_proba``)."""
        labels: npt.NDArray[np.int64] = self.logits(images).argmax(axis=1)
        return labels

    def logits(self, images: npt.ArrayLike) -> Floats:
        """Return float32 [N, 10]: the network's outputs before the softmax.

        Raises:
            InputError: as ``predict_proba`` does.
            ModelError: if the outputs are no finite numbers, or it cannot be run.
        """
        array = np.asarray(images)
        if array.ndim < 3 or len(array) <= BATCH:
            return self._run(as_input(array))
        # Batch by batch, since bytes grow to four times their size as floats.
        parts = (array[at : at + BATCH] for at in range(0, len(array), BATCH))
        return np.concatenate([self._run(as_input(part)) for part in parts])

    def judge(self, placed: Floats) -> Floats:
        """Return float32 [N, 11]: the probability of each digit, and of being none of them.

        What it was calibrated to (``temperature``) counts here; elsewhere its softmax is plain.
        A network that was not taught what is no digit says 0 to the last.

        Args:
            placed: float32 [N, 28, 28] in [0, 1], N at least 1, bright ink on black.

        Raises:
            ModelError: if its answer is no finite number, or it cannot be run.
        """
        batch = placed.reshape(-1, 1, SIZE, SIZE)
        if not self.knows_none:
            digits = softmax(self._tempered(self._run(batch)))
            return np.column_stack([digits, np.zeros(len(digits), np.float32)])
        logits, none = ask(self._session, ("logits", "none"), {"images": batch})
        answers = softmax(np.concatenate([logits, none], 1))
        if self.temperature is not None:
            # It was fitted on digits alone: how these share out what is no doubt of being one.
            answers[:, :10] = softmax(self._tempered(logits)) * (1 - answers[:, 10:])
        return answers

    def _tempered(self, logits: Floats) -> Floats:
        if self.temperature is None:
            return logits
        tempered: Floats = (logits / self.temperature).astype(np.float32)
        return tempered

    def _run(self, batch: Floats) -> Floats:
        return ask(self._session, ("logits",), {"images": batch})[0]

    def __repr__(self) -> str:
        return f"Model({self.card.name!r})"

    def _repr_html_(self) -> str:
        from tenfold.models._display import card_html

        return card_html(self.card)


def load_model(path: str | Path, *, threads: int = 0) -> Model:
    """Load a model that Tenfold saved, and verify it; PyTorch is not needed.

    Args:
        path: the ``.onnx`` file.
        threads: for one prediction; 0 lets ONNX Runtime choose.

    Raises:
        ModelError: if the file is missing, damaged, too large, or not one of Tenfold's.
        StorageError: if it cannot be read.
    """
    path = Path(path)
    # Path.is_file raises for a name that is too long.
    if not os.path.isfile(path):  # noqa: PTH113
        raise missing_model(path)
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ModelError(_("{path} is too large for a model file.", path=path))
        content = path.read_bytes()
    except OSError as error:
        raise storage_error(path, error) from error
    try:
        refuse_others(path, content)
        return Model(content, threads=threads)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error


def as_input(images: npt.ArrayLike) -> Floats:
    """Return images as the network takes them: float32 [N, 1, 28, 28] in [0, 1].

    Raises:
        InputError: for another shape, dtype or range than ``Model.predict_proba`` takes.
    """
    array = np.asarray(images)
    if array.shape[-2:] != (SIZE, SIZE) or not (
        array.ndim in (2, 3) or (array.ndim == 4 and array.shape[1] == 1)
    ):
        raise InputError(
            _(
                "Received images of shape {shape}; "
                "expected [28, 28], [N, 28, 28] or [N, 1, 28, 28].",
                shape=list(array.shape),
            )
        )
    array = array.reshape(-1, 1, SIZE, SIZE)
    if array.dtype == np.uint8:
        return array.astype(np.float32) * np.float32(1 / 255)
    if not np.issubdtype(array.dtype, np.floating):
        raise InputError(
            _(
                "Received images of {dtype}; expected uint8 of 0 to 255 or floats of 0 to 1.",
                dtype=array.dtype,
            )
        )
    # NaN fails this comparison too.
    if array.size and not (array.min() >= 0 and array.max() <= 1):
        raise InputError(
            _(
                "Received float images with values from {low:.3g} to {high:.3g}; "
                "expected 0 (black) to 1 (ink).",
                low=float(array.min()),
                high=float(array.max()),
            )
        )
    return np.ascontiguousarray(array, np.float32)


def probe_images() -> Floats:
    """Return float32 [1, 1, 28, 28]: the fixed input of a card's probe, a slope and a ring."""
    row, column = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
    ring = np.abs(np.hypot(row - 13.5, column - 13.5) - 8) < 2
    slope = (row * SIZE + column) / np.float32(4 * SIZE * SIZE)
    return np.where(ring, np.float32(1), slope)[None, None]


def softmax(logits: npt.NDArray[Float]) -> npt.NDArray[Float]:
    """Return the probabilities [N, classes] for logits [N, classes], as precise as these are."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: npt.NDArray[Float] = shifted / shifted.sum(axis=1, keepdims=True)
    return probabilities
