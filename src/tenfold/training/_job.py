"""One training of one network, from a locked run folder to its scores."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import final

import torch
from safetensors.torch import save

from tenfold.data import DataSet, LabeledImages
from tenfold.errors import RunError
from tenfold.files import write_whole
from tenfold.imaging.placement import Placement
from tenfold.language import text as _
from tenfold.metrics import evaluate_probabilities
from tenfold.models import DIGITS, Card, Probe
from tenfold.models.calibrating import FEWEST, fit
from tenfold.models.scaling import PixelScaling
from tenfold.networks.onnx_export import ScaledNetwork, probe_logits, save_model
from tenfold.networks.scaling import fit_scaling
from tenfold.recipes import Recipe
from tenfold.records import EpochRow, Run, RunScores, Scored, Settings, software_versions
from tenfold.training._checkpoint import load_checkpoint, save_checkpoint
from tenfold.training._following import SharedTask, lead
from tenfold.training._initial_weights import Beginning, open_start
from tenfold.training.additions import with_added
from tenfold.training.batches import check_batches
from tenfold.training.devices import exact_arithmetic
from tenfold.training.distributed import ALONE, Group
from tenfold.training.loop import Tensors, Trainer
from tenfold.training.memory import keep_freed_memory
from tenfold.training.progress import Observer
from tenfold.training.splits import split_data

__all__ = ["TrainingJob"]


@final
class TrainingJob:
    """A training about to happen in a locked run folder."""

    def __init__(
        self,
        run: Run,
        recipe: Recipe,
        settings: Settings,
        data: DataSet,
        added: LabeledImages | None,
        beginning: Beginning | None,
        group: Group = ALONE,
    ) -> None:
        group.check(settings.device, recipe.batch_size)
        self._group = group
        self._run = run
        self._recipe = recipe
        self._settings = settings
        self._data = data
        self._beginning = beginning
        fit, self._watched = split_data(recipe, data, settings.subset, settings.fold)
        self._count = len(fit)
        self._fit = with_added(fit, added, settings.add_copies)
        check_batches(recipe, len(self._fit))
        self._test = data.splits.get("test") if settings.test else None

    def run(self, observer: Observer) -> Run:
        """Train from the last checkpoint, if any, to the scores."""
        keep_freed_memory()
        began = time.perf_counter()
        with exact_arithmetic(self._settings.threads), self._group.together():
            torch.manual_seed(self._settings.seed)
            scaling = self._scaling()
            lead(self._group, self._task(scaling), self._fit)
            trainer = Trainer(
                self._recipe,
                scaling,
                Tensors.on(self._settings.device, self._fit),
                self._settings,
                self._group,
            )
            self._train(trainer, observer)
            self._finish(trainer, scaling, time.perf_counter() - began)
        return self._run

    def _train(self, trainer: Trainer, observer: Observer) -> None:
        run, done = self._run, self._begin(trainer)
        rows = run.history[:done]

        def keep(row: EpochRow) -> None:
            rows.append(row)
            run.write_history(rows)
            save_checkpoint(run.checkpoint_path, trainer.network, trainer.optimizer, row.epoch)

        watched = Tensors.on(self._settings.device, self._watched) if self._watched else None
        trainer.train(watched, observer, keep, done=done)

    def _begin(self, trainer: Trainer) -> int:
        """Put the checkpoint or the start in place, in all processes; return the epochs done."""
        done, path = 0, self._run.checkpoint_path
        if path.is_file():
            done = load_checkpoint(path, trainer.network, trainer.optimizer)
        elif self._settings.start is not None:
            self._put_start(trainer)
        if self._group.size > 1:
            self._group.tell(path.read_bytes() if path.is_file() else None)
        return done

    def _task(self, scaling: PixelScaling) -> SharedTask:
        return SharedTask(recipe=self._recipe, settings=self._settings, scaling=scaling)

    def _scaling(self) -> PixelScaling:
        """The start's scaling, or the recipe's fitted to the images."""
        start = self._settings.start
        return start.scaling if start else fit_scaling(self._recipe, self._fit.images)

    def _put_start(self, trainer: Trainer) -> None:
        """Begin with the start's weights, and keep them: the run needs its model no more.

        Raises:
            RunError: if the model is no longer the one that the run was begun with.
        """
        start = self._settings.start
        assert start is not None
        beginning = self._beginning or open_start(start.name, self._recipe)
        if beginning.start != start:
            raise RunError(
                _(
                    "{model} is not the model that {folder} was begun with; start over (--again).",
                    model=start.name,
                    folder=self._run.folder,
                )
            )
        trainer.network.load_state_dict(beginning.weights)
        save_checkpoint(self._run.checkpoint_path, trainer.network, trainer.optimizer, 0)

    def _finish(self, trainer: Trainer, scaling: PixelScaling, seconds: float) -> None:
        """Write weights, model and scores."""
        held: Mapping[str, object] = {}
        validation = test = None
        watches_test = self._settings.fold is None and self._recipe.validation == "test"
        if self._watched and not watches_test:
            answers = self._answers(trainer, self._watched)
            validation = _score(answers, self._watched)
            held = _calibration(answers, self._watched)
        if self._test:
            test = _score(self._answers(trainer, self._test), self._test)
        scores = RunScores(seconds=self._seconds(seconds), validation=validation, test=test)
        network = trainer.network.to("cpu")
        network.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload] # stubs
        write_whole(self._run.weights_path, save(network.state_dict()))
        scaled = ScaledNetwork(scaling, network, self._recipe.shifts).eval()
        save_model(self._run.model_path, scaled, self._card(scaled, scaling, scores, held))
        self._run.write_scores(scores)

    def _answers(self, trainer: Trainer, images: LabeledImages) -> torch.Tensor:
        """The logits of some images, on the processor."""
        return trainer.logits(Tensors.on(self._settings.device, images)).cpu()

    def _card(
        self,
        network: ScaledNetwork,
        scaling: PixelScaling,
        scores: RunScores,
        held: Mapping[str, object],
    ) -> Card:
        splits = {"validation": scores.validation, "test": scores.test}
        short = {split: found.short() for split, found in splits.items() if found}
        settings = self._settings
        return Card(
            name=self._recipe.name,
            classes=DIGITS,
            placement=Placement().to_dict(),
            scaling=scaling.to_dict(),
            recipe=self._recipe.to_dict(),
            training={
                "seed": settings.seed,
                "images": self._count,
                "epochs": self._recipe.epochs,
                "device": settings.device,
                "precision": settings.precision,
                **_origins(settings),
                **held,
            },
            data={"name": settings.data, "sha256": settings.data_hash},
            scores=short,
            versions=software_versions(),
            license="MIT",
            probe=Probe(probe_logits(network)),
        )

    def _seconds(self, now: float) -> float:
        """Training time in all, epochs before an interruption included."""
        return max(now, sum(row.seconds for row in self._run.history))


def _origins(settings: Settings) -> dict[str, object]:
    """What a card says of processes, the model started from and added images, if not usual."""
    found: dict[str, object] = {}
    if settings.processes > 1:
        found["processes"] = settings.processes
    if settings.start is not None:
        found["start"] = {"name": settings.start.name, "sha256": settings.start.sha256}
    if settings.added:
        found |= {"added": settings.to_dict()["added"], "add_copies": settings.add_copies}
    return found


def _score(logits: torch.Tensor, data: LabeledImages) -> Scored:
    return Scored.of(evaluate_probabilities(logits.softmax(1).numpy(), data.labels))


def _calibration(logits: torch.Tensor, held: LabeledImages) -> Mapping[str, object]:
    """What a card says of how sure the network may be, if enough images were held out."""
    if len(held) < FEWEST:
        return {}
    found = fit(logits.numpy(), held.labels)
    return {"calibration": {**found.to_dict(), "split": "validation"}}
