"""Ray, which does the work of many machines: started here quietly, or joined by its address."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tenfold.errors import MissingExtraError, TenfoldError
from tenfold.language import text as _

__all__ = ["cluster_address", "connect"]

# What Ray itself reads from the environment when it is imported or starts its processes.
_QUIET = {
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    # A busy machine takes longer to start Ray's processes than the 15 seconds it waits.
    "RAY_agent_register_timeout_ms": "120000",
    # Otherwise whoever asks a cluster that is lost gets a new Ray on this machine.
    "RAY_ENABLE_AUTO_CONNECT": "0",
    # Otherwise it tells of what it will do should a process die.
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    # Ray tells on stdout, whatever it is asked, that a process died; it is told by who lost it.
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".",
}

# Bytes of shared memory; jobs, pictures and rows are small, and Ray's own choice is a third of all.
_STORE = 512 * 2**20

# How often a client server is asked.
_TRIES = 3


def cluster_address(engine: str) -> str | None:
    """Return the address that ``engine`` names: "ray" or "ray://HOST:PORT".

    "ray" alone is the cluster in RAY_ADDRESS, or None, a Ray of this machine's own.
    """
    if engine.startswith("ray://"):
        return engine
    return os.environ.get("RAY_ADDRESS") or None


@contextmanager
def connect(address: str | None, cores: int) -> Iterator[None]:
    """Be connected to Ray in this block.

    A program that is connected already stays so, here and after the block.

    Args:
        address: a cluster's, such as "ray://HOST:10001", or "HOST:6379" on one of its machines;
            None starts a Ray on this machine, which ends with the block, and leaves no files but
            the key that Ray keeps in ~/.ray.
        cores: how many cores a Ray on this machine has; a cluster knows its own.

    Raises:
        MissingExtraError: if Ray is not installed.
        TenfoldError: if there is no Ray at the address, one of another version, or it cannot start.
    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ModuleNotFoundError as error:
        raise MissingExtraError("ray", _("The engine ray")) from error
    if ray.is_initialized():
        yield
        return
    with _same_signals():
        try:
            with _local(cores) if address is None else _joined(address):
                yield
        finally:
            ray.shutdown()


@contextmanager
def _local(cores: int) -> Iterator[None]:
    """Run a Ray of our own, without a dashboard, in a folder that is removed."""
    import ray

    # Its sockets' paths may have some hundred characters at most.
    short = "/tmp" if Path("/tmp").is_dir() else None  # noqa: S108 - mkdtemp makes it private
    folder = tempfile.mkdtemp(prefix="ray-", dir=short)
    try:
        try:
            with _without_stderr():
                ray.init(
                    "local",
                    num_cpus=cores,
                    include_dashboard=False,
                    log_to_driver=False,
                    logging_level=logging.ERROR,
                    object_store_memory=_STORE,
                    _temp_dir=folder,
                )
        # Ray says in many ways that its processes do not start.
        except Exception as error:
            raise TenfoldError(
                _("Ray does not start on this machine: {reason}", reason=_reason(error))
            ) from error
        yield
    finally:
        ray.shutdown()
        _remove(Path(folder))


def _remove(folder: Path) -> None:
    """Remove Ray's folder; processes that are ending may still write to it."""
    for _attempt in range(20):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.25)


@contextmanager
def _joined(address: str) -> Iterator[None]:
    try:
        _knock(address)
        with _without_stderr():
            _join(address)
    # Ray says in many ways that it cannot be reached.
    except Exception as error:
        raise TenfoldError(
            _(
                "The Ray cluster at {address} cannot be joined: {reason} Check the address, and "
                "that its machines have the same versions of Python, Ray and Tenfold.",
                address=address,
                reason=_reason(error),
            )
        ) from error
    yield


def _join(address: str) -> None:
    """Join a cluster.

    Its client server starts a process for each program; one that is busy may be too slow for
    itself, says so, and does better when it is asked again.
    """
    import ray

    for left in reversed(range(_TRIES if address.startswith("ray://") else 1)):
        try:
            ray.init(address, log_to_driver=False, logging_level=logging.ERROR)
        except ConnectionError:
            if not left:
                raise
        else:
            return


def _knock(address: str) -> None:
    """Find out in seconds, not minutes, that nobody listens at HOST:PORT.

    Raises:
        OSError: if that is so.
    """
    host, _colon, port = address.removeprefix("ray://").rpartition(":")
    if port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()


@contextmanager
def _without_stderr() -> Iterator[None]:
    """Keep what is written to the file descriptor of stderr from being seen.

    Ray's part in C++ reports there, before it obeys, how quiet it was asked to be. What goes wrong
    it raises.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _reason(error: Exception) -> str:
    """What Ray says, in a sentence: its first line, and the last where the first announces it."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    said = f"{lines[0]} {lines[-1].strip()}" if lines[0].endswith(":") and lines[1:] else lines[0]
    return said if said.endswith(".") else said + "."


@contextmanager
def _same_signals() -> Iterator[None]:
    """Give back the program's own answer to SIGTERM, which Ray replaces."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
