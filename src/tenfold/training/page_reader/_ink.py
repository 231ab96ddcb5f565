"""What the ink network learns: of each pixel of a sheet, how much ink of which kind covers it.

Sheets are composed while it trains, by processes of their own, and none is seen twice; which sheet
is the next follows from the seed and the number of the step alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias, final

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.utils.data import DataLoader, Dataset

from tenfold.networks.reader import PLANES, STEP, InkNetwork
from tenfold.recipes import Course
from tenfold.records import InkScores
from tenfold.scenes import Glyphs
from tenfold.scenes.sheet import Sheet, compose_sheet
from tenfold.training.devices import arithmetic
from tenfold.training.page_reader._course import EpochOutcome

__all__ = ["SHAPES", "InkTask"]

SHAPES = (
    (128, 128),
    (64, 64),
    (96, 224),
    (128, 128),
    (32, 32),
    (96, 96),
    (64, 192),
    (192, 192),
    (48, 48),
    (128, 128),
    (160, 128),
)
"""Heights and widths of the sheets of a step, one step after the other."""

HELD_STEPS = 2 * len(SHAPES)

_INKED = 0.5

# Few pixels are ink; this part of the loss counts by what is shared, however few there are.
_OVERLAP_WEIGHT = 0.3

_AHEAD = 4

Batch: TypeAlias = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


@final
class _Sheets(Dataset[Batch]):
    """The batches of an epoch: gray uint8 [N, H, W], ink uint8 [N, 2, H, W], where [N, H, W]."""

    def __init__(self, glyphs: Glyphs, pixels: int, steps: int, seed: tuple[int, ...]) -> None:
        self._glyphs = glyphs
        self._pixels = pixels
        self._steps = steps
        self._seed = seed

    def __len__(self) -> int:
        return self._steps

    def __getitem__(self, step: int) -> Batch:
        # The processes share the cores already.
        cv2.setNumThreads(1)
        height, width = SHAPES[step % len(SHAPES)]
        rng = np.random.default_rng([*self._seed, step])
        parts = [
            _sheet(self._glyphs, height, width, rng) for _ in range(_count(self._pixels, step))
        ]
        grays, inks, wheres = (np.stack(part) for part in zip(*parts, strict=True))
        return torch.from_numpy(grays), torch.from_numpy(inks), torch.from_numpy(wheres)


def _count(pixels: int, step: int) -> int:
    height, width = SHAPES[step % len(SHAPES)]
    return max(1, pixels // (height * width))


def _sheet(
    glyphs: Glyphs, height: int, width: int, rng: np.random.Generator
) -> tuple[npt.NDArray[np.uint8], ...]:
    """One sheet, its two planes, and where it is: at times it is smaller, and its edge goes on."""
    down, across = rng.integers(0, STEP, 2) * int(rng.random() < 0.5)
    sheet: Sheet = compose_sheet(glyphs, height - int(down), width - int(across), rng)
    margins = ((0, int(down)), (0, int(across)))
    ink = np.stack([sheet.digits, sheet.others])
    where = np.pad(np.ones(sheet.gray.shape, np.uint8), margins)
    return np.pad(sheet.gray, margins, "edge"), np.pad(ink, ((0, 0), *margins)), where


@final
class InkTask:
    """The ink network, glyphs to write sheets with, and glyphs held out.

    Args:
        glyphs: what is written on the sheets that are trained on.
        held: what is written on those that are not.
        course: how; of its batch size, pixels, each step has as many sheets as there is room for.
        steps: steps of an epoch.
        seed: what the sheets follow from.
        device: where to train.
        precision: in which arithmetic.
        workers: how many processes compose sheets; 0 for none but this.
    """

    name = "ink"

    def __init__(
        self,
        glyphs: Glyphs,
        held: Glyphs,
        course: Course,
        *,
        steps: int,
        seed: int,
        device: str,
        precision: str,
        workers: int = 1,
    ) -> None:
        self.steps = steps
        self.images = sum(_count(course.batch_size, step) for step in range(steps))
        self._glyphs = glyphs
        self._held = _Sheets(held, course.batch_size, HELD_STEPS, (seed, 0, 1))
        self._course = course
        self._seed = seed
        self._device = device
        self._precision = precision
        self._workers = workers
        self.network = InkNetwork().to(device)
        # Convolutions on processors are fastest on maps whose channels lie together.
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload] # stubs

    def outcomes(self, epoch: int) -> Iterator[EpochOutcome]:
        """Yield what each batch gives."""
        seed = (self._seed, epoch, 0)
        sheets = _Sheets(self._glyphs, self._course.batch_size, self.steps, seed)
        for grays, inks, wheres in self._loaded(sheets):
            logits, wanted, where = self._answered(grays, inks, wheres)
            loss = _loss(logits, wanted, where)
            same = ((logits.detach() > 0) == (wanted > _INKED)) * where
            right = same.mean() / where.mean() * len(grays)
            yield EpochOutcome(loss, right, len(grays))

    @torch.no_grad()
    def evaluate(self) -> tuple[float, float]:
        """Return the mean loss on held-out sheets, and the F1 of the pixels of digits' ink."""
        self.network.eval()
        losses, shared = [], np.zeros((PLANES, 3))
        for grays, inks, wheres in self._loaded(self._held):
            logits, wanted, where = self._answered(grays, inks, wheres)
            losses.append(float(_loss(logits, wanted, where)))
            shared += _shared(logits, wanted, where)
        return float(np.mean(losses)), _f1(shared[0])

    @torch.no_grad()
    def scores(self) -> InkScores:
        """Return the F1 of pixels of digits' ink and of other writing, on held-out sheets."""
        self.network.eval()
        shared, count = np.zeros((PLANES, 3)), 0
        for grays, inks, wheres in self._loaded(self._held):
            shared += _shared(*self._answered(grays, inks, wheres))
            count += len(grays)
        return InkScores(digits=_f1(shared[0]), others=_f1(shared[1]), count=count)

    def _loaded(self, sheets: _Sheets) -> Iterator[Batch]:
        ahead = {"num_workers": self._workers, "prefetch_factor": _AHEAD} if self._workers else {}
        return iter(DataLoader(sheets, batch_size=None, **ahead))  # type: ignore[arg-type] # stubs

    def _answered(
        self, grays: torch.Tensor, inks: torch.Tensor, wheres: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Logits, the ink that is wanted, both float32 [N, 2, H, W], and where [N, 1, H, W]."""
        images = grays.to(self._device)[:, None].float() / 255
        images = images.contiguous(memory_format=torch.channels_last)
        with arithmetic(self._device, self._precision):
            logits = self.network(images)
        wanted = inks.to(self._device).float() / 255
        return logits.float(), wanted, wheres.to(self._device)[:, None].float()


def _loss(logits: torch.Tensor, wanted: torch.Tensor, where: torch.Tensor) -> torch.Tensor:
    pixels = binary_cross_entropy_with_logits(logits, wanted, reduction="none") * where
    cover = logits.sigmoid() * where
    both = 2 * (cover * wanted).sum((0, 2, 3)) + 1
    overlap = both / (cover.sum((0, 2, 3)) + wanted.sum((0, 2, 3)) + 1)
    return pixels.mean() + _OVERLAP_WEIGHT * (1 - overlap).mean()


def _shared(
    logits: torch.Tensor, wanted: torch.Tensor, where: torch.Tensor
) -> npt.NDArray[np.float64]:
    """Of each plane, the pixels that both call ink, that the network does, that are, [2, 3]."""
    found, true = (logits > 0) & (where > 0), wanted > _INKED
    counts = [plane.sum((0, 2, 3)) for plane in (found & true, found, true)]
    return torch.stack(counts, 1).double().cpu().numpy()


def _f1(counts: npt.NDArray[np.float64]) -> float:
    both, found, true = counts.tolist()
    return 2 * both / (found + true) if found + true else 1.0
