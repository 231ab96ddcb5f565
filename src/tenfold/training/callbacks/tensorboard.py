"""TensorBoard: event files in the run's own folder, for ``tensorboard --logdir runs``."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, final

from tenfold.errors import MissingExtraError
from tenfold.files import storage_error
from tenfold.records import EpochRow, Run
from tenfold.training.callbacks._tracker import epoch_metrics, final_metrics
from tenfold.training.progress import Extent

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

__all__ = ["TensorBoard", "track"]

FOLDER = "tensorboard"


@final
class TensorBoard:
    """Writes loss, accuracy and speed after each epoch, and the test scores at the end."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._epochs = 0
        self._writer: SummaryWriter | None = None

    def on_start(self, plan: Extent) -> None:
        """Open an event file; what was written of epochs that are now done again is void."""
        self._epochs = plan.epochs
        self._writer = self._open(plan.done + 1)

    def on_step(self, step: int, loss: float, accuracy: float) -> None:
        """Do nothing: the curves have a point an epoch."""

    def on_epoch(self, row: EpochRow) -> None:
        """Write the epoch's row."""
        assert self._writer is not None
        self._add(self._writer, epoch_metrics(row), row.epoch)
        self._writer.flush()

    def on_end(self) -> None:
        """Close the event file."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def on_finish(self) -> None:
        """Write the test scores."""
        writer = self._open(None)
        self._add(writer, final_metrics(self._run), self._epochs)
        writer.close()

    def _open(self, purge_step: int | None) -> SummaryWriter:
        from torch.utils.tensorboard import SummaryWriter

        folder = self._run.folder / FOLDER
        try:
            return SummaryWriter(str(folder), purge_step=purge_step)
        except OSError as error:
            raise storage_error(folder, error) from error

    @staticmethod
    def _add(writer: SummaryWriter, metrics: dict[str, float], step: int) -> None:
        for name, value in metrics.items():
            writer.add_scalar(name, value, step)


def track(run: Run) -> TensorBoard:
    """Return a tracker that writes into the run's folder.

    Raises:
        MissingExtraError: if TensorBoard is not installed.
    """
    if importlib.util.find_spec("tensorboard") is None:
        raise MissingExtraError("tracking", "TensorBoard")
    return TensorBoard(run)
