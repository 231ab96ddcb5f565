"""What is given to be converted: a file, or Keras's two, the network in JSON and its weights."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from tenfold.errors import ModelError
from tenfold.exchange._archive import opened_archive
from tenfold.files import storage_error
from tenfold.language import text as _
from tenfold.models.missing import missing_model
from tenfold.models.model import LARGEST_FILE

__all__ = ["Source", "is_pair", "read_source"]

_ZIP = b"PK\x03\x04"
_WEIGHTS = (".h5", ".hdf5")


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a model.

    Args:
        path: what was given, for messages and to write beside.
        content: of the file; of a network in JSON, where ``weights`` are.
        weights: of that network, else None.
    """

    path: Path
    content: bytes
    weights: bytes | None = None

    @property
    def digest(self) -> str:
        """The sha256 of all of it."""
        return hashlib.sha256(self.content + (self.weights or b"")).hexdigest()

    @property
    def members(self) -> list[str]:
        """The names in it where it is one zip file, never none of that; else none.

        Raises:
            ModelError: if it is a damaged zip file.
        """
        alone = self.weights is None and self.content.startswith(_ZIP)
        return opened_archive(self.content).namelist() if alone else []


def is_pair(path: Path) -> bool:
    """Return whether this is a network in JSON, or the folder with it and its weights."""
    if path.is_dir():
        return len(_networks(path)) == 1 and bool(_weights_in(path))
    return path.suffix.lower() == ".json"


def read_source(path: Path) -> Source:
    """Read a file, or the two.

    Raises:
        ModelError: if it is not there, is too large, or which weights are meant is not clear.
        StorageError: if it cannot be read.
    """
    if not is_pair(path):
        return Source(path, _read(path))
    network = _networks(path)[0] if path.is_dir() else path
    content = _read(network)
    return Source(network, content, _read(_weights_of(network)))


def _networks(folder: Path) -> list[Path]:
    # A run's folder holds JSON, too, but nothing that begins like this.
    return [file for file in sorted(folder.glob("*.json")) if _is_network(file)]


def _is_network(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return b'"class_name"' in opened.read(4096)
    except OSError:
        return False


def _weights_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix.lower() in _WEIGHTS)


def _weights_of(network: Path) -> Path:
    """The file of weights beside a network: the only one, or the one that is called like it."""
    found = _weights_in(network.parent)
    called = [file for file in found if file.name.startswith(network.stem)]
    for choice in (called, found):
        if len(choice) == 1:
            return choice[0]
    raise ModelError(
        _(
            "Beside {network} are {count} files of weights (.h5); expected one, or one called "
            "{stem}.weights.h5.",
            network=network.name,
            count=len(found),
            stem=network.stem,
        )
    )


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise missing_model(path)
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ModelError(_("{path} is too large for a model file.", path=path))
        return path.read_bytes()
    except OSError as error:
        raise storage_error(path, error) from error
