"""What the line network learns: digits along strips, and where they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import eq
from typing import final

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from tenfold.models.line_model import HEIGHT
from tenfold.networks.reader import CLASSES, COLUMN, NONE, LineNetwork
from tenfold.recipes import Course
from tenfold.records import LineScores
from tenfold.training.batches import epoch_generators
from tenfold.training.devices import arithmetic
from tenfold.training.page_reader._course import EpochOutcome
from tenfold.training.page_reader._pools import Strips

__all__ = ["LineTask", "as_strips", "column_targets", "greedy_texts"]

FEWEST = 16
"""Strips of a batch, however wide."""

EVALUATION_BATCH = 200

# The columns that belong to a digit: this part of its width to each side of its middle.
_CORE = 0.28
_NARROWEST = 2.1

_CTC_WEIGHT = 0.5
_COLUMN_WEIGHT = 3.0


@final
class LineTask:
    """The line network, strips to train it on and strips held out; by width."""

    name = "lines"

    def __init__(
        self,
        strips: Mapping[int, Strips],
        held: Mapping[int, Strips],
        course: Course,
        *,
        seed: int,
        device: str,
        precision: str,
    ) -> None:
        self._strips = strips
        self._held = held
        self._course = course
        self._seed = seed
        self._device = device
        self._precision = precision
        self.network = LineNetwork().to(device)
        # Convolutions on processors are fastest on maps whose channels lie together.
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload] # stubs
        self._sizes = {
            width: min(len(part), max(FEWEST, course.batch_size // width))
            for width, part in strips.items()
        }

    @property
    def steps(self) -> int:
        """Steps of an epoch; what is left over of a width is left out."""
        return sum(len(part) // self._sizes[width] for width, part in self._strips.items())

    @property
    def images(self) -> int:
        """Strips of an epoch."""
        sizes = self._sizes
        return sum(len(p) // sizes[w] * sizes[w] for w, p in self._strips.items())

    def outcomes(self, epoch: int) -> Iterator[EpochOutcome]:
        """Yield what each batch gives; each is of one width."""
        order, looks = epoch_generators(self._seed, epoch)
        first = (epoch - 1) * self.steps
        for step, (width, index) in enumerate(self._batches(order), start=first):
            part = self._strips[width]
            strips = _augmented(as_strips(part.strips[index]), looks)
            yield self._outcome(
                strips,
                torch.from_numpy(part.labels[index]).long(),
                torch.from_numpy(part.boxes[index]),
                step / (self.steps * self._course.epochs),
            )

    @torch.no_grad()
    def evaluate(self) -> tuple[float, float]:
        """Return the mean CTC loss and the share of strips read wholly right."""
        self.network.eval()
        loss, right, count = 0.0, 0, 0
        for part in self._held.values():
            for logits, labels in self._answers(part):
                loss += float(_ctc(logits, labels)) * len(labels)
                right += sum(map(eq, greedy_texts(logits), _texts(labels)))
                count += len(labels)
        return loss / count, right / count

    @torch.no_grad()
    def scores(self) -> LineScores:
        """Return, by width, the share of held-out strips read wholly right, and of empty ones."""
        self.network.eval()
        whole: dict[str, float] = {}
        nothing: dict[str, float | None] = {}
        count = blank = 0
        for width, part in self._held.items():
            pairs = [
                (read, text)
                for logits, labels in self._answers(part)
                for read, text in zip(greedy_texts(logits), _texts(labels), strict=True)
            ]
            empty = [not read for read, text in pairs if not text]
            whole[str(width)] = sum(read == text for read, text in pairs) / len(pairs)
            nothing[str(width)] = sum(empty) / len(empty) if empty else None
            count += len(pairs)
            blank += len(empty)
        return LineScores(whole=whole, nothing=nothing, count=count, empty=blank)

    def _answers(self, part: Strips) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Logits float32 [N, T, 11] and labels int64 [N, L], batch by batch."""
        for start in range(0, len(part), EVALUATION_BATCH):
            index = slice(start, start + EVALUATION_BATCH)
            strips = as_strips(part.strips[index]).to(self._device)
            yield self.network(strips)[0].cpu(), torch.from_numpy(part.labels[index]).long()

    def _batches(self, order: np.random.Generator) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
        batches = []
        for width, part in self._strips.items():
            size = self._sizes[width]
            shuffled = order.permutation(len(part))
            ends = range(size, len(part) + 1, size)
            batches += [(width, shuffled[end - size : end]) for end in ends]
        return (batches[at] for at in order.permutation(len(batches)))

    def _outcome(
        self,
        strips: torch.Tensor,
        labels: torch.Tensor,
        boxes: torch.Tensor,
        done: float,
    ) -> EpochOutcome:
        with arithmetic(self._device, self._precision):
            logits, found = self.network(strips.to(self._device))
        # On the processor, where the CTC loss has one order of additions.
        logits, found = logits.float().cpu(), found.float().cpu()
        classes, sought = column_targets(labels, boxes, logits.shape[1])
        inked = classes != NONE
        columns = functional.cross_entropy(logits.reshape(-1, CLASSES), classes.reshape(-1))
        loss = _CTC_WEIGHT * _ctc(logits, labels)
        # Columns teach where to look; later the text decides.
        loss = loss + columns * _COLUMN_WEIGHT * max(0.1, 1 - 2 * done)
        if inked.any():
            loss = loss + functional.smooth_l1_loss(found[inked], sought[inked], beta=0.05)
        right = (logits.detach().argmax(2) == classes).sum()
        return EpochOutcome(loss, right, classes.numel())


def as_strips(strips: npt.NDArray[np.uint8]) -> torch.Tensor:
    """Return uint8 [N, 40, W] as the network takes it: float32 [N, 1, 40, W] in [0, 1]."""
    planes = torch.from_numpy(strips)[:, None].float() / 255
    return planes.contiguous(memory_format=torch.channels_last)


def column_targets(
    labels: torch.Tensor,
    boxes: torch.Tensor,
    columns: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return what each column should say.

    Args:
        labels: int64, the digits of each strip, then -1.
        boxes: float32, their left, top, right, bottom in pixels.
        columns: how many columns of answers there are.

    Returns:
        Classes int64 [N, T], 10 where no digit's middle is near; and boxes float32 [N, T, 4] of the
        nearest digit, as the network gives them.
    """
    at = torch.arange(columns) * COLUMN + (COLUMN - 1) / 2
    left, right = boxes[..., 0], boxes[..., 2]
    reach = ((right - left) * _CORE).clamp(min=_NARROWEST)
    middle = ((left + right) / 2).masked_fill(labels < 0, torch.inf)
    off = (at[None, :, None] - middle[:, None, :]).abs()
    distance, nearest = off.min(2)
    is_near = distance <= reach.gather(1, nearest)
    classes = labels.gather(1, nearest).where(is_near, NONE)
    sought = boxes.gather(1, nearest[..., None].expand(-1, -1, 4))
    half = torch.full_like(at, HEIGHT / 2)
    origin = torch.stack([at, half, at, half], 1)
    return classes, (sought - origin) / (HEIGHT / 2)


def greedy_texts(logits: torch.Tensor) -> list[list[int]]:
    """Return each strip's digits: the best class a column, without repeats and blanks."""
    best = logits.argmax(2)
    is_new = torch.ones_like(best, dtype=torch.bool)
    is_new[:, 1:] = best[:, 1:] != best[:, :-1]
    kept = is_new & (best != NONE)
    return [row[keep].tolist() for row, keep in zip(best, kept, strict=True)]


def _texts(labels: torch.Tensor) -> list[list[int]]:
    return [row[row >= 0].tolist() for row in labels]


def _ctc(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The CTC loss (Graves et al. 2006), mean over strips; a text too long counts 0."""
    count, columns, _classes = logits.shape
    is_digit = labels >= 0
    total = functional.ctc_loss(
        logits.log_softmax(2).transpose(0, 1),
        labels[is_digit],
        torch.full((count,), columns),
        is_digit.sum(1),
        blank=NONE,
        reduction="sum",
        zero_infinity=True,
    )
    return total / count


def _augmented(strips: torch.Tensor, looks: torch.Generator) -> torch.Tensor:
    """Some grain in some batches, and another darkness of the tones in each strip."""
    is_grainy, strength = torch.rand(2, generator=looks).tolist()
    if is_grainy < 0.3:
        strips = strips + torch.randn(strips.shape, generator=looks) * (0.06 * strength)
    gamma = torch.exp(torch.randn((len(strips), 1, 1, 1), generator=looks) * 0.25)
    return (strips.clamp(0, 1) ** gamma).contiguous(memory_format=torch.channels_last)
