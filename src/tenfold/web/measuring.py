"""What a service counts of itself, for Prometheus."""

from __future__ import annotations

import time
from typing import final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tenfold.reader import Reading
from tenfold.web.pool import RequestPool

__all__ = ["Counted", "Measures"]

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
COUNTS = (1, 2, 4, 8, 16, 32, 64, 128, 256)


@final
class Measures:
    """Counters of one service; several in a process do not mix."""

    media_type = CONTENT_TYPE_LATEST

    def __init__(self, *pools: RequestPool) -> None:
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        labels = ("method", "route", "status")
        self.requests = Counter("tenfold_requests", "Requests answered.", labels, registry=registry)
        self.seconds = Histogram(
            "tenfold_request_seconds",
            "Seconds from a request's first byte to the end of its answer.",
            ("route",),
            buckets=SECONDS,
            registry=registry,
        )
        self.pictures = Counter("tenfold_pictures", "Pictures read.", ("model",), registry=registry)
        self.digits = Counter(
            "tenfold_digits",
            "Digits found in pictures, by whether they were sure enough to count.",
            ("model", "accepted"),
            registry=registry,
        )
        self.batch_sizes = Histogram(
            "tenfold_batch_images",
            "Placed digits judged together.",
            buckets=COUNTS,
            registry=registry,
        )
        running = Gauge("tenfold_running", "Threads at work.", registry=registry)
        running.set_function(lambda: sum(pool.running for pool in pools))
        waiting = Gauge("tenfold_waiting", "Requests that wait for a thread.", registry=registry)
        waiting.set_function(lambda: sum(pool.waiting for pool in pools))

    def exposition(self) -> bytes:
        """Return all of it in Prometheus's text format."""
        return generate_latest(self.registry)

    def read(self, model: str, reading: Reading) -> None:
        """Count a picture that was read, and its digits."""
        self.pictures.labels(model).inc()
        for accepted in (True, False):
            count = sum(digit.accepted is accepted for digit in reading.digits)
            self.digits.labels(model, str(accepted).lower()).inc(count)

    def answered(self, scope: Scope, status: int, seconds: float) -> None:
        """Count a request; its route is counted by its pattern, so that few are told apart."""
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in METHODS else "other"
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)


@final
class Counted:
    """Counts requests and their seconds, whatever becomes of them."""

    def __init__(self, app: ASGIApp, measures: Measures) -> None:
        self._app = app
        self._measures = measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, counted)
        finally:
            self._measures.answered(scope, status, time.perf_counter() - began)
