"""How fast the reader is, and how much memory it takes: a Markdown table with the goals beside.

    .venv/bin/python benchmarks/read.py                   # about three minutes
    python3 -m venv .venv-peers && .venv-peers/bin/pip install -r benchmarks/requirements.txt
    .venv/bin/python benchmarks/read.py --python .venv-peers/bin/python   # beside Keras

What is compared is measured in turns within one run. Medians, with the lower and upper quartile.
The pictures are made of MNIST's test digits: single ones as they are, and a photograph of twelve
megapixels of a page of numbers. Networks run with one thread unless it is said otherwise.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import onnx
from _measure import in_turns, timed

import tenfold
from tenfold.models import LineModel, Model, load_bundled, load_bundled_lines
from tenfold.models.session import open_session
from tenfold.processes import core_count

PEER = Path(__file__).with_name("_keras_read.py")
SAMPLE = Path(__file__).parents[1] / "examples" / "pictures" / "seven-blue-ink.png"
TENFOLD = Path(sys.executable).with_name("tenfold")

PHOTO = """
import json, re, sys, time
from pathlib import Path
began = time.perf_counter()
import tenfold
reader = tenfold.Reader()
ready = time.perf_counter()
reading = reader.read(sys.argv[1])
done = time.perf_counter()
# Not what getrusage says: on Linux that begins with the memory of the process that started this.
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
print(json.dumps({"read": done - ready, "all": done - began, "peak": peak, "text": reading.text}))
"""


def row(name: str, values: Sequence[float], unit: str, goal: str = "", scale: float = 1) -> None:
    """Print a row of the table."""
    scaled = sorted(value * scale for value in values)
    middle = statistics.median(scaled)
    low, high = (float(np.percentile(scaled, at)) for at in (25, 75))
    cells = (name, f"{middle:,.3g} {unit}", f"{low:,.3g} to {high:,.3g}", str(len(scaled)), goal)
    print(f"| {' | '.join(cells)} |", flush=True)


def flops(model: Model) -> int:
    """Return the floating-point operations for one image: two for each multiplication and sum."""
    graph = onnx.shape_inference.infer_shapes(onnx.load_from_string(model.content)).graph
    weights = {one.name: list(one.dims) for one in graph.initializer}
    shapes = {
        one.name: [axis.dim_value for axis in one.type.tensor_type.shape.dim]
        for one in (*graph.value_info, *graph.output)
    }
    total = 0
    for node in graph.node:
        if node.op_type == "Conv":
            total += 2 * int(np.prod(weights[node.input[1]]) * np.prod(shapes[node.output[0]][2:]))
        elif node.op_type in ("Gemm", "MatMul"):
            total += 2 * int(np.prod(weights[node.input[1]]))
    return total


def one_at_a_time(rounds: int) -> None:
    content = load_bundled().content
    lines = LineModel(load_bundled_lines().content, threads=1)
    reader = tenfold.Reader(Model(content, threads=1), lines=lines)
    network = open_session(content, threads=1)
    digit = tenfold.load_dataset("mnist").test.images[0].astype(np.float32) / 255
    batch = {"images": digit[None, None]}
    acts = [
        lambda: reader.classify(digit),
        lambda: network.run(None, batch),
        lambda: reader.read(digit),
    ]
    ours, alone, whole = in_turns(acts, rounds)
    row("one digit, placed: `Reader.classify`", ours, "ms", "0.2", 1e3)
    row("the same, its network alone", alone, "ms", "0.1", 1e3)
    row("one digit, 28x28 array: `Reader.read`", whole, "ms", "", 1e3)


def in_batches(rounds: int) -> None:
    """The bundled model beside a matrix product of as many operations, with all cores each."""
    model = load_bundled()
    images = tenfold.load_dataset("mnist").test.images[:1000].astype(np.float32) / 255
    work = 1000 * flops(model)
    side = round((work / 2) ** (1 / 3))
    left, right = (np.random.default_rng(n).random((side, side), np.float32) for n in (0, 1))
    out = np.empty((side, side), np.float32)
    batch, product = in_turns(
        [lambda: model.predict_proba(images), lambda: np.matmul(left, right, out=out)], rounds
    )
    row(f"1,000 digits, {work / 1e9:.1f} GFLOP", batch, "ms", "", 1e3)
    row(f"matrix product of {side} x {side}", product, "ms", "", 1e3)
    shares = [theirs / ours for ours, theirs in zip(batch, product, strict=True)]
    row("FLOP/s of the batch as a share of the product's", shares, "%", "30", 100)


def make_photo(path: Path) -> str:
    """Write a page of numbers, 4000 x 3000, and return what it says."""
    test = tenfold.load_dataset("mnist").test
    random = np.random.default_rng(0)
    page, lines = np.zeros((3000, 4000), np.float32), []
    for y in range(200, 2700, 420):
        chosen = random.integers(0, len(test), 9)
        for place, index in enumerate(chosen):
            large = cv2.resize(test.images[index], (300, 300), interpolation=cv2.INTER_CUBIC)
            x = 300 + 370 * place
            page[y : y + 300, x : x + 300] = large / np.float32(255)
        lines.append("".join(str(test.labels[index]) for index in chosen))
    light = np.linspace(0.95, 0.7, page.shape[1])
    gray = light * (1 - 0.8 * page) + random.normal(0, 0.02, page.shape)
    levels = np.clip(gray * 255, 0, 255).astype(np.uint8)
    cv2.imwrite(str(path), cv2.cvtColor(levels, cv2.COLOR_GRAY2BGR), [cv2.IMWRITE_JPEG_QUALITY, 90])
    return "\n".join(lines)


def photograph(folder: Path, rounds: int) -> None:
    truth = make_photo(folder / "page.jpg")
    command = [sys.executable, "-c", PHOTO, str(folder / "page.jpg")]
    told = [
        json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
        for _round in range(rounds)
    ]
    row("photograph, 12 megapixels: `Reader.read`", [one["read"] for one in told], "s", "0.5")
    row("the same with imports and models", [one["all"] for one in told], "s")
    row("its greatest memory", [one["peak"] for one in told], "MB", "500")
    verdict = "right" if told[0]["text"] == truth else "not right"
    print(f"| its text | {verdict} | | | |")


def small_pictures(folder: Path, count: int, rounds: int) -> None:
    pictures = folder / "pictures"
    pictures.mkdir()
    images = tenfold.load_dataset("mnist").test.images[:count]
    for number, image in enumerate(images):
        cv2.imwrite(str(pictures / f"{number:05}.png"), image)
    command = [str(TENFOLD), "read", "--json", str(pictures)]
    times = [
        timed(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True))
        for _round in range(rounds)
    ]
    name = f"{len(images):,} pictures in a folder: `tenfold read`, {core_count()} cores"
    row(name, [len(images) / took for took in times], "pictures/s", "1,500")


def cold(folder: Path, python: Path, rounds: int) -> None:
    commands = [[str(TENFOLD), "read", str(SAMPLE)]]
    if python.exists():
        model = str(folder / "model.keras")
        subprocess.run([str(python), str(PEER), "make", model], check=True, capture_output=True)
        commands.append([str(python), str(PEER), model, str(SAMPLE)])
    acts = [
        lambda command=command: subprocess.run(command, check=True, capture_output=True)
        for command in commands
    ]
    ours, *theirs = in_turns(acts, rounds)
    row("`tenfold read x.png`, a whole process", ours, "s", "0.7")
    for times in theirs:
        row("a script with Keras, a whole process", times, "s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", type=Path, default=Path(".venv-peers/bin/python"))
    parser.add_argument("--singles", type=int, default=2000, help="rounds of one digit")
    parser.add_argument("--rounds", type=int, default=15, help="rounds of everything else")
    parser.add_argument("--folders", type=int, default=3, help="rounds of the folder")
    parser.add_argument("--pictures", type=int, default=10_000)
    options = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"{core_count()} cores; load before {load:.1f}\n")
    print("| what | median | quartiles | n | goal |\n|---|---|---|---|---|")
    one_at_a_time(options.singles)
    in_batches(options.rounds)
    with tempfile.TemporaryDirectory() as folder:
        photograph(Path(folder), options.rounds)
        small_pictures(Path(folder), options.pictures, options.folders)
        cold(Path(folder), options.python, options.rounds)


if __name__ == "__main__":
    main()
