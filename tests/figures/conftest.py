from __future__ import annotations

from collections.abc import Iterator

import pytest

from tenfold.language import set_language


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Each test begins in English and leaves the language as the environment has it."""
    set_language("en")
    yield
    set_language(None)
