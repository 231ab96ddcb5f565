"""The engine ray: its names, its parcels, its losses, and one real Ray on this machine."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
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

from tenfold.data import DataSet
from tenfold.errors import InputError, MissingExtraError, RunError, UnknownNameError
from tenfold.experiments import Job, crossval, run_job, sweep
from tenfold.experiments._crew import at_work
from tenfold.experiments.engines import (
    EngineChoice,
    _health,
    _transfer,
    choose_engine,
    engine_names,
)
from tenfold.experiments.engines import ray as ray_engine
from tenfold.experiments.engines._answers import Answer
from tenfold.experiments.engines._transfer import do_parcel, lay_down, pack, send
from tenfold.experiments.engines.ray import AGAIN, RayEngine
from tenfold.files import locked_folder
from tenfold.recipes import load_recipe
from tenfold.records import RunScores, Scored, TrainingOptions

QUICK = {"epochs": 1}


def test_the_folder_is_the_registry() -> None:
    assert engine_names() == ["processes", "ray"]


@pytest.mark.parametrize(
    ("asked", "choice"),
    [
        ("processes", EngineChoice("processes")),
        ("ray", EngineChoice("ray")),
        ("ray://head:10001", EngineChoice("ray", "ray://head:10001")),
        ("ray://[::1]:10001", EngineChoice("ray", "ray://[::1]:10001")),
        ("10.0.0.1:6379", EngineChoice("ray", "10.0.0.1:6379")),
    ],
)
def test_an_engine_is_chosen_by_name_or_address(
    monkeypatch: pytest.MonkeyPatch, asked: str, choice: EngineChoice
) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    assert choose_engine(asked) == choice


def test_ray_alone_is_the_cluster_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "head:6379")
    assert choose_engine("ray").address == "head:6379"
    assert choose_engine("other:1").address == "other:1"
    assert choose_engine("processes").address is None


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ("", UnknownNameError),
        ("rays", UnknownNameError),
        ("http://head:1", UnknownNameError),
        ("ray://", InputError),
        ("ray://head", InputError),
        ("ray://head:port", InputError),
        ("ray://head:1/path", InputError),
        ("ray ", UnknownNameError),
        ("processes://head:1", InputError),
    ],
)
def test_no_engine_is_told(drawn_file: Path, asked: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        crossval(["mlp-128"], drawn_file, engine=asked, folder="cv")
    assert not Path("cv").exists()


def test_a_missing_extra_says_how_to_install_it(
    drawn_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'tenfold\[ray\]'"):
        crossval(["mlp-128"], drawn_file, folds=2, engine="ray", folder="cv", changes=QUICK)


def test_a_search_that_stops_trials_is_refused_on_a_cluster(drawn_file: Path) -> None:
    space = {"learning_rate": "0.01..0.1"}
    with pytest.raises(InputError, match="Add --folds"):
        sweep("mlp-256", space, drawn_file, search=2, engine="ray://head:10001", folder="sw")
    assert not Path("sw").exists()


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


@pytest.fixture
def job(drawn: DataSet, drawn_file: Path) -> Job:
    recipe = load_recipe("mlp-256").changed({**QUICK, "validation": 200})
    data = os.path.relpath(drawn_file)
    return Job(
        name="it",
        recipe=recipe,
        data=data,
        data_hash=drawn.hash(),
        folder="it",
        options=TrainingOptions(test=False, threads=1),
    )


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


class FakeRay(types.ModuleType):
    """As much of Ray as the engine asks for; ``ends`` says how each task ends."""

    def __init__(self, ends: list[Any], nodes: list[dict[str, Any]]) -> None:
        super().__init__("ray")
        self.ends, self.machines, self.cancelled = ends, nodes, []
        self.lost: Exception | None = None
        self.connected = True
        self.exceptions = types.ModuleType("ray.exceptions")
        root = type("RayError", (Exception,), {})
        names = ("RaySystemError", "RpcError", "RayTaskError", "OutOfMemoryError")
        names += ("WorkerCrashedError", "NodeDiedError", "ObjectLostError")
        self.exceptions.RayError = root
        for name in names:
            setattr(self.exceptions, name, type(name, (root,), {}))

    def remote(self, **_options: object) -> Any:
        numbers = iter(range(1000))
        task = types.SimpleNamespace(remote=lambda *_arguments: next(numbers))
        return lambda _function: task

    def is_initialized(self) -> bool:
        return self.connected

    def nodes(self) -> list[dict[str, Any]]:
        return self.machines

    def wait(self, references: list[int], **_options: object) -> tuple[list[int], list[int]]:
        if self.lost is not None:
            raise self.lost
        return references[:1], references[1:]

    def get(self, _reference: int) -> Any:
        end = self.ends.pop(0)
        if isinstance(end, str):
            raise getattr(self.exceptions, end)("  first\nlast")
        return end

    def cancel(self, reference: int, *, force: bool) -> None:
        self.cancelled.append(reference)

    def get_runtime_context(self) -> Any:
        return types.SimpleNamespace(gcs_address="127.0.0.1:1")


def machine(cores: float, alive: bool = True) -> dict[str, Any]:
    return {"Alive": alive, "Resources": {"CPU": cores} if cores else {}}


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRay]:
    found = FakeRay([], [machine(0), machine(2), machine(8, alive=False)])
    monkeypatch.setitem(sys.modules, "ray", found)
    monkeypatch.setitem(sys.modules, "ray.exceptions", found.exceptions)
    monkeypatch.setattr(ray_engine, "connect", lambda *_asked: contextlib.nullcontext())
    return found


REACHED = Scored(accuracy=1.0, loss=0.0)
DONE = Answer(scores=RunScores(validation=REACHED), node="far")


def ended(engine: RayEngine) -> list[Any]:
    found = []
    while outcome := engine.result(0.1):
        found.append((outcome.scores and outcome.scores.validation, outcome.error, outcome.again))
    return found


def test_a_lost_job_is_done_again_but_not_for_ever(fake: FakeRay, job: Job) -> None:
    fake.ends = ["WorkerCrashedError", "NodeDiedError", "OutOfMemoryError", DONE]
    engine = RayEngine("ray://head:1", None)
    engine.submit(job)
    lost, memory = "its worker was lost.", "the memory was not enough."
    done = (REACHED, "", False)
    losses = [(None, lost, True), (None, lost, True), (None, memory, True)]
    assert ended(engine) == [*losses, done]
    fake.ends = ["ObjectLostError"] * (AGAIN + 1)
    engine.submit(job)
    assert ended(engine) == [(None, lost, True)] * AGAIN + [(None, lost, False)]
    assert not (job.run.folder / ".driver").exists()


def test_a_lost_job_is_told_and_ends_once(
    fake: FakeRay, job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.ends = ["WorkerCrashedError", DONE]
    with at_work(1, None, 1, EngineChoice("ray", "ray://head:1")) as crew:
        (outcome,) = crew.do([job])
    assert outcome.scores == DONE.scores
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[1:] == [
        "it: begins again: its worker was lost.",
        "1 of 1 done  it: accuracy 100.00%",
    ]


def test_an_error_is_told_with_its_machine_and_not_tried_again(fake: FakeRay, job: Job) -> None:
    fake.ends = [Answer(error="no such data", node="far"), "RayTaskError"]
    engine = RayEngine("ray://head:1", None)
    engine.submit(job)
    engine.submit(job)
    first, second = ended(engine)
    assert first == (None, "on far: no such data", False)
    assert "cannot do it: last. It needs the same versions" in second[1]


def test_only_so_many_are_handed_on_as_were_asked_for(fake: FakeRay, job: Job) -> None:
    engine = RayEngine("ray://head:1", 1)
    assert engine.workers == 1
    engine.submit(job)
    engine.submit(msgspec.structs.replace(job, folder="other"))
    assert Path("it/.driver").exists()
    assert not Path("other/.driver").exists()
    engine.close()
    assert fake.cancelled == [0]
    assert not Path("it/.driver").exists()
    assert RayEngine("ray://head:1", None).workers == 2


@pytest.mark.parametrize("error", ["ConnectionError", "RaySystemError", "RpcError"])
def test_a_lost_head_is_one_error(fake: FakeRay, job: Job, error: str) -> None:
    engine = RayEngine("ray://head:1", None)
    engine.submit(job)
    fake.lost = getattr(fake.exceptions, error, ConnectionError)("gone")
    with pytest.raises(RunError, match="cluster at ray://head:1 is lost"):
        engine.result(0.1)
    engine.close()


def test_a_lost_cluster_is_not_asked_again(fake: FakeRay, job: Job) -> None:
    engine = RayEngine("ray://head:1", None)
    engine.submit(job)
    fake.connected = False
    fake.nodes = fake.wait = None
    for ask in (lambda: engine.result(0.1), lambda: engine.submit(job), lambda: engine.workers):
        with pytest.raises(RunError, match="is lost"):
            ask()
    engine.close()
    assert fake.cancelled == []


def test_threads_that_no_machine_has_are_refused(fake: FakeRay) -> None:
    with pytest.raises(InputError, match=r"3 threads; of 2 machines .* the largest has 2 cores"):
        RayEngine("ray://head:1", None, threads=3)
    fake.machines = []
    with pytest.raises(InputError, match="of 0 machines"):
        RayEngine("ray://head:1", None)


@pytest.mark.parametrize("answers", [True, False])
def test_a_cluster_is_watched(
    fake: FakeRay, monkeypatch: pytest.MonkeyPatch, answers: bool
) -> None:
    clock = [0.0]
    monkeypatch.setattr(_health.time, "monotonic", lambda: clock[0])

    def knock(place: tuple[str, int], timeout: float) -> Any:
        assert place == ("127.0.0.1", 1)
        if not answers:
            raise ConnectionRefusedError
        return types.SimpleNamespace(close=lambda: None)

    monkeypatch.setattr(_health.socket, "create_connection", knock)
    watch = _health.ClusterWatch("head:6379", 1)
    fake.machines = [machine(0)]

    def look_on() -> None:
        for _step in range(1000):
            clock[0] += 1.1
            watch.look()

    with pytest.raises(RunError, match="All machines" if answers else "is lost"):
        look_on()
    assert clock[0] == pytest.approx(122 if answers else 6, abs=3)


def table(folder: str) -> dict[str, Any]:
    """What came of it, without what the clock says."""
    found = json.loads(Path(folder, "results.json").read_text())
    del found["seconds"]
    for one in found["recipes"]:
        for score in one["scores"]:
            del score["seconds"]
    return dict(found)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_ray_gives_the_tables_of_processes(drawn_file: Path, descendants: Any) -> None:
    pytest.importorskip("ray")
    words = ["crossval", "mlp-256", "--folds", "2", "--epochs", "2", "--data", str(drawn_file)]
    words += ["--subset", "400", "--workers", "2"]
    told = {}
    for engine in ("processes", "ray"):
        program = [sys.executable, "-W", "error", "-c", "from tenfold.cli import main; main()"]
        done = subprocess.run(
            [*program, *words, "--folder", engine, "--engine", engine],
            capture_output=True,
            text=True,
            env={**os.environ, "RAY_ADDRESS": "", "COLUMNS": "100", **descendants.mark},
        )
        assert done.returncode == 0, done.stderr
        # How long it still takes is a guess, and differs.
        said = re.sub(r"\d+:\d\d", "", done.stderr.replace(f"{engine}/", ""))
        told[engine] = (done.stdout, said)
    assert told["ray"][0] == told["processes"][0]
    assert sorted(told["ray"][1].split()) == sorted(told["processes"][1].split())
    assert table("ray") == table("processes")
    for name in ("weights.safetensors", "run.json"):
        for fold in ("fold-0", "fold-1"):
            one, other = (Path(each, "mlp-256", fold, name) for each in ("ray", "processes"))
            assert one.read_bytes() == other.read_bytes()
    descendants.wait_until_gone()
