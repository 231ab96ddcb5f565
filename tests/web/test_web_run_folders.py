"""The run folders that a service shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from _run_folders import start, write_scores
from tenfold.recipes import load_any_recipe, load_recipe
from tenfold.records import EpochRow, Run
from tenfold.web import run_folders
from tenfold.web.run_folders import describe_run, find_runs, history_of


def make_run(folder: Path, epochs: int = 2, recipe: Any = None, **row: Any) -> Run:
    run = start(Run(folder), recipe or load_recipe("mlp-128").changed({"epochs": 5}))
    run.write_history(
        [
            EpochRow(epoch=at, step=at, loss=1 / at, accuracy=0.5 + at / 10, **row)
            for at in range(1, epochs + 1)
        ]
    )
    return run


def test_runs_are_found_where_they_are(tmp_path: Path) -> None:
    for name in ("one", "many/fold-0", "many/fold-1", "a/b/c/four", "a/b/c/d/five", ".hidden/run"):
        make_run(tmp_path / name)
    make_run(tmp_path / "one" / "inside")
    (tmp_path / "empty").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "many")
    assert find_runs(tmp_path) == {
        "a~b~c~four": tmp_path / "a/b/c/four",
        "many~fold-0": tmp_path / "many/fold-0",
        "many~fold-1": tmp_path / "many/fold-1",
        "one": tmp_path / "one",
    }


def test_there_may_be_none(tmp_path: Path) -> None:
    assert find_runs(tmp_path / "nowhere") == {}
    make_run(tmp_path / "run")
    assert find_runs(tmp_path / "run") == {}, "the folder itself has no name"


def test_the_search_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abcdefgh":
        make_run(tmp_path / name)
    monkeypatch.setattr(run_folders, "MOST_FOLDERS", 4)
    assert len(find_runs(tmp_path)) == 2


def test_an_interrupted_run(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    state = describe_run("run", run.folder)
    assert (state.name, state.recipe, state.state) == ("run", "mlp-128", "interrupted")
    assert (state.epoch, state.epochs) == (2, 5)
    assert (state.accuracy, state.loss) == (0.7, 0.5)
    assert state.started is not None
    assert state.started.endswith("+00:00")
    assert not (run.folder / ".lock").exists(), "looking leaves nothing behind"


def test_what_is_watched_tells_more_than_what_is_trained_on(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", validation_accuracy=0.4, validation_loss=2.0)
    state = describe_run("run", run.folder)
    assert (state.accuracy, state.loss) == (0.4, 2.0)


def test_a_run_that_a_process_is_at_work_in(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", epochs=0)
    with run.locked():
        state = describe_run("run", run.folder)
    assert (state.state, state.epoch, state.accuracy) == ("running", 0, None)
    assert describe_run("run", run.folder).state == "interrupted"
    with run.locked():
        # Looking has not kept the lock.
        assert describe_run("run", run.folder).state == "running"


@pytest.mark.parametrize("split", ["test", "validation"])
def test_a_finished_run(tmp_path: Path, split: str) -> None:
    run = make_run(tmp_path / "run")
    write_scores(run, {split: {"accuracy": 0.97, "loss": 0.1}})
    state = describe_run("run", run.folder)
    assert (state.state, state.accuracy, state.loss) == ("finished", 0.97, 0.1)


@pytest.mark.parametrize("scores", [{}, {"test": None}])
def test_a_run_may_have_no_scores(tmp_path: Path, scores: dict[str, Any]) -> None:
    run = make_run(tmp_path / "run", epochs=0)
    write_scores(run, scores)
    state = describe_run("run", run.folder)
    assert (state.state, state.accuracy, state.loss) == ("finished", None, None)


def test_the_readers_training_has_the_epochs_of_all_networks(tmp_path: Path) -> None:
    recipe = load_any_recipe("reader").changed(
        {"ink.epochs": 2, "lines.epochs": 3, "digits.epochs": 4, "signs.epochs": 5}
    )
    state = describe_run("run", make_run(tmp_path / "run", recipe=recipe).folder)
    assert (state.recipe, state.epochs, state.state) == ("reader", 14, "interrupted")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("run.json", b""),
        ("run.json", b"[]"),
        ("run.json", b"{}"),
        ("run.json", b'{"recipe": 7}'),
        ("run.json", b'{"recipe": {"name": "x"}}'),
        ("run.json", b"\xff\xfe"),
        ("history.jsonl", b'{"epoch": 1'),
        ("history.jsonl", b'{"epoch": "one"}\n'),
        ("scores.json", b"{"),
        ("scores.json", b'{"test": {"accuracy": "high", "loss": 1}}'),
        ("run.json", b'{"recipe": ' + b"[" * 100_000),
        ("scores.json", b'{"test": ' + b"[" * 100_000),
        ("history.jsonl", b'{"epoch": 1, "more": ' + b"[" * 100_000),
    ],
)
def test_a_damaged_run_says_so(tmp_path: Path, name: str, content: bytes) -> None:
    run = make_run(tmp_path / "run")
    (run.folder / name).write_bytes(content)
    state = describe_run("run", run.folder)
    assert state.state == "damaged"
    assert state.detail
    assert state.started is not None


def test_a_file_far_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tenfold.errors import RunError

    run = make_run(tmp_path / "run")
    monkeypatch.setattr(run_folders, "LARGEST_FILE", 10)
    assert "too large" in str(describe_run("run", run.folder).detail)
    with pytest.raises(RunError, match="too large"):
        history_of(run.folder)
