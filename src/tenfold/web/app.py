"""The application: the service's parts put together, and its routes mounted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from types import ModuleType

from fastapi import FastAPI

from tenfold.registry import entries
from tenfold.web import problems, routes
from tenfold.web.batching import Batcher
from tenfold.web.catalog import Catalog
from tenfold.web.languages import Languages
from tenfold.web.limits import Limits
from tenfold.web.measuring import Counted, Measures
from tenfold.web.openapi import RESPONSES, description
from tenfold.web.pool import RequestPool
from tenfold.web.routes import reading
from tenfold.web.security import Envelope, Gate
from tenfold.web.service import Service
from tenfold.web.settings import ServiceSettings

__all__ = ["create_app", "make_service", "route_modules"]


def create_app(settings: ServiceSettings) -> FastAPI:
    """Return the application; ``app.state.service`` is what its routes work with.

    Raises:
        TenfoldError: if a bundled model or the database cannot be used.
    """
    service = make_service(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[dict[str, float]]:
        yield {"header_seconds": settings.header_seconds}
        service.small_request_pool.close()
        service.pool.close()

    # FastAPI's own pages load from other hosts.
    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.service = service
    problems.install(app)
    # Ahead of the others, for it need not be matched with them.
    app.router.routes.append(reading.direct(service))
    for module in route_modules():
        app.include_router(module.router(service), responses=RESPONSES)
    app.openapi = lambda: description(app)  # type: ignore[method-assign] # as its documents say
    # The last one added sees a request first.
    app.add_middleware(Limits, settings=settings)
    app.add_middleware(Gate, settings=settings)
    app.add_middleware(Languages)
    app.add_middleware(Counted, measures=service.measures)
    app.add_middleware(Envelope, pool=service.pool)
    return app


def make_service(settings: ServiceSettings) -> Service:
    """Return what routes work with, its default model loaded."""
    pool = RequestPool(settings.workers, settings.most_waiting, settings.most_seconds)
    catalog = Catalog(settings.models)
    catalog.refresh()
    catalog.reader()
    small_request_pool = RequestPool(1, settings.most_waiting, settings.most_seconds)
    measures = Measures(pool, small_request_pool)
    return Service(
        settings, catalog, pool, measures, Batcher(catalog, pool, measures), small_request_pool
    )


def route_modules() -> Iterator[ModuleType]:
    """Yield the modules in the folder of routes; a name with an underscore is none."""
    yield from entries(routes.__name__, routes.__path__).values()
