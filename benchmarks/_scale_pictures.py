"""Many pictures read to a table by processes and by Ray, whole commands in turns.

``python benchmarks/_scale_pictures.py ROUNDS PICTURES`` prints what ``measure`` returns, as JSON.
Peaks of memory are sums of resident sets, in which memory that processes share counts for each.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from _measure import ratio, spread

from tenfold.data import load_dataset
from tenfold.processes import core_count

__all__ = ["make_pictures", "measure", "scene"]

# Every so many pictures one is a scene of several lines of digits.
SCENE_EVERY = 50

# Seconds between two looks at the memory.
LOOK_EVERY = 0.5

ENGINES = ("processes", "ray", "a Ray that runs")
MAIN = "from tenfold.cli import main; main()"


def measure(rounds: int, pictures: int) -> list[dict[str, Any]]:
    """Return a row for each engine: seconds, their ratio to the processes', and peaks in MB.

    Whole commands are timed, Ray's beginning and end with them, but for a Ray that runs already,
    which they join. The engines take turns, and who begins changes from round to round.
    """
    runs: dict[str, list[dict[str, float]]] = {engine: [] for engine in ENGINES}
    tables = set()
    with tempfile.TemporaryDirectory() as place, _running_ray() as address:
        folder = Path(place)
        make_pictures(folder / "pictures", pictures)
        for number in range(rounds):
            for engine in ENGINES if number % 2 == 0 else ENGINES[::-1]:
                out = folder / "table.parquet"
                asked = address if engine == "a Ray that runs" else engine
                runs[engine].append(_run(folder / "pictures", out, asked))
                tables.add(hashlib.sha256(out.read_bytes()).hexdigest())
                out.unlink()
    plain = [run["seconds"] for run in runs["processes"]]
    rows = []
    for engine, its in runs.items():
        values = {name: [run[name] for run in its] for name in its[0]}
        rows.append(
            {
                "engine": engine,
                "pictures": pictures,
                "rounds": rounds,
                **{name: spread(each) for name, each in values.items()},
                "ms_per_picture": spread([1000 * each / pictures for each in values["seconds"]]),
                "over_processes": ratio(values["seconds"], plain),
                "tables": "all equal" if len(tables) == 1 else f"{len(tables)} different",
            }
        )
    return rows


def _surroundings() -> dict[str, str]:
    """The environment of every process: one thread each, no key between those of one machine."""
    ours = {"OMP_NUM_THREADS": "1", "RAY_AUTH_MODE": "disabled", "RAY_USAGE_STATS_ENABLED": "0"}
    return {**{k: v for k, v in os.environ.items() if k != "RAY_ADDRESS"}, **ours}


@contextmanager
def _running_ray() -> Iterator[str]:
    """Run a Ray of as many workers as there are cores, and give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ray = str(Path(sys.executable).with_name("ray"))
    head = ["start", "--head", "--port", str(port), "--num-cpus", str(core_count())]
    quiet = ["--node-ip-address", "127.0.0.1", "--include-dashboard", "false"]
    subprocess.run([ray, *head, *quiet], check=True, stdout=subprocess.DEVNULL, env=_surroundings())
    try:
        yield f"127.0.0.1:{port}"
    finally:
        subprocess.run([ray, "stop", "--force"], check=True, stdout=subprocess.DEVNULL)


def make_pictures(folder: Path, count: int) -> None:
    """Write MNIST's test digits as PNGs, dark on bright, and of some of them scenes."""
    images = load_dataset("mnist").test.images
    random = np.random.default_rng(0)
    for number in range(count):
        # A thousand files a folder, as many pictures come.
        path = folder / f"{number // 1000:04}" / f"{number:07}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        if number % SCENE_EVERY == 0:
            picture = scene(images, random)
        else:
            picture = 255 - images[number % len(images)]
        assert cv2.imwrite(str(path), picture)


def scene(images: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Two to four lines of three to eight digits, larger than MNIST's, on gray paper."""
    lines = []
    for _line in range(random.integers(2, 5)):
        chosen = images[random.integers(0, len(images), random.integers(3, 9))]
        line = np.hstack([cv2.resize(digit, (64, 64)) for digit in chosen])
        lines.append(np.pad(line, ((16, 16), (24, 24 + 64 * 8 - line.shape[1]))))
    ink = np.vstack(lines).astype(np.float32) / 255
    paper = random.normal(215, 3, ink.shape)
    return np.clip(paper * (1 - 0.85 * ink), 0, 255).astype(np.uint8)


def _run(pictures: Path, out: Path, engine: str) -> dict[str, float]:
    """Time a whole command, and watch the memory of all its processes."""
    words = ["read", str(pictures), "--out", str(out), "--engine", engine]
    driver_peak = all_peak = 0.0
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-c", MAIN, *words], stdout=said, stderr=said, env=_surroundings()
        )
        while True:
            try:
                process.wait(LOOK_EVERY)
                break
            except subprocess.TimeoutExpired:
                driver, everything = _memory(process.pid)
                driver_peak, all_peak = max(driver_peak, driver), max(all_peak, everything)
        seconds = time.perf_counter() - began
        said.seek(0)
        if process.returncode != 0:
            raise RuntimeError(said.read().decode())
    return {"seconds": seconds, "driver_mb": driver_peak, "all_mb": all_peak}


def _memory(root: int) -> tuple[float, float]:
    """Resident MB of a process, and of it with all that it has started."""
    children: dict[int, list[int]] = defaultdict(list)
    resident: dict[int, float] = {}
    for place in Path("/proc").iterdir():
        if not place.name.isdigit():
            continue
        try:
            # What follows the name, which may hold anything, even spaces.
            fields = (place / "stat").read_text().rpartition(")")[2].split()
            pages = int((place / "statm").read_text().split()[1])
        # It has ended.
        except OSError:
            continue
        children[int(fields[1])].append(int(place.name))
        resident[int(place.name)] = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    waiting, total = [root], 0.0
    while waiting:
        process = waiting.pop()
        total += resident.get(process, 0.0)
        waiting += children[process]
    return resident.get(root, 0.0), total


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), int(sys.argv[2])), indent=2))
