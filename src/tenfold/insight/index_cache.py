"""The indexes of the networks asked about: made once, kept in the cache folder."""

from __future__ import annotations

import logging
import math
import os
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import final

from tenfold.data import DataSet
from tenfold.data.sources import cache_folder
from tenfold.data.sources.cache import read_cache
from tenfold.errors import SourceError, StorageError, TenfoldError
from tenfold.files import storage_error
from tenfold.insight.index import DigitIndex, build_index, load_index, save_index
from tenfold.insight.network import OpenNetwork
from tenfold.language import text as _

__all__ = ["Preparing", "Shelf", "cached_mnist"]

MOST_HELD = 3
MOST_KEPT = 12
VERSION = 1
"""Of the files; raised when an index is made otherwise."""

NICENESS = 10
LEFT_SECONDS = 3600
FIRST_SECONDS = 3.0

_log = logging.getLogger(__name__)


def cached_mnist() -> DataSet:
    """Return MNIST from the cache, verified; it is never fetched.

    Raises:
        SourceError: if it is not there, or damaged; says how to fetch it.
    """
    folder = cache_folder()
    try:
        data = read_cache(folder)
    except TenfoldError as error:
        _log.warning("%s", error)
        data = None
    if data is None:
        raise SourceError(
            _(
                "For this MNIST is needed, and it is not in the cache, {folder}. Fetch it once: "
                "tenfold data fetch mnist",
                folder=folder,
            )
        )
    return data


@dataclass(frozen=True, slots=True)
class Preparing:
    """An index that is not ready yet.

    Attributes:
        progress: the share that is done, 0 to 1.
        seconds: when to ask again, 1 to 10.
    """

    progress: float
    seconds: int


class _StoppedError(Exception):
    """The work is no longer wanted."""


@dataclass(slots=True, eq=False)
class _Work:
    """An index being made in a thread of its own."""

    digest: str
    began: float = field(default_factory=time.monotonic)
    progress: float = 0.0
    stopped: bool = False
    thread: threading.Thread | None = field(default=None, repr=False)

    def report(self, progress: float) -> None:
        if self.stopped:
            raise _StoppedError
        self.progress = progress

    def preparing(self, digest: str) -> Preparing:
        """How far it is for who asks for ``digest``, who may have to wait for another's first."""
        taken = time.monotonic() - self.began
        left = taken * (1 - self.progress) / self.progress if self.progress else FIRST_SECONDS
        return Preparing(
            self.progress if self.digest == digest else 0.0, min(max(math.ceil(left), 1), 10)
        )


@final
class Shelf:
    """Indexes by network, for use from several threads.

    In memory are the data set (55 MB for MNIST) and the last three indexes (31 MB each); in the
    folder the last twelve. One is made at a time, by a thread of its own at low priority, so that
    no request waits for it.

    Args:
        load: gives training and test digits; called once, when they are first needed.
        folder: keeps the indexes; by default beside the cache of MNIST.
    """

    def __init__(
        self, load: Callable[[], DataSet] = cached_mnist, folder: Path | None = None
    ) -> None:
        self._load = load
        self._folder = folder
        self._lock = threading.Lock()
        self._data: tuple[DataSet, str] | None = None
        self._held: OrderedDict[str, DigitIndex] = OrderedDict()
        self._failed: dict[str, Exception] = {}
        self._work: _Work | None = None

    @property
    def data(self) -> DataSet:
        """Training and test digits.

        Raises:
            SourceError: if they cannot be had.
        """
        with self._lock:
            return self._loaded()[0]

    def get(self, network: OpenNetwork) -> DigitIndex | Preparing:
        """Return a network's index, or how far it is; the first call has it made.

        Raises:
            SourceError: if there are no digits to make it from.
        """
        with self._lock:
            data, digest = self._loaded()
            if network.digest in self._failed:
                raise self._failed.pop(network.digest)
            path = self._path(network, digest)
            found = self._held.get(network.digest) or _kept(path)
            if found is not None:
                self._hold(network.digest, found)
                return found
            if self._work is None:
                self._work = _Work(network.digest)
                self._work.thread = threading.Thread(
                    target=self._make, args=(self._work, network, data, path), daemon=True
                )
                self._work.thread.start()
            return self._work.preparing(network.digest)

    def close(self) -> None:
        """Give up what is being made, and wait until its thread has ended."""
        with self._lock:
            thread = self._work.thread if self._work else None
            if self._work is not None:
                self._work.stopped = True
        if thread is not None:
            thread.join()

    def _make(self, work: _Work, network: OpenNetwork, data: DataSet, path: Path) -> None:
        _step_back()
        try:
            index = build_index(network, data, work.report)
            with self._lock:
                self._hold(network.digest, index)
            save_index(index, path)
            _tidy(path.parent)
        except _StoppedError:
            return
        except StorageError as error:
            # It is in memory, and is made again next time.
            _log.warning("%s", error)
        except Exception as error:  # noqa: BLE001 - whoever asks next is told
            with self._lock:
                self._failed[network.digest] = error
        with self._lock:
            self._work = None

    def _hold(self, digest: str, index: DigitIndex) -> None:
        self._held[digest] = index
        self._held.move_to_end(digest)
        while len(self._held) > MOST_HELD:
            self._held.popitem(last=False)

    def _loaded(self) -> tuple[DataSet, str]:
        if self._data is None:
            data = self._load()
            self._data = (data, data.hash())
        return self._data

    def _path(self, network: OpenNetwork, digest: str) -> Path:
        folder = self._folder or cache_folder().parent / "insight"
        return folder / f"{network.digest[:32]}-{digest[:16]}-{VERSION}.index"


def _kept(path: Path) -> DigitIndex | None:
    try:
        found = load_index(path)
    except StorageError as error:
        _log.warning("%s", error)
        return None
    if found is not None:
        # What is in use is not the oldest; in a folder that may only be read, it does not matter.
        with suppress(OSError):
            os.utime(path)
    return found


def _tidy(folder: Path) -> None:
    """Remove the indexes longest not used, but for twelve, and what a killed process left."""
    try:
        aged = sorted(folder.glob("*.index"), key=lambda path: -path.stat().st_mtime)
        left = [p for p in folder.glob(".*.part") if p.stat().st_mtime < time.time() - LEFT_SECONDS]
        for path in (*aged[MOST_KEPT:], *left):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(folder, error) from error


def _step_back() -> None:
    """Let requests go before this thread, where the system can tell threads apart."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
