"""The service: pictures over HTTP to readings, and the page that draws them.

    request -> security (host, origin, token) -> limits (bytes, seconds) -> a route
            -> threads (pool) or placed digits judged together (batching) -> JSON

Every error is ``application/problem+json`` (RFC 9457). It needs the extra ``tenfold[web]``.
"""

from __future__ import annotations

from tenfold.web.app import create_app
from tenfold.web.service import Service
from tenfold.web.settings import ServiceSettings

__all__ = ["Service", "ServiceSettings", "create_app"]
