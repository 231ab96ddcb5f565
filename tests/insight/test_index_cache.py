"""Indexes made once, in a thread of their own, and kept."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from _waiting import wait_for
from tenfold.data import DataSet
from tenfold.data.sources import cache_folder
from tenfold.errors import SourceError
from tenfold.insight import OpenNetwork, Preparing, Shelf, cached_mnist, index_cache
from tenfold.insight.index import DigitIndex
from tenfold.models import Model, load_bundled

MakeShelf = Callable[[], Shelf]


@pytest.fixture
def network(bundled: Model) -> OpenNetwork:
    return OpenNetwork(bundled)


@pytest.fixture
def make_shelf(drawn: DataSet, tmp_path: Path) -> Iterator[MakeShelf]:
    made: list[Shelf] = []
    few = DataSet("few", {"train": drawn.train[:300], "test": drawn.test[:60]})

    def make() -> Shelf:
        made.append(Shelf(lambda: few, tmp_path / "indexes"))
        return made[-1]

    yield make
    for one in made:
        one.close()


def patiently(one: Shelf, network: OpenNetwork) -> DigitIndex:
    """Ask until the index is there."""

    def ask() -> DigitIndex | None:
        found = one.get(network)
        if isinstance(found, DigitIndex):
            return found
        assert 0 <= found.progress <= 1
        assert 1 <= found.seconds <= 10
        return None

    return wait_for(ask)


def fail(*_given: Any) -> DigitIndex:
    raise ZeroDivisionError("made again")


def test_who_asks_first_is_told_to_come_again(make_shelf: MakeShelf, network: OpenNetwork) -> None:
    one = make_shelf()
    assert one.get(network) == Preparing(0.0, 3)
    found = patiently(one, network)
    assert found.rows.shape == (300, 128)
    assert one.get(network) is found


def test_another_process_finds_it_in_the_folder(
    make_shelf: MakeShelf,
    network: OpenNetwork,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = make_shelf()
    patiently(first, network)
    first.close()
    (path,) = (tmp_path / "indexes").iterdir()
    assert path.name.startswith(network.digest[:32])
    monkeypatch.setattr(index_cache, "build_index", fail)
    assert isinstance(make_shelf().get(network), DigitIndex)


def test_what_is_damaged_is_made_anew(
    make_shelf: MakeShelf, network: OpenNetwork, tmp_path: Path
) -> None:
    first = make_shelf()
    patiently(first, network)
    first.close()
    (path,) = (tmp_path / "indexes").iterdir()
    path.write_bytes(b"?")
    second = make_shelf()
    assert isinstance(second.get(network), Preparing)
    patiently(second, network)
    second.close()
    assert path.stat().st_size > 1000


def test_a_failure_is_told_once_and_then_tried_again(
    make_shelf: MakeShelf, network: OpenNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(index_cache, "build_index", fail)
        one = make_shelf()
        one.get(network)
        with pytest.raises(ZeroDivisionError, match="made again"):
            patiently(one, network)
    patiently(one, network)


def test_one_is_made_at_a_time_and_another_waits_its_turn(
    make_shelf: MakeShelf, network: OpenNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    build = index_cache.build_index

    def slow(*given: Any) -> DigitIndex:
        go_on.wait(10)
        return build(*given)

    monkeypatch.setattr(index_cache, "build_index", slow)
    one, other = make_shelf(), OpenNetwork(load_bundled("cnn-deep"))
    one.get(network)
    before = threading.active_count()
    assert one.get(other) == Preparing(0.0, 3)
    assert threading.active_count() == before
    go_on.set()
    assert patiently(one, other).rows.shape == (300, 100)
    assert isinstance(one.get(network), DigitIndex)


def test_closing_ends_the_work(
    make_shelf: MakeShelf, network: OpenNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(_network: object, _data: object, report: Callable[[float], None]) -> DigitIndex:
        while True:
            report(0.5)
            time.sleep(0.01)

    monkeypatch.setattr(index_cache, "build_index", endless)
    one = make_shelf()
    before = threading.active_count()
    one.get(network)
    assert threading.active_count() == before + 1
    one.close()
    assert threading.active_count() == before
    assert not (tmp_path / "indexes").exists()


def test_memory_holds_three(
    make_shelf: MakeShelf, network: OpenNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = make_shelf()
    index = patiently(one, network)
    for digest in "abcd":
        one._hold(digest, index)
    assert list(one._held) == ["b", "c", "d"]


def test_where_nothing_can_be_kept_it_is_used_all_the_same(
    drawn: DataSet, network: OpenNetwork, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "taken").write_text("a file")
    one = Shelf(lambda: drawn, tmp_path / "taken")
    found = patiently(one, network)
    one.close()
    assert one.get(network) is found
    assert "taken" in caplog.text


def test_the_folder_holds_the_twelve_last_used(tmp_path: Path) -> None:
    for at in range(15):
        path = tmp_path / f"{at}.index"
        path.write_bytes(b"")
        os.utime(path, (at, at))
    (tmp_path / ".9.index.x.part").write_bytes(b"")
    os.utime(tmp_path / ".9.index.x.part", (1, 1))
    (tmp_path / ".10.index.y.part").write_bytes(b"")
    index_cache._tidy(tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {f"{at}.index" for at in range(3, 15)} | {".10.index.y.part"}


def test_mnist_is_never_fetched() -> None:
    with pytest.raises(SourceError, match="tenfold data fetch mnist"):
        cached_mnist()
    assert not cache_folder().exists()


def test_damaged_mnist_is_no_mnist(drawn: DataSet, caplog: pytest.LogCaptureFixture) -> None:
    from tenfold.data.sources.cache import write_cache

    write_cache(drawn, cache_folder())
    with pytest.raises(SourceError, match="tenfold data fetch mnist"):
        cached_mnist()
    assert caplog.text
