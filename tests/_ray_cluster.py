"""A Ray cluster of real processes on this machine, each of its machines a process group."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from _hosts import Host, Hosts
from _waiting import wait_for

RAY = str(Path(sys.executable).with_name("ray"))


def surroundings() -> dict[str, str]:
    return {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "RAY_AUTH_MODE": "disabled",
        "RAY_USAGE_STATS_ENABLED": "0",
        # On a machine that is busy with other tests Ray's processes are slow to find each other.
        "RAY_agent_register_timeout_ms": "120000",
    }


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Node:
    """One machine of a cluster: ``ray start --block`` and all that it starts, a process group."""

    def __init__(self, log: Path, *words: str, host: Host | None = None) -> None:
        self._log = log
        self._command = [RAY, "start", *words, "--block", "--disable-usage-stats"]
        self._command += ["--object-store-memory", "100000000"]
        self._command += ["--min-worker-port", "0", "--max-worker-port", "0"]
        if host is not None:
            self._command += ["--node-ip-address", host.address]
            self._command = host.command(self._command)
        self._process = self._begin()

    def wait(self) -> None:
        """Wait until it runs; it is begun again where it was too slow for Ray."""
        try:
            wait_for(self._runs, seconds=300)
        except AssertionError as late:
            raise AssertionError(self._log.read_text()) from late

    def _runs(self) -> bool:
        if self._process.poll() is not None:
            self.kill()
            self._process = self._begin()
        return "Ray runtime started" in self._log.read_text()

    def kill(self) -> None:
        """Pull its plug."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _begin(self) -> subprocess.Popen[bytes]:
        with self._log.open("wb") as log:
            return subprocess.Popen(
                self._command,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=surroundings(),
                start_new_session=True,
            )


class Cluster:
    """A head without cores, and two workers of one core each, on hosts of their own or on none."""

    def __init__(self, folder: Path, hosts: Hosts | None = None) -> None:
        port, client = free_port(), free_port()
        self._hosts = hosts
        place = "127.0.0.1" if hosts is None else hosts["head"].address
        self.address = f"{place}:{port}"
        self.client = f"ray://{place}:{client}"
        words = ["--head", "--num-cpus", "0", "--port", str(port), "--include-dashboard", "false"]
        words += ["--ray-client-server-port", str(client), "--temp-dir", str(folder)]
        self.head = self._node(folder, "head", *words)
        self.workers: list[Node] = []

    def _node(self, folder: Path, name: str, *words: str) -> Node:
        host = None if self._hosts is None else self._hosts[name]
        return Node(folder / f"{name}.log", *words, host=host)

    def begin(self, folder: Path) -> None:
        self.head.wait()
        words = ["--address", self.address, "--num-cpus", "1"]
        for name in ("worker1", "worker2"):
            self.workers.append(self._node(folder, name, *words))
        for worker in self.workers:
            worker.wait()

    def stop(self) -> None:
        for node in [*self.workers, self.head]:
            node.kill()


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder for sockets, whose paths have to be short."""
    folder = Path(tempfile.mkdtemp(prefix="ray_", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def cluster(short: Path) -> Iterator[Cluster]:
    yield from _running(Cluster(short), short)


@pytest.fixture
def far_cluster(short: Path, hosts: Hosts) -> Iterator[Cluster]:
    """Its machines are the hosts, but for the desk."""
    yield from _running(Cluster(short, hosts), short)


def _running(found: Cluster, folder: Path) -> Iterator[Cluster]:
    try:
        found.begin(folder)
        yield found
    finally:
        found.stop()
