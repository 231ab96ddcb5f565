"""How much of reading a picture the networks take: what a faster engine for them could give.

    python benchmarks/network_share.py

One thread; each kind of picture is read in rounds, the first of which does not count.
"""

from __future__ import annotations

# Before ONNX Runtime, which it keeps from telling its maker.
import tenfold.privacy  # noqa: F401

# isort: split
import argparse
import time
from collections.abc import Sequence
from typing import Any, final

import cv2
import numpy as np
import onnxruntime as ort
from _measure import spread, table, timed
from _scale_pictures import scene

from tenfold import Reader
from tenfold.data import load_dataset
from tenfold.reader.many import reader_of


@final
class Meter:
    """Keeps the seconds that ONNX Runtime's sessions run."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def start(self) -> None:
        """Watch all sessions from now on."""
        runs = ort.InferenceSession.run

        def watched(session: ort.InferenceSession, *asked: Any) -> Any:
            began = time.perf_counter()
            try:
                return runs(session, *asked)
            finally:
                self.seconds += time.perf_counter() - began

        ort.InferenceSession.run = watched


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    given = Reader()
    reader = reader_of(given.model.content, given.lines.content, None, given.threshold)
    meter = Meter()
    meter.start()
    rows = []
    for kind, files in _pictures().items():
        each: list[float] = []
        shares: list[float] = []
        for number in range(options.rounds + 1):
            meter.seconds = 0.0
            took = timed(lambda files=files: [reader.read(file) for file in files])
            if number:
                each.append(1000 * took / len(files))
                shares.append(100 * meter.seconds / took)
        rows.append([kind, len(files), _cell(each), _cell(shares), options.rounds])
    print(table(["picture", "of them", "ms each", "networks, %", "n"], rows))


def _pictures() -> dict[str, list[bytes]]:
    """PNG files of MNIST's test digits: one, several lines of them, and the same in a megapixel."""
    images = load_dataset("mnist").test.images
    random = np.random.default_rng(0)
    pages = [np.full((1000, 1000), 215, np.uint8) for _page in range(40)]
    for page in pages:
        lines = scene(images, random)[:800, :800]
        page[100 : 100 + lines.shape[0], 100 : 100 + lines.shape[1]] = lines
    kinds = {
        "a digit, 28 x 28": [255 - image for image in images[:1500]],
        "two to four lines": [scene(images, random) for _scene in range(150)],
        "the same in 1 megapixel": pages,
    }
    return {
        kind: [cv2.imencode(".png", picture)[1].tobytes() for picture in pictures]
        for kind, pictures in kinds.items()
    }


def _cell(values: list[float]) -> str:
    found = spread(values)
    return f"{found['median']:.2f} ({found['min']:.2f} to {found['max']:.2f})"


if __name__ == "__main__":
    main()
