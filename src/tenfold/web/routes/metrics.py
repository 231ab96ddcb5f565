"""``GET /metrics``: what the service counts of itself, for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from tenfold.web.service import Service

__all__ = ["router"]


def router(service: Service) -> APIRouter:
    """Return the route of metrics."""
    routes = APIRouter(tags=["operation"])

    @routes.get(
        "/metrics",
        summary="Metrics for Prometheus",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def metrics() -> Response:
        """Requests, seconds, pictures, digits, batches, and threads, in Prometheus's text."""
        measures = service.measures
        return Response(measures.exposition(), headers={"Content-Type": measures.media_type})

    return routes
