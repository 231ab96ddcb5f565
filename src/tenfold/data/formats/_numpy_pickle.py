"""Numbers out of a pickle without unpickling: a reader that knows NumPy arrays and nothing else.

A pickle is a program. This module interprets the few instructions with which NumPy arrays are
written, in plain data, and refuses every other; no class is looked up, no function is called, so
there is nothing that a hostile file could run. It follows the opcodes of Python's ``pickletools``.
"""

from __future__ import annotations

import io
import math
import pickletools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tenfold.errors import FormatError
from tenfold.language import text as _

__all__ = ["arrays_of"]

_PLAIN = frozenset(
    (
        "INT",
        "BININT",
        "BININT1",
        "BININT2",
        "LONG",
        "LONG1",
        "STRING",
        "BINSTRING",
        "SHORT_BINSTRING",
        "UNICODE",
        "BINUNICODE",
        "SHORT_BINUNICODE",
        "BINUNICODE8",
        "BINBYTES",
        "SHORT_BINBYTES",
        "BINBYTES8",
        "BYTEARRAY8",
    )
)
_FIXED = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}
_IGNORED = frozenset(("PROTO", "FRAME", "STOP", "READONLY_BUFFER"))
_MODULES = (
    "numpy",
    "numpy.core.multiarray",
    "numpy._core.multiarray",
    "numpy.core.numeric",
    "numpy._core.numeric",
)
_DTYPES = frozenset(f"{kind}{size}" for kind in "iuf" for size in (1, 2, 4, 8))
_BYTES = (("_codecs", "encode"), ("__builtin__", "bytes"), ("builtins", "bytes"))
_MARK = object()


class _Name(str):
    """The name of a thing that the pickle asks for."""

    __slots__ = ()


class _Dtype:
    """A dtype on its way: its code, then its byte order."""

    def __init__(self, code: object) -> None:
        if code not in _DTYPES:
            raise ValueError("dtype")
        self.value = np.dtype(str(code))

    def build(self, state: tuple[Any, ...]) -> None:
        if state[1] in (">", b">"):
            self.value = self.value.newbyteorder(">")


class _Array:
    """An array on its way: nothing, then its content."""

    value: npt.NDArray[Any] | None = None

    def build(self, state: tuple[Any, ...]) -> None:
        _version, shape, dtype, fortran, raw = state
        self.value = _numbers(raw, dtype, shape, "F" if fortran else "C")


def arrays_of(content: bytes | bytearray, path: Path) -> Any:
    """Return what a pickle holds: tuples and lists, nested, with NumPy arrays of numbers in them.

    Args:
        content: the pickle, of any protocol.
        path: the file, for the messages.

    Raises:
        FormatError: if the pickle is damaged or asks for anything but NumPy arrays.
    """
    reader = _Reader(path)
    try:
        for opcode, argument, _position in pickletools.genops(io.BytesIO(content)):
            reader.step(opcode.name, argument)
        return _finished(reader.stack[-1])
    # Whatever a hostile program gets wrong (an empty stack, a tuple of another length) ends here.
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(
            _("{path} is a damaged pickle: {reason}.", path=path, reason=str(error)[:200])
        ) from error


class _Reader:
    """The stack and the memo of the pickle machine."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def step(self, name: str, argument: Any) -> None:
        """Carry out one instruction."""
        if name in _PLAIN:
            self.stack.append(argument)
        elif name in _FIXED:
            self.stack.append(_FIXED[name])
        elif name in _ACTIONS:
            _ACTIONS[name](self, argument)
        elif name not in _IGNORED:
            raise self.refused(name)

    def refused(self, what: str) -> FormatError:
        """Say what the pickle asked for."""
        return FormatError(
            _(
                "{path} is a pickle that asks for {what!r}; only arrays of NumPy are admitted, "
                "because a pickle can run code.",
                path=self.path,
                what=what[:100],
            )
        )

    def name(self, module: str, name: str) -> None:
        """Push a name of NumPy's, or one of those with which old protocols write bytes."""
        if module not in _MODULES and (module, name) not in _BYTES:
            raise self.refused(f"{module}.{name}")
        self.stack.append(_Name(name))

    def top(self) -> list[Any]:
        """Take everything above the last mark."""
        at = max(index for index, value in enumerate(self.stack) if value is _MARK)
        values = self.stack[at + 1 :]
        del self.stack[at:]
        return values

    def take(self, count: int) -> list[Any]:
        """Take the last ``count`` values."""
        if len(self.stack) < count:
            raise IndexError("stack")
        values = self.stack[-count:]
        del self.stack[-count:]
        return values

    def reduce(self) -> None:
        """Answer what NumPy's pickles call, in our own way."""
        name, arguments = self.take(2)
        if not isinstance(name, _Name):
            raise TypeError("REDUCE")
        if name == "_reconstruct":
            self.stack.append(_Array())
        elif name == "dtype":
            self.stack.append(_Dtype(arguments[0]))
        elif name == "_frombuffer":
            array = _Array()
            array.value = _numbers(*arguments)
            self.stack.append(array)
        elif name == "bytes" and not arguments:
            self.stack.append(b"")
        elif name == "encode":
            text, encoding = arguments
            if encoding != "latin1":
                raise ValueError("encoding")
            self.stack.append(text.encode("latin1"))
        else:
            raise self.refused(name)

    def build(self) -> None:
        """Give an array or a dtype its state."""
        (state,) = self.take(1)
        target = self.stack[-1]
        if not isinstance(target, _Array | _Dtype):
            raise TypeError("BUILD")
        target.build(state)

    def extend(self) -> None:
        """Put everything above the mark into the list below it."""
        values = self.top()
        self.stack[-1].extend(values)


_Action = Callable[[_Reader, Any], None]
_ACTIONS: dict[str, _Action] = {
    "MARK": lambda reader, _: reader.stack.append(_MARK),
    "TUPLE": lambda reader, _: reader.stack.append(tuple(reader.top())),
    "TUPLE1": lambda reader, _: reader.stack.append(tuple(reader.take(1))),
    "TUPLE2": lambda reader, _: reader.stack.append(tuple(reader.take(2))),
    "TUPLE3": lambda reader, _: reader.stack.append(tuple(reader.take(3))),
    "EMPTY_LIST": lambda reader, _: reader.stack.append([]),
    "LIST": lambda reader, _: reader.stack.append(reader.top()),
    "APPEND": lambda reader, _: reader.stack[-2].append(reader.take(1)[0]),
    "APPENDS": lambda reader, _: reader.extend(),
    "MEMOIZE": lambda reader, _: reader.memo.__setitem__(len(reader.memo), reader.stack[-1]),
    "GLOBAL": lambda reader, argument: reader.name(*argument.split(" ", 1)),
    "STACK_GLOBAL": lambda reader, _: reader.name(*reader.take(2)),
    "REDUCE": lambda reader, _: reader.reduce(),
    "BUILD": lambda reader, _: reader.build(),
}
for _put in ("PUT", "BINPUT", "LONG_BINPUT"):
    _ACTIONS[_put] = lambda reader, index: reader.memo.__setitem__(index, reader.stack[-1])
for _get in ("GET", "BINGET", "LONG_BINGET"):
    _ACTIONS[_get] = lambda reader, index: reader.stack.append(reader.memo[index])


def _numbers(raw: Any, dtype: Any, shape: Any, order: Any) -> npt.NDArray[Any]:
    """Return an array over ``raw``, whose length must be exactly what the shape needs."""
    if isinstance(raw, str):
        raw = raw.encode("latin1")
    if not isinstance(raw, bytes | bytearray) or not isinstance(dtype, _Dtype):
        raise TypeError("array")
    if not all(type(side) is int and side >= 0 for side in shape):
        raise ValueError("shape")
    if math.prod(shape) * dtype.value.itemsize != len(raw):
        raise ValueError("shape")
    return np.frombuffer(raw, dtype.value).reshape(shape, order="F" if order == "F" else "C")


def _finished(value: Any, depth: int = 0) -> Any:
    """Replace the arrays on their way by the arrays themselves; (train, valid, test) of pairs."""
    if isinstance(value, _Array) and value.value is not None:
        return value.value
    if isinstance(value, tuple | list) and depth < 2 and len(value) <= 3:
        return tuple(_finished(item, depth + 1) for item in value)
    raise ValueError("((images, labels), ...)")
