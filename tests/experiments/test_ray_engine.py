"""The engine ray: its losses, and one real Ray on this machine."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tenfold.errors import InputError, RunError
from tenfold.experiments import Job
from tenfold.experiments._crew import at_work
from tenfold.experiments.engines import (
    EngineChoice,
    _health,
)
from tenfold.experiments.engines import ray as ray_engine
from tenfold.experiments.engines._answers import Answer
from tenfold.experiments.engines.ray import AGAIN, RayEngine
from tenfold.records import RunScores, Scored


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
