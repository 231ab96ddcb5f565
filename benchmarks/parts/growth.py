"""How time and memory grow with the number of images: training, evaluation, folds, reading."""

from __future__ import annotations

import itertools
import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from _measure import Clock, Options, table
from _peers import HERE, OURS

import tenfold

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BUDGET = 7.5
COUNTS = (1_000, 10_000, 100_000, 300_000, 1_000_000)
MOST = {"train": 1_000_000, "evaluate": 1_000_000, "crossval": 100_000, "read": 1_000_000}
WORDS = {
    "train": "training, one epoch",
    "evaluate": "evaluation with cnn-deep",
    "crossval": "cross-validation, 2 folds, one epoch",
    "read": "reading a folder of pictures",
}
# Folds and pictures cost more an image than the others; 300,000 stands in where a million is out.
STAND_IN = 300_000
LINEAR = (0.9, 1.1)
"""Between these an exponent is called linear."""


def make_images(place: Path, count: int) -> None:
    """Write ``count`` images, MNIST's training images each turned, stretched and bent anew."""
    import torch

    from tenfold.recipes import Augmentation
    from tenfold.training._augmentation import augmented

    look = Augmentation(rotation=7, stretch=0.08, shear=0.1, shift=1, elastic=0.6)
    looks = torch.Generator().manual_seed(0)
    train = tenfold.load_dataset("mnist").train
    made = np.lib.format.open_memmap(
        place / "images.npy", mode="w+", dtype=np.uint8, shape=(count, 28, 28)
    )
    labels = np.resize(train.labels, count)
    np.save(place / "labels.npy", labels)
    size = 10_000
    for at in range(0, count, size):
        indices = np.arange(at, min(at + size, count)) % len(train)
        batch = torch.from_numpy(train.images[indices]).float()[:, None]
        looked = augmented(batch, look, looks)
        made[at : at + size] = looked[:, 0].round().clamp(0, 255).byte().numpy()
    made.flush()


def make_pictures(place: Path, count: int, before: int) -> None:
    """Write pictures of the first ``count`` images; the first ``before`` are there already."""
    images = np.load(place / "images.npy", mmap_mode="r")
    folder = place / f"pictures-{count}"
    folder.mkdir()
    for number in range(count):
        name = f"{number:07}.png"
        if number < before:
            (folder / name).hardlink_to(place / f"pictures-{before}" / name)
        else:
            cv2.imwrite(str(folder / name), images[number])


def cost(what: str, count: int, place: Path, recipe: str) -> dict[str, float]:
    """Return seconds and greatest memory of one thing in a process of its own."""
    command = [str(OURS), str(HERE / "_cost.py"), what, str(count), str(place), recipe]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def wanted(counts: Sequence[int], what: str) -> list[int]:
    """Return the counts of ``what`` without the stand-in, which is for lack of time."""
    return [count for count in counts if count <= MOST[what] and count != STAND_IN]


def forecast(rows: Mapping[int, Mapping[str, float]], count: int) -> float:
    """Return the seconds that ``count`` images will take if growth is linear, with a margin."""
    if not rows:
        return 0.0
    most = max(rows)
    return rows[most]["seconds"] * count / most * 1.3 + 5


def measure(options: Options) -> dict[str, Any]:
    clock = Clock(options.minutes)
    counts = (100, 200) if options.tiny else COUNTS
    names = tenfold.recipe_names()
    recipe = next((name for name in options.recipes if name in names), "cnn-baseline")
    rows: dict[str, dict[int, dict[str, float]]] = {what: {} for what in WORDS}
    left_out: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        make_images(place, max(counts))
        # The dearest last, so that the others have their time.
        for what in ("train", "crossval", "evaluate", "read"):
            for count in wanted(counts, what):
                tried = [count, STAND_IN] if count > STAND_IN else [count]
                fits = [n for n in tried if forecast(rows[what], n) < clock.left]
                if not fits or fits[0] in rows[what]:
                    left_out.append(f"{WORDS[what]} of {count:,} images: no time was left")
                    continue
                if fits[0] != count:
                    left_out.append(f"{WORDS[what]} of {count:,}: {fits[0]:,} in their place")
                if what == "read":
                    make_pictures(place, fits[0], max(rows[what], default=0))
                rows[what][fits[0]] = cost(what, fits[0], place, recipe)
    told = {what: {str(count): row for count, row in its.items()} for what, its in rows.items()}
    return {"recipe": recipe, "rows": told, "left_out": left_out}


def exponent(rows: Mapping[str, Mapping[str, float]], least: int = 0) -> float | None:
    """Return the slope of log time over log images, fitted by least squares."""
    kept = [(int(count), row["seconds"]) for count, row in rows.items() if int(count) >= least]
    if len(kept) < 2:
        return None
    x, y = np.log(np.array(kept, float)).T
    return float(np.polyfit(x, y, 1)[0])


def story(what: str, rows: Mapping[str, Mapping[str, float]], recipe: str) -> str:
    """Say in words how something grows, and where not in a line."""
    counts = [int(count) for count in rows]
    whole, upper = exponent(rows), exponent(rows, least=10_000)
    if whole is None:
        return f"- {WORDS[what]}: too few were measured."
    steps = [
        f"{a:,} to {b:,} images: {slope:.2f}"
        for a, b in itertools.pairwise(counts)
        if (slope := exponent({str(n): rows[str(n)] for n in (a, b)})) is not None
        and not LINEAR[0] <= slope <= LINEAR[1]
    ]
    name = f"{WORDS[what]} of {recipe}" if what in ("train", "crossval") else WORDS[what]
    text = f"- {name}: time grows with the power {whole:.2f} of the number of images"
    if upper is not None:
        text += f", from 10,000 on {upper:.2f}"
    return f"{text}; " + (f"not linear from {', '.join(steps)}." if steps else "linear throughout.")


def tables(result: Mapping[str, Any]) -> dict[str, str]:
    head = ["what", "images", "seconds", "images/s", "memory, MB", "of its largest child, MB"]
    lines = [
        [
            WORDS[what],
            f"{int(count):,}",
            f"{row['seconds']:,.2f}",
            f"{int(count) / row['seconds']:,.0f}",
            f"{row['mb']:,.0f}",
            f"{row['child_mb']:,.0f}" if row["child_mb"] else "",
        ]
        for what, rows in result["rows"].items()
        for count, row in rows.items()
    ]
    told = [story(what, rows, result["recipe"]) for what, rows in result["rows"].items()]
    return {"growth": "\n".join([table(head, lines), "", *told])}


def figures(result: Mapping[str, Any]) -> dict[str, Figure]:
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, NullFormatter

    from tenfold.figures._style import BLUE, GREEN, ORANGE, RED, drawn

    colors = dict(zip(WORDS, (BLUE, GREEN, ORANGE, RED), strict=True))

    @drawn
    def draw(field: str, label: str) -> Figure:
        figure = Figure(figsize=(7.5, 4.6), layout="constrained")
        axes = figure.subplots()
        for what, rows in result["rows"].items():
            counts = [int(count) for count in rows]
            values = [max(row[field], row.get(f"child_{field}", 0)) for row in rows.values()]
            axes.plot(counts, values, "o-", color=colors[what], label=WORDS[what])
        axes.set(xscale="log", yscale="log", xlabel="images", ylabel=label)
        for axis in (axes.xaxis, axes.yaxis):
            # The house style writes no powers.
            axis.set_major_formatter(FuncFormatter(lambda value, _at: f"{value:,.10g}"))
            axis.set_minor_formatter(NullFormatter())
        axes.grid(visible=True)
        figure.legend(loc="outside upper left", ncols=2)
        return figure

    return {
        "growth-time": draw("seconds", "seconds"),
        "growth-memory": draw("mb", "greatest memory of a process, MB"),
    }
