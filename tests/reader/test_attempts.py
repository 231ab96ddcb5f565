"""A clear picture is looked at once; noise is given up before it takes long."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from tenfold.imaging.layout import Line
from tenfold.reader import Reader
from tenfold.reader.attempts import _affordable, _of_numbers, _reads_either_way


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch, reader: Reader) -> list[int]:
    """The widths of all strips that the line network sees."""
    widths: list[int] = []
    predict = type(reader.lines).predict

    def counted(lines: object, strips: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        widths.append(strips.shape[2])
        return predict(lines, strips)

    monkeypatch.setattr(type(reader.lines), "predict", counted)
    return widths


@pytest.fixture
def upright() -> np.ndarray:
    picture = np.full((300, 200), 255, np.uint8)
    picture[50:150, 60:80] = 0
    return picture


def test_what_is_clear_is_looked_at_once(
    reader: Reader, upright: np.ndarray, seen: list[int]
) -> None:
    assert reader.read(upright).text == "1"
    assert len(seen) == 1


def test_one_certain_digit_needs_only_a_glance(
    make_reader: Callable[..., Reader], upright: np.ndarray, seen: list[int]
) -> None:
    reading = make_reader(sure=0.99).read(upright, explain=True)
    assert reading.text == "1"
    assert reading.attempt is not None
    assert reading.attempt.name == "glance"
    assert seen == []


@pytest.mark.parametrize("layout", ["line", "page"])
def test_what_is_said_to_be_a_line_is_read_as_one(
    make_reader: Callable[..., Reader], upright: np.ndarray, seen: list[int], layout: str
) -> None:
    assert make_reader(sure=0.99).read(upright, layout=layout).text == "1"
    assert len(seen) == 1


def test_a_network_that_knows_no_none_is_not_glanced_with(
    make_reader: Callable[..., Reader], upright: np.ndarray, seen: list[int]
) -> None:
    reader = make_reader(sure=0.99)
    reader.model.knows_none = False
    assert reader.read(upright).text == "1"
    assert len(seen) == 1


def test_two_digits_are_never_taken_for_one(
    make_reader: Callable[..., Reader], upright: np.ndarray, seen: list[int]
) -> None:
    upright[50:150, 160:180] = 0
    assert make_reader(sure=0.99).read(upright).text == "11"
    assert len(seen) == 1


@pytest.mark.slow
def test_noise_is_given_up(make_reader: Callable[..., Reader], seen: list[int]) -> None:
    dots = np.random.default_rng(1).random((500, 500)) < 0.02
    make_reader(bias=-5.0).read((~dots * 255).astype(np.uint8))
    # Read to its end it would be 4,424,728 columns.
    assert len(seen) > 1
    assert sum(seen) < 400_000


def test_of_too_many_lines_the_highest_are_read_in_their_order() -> None:
    lines = [Line(0, 1000, 20 * row, 0.0, 10.0 + row % 2) for row in range(100)]
    kept = _affordable(tuple(lines))
    assert 10 < len(kept) < 40
    assert {line.height for line in kept} == {11.0}
    assert kept == sorted(kept, key=lambda line: line.middle)
    assert _affordable(tuple(lines[:10])) == lines[:10]


def test_a_lone_stroke_beside_a_number_says_nothing_of_which_way_is_up() -> None:
    trust = SimpleNamespace(whole=lambda _line, sure: float(np.prod(sure)))

    def told(*lines: tuple[float, ...]) -> tuple[int, float]:
        whole = float(np.prod([np.prod(line) for line in lines])) ** (1 / len(lines))
        attempt = SimpleNamespace(
            readings=lines, confidences=lines, count=sum(map(len, lines)), clearness=whole
        )
        return _of_numbers(attempt, trust)  # type: ignore[arg-type] # what it looks at

    assert told((0.9, 1.0), (0.1,)) == (2, pytest.approx(0.9))
    # Digits one below the other are lines of their own.
    assert told((0.9,), (0.4,), (0.6,)) == (3, pytest.approx(0.6))


@pytest.mark.parametrize(
    ("lines", "shows_nothing"),
    [
        (("0606", "18"), True),
        (("0606", "12"), False),
        (("", "9"), True),
        (("",), False),
        ((), False),
    ],
)
def test_a_text_that_is_one_upside_down_says_nothing_of_which_way_is_up(
    lines: tuple[str, ...], shows_nothing: bool
) -> None:
    def line(text: str) -> SimpleNamespace:
        return SimpleNamespace(
            found=[SimpleNamespace(combined=lambda at=int(d): np.eye(10)[at]) for d in text]
        )

    attempt = SimpleNamespace(readings=[line(text) for text in lines])
    assert _reads_either_way(attempt) is shows_nothing  # type: ignore[arg-type] # what it looks at
