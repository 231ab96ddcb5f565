"""The public mirrors of MNIST's four .gz files, over HTTPS."""

from __future__ import annotations

import http.client
import tempfile
import time
import urllib.request
from pathlib import Path

from tenfold.data.formats import idx
from tenfold.data.images import DataSet
from tenfold.data.sources.canonical import CHECKSUMS
from tenfold.errors import SourceError
from tenfold.files import write_whole
from tenfold.language import text as _

__all__ = ["MIRRORS", "from_mirror"]

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)

_SILENCE_SECONDS = 5
_FILE_SECONDS = 120
_MAX_BYTES = 12_000_000
_CHUNK = 1 << 16


def from_mirror(base: str) -> DataSet:
    """Download MNIST from the mirror at ``base``.

    Raises:
        SourceError: if the mirror does not answer, is slow, or sends too much.
        FormatError: if what it sends is damaged.
    """
    with tempfile.TemporaryDirectory(prefix="tenfold-") as name:
        folder = Path(name)
        for file in CHECKSUMS:
            write_whole(folder / f"{file}.gz", _download(f"{base}{file}.gz"))
        return idx.load(folder)


def _download(url: str) -> bytes:
    """Return what is at ``url``, within bounds of time and size."""
    deadline = time.monotonic() + _FILE_SECONDS
    content = bytearray()
    try:
        # S310 warns of file: and the like; the mirrors above are the only addresses given.
        with urllib.request.urlopen(url, timeout=_SILENCE_SECONDS) as answer:  # noqa: S310
            while chunk := answer.read1(_CHUNK):
                content += chunk
                if len(content) > _MAX_BYTES:
                    raise SourceError(
                        _("{url} sends more than {limit} bytes", url=url, limit=_MAX_BYTES)
                    )
                if time.monotonic() > deadline:
                    raise SourceError(_("{url} is too slow", url=url))
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise SourceError(_("{url} cannot be had: {reason}", url=url, reason=reason)) from error
    return bytes(content)
