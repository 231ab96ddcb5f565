"""Keras itself, on the backend that Tenfold uses, leaving a home folder as it was."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tenfold.errors import InputError
from tenfold.exchange._needs import need
from tenfold.language import text as _

__all__ = ["import_keras"]

_VARIABLE = "KERAS_BACKEND"


def import_keras() -> Any:
    """Import Keras, on PyTorch where the user chose no other backend.

    Raises:
        MissingExtraError: if it is not installed.
        InputError: if the backend that KERAS_BACKEND names is not.
    """
    need("keras", _("Writing Keras files"), "keras")
    if not os.environ.get(_VARIABLE):
        os.environ[_VARIABLE] = "torch"
    try:
        with _settings_unwritten():
            import keras
    except (ImportError, ValueError) as error:
        raise InputError(
            _(
                "Keras does not start with KERAS_BACKEND={backend} ({reason}). Unset "
                "KERAS_BACKEND, and Tenfold has it use PyTorch.",
                backend=os.environ[_VARIABLE],
                reason=str(error).splitlines()[0] if str(error) else type(error).__name__,
            )
        ) from error
    return keras


@contextmanager
def _settings_unwritten() -> Iterator[None]:
    """Remove the file of settings that Keras writes at its first import, if there was none."""
    folder = Path(os.environ.get("KERAS_HOME") or Path("~/.keras").expanduser())
    file = folder / "keras.json"
    there, folder_there = file.exists(), folder.exists()
    try:
        yield
    finally:
        with suppress(OSError):
            if not there:
                file.unlink()
            if not folder_there:
                folder.rmdir()
