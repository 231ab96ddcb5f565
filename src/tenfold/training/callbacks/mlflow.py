"""MLflow: runs in a local SQLite file, unless MLFLOW_TRACKING_URI says otherwise."""

from __future__ import annotations

import importlib.util
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, final

from tenfold.errors import MissingExtraError, RunError, TenfoldError
from tenfold.files import storage_error, write_whole
from tenfold.language import text as _
from tenfold.records import EpochRow, Run
from tenfold.training.callbacks._tracker import epoch_metrics, final_metrics, parameters
from tenfold.training.progress import Extent

if TYPE_CHECKING:
    from mlflow import MlflowClient

__all__ = ["MLflow", "track"]

EXPERIMENT = "tenfold"
LONGEST_PARAMETER = 6000
"""In characters; MLflow refuses longer ones."""


@final
class MLflow:
    """Records recipe and settings as parameters, each epoch, the test scores, and the model.

    A resumed training goes on in the same MLflow run, whose identity the run's folder keeps.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._note = run.folder / "mlflow-run-id.txt"
        self._client: MlflowClient | None = None
        self._identity = ""
        self._epochs = 0
        self._done = 0

    def on_start(self, plan: Extent) -> None:
        """Begin an MLflow run, or go on with the one that the folder names."""
        self._epochs, self._done = plan.epochs, plan.done
        with _quietly():
            client = self._connect()
            if plan.done and self._note.is_file():
                self._identity = self._note.read_text(encoding="utf-8").strip()
                client.update_run(self._identity, status="RUNNING")
            else:
                self._identity = self._begin(client, plan)
                write_whole(self._note, self._identity + "\n")

    def on_step(self, step: int, loss: float, accuracy: float) -> None:
        """Do nothing: the curves have a point an epoch."""

    def on_epoch(self, row: EpochRow) -> None:
        """Record the epoch's row."""
        self._done = row.epoch
        self._record(epoch_metrics(row), row.epoch)

    def on_end(self) -> None:
        """Say whether the training came to its end."""
        if self._identity:
            status = "FINISHED" if self._done >= self._epochs else "KILLED"
            with _quietly():
                self._connect().set_terminated(self._identity, status)

    def on_finish(self) -> None:
        """Record the test scores and keep a copy of the model."""
        self._record(final_metrics(self._run), self._epochs)
        with _quietly():
            self._connect().log_artifact(self._identity, str(self._run.model_path))

    def _connect(self) -> MlflowClient:
        if self._client is None:
            from mlflow import MlflowClient

            self._client = MlflowClient(os.environ.get("MLFLOW_TRACKING_URI") or _local_store())
        return self._client

    def _begin(self, client: MlflowClient, plan: Extent) -> str:
        from mlflow.entities import Param

        found = client.get_experiment_by_name(EXPERIMENT)
        experiment = found.experiment_id if found else _create(client)
        tags = {"tenfold.folder": str(self._run.folder.resolve())}
        identity = str(client.create_run(experiment, tags=tags, run_name=plan.name).info.run_id)
        values = [
            Param(name, str(value)[:LONGEST_PARAMETER])
            for name, value in parameters(self._run).items()
        ]
        client.log_batch(identity, params=values)
        client.log_dict(identity, self._run.plan.to_dict(), "run.json")
        return identity

    def _record(self, metrics: dict[str, float], step: int) -> None:
        from mlflow.entities import Metric

        now = round(time() * 1000)
        entries = [Metric(name, value, now, step) for name, value in metrics.items()]
        with _quietly():
            self._connect().log_batch(self._identity, metrics=entries)


def track(run: Run) -> MLflow:
    """Return a tracker that records into ``mlflow.db`` here, or where MLFLOW_TRACKING_URI says.

    Raises:
        MissingExtraError: if MLflow, or what its SQLite store needs, is not installed.
    """
    if any(importlib.util.find_spec(name) is None for name in ("mlflow", "sqlalchemy", "alembic")):
        raise MissingExtraError("tracking", "MLflow")
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    return MLflow(run)


def _local_store() -> str:
    path = Path("mlflow.db").resolve()
    try:
        # Where the file cannot be written MLflow would try again for hours.
        path.open("ab").close()
    except OSError as error:
        raise storage_error(path, error) from error
    return f"sqlite:///{path}"


def _create(client: MlflowClient) -> str:
    """Make the experiment, its files beside the store if that is ours."""
    place = None if os.environ.get("MLFLOW_TRACKING_URI") else Path("mlruns").resolve().as_uri()
    return str(client.create_experiment(EXPERIMENT, artifact_location=place))


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep MLflow's warnings about its own libraries from the screen; say its errors in words."""
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except TenfoldError:
            raise
        except (MlflowException, SQLAlchemyError, OSError) as error:
            raise RunError(_("MLflow cannot record the run: {reason}", reason=error)) from error
