"""Whatever may be asked by the description is answered by it, and never with a 500."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]


def ask_everything(url: str, examples: int) -> list[str]:
    """Ask each operation what it admits and what it does not; return the operations."""
    with urllib.request.urlopen(f"{url}/openapi.json") as answer:
        schema = schemathesis.openapi.from_dict(json.load(answer))
    asked = []
    with requests.Session() as session:
        for found in schema.get_all_operations():
            operation = found.ok()
            asked.append(f"{operation.method.upper()} {operation.path}")
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                _ask(operation, mode, examples, url, session)
    return asked


def _ask(
    operation: Any, mode: GenerationMode, examples: int, url: str, session: requests.Session
) -> None:
    if mode is GenerationMode.NEGATIVE and not _may_be_asked_wrongly(operation):
        return

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        case.call_and_validate(base_url=url, session=session, checks=CHECKS, timeout=30)

    ask()


def _may_be_asked_wrongly(operation: Any) -> bool:
    """Whether it takes more than a name in its path, which may be any text."""
    return bool(len(operation.query) or operation.body)


@pytest.mark.slow
def test_every_answer_is_as_described(run_service: Any) -> None:
    asked = ask_everything(run_service(most_seconds=20).url, examples=8)
    assert {"POST /api/read", "GET /api/models", "POST /v2/models/{name}/infer"} <= set(asked)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_every_answer_is_as_described_at_length(run_service: Any) -> None:
    ask_everything(run_service(most_seconds=20).url, examples=300)
