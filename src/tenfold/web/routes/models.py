"""``GET /api/models``: the models that can be named."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from tenfold.web.service import Service

__all__ = ["router"]


class ModelObject(BaseModel):
    """A model that can be named."""

    name: str = Field(examples=["digits"])
    title: str
    bundled: bool = Field(description="Whether it comes with Tenfold.")
    default: bool = Field(description="Whether it reads where none is named.")
    reads_lines: bool = Field(description="Whether it reads numbers and pages.")
    refuses: bool = Field(description="Whether it was taught what is no digit.")
    parameters: int | None = Field(description="How many numbers its network holds, if known.")
    accuracy: float | None = Field(description="On MNIST's kind of test images, if known.")
    recipe: str | None
    trained_at: str | None = Field(description="When its file was written, ISO 8601, UTC.")
    learn: str | None = Field(description="The command that lets it learn from corrections.")


class ModelsObject(BaseModel):
    """All models, the default one first."""

    models: list[ModelObject]


def router(service: Service) -> APIRouter:
    """Return the routes of models."""
    routes = APIRouter(tags=["models"])

    @routes.get("/api/models", summary="List models", response_model=ModelsObject)
    async def models() -> Any:
        """List the bundled models and those of the run folders; new ones appear by themselves."""

        def look() -> list[dict[str, object]]:
            service.catalog.refresh()
            return service.catalog.describe()

        return {"models": await service.run(look)}

    return routes
