"""Files of other programs: known by their first bytes, called by their names, with the cure."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from tenfold.errors import ModelError
from tenfold.language import text as _

__all__ = ["refuse_others", "refuse_what_is_run"]

_HDF5 = b"\x89HDF\r\n\x1a\n"
_ZIP = b"PK\x03\x04"
_PICKLES = tuple(b"\x80" + bytes([protocol]) for protocol in range(2, 6))
_TENSORFLOW = ("saved_model.pb", "saved_model.pbtxt")


def refuse_others(path: Path, content: bytes) -> None:
    """Say what a file is that is no ONNX file; nothing in it is run, unpickled or unpacked.

    Args:
        path: of the file, for messages.
        content: of the file.

    Raises:
        ModelError: if it is of PyTorch, TensorFlow, Keras or safetensors; says how to convert it.
    """
    refuse_what_is_run(path, content)
    keras = content.startswith(_HDF5) or "config.json" in _members(content)
    if keras or content[8:10] == b'{"' or content.startswith(_ZIP):
        raise ModelError(
            _(
                "This is no ONNX file. Make a model file of it with: tenfold convert {path}",
                path=path,
            )
        )


def refuse_what_is_run(path: Path, content: bytes | None = None) -> None:
    """Say what a file or folder is that cannot be converted here, for it would have to be run.

    Args:
        path: of it, for messages.
        content: of the file; None of a folder.

    Raises:
        ModelError: if it is of PyTorch, TensorFlow, or another pickle; says what to do.
    """
    if content is None or path.suffix.lower() in (".pb", ".pbtxt"):
        folder = path if content is None else path.parent
        if content is not None or any((folder / name).is_file() for name in _TENSORFLOW):
            raise _tensorflow("saved-model", str(folder))
        return
    if content[4:8] == b"TFL3":
        raise _tensorflow("tflite", str(path))
    if content[:2] in _PICKLES or any(name.endswith(".pkl") for name in _members(content)):
        raise ModelError(
            _(
                "This is a file that PyTorch or Python pickled; opening it could run what it "
                "holds. "
                "Where the network was made, write an ONNX file: torch.onnx.export("
                'network.eval(), (torch.zeros(1, 1, 28, 28),), "model.onnx", external_data=False)'
                " and then: tenfold convert model.onnx"
            )
        )


def _tensorflow(option: str, path: str) -> ModelError:
    return ModelError(
        _(
            "This is a model of TensorFlow. Make an ONNX file of it: "
            "python -m tf2onnx.convert --{option} {path} --output model.onnx and then: "
            "tenfold convert model.onnx",
            option=option,
            path=path,
        )
    )


def _members(content: bytes) -> list[str]:
    if not content.startswith(_ZIP):
        return []
    try:
        return zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return []
