"""A route that is matched at once."""

from __future__ import annotations

from typing import final

from starlette.routing import Match, Route
from starlette.types import Scope

__all__ = ["Direct"]


@final
class Direct(Route):
    """The way of requests without a query to a function that needs none.

    To match a request with all routes and to check parameters that it does not bring takes
    longer than to read a digit.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match a request; one that is not quite this route's is left to the others."""
        if scope["type"] == "http" and not scope["query_string"]:
            match, found = super().matches(scope)
            if match is Match.FULL:
                # Its pattern is what requests are counted by.
                return match, {**found, "route": self}
        return Match.NONE, {}
