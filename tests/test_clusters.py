"""Joining a Ray: addresses, what is missing, who is connected already, and errors as sentences."""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tenfold.clusters import cluster_address, connect
from tenfold.errors import MissingExtraError, TenfoldError


class FakeRay:
    """Notes what is asked of it."""

    def __init__(self, connected: bool = False, error: Exception | None = None) -> None:
        self.calls: list[object] = []
        self._connected = connected
        self._error = error

    def is_initialized(self) -> bool:
        return self._connected

    def init(self, address: str, **options: object) -> None:
        self.calls.append((address, options))
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.write(2, b"noise of Ray's\n")
        if self._error is not None:
            raise self._error

    def shutdown(self) -> None:
        self.calls.append("shutdown")


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    def place(ray: object) -> object:
        monkeypatch.setitem(sys.modules, "ray", ray)
        return ray

    # Nobody listens at the addresses of these tests.
    monkeypatch.setattr("tenfold.clusters._knock", lambda _address: None)

    # What connecting leaves in the environment goes with the test.
    for name in ("RAY_USAGE_STATS_ENABLED", "RAY_BACKEND_LOG_LEVEL", "RAY_DEDUP_LOGS_SKIP_REGEX"):
        monkeypatch.setenv(name, "set by hand")
    for name in ("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "RAY_ENABLE_UV_RUN_RUNTIME_ENV"):
        monkeypatch.setenv(name, "0")
    return SimpleNamespace(ray=place)


def test_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    assert cluster_address("ray") is None
    assert cluster_address("ray://head:10001") == "ray://head:10001"
    monkeypatch.setenv("RAY_ADDRESS", "10.0.0.1:6379")
    assert cluster_address("ray") == "10.0.0.1:6379"
    assert cluster_address("ray://head:10001") == "ray://head:10001"


def test_without_ray_the_extra_is_named(put: SimpleNamespace) -> None:
    put.ray(None)
    with pytest.raises(MissingExtraError, match=r"pip install 'tenfold\[ray\]'"), connect(None, 1):
        pass


def test_one_of_this_machine_is_quiet_and_ends(
    put: SimpleNamespace, capfd: pytest.CaptureFixture[str]
) -> None:
    ray = put.ray(FakeRay())
    before = signal.getsignal(signal.SIGTERM)
    with connect(None, 3):
        folder = ray.calls[0][1]["_temp_dir"]
        assert Path(folder).is_dir()
    address, options = ray.calls[0]
    assert (address, options["num_cpus"], options["log_to_driver"]) == ("local", 3, False)
    assert options["include_dashboard"] is False
    assert ray.calls[-1] == "shutdown"
    assert not Path(folder).exists()
    assert signal.getsignal(signal.SIGTERM) == before
    os.write(2, b"ours\n")
    assert capfd.readouterr().err == "ours\n"
    assert os.environ["RAY_BACKEND_LOG_LEVEL"] == "set by hand"


def test_a_cluster_is_joined_and_left(put: SimpleNamespace) -> None:
    ray = put.ray(FakeRay())
    with connect("ray://head:10001", 3):
        assert ray.calls[0][0] == "ray://head:10001"
        assert "num_cpus" not in ray.calls[0][1]
    assert ray.calls[1:] == ["shutdown"]


def test_an_address_where_nobody_listens_is_told_without_asking_ray(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ray = FakeRay()
    monkeypatch.setitem(sys.modules, "ray", ray)
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{bound.getsockname()[1]}"
    with pytest.raises(TenfoldError, match=f"{address} cannot be joined"), connect(address, 1):
        pass
    assert ray.calls == ["shutdown"]


def test_who_is_connected_stays_so(put: SimpleNamespace) -> None:
    ray = put.ray(FakeRay(connected=True))
    with connect("ray://head:10001", 3):
        pass
    assert ray.calls == []


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (None, "does not start on this machine: no luck."),
        ("a:1", "at a:1 cannot be joined: no luck."),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    put: SimpleNamespace, address: str | None, told: str
) -> None:
    ray = put.ray(FakeRay(error=RuntimeError("no luck\nand more")))
    with pytest.raises(TenfoldError, match=told) as error, connect(address, 1):
        pass
    assert "and more" not in str(error.value)
    assert ray.calls[-1] == "shutdown"


@pytest.mark.parametrize(("failures", "joined"), [(1, True), (2, True), (3, False)])
def test_a_busy_client_server_is_asked_again(
    put: SimpleNamespace, failures: int, joined: bool
) -> None:
    class Busy(FakeRay):
        def init(self, address: str, **options: object) -> None:
            super().init(address, **options)
            if len(self.calls) <= failures:
                raise ConnectionAbortedError(
                    "Initialization failure from server:\nTraceback (most recent call last):\n"
                    "RuntimeError: Starting Ray client server failed.\n"
                )

    ray = put.ray(Busy())
    if joined:
        with connect("ray://head:10001", 1):
            assert len(ray.calls) == failures + 1
        return
    told = r"joined: Initialization failure from server: RuntimeError: Starting Ray client server"
    with pytest.raises(TenfoldError, match=told), connect("ray://head:10001", 1):
        pass
    assert len(ray.calls) == 3 + 1
