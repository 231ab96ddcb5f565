"""ONNX Runtime sessions for model files that carry a card and a known answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from tenfold.complaints import complaint
from tenfold.errors import ModelError
from tenfold.language import text as _
from tenfold.models.card import CARD_KEY, DIGITS, Card, Probe
from tenfold.models.graph_check import check_graph

__all__ = [
    "ask",
    "check_answer",
    "check_signature",
    "open_session",
    "read_card",
    "run_session",
]

Floats = npt.NDArray[np.float32]


def open_session(content: bytes, threads: int) -> ort.InferenceSession:
    """Open the bytes of an ONNX file; ``threads`` 0 lets the runtime choose.

    Raises:
        ModelError: if they are no model that can be run, or more than a plain network whole in
            itself.
    """
    check_graph(content)
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4
    try:
        return ort.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        # The runtime's errors share no base class but this.
        raise ModelError(
            _("This is not an ONNX model that can be run: {reason}", reason=_first_line(error))
        ) from error


def ask(
    session: ort.InferenceSession, outputs: Sequence[str], inputs: Mapping[str, Floats]
) -> list[Floats]:
    """Return the named outputs for a batch.

    Raises:
        ModelError: if the network cannot be run, or gives what is no finite number, or another
            shape than it says.
    """
    answers = run_session(session, outputs, inputs)
    count = len(next(iter(inputs.values())))
    shapes = {node.name: [count, *list(node.shape)[1:]] for node in session.get_outputs()}
    for name, answer in zip(outputs, answers, strict=True):
        if not _is_of(answer.shape, shapes[name]):
            raise ModelError(
                _(
                    "The network gives {name} of shape {found} for {count} inputs.",
                    name=name,
                    found=list(answer.shape),
                    count=count,
                )
            )
        if not np.isfinite(answer).all():
            raise ModelError(
                _(
                    "The network answers with numbers that are not finite (NaN or infinite), "
                    "so nothing it says can be used. Train it again, with a lower learning rate."
                )
            )
    return answers


def run_session(
    session: ort.InferenceSession, outputs: Sequence[str], inputs: Mapping[str, Floats]
) -> list[Floats]:
    """Return the named outputs as they are, finite or not.

    Raises:
        ModelError: if the network cannot be run.
    """
    try:
        answers: list[Floats] = session.run(list(outputs), dict(inputs))
    except Exception as error:
        raise ModelError(
            _("The network cannot be run: {reason}", reason=_first_line(error))
        ) from error
    return answers


def _is_of(shape: Sequence[int], expected: Sequence[Any]) -> bool:
    """Whether a shape is as expected, where a name stands for any length."""
    return len(shape) == len(expected) and all(
        found == wanted or not isinstance(wanted, int)
        for found, wanted in zip(shape, expected, strict=True)
    )


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def read_card(session: ort.InferenceSession, classes: tuple[str, ...] = DIGITS) -> Card:
    """Return the card inside a model file that tells ``classes`` apart.

    Raises:
        ModelError: if there is none, or it is damaged.
    """
    try:
        metadata = session.get_modelmeta().custom_metadata_map
    except UnicodeDecodeError as error:
        reason = complaint(error)
        raise ModelError(_("The model's card is damaged: {reason}.", reason=reason)) from error
    if CARD_KEY not in metadata:
        raise ModelError(
            _(
                "This ONNX file carries no card of Tenfold's. One that another program made is "
                "converted by: tenfold convert FILE.onnx"
            )
        )
    return Card.from_json(metadata[CARD_KEY], classes)


def check_signature(
    session: ort.InferenceSession,
    expected: Mapping[str, list[Any]],
    optional: Mapping[str, list[Any]] | None = None,
) -> None:
    """Check the names and shapes (all but the first axis) of what goes in and comes out.

    Raises:
        ModelError: if they are others; None in a shape stands for any length.
    """
    found: dict[str, list[Any]] = {
        node.name: [n if isinstance(n, int) else None for n in list(node.shape)[1:]]
        for node in (*session.get_inputs(), *session.get_outputs())
        if node.type == "tensor(float)"
    }
    required = {name: found.get(name) for name in expected}
    known = {**expected, **(optional or {})}
    if required != dict(expected) or any(known.get(name) != found[name] for name in found):
        raise ModelError(
            _(
                "The network's inputs and outputs are {found}; expected {expected}.",
                found=found,
                expected=dict(expected),
            )
        )


def check_answer(answer: npt.NDArray[np.float32], probe: Probe) -> None:
    """Compare what a model answers to its probe with what its card says.

    Raises:
        ModelError: if they differ by more than the probe's share of its largest logit, or of 1.
    """
    expected = np.asarray(probe.logits, np.float32)
    # The sums that make a small logit are as large as those that make the largest.
    size = max(1.0, float(np.abs(expected).max(initial=0)))
    if (
        answer.shape != expected.shape
        or not np.isfinite(expected).all()
        or not np.allclose(answer, expected, rtol=0, atol=probe.tolerance * size)
    ):
        off = answer - expected if answer.shape == expected.shape else np.array([np.inf])
        raise ModelError(
            _(
                "The model does not answer as its card says (off by {worst:.3g}): "
                "the file is damaged or was changed.",
                worst=float(np.abs(off).max()),
            )
        )
