"""``tenfold report`` and ``tenfold evaluate --report``, as typed by a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from _commands import Tenfold
from tenfold.data import DataSet
from tenfold.records import Run
from tenfold.training import Silence, train


@pytest.fixture(scope="module")
def run(drawn_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A short training on drawn digits."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    changes = {"epochs": 2, "batch_size": 60, "steps_per_epoch": 20}
    return train("mlp-128", str(drawn_file), run=folder, changes=changes, observer=Silence())


@pytest.mark.slow
def test_a_report_of_a_real_run_has_pictures_of_its_digits(run: Run, tenfold: Tenfold) -> None:
    code, out, _err = tenfold("report", run.folder)
    assert code == 0
    page = run.folder / "report.html"
    assert out == f"Wrote {page}\n"
    text = page.read_text(encoding="utf-8")
    assert "The first 25 images as mlp-128 reads them." in text
    assert "How far the confidence of mlp-128 can be believed." in text
    assert f"{run.scores.test.accuracy:.2%}" in text


@pytest.mark.slow
def test_the_language_is_chosen_behind_the_command_too(run: Run, tenfold: Tenfold) -> None:
    code, out, _err = tenfold("report", run.folder, "--out", "deep/bericht.md", "--lang", "zh")
    assert code == 0
    assert out == "已写入 deep/bericht.md\n"
    assert "mlp-128 的学习曲线。" in Path("deep/bericht.md").read_text(encoding="utf-8")
    assert len(list(Path("deep/bericht-figures").glob("*.png"))) >= 5


def test_what_is_no_run_is_said(tenfold: Tenfold) -> None:
    code, _out, err = tenfold("report", "nowhere")
    assert code == 1
    assert "nowhere is neither a run's folder" in err


def test_data_that_have_changed_are_not_shown_as_the_runs(
    run: Run, drawn_file: Path, drawn: DataSet, tenfold: Tenfold
) -> None:
    from tenfold.data import save

    before = drawn_file.read_bytes()
    try:
        save(
            DataSet("drawn", {"train": drawn.test, "test": drawn.test}), drawn_file, overwrite=True
        )
        code, _out, _err = tenfold("report", run.folder, "--out", "changed.html")
    finally:
        drawn_file.write_bytes(before)
    assert code == 0
    text = Path("changed.html").read_text(encoding="utf-8")
    assert "are not those of the run, so pictures of digits are left out" in text
    assert "The first 25 images" not in text


@pytest.mark.slow
def test_evaluate_writes_a_report(
    run: Run, drawn_file: Path, drawn: DataSet, tenfold: Tenfold
) -> None:
    words = ["evaluate", run.folder, "--data", drawn_file, "--report", "page.html"]
    code, out, err = tenfold(*words)
    assert code == 0
    assert f"{run.scores.test.accuracy:.2%}" in out
    assert "Wrote page.html" in err
    text = Path("page.html").read_text(encoding="utf-8")
    assert f"{run.scores.test.accuracy:.2%}" in text
    assert drawn.test.hash() in text
    assert f"tenfold evaluate {run.folder} --data {drawn_file} --split test --report page.html" in (
        text
    )
    assert "The errors of which mlp-128 was most sure." in text
    code, _out, err = tenfold(*words[:-1], "page.pdf")
    assert code == 1
    assert "ends in .html or .md" in " ".join(err.split())
