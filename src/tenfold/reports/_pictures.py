"""The figures of a report, each with its caption and its description in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from tenfold.errors import InputError
from tenfold.figures.class_scores import class_scores
from tenfold.figures.confused_pairs import confused_pairs
from tenfold.figures.confusion import confusion
from tenfold.figures.fold_scores import fold_scores
from tenfold.figures.learning_curves import learning_curves
from tenfold.figures.network import network
from tenfold.figures.predictions import predictions
from tenfold.figures.reliability import reliability
from tenfold.figures.sweep import sweep
from tenfold.figures.worst_errors import worst_errors
from tenfold.language import text as _
from tenfold.metrics import measure_calibration
from tenfold.recipes import Recipe, parameter_count, summarize
from tenfold.records import EpochRow
from tenfold.reports._blocks import Block, Paragraph, PictureBlock
from tenfold.reports._evidence import Evidence
from tenfold.reports._records import RunRecord
from tenfold.reports._words import percent, spread

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "boxes",
    "course",
    "curves",
    "diagram",
    "matrix",
    "pairs",
    "pictures_of_digits",
    "settings_plot",
]

GRID = 25

Counts = Sequence[Sequence[int]]


def curves(name: str, records: Sequence[RunRecord]) -> Iterator[Block]:
    """Draw how training went, all runs of a recipe in one; nothing if no epoch has ended."""
    histories = [record.history for record in records if record.history]
    if not histories:
        return
    alone = records[0].test if len(histories) == 1 else None
    over = "step" if records[0].recipe.sampling == "replacement" else "epoch"
    last = [rows[-1] for rows in histories]
    caption = _("Learning curves of {name}.", name=name)
    if len(histories) > 1:
        caption = _("Learning curves of {name}: {count} runs.", name=name, count=len(histories))
    yield _drawn(
        f"{name}-learning-curves",
        lambda: learning_curves(
            histories, None, (alone.loss, alone.accuracy) if alone else None, over
        ),
        caption,
        _(
            "Curves of loss and accuracy over {epochs} epochs; training accuracy at the end, "
            "in percent: {accuracy}.",
            epochs=max(row.epoch for row in last),
            accuracy=spread([row.accuracy for row in last], 100, 2),
        ),
    )


def course(name: str, rows: Sequence[EpochRow]) -> Block:
    """Draw how the training of one network went, of which at least one epoch has ended."""
    return _drawn(
        f"{name}-learning-curves",
        lambda: learning_curves([rows]),
        _("Learning curves of {name}.", name=name),
        _(
            "Curves of loss and accuracy over {epochs} epochs; training accuracy at the end, "
            "in percent: {accuracy}.",
            epochs=len(rows),
            accuracy=spread([rows[-1].accuracy], 100, 2),
        ),
    )


def diagram(name: str, recipe: Recipe) -> Block:
    """Draw the network."""
    rows = summarize(recipe.layers)
    return _drawn(
        f"{name}-network",
        lambda: network(rows, recipe.name),
        _("The network of {name}, with what each layer puts out.", name=name),
        _(
            "Diagram of {count} parameters in layers: {layers}.",
            count=f"{parameter_count(recipe.layers):,}",
            layers=", ".join(row.label for row in rows),
        ),
    )


def matrix(name: str, counts: Counts, runs: int = 1) -> Block:
    """Draw a confusion matrix, which has at least one count."""
    total = sum(map(sum, counts))
    right = sum(row[at] for at, row in enumerate(counts))
    caption = _("Which digit was taken for which by {name}.", name=name)
    if runs > 1:
        caption = _(
            "Which digit was taken for which by {name}, {count} runs together.",
            name=name,
            count=runs,
        )
    return _drawn(
        f"{name}-confusion",
        lambda: confusion(counts),
        caption,
        _("Confusion matrix: {right} of {total} right.", right=f"{right:,}", total=f"{total:,}"),
    )


def pairs(name: str, counts: Counts, evidence: Evidence | None) -> Iterator[Block]:
    """Draw the scores of each digit, and the commonest errors with images of them if there are."""
    wrong = [
        (row[at], true, at) for true, row in enumerate(counts) for at in range(10) if at != true
    ]
    count, true, predicted = max(wrong)
    yield _drawn(
        f"{name}-class-scores",
        lambda: class_scores(counts),
        _("Precision, recall and F1 of each digit: {name}.", name=name),
        _("Three points with intervals for each of ten digits."),
    )
    if count:
        yield _drawn(
            f"{name}-confused-pairs",
            lambda: confused_pairs(counts, _confused(evidence) if evidence else None),
            _("The commonest errors of {name}.", name=name),
            _(
                "Bars; the longest: {true} was taken for {predicted}, {count} times.",
                true=true,
                predicted=predicted,
                count=count,
            ),
        )


def pictures_of_digits(name: str, evidence: Evidence) -> Iterator[Block]:
    """Draw what the model answers to single images, and how far its confidence can be believed."""
    (images, labels), rows = evidence.data, evidence.probabilities
    right = rows.argmax(axis=1) == labels
    calibration = measure_calibration(rows, labels)
    yield _drawn(
        f"{name}-reliability",
        lambda: reliability(rows, labels),
        _("How far the confidence of {name} can be believed.", name=name),
        _(
            "Accuracy over confidence; expected calibration error {error}.",
            error=percent(calibration.expected_error),
        ),
    )
    if not right.all():
        yield _drawn(
            f"{name}-worst-errors",
            lambda: worst_errors(images, labels, rows),
            _("The errors of which {name} was most sure.", name=name),
            _("A grid of digits read wrongly with high confidence."),
        )
    yield _drawn(
        f"{name}-predictions",
        lambda: predictions(images[:GRID], labels[:GRID], rows[:GRID]),
        _("The first {count} images as {name} reads them.", name=name, count=len(labels[:GRID])),
        _(
            "A grid of digits: {right} of {count} are read correctly.",
            right=int(right[:GRID].sum()),
            count=len(labels[:GRID]),
        ),
    )


def boxes(scores: Mapping[str, Sequence[float]]) -> Block:
    """Draw the accuracies of recipes on the folds."""
    return _drawn(
        "fold-scores",
        lambda: fold_scores({name: np.asarray(values) for name, values in scores.items()}),
        _("Accuracy on each fold, by recipe."),
        _(
            "Box plots: {summary}.",
            summary="; ".join(
                f"{name} {spread(values, 100, 2)} %" for name, values in scores.items()
            ),
        ),
    )


def settings_plot(
    parameter: str, values: Sequence[object], accuracies: Sequence[float | None]
) -> Block:
    """Draw the trials of a sweep over one of its parameters."""
    return _drawn(
        f"sweep-{parameter}",
        lambda: sweep(values, accuracies, parameter),
        _("Accuracy of every trial over {parameter}.", parameter=parameter),
        _("Points, one a trial; the table has the numbers."),
    )


def _drawn(name: str, draw: Callable[[], Figure], caption: str, alt: str) -> Block:
    """A picture, or in words why it cannot be drawn: the rest of the report is of use without."""
    try:
        return PictureBlock(name, draw(), caption, alt)
    except InputError as error:
        return Paragraph(_("{caption} Not drawn: {reason}", caption=caption, reason=error))


def _confused(evidence: Evidence) -> dict[tuple[int, int], np.typing.ArrayLike]:
    """Images by true and predicted digit, where these differ."""
    (images, labels), predicted = evidence.data, evidence.probabilities.argmax(axis=1)
    wrong = np.flatnonzero(predicted != labels)
    kinds = {(int(labels[at]), int(predicted[at])) for at in wrong}
    return {(true, read): images[(labels == true) & (predicted == read)] for true, read in kinds}
