"""The loop closed on an odd hand: corrected on the page, trained on, read better.

    python benchmarks/odd_hand.py               # about three minutes of one core

For each seed a simulated writer (``_hand.py``) draws digits; `tenfold serve` reads them, and 60 of
those that it misreads are corrected, all through the HTTP API that the page uses. Then the command
`tenfold train cnn-deep --start-from cnn-deep --add corrections`, and the new model, found by the
same server, reads 300 other drawings of the same hand beside the model it began with. What is
lost on MNIST's test images is measured, too. Nothing is chosen by these figures: the settings of
fine-tuning were chosen on other writers and on held-out training images.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from _hand import Writer, draw, odd_writer

import tenfold
from tenfold.data.png import encode_png
from tenfold.models import load_bundled

RECIPE = "cnn-deep"
CORRECTIONS = 60
MOST_DRAWN = 1500
# Drawings from this number on are never corrected and never trained on.
UNSEEN = 100_000
PROGRAM = [sys.executable, "-c", "from tenfold.cli import main; main()"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Shares read right, before and after: as the page reads, by the network alone, on MNIST."""

    drawn: int
    corrected: int
    page: tuple[float, float]
    network: tuple[float, float]
    mnist: tuple[float, float]
    seconds: float


class Page:
    """What the page asks of the service."""

    def __init__(self, address: str) -> None:
        self.address = address

    def read(self, picture: bytes, models: Sequence[str]) -> list[dict[str, Any]]:
        """The most probable digit in a picture by each model; an empty one where none is found."""
        query = "&".join(f"model={model}" for model in models)
        told = self._ask(f"/api/read?layout=digit&{query}", picture, "image/png")
        return [next(iter(reading["digits"]), {}) for reading in told["readings"]]

    def correct(self, placed: str, label: int, guess: int) -> None:
        """Say what a digit was."""
        wanted = {"placed": placed, "label": label, "guess": guess, "model": RECIPE}
        self._ask("/api/corrections", json.dumps(wanted).encode(), "application/json")

    def models(self) -> list[str]:
        """The names of the models on offer."""
        return [model["name"] for model in self._ask("/api/models")["models"]]

    def _ask(self, path: str, body: bytes | None = None, kind: str = "") -> dict[str, Any]:
        headers = {"Content-Type": kind} if kind else {}
        request = urllib.request.Request(self.address + path, body, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            told: dict[str, Any] = json.load(answer)
        return told


@contextmanager
def served(folder: Path) -> Iterator[Page]:
    """`tenfold serve` with its corrections and runs in ``folder``."""
    command = [*PROGRAM, "serve", "--port", "0", "--models", "runs", "--workers", "1"]
    environment = {**os.environ, "TENFOLD_DATABASE": f"sqlite:///{folder}/corrections.sqlite"}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        found = None
        while found is None:
            line = process.stdout.readline()
            if not line:
                raise SystemExit("tenfold serve ended before it listened")
            found = re.search(r"http://[\w.:]+", line)
        try:
            yield Page(found.group())
        finally:
            process.terminate()
            process.wait(30)


def correct_misread(page: Page, writer: Writer, seed: int, count: int) -> tuple[int, int]:
    """Draw until ``count`` digits were misread and corrected; return drawings and corrections."""
    rng = np.random.default_rng([seed, 2])
    corrected = 0
    for number in range(MOST_DRAWN):
        label = int(rng.integers(10))
        (digit,) = page.read(encode_png(draw(writer, label, number, seed)), [RECIPE])
        if digit and digit["label"] != label:
            page.correct(digit["placed"], label, digit["label"])
            corrected += 1
        if corrected == count:
            break
    return number + 1, corrected


def train_on_corrections(folder: Path, seed: int, options: Sequence[str]) -> float:
    """Run the command that the documents name; return its seconds."""
    command = [*PROGRAM, "train", RECIPE, "--start-from", RECIPE, "--add", "corrections"]
    command += ["--run", "runs/mine", "--seed", str(seed), "--threads", "1", "--no-figures"]
    environment = {**os.environ, "TENFOLD_DATABASE": f"sqlite:///{folder}/corrections.sqlite"}
    began = time.perf_counter()
    subprocess.run([*command, *options], cwd=folder, env=environment, check=True)
    return time.perf_counter() - began


def measure(page: Page, folder: Path, writer: Writer, seed: int, count: int) -> Any:
    """Shares right on unseen drawings: (before, after) on the page, and by the networks alone."""
    before, after = load_bundled(RECIPE), tenfold.load_model(folder / "runs/mine/model.onnx")
    page_right = np.zeros((count, 2), bool)
    network_right = np.zeros((count, 2), bool)
    for at in range(count):
        label = at % 10
        picture = encode_png(draw(writer, label, UNSEEN + at, seed))
        for which, digit in enumerate(page.read(picture, [RECIPE, "mine"])):
            if not digit:
                continue
            page_right[at, which] = digit["label"] == label
            pixels = np.frombuffer(base64.b64decode(digit["placed"]), np.uint8)
            network = (before, after)[which]
            network_right[at, which] = network.predict(pixels.reshape(28, 28))[0] == label
    return tuple(page_right.mean(0)), tuple(network_right.mean(0))


def close_the_loop(
    folder: Path,
    seed: int,
    *,
    corrections: int = CORRECTIONS,
    unseen: int = 300,
    options: Sequence[str] = (),
) -> Outcome:
    """Draw, correct, train and read again, for one writer; ``folder`` keeps what comes of it."""
    writer = odd_writer(seed)
    with served(folder) as page:
        drawn, corrected = correct_misread(page, writer, seed, corrections)
        seconds = train_on_corrections(folder, seed, options)
        assert "mine" in page.models()
        on_page, alone = measure(page, folder, writer, seed, unseen)
    run = tenfold.Run(folder / "runs/mine")
    card = load_bundled(RECIPE).card
    mnist = (card.scores["test"]["accuracy"], run.scores.test.accuracy)
    return Outcome(drawn, corrected, on_page, alone, mnist, seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3, help="how many writers")
    parser.add_argument("--unseen", type=int, default=300, help="drawings to measure on")
    chosen = parser.parse_args()
    outcomes = []
    for seed in range(chosen.seeds):
        with tempfile.TemporaryDirectory() as folder:
            outcomes.append(close_the_loop(Path(folder), seed, unseen=chosen.unseen))
        one = outcomes[-1]
        print(
            f"writer {seed}: {one.corrected} corrections of {one.drawn} drawings; trained in "
            f"{one.seconds:.0f} s; page {one.page[0]:.1%} -> {one.page[1]:.1%}; network alone "
            f"{one.network[0]:.1%} -> {one.network[1]:.1%}; "
            f"MNIST {one.mnist[0]:.2%} -> {one.mnist[1]:.2%}",
            flush=True,
        )
    for name in ("page", "network", "mnist"):
        pairs = np.array([getattr(one, name) for one in outcomes]) * 100
        gains = pairs[:, 1] - pairs[:, 0]
        means, spreads = pairs.mean(0), pairs.std(0, ddof=1) if len(pairs) > 1 else (0, 0)
        print(
            f"{name}: {means[0]:.2f} ± {spreads[0]:.2f} -> {means[1]:.2f} ± {spreads[1]:.2f} %, "
            f"gain {gains.mean():+.2f} (each {', '.join(f'{gain:+.2f}' for gain in gains)}), "
            f"n={len(pairs)}, {chosen.unseen} drawings each"
        )


if __name__ == "__main__":
    main()
