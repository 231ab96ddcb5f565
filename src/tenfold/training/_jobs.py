"""One training from recipe and data to a finished run folder."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import torch
from safetensors.torch import save

from tenfold.data import DataSet, LabelledImages, load_dataset
from tenfold.errors import RunError
from tenfold.files import write_whole
from tenfold.imaging.placement import Placement
from tenfold.language import text as _
from tenfold.metrics import Evaluation, evaluate_probabilities
from tenfold.models import Card, Probe
from tenfold.recipes import AnyRecipe, Recipe, load_any_recipe, recipe_from_dict
from tenfold.runs import Run, describe_environment, numbered_folder, software_versions
from tenfold.training._checkpoint import load_checkpoint, save_checkpoint
from tenfold.training._devices import choose_device, exact_arithmetic
from tenfold.training._export import ScaledNetwork, probe_logits, save_model
from tenfold.training._loop import Tensors, Trainer
from tenfold.training._memory import keep_freed_memory
from tenfold.training._scaling import PixelScaling, fit_scaling
from tenfold.training._settings import Settings, resolve_settings
from tenfold.training._splits import Fold, split_data
from tenfold.training.progress import Observer, Plan, observer_for_screen
from tenfold.training.reader import ReaderJob

__all__ = ["resume", "train"]


def train(
    recipe: str | Path | AnyRecipe,
    data: str | Path | DataSet = "mnist",
    *,
    run: str | Path | None = None,
    again: bool = False,
    seed: int = 0,
    changes: Mapping[str, object] | None = None,
    subset: int | None = None,
    fold: Fold | None = None,
    test: bool = True,
    device: str = "auto",
    precision: str | None = None,
    threads: int | None = None,
    observer: Observer | None = None,
) -> Run:
    """Train a recipe and return its finished run.

    The same recipe, data, seed and settings on the same machine give the same weights, bit for
    bit. An interrupted run goes on with ``resume``.

    Args:
        recipe: a name, the path of a recipe file, or a recipe.
        data: "mnist", the path of a data set in any known format, or a data set.
        run: the run's folder; by default a new one under ``runs/``.
        again: start over if the folder already holds a run; else that is an error.
        seed: any integer of at least 0.
        changes: fields of the recipe to set otherwise, such as ``{"learning_rate": 0.001}``.
        subset: use only so many training images, from the first.
        fold: hold this fold of the training images out, and leave the test images alone.
        test: whether to score the test images at the end; a choice between runs is made without.
        device: "auto", "cpu", "cuda" or "mps".
        precision: "fp32" or "bf16"; by default "fp32", or what the reader's recipe says.
        threads: how many of the processor's threads to use; by default PyTorch's choice.
        observer: sees training go by; by default a progress bar or plain lines on stderr.

    Raises:
        InputError: if an argument is not possible.
        RunError: if the folder holds a run already, or another process is at work in it.
        TrainingError: if the loss is no longer a number.
        StorageError: if a file cannot be written; the last checkpoint stays whole.
    """
    chosen = recipe if isinstance(recipe, AnyRecipe) else load_any_recipe(recipe)
    chosen = chosen.changed(changes or {})
    preferred = "fp32" if isinstance(chosen, Recipe) else chosen.precision
    loaded = data if isinstance(data, DataSet) else load_dataset(data)
    settings = resolve_settings(
        data,
        loaded,
        seed=seed,
        subset=subset,
        fold=fold,
        test=test,
        device=device,
        precision=precision or preferred,
        threads=threads,
    )
    folder = Path(run) if run is not None else numbered_folder(Path("runs"), chosen.name)
    target = Run(folder)
    with target.locked():
        if target.started and not again:
            raise RunError(
                _(
                    "{folder} already holds a run. Go on with it (--resume), start over (--again) "
                    "or choose another folder (--run).",
                    folder=folder,
                )
            )
        job = _job(target, chosen, settings, loaded)
        if again and isinstance(job, ReaderJob):
            job.forget()
        plan = {"recipe": chosen.to_dict(), "settings": msgspec.to_builtins(settings)}
        target.start(plan, describe_environment())
        return job.run(observer or observer_for_screen())


def resume(
    run: str | Path, data: DataSet | None = None, *, observer: Observer | None = None
) -> Run:
    """Go on with an interrupted run from its last whole epoch; a finished one is left as it is.

    The weights at the end are those of a run never interrupted, bit for bit, on the same machine.

    Args:
        run: the run's folder.
        data: the data set it was trained on; by default loaded from where it came.
        observer: as for ``train``.

    Raises:
        RunError: if there is nothing to go on with, or the data are not the same.
    """
    target = Run(run)
    plan = target.plan
    with target.locked():
        if target.finished:
            return target
        try:
            settings = msgspec.convert(plan["settings"], Settings)
            recipe = recipe_from_dict(plan["recipe"])
        except (KeyError, msgspec.ValidationError) as error:
            raise RunError(
                _("{path} is damaged: {reason}", path=target.folder / "run.json", reason=error)
            ) from error
        loaded = data or load_dataset(settings.data)
        if loaded.hash() != settings.data_hash:
            raise RunError(
                _(
                    "The data of {data} are not those that {folder} was trained on.",
                    data=settings.data,
                    folder=target.folder,
                )
            )
        choose_device(settings.device)
        return _job(target, recipe, settings, loaded).run(observer or observer_for_screen())


def _job(run: Run, recipe: AnyRecipe, settings: Settings, data: DataSet) -> _Job | ReaderJob:
    if isinstance(recipe, Recipe):
        return _Job(run, recipe, settings, data)
    return ReaderJob(run, recipe, settings, data)


class _Job:
    """A training about to happen in a locked run folder."""

    def __init__(self, run: Run, recipe: Recipe, settings: Settings, data: DataSet) -> None:
        self._run = run
        self._recipe = recipe
        self._settings = settings
        self._data = data
        self._fit, self._watched = split_data(recipe, data, settings.subset, settings.fold)
        self._test = data.splits.get("test") if settings.test else None

    def run(self, observer: Observer) -> Run:
        """Train from the last checkpoint, if any, to the scores."""
        keep_freed_memory()
        began = time.perf_counter()
        with exact_arithmetic(self._settings.threads):
            torch.manual_seed(self._settings.seed)
            scaling = fit_scaling(self._recipe, self._fit.images)
            trainer = Trainer(
                self._recipe,
                scaling,
                Tensors.on(self._settings.device, self._fit),
                seed=self._settings.seed,
                device=self._settings.device,
                precision=self._settings.precision,
            )
            self._train(trainer, observer)
            self._finish(trainer, scaling, time.perf_counter() - began)
        return self._run

    def _train(self, trainer: Trainer, observer: Observer) -> None:
        run, recipe = self._run, self._recipe
        done = 0
        if run.checkpoint_path.is_file():
            done = load_checkpoint(run.checkpoint_path, trainer.network, trainer.optimizer)
        rows = run.history[:done]
        watched = self._watched and Tensors.on(self._settings.device, self._watched)
        plan = Plan(recipe.name, recipe.epochs, done, trainer.steps, len(trainer.data))
        observer.on_start(plan)
        try:
            for epoch in range(done + 1, recipe.epochs + 1):
                row = trainer.train_epoch(epoch, observer)
                if watched:
                    loss, accuracy = trainer.evaluate(watched)
                    row = msgspec.structs.replace(
                        row, validation_loss=loss, validation_accuracy=accuracy
                    )
                rows.append(row)
                run.write_history(rows)
                save_checkpoint(run.checkpoint_path, trainer.network, trainer.optimizer, epoch)
                observer.on_epoch(row)
        finally:
            observer.on_end()

    def _finish(self, trainer: Trainer, scaling: PixelScaling, seconds: float) -> None:
        """Write weights, model and scores."""
        scores: dict[str, Any] = {"seconds": self._seconds(seconds)}
        watches_test = self._settings.fold is None and self._recipe.validation == "test"
        if self._watched and not watches_test:
            scores["validation"] = _score(trainer, self._settings.device, self._watched).to_dict()
        if self._test:
            scores["test"] = _score(trainer, self._settings.device, self._test).to_dict()
        network = trainer.network.to("cpu")
        network.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload] # stubs
        write_whole(self._run.weights_path, save(network.state_dict()))
        scaled = ScaledNetwork(scaling, network).eval()
        save_model(self._run.model_path, scaled, self._card(scaled, scaling, scores))
        self._run.write_scores(scores)

    def _card(self, network: ScaledNetwork, scaling: PixelScaling, scores: dict[str, Any]) -> Card:
        kept = ("accuracy", "loss", "interval", "count")
        short = {
            split: {key: values[key] for key in kept}
            for split, values in scores.items()
            if isinstance(values, dict)
        }
        settings = self._settings
        return Card(
            name=self._recipe.name,
            classes=tuple("0123456789"),
            placement=Placement().to_dict(),
            scaling=scaling.to_dict(),
            recipe=self._recipe.to_dict(),
            training={
                "seed": settings.seed,
                "images": len(self._fit),
                "epochs": self._recipe.epochs,
                "device": settings.device,
                "precision": settings.precision,
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


def _score(trainer: Trainer, device: str, data: LabelledImages) -> Evaluation:
    logits = trainer.logits(Tensors.on(device, data))
    return evaluate_probabilities(logits.softmax(1).cpu().numpy(), data.labels)
