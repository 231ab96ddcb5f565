"""How well the reader reads what this project may show, and a gallery of what it reads wrongly.

    python benchmarks/misreadings.py            # about two minutes on two cores

MNIST's 10,000 test images go through the whole reader, which is told nothing: as they are, and
undone to black on white at another size and position. Then 1,500 scenes of numbers, written with
MNIST's test digits, which neither network has seen. Printed: shares read right, the expected
calibration error of whole readings, and the gallery's path. Nothing is chosen by these figures.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

import tenfold
from tenfold.errors import PictureError
from tenfold.metrics import wilson_interval
from tenfold.reader import Reading
from tenfold.scenes import DOUBTFUL, compose, load_glyphs

BINS = 15
SHOWN = 24
Gray = npt.NDArray[np.uint8]
Case = tuple[Gray, str, Reading]


def undone(image: Gray, rng: np.random.Generator) -> Gray:
    """Black on white, one and a half to four times as large, anywhere on a larger page."""
    scale = rng.uniform(1.5, 4)
    ink = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    height, width = ink.shape
    page = np.zeros((height + 40, width + 60), np.uint8)
    top, left = rng.integers(0, 41), rng.integers(0, 61)
    page[top : top + height, left : left + width] = ink
    return 255 - page


def scenes(count: int) -> Iterator[tuple[Gray, str]]:
    """Scenes of MNIST's test digits with what is written on them."""
    images, labels = tenfold.load_dataset("mnist").test
    glyphs = load_glyphs(images, labels)
    for index in range(count):
        rng = np.random.default_rng([20261122, index])
        scene = compose(glyphs, float(rng.uniform(0.9, 5)), rng)
        if all(mark.label != DOUBTFUL for mark in scene.marks):
            yield scene.gray, "".join(str(mark.label) for mark in scene.digits)


def read_all(reader: tenfold.Reader, pictures: Sequence[Gray], workers: int) -> list[Reading]:
    readings = []
    for result in reader.read_many(pictures, workers=workers):
        assert not isinstance(result, PictureError)
        readings.append(result)
    return readings


def calibration_error(sure: Sequence[float], right: Sequence[bool]) -> float:
    """The expected calibration error over bins of equal width (Guo et al. 2017)."""
    bins = np.minimum((np.asarray(sure) * BINS).astype(int), BINS - 1)
    off = np.bincount(bins, np.asarray(sure) - np.asarray(right, np.float64), BINS)
    return float(np.abs(off).sum() / max(1, len(sure)))


def report(name: str, truths: Sequence[str], readings: Sequence[Reading]) -> None:
    texts = [reading.text for reading in readings]
    right = [text == truth for text, truth in zip(texts, truths, strict=True)]
    low, high = wilson_interval(sum(right), len(right))
    said = [at for at, text in enumerate(texts) if text]
    error = calibration_error([readings[at].confidence for at in said], [right[at] for at in said])
    empty = [at for at, truth in enumerate(truths) if not truth]
    nothing = sum(right[at] for at in empty)
    words = f"; nothing written: {nothing} of {len(empty)} left unread" if empty else ""
    print(
        f"{name}: {sum(right) / len(right):.2%} right (95 % interval {low:.2%} to {high:.2%}), "
        f"n={len(right)}, expected calibration error {error:.2%}{words}",
        flush=True,
    )


def gallery(cases: Sequence[Case]) -> Figure:
    """The misreadings of highest confidence first."""
    wrong = [case for case in cases if case[2].text != case[1]]
    worst = sorted(wrong, key=lambda case: -case[2].confidence)[:SHOWN]
    figure = Figure(figsize=(12, 8.5), layout="constrained")
    for axes in figure.subplots(4, 6).flat:
        axes.set_axis_off()
    for axes, (picture, truth, reading) in zip(figure.axes, worst, strict=False):
        axes.imshow(picture, cmap="gray", vmin=0, vmax=255)
        axes.set_title(
            f"written {truth or 'nothing'}\nread {reading.text or 'nothing'}  "
            f"{reading.confidence:.0%}",
            fontsize=10,
        )
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000, help="MNIST test images")
    parser.add_argument("--scenes", type=int, default=1500)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("docs/images/misreadings.png"))
    options = parser.parse_args()
    reader = tenfold.Reader()
    images, labels = tenfold.load_dataset("mnist").test
    images, truths = images[: options.count], [str(label) for label in labels[: options.count]]
    rng = np.random.default_rng(0)
    as_they_are = read_all(reader, list(images), options.workers)
    report("MNIST's test images, as they are", truths, as_they_are)
    pages = [undone(image, rng) for image in images]
    report("undone to pages", truths, read_all(reader, pages, options.workers))
    composed = list(scenes(options.scenes))
    written = [text for _gray, text in composed]
    numbers = read_all(reader, [gray for gray, _text in composed], options.workers)
    report("scenes of numbers", written, numbers)
    half = SHOWN // 2
    plain = list(zip(images, truths, as_they_are, strict=True))
    made = [(g, t, r) for (g, t), r in zip(composed, numbers, strict=True)]
    figure = gallery([*_worst(plain, half), *_worst(made, SHOWN - half)])
    figure.savefig(options.out, dpi=110)
    print(f"gallery: {options.out}")


def _worst(cases: Sequence[Case], count: int) -> list[Case]:
    wrong = [case for case in cases if case[2].text != case[1]]
    return sorted(wrong, key=lambda case: -case[2].confidence)[:count]


if __name__ == "__main__":
    main()
