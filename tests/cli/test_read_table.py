"""``tenfold read --out`` as a program: tables, errors, and going on after it was killed."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from pyarrow import parquet

from _commands import Tenfold
from _waiting import wait_for
from tenfold.cli import _read_table
from tenfold.errors import TenfoldError

# Small parts, so that a few hundred pictures are several.
MAIN = (
    "from tenfold.batch import parts, table; parts.PART = table.PART = 64;"
    "from tenfold.cli import main; main()"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2,400 pictures, nearly all blank, for those are quickly read."""
    folder = tmp_path_factory.mktemp("pictures") / "p"
    folder.mkdir()
    blank = np.full((12, 12), 255, np.uint8)
    seven = np.full((28, 28), 255, np.uint8)
    cv2.putText(seven, "7", (5, 23), cv2.FONT_HERSHEY_SIMPLEX, 0.85, 0, 2, cv2.LINE_AA)
    for number in range(2400):
        cv2.imwrite(str(folder / f"{number:04}.png"), blank if number % 20 else seven)
    (folder / "0300.png").write_bytes(b"broken")
    return folder


@pytest.fixture
def run(tenfold: Tenfold) -> Tenfold:
    """``tenfold read``."""
    return functools.partial(tenfold, "read")


def start(*words: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", MAIN, "read", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def stop_after(parts: int, out: Path, sent: signal.Signals, *words: str | Path) -> tuple[int, str]:
    """Go on with a table, send a signal after so many parts more; return the code and stderr."""
    folder = out.with_name(out.name + ".parts")
    # What was killed may have written more than it was waited for.
    last = len(list(folder.glob("part-*.jsonl"))) + parts - 1
    process = start(*words, "--out", out)
    part = folder / f"part-{last:05}.jsonl"
    wait_for(part.exists, process)
    process.send_signal(sent)
    _out, err = process.communicate(timeout=250)
    assert not out.exists()
    return process.returncode, err


@pytest.mark.slow
def test_killed_and_interrupted_it_goes_on_and_the_table_is_the_same(
    folder: Path, tmp_path: Path
) -> None:
    whole = start(folder, "--out", tmp_path / "whole.parquet")
    assert whole.communicate(timeout=250)[1] == (
        f"Read 2,400 pictures, 1 of them could not be read: {tmp_path}/whole.parquet\n"
    )
    assert whole.returncode == 0
    out = tmp_path / "t.parquet"
    code, _err = stop_after(1, out, signal.SIGKILL, folder)
    assert code == -signal.SIGKILL
    code, err = stop_after(2, out, signal.SIGINT, folder)
    assert code == 130
    assert "Going on after" in err
    assert "What is read is kept; the same command goes on" in err
    assert "Traceback" not in err
    last = start(folder, "--out", out)
    err = last.communicate(timeout=250)[1]
    assert "Going on after" in err
    assert last.returncode == 0
    assert out.read_bytes() == (tmp_path / "whole.parquet").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["t.parquet", "whole.parquet"]


def test_a_table_of_several_sources(folder: Path, tmp_path: Path, run: Tenfold) -> None:
    (tmp_path / "list.txt").write_text(f"{folder}/0002.png\nabsent.png\n")
    sources = (f"{folder}/030?.png", "@list.txt", f"file://{folder}/0000.png")
    result = run(*sources, "--out", "t.parquet", "--workers", "1", "--threshold", "0.25")
    assert (result.code, result.out) == (0, "")
    assert result.err == "Read 13 pictures, 2 of them could not be read: t.parquet\n"
    rows = parquet.read_table("t.parquet").to_pylist()
    assert [row["path"] for row in rows] == [
        *(f"{folder}/0{number}.png" for number in range(300, 310)),
        *(f"{folder}/0002.png", "absent.png", f"{folder}/0000.png"),
    ]
    assert rows[11]["error"] == "There is no such file."
    assert rows[-1]["text"] == "7"
    assert rows[1]["text"] == ""


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--engine", "ray"], "--engine is for a table; name its file with --out"),
        (["--workers", "2"], "--workers is for a table"),
        (["--again"], "--again is for a table"),
        (["--out", "t.parquet", "--json"], "--json does not go with --out"),
        (["--out", "t.parquet", "--explain"], "--explain does not go with --out"),
        (["--out", "t.parquet", "--annotate", "x"], "--annotate does not go with --out"),
        (["--out", "t.txt"], "expected a name that ends with .parquet, .csv, .jsonl"),
        (["--out", "t.parquet", "--engine", "dask"], "Received --engine dask; expected processes"),
        (["--out", "t.parquet"], "There are no pictures in 'absent'"),
    ],
)
def test_wrong_usage_is_told(words: list[str], message: str, run: Tenfold) -> None:
    code, _out, err = run("absent", *words)
    assert code == 1
    assert message in err
    assert not list(Path().iterdir())


def test_missing_packages_are_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, run: Tenfold
) -> None:
    for module in ("pyarrow", "ray"):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, module, None)
            extra = {"pyarrow": "parquet"}.get(module, module)
            code, _out, err = run(folder, "--out", "t.parquet", "--engine", "ray")
            assert code == 1
            assert f"pip install 'tenfold[{extra}]'" in err


@pytest.mark.slow
def test_tables_of_text_need_no_package(
    folder: Path, monkeypatch: pytest.MonkeyPatch, run: Tenfold
) -> None:
    for name in list(sys.modules):
        if name.partition(".")[0] == "pyarrow":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    pictures = [str(path) for path in sorted(folder.glob("*.png"))[:2]]
    for name in ("t.csv", "t.jsonl"):
        assert run(*pictures, "--out", name, "--workers", "1").code == 0
        assert pictures[0] in Path(name).read_text(encoding="utf-8")


def test_how_far_it_is_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = 100.0
    monkeypatch.setattr(_read_table.time, "monotonic", lambda: now)
    lines = _read_table._Lines(str)
    lines.listed(1000)
    now += 31
    lines.listed(1001)
    lines.listed(2000)
    lines.read(1024, 9_001_024)
    now += 40
    lines.read(41_024, 9_001_024)
    lines.read(41_056, 9_001_024)
    assert capsys.readouterr().err == (
        "Found 2,000 pictures so far\n"
        "Going on after 1,024 of 9,001,024 pictures\n"
        "41,024 of 9,001,024 pictures, 1000 a second, 2:29:20 left\n"
    )


def test_on_a_terminal_there_is_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with _read_table._screen(str) as watch:
        watch.listed(1000)
        assert not watch.has_begun
        watch.read(0, 100)
        watch.read(50, 100)
        (task,) = watch._bar.tasks
        assert (task.completed, task.total) == (50, 100)
        assert str(task.fields["rate"]).startswith("50 of 100, ")


def test_an_error_after_the_beginning_says_how_to_go_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_words: object, watch: _read_table._Screen, **_more: object) -> None:
        watch.read(0, 10)
        raise TenfoldError("lost")

    monkeypatch.setattr("tenfold.batch.read_to_table", fails)
    with pytest.raises(TenfoldError, match="lost"):
        _read_table.read_table([str(folder)], Path("t.csv"), None, "processes", 1, again=False)  # type: ignore[arg-type] # not used
    assert "the same command goes on (without --again)" in capsys.readouterr().err
