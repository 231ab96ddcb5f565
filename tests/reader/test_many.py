"""Many pictures read by several processes: the same readings, in order."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from tenfold.errors import InputError, PictureError
from tenfold.reader import Reader, Reading
from tenfold.reader.many import _begin, _chunks, _lost
from tenfold.reader.setup import ReaderSetup


@pytest.fixture(scope="module")
def bundled() -> Reader:
    return Reader(threshold=0.7)


def written(digit: int) -> np.ndarray:
    """Black on white, a digit in a line font."""
    picture = np.full((28, 28), 255, np.uint8)
    cv2.putText(picture, str(digit), (5, 23), cv2.FONT_HERSHEY_SIMPLEX, 0.85, 0, 2, cv2.LINE_AA)
    return picture


def plain(result: Reading | PictureError) -> object:
    return str(result) if isinstance(result, PictureError) else result.to_dict()


def test_all_kinds_of_sources_are_read_the_same_by_others(bundled: Reader, tmp_path: Path) -> None:
    paths = []
    for number in range(40):
        paths.append(tmp_path / f"{number}.png")
        cv2.imwrite(str(paths[-1]), written(number % 10))
    content = paths[3].read_bytes()
    image = Image.open(io := paths[4])
    odd = [content, bytearray(content), memoryview(content), b"broken", "absent.png", image, None]
    arrays = [written(5), written(6) / 255, np.full((9, 9), "x"), np.full((9, 9), None)]
    sources = [*map(str, paths[:35]), *odd, *arrays, *paths[35:]]
    alone = [plain(result) for result in bundled.read_many(sources)]
    together = [plain(result) for result in bundled.read_many(sources, workers=2)]
    assert together == alone
    assert io.exists()
    assert sum(isinstance(result, str) for result in alone) == 5


def test_sources_are_handed_over_by_the_dozen_but_never_too_heavy() -> None:
    assert [len(chunk) for chunk in _chunks(["x"] * 70)] == [32, 32, 6]
    heavy = np.zeros((2048, 1025), np.uint8)
    assert [len(chunk) for chunk in _chunks([heavy] * 5)] == [2, 2, 1]
    assert [len(chunk) for chunk in _chunks([b"x", b"x", None, b"x", None])] == [2, 1, 1, 1]
    assert list(_chunks([])) == []


def test_not_all_is_taken_at_once_and_leaving_early_stops_the_others(bundled: Reader) -> None:
    taken = 0

    def endless() -> object:
        nonlocal taken
        while True:
            taken += 1
            yield written(8)

    results = bundled.read_many(endless(), workers=2)
    assert isinstance(next(results), Reading)
    results.close()
    assert taken < 1000


def test_an_error_of_the_sources_own_comes_through(bundled: Reader) -> None:
    def failing() -> object:
        yield written(1)
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        list(bundled.read_many(failing(), workers=2))


def test_no_workers_are_too_few(bundled: Reader) -> None:
    with pytest.raises(InputError, match="Received 0 workers; expected at least 1"):
        bundled.read_many([], workers=0)


@pytest.mark.slow
def test_processes_that_are_killed_cost_nothing(bundled: Reader) -> None:
    others = set(multiprocessing.active_children())
    results = bundled.read_many([written(8)] * 400, workers=2)
    first = next(results)
    workers = set(multiprocessing.active_children()) - others
    assert len(workers) == 2
    for worker in workers:
        worker.kill()
    rest = list(results)
    assert [plain(result) for result in rest] == [plain(first)] * 399


def test_a_picture_whose_process_dies_says_so() -> None:
    assert str(_lost("a.png")).startswith("a.png: The process that read it died, twice")
    assert str(_lost(b"bytes")).startswith("The process that read it died")


def test_a_worker_makes_itself_the_same_reader(
    bundled: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tenfold.reader import many

    monkeypatch.setattr(many, "_reader", None)
    setup = replace(ReaderSetup.of(bundled), layout="digit", threshold=0.25)
    _begin(Reader, setup)
    assert many._reader is not None
    assert (many._reader.layout, many._reader.threshold) == ("digit", 0.25)
    assert many._reader.model.card == bundled.model.card
    assert many._reader.lines.card == bundled.lines.card
    assert many._reader.ink.card == bundled.ink.card
