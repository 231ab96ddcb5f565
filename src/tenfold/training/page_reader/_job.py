"""The training of the reader's networks, from digits to a finished run folder."""

from __future__ import annotations

import hashlib
import time
from importlib.metadata import PackageNotFoundError, version
from itertools import takewhile
from typing import Any, TypedDict, final

import msgspec
import torch
from safetensors.torch import save
from torch import nn

from tenfold.data import DataSet
from tenfold.errors import InputError, MissingExtraError, TrainingError
from tenfold.files import write_whole
from tenfold.imaging.placement import Placement
from tenfold.language import text as _
from tenfold.metrics import evaluate_probabilities
from tenfold.models import (
    DIGITS,
    Card,
    InkModel,
    LineModel,
    Model,
    Probe,
    load_bundled_ink,
)
from tenfold.models.bundled import bundled_file
from tenfold.models.sign_model import SIGNS
from tenfold.networks.onnx_export import replace_card
from tenfold.networks.reader import NONE, DigitNetwork, LineNetwork
from tenfold.networks.reader_export import (
    digit_probe,
    ink_probe,
    line_probe,
    save_digits,
    save_ink,
    save_lines,
    save_signs,
    sign_probe,
)
from tenfold.reader.own import PARTNER
from tenfold.recipes import Course, ReaderRecipe
from tenfold.records import (
    DigitScores,
    InkScores,
    LineScores,
    ReaderScores,
    Run,
    Scored,
    Settings,
    SignScores,
    software_versions,
)
from tenfold.scenes import load_glyphs
from tenfold.scenes.typefaces import PACKAGES
from tenfold.training.additions import with_added
from tenfold.training.devices import exact_arithmetic
from tenfold.training.memory import keep_freed_memory
from tenfold.training.page_reader._beginning import bundled_digest
from tenfold.training.page_reader._calibration import calibrate
from tenfold.training.page_reader._course import NetworkTask, train_task
from tenfold.training.page_reader._digit import DigitTask
from tenfold.training.page_reader._examples import NOTHING_OWN, Own
from tenfold.training.page_reader._ink import InkTask
from tenfold.training.page_reader._line import LineTask
from tenfold.training.page_reader._pools import Pools
from tenfold.training.page_reader._sign import SignTask
from tenfold.training.progress import Observer

__all__ = ["ReaderJob"]


class Arithmetic(TypedDict):
    """What every network's task is given."""

    seed: int
    device: str
    precision: str


@final
class ReaderJob:
    """A training of the reader about to happen in a locked run folder.

    Beside what every run keeps, the folder then holds ::

        scenes/                                    the scenes, composed once
        examples.npz                               what pictures of somebody's own taught, if any
        {ink,lines,...}.checkpoint.safetensors     each network after its last whole epoch
        {ink,lines,digits,signs}.safetensors       the trained weights
        {ink,lines,digits,signs}.onnx              the models, with their cards

    The history has the epochs of the ink network, then those of the digit network, those of the
    line network, and those of the sign network. A network that is not trained at all comes from
    Tenfold: its file is the bundled one, byte for byte.

    Raises:
        InputError: if a fold is asked for, or no image would be left to train on.
        MissingExtraError: if a package is missing that composes scenes.
    """

    def __init__(
        self,
        run: Run,
        recipe: ReaderRecipe,
        settings: Settings,
        data: DataSet,
        own: Own = NOTHING_OWN,
    ) -> None:
        if not _can_compose():
            raise MissingExtraError("train", _("Training"))
        if settings.fold is not None:
            raise InputError(_("The reader is not trained by folds; train it as a whole."))
        images = data.train[: settings.subset]
        keep = len(images) - recipe.held_out
        if keep < 1:
            raise InputError(
                _(
                    "Received held_out {held} of {count} training images; none would be left.",
                    held=recipe.held_out,
                    count=len(images),
                )
            )
        self._run = run
        self._recipe = recipe
        self._settings = settings
        self._fit, self._held = images[:keep], images[keep:]
        self._own = own
        self._test = data.splits.get("test") if settings.test else None
        self._pools = Pools(run.folder / "scenes", recipe, settings.seed)

    def forget(self) -> None:
        """Remove what an earlier run left that this one would go on with."""
        self._pools.clear()
        for path in self._run.folder.glob("*.checkpoint.safetensors"):
            path.unlink()

    def run(self, observer: Observer) -> Run:
        """Compose the scenes, train all networks from their last checkpoints, and score them."""
        keep_freed_memory()
        began = time.perf_counter()
        settings = self._settings
        with exact_arithmetic(settings.threads):
            # Numbers too small for their exponent cost many times the usual and mean nothing here.
            torch.set_flush_denormal(True)
            try:
                ink, inked = self._train_ink(observer)
                self._pools.make(self._fit, self._held, ink, settings.threads or 1)
                digits, judged, test = self._train_digits(observer)
                lines, read = self._train_lines(observer)
                told = self._train_signs(observer)
            finally:
                torch.set_flush_denormal(False)
            scores = ReaderScores(ink=inked, lines=read, digits=judged, signs=told, test=test)
            self._save(ink, lines, digits, scores)
        seconds = self._seconds(time.perf_counter() - began)
        self._run.write_scores(msgspec.structs.replace(scores, seconds=seconds))
        return self._run

    def _train_ink(self, observer: Observer) -> tuple[InkModel, InkScores]:
        """Train the ink network and save it; return its model and what it reached.

        Where the recipe has none, the one that comes with Tenfold is taken.
        """
        recipe, settings = self._recipe, self._settings
        if recipe.ink is None:
            return load_bundled_ink(), InkScores()
        if self._is_kept("ink"):
            return InkModel(self._keep_bundled("ink")), InkScores()
        torch.manual_seed(settings.seed)
        task = InkTask(
            load_glyphs(self._fit.images, self._fit.labels),
            load_glyphs(self._held.images, self._held.labels),
            recipe.ink,
            steps=recipe.ink_steps,
            **self._arithmetic,
        )
        self._train(task, recipe.ink, observer)
        scores = task.scores()
        self._write_weights("ink", task.network)
        card = self._card("ink", scores.to_dict(), ink_probe(task.network))
        return save_ink(self._run.folder / "ink.onnx", task.network, card), scores

    def _train_digits(
        self, observer: Observer
    ) -> tuple[DigitNetwork | None, DigitScores, Scored | None]:
        """Train the digit network; return it, what it reached, and the same on test images.

        None where the one that comes with Tenfold is taken.
        """
        recipe = self._recipe
        if self._is_kept("digits"):
            return None, DigitScores(), None
        torch.manual_seed(self._settings.seed)
        placed = self._pools.placed(held=False)
        task = DigitTask(
            self._own.examples.beside(placed) if self._own.examples else placed,
            with_added(self._fit, self._own.images, self._settings.add_copies),
            recipe.plain_copies,
            self._pools.placed(held=True),
            recipe.digits,
            **self._arithmetic,
        )
        self._train(task, recipe.digits, observer)
        test = None
        if self._test:
            rows = task.logits(self._test.images)[:, :NONE].softmax(1).numpy()
            test = Scored.of(evaluate_probabilities(rows, self._test.labels))
        return task.network, task.scores(self._held), test

    def _train_lines(self, observer: Observer) -> tuple[LineNetwork | None, LineScores]:
        """Train the line network; return it and what it reached.

        None where the one that comes with Tenfold is taken.
        """
        if self._is_kept("lines"):
            return None, LineScores()
        torch.manual_seed(self._settings.seed)
        strips = self._pools.strips(held=False)
        task = LineTask(
            self._own.examples.among(strips) if self._own.examples else strips,
            self._pools.strips(held=True),
            self._recipe.lines,
            **self._arithmetic,
        )
        self._train(task, self._recipe.lines, observer)
        return task.network, task.scores()

    def _train_signs(self, observer: Observer) -> SignScores:
        """Train the sign network and save it; return what it reached.

        Raises:
            TrainingError: if there is no sign in the scenes.
        """
        course = self._recipe.signs
        if course is None:
            return SignScores()
        if self._is_kept("signs"):
            self._keep_bundled("signs")
            return SignScores()
        torch.manual_seed(self._settings.seed)
        windows, held = (self._pools.signs(held=is_held) for is_held in (False, True))
        if not (len(windows[1]) and len(held[1])):
            raise TrainingError(
                _(
                    "There is no sign in the scenes. Compose more of them "
                    "(--set scenes.0.count=...)."
                )
            )
        task = SignTask(windows, held, course, **self._arithmetic)
        self._train(task, course, observer)
        scores, temperature = task.scores(), task.temperature()
        self._write_weights("signs", task.network)
        card = self._card("signs", scores.to_dict(), sign_probe(task.network))
        if temperature is not None:
            training = {**card.training, "calibration": {"temperature": temperature}}
            card = msgspec.structs.replace(card, training=training)
        save_signs(self._run.folder / "signs.onnx", task.network, card)
        return scores

    def _train(self, task: NetworkTask, course: Course, observer: Observer) -> None:
        """Train one network; the epochs of those before it stand in the history."""
        recipe = self._recipe
        earlier = takewhile(lambda name: name != task.name, recipe.courses)
        before = sum(recipe.courses[name].epochs for name in earlier)
        train_task(task, course, self._run, observer, before=before, epochs=recipe.epochs)

    @property
    def _arithmetic(self) -> Arithmetic:
        """What all networks are trained with alike."""
        settings = self._settings
        return {
            "seed": settings.seed,
            "device": settings.device,
            "precision": settings.precision,
        }

    def _is_kept(self, name: str) -> bool:
        """Whether the network that comes with Tenfold is taken as it is."""
        course = self._recipe.courses.get(name)
        return course is None or course.epochs == 0

    def _keep_bundled(self, name: str) -> bytes:
        """Put the file of a network that comes with Tenfold into the folder, and return it."""
        content = bundled_file(name)
        write_whole(self._run.folder / f"{name}.onnx", content)
        return content

    def _save(
        self,
        ink: InkModel,
        lines: LineNetwork | None,
        digits: DigitNetwork | None,
        scores: ReaderScores,
    ) -> None:
        """Write weights and models; the line model's card also says how to believe them."""
        digit_model = self._save_digits(digits, scores)
        line_model = self._save_lines(lines, scores)
        if all(map(self._is_kept, ("ink", "digits", "lines"))):
            # These were fitted together already.
            return
        calibration = calibrate(ink, line_model, digit_model, self._held, self._settings.seed)
        calibration[PARTNER] = hashlib.sha256(digit_model.content).hexdigest()
        card = line_model.card
        training = {**card.training, "calibration": calibration}
        card = msgspec.structs.replace(card, training=training)
        replace_card(self._run.folder / "lines.onnx", card)

    def _save_digits(self, digits: DigitNetwork | None, scores: ReaderScores) -> Model:
        if digits is None:
            return Model(self._keep_bundled("digits"))
        self._write_weights("digits", digits)
        reached = scores.digits.to_dict()
        if scores.test:
            reached["test"] = {"accuracy": scores.test.accuracy, "count": scores.test.count}
        card = self._card("digits", reached, digit_probe(digits))
        return save_digits(self._run.folder / "digits.onnx", digits, card)

    def _save_lines(self, lines: LineNetwork | None, scores: ReaderScores) -> LineModel:
        if lines is None:
            return LineModel(self._keep_bundled("lines"))
        self._write_weights("lines", lines)
        card = self._card("lines", scores.lines.to_dict(), line_probe(lines))
        return save_lines(self._run.folder / "lines.onnx", lines, card)

    def _write_weights(self, name: str, network: nn.Module) -> None:
        """Write a network's weights; it is on the processor then."""
        network.to("cpu")
        network.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload] # stubs
        write_whole(self._run.folder / f"{name}.safetensors", save(network.state_dict()))

    def _card(self, name: str, scores: dict[str, Any], probe: tuple[float, ...]) -> Card:
        recipe, settings = self._recipe, self._settings
        plain = settings.to_dict()
        is_begun = recipe.courses[name].start == "bundled"
        return Card(
            name=name,
            classes=SIGNS if name == "signs" else DIGITS,
            placement=Placement().to_dict(),
            scaling={},
            recipe=recipe.to_dict(),
            training={
                "seed": settings.seed,
                "images": len(self._fit),
                "scenes": sum(part.count for part in recipe.scenes),
                "device": settings.device,
                "precision": settings.precision,
                **({"start": bundled_digest(name)} if is_begun else {}),
                **{name: kept for name in ("added", "examples") if (kept := plain[name])},
            },
            data={
                "name": settings.data,
                "sha256": settings.data_hash,
                "letters": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
            },
            scores=scores,
            versions=software_versions(),
            license="MIT",
            probe=Probe(probe),
        )

    def _seconds(self, now: float) -> float:
        """Time in all, epochs before an interruption included."""
        return max(now, sum(row.seconds for row in self._run.history))


def _can_compose() -> bool:
    """Whether what scenes are composed of is installed."""
    try:
        return all(map(version, ("scikit-image", *PACKAGES)))
    except PackageNotFoundError:
        return False
