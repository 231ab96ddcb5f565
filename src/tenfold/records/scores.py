"""What a training reached, as its run folder's scores.json holds it."""

from __future__ import annotations

from typing import Annotated

import msgspec

from tenfold.metrics import Evaluation
from tenfold.plain import PlainStruct

__all__ = [
    "DigitScores",
    "InkScores",
    "LineScores",
    "ReaderScores",
    "RunScores",
    "Scored",
    "SignScores",
]

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Count = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
Ten = msgspec.Meta(min_length=10, max_length=10)


class _Scores(PlainStruct, frozen=True, kw_only=True, omit_defaults=True):
    """What all scores share: what was not measured is left out of their plain data.

    Unknown fields, which a later version may write, are passed over.
    """


class Scored(_Scores, frozen=True, kw_only=True):
    """Scores on one set of images.

    Args:
        loss: mean cross-entropy, in nats.
        accuracy: share of images predicted right.
        interval: Wilson's 95 % interval of the accuracy.
        correct: how many images were predicted right.
        count: how many there were.
        precision: of the images predicted as each class, the share that are.
        recall: of the images of each class, the share predicted as it.
        confusion: true class by row, predicted class by column.
    """

    loss: float
    accuracy: Share
    interval: tuple[Share, Share] | None = None
    correct: Count | None = None
    count: Count | None = None
    precision: Annotated[tuple[Share | None, ...], Ten] | None = None
    recall: Annotated[tuple[Share | None, ...], Ten] | None = None
    confusion: Annotated[tuple[Annotated[tuple[Count, ...], Ten], ...], Ten] | None = None

    @classmethod
    def of(cls, evaluation: Evaluation) -> Scored:
        """Return an evaluation as a run folder keeps it."""
        return msgspec.convert(evaluation.to_dict(), cls)

    def short(self) -> dict[str, object]:
        """Return what a model's card says of them."""
        kept = ("accuracy", "loss", "interval", "count")
        return {name: value for name, value in self.to_dict().items() if name in kept}


class RunScores(_Scores, frozen=True, kw_only=True):
    """What a training of one network reached.

    Args:
        seconds: how long it took; none where its search stopped it early.
        validation: on the images held out of training.
        test: on the test images.
        pruned: whether its search stopped it early; ``validation`` is then of its last epoch.
    """

    seconds: float | None = None
    validation: Scored | None = None
    test: Scored | None = None
    pruned: bool = False

    @property
    def best(self) -> Scored | None:
        """The scores that say most: of the test images, else of those held out."""
        return self.test or self.validation


class LineScores(_Scores, frozen=True, kw_only=True):
    """How well the line network reads held-out strips.

    Args:
        whole: width -> the share read wholly right.
        nothing: width -> the share of empty ones in which nothing is read; none if there are none.
        count: how many strips.
        empty: how many of them are empty.
    """

    whole: dict[str, Share] = msgspec.field(default_factory=dict)
    nothing: dict[str, Share | None] = msgspec.field(default_factory=dict)
    count: Count = 0
    empty: Count = 0


class InkScores(_Scores, frozen=True, kw_only=True):
    """How well the ink network finds ink on held-out sheets: F1 over all pixels.

    Args:
        digits: of the pixels that the ink of digits covers by half or more.
        others: the same of other writing.
        count: how many sheets.
    """

    digits: Share | None = None
    others: Share | None = None
    count: Count = 0


class DigitScores(_Scores, frozen=True, kw_only=True):
    """How well the digit network judges marks.

    Args:
        accuracy: share of held-out marks of scenes judged right.
        digits: the same of those that are digits.
        digits_called_none: share of digits called no digit.
        none_called_digits: share of other marks called a digit.
        plain: share of held-out digits right as they are in the data.
        count: how many marks.
        plain_count: how many digits of the data.
    """

    accuracy: Share | None = None
    digits: Share | None = None
    digits_called_none: Share | None = None
    none_called_digits: Share | None = None
    plain: Share | None = None
    count: Count = 0
    plain_count: Count = 0


class SignScores(_Scores, frozen=True, kw_only=True):
    """How well the sign network tells marks apart that are no digits.

    Args:
        accuracy: share of held-out marks told rightly.
        right: sign -> the same of its marks; "?" is any other mark.
        counts: sign -> how many marks.
        count: how many in all.
    """

    accuracy: Share | None = None
    right: dict[str, Share] = msgspec.field(default_factory=dict)
    counts: dict[str, Count] = msgspec.field(default_factory=dict)
    count: Count = 0


class ReaderScores(RunScores, frozen=True, kw_only=True):
    """What a training of the reader reached: ``test`` is of its digit network."""

    ink: InkScores = InkScores()
    lines: LineScores = LineScores()
    digits: DigitScores = DigitScores()
    signs: SignScores = SignScores()
