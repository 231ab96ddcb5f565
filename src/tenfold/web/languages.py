"""The language of an answer, from what a client accepts."""

from __future__ import annotations

from typing import final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from tenfold.language import LANGUAGES, current_language, speaking

__all__ = ["Languages", "preferred"]

MOST = 20
"""Of a longer list of languages the first are looked at."""


@final
class Languages:
    """Has each request answered in the language it asks for, else in the process's own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._own = current_language()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted = preferred(Headers(scope=scope).get("accept-language", ""))
        with speaking(wanted or self._own):
            await self._app(scope, receive, send)


def preferred(accepted: str) -> str | None:
    """Return which of our languages a header ``Accept-Language`` wants most; None if it does none.

    Source: RFC 9110, 12.5.4; of equal weights the first counts.
    """
    best: tuple[float, str | None] = (0.0, None)
    for one in accepted.split(",")[:MOST]:
        name, _semicolon, weight = one.partition(";")
        code = name.strip().split("-")[0].lower()
        value = _weight(weight)
        if code in LANGUAGES and value > best[0]:
            best = (value, code)
    return best[1]


def _weight(parameter: str) -> float:
    """The number of ``q=0.8``; 1 if there is none, 0 if it is no number."""
    name, _equals, value = parameter.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
