"""The page of a reproduction, from made-up findings, in both languages."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from tenfold.experiments.reproduce import CLAIMS
from tenfold.language import set_language
from tenfold.records import Environment
from tenfold.records.results import Comparison, Finding, Reproduction
from tenfold.reports.reproduction import reproduction_page

ENVIRONMENT = Environment(cores=2, processor="Abacus 3000", versions={"python": "3.11"})


def results() -> Reproduction:
    findings = {
        claim.key: Finding(
            key=claim.key,
            accuracy=0.99,
            interval=(0.98, 0.995),
            deviation=0.001 if claim.key.startswith("folds") else None,
            count=5 if claim.key.startswith("folds") else 10_000,
            seconds=61.0,
            agrees=True,
            runs=(),
        )
        for claim in CLAIMS
    }
    compared = Comparison(
        "cnn-deep", "cnn-baseline", 0.0038, (0.0021, 0.0055), 0.003, 5, "better", 3
    )
    return Reproduction(findings=findings, comparisons=(compared,), crossval_seconds=600.0)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_measured_figure_is_of_these_results(language: str) -> None:
    findings = {
        key: replace(one, accuracy=0.1 + at / 1000, agrees="cnn-deep" not in key)
        for at, (key, one) in enumerate(results().findings.items())
    }
    told = replace(results(), findings=findings)
    try:
        set_language(language)
        page = reproduction_page(told, ENVIRONMENT)
    finally:
        set_language(None)
    prose = "\n".join(line for line in page.splitlines() if line.startswith("**"))
    published = {figure for claim in CLAIMS for figure in re.findall(r"\d+\.\d+", claim.published)}
    measured = {f"{100 * one.accuracy:.2f}" for one in findings.values()}
    of_recipes = {"0.1", "5.3"}  # mlp-128: its learning rate, and how often it sees the images
    gain = {"0.10"}
    figures = set(re.findall(r"\d+\.\d+", prose))
    assert figures <= published | measured | of_recipes | gain
    assert len(figures & measured) == 5
    assert ("outside" in prose) == (language == "en")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            (
                "- cnn-deep is better than cnn-baseline by 0.38 points (95 % interval 0.21 to "
                "0.55, p = 0.003 corrected for 3 pairs, n = 5 folds)."
            ),
        ),
        (
            "zh",
            (
                "- cnn-deep 比 cnn-baseline 高 0.38 个百分点（95 % 区间 0.21 至 0.55，"
                "p = 0.003（已按 3 对校正），n = 5 折）。"
            ),
        ),
    ],
)
def test_comparisons_are_in_the_language_of_the_page(language: str, sentence: str) -> None:
    try:
        set_language(language)
        page = reproduction_page(results(), ENVIRONMENT)
    finally:
        set_language(None)
    assert sentence in page.splitlines()
    assert page.count("\n| 00") == len(CLAIMS)
    assert ("better than" in page) == (language == "en")
