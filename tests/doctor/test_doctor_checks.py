"""The checks of ``tenfold doctor``, each against an installation broken in its own way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tenfold import doctor
from tenfold.data.formats import idx
from tenfold.doctor import _asking as asking
from tenfold.doctor import _torch as pytorch
from tenfold.doctor import (
    check_names,
    data,
    device,
    disk,
    extras,
    figures,
    fonts,
    models,
    precision,
    threads,
)
from tenfold.doctor._asking import Answer, ask
from tenfold.doctor._finding import CheckResult

TORCH = {
    "device": "cpu",
    "why": "The processor: so it is.",
    "precision": "fp32",
    "threads": 2,
    "cuda": None,
    "rocm": None,
    "mps": False,
    "driver": False,
    "visible": None,
}


@pytest.fixture(autouse=True)
def _anew() -> None:
    pytorch._asked.cache_clear()


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a made-up package before the real one, for the processes that are asked."""
    folder = tmp_path / "library"
    monkeypatch.setenv("PYTHONPATH", str(folder))

    def put(name: str, code: str) -> None:
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text(code)

    return put


def only(findings: list[CheckResult]) -> CheckResult:
    (found,) = findings
    return found


def told(monkeypatch: pytest.MonkeyPatch, module: Any, answer: Answer) -> None:
    name = "ask_torch" if hasattr(module, "ask_torch") else "ask"
    monkeypatch.setattr(module, name, lambda *_given, **_options: answer)


def test_every_check_keeps_the_contract() -> None:
    assert check_names()[:2] == ("python", "extras")
    places = [doctor._module(name).PLACE for name in check_names()]
    assert places == sorted(set(places))
    for name in check_names():
        assert doctor._module(name).check.__doc__


def test_importing_it_needs_pythons_own_library_alone() -> None:
    probe = (
        "import sys; from tenfold.doctor import check_names, _module\n"
        "[_module(name) for name in check_names()]\n"
        "heavy = ('numpy', 'torch', 'matplotlib', 'onnxruntime', 'cv2', 'msgspec', 'rich')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_a_check_that_fails_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(figures, "check", fails)
    found = only(doctor._findings("figures"))
    assert (found.state, found.check) == ("broken", "figures")
    assert "ZeroDivisionError: a defect" in found.text


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("raise RuntimeError('out of order')", "RuntimeError: out of order"),
        ("import os; os.abort()", "signal 6"),
        ("import sys; sys.exit(3)", "exit code 3"),
        ("import time; time.sleep(60)", "no answer in 2 seconds"),
        ("def probe(): print('a stray word'); return [1]", ""),
    ],
)
def test_another_process_may_fail_in_any_way(library: Any, code: str, problem: str) -> None:
    library("made_up", code)
    answer = ask("made_up", "probe", seconds=2 if "sleep" in code else 60)
    assert problem in answer.problem
    assert bool(answer.problem) == bool(problem)
    assert answer.value == (None if problem else [1])


def test_a_file_that_happens_to_lie_here_is_no_library(library: Any, tmp_path: Path) -> None:
    library("made_up", "def probe(): return 1")
    (tmp_path / "json.py").write_text("raise RuntimeError('not the library')")
    assert ask("made_up", "probe") == Answer(1)


def test_a_python_that_is_not_there_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking.sys, "executable", "/nowhere/python")
    assert "/nowhere/python" in ask("made_up", "probe").problem


def test_extras_that_are_complete() -> None:
    there, absent, old = extras.missing("train")
    assert "torch" in there
    assert "numpy" not in there
    assert (absent, old) == ([], [])
    assert "numpy" in extras.missing("")[0]
    assert extras.missing("parquet")[0].keys() == {"pyarrow"}


def requiring(monkeypatch: pytest.MonkeyPatch, *lines: str) -> CheckResult:
    listed = [f"{line}; extra == 'some'" for line in lines]
    monkeypatch.setattr(extras.metadata, "requires", lambda _name: listed)
    return extras._look("some")


def test_an_extra_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    found = requiring(monkeypatch, "no-such-package>=1")
    assert (found.state, found.text) == ("note", "not installed")
    assert found.advice == "pip install 'tenfold[some]'"


def test_an_extra_that_is_there_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    found = requiring(monkeypatch, "no-such-package", "filelock")
    assert (found.state, found.text) == ("note", "not complete, without no-such-package")


def test_an_extra_that_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    found = requiring(monkeypatch, "filelock>=9999")
    assert found.state == "broken"
    assert found.text.startswith("too old: filelock")
    assert found.advice == "pip install --upgrade 'tenfold[some]'"


def test_a_base_package_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras.metadata, "requires", lambda _name: ["no-such-package", "filelock"])
    assert extras._look("").state == "broken"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise OSError('libcudart.so.12: cannot open shared object file')", "OSError: libcudart"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("import os; os.abort()", "signal 6"),
    ],
)
def test_an_extra_whose_import_fails(
    library: Any, monkeypatch: pytest.MonkeyPatch, code: str, reason: str
) -> None:
    library("joblib", code)
    found = requiring(monkeypatch, "filelock", "joblib")
    assert found.state == "broken"
    assert reason in found.text
    assert found.facts["errors"].keys() == {"joblib"}
    assert found.advice == "pip install --force-reinstall 'joblib'"


def test_the_device_is_the_one_that_trains() -> None:
    found = only(device.check())
    assert found.state in ("good", "note")
    from tenfold.training import choose_device

    assert found.facts["device"] == choose_device("auto")[0]
    assert found.text == choose_device("auto")[1]
    assert only(threads.check()).facts["torch"] == found.facts["threads"]
    assert only(precision.check()).facts["precision"] == found.facts["precision"]


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"device": "cuda"}, ""),
        ({}, "No GPU driver is found. If"),
        ({"driver": True}, "built without"),
        ({"driver": True, "cuda": "13.0", "visible": ""}, "CUDA_VISIBLE_DEVICES=''"),
        ({"driver": True, "rocm": "7"}, "update it"),
        ({"cuda": "13.0"}, "No GPU driver is found; if"),
        ({"mps": True}, "macOS"),
    ],
)
def test_why_there_is_no_gpu(
    monkeypatch: pytest.MonkeyPatch, facts: dict[str, Any], word: str
) -> None:
    told(monkeypatch, device, Answer(TORCH | facts))
    found = only(device.check())
    assert word in found.advice
    assert bool(found.advice) == bool(word)
    assert found.state == ("note" if facts.get("driver") else "good")


def test_a_broken_pytorch(library: Any) -> None:
    library("torch", "raise ImportError('libtorch_cpu.so: undefined symbol')")
    found = only(device.check())
    assert found.state == "broken"
    assert "undefined symbol" in found.text
    assert precision.check() == []
    assert only(threads.check()).facts["torch"] is None


def test_no_pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (device, threads, precision):
        monkeypatch.setattr(module, "installed", lambda _name: False)
        monkeypatch.setattr(module, "ask_torch", None)
    found = only(device.check())
    assert (found.state, found.advice) == ("note", "To train: pip install 'tenfold[train]'")
    assert only(precision.check()).state == only(threads.check()).state == "good"


def test_threads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told(monkeypatch, threads, Answer(TORCH | {"threads": 1}))
    monkeypatch.setattr(threads, "core_count", lambda: 4)
    monkeypatch.setattr(threads, "_GROUPS", tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert "OMP_NUM_THREADS=1 limits it" in only(threads.check()).advice
    (tmp_path / "cpu.max").write_text("250000 100000\n")
    found = only(threads.check())
    assert (found.state, found.advice) == ("note", "Train with --threads 2.")
    assert "allows 2.5 cores' time" in found.text


@pytest.mark.parametrize(
    ("files", "limit"),
    [
        ({"cpu.max": "max 100000\n"}, None),
        ({"cpu.max": "50000 100000\n"}, 0.5),
        ({"cpu.max": ""}, None),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, None),
        ({"cpu/cpu.cfs_quota_us": "300000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 3.0),
        ({}, None),
    ],
)
def test_limits_of_control_groups(
    tmp_path: Path, files: dict[str, str], limit: float | None
) -> None:
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    assert threads.cgroup_limit(tmp_path) == limit


@pytest.mark.parametrize(
    ("flags", "precision_used", "text"),
    [
        (
            "fpu amx_bf16 avx512_bf16",
            "bf16",
            "AMX, AVX-512 BF16: recipes that prefer bf16 train in",
        ),
        ("fpu sse", "fp32", "no instructions for bf16: recipes that prefer bf16 train in fp32"),
    ],
)
def test_mixed_precision(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, flags: str, precision_used: str, text: str
) -> None:
    (tmp_path / "cpuinfo").write_text(f"flags\t: {flags}\n")
    monkeypatch.setattr(precision, "_PROCESSOR", tmp_path / "cpuinfo")
    told(monkeypatch, precision, Answer(TORCH | {"precision": precision_used}))
    assert only(precision.check()).text.startswith(text)


def test_the_bundled_models(library: Any) -> None:
    assert "digits" in only(models.check()).facts["models"]
    library("onnxruntime", "raise ImportError('DLL load failed')")
    found = only(models.check())
    assert found.state == "broken"
    assert "DLL load failed" in found.text


def test_where_mnist_would_come_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("KERAS_HOME", "SCIKIT_LEARN_DATA"):
        monkeypatch.delenv(name, raising=False)
    found = only(data.check())
    assert (found.state, found.advice) == ("note", "Fetch it: tenfold data fetch")
    monkeypatch.setenv("TENFOLD_DATA", "/nowhere")
    cache = tmp_path / "cache" / "mnist"
    cache.mkdir(parents=True)
    for split in ("train", "test"):
        for name, shape in zip(idx.file_names(split), ((3, 28, 28), (3,)), strict=True):
            array = np.zeros(shape, np.uint8)
            (cache / name).write_bytes(idx.header(array) + array.tobytes())
    found = only(data.check())
    assert found.state == "note"
    first, second = found.facts["damaged"]
    assert first.startswith("TENFOLD_DATA=/nowhere: ")
    assert second.startswith(f"{cache}: ")
    assert "sha256" in second
    assert "a mirror or the package index" in found.text


def test_a_place_that_has_mnist(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, data, Answer({"place": "here", "damaged": []}))
    assert only(data.check()) == CheckResult(
        "data", "MNIST", "good", "here", facts={"place": "here", "damaged": []}
    )


@pytest.mark.slow
def test_figures_and_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    assert only(figures.check()).facts["bytes"] > 10_000
    assert only(fonts.check()).text == "Noto Sans CJK SC"
    monkeypatch.setenv("MPLBACKEND", "nonsense")
    found = only(figures.check())
    assert found.state == "broken"
    assert "nonsense" in found.text
    assert "MPLBACKEND" in found.advice
    assert fonts.check() == []
    assert extras.probe(["matplotlib"]) == {}


def test_no_font_and_no_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, fonts, Answer(None))
    found = only(fonts.check())
    assert (found.state, found.advice) == ("note", "pip install noto-cjk-sans-otc")
    for module in (fonts, figures):
        monkeypatch.setattr(module, "installed", lambda _name: False)
    assert fonts.check() == []
    assert only(figures.check()).advice == "pip install 'tenfold[train]'"


@pytest.mark.parametrize(
    ("free", "writable", "state"),
    [
        (50_000, True, "good"),
        (999, True, "note"),
        (99, True, "broken"),
        (50_000, False, "note"),
    ],
)
def test_room_on_the_disk(free: int, writable: bool, state: str) -> None:
    facts = {"path": "/x", "free": free * disk.MB, "writable": writable, "kept": {}}
    found = disk.judged("cache", facts)
    assert found.state == state
    assert bool(found.advice) == (state != "good")
    assert f"/x: {free:,} MB free" in found.text


def test_what_is_kept_in_the_cache(tmp_path: Path) -> None:
    (tmp_path / "cache" / "mnist").mkdir(parents=True)
    (tmp_path / "cache" / "mnist" / "images").write_bytes(bytes(3 * disk.MB))
    cache, here = disk.check()
    assert "kept in it: mnist 3 MB" in cache.text
    assert str(tmp_path) in here.text
