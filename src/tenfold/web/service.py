"""What every route works with: the settings, the models, and the threads that do the work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar, final

from tenfold.web.batching import Batcher
from tenfold.web.catalog import Catalog
from tenfold.web.measuring import Measures
from tenfold.web.pool import RequestPool
from tenfold.web.settings import ServiceSettings

__all__ = ["Service"]

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


@final
@dataclass(frozen=True, slots=True)
class Service:
    """What every route works with; made once for an application.

    Args:
        settings: what the service was told.
        catalog: the models, by name.
        pool: threads, and what waits for them.
        measures: what /metrics shows.
        batcher: placed digits of several requests, judged together.
        small_request_pool: a thread for what takes a millisecond of the interpreter, one after
            another.
    """

    settings: ServiceSettings
    catalog: Catalog
    pool: RequestPool
    measures: Measures
    batcher: Batcher = field(repr=False)
    small_request_pool: RequestPool = field(repr=False)

    async def run(
        self,
        function: Callable[Parameters, Answer],
        *args: Parameters.args,
        **options: Parameters.kwargs,
    ) -> Answer:
        """Return what a blocking ``function`` gives, called in a thread, in the same language.

        Raises:
            Busy: if too many wait for a thread already (answered as 503 with Retry-After).
            Late: if it takes longer than ``settings.most_seconds`` (503, too).
        """
        return await self.pool.run(function, *args, **options)

    @property
    def stopping(self) -> bool:
        """Whether the service is about to end: whoever streams for long stops when it is."""
        return self.pool.stopping
