"""Observers together, and trackers against the real libraries."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tenfold.data import DataSet
from tenfold.errors import MissingExtraError, StorageError, UnknownNameError
from tenfold.records import EpochRow, Run
from tenfold.training import resume, train
from tenfold.training.callbacks import Together, open_tracker, tracker_names
from tenfold.training.progress import Extent

CHANGES = {"epochs": 3, "batch_size": 60, "steps_per_epoch": 5}


class Diary:
    """Writes down which hooks were called; may fail at one of them."""

    def __init__(self, name: str, entries: list[str], fails: str = "") -> None:
        self.name = name
        self.entries = entries
        self.fails = fails

    def _write(self, hook: str) -> None:
        self.entries.append(f"{self.name}.{hook}")
        if hook == self.fails:
            raise StorageError(hook)

    def on_start(self, plan: Extent) -> None:
        self._write("start")

    def on_step(self, step: int, loss: float, accuracy: float) -> None:
        self._write("step")

    def on_epoch(self, row: EpochRow) -> None:
        self._write("epoch")

    def on_end(self) -> None:
        self._write("end")


class Stop:
    """Interrupts a training after its first epoch, as Ctrl+C does."""

    def on_start(self, plan: Extent) -> None: ...

    def on_step(self, step: int, loss: float, accuracy: float) -> None: ...

    def on_epoch(self, row: EpochRow) -> None:
        raise KeyboardInterrupt

    def on_end(self) -> None: ...


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path / "run")


def test_together_passes_everything_on_in_order() -> None:
    entries: list[str] = []
    both = Together([Diary("a", entries), Diary("b", entries)])
    both.on_start(Extent("x", 1, 0, 1, 1))
    both.on_step(1, 0.5, 0.5)
    both.on_epoch(EpochRow(epoch=1, step=1, loss=0.5, accuracy=0.5))
    both.on_end()
    hooks = ("start", "step", "epoch", "end")
    assert entries == [f"{name}.{hook}" for hook in hooks for name in "ab"]


def test_together_ends_all_even_if_one_fails() -> None:
    entries: list[str] = []
    both = Together([Diary("a", entries, fails="end"), Diary("b", entries)])
    with pytest.raises(StorageError):
        both.on_end()
    assert entries == ["a.end", "b.end"]


def test_every_tracker_is_found_and_an_unknown_one_refused(run: Run) -> None:
    assert tracker_names() == ("mlflow", "tensorboard")
    with pytest.raises(UnknownNameError, match="There is no tracker named 'tensorbord'"):
        open_tracker("tensorbord", run)


@pytest.mark.parametrize("name", tracker_names())
def test_a_missing_package_is_named(run: Run, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'tenfold\[tracking\]'"):
        open_tracker(name, run)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_tensorboard_reads_what_was_written(run: Run, drawn: DataSet) -> None:
    pytest.importorskip("tensorboard", reason="TensorBoard is not installed (extra: tracking)")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    tracker = open_tracker("tensorboard", run)
    with pytest.raises(KeyboardInterrupt):
        train(
            "mlp-128", drawn, run=run.folder, changes=CHANGES, observer=Together([tracker, Stop()])
        )
    again = open_tracker("tensorboard", run)
    resume(run.folder, drawn, observer=again)
    again.on_finish()

    events = EventAccumulator(str(run.folder / "tensorboard"))
    events.Reload()
    losses = [(event.step, event.value) for event in events.Scalars("loss/train")]
    assert [step for step, _value in losses] == [1, 2, 3]
    assert [value for _step, value in losses] == pytest.approx([row.loss for row in run.history])
    (score,) = events.Scalars("accuracy/test")
    assert score.step == 3
    assert score.value == pytest.approx(run.scores.test.accuracy)


@pytest.fixture
def _no_telemetry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # MLflow's own libraries deprecate one another
@pytest.mark.usefixtures("_no_telemetry")
def test_mlflow_reads_what_was_recorded(run: Run, drawn: DataSet) -> None:
    pytest.importorskip("mlflow", reason="MLflow is not installed (extra: tracking)")
    from mlflow import MlflowClient

    tracker = open_tracker("mlflow", run)
    with pytest.raises(KeyboardInterrupt):
        train(
            "mlp-128", drawn, run=run.folder, changes=CHANGES, observer=Together([tracker, Stop()])
        )
    client = MlflowClient(f"sqlite:///{Path('mlflow.db').resolve()}")
    (experiment,) = [e for e in client.search_experiments() if e.name == "tenfold"]
    (recorded,) = client.search_runs([experiment.experiment_id])
    assert recorded.info.status == "KILLED"

    again = open_tracker("mlflow", run)
    resume(run.folder, drawn, observer=again)
    again.on_finish()
    (recorded,) = client.search_runs([experiment.experiment_id])
    assert recorded.info.status == "FINISHED"
    assert recorded.info.run_name == "mlp-128"
    assert recorded.data.params["epochs"] == "3"
    assert recorded.data.params["optimizer.kind"] == run.plan.recipe.to_dict()["optimizer"]["kind"]
    losses = client.get_metric_history(recorded.info.run_id, "loss/train")
    assert [(m.step, m.value) for m in losses] == [
        (row.epoch, pytest.approx(row.loss)) for row in run.history
    ]
    accuracy = run.scores.test.accuracy
    assert recorded.data.metrics["accuracy/test"] == pytest.approx(accuracy)
    files = {file.path for file in client.list_artifacts(recorded.info.run_id)}
    assert files == {"model.onnx", "run.json"}


@pytest.mark.usefixtures("_no_telemetry")
def test_mlflow_in_a_place_that_cannot_be_written(run: Run, drawn: DataSet) -> None:
    pytest.importorskip("mlflow", reason="MLflow is not installed (extra: tracking)")
    Path("mlflow.db").mkdir()
    with pytest.raises(StorageError, match=r"mlflow\.db"):
        train(
            "mlp-128", drawn, run=run.folder, changes=CHANGES, observer=open_tracker("mlflow", run)
        )
