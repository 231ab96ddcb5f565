"""ONNX Runtime sessions for model files that carry a card and a known answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from tenfold.errors import ModelError
from tenfold.language import text as _
from tenfold.models.card import CARD_KEY, Card, Probe

__all__ = ["check_answer", "check_signature", "open_session", "read_card"]


def open_session(content: bytes, threads: int) -> ort.InferenceSession:
    """Open the bytes of an ONNX file; ``threads`` 0 lets the runtime choose.

    Raises:
        ModelError: if they are no model that can be run.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4
    try:
        return ort.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        # The runtime's errors share no base class but this.
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelError(
            _("This is not an ONNX model that can be run: {reason}", reason=reason)
        ) from error


def read_card(session: ort.InferenceSession) -> Card:
    """Return the card inside a model file.

    Raises:
        ModelError: if there is none, or it is damaged.
    """
    metadata = session.get_modelmeta().custom_metadata_map
    if CARD_KEY not in metadata:
        raise ModelError(
            _(
                "This ONNX file carries no card of Tenfold's. One that another program made is "
                "converted by: tenfold convert FILE.onnx"
            )
        )
    return Card.from_json(metadata[CARD_KEY])


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
        ModelError: if they differ.
    """
    expected = np.asarray(probe.logits, np.float32)
    if answer.shape != expected.shape or not np.allclose(
        answer, expected, rtol=probe.tolerance, atol=probe.tolerance
    ):
        off = answer - expected if answer.shape == expected.shape else np.array([np.inf])
        raise ModelError(
            _(
                "The model does not answer as its card says (off by {worst:.3g}): "
                "the file is damaged or was changed.",
                worst=float(np.abs(off).max()),
            )
        )
