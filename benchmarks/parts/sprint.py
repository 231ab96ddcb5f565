"""``sprint`` beside the record recipe: from images in memory to a trained network."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _measure import Clock, Options, ratio, spread, table
from _peers import OURS, Field

import tenfold
from tenfold.data import save
from tenfold.recipes import Conv, Dense, Flatten, Layer, MaxPool, summarize
from tenfold.records import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BUDGET = 5.5
SEEDS = 10
COMMANDS = 3
RECORD = "record"
RECORD_LAYERS: tuple[Layer, ...] = (
    Conv(24, 5),
    MaxPool(2),
    Conv(32, 3),
    MaxPool(2),
    Flatten(),
    Dense(256),
    Dense(10, activation="linear"),
)
"""What ``_record.py`` builds, to count its operations as those of recipes are counted."""

# A training spends on the way back, to inputs and to weights, twice what it spends forward.
PASSES = 3


def flop(layers: Sequence[Layer], images_seen: int) -> float:
    """Return the floating-point operations of a training."""
    return float(PASSES * images_seen * sum(row.operations for row in summarize(layers)))


def images(options: Options) -> int:
    """Return how many images are trained on."""
    return 1_000 if options.tiny else 60_000


def layouts(field: Field, count: int) -> dict[str, float]:
    """Return the record's seconds with both layouts of memory, each once after one not counted."""
    times: dict[str, float] = {}
    for layout in ("contiguous", "channels_last"):
        for _once in range(2):
            times[layout] = field.ask(RECORD, "train", 0, layout, count)["seconds"]
    return times


def train_in_turns(
    field: Field, recipes: Sequence[str], layout: str, options: Options, clock: Clock
) -> dict[str, list[dict[str, Any]]]:
    """Return what each training told, seed by seed, as many seeds as there is time for."""
    count, seeds = images(options), 2 if options.tiny else SEEDS
    told: dict[str, list[dict[str, Any]]] = {name: [] for name in (*recipes, RECORD)}
    firsts = {name: field.ask("Tenfold", "whole", name, 0, count) for name in recipes}
    longest = 0.0
    for seed in range(seeds):
        if seed and clock.left < longest * 1.1:
            field.left_out.append(f"seeds {seed} to {seeds - 1} of all: the time was used up")
            break
        began = clock.left
        for name in recipes:
            told[name].append(field.ask("Tenfold", "whole", name, seed, count))
        told[RECORD].append(field.ask(RECORD, "train", seed, layout, count))
        longest = max(longest, began - clock.left)
    for name, first in firsts.items():
        told[name][0]["first_seconds"] = first["seconds"]
    return told


def whole_command(name: str, options: Options) -> dict[str, Any]:
    """Return where the seconds of ``tenfold train NAME`` go, each a process started anew."""
    times: dict[str, list[float]] = {"all": [], "training": [], "imports": [], "data": []}
    subset = ["--subset", "1000"] if options.tiny else []
    data = "import time; began = time.perf_counter(); tenfold.load_dataset('mnist').hash(); "
    data = f"import tenfold.data; {data}print(time.perf_counter() - began)"
    for _turn in range(1 if options.tiny else COMMANDS):
        with tempfile.TemporaryDirectory() as folder:
            command = [str(OURS.with_name("tenfold")), "train", name, "--run", f"{folder}/run"]
            began = time.perf_counter()
            subprocess.run([*command, *subset], check=True, capture_output=True)
            times["all"].append(time.perf_counter() - began)
            times["training"].append(Run(Path(folder) / "run").scores.seconds)
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import tenfold.training"], check=True)
        times["imports"].append(time.perf_counter() - began)
        done = subprocess.run(
            [sys.executable, "-c", data], check=True, capture_output=True, text=True
        )
        times["data"].append(float(done.stdout))
    times["rest"] = [
        every - sum(parts) for every, *parts in zip(*(times[k] for k in times), strict=True)
    ]
    return {name: spread(values) for name, values in times.items()}


def known(recipes: Sequence[str], left_out: list[str]) -> list[str]:
    """Return the recipes that there are; say which there are not."""
    names = tenfold.recipe_names()
    left_out += [f"{name}: there is no such recipe" for name in recipes if name not in names]
    return [name for name in recipes if name in names]


def measure(options: Options) -> dict[str, Any]:
    clock = Clock(options.minutes)
    with tempfile.TemporaryDirectory() as folder, Field() as field:
        recipes = known(options.recipes, field.left_out)
        data = Path(folder) / "mnist.npz"
        save(tenfold.load_dataset("mnist"), data)
        field.enter("Tenfold", OURS, "_tenfold_train.py", [str(data)])
        field.enter(RECORD, OURS, "_record.py", [str(data)])
        commands = {name: whole_command(name, options) for name in recipes[:1]}
        tried = layouts(field, images(options))
        layout = min(tried, key=tried.__getitem__)
        told = train_in_turns(field, recipes, layout, options, clock)
        return {
            "layout": layout,
            "layouts": tried,
            "threads": field.there["Tenfold"].greeting["threads"],
            "images": images(options),
            "rows": {
                name: summary(name, rows, told[RECORD], images(options))
                for name, rows in told.items()
            },
            "commands": commands,
            "left_out": field.left_out,
        }


def summary(
    name: str, rows: Sequence[Mapping[str, Any]], record: Sequence[Mapping[str, Any]], count: int
) -> dict[str, Any]:
    """Return a row of the table as plain data."""
    seconds, theirs = ([row["seconds"] for row in each] for each in (rows, record))
    recipe = None if name == RECORD else tenfold.load_recipe(name)
    epochs = recipe.epochs if recipe else 1
    return {
        "seconds": spread(seconds),
        "accuracy": spread([row["accuracy"] for row in rows]),
        "first_seconds": rows[0].get("first_seconds"),
        "precision": rows[0].get("precision", "fp32"),
        "share_of_record": ratio(seconds, theirs),
        "flop": flop(recipe.layers if recipe else RECORD_LAYERS, count * epochs),
        "epochs": epochs,
    }


def tables(result: Mapping[str, Any]) -> dict[str, str]:
    head = [
        "recipe",
        "precision",
        "seconds, median",
        "spread",
        "share of the record's time",
        "test accuracy, mean ± sd",
        "n",
        "epochs",
        "TFLOP",
        "GFLOP/s",
    ]
    rows = []
    for name, row in result["rows"].items():
        time_, share, right = row["seconds"], row["share_of_record"], row["accuracy"]
        deviation = f" ± {100 * right['sd']:.3f}" if right["sd"] is not None else ""
        rows.append(
            [
                f"{name} ({result['layout']})" if name == RECORD else name,
                row["precision"],
                f"{time_['median']:.2f}",
                f"{time_['min']:.2f} to {time_['max']:.2f}",
                f"{share['median']:.2f} ({share['min']:.2f} to {share['max']:.2f})",
                f"{100 * right['mean']:.3f}{deviation} %",
                right["n"],
                row["epochs"],
                f"{row['flop'] / 1e12:.2f}",
                f"{row['flop'] / time_['median'] / 1e9:.0f}",
            ]
        )
    text = "\n\n".join([table(head, rows), notes(result)])
    return {"sprint": text, "sprint-command": command(result)}


def notes(result: Mapping[str, Any]) -> str:
    """Say what is behind the table: threads, layouts, and first trainings."""
    firsts = [
        f"{name} {row['first_seconds']:.2f} s"
        for name, row in result["rows"].items()
        if row["first_seconds"] is not None
    ]
    tried = [f"{layout} {seconds:.2f} s" for layout, seconds in result["layouts"].items()]
    return (
        f"{result['threads']} threads. The record takes the faster layout of memory: "
        f"{', '.join(tried)}. The first training of a recipe in a process is not counted: "
        f"{', '.join(firsts)}."
    )


def command(result: Mapping[str, Any]) -> str:
    """Say where a whole command's time goes."""
    words = {
        "all": "`tenfold train {name}`, a whole process",
        "imports": "of that: Python and imports",
        "data": "loading the data",
        "training": "training, with history and checkpoint",
        "rest": "the rest: scoring, export, files",
    }
    rows = [
        [
            text.format(name=name),
            f"{told[key]['median']:.2f}",
            f"{told[key]['min']:.2f} to {told[key]['max']:.2f}",
            told[key]["n"],
        ]
        for name, told in result["commands"].items()
        for key, text in words.items()
    ]
    return table(["what", "seconds, median", "spread", "n"], rows)


def figures(result: Mapping[str, Any]) -> dict[str, Figure]:
    from matplotlib.figure import Figure

    from tenfold.figures._style import BLUE, GREEN, ORANGE, drawn

    @drawn
    def draw() -> Figure:
        figure = Figure(figsize=(7.5, 4.2), layout="constrained")
        axes = figure.subplots()
        colors = [BLUE, GREEN, *["#56B4E9"] * len(result["rows"])]
        for (name, row), color in zip(result["rows"].items(), colors, strict=False):
            shares = [100 * share for share in row["accuracy"]["values"]]
            color = ORANGE if name == RECORD else color
            axes.scatter(row["seconds"]["values"], shares, s=22, color=color, alpha=0.6)
            middle = (row["seconds"]["median"], statistics.fmean(shares))
            axes.scatter(*middle, s=110, marker="D", color=color, label=f"{name}: mean, median")
        axes.set(xlabel="seconds of training", ylabel="test accuracy (%)", xlim=(0, None))
        axes.grid(visible=True)
        figure.legend(loc="outside upper left", ncols=3)
        return figure

    return {"sprint": draw()}
