"""The bundled models read by what can run them, as Tenfold does and otherwise."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from _measure import Clock, Options, ratio, spread, table
from _peers import OURS, Field

import tenfold

BUDGET = 3.5
ROUNDS = 7
VISIT = 0.1
"""Seconds that each is at work before it is the next one's turn."""

MODELS = {"digits": (1, 32, 1000), "cnn-deep": (1, 32, 1000), "lines": (1, 32)}
KINDS = {"digits": "images", "cnn-deep": "images", "lines": "strips"}
SHAPES = {"images": (1, 28, 28), "strips": (1, 40, 256)}
TENFOLD = "Tenfold"
INT8 = "ONNX Runtime, int8"
RUNTIME: dict[str, dict[str, Any] | None] = {
    TENFOLD: None,
    "ONNX Runtime, 1 thread": {"threads": 1},
    "ONNX Runtime, 2 threads": {"threads": 2},
    "ONNX Runtime, no spinning": {"spinning": False},
    "ONNX Runtime, extended optimization": {"level": "extended"},
    "ONNX Runtime, basic optimization": {"level": "basic"},
    "ONNX Runtime, no optimization": {"level": "none"},
}
OPENVINO = {
    "OpenVINO, latency": {"PERFORMANCE_HINT": "LATENCY"},
    "OpenVINO, latency, f32": {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"},
    "OpenVINO, throughput": {"PERFORMANCE_HINT": "THROUGHPUT"},
    "OpenVINO, throughput, f32": {
        "PERFORMANCE_HINT": "THROUGHPUT",
        "INFERENCE_PRECISION_HINT": "f32",
    },
}
TORCH = "plain PyTorch"
FULL = "f32"


def write_inputs(file: Path, tiny: bool) -> None:
    """Write MNIST's test images, their labels, and strips of nine of them each."""
    test = tenfold.load_dataset("mnist").test
    images = test.images[: 1000 if tiny else 10_000].astype(np.float32) / np.float32(255)
    strips = np.zeros((32, 1, 40, 256), np.float32)
    for strip, row in zip(strips, images[: 32 * 9].reshape(32, 9, 28, 28), strict=True):
        strip[0, 6:34, 2:254] = row.transpose(1, 0, 2).reshape(28, 252)
    np.savez(file, images=images[:, None], labels=test.labels[: len(images)], strips=strips)


def open_all(
    field: Field, name: str, batch: int, path: str, quantized: str | None
) -> dict[str, str]:
    """Open model ``name`` everywhere for batches of one size; return who reads it, and in what."""
    there = dict.fromkeys(RUNTIME, FULL)
    for title, settings in RUNTIME.items():
        field.ask("ONNX Runtime", "open", title, path, settings)
    if quantized:
        field.ask("ONNX Runtime", "open", INT8, quantized, {})
        there[INT8] = "int8"
    for title, told in OPENVINO.items():
        shape = [batch, *SHAPES[KINDS[name]]]
        precision = field.ask("OpenVINO", "open", title, path, shape, told)
        there |= {title: precision} if precision else {}
    # Its layers do not follow in a line.
    if name != "lines" and field.ask("PyTorch", "open", TORCH, path):
        there[TORCH] = FULL
    return there


def process_of(title: str) -> str:
    """Return the contender that ``title`` is at home in."""
    homes = {TORCH: "PyTorch", **dict.fromkeys(OPENVINO, "OpenVINO")}
    return homes.get(title, "ONNX Runtime")


def time_row(
    field: Field, name: str, batch: int, there: Mapping[str, str], rounds: int, visit: float
) -> dict[str, Any]:
    """Return everybody's milliseconds for a batch, in turns."""
    times: dict[str, list[float]] = {title: [] for title in there}
    for _round in range(rounds):
        for title in there:
            seconds = field.ask(process_of(title), "time", title, KINDS[name], batch, visit)
            times[title] += [1000 * seconds] if seconds is not None else []
    ours = times[TENFOLD]
    return {
        title: {"ms": spread(its), "tenfold_over": ratio(ours, its), "precision": there[title]}
        for title, its in times.items()
        if len(its) == rounds
    }


def accuracies(field: Field, there: Collection[str]) -> dict[str, float]:
    """Return the accuracy of those that may differ, for models opened for 1,000 images."""
    asked = [title for title in (TENFOLD, INT8, *OPENVINO, TORCH) if title in there]
    told = {title: field.ask(process_of(title), "accuracy", title) for title in asked}
    return {title: share for title, share in told.items() if share is not None}


def measure(options: Options) -> dict[str, Any]:
    from _int8 import quantize

    clock = Clock(options.minutes)
    rounds, visit = (1, 0.0) if options.tiny else (ROUNDS, VISIT)
    rows: dict[str, dict[str, Any]] = {}
    there: dict[str, str] = {}
    right: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as place, Field() as field:
        folder = Path(place)
        inputs = folder / "inputs.npz"
        write_inputs(inputs, options.tiny)
        field.enter("ONNX Runtime", OURS, "_onnxruntime_reading.py", [str(inputs)])
        field.enter("PyTorch", OURS, "_torch_reading.py", [str(inputs)])
        field.enter("OpenVINO", options.python, "_openvino_reading.py", [str(inputs)])
        for name, batches in MODELS.items():
            path, quantized = folder / f"{name}.onnx", folder / f"{name}.int8.onnx"
            bundled = resources.files("tenfold.models").joinpath("files", path.name)
            path.write_bytes(bundled.read_bytes())
            if KINDS[name] == "images":
                quantize(path, quantized, 100 if options.tiny else 1_000)
            for batch in batches:
                fewer = clock.left < 20
                if fewer:
                    field.left_out.append(f"{name}, {batch}: 3 rounds, for the time was used up")
                small = str(quantized) if quantized.exists() else None
                there = open_all(field, name, batch, str(path), small)
                row = time_row(
                    field, name, batch, there, min(rounds, 3) if fewer else rounds, visit
                )
                rows.setdefault(name, {})[str(batch)] = row
            if KINDS[name] == "images":
                right[name] = accuracies(field, there)
        versions: dict[str, str] = {}
        for contender in field.there.values():
            versions |= contender.greeting["versions"]
        left_out = [*field.left_out, "lines in int8, in PyTorch and in batches of 1,000"]
    return {"rows": rows, "accuracy": right, "versions": versions, "left_out": left_out}


def best_of(row: Mapping[str, Any], precision: str | None = None) -> str:
    """Return who takes least time for a batch, of all or of those that compute in ``precision``."""
    titles = [title for title in row if precision in (None, row[title]["precision"])]
    return min(titles, key=lambda title: float(row[title]["ms"]["median"]))


def against(row: Mapping[str, Any], rival: str) -> str:
    """Say how much more time Tenfold takes than ``rival``."""
    over = row[rival]["tenfold_over"]
    return f"{over['median']:.2f} ({over['min']:.2f} to {over['max']:.2f})"


def summary_table(result: Mapping[str, Any]) -> str:
    head = ["model", "batch", "Tenfold, ms", "images/s", "best in fp32", "Tenfold's time over it"]
    head += ["best of all", "Tenfold's time over it", "n"]
    lines = []
    for name, batches in result["rows"].items():
        for batch, row in batches.items():
            ours, exact, best = row[TENFOLD]["ms"], best_of(row, FULL), best_of(row)
            lines.append(
                [
                    name,
                    batch,
                    f"{ours['median']:,.3g}",
                    f"{1000 * int(batch) / ours['median']:,.0f}",
                    exact,
                    against(row, exact),
                    f"{best} ({row[best]['precision']})",
                    against(row, best),
                    ours["n"],
                ]
            )
    return table(head, lines)


def full_table(result: Mapping[str, Any]) -> str:
    columns = [(name, batch) for name, rows in result["rows"].items() for batch in rows]
    titles = list(dict.fromkeys(t for n, b in columns for t in result["rows"][n][b]))
    lines = []
    for title in titles:
        cells = []
        for name, batch in columns:
            row = result["rows"][name][batch].get(title)
            cells.append(f"{row['ms']['median']:,.3g}" if row else "")
        lines.append([title, *cells])
    return table(["ms, median", *(f"{name}, {batch}" for name, batch in columns)], lines)


def accuracy_table(result: Mapping[str, Any]) -> str:
    models = list(result["accuracy"])
    titles = list(dict.fromkeys(t for told in result["accuracy"].values() for t in told))
    lines = [
        [
            t,
            *(
                f"{result['accuracy'][m][t]:.2%}" if t in result["accuracy"][m] else ""
                for m in models
            ),
        ]
        for t in titles
    ]
    return table(["accuracy on MNIST's test images", *models], lines)


def tables(result: Mapping[str, Any]) -> dict[str, str]:
    parts = [summary_table(result), full_table(result), accuracy_table(result)]
    return {"reading": "\n\n".join(parts)}
