"""One model on one set of images, as a report."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tenfold.data import LabeledImages
from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.metrics import Evaluation, evaluate_probabilities, measure_calibration
from tenfold.models import Card, Model
from tenfold.recipes import Recipe
from tenfold.records import Environment, Scored, describe_environment
from tenfold.reports._blocks import (
    Block,
    CommandBlock,
    Facts,
    Highlight,
    Highlights,
    Report,
    Section,
)
from tenfold.reports._evidence import Evidence
from tenfold.reports._machine import environment_facts
from tenfold.reports._pictures import diagram, matrix, pairs, pictures_of_digits
from tenfold.reports._tables import digit_table, recipe_facts
from tenfold.reports._words import interval, percent

__all__ = ["evaluation_report"]


def evaluation_report(
    model: Model, data: LabeledImages, name: str, split: str, command: str
) -> Report:
    """Return the report (see ``write_evaluation``)."""
    evidence = Evidence(data, model.predict_proba(data.images))
    evaluation = evaluate_probabilities(evidence.probabilities, data.labels)
    images = Facts(
        (
            (_("Data set"), name),
            (_("Split"), split),
            (_("Images"), f"{len(data):,}"),
            (_("sha256 of the split"), data.hash()),
        )
    )
    machine = environment_facts(msgspec.convert(describe_environment(), Environment))
    return Report(
        model.card.name,
        _(
            "How well the model {model} reads {data}, {split} images.",
            model=model.card.name,
            data=name,
            split=split,
        ),
        (
            Section(_("Scores"), tuple(_scores(model.card.name, evaluation, evidence))),
            Section(_("Single images"), tuple(pictures_of_digits(model.card.name, evidence))),
            Section(_("Model"), tuple(_model(model.card))),
            Section(_("Data"), (images,)),
            Section(_("Machine"), (machine,)),
            Section(_("Do it again"), (CommandBlock(command),)),
        ),
    )


def _scores(name: str, evaluation: Evaluation, evidence: Evidence) -> Iterator[Block]:
    calibration = measure_calibration(evidence.probabilities, evidence.data.labels)
    wrong = evaluation.count - evaluation.correct
    errors = _("{wrong} of {count} images", wrong=f"{wrong:,}", count=f"{evaluation.count:,}")
    yield Highlights(
        (
            Highlight(_("Accuracy"), percent(evaluation.accuracy), interval(evaluation.interval)),
            Highlight(_("Errors"), f"{wrong:,}", errors),
            Highlight(_("Loss"), f"{evaluation.loss:.4f}", _("cross-entropy, in nats")),
            Highlight(
                _("Calibration error"),
                percent(calibration.expected_error),
                _("expected, in 15 bins"),
            ),
        )
    )
    yield from digit_table(name, msgspec.convert(evaluation.to_dict(), Scored))
    counts = evaluation.confusion.tolist()
    yield matrix(name, counts)
    yield from pairs(name, counts, evidence)


def _model(card: Card) -> Iterator[Block]:
    yield Facts(
        (
            (_("Name"), card.name),
            (_("Trained on"), _plain(card.data)),
            (_("Training"), _plain(card.training)),
            (_("Software"), _plain(card.versions)),
            (_("License"), card.license),
        )
    )
    try:
        recipe = Recipe.from_dict(card.recipe)
    except InputError:
        # The card of another version: its model reads all the same, and the facts above stand.
        return
    yield recipe_facts(recipe)
    yield diagram(card.name, recipe)


def _plain(values: dict[str, object] | dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())
