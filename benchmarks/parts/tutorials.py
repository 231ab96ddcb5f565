"""The tutorials' recipes as written: images a second in training, Tenfold beside its peers."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _measure import Clock, Options, ratio, spread, table
from _peers import OURS, Field

import tenfold
from tenfold.data import save

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BUDGET = 9.5
RECIPES = ("cnn-baseline", "cnn-deep", "mlp-512")
SHARES = {"cnn-baseline": 0.3, "cnn-deep": 0.5, "mlp-512": 0.2}
"""How a recipe's time is a part of the whole."""
STARTS = 1.0
"""Minutes until everybody has started."""
TENFOLD = "Tenfold"
ROUNDS = 5
CHUNK = 12_000
TRAINING_IMAGES = 60_000
BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
RIVAL = "Keras on TensorFlow"


def enter_all(field: Field, data: Path, python: Path | None) -> None:
    """Start everybody."""
    for precision in ("fp32", "bf16"):
        field.enter(f"{TENFOLD}, {precision}", OURS, "_tenfold_train.py", [str(data)])
    if not field.there[f"{TENFOLD}, bf16"].greeting["bf16"]:
        field.left_out.append(f"{TENFOLD}, bf16: the processor has no instructions for it")
        field.there.pop(f"{TENFOLD}, bf16")
    for way, words in {"loader": "DataLoader", "memory": "tensors in memory"}.items():
        field.enter(f"plain PyTorch, {words}", OURS, "_torch_throughput.py", [str(data), way])
    for backend, title in BACKENDS.items():
        told = {"KERAS_BACKEND": backend}
        field.enter(f"Keras on {title}", python, "_keras_throughput.py", [str(data)], told)


def begin_all(field: Field, name: str) -> None:
    """Have everybody build recipe ``name``."""
    batch = tenfold.load_recipe(name).batch_size
    for side in list(field.there):
        ours = side.startswith(TENFOLD)
        field.ask(side, "begin", name, *((0, side[-4:]) if ours else (batch,)))


def chunk_size(options: Options) -> int:
    """Return how many images a round has."""
    return 256 if options.tiny else CHUNK


def run_rounds(field: Field, name: str, options: Options) -> dict[str, list[float]]:
    """Return images a second of everybody, round by round; the first round does not count."""
    clock = Clock((options.minutes - STARTS) * SHARES[name])
    count, rounds = chunk_size(options), 2 if options.tiny else ROUNDS
    rates: dict[str, list[float]] = {side: [] for side in field.there}
    longest = 0.0
    for number in range(rounds + 1):
        if number > 1 and clock.left < longest * 1.1:
            field.left_out.append(f"{name}, rounds {number} to {rounds}: the time was used up")
            break
        before = clock.left
        for side in list(field.there):
            seconds = field.ask(side, "chunk", number * count % TRAINING_IMAGES, count)
            if seconds is not None and number:
                rates[side].append(count / seconds)
        longest = before - clock.left if number else 0.0
    return {side: rates[side] for side in field.there}


def one_recipe(field: Field, name: str, options: Options) -> dict[str, Any]:
    """Return a recipe's rows."""
    begin_all(field, name)
    rates = run_rounds(field, name, options)
    rows = {
        side: {
            "rate": spread(its),
            "over_rival": ratio(its, rates[RIVAL]) if RIVAL in rates else None,
            "accuracy": field.ask(side, "test"),
        }
        for side, its in rates.items()
    }
    rounds = 1 + len(next(iter(rates.values())))
    return {"rows": rows, "images_seen": rounds * chunk_size(options)}


def measure(options: Options) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, Field() as field:
        data = Path(folder) / "mnist.npz"
        save(tenfold.load_dataset("mnist"), data)
        enter_all(field, data, options.python)
        versions: dict[str, str] = {}
        for contender in field.there.values():
            versions |= contender.greeting["versions"]
        told = {name: one_recipe(field, name, options) for name in RECIPES}
    return {"recipes": told, "versions": versions, "left_out": field.left_out}


def tables(result: Mapping[str, Any]) -> dict[str, str]:
    head = [
        "recipe",
        "trained by",
        "images/s, median",
        "spread",
        f"times {RIVAL}",
        "spread",
        "n",
        "test accuracy",
    ]
    lines = []
    for name, told in result["recipes"].items():
        for side, row in sorted(told["rows"].items(), key=lambda item: -item[1]["rate"]["median"]):
            rate, over = row["rate"], row["over_rival"]
            lines.append(
                [
                    name,
                    side,
                    f"{rate['median']:,.0f}",
                    f"{rate['min']:,.0f} to {rate['max']:,.0f}",
                    f"{over['median']:.2f}" if over else "",
                    f"{over['min']:.2f} to {over['max']:.2f}" if over else "",
                    rate["n"],
                    f"{row['accuracy']:.2%}" if row["accuracy"] is not None else "",
                ]
            )
    seen = ", ".join(f"{n} {told['images_seen']:,}" for n, told in result["recipes"].items())
    note = f"Accuracies are those of one seed after so many images were seen: {seen}."
    return {"tutorials": f"{table(head, lines)}\n\n{note}"}


def figures(result: Mapping[str, Any]) -> dict[str, Figure]:
    from matplotlib.figure import Figure

    from tenfold.figures._style import BLUE, MUTED, drawn

    @drawn
    def draw() -> Figure:
        figure = Figure(figsize=(8.0, 7.0), layout="constrained")
        for axes, (name, told) in zip(
            figure.subplots(len(result["recipes"]), squeeze=False)[:, 0],
            result["recipes"].items(),
            strict=True,
        ):
            sides = sorted(told["rows"], key=lambda side: told["rows"][side]["rate"]["median"])
            rates = [statistics.median(told["rows"][side]["rate"]["values"]) for side in sides]
            colors = [BLUE if side.startswith("Tenfold") else MUTED for side in sides]
            axes.barh(sides, rates, color=colors, height=0.7)
            axes.bar_label(axes.containers[0], [f"{rate:,.0f}" for rate in rates], padding=4)
            axes.set(title=name, xlim=(0, max(rates) * 1.15))
            axes.tick_params(axis="y", length=0)
        axes.set_xlabel("images a second in training")
        return figure

    return {"tutorials": draw()}
