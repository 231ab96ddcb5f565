"""Nothing leaves the machine: no library tells its maker, and a home folder stays as it was."""

from __future__ import annotations

import os
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from tenfold.privacy import SWITCHES, stay_silent

HEAD = """
import sys
# Socket pairs and local servers stay here; nothing else may be asked for, not even a name.
def look(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo"):
        assert "127.0.0.1" in str(arguments), (event, arguments)
sys.addaudithook(look)
"""

READING = """
import tenfold
print(tenfold.Reader().read("seven.png").text)
"""


@pytest.fixture
def alone(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a command, or Python's source, as a user with a fresh home who has set nothing."""
    home = tmp_path / "fresh"
    home.mkdir()
    picture = np.full((80, 80), 255, np.uint8)
    cv2.putText(picture, "7", (22, 60), cv2.FONT_HERSHEY_SIMPLEX, 2, 0, 5)
    cv2.imwrite(str(tmp_path / "seven.png"), picture)

    def run(
        *command: str, source: str = "", **set_by_user: str
    ) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "OMP_NUM_THREADS": "1"}
        return subprocess.run(
            command or (sys.executable, "-c", source),
            env=environment | set_by_user,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def left_in(home: Path) -> list[str]:
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())


def test_reading_leaves_a_home_as_it_was(
    alone: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = alone(source=HEAD + READING)
    assert (done.stdout, done.returncode) == ("7\n", 0), done.stderr
    assert left_in(tmp_path / "fresh") == []


@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_is_set_unless_the_user_has_set_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(name)
    stay_silent()
    assert os.environ[name] == SWITCHES[name]
    monkeypatch.setenv(name, "mine")
    stay_silent()
    assert os.environ[name] == "mine"


def test_a_runtime_that_was_imported_before_is_asked_to_tell_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    runtime = SimpleNamespace(disable_telemetry_events=lambda: asked.append("asked"))
    monkeypatch.setitem(sys.modules, "onnxruntime", runtime)  # type: ignore[arg-type]
    stay_silent()
    assert asked == []
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY")
    stay_silent()
    assert asked == ["asked"]
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY")
    monkeypatch.setitem(sys.modules, "onnxruntime", SimpleNamespace())  # type: ignore[arg-type]
    stay_silent()


def test_what_is_sent_to_a_worker_elsewhere_switches_off_there(
    alone: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    # As on another machine of a cluster: of the function there is only its name.
    from tenfold.experiments.engines._transfer import do_parcel

    source = (
        f"import pickle, os; pickle.loads({pickle.dumps(do_parcel)!r}); print(dict(os.environ))"
    )
    done = alone(source=source)
    assert "'ORT_DISABLE_TELEMETRY': '1'" in done.stdout, done.stderr


CONNECTION = re.compile(r"(connect|sendto|sendmsg)\(.*AF_INET")
HERE = re.compile(r'"127\.0\.0\.1"|"::1"')


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_no_command_asks_for_another_machine(
    alone: Callable[..., subprocess.CompletedProcess[str]], drawn_file: Path, tmp_path: Path
) -> None:
    def traced(*words: str, **set_by_user: str) -> list[str]:
        strace = ["strace", "-f", "-qq", "-e", "trace=%network", "-o", "trace"]
        done = alone(*strace, sys.executable, "-m", "tenfold", *words, **set_by_user)
        assert done.returncode == 0, done.stderr
        lines = Path("trace").read_text(encoding="utf-8").splitlines()
        return [line for line in lines if CONNECTION.search(line) and not HERE.search(line)]

    assert traced("read", "seven.png") == []
    training = ["train", "mlp-128", "--data", str(drawn_file), "--epochs", "1", "--run", "r"]
    assert traced(*training, "--log", "mlflow", "--log", "tensorboard") == []
    for form in ("onnx", "keras", "h5", "safetensors", "torch"):
        assert traced("export", "r", "--to", form) == []
    # Matplotlib remembers the fonts it found.
    left = [name for name in left_in(tmp_path / "fresh") if "matplotlib/fontlist" not in name]
    assert left == []
    # The test would see it: whoever wants to tell may.
    traced("read", "seven.png", ORT_DISABLE_TELEMETRY="0")
    if tuple(map(int, __import__("onnxruntime").__version__.split(".")[:2])) >= (1, 29):
        assert left_in(tmp_path / "fresh") != left
