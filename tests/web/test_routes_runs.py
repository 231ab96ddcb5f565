"""The routes of runs: listed, shown, followed live, reported on."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from _run_folders import start, write_scores
from _waiting import wait_for
from tenfold.recipes import load_recipe
from tenfold.records import EpochRow, Run
from tenfold.web import ServiceSettings, create_app
from tenfold.web.routes import runs as routes

pytest.importorskip("torch", reason="needs tenfold[train]")

HELD_TRAINING = """
import sys, time
from pathlib import Path
from tenfold.training import Silence, train

class Held(Silence):
    def on_epoch(self, row):
        while not Path(sys.argv[4]).exists():
            time.sleep(0.02)

changes = {"epochs": int(sys.argv[3]), "batch_size": 60, "steps_per_epoch": 5}
train("mlp-128", sys.argv[1], run=sys.argv[2], changes=changes, observer=Held(), threads=1)
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A finished run without a model, in the folder that the client's service shows."""
    recipe = load_recipe("mlp-128").changed({"epochs": 2})
    made = start(Run(tmp_path / "runs" / "many" / "one"), recipe, data="mnist")
    made.write_history([EpochRow(epoch=at, step=at, loss=0.5 / at, accuracy=0.8) for at in (1, 2)])
    write_scores(made, {"seconds": 3.0, "test": {"accuracy": 0.97, "loss": 0.1, "count": 100}})
    return made


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A service on a socket, for a stream is a stream only there."""
    settings = ServiceSettings(models=tmp_path / "runs", data_folder=tmp_path / "data", workers=2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        app = create_app(settings)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            app.state.service.pool.stopping = True
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive()


@pytest.fixture
def training(tmp_path: Path, drawn_file: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A training of 5 epochs in another process, which waits after the first for a file "go"."""
    script = tmp_path / "held.py"
    script.write_text(HELD_TRAINING, encoding="utf-8")
    words = [script, drawn_file, tmp_path / "runs" / "live", "5", tmp_path / "go"]
    process = subprocess.Popen([sys.executable, *map(str, words)])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def state_of(address: str, wanted: str) -> dict[str, Any]:
    """Wait until the one run is in a state; PyTorch takes its time to start beside other work."""

    def told() -> list[dict[str, Any]]:
        runs = httpx.get(f"{address}/api/runs", timeout=60).json()["runs"]
        return [run for run in runs[:1] if run["state"] == wanted]

    return wait_for(told)[0]


def stream(address: str, headers: dict[str, str] | None = None) -> Iterator[tuple[str, Any]]:
    """Yield the events of the run "live" as they come."""
    path = f"{address}/api/runs/live/events"
    with httpx.stream("GET", path, headers=headers, timeout=200) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        kind = ""
        for line in answer.iter_lines():
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield kind, json.loads(line.removeprefix("data: "))


@pytest.mark.slow
def test_a_real_training_is_followed_live(
    address: str, training: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    told = state_of(address, "running")
    assert (told["name"], told["recipe"], told["epochs"]) == ("live", "mlp-128", 5)
    seen: list[int] = []
    states: list[str] = []
    for kind, content in stream(address):
        if kind == "row":
            seen.append(content["epoch"])
            states.append("finished" if Run(tmp_path / "runs" / "live").finished else "running")
            assert 0 <= content["accuracy"] <= 1
            (tmp_path / "go").touch()
        else:
            last = content
    assert seen == [1, 2, 3, 4, 5]
    assert states[0] == "running", "the first came while it trained"
    assert (kind, last["state"], last["epoch"]) == ("end", "finished", 5)
    assert training.wait(200) == 0
    shown = httpx.get(f"{address}/api/runs/live", timeout=60).json()
    assert [row["epoch"] for row in shown["history"]] == seen
    assert shown["accuracy"] == Run(tmp_path / "runs" / "live").scores.test.accuracy
    again = httpx.get(f"{address}/api/runs/live/events", headers={"Last-Event-ID": "5"})
    assert again.status_code == 204


@pytest.mark.slow
def test_a_killed_training_is_interrupted_and_its_stream_ends(
    address: str, training: subprocess.Popen[bytes]
) -> None:
    state_of(address, "running")
    events = []
    for event in stream(address):
        events.append(event)
        training.kill()
    kind, content = events[-1]
    assert (kind, content["state"]) == ("end", "interrupted")
    assert state_of(address, "interrupted")["epoch"] < 5


def test_there_may_be_no_runs(client: Any) -> None:
    assert client.get("/api/runs").json() == {"runs": []}


def test_runs_are_listed_and_shown(client: Any, run: Run) -> None:
    (told,) = client.get("/api/runs").json()["runs"]
    assert told["name"] == "many~one"
    assert (told["state"], told["epoch"], told["epochs"]) == ("finished", 2, 2)
    assert (told["accuracy"], told["loss"], told["detail"]) == (0.97, 0.1, None)
    shown = client.get("/api/runs/many~one").json()
    assert shown.pop("history")[1] == {
        "epoch": 2,
        "step": 2,
        "loss": 0.25,
        "accuracy": 0.8,
        "validation_loss": None,
        "validation_accuracy": None,
        "seconds": 0.0,
        "images_per_second": 0.0,
    }
    assert shown == told


@pytest.mark.parametrize("what", ["", "/events", "/report"])
@pytest.mark.parametrize("name", ["none", "many", "..", "many~..~many~one", "%2e%2e%2fetc", "~"])
def test_no_name_is_made_a_path(client: Any, run: Run, name: str, what: str) -> None:
    answer = client.get(f"/api/runs/{name}{what}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"recipe": ' + b"[" * 100_000])
def test_a_damaged_run_is_shown_as_such(client: Any, run: Run, content: bytes) -> None:
    (run.folder / "run.json").write_bytes(content)
    (told,) = client.get("/api/runs").json()["runs"]
    assert told["state"] == "damaged"
    shown = client.get("/api/runs/many~one").json()
    assert shown["detail"]
    assert shown["history"] == []
    assert "event: end" in client.get("/api/runs/many~one/events").text
    report = client.get("/api/runs/many~one/report")
    assert report.status_code == 409
    assert "damaged" in report.json()["detail"]


@pytest.mark.parametrize("last", ["", "x", "²", "-1", "9" * 90])
def test_a_strange_last_event_is_no_error(client: Any, run: Run, last: str) -> None:
    headers = [(b"last-event-id", last.encode())]
    answer = client.get("/api/runs/many~one/events", headers=headers)
    assert answer.status_code == (204 if last.startswith("9") else 200)
    assert client.get("/api/runs/many~one/events?after=-1").status_code == 422


def test_streams_are_bounded(client: Any, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "MOST_STREAMS", 1)
    for _time in range(3):
        assert client.get("/api/runs/many~one/events").status_code == 200
    monkeypatch.setattr(routes, "MOST_STREAMS", 0)
    refused = client.get("/api/runs/many~one/events")
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) >= 1


def test_a_report_is_a_page_of_its_own(
    client: Any, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = client.get("/api/runs/many~one/report")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "script" not in policy
    assert "<script" not in answer.text
    assert "97.00%" in answer.text
    assert "tenfold data fetch mnist" in answer.text, "the report fetches nothing"

    def not_again(*_given: Any) -> Path:
        raise AssertionError("made again")

    with monkeypatch.context() as patched:
        patched.setattr("tenfold.reports.write_report", not_again)
        assert client.get("/api/runs/many~one/report").text == answer.text
    chinese = client.get("/api/runs/many~one/report", headers={"Accept-Language": "zh"})
    assert 'lang="zh' in chinese.text
    run.write_history([EpochRow(epoch=1, step=1, loss=0.4, accuracy=0.7)])
    assert client.get("/api/runs/many~one/report").text != answer.text


def test_reports_are_written_one_at_a_time(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from tenfold.web.problems import Busy

    reports = routes._Reports()
    begun, go_on = threading.Event(), threading.Event()

    def slow(_folders: Any, path: Path) -> Path:
        begun.set()
        go_on.wait(10)
        path.write_text("done")
        return path

    monkeypatch.setattr("tenfold.reports.write_report", slow)
    thread = threading.Thread(target=reports.page, args=(run.folder,))
    thread.start()
    begun.wait(10)
    with pytest.raises(Busy):
        reports.page(run.folder)
    go_on.set()
    thread.join()
    assert reports.page(run.folder) == b"done"
