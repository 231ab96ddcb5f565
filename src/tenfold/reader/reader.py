"""The reader: a picture of any kind to what it says."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable
from dataclasses import replace
from pathlib import Path
from typing import final, get_args

import numpy as np
import numpy.typing as npt

from tenfold.data.images import SIZE
from tenfold.errors import InputError, ModelError, PictureError
from tenfold.imaging import Box, Picture, PictureSource, Placement, open_picture
from tenfold.language import text as _
from tenfold.models import (
    InkModel,
    LineModel,
    Model,
    SignModel,
    load_bundled,
    load_bundled_ink,
    load_bundled_lines,
    load_bundled_signs,
    networks_in,
    open_model,
)
from tenfold.reader.attempts import Attempt, Layout, Networks, read_gray
from tenfold.reader.calibration import Calibration
from tenfold.reader.left_out import find_left_out
from tenfold.reader.lines import FoundDigit
from tenfold.reader.own import OwnModel, are_partners
from tenfold.reader.reading import ConfidenceKind, Digit, Reading
from tenfold.reader.signs import with_signs
from tenfold.reader.transcript import Signs

__all__ = ["THRESHOLD", "Reader"]

THRESHOLD = 0.5
"""A digit less probable than this is left out of the text."""

LAYOUTS = get_args(Layout)
SIGNS = get_args(Signs)


@final
class Reader:
    """Reads handwritten digits in pictures; make one and use it for many.

    ``tenfold.Reader().read("seven.png").text``

    Args:
        model: what tells digits apart: a model, the path of one, the name of one that comes with
            Tenfold, or None for its own, which also knows what is no digit. With any other than
            that, label and probabilities of each digit are this model's alone; Tenfold's own only
            find where digits are. The folder of a reader's training (``tenfold adapt``,
            ``tenfold train reader``) has all networks, and they read together.
        layout: "digit", "line" or "page" if all pictures are of that kind; None finds it out.
        threshold: how probable a digit must be to stand in the text, 0 to 1.
        at_accuracy: how probable it must be that a text is right to need no person's look, such as
            0.99; see ``Reading.needs_review``. None asks for nothing.
        signs: "keep" for texts that keep the points, commas and minuses of numbers ("-3.14");
            with "leave" they are digits alone. ``Reading.transcript`` has all signs anyway.
        lines: what finds digits; by default the model that comes with Tenfold.
        ink: what finds ink; the same.
        sign_model: what tells signs apart; the same, loaded when it is first asked.

    Raises:
        ModelError: if the file is no model of ours.
        InputError: if the model's placement or the layout is not known here, a number is out of
            range, or an accuracy is asked of a model whose confidence nobody calibrated.
    """

    def __init__(
        self,
        model: str | Path | Model | None = None,
        *,
        layout: Layout | None = None,
        threshold: float = THRESHOLD,
        at_accuracy: float | None = None,
        signs: Signs = "leave",
        lines: LineModel | None = None,
        ink: InkModel | None = None,
        sign_model: SignModel | None = None,
    ) -> None:
        self.layout = _checked(layout)
        if signs not in SIGNS:
            raise InputError(
                _(
                    "Received signs {signs!r}; expected {known}.",
                    signs=signs,
                    known=", ".join(SIGNS),
                )
            )
        self.signs = signs
        if not 0 <= threshold <= 1:
            raise InputError(
                _("Received threshold {threshold}; expected 0 to 1.", threshold=threshold)
            )
        self.threshold = threshold
        if at_accuracy is not None and not 0 < at_accuracy < 1:
            raise InputError(
                _(
                    "Received at_accuracy {accuracy}; expected a share between 0 and 1, such as "
                    "0.99.",
                    accuracy=at_accuracy,
                )
            )
        self.at_accuracy = at_accuracy
        if isinstance(model, str | Path) and (trained := networks_in(model)):
            model, lines, ink = trained.digits, lines or trained.lines, ink or trained.ink
            sign_model = sign_model or trained.signs
        elif model is None:
            model = load_bundled()
        elif isinstance(model, str | Path):
            model = open_model(model)
        lines = lines or load_bundled_lines()
        self.model = model
        self.lines = lines
        self._own = None if are_partners(lines, model) else OwnModel(model)
        if at_accuracy is not None and self._own and self._own.confidence_kind == "softmax":
            raise InputError(
                _(
                    "An accuracy can be asked only of confidences that hold, and nobody "
                    "calibrated those of this model; see tenfold calibrate --help."
                )
            )
        self.placement = Placement.from_dict(model.card.placement)
        if self.placement.size != SIZE:
            raise ModelError(
                _(
                    "The model's card places digits in squares of {size} pixels; expected {known}.",
                    size=self.placement.size,
                    known=SIZE,
                )
            )
        self.ink = ink or load_bundled_ink()
        self._sign_model = sign_model
        self._networks = Networks(
            self.ink,
            lines,
            model if self._own is None else load_bundled(threads=model.threads),
            self.placement,
            Calibration.from_dict(lines.card.training.get("calibration")),
        )

    @property
    def sign_model(self) -> SignModel:
        """What tells signs apart; loaded now if it was not yet."""
        if self._sign_model is None:
            self._sign_model = load_bundled_signs(threads=self.model.threads)
        return self._sign_model

    def read(
        self, source: PictureSource, *, layout: Layout | None = None, explain: bool = False
    ) -> Reading:
        """Read one picture.

        Args:
            source: a path, the bytes of a picture file, a PIL image, an array [H, W] or
                [H, W, channels], or an open picture (see ``tenfold.imaging.open_picture``).
            layout: what this picture is: "digit", "line" or "page"; by default the reader's.
            explain: whether the reading keeps how it came about (``reading.attempt``).

        Returns:
            The reading; an empty one if there is no digit in the picture.

        Raises:
            PictureError: if ``source`` is no readable picture.
            InputError: if the layout is unknown.
            ModelError: if the model answers with what is no finite number, or cannot be run.
        """
        layout = _checked(layout) or self.layout
        picture = open_picture(source)
        attempt = read_gray(picture.gray, self._networks, layout)
        digits = [
            self._digit(found, sure, line, attempt, picture)
            for line, reading in enumerate(attempt.readings)
            for found, sure in zip(reading.found, attempt.confidences[line], strict=True)
        ]
        found = [one.box for reading in attempt.readings for one in reading.found]
        if layout == "digit" and digits:
            first = max(range(len(digits)), key=lambda at: digits[at].confidence)
            digits, found = [digits[first]], [found[first]]
        whole: float | None = math.prod(
            self._whole(attempt, line)
            for line in {digit.line for digit in digits if digit.accepted}
        )
        kind: ConfidenceKind = "calibrated"
        if self._own is not None:
            digits, whole = self._own.judged(digits, self.threshold), None
            kind = self._own.confidence_kind
        loose = find_left_out(attempt.ink, found)
        digits, marks = with_signs(attempt, digits, found, loose, lambda: self.sign_model)
        unread = tuple(replace(mark, box=_shown(mark.box, attempt, picture)) for mark in marks)
        kept = attempt if explain else None
        return Reading(tuple(digits), whole, kept, unread, kind, self.at_accuracy, self.signs)

    def read_many(
        self, sources: Iterable[PictureSource], *, workers: int = 1, explain: bool = False
    ) -> Generator[Reading | PictureError, None, None]:
        """Read pictures in order; for one that cannot be read, yield its error and go on.

        Args:
            sources: what ``read`` takes; taken one by one, as readings are asked for.
            workers: how many processes read; 1 is this one alone. Others take about a second to
                start, and take some dozens of sources ahead, so they pay for hundreds.
            explain: as for ``read``; always done by this process.

        Raises:
            InputError: if ``workers`` is less than 1.
            TenfoldError: if processes die whatever they read.
        """
        if workers < 1:
            raise InputError(_("Received {workers} workers; expected at least 1.", workers=workers))
        if workers > 1 and not explain:
            from tenfold.reader.many import read_in_processes

            return read_in_processes(self, sources, workers)
        return self._read_one_by_one(sources, explain)

    def _read_one_by_one(
        self, sources: Iterable[PictureSource], explain: bool
    ) -> Generator[Reading | PictureError, None, None]:
        for source in sources:
            try:
                yield self.read(source, explain=explain)
            except PictureError as error:
                yield error

    def classify(self, placed: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """Tell digits apart that are placed already, without looking for them.

        Args:
            placed: as for ``Model.predict_proba``.

        Returns:
            float32 [N, 10]: the probability of each digit.
        """
        return self.model.predict_proba(placed)

    def _whole(self, attempt: Attempt, line: int) -> float:
        """The probability that what is accepted of a line is all of it, and right."""
        sure = attempt.confidences[line]
        right = [one if one >= self.threshold else 1 - one for one in sure]
        return self._networks.calibration.whole(attempt.readings[line], right)

    def _digit(
        self, found: FoundDigit, sure: float, line: int, attempt: Attempt, picture: Picture
    ) -> Digit:
        shares = found.combined()
        probabilities = shares * np.float32(min(1.0, sure / float(shares.max())))
        return Digit(
            np.asarray(probabilities, np.float32),
            _shown(found.box, attempt, picture),
            found.placed,
            accepted=sure >= self.threshold,
            line=line,
        )


def _checked(layout: Layout | None) -> Layout | None:
    if layout is not None and layout not in LAYOUTS:
        raise InputError(
            _(
                "Received layout {layout!r}; expected {known}, or none to find it out.",
                layout=layout,
                known=", ".join(LAYOUTS),
            )
        )
    return layout


def _shown(box: Box, attempt: Attempt, picture: Picture) -> Box:
    """Return a box of the attempt's ink as a box of the picture as shown."""
    height, width = attempt.ink.tone.shape
    if attempt.turns % 2:
        height, width = width, height
    return _upright(box, attempt).scaled(picture.width / width, picture.height / height)


def _upright(box: Box, attempt: Attempt) -> Box:
    """Return a box of a turned picture as a box of the picture as it came."""
    height, width = attempt.ink.tone.shape
    for _turn in range(attempt.turns):
        # One quarter turn clockwise undoes one counterclockwise.
        box = Box(height - box.y - box.height, box.x, box.height, box.width)
        height, width = width, height
    return box
