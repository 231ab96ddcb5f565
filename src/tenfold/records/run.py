"""A run: the folder of one training, from the first plan to the scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar, final

import msgspec

from tenfold.complaints import complaint
from tenfold.errors import RunError
from tenfold.files import locked_folder, read_json, storage_error, write_json, write_whole
from tenfold.language import text as _
from tenfold.records.environment import Environment
from tenfold.records.history import EpochRow
from tenfold.records.plan import Plan
from tenfold.records.scores import ReaderScores, RunScores

__all__ = ["Run", "numbered_folder"]

T = TypeVar("T")


@final
class Run:
    """A handle on a run folder.

    ::

        run.json                what was asked for: recipe and settings
        environment.json        machine, versions, git revision
        history.jsonl           a line an epoch (see EpochRow)
        checkpoint.safetensors  weights, optimizer and random state after the last whole epoch
        added.npz               the images that --add brought, if any
        weights.safetensors     the trained weights, for further training
        model.onnx              the trained model, with its card
        scores.json             written last: a run that has it is finished
        figures/                drawn by the command line
    """

    def __init__(self, folder: str | Path) -> None:
        """Refer to ``folder``, which need not exist yet."""
        self.folder = Path(folder)
        self.history_path = self.folder / "history.jsonl"
        self.checkpoint_path = self.folder / "checkpoint.safetensors"
        self.weights_path = self.folder / "weights.safetensors"
        self.model_path = self.folder / "model.onnx"
        self.figures_folder = self.folder / "figures"

    @property
    def started(self) -> bool:
        """Whether the folder holds a run at all."""
        return (self.folder / "run.json").is_file()

    @property
    def finished(self) -> bool:
        """Whether the run has its scores."""
        return (self.folder / "scores.json").is_file()

    @property
    def plan(self) -> Plan:
        """What was asked for.

        Raises:
            RunError: if the folder holds no run, or its plan is damaged.
            InputError: if its recipe is of a version not known here.
        """
        return Plan.from_dict(self._read("run.json"), self.folder / "run.json")

    @property
    def environment(self) -> Environment:
        """Where and with what the run was made."""
        if not (self.folder / "environment.json").is_file():
            return Environment()
        return self._checked("environment.json", Environment)

    @property
    def scores(self) -> RunScores:
        """The scores of a finished run; of a training of the reader they are ``ReaderScores``.

        Raises:
            RunError: if the run is not finished, or its scores are damaged.
        """
        return self._checked("scores.json", self._kind_of_scores)

    @property
    def history(self) -> list[EpochRow]:
        """The history so far, oldest first; empty before the first epoch has ended."""
        if not self.history_path.is_file():
            return []
        try:
            return msgspec.json.Decoder(EpochRow).decode_lines(self.history_path.read_bytes())
        except OSError as error:
            raise storage_error(self.history_path, error) from error
        except (msgspec.DecodeError, RecursionError) as error:
            reason = complaint(error, EpochRow)
            raise RunError(
                _("{path} is damaged: {reason}", path=self.history_path, reason=reason)
            ) from error

    def check_free(self) -> None:
        """Refuse to begin where a run has begun already.

        Raises:
            RunError: if the folder holds a run.
        """
        if self.started:
            raise RunError(
                _(
                    "{folder} already holds a run. Go on with it (--resume), start over (--again) "
                    "or choose another folder (--run).",
                    folder=self.folder,
                )
            )

    def start(self, plan: Plan, environment: Environment) -> None:
        """Begin anew: forget whatever the folder held of an earlier run, and write the plan."""
        for name in ("scores.json", "checkpoint.safetensors", "history.jsonl", "run.json"):
            (self.folder / name).unlink(missing_ok=True)
        write_json(self.folder / "environment.json", msgspec.to_builtins(environment))
        write_json(self.folder / "run.json", plan.to_dict())

    def write_history(self, rows: Sequence[EpochRow]) -> None:
        """Write the whole history."""
        write_whole(self.history_path, msgspec.json.Encoder().encode_lines(rows))

    def write_scores(self, scores: RunScores) -> None:
        """Write the scores, which marks the run as finished."""
        write_json(self.folder / "scores.json", scores.to_dict())

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes out of the folder, and clear what a killed one left half-written.

        Raises:
            RunError: if another process is at work in it.
        """
        with locked_folder(self.folder):
            for part in self.folder.glob(".*.part"):
                part.unlink(missing_ok=True)
            yield

    @property
    def _kind_of_scores(self) -> type[RunScores]:
        return RunScores if self.plan.recipe.one_network else ReaderScores

    def _checked(self, name: str, kind: type[T]) -> T:
        plain = self._read(name)
        try:
            return msgspec.convert(plain, kind)
        except msgspec.ValidationError as error:
            path, reason = self.folder / name, complaint(error, kind, plain)
            raise RunError(_("{path} is damaged: {reason}", path=path, reason=reason)) from error

    def _read(self, name: str) -> dict[str, object]:
        missing = _(
            "{folder} has no {name}: no run, or not finished.", folder=self.folder, name=name
        )
        return read_json(self.folder / name, missing)

    def __repr__(self) -> str:
        return f"Run({str(self.folder)!r})"

    def _repr_html_(self) -> str:
        from tenfold.records._display import run_html

        return run_html(self)


def numbered_folder(root: Path, name: str) -> Path:
    """Return the first of ``root/name-1``, ``-2``, ... that does not exist yet."""
    number = 1
    while (folder := root / f"{name}-{number}").exists():
        number += 1
    return folder
