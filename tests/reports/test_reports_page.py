"""Reports as pages: what stands on them, and that they need nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tenfold.errors import InputError, RunError, StorageError, TenfoldError
from tenfold.language import set_language
from tenfold.records import Run
from tenfold.reports import write_report

MakeRun = Callable[..., Run]
WriteResults = Callable[[Path, dict[str, Any]], Path]

VOID = {"meta", "img", "br", "link", "input", "hr"}


class Page(HTMLParser):
    """What a test wants to know of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.open: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.addresses: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append((tag, values))
        if tag not in VOID:
            self.open.append(tag)
        if (name := values.get("id")) is not None:
            self.ids.append(name)
        for key, value in values.items():
            if value is None:
                continue
            self.references += re.findall(r"url\(#([^)]+)\)", value)
            if key in ("href", "src"):
                if value.startswith("#"):
                    self.references.append(value[1:])
                else:
                    self.addresses.append(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def words(self) -> str:
        """All that a person reads."""
        bare = re.sub(r"<style>.*?</style>|<svg.*?</svg>", " ", self.text, flags=re.DOTALL)
        return " ".join(re.sub(r"<[^>]*>", " ", bare).split())


def page_of(*folders: Path, out: str = "report.html") -> Page:
    return Page(write_report(folders, out).read_text(encoding="utf-8"))


def assert_self_contained(page: Page) -> None:
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert set(page.references) <= set(page.ids)
    assert all(address.startswith("data:") for address in page.addresses)
    assert "script" not in {tag for tag, _values in page.tags}
    assert "@import" not in page.text


def assert_accessible(page: Page, language: str) -> None:
    html = next(values for tag, values in page.tags if tag == "html")
    assert html["lang"] == language
    assert [tag for tag, _values in page.tags].count("h1") == 1
    levels = [int(tag[1]) for tag, _values in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for tag, values in page.tags:
        if tag == "svg":
            assert values["role"] == "img"
            assert values["aria-label"]
        if tag == "img":
            assert values["alt"]
        if tag == "th":
            assert values["scope"] in ("row", "col")


def test_a_run_is_shown_whole(tmp_path: Path, make_run: MakeRun) -> None:
    make_run(tmp_path / "run", errors=3)
    page = page_of(tmp_path / "run")
    assert_self_contained(page)
    assert_accessible(page, "en")
    words = page.words()
    assert "99.70%" in words
    assert "95 % interval 99.12% to 99.90%" in words  # Wilson's for 997 of 1,000
    assert "1 min 1 s" in words
    assert "feed" * 16 in words
    assert "Abacus 3000" in words
    command = "tenfold train mlp-128 --set epochs=2 --data nowhere.npz --seed 0 --device cpu"
    assert f"{command} --threads 1" in words
    figures = sum(tag == "figure" for tag, _values in page.tags)
    assert figures == 5  # curves, network, confusion, class scores, confused pairs
    assert "Pictures of digits are left out:" in words


def test_seeds_of_one_recipe_are_summarized(tmp_path: Path, make_run: MakeRun) -> None:
    for seed, errors in enumerate((2, 4, 6)):
        make_run(tmp_path / "runs" / f"seed{seed}", errors=errors, seed=seed)
    words = page_of(tmp_path / "runs").words()
    # Errors 2, 4 and 6 of 1,000: mean 99.60, sample standard deviation 0.20.
    assert "99.60 ± 0.20" in words
    assert "± 0.20 points, n = 3" in words
    assert "99.40% to 99.80%" in words


@pytest.mark.slow
def test_recipes_with_the_same_seeds_are_compared(tmp_path: Path, make_run: MakeRun) -> None:
    for seed, errors in enumerate((20, 22, 21)):
        make_run(tmp_path / "runs" / f"a{seed}", errors=errors, seed=seed)
        changes = {"name": "mine"}
        make_run(tmp_path / "runs" / f"b{seed}", errors=errors - 15, seed=seed, recipe=changes)
    words = page_of(tmp_path / "runs").words()
    # Differences that are all the same leave nothing to estimate a variance from.
    assert "mine and mlp-128: no difference shown" in words
    make_run(tmp_path / "runs" / "a3", errors=20, seed=3)
    assert "Not compared: The scores of" in page_of(tmp_path / "runs").words()


@pytest.mark.slow
def test_recipes_that_differ_are_kept_apart(tmp_path: Path, make_run: MakeRun) -> None:
    make_run(tmp_path / "a")
    make_run(tmp_path / "b", recipe={"learning_rate": 0.5})
    make_run(tmp_path / "c", subset=500)
    words = page_of(*(tmp_path / name for name in "abc")).words()
    assert "mlp-128 (epochs=2) · test accuracy" in words
    assert "mlp-128 (learning_rate=0.5, epochs=2) · test accuracy" in words
    assert "500 images) · test accuracy" in words


def test_a_run_without_scores_says_how_far_it_is(tmp_path: Path, make_run: MakeRun) -> None:
    make_run(tmp_path / "run", finished=False, recipe={"epochs": 7})
    words = page_of(tmp_path / "run").words()
    assert "2 of 7 epochs" in words
    assert "Runs not finished: 1." in words


def test_a_cross_validation(crossval: Path) -> None:
    page = page_of(crossval)
    assert_self_contained(page)
    assert_accessible(page, "en")
    words = page.words()
    assert "97.60 ± 0.14" in words
    assert "mlp-256 is better than mlp-128 by 0.60 points" in words
    assert "(95 % interval 0.20 to 1.00, p = 0.012 corrected for 2 pairs, n = 2 folds)." in words
    assert (
        "mlp-128 and mlp-256: no difference shown (mean difference -0.01 points, "
        "95 % interval -100.00 to +100.00, p = 1.00, n = 2 folds)."
    ) in words
    assert "as folders written before kept it" not in words
    assert "out of &lt;paper&gt;" in words
    assert "1 h 2 min" in words
    assert "tenfold crossval mlp-128 mlp-256 --folds 2" in words
    assert "Learning curves of mlp-128." in words


@pytest.mark.slow
def test_an_experiment_says_how_many_images_it_used(crossval: Path, sweep: Path) -> None:
    assert "Training images used" not in page_of(crossval).words()
    for folder in (crossval, sweep):
        for subset, words in ((None, "all of them"), (1000, "the first 1,000")):
            plan = {"data": {"name": "drawn", "sha256": "beef"}, "subset": subset}
            (folder / "experiment.json").write_text(json.dumps({"plan": plan}), encoding="utf-8")
            assert f"Training images used {words}" in page_of(folder).words()


def test_a_sweep(sweep: Path) -> None:
    page = page_of(sweep)
    assert_self_contained(page)
    assert_accessible(page, "en")
    words = page.words()
    assert words.index("1 0.01 97.00%") < words.index("0 0.1 91.00%")  # the best trial first
    best = re.search(r'<tr class="best">.*?</tr>', page.text, re.DOTALL)
    assert best is not None
    assert "97.00%" in best.group()
    assert "stopped early" in words
    assert "tenfold sweep mlp-128 --set learning_rate=0.1,0.01,9" in words


@pytest.mark.slow
def test_runs_and_experiments_on_one_page(
    crossval: Path, sweep: Path, tmp_path: Path, make_run: MakeRun
) -> None:
    make_run(tmp_path / "run")
    page = page_of(crossval, sweep, tmp_path / "run")
    assert_self_contained(page)
    assert_accessible(page, "en")
    words = page.words()
    assert "A sweep of 3 trials." in words
    assert "Training runs: 1." in words
    titles = re.findall(r"<h2>(.*?)</h2>", page.text)
    assert titles == [
        "Cross-validation · mlp-128, mlp-256",
        "Sweep · mlp-128",
        "Training runs · mlp-128",
    ]
    links = [values["href"] for tag, values in page.tags if tag == "a"]
    assert {"#s1", "#s1-1", "#s2", "#s3-1"} <= set(links)
    assert len(links) == len(set(links)) == len(re.findall(r"<h[23]>", page.text))


@pytest.mark.slow
def test_in_chinese_with_characters_inside(crossval: Path) -> None:
    set_language("zh")
    try:
        page = page_of(crossval)
    finally:
        set_language(None)
    assert_self_contained(page)
    assert_accessible(page, "zh-Hans")
    assert "mlp-256 比 mlp-128 高 0.60 个百分点" in page.words()
    assert 'src: url("data:font/woff;base64,' in page.text
    assert "data:font" not in page_of(crossval).text


@pytest.mark.parametrize(
    "results",
    [
        {"kind": "crossval"},
        {"kind": "crossval", "recipes": [{"name": "x"}]},
        {"kind": "sweep"},
        {"kind": "sweep", "parameters": ["a"], "trials": [{"number": 1, "state": "failed"}]},
        {"kind": "sweep", "best": 9, "trials": [{"number": 1, "accuracy": 0.5}]},
    ],
)
def test_what_is_missing_is_left_out(
    tmp_path: Path, results: dict[str, Any], write_results: WriteResults
) -> None:
    assert_self_contained(page_of(write_results(tmp_path / "x", results)))


def test_nothing_in_a_folder_becomes_markup(tmp_path: Path, write_results: WriteResults) -> None:
    evil = '"><script>alert(1)</script>{{ 7 * 7 }}$x^2$'
    results = {
        "kind": "crossval",
        "command": evil,
        "recipes": [{"name": evil, "scores": [{"fold": 0, "accuracy": 0.5, "run": evil}]}],
        "failed": [{"recipe": evil, "fold": 0, "error": evil}],
    }
    page = page_of(write_results(tmp_path / "x", results))
    assert_self_contained(page)
    assert "&lt;script&gt;" in page.text
    assert "{{ 7 * 7 }}" in page.text


def test_runs_outside_the_experiment_are_not_read(
    tmp_path: Path, make_run: MakeRun, write_results: WriteResults
) -> None:
    make_run(tmp_path / "secret")
    score = {"fold": 0, "accuracy": 0.5, "run": "../secret"}
    results = {"kind": "crossval", "recipes": [{"name": "x", "scores": [score]}]}
    assert "Abacus" not in page_of(write_results(tmp_path / "x", results)).text


@pytest.mark.parametrize(("language", "line"), [("en", "- Folds: 2"), ("zh", "- 折数：2")])
def test_markdown_lists_facts_with_the_colon_of_its_language(
    crossval: Path, language: str, line: str
) -> None:
    try:
        set_language(language)
        page = write_report([crossval], "report.md").read_text(encoding="utf-8")
    finally:
        set_language(None)
    assert line in page.splitlines()


def test_markdown_has_its_figures_beside_it(crossval: Path, tmp_path: Path) -> None:
    out = write_report([crossval], tmp_path / "my report.md")
    text = out.read_text(encoding="utf-8")
    images = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)
    assert len(images) == 4  # boxes, curves, network, confusion
    for image in images:
        content = (tmp_path / image.replace("%20", " ")).read_bytes()
        assert content.startswith(b"\x89PNG")
    assert "| mlp-128 | 2 | 97.60 ± 0.14 |" in text
    assert r"out of \<paper\>" in text
    assert "```console\ntenfold crossval" in text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("not json", "results.json is damaged"),
        ("{}", "results.json is damaged"),
        ('{"kind": "party"}', "results.json is damaged"),
        ('{"kind": "sweep", "trials": [{"number": 1, "accuracy": 7}]}', "accuracy"),
        ('{"kind": "crossval", "recipes": 3}', "recipes"),
        ('{"kind": "crossval", "comparisons": [{"first": "a"}]}', "comparisons"),
        ("[" * 100_000, "results.json is damaged"),
    ],
)
def test_damaged_results_are_named(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "results.json").write_text(content, encoding="utf-8")
    with pytest.raises(RunError, match=re.escape(says)):
        write_report([tmp_path], "report.html")
    assert not Path("report.html").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("run.json", "{}"),
        ("run.json", '{"recipe": {}, "settings": {}}'),
        ("run.json", '{"recipe": 3, "settings": 4}'),
        ("scores.json", '{"test": {"accuracy": "high"}}'),
        ("scores.json", '{"test": {"accuracy": 0.5, "loss": 1, "confusion": [[1]]}}'),
        ("environment.json", '{"versions": 3}'),
        ("history.jsonl", "x"),
    ],
)
def test_damaged_runs_are_refused_in_words(
    tmp_path: Path, name: str, content: str, make_run: MakeRun
) -> None:
    run = make_run(tmp_path / "run")
    (run.folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(TenfoldError, match=r"damaged|complete recipe"):
        write_report([run.folder], "report.html")


def test_a_figure_that_cannot_be_drawn_is_said_in_words(tmp_path: Path, make_run: MakeRun) -> None:
    run = make_run(tmp_path / "run")
    run.write_history(list(reversed(run.history)))
    words = page_of(run.folder).words()
    assert "Learning curves of mlp-128. Not drawn: The values of &#39;step&#39;" in words


def test_what_cannot_be_reported_is_said(tmp_path: Path, make_run: MakeRun) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="Received no folder"):
        write_report([], "report.html")
    for place in ("nowhere", "file", "."):
        with pytest.raises(RunError, match="is neither a run's folder"):
            write_report([tmp_path / place], "report.html")
    make_run(tmp_path / "run")
    with pytest.raises(InputError, match=r"ends in \.html or \.md"):
        write_report([tmp_path / "run"], "report.pdf")
    with pytest.raises(StorageError):
        write_report([tmp_path / "run"], tmp_path / "file" / "report.html")


def test_the_same_folders_give_the_same_bytes(crossval: Path) -> None:
    set_language("zh")
    try:
        first, second = (write_report([crossval], f"{name}.html").read_bytes() for name in "ab")
    finally:
        set_language(None)
    assert first == second
