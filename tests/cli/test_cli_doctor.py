"""``tenfold doctor``, run as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from _commands import Tenfold
from tenfold import doctor
from tenfold.doctor import CheckResult

GOOD = CheckResult("python", "Python", "good", "3.11", facts={"python": "3.11"})
NOTE = CheckResult("extras", "tenfold[ray]", "note", "not installed", "pip install 'tenfold[ray]'")
BROKEN = CheckResult("device", "device", "broken", "[bold]no[/]", "install it")


BROKEN_PACKAGES = (
    *("numpy", "onnxruntime", "cv2", "PIL", "msgspec", "torch", "matplotlib", "scipy", "sklearn"),
    *("skimage", "onnx", "optuna", "pyarrow", "mlflow", "tensorboard", "sqlalchemy"),
    *("alembic", "fastapi"),
)


def run(
    monkeypatch: pytest.MonkeyPatch,
    tenfold: Tenfold,
    *findings: CheckResult,
    words: tuple[str, ...] = ("doctor",),
) -> tuple[int, str]:
    def examine() -> Iterator[CheckResult]:
        return iter(findings)

    monkeypatch.setattr(doctor, "examine", examine)
    code, out, _err = tenfold(*words)
    return code, out


def test_all_works(monkeypatch: pytest.MonkeyPatch, tenfold: Tenfold) -> None:
    code, out = run(monkeypatch, tenfold, GOOD, NOTE)
    assert code == 0
    lines = out.splitlines()
    assert lines[0].split() == ["good", "Python", "3.11"]
    assert lines[1].split() == ["note", "tenfold[ray]", "not", "installed"]
    assert lines[2].strip() == "-> pip install 'tenfold[ray]'"
    assert lines[3] == "All that is installed works."


def test_something_is_broken(monkeypatch: pytest.MonkeyPatch, tenfold: Tenfold) -> None:
    code, out = run(monkeypatch, tenfold, GOOD, BROKEN)
    assert code == 1
    # Errors of others are shown as they are, not taken for markup.
    assert "[bold]no[/]" in out
    assert out.endswith("Broken: device.\n")


def test_for_machines(monkeypatch: pytest.MonkeyPatch, tenfold: Tenfold) -> None:
    code, out = run(monkeypatch, tenfold, GOOD, BROKEN, words=("doctor", "--json"))
    assert code == 1
    plain = json.loads(out)
    assert plain["works"] is False
    assert plain["findings"][0] == GOOD.to_dict()
    assert set(plain["findings"][1]) == {"check", "name", "state", "text", "advice", "facts"}


def test_in_chinese(monkeypatch: pytest.MonkeyPatch, tenfold: Tenfold) -> None:
    code, out = run(monkeypatch, tenfold, GOOD, BROKEN, words=("--lang", "zh", "doctor"))
    assert code == 1
    assert "损坏" in out
    assert "有损坏：device。" in out


@pytest.mark.slow
def test_nothing_is_too_broken_to_be_looked_at(tmp_path: Path) -> None:
    for name in BROKEN_PACKAGES:
        (tmp_path / "library" / name).mkdir(parents=True)
        (tmp_path / "library" / name / "__init__.py").write_text("raise RuntimeError('broken')")
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "library"), "TENFOLD_LANG": "zh"}
    program = "from tenfold.cli import main; main(['doctor', '--json'])"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr == ""
    states = {(f["check"], f["name"]): f["state"] for f in json.loads(done.stdout)["findings"]}
    assert states["python", "Python"] == "good"
    for name in ("tenfold", "tenfold[train]", "tenfold[parquet]"):
        assert states["extras", name] == "broken"
    assert {states[check] for check in states if check[0] in ("device", "models", "figures")} == {
        "broken"
    }


@pytest.mark.slow
def test_this_installation_works() -> None:
    program = "from tenfold.cli import main; main(['doctor', '--json'])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)["findings"]
    assert {f["check"] for f in found} == set(doctor.check_names())
