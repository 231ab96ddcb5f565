"""Who may ask: the host and origin of a request, its token, and the headers of every answer."""

from __future__ import annotations

import functools
import hashlib
import hmac
import logging
from collections.abc import Iterable
from typing import final
from urllib.parse import parse_qs, urlsplit

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tenfold.language import text as _
from tenfold.web.pool import RequestPool
from tenfold.web.problems import Problem, respond
from tenfold.web.settings import ServiceSettings, is_loopback

__all__ = ["COOKIE", "HEADERS", "Envelope", "Gate"]

COOKIE = "tenfold"

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
"""Of every answer, unless a route says otherwise."""

_FIELDS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

_log = logging.getLogger("tenfold.web")


@final
class Envelope:
    """Puts the headers on every answer, and answers with a problem where a route failed.

    Once the service is about to end, each answer closes its connection.
    """

    def __init__(self, app: ASGIApp, pool: RequestPool) -> None:
        self._app = app
        self._pool = pool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False
        bare = scope["method"] == "HEAD"
        if bare:
            # What GET is answered, without its body (RFC 9110, 9.3.2).
            scope = {**scope, "method": "GET"}

        async def enveloped(message: Message) -> None:
            nonlocal begun
            if bare and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = _completed(message["headers"])
                if self._pool.stopping:
                    MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        try:
            await self._app(scope, receive, enveloped)
        except Exception:
            # A defect of ours: it goes to the log, and nothing of it to the one who asked.
            _log.exception("%s %s failed", scope["method"], scope["path"])
            if begun:
                raise
            problem = Problem(500, "", _("Something went wrong here; the service's log says what."))
            await respond(problem, scope["path"])(scope, receive, enveloped)


@final
class Gate:
    """Lets in whom the settings allow.

    Without a token the service is for this machine alone: a request must name it by a loopback
    address, or a page of another site could reach it through a name of its own (DNS rebinding).
    With one, every request must bring it, as a bearer token or as the cookie that
    ``/?token=...`` sets. A page of another site may change nothing in either case.
    """

    def __init__(self, app: ASGIApp, settings: ServiceSettings) -> None:
        self._app = app
        self._host = settings.host
        self._token = None if settings.token is None else settings.token.encode()
        # What the cookie holds is made from the token and is not the token.
        self._session = hmac.digest(self._token or b"", b"tenfold page", hashlib.sha256).hex()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        answer: Response | None = None
        try:
            self._check_origin(request)
            if self._token is None:
                self._check_host(request)
            else:
                answer = self._entry(request)
        except Problem as problem:
            answer = respond(problem, scope["path"])
        await (answer or self._app)(scope, receive, send)

    def _check_host(self, request: Request) -> None:
        host = _hostname(request.headers.get("host", ""))
        if not (is_loopback(host) or host == self._host):
            raise Problem(
                403,
                "wrong-host",
                _(
                    "The request is for {host!r}; this service answers to localhost and "
                    "127.0.0.1 alone.",
                    host=host,
                ),
            )

    def _check_origin(self, request: Request) -> None:
        origin = request.headers.get("origin")
        if request.method in SAFE_METHODS or origin is None:
            return
        if not _is_here(origin, request.headers.get("host", "")):
            raise Problem(
                403,
                "wrong-origin",
                _("The request comes from a page of {origin!r}, not from this one.", origin=origin),
            )

    def _entry(self, request: Request) -> Response | None:
        """Return the way in for who brings the token in the address; None for who is in."""
        assert self._token is not None
        if request.url.path == "/" and request.method == "GET":
            given = parse_qs(request.url.query).get("token", [""])[0]
            if hmac.compare_digest(given.encode(errors="replace"), self._token):
                return self._welcome(request)
        scheme, _blank, bearer = request.headers.get("authorization", "").partition(" ")
        by_header = scheme.lower() == "bearer" and hmac.compare_digest(
            bearer.strip().encode("latin-1"), self._token
        )
        cookie = request.cookies.get(COOKIE, "")
        if by_header or hmac.compare_digest(cookie.encode(), self._session.encode()):
            return None
        raise Problem(
            401,
            "no-token",
            _(
                "This service wants its token: open /?token=... in a browser, or send the header "
                "Authorization: Bearer TOKEN."
            ),
            headers={"WWW-Authenticate": "Bearer"},
        )

    def _welcome(self, request: Request) -> Response:
        answer = RedirectResponse("/", 303)
        secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, self._session, httponly=True, samesite="strict", secure=secure)
        return answer


def _completed(given: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """An answer's headers, with ours that it lacks."""
    headers = list(given)
    names = {name.lower() for name, _value in headers}
    return headers + [header for header in _FIELDS if header[0] not in names]


@functools.lru_cache(maxsize=64)
def _hostname(host: str) -> str:
    """The name in a Host header, without its port and an address's brackets."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_here(origin: str, host: str) -> bool:
    """Whether an Origin header names the place that a Host header names."""
    try:
        there, here = urlsplit(origin), urlsplit(f"//{host}")
        usual = {"http": 80, "https": 443}.get(there.scheme)
        ports = (there.port or usual, here.port or usual)
    except ValueError:
        return False
    return usual is not None and there.hostname == here.hostname and ports[0] == ports[1]
