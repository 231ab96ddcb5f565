"""A job travels to another machine as a parcel, and its run comes back as it was."""

from __future__ import annotations

import contextlib
import time
import types
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenfold.errors import RunError
from tenfold.experiments import Job, run_job
from tenfold.experiments.engines import (
    _transfer,
)
from tenfold.experiments.engines._transfer import do_parcel, lay_down, pack, send
from tenfold.files import locked_folder

names = st.text("abc.-_", min_size=1, max_size=8).filter(lambda name: name.strip("."))
files = st.dictionaries(names, st.binary(max_size=2000), max_size=5)


@settings(deadline=None, max_examples=30)
@given(files)
def test_a_run_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, found: Any) -> None:
    there, here = tmp_path_factory.mktemp("there"), tmp_path_factory.mktemp("here")
    for name, content in {**found, "scores.json": b"{}", "run.json": b"{}"}.items():
        (there / name).write_bytes(content)
    (there / "figures").mkdir()
    (there / "figures" / "one.png").write_bytes(b"picture")
    (there / ".lock").touch()
    packed = pack(there)
    assert zipfile.ZipFile(BytesIO(packed)).namelist()[-2:] == ["run.json", "scores.json"]
    lay_down(packed, here)
    kept = {p.relative_to(here).as_posix(): p.read_bytes() for p in here.rglob("*") if p.is_file()}
    visible = {name: content for name, content in found.items() if not name.startswith(".")}
    ends = {"scores.json": b"{}", "run.json": b"{}", "figures/one.png": b"picture"}
    assert kept == {**visible, **ends}


@pytest.mark.parametrize("name", ["../out", "/tmp/out", "a/../../out"])
def test_a_run_that_would_leave_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr(name, b"x")
    with pytest.raises(RunError, match="is damaged"):
        lay_down(content.getvalue(), tmp_path / "in")
    with pytest.raises(RunError, match="is damaged"):
        lay_down(content.getvalue()[:-9], tmp_path / "in")
    assert not (tmp_path / "out").exists()


def weights(folder: str | Path) -> bytes:
    return (Path(folder) / "weights.safetensors").read_bytes()


def test_where_the_folder_is_seen_a_job_is_done_in_it(
    job: Job, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    parcel = send(job)
    assert Path(parcel.job.data).is_absolute()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    answered = do_parcel(parcel, 1)
    monkeypatch.chdir(tmp_path)
    assert answered.scores == job.run.scores
    assert not answered.run


def test_where_it_is_not_seen_the_run_comes_back_and_is_the_same(job: Job) -> None:
    parcel = send(job)
    _transfer.unmark(job)
    answered = do_parcel(parcel, 1)
    assert not job.run.started
    lay_down(answered.run, Path(job.folder))
    assert job.run.scores == answered.scores
    twin = msgspec.structs.replace(job, folder="twin")
    assert run_job(twin).validation == answered.scores.validation
    assert weights("twin") == weights("it")
    # What is finished is taken as it is, by whoever does it next.
    assert do_parcel(send(job), 1).scores == answered.scores


def test_what_was_begun_here_goes_on_there(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    run_job(job)
    (job.run.folder / "scores.json").unlink()
    parcel = send(job)
    _transfer.unmark(job)
    monkeypatch.setattr("tenfold.training.train", None)
    answered = do_parcel(parcel, 1)
    assert zipfile.ZipFile(BytesIO(answered.run)).read("history.jsonl") == (
        job.run.history_path.read_bytes()
    )


def test_errors_come_back_in_the_drivers_language(job: Job, drawn_file: Path) -> None:
    stale = msgspec.structs.replace(job, data_hash="0" * 64)
    parcel = msgspec.structs.replace(send(stale), language="zh")
    _transfer.unmark(stale)
    answered = do_parcel(parcel, 1)
    assert "数据在开始之后已经改变" in answered.error
    assert answered.node
    gone = msgspec.structs.replace(send(job).job, data="/nowhere/drawn.npz")
    answered = do_parcel(msgspec.structs.replace(send(job), job=gone), 1)
    assert "/nowhere/drawn.npz" in answered.error
    answered = do_parcel(msgspec.structs.replace(send(job), tenfold="0.0"), 1)
    assert "expected 0.0" in answered.error


def test_a_folder_that_a_lost_worker_still_holds_is_waited_for(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = job.run.locked()
    held.__enter__()
    looks = []

    @contextlib.contextmanager
    def look(folder: Path) -> Iterator[None]:
        looks.append(folder)
        with locked_folder(folder):
            yield

    def leave(_seconds: float) -> None:
        held.__exit__(None, None, None)

    monkeypatch.setattr(_transfer, "locked_folder", look)
    monkeypatch.setattr(
        _transfer, "time", types.SimpleNamespace(monotonic=time.monotonic, sleep=leave)
    )
    assert do_parcel(send(job), 1).scores
    assert len(looks) == 2
