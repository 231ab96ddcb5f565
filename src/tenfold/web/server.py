"""The application on a socket, until it is told to stop."""

from __future__ import annotations

import asyncio
import select
import signal
import socket
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import cast, final

import cv2
import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from tenfold.errors import InputError
from tenfold.files import why
from tenfold.language import text as _
from tenfold.web.problems import Problem, respond
from tenfold.web.security import HEADERS
from tenfold.web.service import Service
from tenfold.web.settings import ServiceSettings

__all__ = ["address", "listen", "serve"]

HEADER_BYTES = 32 * 2**10
"""Of a request's line and headers."""

GRACE_SECONDS = 0.25
"""So long requests on their way are waited for, before and after the last connection is taken."""

MOST_TURNS = 1000
QUIET_TURNS = 3

BACKLOG = 512


def listen(settings: ServiceSettings) -> socket.socket:
    """Return a socket that listens where the settings say.

    Raises:
        InputError: if the address is taken, not of this machine, or may not be used.
    """
    try:
        family, kind, number, _name, place = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM
        )[0]
        listener = socket.socket(family, kind, number)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
            listener.listen(BACKLOG)
        except OSError:
            listener.close()
            raise
    # OverflowError: a port that is none; UnicodeError: a name that is none.
    except (OSError, OverflowError, UnicodeError) as error:
        raise InputError(
            _(
                "The service cannot listen on {host}, port {port}: {reason}. "
                "Choose another with --port, or 0 for any that is free.",
                host=settings.host,
                port=settings.port,
                reason=why(error),
            )
        ) from error
    return listener


def address(listener: socket.socket) -> str:
    """Return where the service is, for a browser."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(app: FastAPI, listener: socket.socket, begun: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM comes; what was accepted by then is answered.

    Args:
        app: made by ``create_app``.
        listener: made by ``listen``.
        begun: called once when requests are answered.
    """
    # A request takes one core; the cores are for several.
    cv2.setNumThreads(1)
    # What Pillow minds in a picture and reads all the same is nothing to who asked.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    service: Service = app.state.service
    config = uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        h11_max_incomplete_event_size=HEADER_BYTES,
        backlog=BACKLOG,
        timeout_graceful_shutdown=round(2 * service.settings.most_seconds) + 5,
    )
    _Server(config, service, begun).run(sockets=[listener])


@final
class _Server(uvicorn.Server):
    """Uvicorn's, which ends in peace: what clients send while it is told to stop is answered."""

    def __init__(self, config: uvicorn.Config, service: Service, begun: Callable[[], None]) -> None:
        super().__init__(config)
        self._service = service
        self._begun = begun

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._begun()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # From now on each answer closes its connection, so that soon no client sends a request
        # on one that is about to be closed.
        self._service.pool.stopping = True
        await asyncio.sleep(GRACE_SECONDS)
        for server in self.servers:
            await _take_all(server)
            server.close()
        # Who has just connected may be about to ask.
        await asyncio.sleep(GRACE_SECONDS)
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at the first signal, at once at the second; and end as if there had been none."""
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in signals}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        del sig, frame
        self.force_exit = self.should_exit
        self.should_exit = True


async def _take_all(server: asyncio.Server) -> None:
    """Have the event loop take the connections that wait, or they would be lost."""
    quiet = 0
    for _turn in range(MOST_TURNS):
        waits = select.select(server.sockets, [], [], 0)[0]
        quiet = 0 if waits else quiet + 1
        # A connection taken in one turn is made ready in the next.
        if quiet == QUIET_TURNS:
            return
        await asyncio.sleep(0)


@final
class _Protocol(H11Protocol):
    """Uvicorn's, which waits for a request's headers only so long."""

    _headers_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as there
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._unwatch()

    def send_400_response(self, msg: str) -> None:
        answer = respond(Problem(400, "", _("This is no HTTP request: {reason}", reason=msg)))
        headers = {**HEADERS, **answer.headers, "Connection": "close"}
        fields = [(name.encode(), value.encode()) for name, value in headers.items()]
        for event in (
            h11.Response(status_code=400, headers=fields, reason=b"Bad Request"),
            h11.Data(data=bytes(answer.body)),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _watch(self) -> None:
        """Have a timer run while, and only while, a request's headers are awaited."""
        if not self._awaits_headers():
            self._unwatch()
        elif self._headers_due is None and not self.transport.is_closing():
            seconds = self.app_state["header_seconds"]
            self._headers_due = self.loop.call_later(seconds, self._give_up)

    def _unwatch(self) -> None:
        if self._headers_due is not None:
            self._headers_due.cancel()
            self._headers_due = None

    def _give_up(self) -> None:
        self._headers_due = None
        if self._awaits_headers():
            self.transport.close()

    def _awaits_headers(self) -> bool:
        # There is none before the first request.
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return cycle is None or cycle.response_complete
