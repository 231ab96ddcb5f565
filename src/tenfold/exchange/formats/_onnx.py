"""An ONNX file of another program as a model file of ours: its own graph, with ours around it.

In front, what makes of pixels of 0 to 1 what the graph takes; behind, what makes logits of its
answers. Whether that was right is found out by asking both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from tenfold.errors import InputError, ModelError
from tenfold.exchange._card import converted_card
from tenfold.exchange._given import Given, check_given
from tenfold.exchange.formats._onnx_around import TYPES, Around, surrounded
from tenfold.language import text as _
from tenfold.models import CARD_KEY, probe_images
from tenfold.models.graph_check import check_graph
from tenfold.models.session import open_session

__all__ = ["converted_onnx"]

Floats = npt.NDArray[np.float32]

LAYOUTS = ((1, 28, 28), (28, 28, 1), (784,), (28, 28), (1, 784))
"""How one image may lie in what a graph takes."""

OLDEST = 7
"""Before this version, operators say otherwise how arrays of two shapes go together."""

NEWEST_FORMAT = 10
"""Later versions of ONNX's format add types of numbers and leave plain networks as they were;
ONNX Runtime takes a new one only after a while."""

MOST_AT_ONCE = 1024
CLOSE = 1e-3
"""How near the answers of both graphs must be, against the largest."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a graph takes and gives, as ONNX Runtime tells it."""

    name: str
    kind: str
    shape: tuple[int | None, ...]
    answers: tuple[str, ...]


def converted_onnx(content: bytes, name: str, digest: str, pixels: Given | None) -> bytes:
    """Return the model file that an ONNX file of another program becomes.

    Args:
        content: of the file.
        name: of the file.
        digest: its sha256.
        pixels: what values the model was trained on; None is 0 to 1, or 0 to 255 where it takes
            whole numbers.

    Raises:
        ModelError: if it is more than a plain network, takes something else than 28x28 images,
            gives no ten answers, or does not answer alike when it is converted.
        InputError: if pixels are given that a network of whole numbers cannot take.
    """
    check_graph(content)
    proto = _parsed(content)
    content = proto.SerializeToString()
    asked = _signature(content)
    around = _fitting(proto, asked, _told(asked, pixels))
    _check_end(proto, around.answer)
    expected = _expected(content, around)
    around = replace(around, probabilities=_are_probabilities(expected))
    _check_answers(surrounded(proto, around), around, expected)
    model = surrounded(proto, around)
    card = converted_card(
        name,
        origin={
            "sha256": digest,
            "software": _software(proto),
            "pixels": around.pixels,
            "pixels_assumed": pixels is None and not _whole(asked.kind),
            "takes": ["N", *around.layout],
            "gives": "probabilities" if around.probabilities else "logits",
        },
        scaling=around.scaling(),
        answer=_logits(model, probe_images())[0].tolist(),
    )
    onnx.helper.set_model_props(model, {CARD_KEY: card.to_json()})
    whole: bytes = model.SerializeToString(deterministic=True)
    return whole


def _parsed(content: bytes) -> onnx.ModelProto:
    try:
        proto = onnx.load_from_string(content)
    except DecodeError as error:
        raise ModelError(
            _("This is not an ONNX model that can be run: {reason}", reason=error)
        ) from error
    if any(entry.key == CARD_KEY for entry in proto.metadata_props):
        raise ModelError(_("This is a model file of Tenfold's already."))
    version = min((o.version for o in proto.opset_import if o.domain in ("", "ai.onnx")), default=0)
    if version < OLDEST:
        raise ModelError(
            _(
                "Its operators are of version {version}; expected {oldest} or later. Export it "
                "again with a newer opset.",
                version=version,
                oldest=OLDEST,
            )
        )
    proto.ir_version = min(proto.ir_version, NEWEST_FORMAT)
    return proto


def _signature(content: bytes) -> _Asked:
    session = open_session(content, 1)
    inputs = session.get_inputs()
    if len(inputs) != 1 or inputs[0].type not in TYPES:
        raise ModelError(
            _(
                "The network takes {inputs}; expected one array of images.",
                inputs=", ".join(f"{node.name!r} {node.type}" for node in inputs),
            )
        )
    shape = tuple(n if isinstance(n, int) else None for n in inputs[0].shape)
    answers = tuple(node.name for node in session.get_outputs())
    return _Asked(inputs[0].name, inputs[0].type, shape, answers)


def _whole(kind: str) -> bool:
    return TYPES[kind][1].kind in "iu"


def _told(asked: _Asked, pixels: Given | None) -> Given:
    if pixels is not None:
        check_given(pixels)
    if not _whole(asked.kind):
        return pixels or "unit"
    if pixels not in (None, "bytes"):
        raise InputError(
            _(
                "Received --pixels {pixels}, but the network takes whole numbers; expected bytes.",
                pixels=pixels,
            )
        )
    return "bytes"


def _fitting(proto: onnx.ModelProto, asked: _Asked, pixels: Given) -> Around:
    """Return the first layout and answer with which three images have ten numbers each."""
    layouts = [layout for layout in LAYOUTS if _fits(asked.shape, layout)]
    if not layouts:
        raise ModelError(
            _(
                "The network takes {shape}; expected [N, 1, 28, 28], [N, 28, 28, 1], [N, 28, 28] "
                "or [N, 784].",
                shape=["N" if n is None else n for n in asked.shape],
            )
        )
    reason = ""
    for layout in layouts:
        for answer in asked.answers:
            around = Around(asked.name, asked.kind, layout, pixels, answer, asked.shape[0])
            try:
                if _logits(surrounded(proto, around), _pictures(3)).shape == (3, 10):
                    return around
            except ModelError as error:
                reason = str(error)
    raise ModelError(
        _(
            "The network does not give ten numbers for each of several images; expected [N, 10], "
            "and N free. {reason}",
            reason=reason,
        ).strip()
    )


def _fits(shape: tuple[int | None, ...], layout: tuple[int, ...]) -> bool:
    return (
        len(shape) == len(layout) + 1
        and (shape[0] or 1) <= MOST_AT_ONCE
        and all(n in (None, wanted) for n, wanted in zip(shape[1:], layout, strict=True))
    )


def _expected(content: bytes, around: Around) -> Floats:
    """Return what the graph itself answers to the pictures, as many at a time as it takes."""
    session = open_session(content, 1)
    size = around.batch or 1
    given = around.scaled(_pictures(size * ceil(16 / size)))
    parts = (given[at : at + size] for at in range(0, len(given), size))
    answers = [_run(session, around.answer, around.given, part) for part in parts]
    found: Floats = np.concatenate(answers).astype(np.float32).reshape(len(given), -1)
    if not np.isfinite(found).all():
        raise ModelError(_("The model does not answer with finite numbers; it is damaged."))
    return found


def _check_end(proto: onnx.ModelProto, answer: str) -> None:
    """Refuse answers that are squeezed one by one: they are no probabilities and no logits."""
    last = next((node.op_type for node in proto.graph.node if answer in node.output), "")
    if last in ("Sigmoid", "HardSigmoid"):
        raise ModelError(
            _(
                "The model ends in {name}; expected a softmax, or logits without an activation "
                "function.",
                name=last,
            )
        )


def _are_probabilities(answers: Floats) -> bool:
    return bool((answers >= 0).all() and np.allclose(answers.sum(1), 1, atol=CLOSE))


def _check_answers(model: onnx.ModelProto, around: Around, expected: Floats) -> None:
    found = _logits(model, _pictures(len(expected)))
    if around.probabilities:
        found = np.exp(found)
    worst = float(np.abs(found - expected).max()) if found.shape == expected.shape else np.inf
    if not worst <= CLOSE * max(1.0, float(np.abs(expected).max())):
        raise ModelError(
            _(
                "The network answers otherwise when it is asked for several images at once (off "
                "by {worst:.3g}). Export it with its first axis free, for inference.",
                worst=worst,
            )
        )


def _pictures(count: int) -> Floats:
    """The probe's image, black, and chance: float32 [count, 1, 28, 28] in [0, 1]."""
    images = np.random.default_rng(0).random((count, 1, 28, 28), np.float32)
    images[0] = probe_images()[0]
    images[1:2] = 0
    return images


def _logits(model: onnx.ModelProto, images: Floats) -> Floats:
    session = open_session(model.SerializeToString(), 1)
    return np.asarray(_run(session, "logits", "images", images), np.float32)


def _run(session: Any, answer: str, given: str, images: npt.NDArray[Any]) -> npt.NDArray[Any]:
    try:
        return np.asarray(session.run([answer], {given: images})[0])
    # The runtime's errors share no base class but this.
    except Exception as error:
        raise ModelError(
            _("The network cannot be asked: {reason}", reason=str(error).splitlines()[0][:200])
        ) from error


def _software(proto: onnx.ModelProto) -> str:
    told = f"{proto.producer_name} {proto.producer_version}".strip() or "ONNX"
    return "".join(c for c in told if c.isprintable())[:40]
