"""`tenfold adapt` on an odd hand and on an odd form: what is gained there, and lost elsewhere.

    python benchmarks/adapting.py               # about half an hour of two cores

A simulated writer (``_hand.py``) writes numbers of three to five digits. 60 of them with their
texts teach the reader; then it reads 200 others of the same hand. Once more the same 60 teach it
without their texts, by what it reads surely. The form is a row of boxes over gray figures printed
in seven segments, filled in with MNIST's test images; 60 of its pictures teach, 200 others are
read. What else is lost is measured on 2,000 of MNIST's test images as they are, and on scenes of
digits that no network was trained on. Nothing is chosen by these figures.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from _hand import draw, odd_writer

import tenfold
from tenfold.data.png import encode_png
from tenfold.scenes import DOUBTFUL, compose, load_glyphs

TAUGHT = 60
UNSEEN = 200
OTHERS = 2000
SCENES = 600
SEGMENTS = ((0, 0, 1, 0), (0, 0, 0, 1), (1, 0, 1, 1), (0, 1, 1, 1), (0, 1, 0, 2), (1, 1, 1, 2))

Gray = npt.NDArray[np.uint8]
Number = Callable[[int], tuple[Gray, str]]


def odd_hand(seed: int) -> Number:
    """Return what draws the n-th number of an odd hand, and its text."""
    writer = odd_writer(seed)

    def number(at: int) -> tuple[Gray, str]:
        rng = np.random.default_rng([seed, at, 5])
        labels = rng.integers(0, 10, rng.integers(3, 6)).tolist()
        digits = [draw(writer, label, 10 * at + n, seed) for n, label in enumerate(labels)]
        return np.hstack(digits), "".join(map(str, labels))

    return number


def odd_form(seed: int) -> Number:
    """Return what fills in the n-th row of boxes of an odd form, and its text."""
    test = tenfold.load_dataset("mnist").test

    def number(at: int) -> tuple[Gray, str]:
        rng = np.random.default_rng([seed, at, 6])
        count = int(rng.integers(3, 7))
        paper = np.full((64, 44 * count + 16), 238.0, np.float32)
        text = ""
        for box in range(count):
            left = 8 + 44 * box
            _print_box(paper, left)
            index = int(rng.integers(len(test)))
            side = int(rng.integers(34, 44))
            ink = cv2.resize(test.images[index], (side, side)).astype(np.float32) / 255
            x, y = left + int(rng.integers(0, 45 - side)), int(rng.integers(6, 59 - side))
            paper[y : y + side, x : x + side] *= 1 - 0.8 * ink
            text += str(test.labels[index])
        grain = rng.normal(0, 4, paper.shape)
        return np.clip(paper + grain, 0, 255).astype(np.uint8), text

    return number


def _print_box(paper: npt.NDArray[np.float32], left: int) -> None:
    cv2.rectangle(paper, (left, 4), (left + 44, 58), 90, 2)
    for x0, y0, x1, y1 in SEGMENTS:
        ends = [(left + 14 + 16 * x, 14 + 17 * y) for x, y in ((x0, y0), (x1, y1))]
        cv2.line(paper, *ends, 200, 4)


def write(folder: Path, number: Number, count: int, *, told: bool) -> None:
    """Write pictures, and their table if it is to be told."""
    folder.mkdir()
    rows = []
    for at in range(count):
        picture, text = number(at)
        (folder / f"{at:03d}.png").write_bytes(encode_png(picture))
        rows.append((f"{at:03d}.png", text))
    if told:
        with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("path", "text"), *rows])


def share(reader: tenfold.Reader, number: Number) -> float:
    """The share of unseen numbers that are read wholly right."""
    unseen = (number(TAUGHT + at) for at in range(UNSEEN))
    return float(np.mean([reader.read(picture).text == text for picture, text in unseen]))


def on_mnist(reader: tenfold.Reader) -> float:
    """The share of MNIST's first test images that the whole reader reads."""
    test = tenfold.load_dataset("mnist").test[:OTHERS]
    return float(
        np.mean(
            [reader.read(i).text == str(n) for i, n in zip(test.images, test.labels, strict=True)]
        )
    )


def on_scenes(reader: tenfold.Reader) -> float:
    """The share of scenes of held-out digits that are read wholly right."""
    held = tenfold.load_dataset("mnist").train[-5000:]
    glyphs = load_glyphs(held.images, held.labels)
    right = []
    for at in range(SCENES):
        scene = compose(glyphs, 1 + at % 4, np.random.default_rng([at, 7]))
        if any(mark.label == DOUBTFUL for mark in scene.marks):
            continue
        text = "".join(str(mark.label) for mark in scene.digits)
        right.append(reader.read(scene.gray).text.replace("\n", "") == text)
    return float(np.mean(right))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0, help="which writer")
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args()
    usual = tenfold.Reader()
    mnist, scenes = on_mnist(usual), on_scenes(usual)
    kinds = (
        ("odd hand, texts told", odd_hand(chosen.seed), True),
        ("odd hand, nothing told", odd_hand(chosen.seed), False),
        ("odd form, texts told", odd_form(chosen.seed), True),
    )
    for name, number, told in kinds:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place, "pictures")
            write(folder, number, TAUGHT, told=told)
            began = time.perf_counter()
            run = tenfold.adapt(folder, run=Path(place, "run"), threads=chosen.threads)
            seconds = time.perf_counter() - began
            taught = tenfold.Reader(run.folder)
            learned = run.plan.settings.examples
            print(
                f"{name}: from {learned.count if learned else 0} of {TAUGHT} pictures in "
                f"{seconds:.0f} s; {UNSEEN} others {share(usual, number):.1%} -> "
                f"{share(taught, number):.1%}; MNIST (n={OTHERS}) {mnist:.2%} -> "
                f"{on_mnist(taught):.2%}; scenes {scenes:.1%} -> {on_scenes(taught):.1%}",
                flush=True,
            )


if __name__ == "__main__":
    main()
