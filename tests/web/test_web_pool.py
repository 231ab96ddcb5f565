"""Threads and their waiting room; placed digits judged together."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tenfold.errors import UnknownNameError
from tenfold.language import current_language, speaking
from tenfold.web.batching import MOST, Batcher
from tenfold.web.measuring import Measures
from tenfold.web.pool import RequestPool
from tenfold.web.problems import Busy, Late, describe, respond


@pytest.fixture
def pool() -> Iterator[RequestPool]:
    pool = RequestPool(workers=2, most_waiting=1, most_seconds=5)
    yield pool
    pool.close()


def test_work_is_done_in_a_thread_and_in_the_same_language(pool: RequestPool) -> None:
    async def ask() -> tuple[str, str]:
        with speaking("zh"):
            return await pool.run(lambda: (current_language(), threading.current_thread().name))

    language, thread = asyncio.run(ask())
    assert language == "zh"
    assert thread.startswith("tenfold")


def test_errors_come_through(pool: RequestPool) -> None:
    for error in (ValueError("mine"), TimeoutError("mine")):

        def fail(error: Exception = error) -> None:
            raise error

        with pytest.raises(type(error), match="mine"):
            asyncio.run(pool.run(fail))
    assert (pool.running, pool.waiting) == (0, 0)


def test_a_full_waiting_room_takes_no_more(pool: RequestPool) -> None:
    go = threading.Event()

    async def fill() -> None:
        tasks = [asyncio.create_task(pool.run(go.wait, 10)) for _ in range(3)]
        while pool.waiting < 1:
            await asyncio.sleep(0)
        assert (pool.running, pool.waiting) == (2, 1)
        with pytest.raises(Busy):
            await pool.run(go.wait, 10)
        go.set()
        assert await asyncio.gather(*tasks) == [True] * 3
        assert await pool.run(go.wait, 10)

    asyncio.run(fill())
    answer = respond(Busy())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")


def test_late_work_keeps_its_thread_until_it_ends_and_waiting_work_never_begins() -> None:
    pool = RequestPool(workers=1, most_waiting=4, most_seconds=0.1)
    go, begun = threading.Event(), []

    async def ask() -> None:
        first = asyncio.create_task(pool.run(go.wait, 10))
        second = asyncio.create_task(pool.run(begun.append, 1))
        for task in (first, second):
            with pytest.raises(Late):
                await task
        assert (pool.running, pool.waiting) == (1, 0)
        go.set()

    asyncio.run(ask())
    pool.close()
    assert begun == []
    assert pool.running == 0
    assert describe(Late(0.1))["status"] == 503


def test_a_closed_pool_is_busy(pool: RequestPool) -> None:
    pool.close()
    with pytest.raises(Busy):
        asyncio.run(pool.run(int))
    assert pool.running == 0


class Counting:
    """A model that says, when it may, which image it was asked of; it keeps the sizes."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.may = threading.Event()
        self.may.set()

    def get(self, name: str) -> Counting:
        if name != "known":
            raise UnknownNameError("model", name, ["known"])
        return self

    def predict_proba(self, images: np.ndarray) -> np.ndarray:
        self.sizes.append(len(images))
        assert self.may.wait(60)
        return np.repeat(images[:, :1, 0], 10, axis=1)


@pytest.fixture
def batcher(pool: RequestPool) -> Batcher:
    many = RequestPool(2, 1000, 60)
    return Batcher(Counting(), many, Measures(pool))  # type: ignore[arg-type] # a stand-in


def images_of(first: int, count: int = 1) -> np.ndarray:
    images = np.zeros((count, 28, 28), np.float32)
    images[:, 0, 0] = np.arange(first, first + count)
    return images


def test_what_waits_is_judged_together_and_each_gets_its_own(batcher: Batcher) -> None:
    async def ask(number: int) -> list[float]:
        answers = await batcher.probabilities("known", images_of(10 * number, 1 + number % 3))
        assert answers.shape == (1 + number % 3, 10)
        return answers[:, 0].tolist()

    async def ask_all() -> list[list[float]]:
        judged = batcher.catalog
        judged.may.clear()
        tasks = [asyncio.create_task(ask(0))]
        while not judged.sizes:
            await asyncio.sleep(0.001)
        tasks += [asyncio.create_task(ask(number)) for number in range(1, 50)]
        while len(batcher._queues["known"]) < 49:
            await asyncio.sleep(0)
        judged.may.set()
        return await asyncio.gather(*tasks)

    told = asyncio.run(ask_all())
    assert told == [[10.0 * n + i for i in range(1 + n % 3)] for n in range(50)]
    sizes = batcher.catalog.sizes
    # The first begins at once; all others have come while it is judged.
    assert sizes == [1, sum(1 + n % 3 for n in range(1, 50))]
    assert batcher._queues == {}


def test_a_batch_ends_before_it_is_too_large(batcher: Batcher) -> None:
    async def ask_all() -> None:
        sizes = (1, MOST, 1, MOST + 1, 100, 156, 1)
        await asyncio.gather(*[batcher.probabilities("known", images_of(0, n)) for n in sizes])

    asyncio.run(ask_all())
    assert batcher.catalog.sizes == [1, MOST, 1, MOST + 1, MOST, 1]


def test_an_error_reaches_all_who_wait_for_it_and_no_others(batcher: Batcher) -> None:
    async def ask_all() -> list[Any]:
        names = ("unknown", "known", "unknown", "known")
        asked = [batcher.probabilities(name, images_of(3)) for name in names]
        return await asyncio.gather(*asked, return_exceptions=True)

    first, second, third, fourth = asyncio.run(ask_all())
    assert isinstance(first, UnknownNameError)
    assert isinstance(third, UnknownNameError)
    assert second[0, 0] == fourth[0, 0] == 3
    assert batcher._queues == {}


def test_a_full_queue_takes_no_more_and_who_gave_up_is_left_out() -> None:
    catalog = Counting()
    pool = RequestPool(1, 2, 0.05)
    service = SimpleNamespace(batch_sizes=SimpleNamespace(observe=lambda _size: None))
    batcher = Batcher(catalog, pool, service)  # type: ignore[arg-type] # stand-ins
    catalog.predict_proba = lambda images: time.sleep(0.2) or images[:, 0, :10]

    async def ask_all() -> list[Any]:
        asked = [batcher.probabilities("known", images_of(0)) for _ in range(5)]
        return await asyncio.gather(*asked, return_exceptions=True)

    told = [type(one) for one in asyncio.run(ask_all())]
    assert sorted(kind.__name__ for kind in told) == ["Busy", "Busy", "Busy", "Late", "Late"]
    pool.close()
