"""Placed digits of several requests, judged together."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, final

import numpy as np
import numpy.typing as npt

from tenfold.web.problems import Busy, Late

if TYPE_CHECKING:
    from tenfold.web.catalog import Catalog
    from tenfold.web.measuring import Measures
    from tenfold.web.pool import RequestPool

__all__ = ["Batcher"]

MOST = 256
"""Images of several requests in one batch; a request with more goes alone."""

Floats: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Asked:
    images: Floats
    answer: asyncio.Future[Floats]


@final
@dataclass(frozen=True, slots=True)
class Batcher:
    """Judges what waits for a model at once; while it does, what comes in is gathered.

    So nothing waits for company, and the fuller it is, the larger the batches. It lives on one
    event loop.
    """

    catalog: Catalog
    pool: RequestPool
    measures: Measures
    _queues: dict[str, deque[_Asked]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def probabilities(self, name: str, images: Floats) -> Floats:
        """Return float32 [N, 10] for placed images, float32 [N, 28, 28] in [0, 1], N at least 1.

        Raises:
            UnknownNameError: if there is no model of that name.
            Busy: if too many requests wait.
            Late: if there is no answer in time.
        """
        asked = _Asked(images, asyncio.get_running_loop().create_future())
        queue = self._queues.get(name)
        if queue is None:
            self._queues[name] = deque([asked])
            task = asyncio.create_task(self._serve(name))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif len(queue) >= self.pool.most_waiting:
            raise Busy
        else:
            queue.append(asked)
        try:
            async with asyncio.timeout(self.pool.most_seconds):
                return await asked.answer
        except TimeoutError as error:
            raise Late(self.pool.most_seconds) from error

    async def _serve(self, name: str) -> None:
        """Judge what waits for a model, batch after batch, until nothing does."""
        queue = self._queues[name]
        while queue:
            batch = _taken(queue)
            if not batch:
                break
            images = np.concatenate([one.images for one in batch])
            try:
                answers = await self.pool.run(self._judge, name, images)
            except Exception as error:  # noqa: BLE001 - each who waits is told
                _refuse(batch, error)
                continue
            self.measures.batch_sizes.observe(len(images))
            _answer(batch, answers)
        del self._queues[name]

    def _judge(self, name: str, images: Floats) -> Floats:
        return self.catalog.get(name).predict_proba(images)


def _taken(queue: deque[_Asked]) -> list[_Asked]:
    """Take the first requests, as many as one batch holds; who gave up is left out."""
    batch: list[_Asked] = []
    count = 0
    while queue and (not batch or count + len(queue[0].images) <= MOST):
        asked = queue.popleft()
        if not asked.answer.done():
            batch.append(asked)
            count += len(asked.images)
    return batch


def _answer(batch: list[_Asked], answers: Floats) -> None:
    at = 0
    for one in batch:
        if not one.answer.done():
            one.answer.set_result(answers[at : at + len(one.images)])
        at += len(one.images)


def _refuse(batch: list[_Asked], error: Exception) -> None:
    for one in batch:
        if not one.answer.done():
            one.answer.set_exception(error)
