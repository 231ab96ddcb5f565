"""The networks that a training of the reader left in its folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tenfold.errors import ModelError
from tenfold.files import storage_error
from tenfold.models.ink_model import InkModel
from tenfold.models.line_model import LineModel
from tenfold.models.model import Model, load_model
from tenfold.models.sign_model import SignModel

__all__ = ["TrainedNetworks", "networks_in"]

_DIGITS, _LINES, _INK, _SIGNS = "digits.onnx", "lines.onnx", "ink.onnx", "signs.onnx"


@dataclass(frozen=True, slots=True)
class TrainedNetworks:
    """Networks that were trained to read together.

    Args:
        digits: tells digits apart.
        lines: finds them.
        ink: finds ink; None where that which comes with Tenfold was taken as it is.
        signs: tells signs apart; the same.
    """

    digits: Model
    lines: LineModel
    ink: InkModel | None
    signs: SignModel | None


def networks_in(folder: str | Path) -> TrainedNetworks | None:
    """Return the networks in the folder of a finished training; None if it is no such folder.

    Raises:
        ModelError: if a file in it is damaged.
        StorageError: if one cannot be read.
    """
    digits, lines, ink, signs = (Path(folder, name) for name in (_DIGITS, _LINES, _INK, _SIGNS))
    if not (_is_file(digits) and _is_file(lines)):
        return None
    try:
        found = load_model(digits), LineModel(lines.read_bytes())
        return TrainedNetworks(
            *found,
            InkModel(ink.read_bytes()) if _is_file(ink) else None,
            SignModel(signs.read_bytes()) if _is_file(signs) else None,
        )
    except OSError as error:
        raise storage_error(Path(folder), error) from error
    except ModelError as error:
        raise ModelError(f"{folder}: {error}") from error


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        # A name that is too long, or none at all.
        return False
