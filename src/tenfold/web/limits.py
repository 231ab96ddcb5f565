"""How large a request may be and how long it may take to arrive, whatever its route."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tenfold.language import text as _
from tenfold.web.problems import Busy, Problem, respond
from tenfold.web.settings import ServiceSettings

__all__ = ["Limits"]

LINGER_SECONDS = 2.0
"""A client that sends too much is still listened to for so long, or it may not see the answer."""


@final
class Limits:
    """Counts the bytes of a body while they come, and the seconds.

    What is too large is refused before it is held, and what is too slow when its time is over.
    All bodies together are bounded, too.
    """

    def __init__(self, app: ASGIApp, settings: ServiceSettings) -> None:
        self._app = app
        self._settings = settings
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(receive, send, self._settings, self)
        length = Headers(scope=scope).get("content-length", "0")
        try:
            if not length.isdigit() or int(length) > self._settings.most_bytes:
                answer = respond(body.too_large(), scope["path"])
                await answer(scope, body.receive, body.send)
                return
            await self._app(scope, body.receive, body.send)
        finally:
            self._held -= body.count

    def hold(self, count: int) -> None:
        """Count bytes that are held from now on.

        Raises:
            Busy: if all bodies together are too large.
        """
        self._held += count
        if self._held > self._settings.most_held:
            raise Busy


@final
class _Body:
    """One request's body as it comes."""

    def __init__(
        self, receive: Receive, send: Send, settings: ServiceSettings, limits: Limits
    ) -> None:
        self.count = 0
        self._receive = receive
        self._send = send
        self._settings = settings
        self._limits = limits
        self._deadline = asyncio.get_running_loop().time() + settings.most_seconds
        self._ended = False
        self._lingers = False

    async def receive(self) -> Message:
        """Pass on what comes.

        Raises:
            Problem: if it is too much, or too slow.
        """
        if self._ended:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError as error:
            raise self._too_slow() from error
        self._ended = not message.get("more_body", False)
        size = len(message.get("body", b""))
        self.count += size
        self._limits.hold(size)
        if self.count > self._settings.most_bytes:
            raise self.too_large()
        return message

    async def send(self, message: Message) -> None:
        """Pass on the answer; its end waits until a body that is too large has gone by."""
        ends = message["type"] == "http.response.body" and not message.get("more_body", False)
        if not (ends and self._lingers):
            await self._send(message)
            return
        await self._send({**message, "more_body": True})
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_SECONDS):
                while not self._ended:
                    going_by = await self._receive()
                    self._ended = not going_by.get("more_body", False)
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    def too_large(self) -> Problem:
        """Return the answer to too large a body."""
        self._lingers = not self._ended
        return Problem(
            413,
            "too-large",
            _(
                "The request is larger than {limit} MB, the most that is taken. Send less at once.",
                limit=round(self._settings.most_bytes / 2**20, 1),
            ),
            headers={"Connection": "close"},
        )

    def _too_slow(self) -> Problem:
        return Problem(
            408,
            "too-slow",
            _(
                "The request did not arrive within {seconds:g} seconds.",
                seconds=self._settings.most_seconds,
            ),
            headers={"Connection": "close"},
        )
