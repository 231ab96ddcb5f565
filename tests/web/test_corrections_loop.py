"""The loop closed at small scale, with a real server and the real command (benchmarks/odd_hand.py).

On 1,200 drawn digits in place of MNIST; the benchmark itself measures what it gains.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

import tenfold

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def odd_hand(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import odd_hand as module

    yield module
    for name in ("odd_hand", "_hand"):
        sys.modules.pop(name, None)


def test_a_writer_is_the_same_every_time_and_unlike_another(odd_hand: object) -> None:
    from _hand import draw, odd_writer  # type: ignore[import-not-found] # a folder, no package

    assert odd_writer(3) == odd_writer(3)
    assert odd_writer(3) != odd_writer(4)
    first = draw(odd_writer(3), 7, 0, 3)
    np.testing.assert_array_equal(first, draw(odd_writer(3), 7, 0, 3))
    assert (first != draw(odd_writer(3), 7, 1, 3)).any()


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_corrections_made_through_the_service_make_the_new_model_better(
    odd_hand: object, drawn_file: Path, tmp_path: Path
) -> None:
    options = ["--data", str(drawn_file), "--epochs", "6", "--set", "learning_rate=0.003"]
    done = odd_hand.close_the_loop(  # type: ignore[attr-defined] # imported as an object
        tmp_path, 0, corrections=20, unseen=40, options=options
    )
    assert done.corrected == 20
    before, after = done.page
    assert before < 0.9
    assert after > before + 0.05
    run = tenfold.Run(tmp_path / "runs" / "mine")
    (added,) = run.plan.settings.added
    assert (added["name"], added["count"]) == ("corrections", 20)
    card = tenfold.load_model(run.model_path).card
    assert card.training["start"]["name"] == "cnn-deep"
