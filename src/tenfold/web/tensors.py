"""Requests and answers of the Open Inference Protocol: tensors as JSON, or as bytes behind it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from tenfold.errors import InputError
from tenfold.language import text as _

__all__ = ["HEADER", "INPUT", "OUTPUT", "SHAPES", "VERSION", "TensorRequest", "compose", "parse"]

INPUT = "images"
OUTPUT = "probabilities"
VERSION = "1"
HEADER = "Inference-Header-Content-Length"
"""Says how much of a body is JSON, where bytes follow."""

SHAPES = {
    "inputs": [{"name": INPUT, "datatype": "FP32", "shape": [-1, 28, 28]}],
    "outputs": [{"name": OUTPUT, "datatype": "FP32", "shape": [-1, 10]}],
}

MOST_IMAGES = 4096

Floats: TypeAlias = npt.NDArray[np.float32]


class _Tensor(msgspec.Struct):
    name: str
    shape: list[int]
    datatype: str
    data: msgspec.Raw = msgspec.Raw()
    parameters: dict[str, Any] = {}


class _Output(msgspec.Struct):
    name: str
    parameters: dict[str, Any] = {}


class _Request(msgspec.Struct):
    inputs: list[_Tensor]
    id: str | None = None
    outputs: list[_Output] = []
    parameters: dict[str, Any] = {}


_requests = msgspec.json.Decoder(_Request)
_flat = msgspec.json.Decoder(list[float])
_nested = msgspec.json.Decoder(list[list[list[float]]])


@dataclass(frozen=True, slots=True, eq=False)
class TensorRequest:
    """What a request asks for.

    Args:
        images: float32 [N, 28, 28], N at least 1; the values are not checked.
        id: by which the client knows its request.
        binary: whether the answer is wanted as bytes.
    """

    images: Floats
    id: str | None
    binary: bool


def parse(body: bytes, header: str | None) -> TensorRequest:
    """Take a request apart.

    Args:
        body: JSON, and the bytes of the tensor behind it if ``header`` is given.
        header: the value of ``HEADER``: how many bytes are JSON.

    Raises:
        InputError: if it is no such request.
    """
    length = _length(header, len(body))
    try:
        request = _requests.decode(body[:length])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(
            _("The body is no request of the Open Inference Protocol: {reason}.", reason=error)
        ) from error
    tensor = _only_input(request)
    shape = tensor.shape
    if len(shape) != 3 or shape[1:] != [28, 28] or not 1 <= shape[0] <= MOST_IMAGES:
        raise InputError(
            _(
                "Received a tensor of shape {shape}; expected [N, 28, 28] with N from 1 to {most}.",
                shape=shape,
                most=MOST_IMAGES,
            )
        )
    values = _values(tensor, body[length:])
    if values.size != math.prod(shape):
        raise InputError(
            _(
                "Received {count} values for a tensor of shape {shape}; expected {expected}.",
                count=values.size,
                shape=shape,
                expected=math.prod(shape),
            )
        )
    return TensorRequest(values.reshape(shape), request.id, _wants_binary(request))


def compose(name: str, asked: TensorRequest, answer: Floats) -> tuple[bytes, dict[str, str]]:
    """Return the body and headers of an answer with ``answer`` float32 [N, 10]."""
    tensor: dict[str, Any] = {"name": OUTPUT, "datatype": "FP32", "shape": list(answer.shape)}
    told: dict[str, Any] = {"model_name": name, "model_version": VERSION, "outputs": [tensor]}
    if asked.id is not None:
        told["id"] = asked.id
    if not asked.binary:
        tensor["data"] = answer.ravel().tolist()
        return msgspec.json.encode(told), {"Content-Type": "application/json"}
    content = answer.astype("<f4").tobytes()
    tensor["parameters"] = {"binary_data_size": len(content)}
    head = msgspec.json.encode(told)
    return head + content, {"Content-Type": "application/octet-stream", HEADER: str(len(head))}


def _length(header: str | None, whole: int) -> int:
    if header is None:
        return whole
    if not (header.isascii() and header.isdigit()) or int(header) > whole:
        raise InputError(
            _(
                "Received {header!r} in {name}; expected a number of bytes, at most {whole}.",
                header=header,
                name=HEADER,
                whole=whole,
            )
        )
    return int(header)


def _only_input(request: _Request) -> _Tensor:
    names = [tensor.name for tensor in request.inputs]
    kinds = [tensor.datatype for tensor in request.inputs]
    wrong = [output.name for output in request.outputs if output.name != OUTPUT]
    if names != [INPUT] or kinds != ["FP32"] or wrong:
        raise InputError(
            _(
                "Received the inputs {names} of {kinds} and the outputs {outputs}; expected one "
                "input {input!r} of FP32 and the output {output!r}.",
                names=names,
                kinds=kinds,
                outputs=[output.name for output in request.outputs],
                input=INPUT,
                output=OUTPUT,
            )
        )
    return request.inputs[0]


def _values(tensor: _Tensor, behind: bytes) -> Floats:
    """The numbers of a tensor: from the bytes behind the JSON, or in it, flat or nested."""
    size = tensor.parameters.get("binary_data_size")
    if size is not None or behind:
        if size != len(behind) or len(behind) % 4:
            raise InputError(
                _(
                    "Received {count} bytes behind the JSON and binary_data_size {size}; "
                    "expected the same number, a multiple of 4.",
                    count=len(behind),
                    size=size,
                )
            )
        return np.frombuffer(behind, "<f4").astype(np.float32)
    for decoder in (_flat, _nested):
        try:
            # What is beyond a float's range becomes infinite, and is refused as such.
            with np.errstate(over="ignore"):
                return np.asarray(decoder.decode(tensor.data), np.float32).ravel()
        # ValueError: rows of different lengths; DecodeError is one, too.
        except ValueError:
            continue
    raise InputError(
        _("The tensor's data is neither a list of numbers nor a list [N, 28, 28] of lists of them.")
    )


def _wants_binary(request: _Request) -> bool:
    for output in request.outputs:
        if "binary_data" in output.parameters:
            return output.parameters["binary_data"] is True
    return request.parameters.get("binary_data_output") is True
