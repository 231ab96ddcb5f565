"""What a comparison says in words: made from its numbers, in the language of the moment."""

from __future__ import annotations

import msgspec
import pytest

from tenfold.experiments import ScoreSet, compare_sets
from tenfold.language import set_language
from tenfold.records.results import Comparison

BETTER = Comparison("b", "a", 0.0038, (0.0021, 0.0055), 0.0004, 5, "better", 3)


def chinese(comparison: Comparison) -> str:
    try:
        set_language("zh")
        return comparison.sentence
    finally:
        set_language(None)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {},
            (
                "b is better than a by 0.38 points (95 % interval 0.21 to 0.55, p < 0.001 "
                "corrected for 3 pairs, n = 5 folds)."
            ),
        ),
        (
            {"difference": -0.0038, "interval": (-0.0055, -0.0021), "verdict": "worse"},
            (
                "b is worse than a by 0.38 points (95 % interval 0.21 to 0.55, p < 0.001 "
                "corrected for 3 pairs, n = 5 folds)."
            ),
        ),
        (
            {"interval": (-0.001, 0.0086), "p": 0.4321, "verdict": "no difference", "pairs": 1},
            (
                "b and a: no difference shown (mean difference +0.38 points, 95 % interval -0.10 "
                "to +0.86, p = 0.43, n = 5 folds)."
            ),
        ),
        (
            {"p": 0.0496, "pairs": 1, "seeds": True},
            (
                "b is better than a by 0.38 points (95 % interval 0.21 to 0.55, p = 0.050, "
                "n = 5 seeds)."
            ),
        ),
    ],
)
def test_each_verdict_has_its_sentence(changes: dict[str, object], sentence: str) -> None:
    assert msgspec.structs.replace(BETTER, **changes).sentence == sentence


def test_the_sentence_is_in_the_language_of_the_moment_even_of_a_stored_comparison() -> None:
    stored = msgspec.json.encode(BETTER)
    assert b"better than" not in stored
    again = msgspec.json.decode(stored, type=Comparison)
    expected = (
        "b 比 a 高 0.38 个百分点（95 % 区间 0.21 至 0.55，p < 0.001（已按 3 对校正），n = 5 折）。"
    )
    assert chinese(again) == expected
    assert again.sentence.startswith("b is better than a")


def test_what_folders_held_before_is_still_read() -> None:
    old = msgspec.to_builtins(BETTER) | {"sentence": "in the language of the command that ran"}
    del old["pairs"], old["seeds"]
    again = msgspec.convert(old, Comparison)
    assert again.sentence == (
        "b is better than a by 0.38 points (95 % interval 0.21 to 0.55, p < 0.001, n = 5 folds)."
    )


def test_a_comparison_knows_its_pairs_and_whether_seeds_differ() -> None:
    scores = {(at,): 0.9 + at / 100 for at in range(3)}
    for names, pairs in (("ab", 1), ("abc", 3)):
        sets = [ScoreSet(name, scores, 0.0, seeds=True) for name in names]
        found = compare_sets(sets)
        assert [(one.pairs, one.seeds) for one in found] == [(pairs, True)] * pairs
