"""Errors as answers: problem details for HTTP, RFC 9457."""

from __future__ import annotations

import http
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from tenfold.errors import (
    InputError,
    MissingExtraError,
    PictureError,
    RunError,
    SourceError,
    StorageError,
    TenfoldError,
    UnknownNameError,
)
from tenfold.language import text as _

__all__ = ["MEDIA_TYPE", "Busy", "Late", "Problem", "describe", "install", "respond"]

MEDIA_TYPE = "application/problem+json"

RETRY_SECONDS = 1


class Problem(TenfoldError):  # noqa: N818 - the name that the RFC gives it
    """What is answered instead of what was asked for.

    Args:
        status: of the answer, 400 to 599.
        slug: names the kind of problem, in its type "/problems/<slug>".
        detail: a sentence for a person.
        headers: of the answer, such as Retry-After.
        errors: what is wrong, part by part.
    """

    def __init__(
        self,
        status: int,
        slug: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.slug = slug
        self.headers = dict(headers or {})
        self.errors = list(errors)


class Busy(Problem):
    """Too many requests wait already."""

    def __init__(self) -> None:
        super().__init__(
            503,
            "busy",
            _("The service is busy; too many requests wait already. Try again in a moment."),
            headers={"Retry-After": str(RETRY_SECONDS)},
        )


class Late(Problem):
    """An answer took too long."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            503,
            "late",
            _(
                "There was no answer within {seconds:g} seconds. "
                "Try again in a moment, or ask for less at once.",
                seconds=seconds,
            ),
            headers={"Retry-After": str(RETRY_SECONDS)},
        )


# The first kind that an error is of says how it is answered.
_KINDS: tuple[tuple[type[TenfoldError], int, str], ...] = (
    (UnknownNameError, 404, "unknown-name"),
    (PictureError, 422, "unreadable-picture"),
    (InputError, 422, "wrong-input"),
    (RunError, 409, "run"),
    (SourceError, 409, "no-data"),
    (MissingExtraError, 501, "missing-package"),
    (StorageError, 507, "storage"),
    (TenfoldError, 409, "failed"),
)


def as_problem(error: TenfoldError) -> Problem:
    """Return the answer to an error that Tenfold raised on purpose."""
    if isinstance(error, Problem):
        return error
    status, slug = next((status, slug) for kind, status, slug in _KINDS if isinstance(error, kind))
    return Problem(status, slug, str(error))


def describe(error: TenfoldError) -> dict[str, object]:
    """Return the problem object of an error, plain data for JSON."""
    problem = as_problem(error)
    told: dict[str, object] = {
        "type": f"/problems/{problem.slug}" if problem.slug else "about:blank",
        "title": http.HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": str(problem),
    }
    return told | ({"errors": problem.errors} if problem.errors else {})


def respond(error: TenfoldError, path: str = "") -> Response:
    """Return an error as an answer.

    Args:
        error: what went wrong.
        path: of the request; the Open Inference Protocol wants the sentence as "error", too.
    """
    problem = as_problem(error)
    told = describe(problem)
    if path.startswith("/v2"):
        told["error"] = told["detail"]
    return Response(
        msgspec.json.encode(told), problem.status, problem.headers, media_type=MEDIA_TYPE
    )


def install(app: FastAPI) -> None:
    """Have an application answer every error with a problem."""

    async def tenfold_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, TenfoldError)
        return respond(error, request.url.path)

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return respond(_from_http(error), request.url.path)

    async def wrong_request(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return respond(_from_validation(error), request.url.path)

    app.add_exception_handler(TenfoldError, tenfold_error)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, wrong_request)


def _from_http(error: HTTPException) -> Problem:
    # What a limit raised while a body was read comes wrapped.
    if isinstance(error.__cause__, Problem):
        return error.__cause__
    known = {
        404: _("There is nothing at this address."),
        405: _("This address does not take this method."),
    }
    detail = known.get(error.status_code, str(error.detail))
    return Problem(error.status_code, "", detail, headers=error.headers)


def _from_validation(error: RequestValidationError) -> Problem:
    errors = [
        {"where": ".".join(map(str, one.get("loc", ()))), "message": str(one.get("msg", ""))}
        for one in error.errors()
    ]
    detail = _(
        "The request is not as expected: {reasons}",
        reasons="; ".join(f"{one['where']}: {one['message']}" for one in errors[:5]),
    )
    return Problem(422, "wrong-input", detail, errors=errors)
