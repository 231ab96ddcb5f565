"""Workers that may die: each source gets its answer, and only the deadly one another."""

from __future__ import annotations

import os
import signal

import pytest

from tenfold.errors import TenfoldError
from tenfold.reader.resilient_pool import ResilientPool

DEADLY = -1


def begin(word: str) -> None:
    if word == "die":
        os._exit(3)


def double(numbers: list[int]) -> list[int]:
    if DEADLY in numbers:
        os.kill(os.getpid(), signal.SIGKILL)
    return [2 * number for number in numbers]


def lost(number: int) -> int:
    return 1000 + number


def crew(word: str = "live", workers: int = 2) -> ResilientPool[int, int]:
    return ResilientPool(workers, begin, (word,), double, lost)


@pytest.mark.slow
def test_a_source_that_ends_its_process_costs_itself_alone() -> None:
    numbers = list(range(40))
    numbers[5] = numbers[30] = DEADLY
    chunks = [numbers[at : at + 4] for at in range(0, 40, 4)]
    with crew() as some:
        found = [answer for answers in some.answers(chunks) for answer in answers]
        expected = [999 if number == DEADLY else 2 * number for number in numbers]
        assert found == expected
        # The same crew goes on.
        assert list(some.answers([[1, 2], [3]])) == [[2, 4], [6]]


@pytest.mark.slow
def test_where_all_die_it_ends() -> None:
    with crew(workers=1) as some, pytest.raises(TenfoldError, match="die one after another"):
        list(some.answers([[DEADLY] * 9]))


def test_where_none_begins_it_ends() -> None:
    with crew("die") as some, pytest.raises(TenfoldError, match="die one after another"):
        list(some.answers([[1], [2]]))


def test_what_is_answered_here_stands_in_its_place() -> None:
    with crew(workers=1) as some:
        found = list(some.answers([[1], [-7], [2]], lambda c: [0] if c[0] < 0 else None))
    assert found == [[2], [0], [4]]
