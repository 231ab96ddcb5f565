"""What must be installed for a format; asked before anything of it is imported."""

from __future__ import annotations

from importlib.util import find_spec

from tenfold.errors import MissingExtraError

__all__ = ["need"]

TORCH = ("torch", "onnx", "safetensors")
"""What builds networks, and writes model files of them."""


def need(extra: str, purpose: str, *packages: str) -> None:
    """Check that packages are there, without importing them.

    Args:
        extra: of Tenfold, that brings them.
        purpose: what they are needed for, in words.
        packages: their import names.

    Raises:
        MissingExtraError: if one is not.
    """
    if any(find_spec(package) is None for package in packages):
        raise MissingExtraError(extra, purpose)
