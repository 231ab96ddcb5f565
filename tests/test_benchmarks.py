"""The benchmark's machinery at small scale: the orchestrator, the record network, the tables."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import onnx
import pytest
import torch

import tenfold
from tenfold.models import load_bundled
from tenfold.recipes import parameter_count, summarize

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
PARTS = ("sprint", "tutorials", "folds", "reading", "growth")

PART = """
BUDGET = 1.0

def measure(options):
    return {"value": VALUE, "tiny": options.tiny, "left_out": ["what is left out"]}

def tables(result):
    return {"NAME": f"table of {result['value']}"}
"""
PAGE = """# Page

By hand.

<!-- one -->
<!-- /one -->

Between.

<!-- two -->formerly<!-- /two -->
"""


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield importlib.import_module("run")
    for name, module in list(sys.modules.items()):
        if str(BENCHMARKS) in (getattr(module, "__file__", None) or ""):
            del sys.modules[name]


def part(bench: ModuleType, name: str) -> ModuleType:
    return bench.load_part(BENCHMARKS / "parts" / f"{name}.py")


@pytest.fixture
def place(bench: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two tiny parts and a page; returns the options that lead there."""
    (tmp_path / "parts").mkdir()
    write_part(tmp_path, "one", 1)
    write_part(tmp_path, "two", 2)
    (tmp_path / "page.md").write_text(PAGE)
    monkeypatch.setattr(bench, "PARTS", ("one", "two"))
    monkeypatch.setattr(bench, "PARTS_FOLDER", tmp_path / "parts")
    return ["--folder", str(tmp_path / "out"), "--page", str(tmp_path / "page.md"), "--tiny"]


def write_part(folder: Path, name: str, value: int) -> None:
    text = PART.replace("VALUE", str(value)).replace("NAME", name)
    (folder / "parts" / f"{name}.py").write_text(text)


def test_all_parts_run_and_the_page_is_filled(
    bench: ModuleType, place: list[str], tmp_path: Path
) -> None:
    assert bench.main(place) == 0
    page = (tmp_path / "page.md").read_text()
    assert page.startswith("# Page\n\nBy hand.\n\n<!-- one -->\n\ntable of 1\n")
    assert "\n\nBetween.\n\n<!-- two -->\n\ntable of 2\n" in page
    assert "formerly" not in page
    assert page.count("- Left out: what is left out") == 2
    results = json.loads((tmp_path / "out" / "results.json").read_bytes())
    assert results["parts"]["two"]["result"]["value"] == 2
    assert results["parts"]["two"]["result"]["tiny"] is True
    assert results["parts"]["two"]["machine"]["versions"]["tenfold"]

    # One part alone leaves the other's result as it was; twice the same gives the same page.
    write_part(tmp_path, "one", 10)
    write_part(tmp_path, "two", 20)
    assert bench.main([*place, "--only", "two"]) == 0
    page = (tmp_path / "page.md").read_text()
    assert "table of 1\n" in page
    assert "table of 20\n" in page
    assert bench.main([*place, "--rewrite"]) == 0
    assert (tmp_path / "page.md").read_text() == page


def test_a_part_that_fails_leaves_the_old_results(
    bench: ModuleType, place: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    old = {"parts": {}}
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "results.json").write_text(json.dumps(old))
    (tmp_path / "parts" / "one.py").write_text("BUDGET = 1.0\ndef measure(options): 1 / 0\n")
    assert bench.main([*place, "--only", "one"]) == 1
    assert "one: ended with code 1" in capfd.readouterr().err
    assert json.loads((tmp_path / "out" / "results.json").read_bytes()) == old
    assert (tmp_path / "page.md").read_text() == PAGE


def test_a_name_without_markers_is_told(
    bench: ModuleType, place: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "page.md").write_text("nothing\n")
    assert bench.main([*place, "--only", "one"]) == 1
    assert "has no markers for one" in capfd.readouterr().err
    assert (tmp_path / "page.md").read_text() == "nothing\n"


def test_results_of_an_older_form_are_told(
    bench: ModuleType, place: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert bench.main(place) == 0
    file = tmp_path / "out" / "results.json"
    results = json.loads(file.read_bytes())
    del results["parts"]["one"]["result"]["value"]
    file.write_text(json.dumps(results))
    write_part(tmp_path, "two", 20)
    assert bench.main([*place, "--only", "two"]) == 1
    assert "one: its results are of an older form" in capfd.readouterr().err
    page = (tmp_path / "page.md").read_text()
    assert "table of 1\n" in page
    assert "table of 20\n" in page


@pytest.mark.parametrize("words", [["--only", "three"], ["--tiny"]])
def test_bad_options_are_refused(
    bench: ModuleType, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        bench.main(words)
    assert "error" in capsys.readouterr().err


def test_the_page_of_the_project_has_all_markers(bench: ModuleType) -> None:
    page = (bench.DOCS / "benchmarks.md").read_text(encoding="utf-8")
    results = {"sprint": SPRINT, "tutorials": TUTORIALS, "folds": FOLDS}
    results |= {"reading": READING, "growth": GROWTH}
    assert tuple(results) == PARTS == bench.PARTS
    for name, result in results.items():
        told = part(bench, name).tables(result)
        assert name in told
        assert bench.fill(page, told)[1] == []


def test_all_parts_together_take_half_an_hour(bench: ModuleType) -> None:
    assert sum(part(bench, name).BUDGET for name in bench.PARTS) <= 30


def test_the_record_is_what_its_description_says(bench: ModuleType) -> None:
    record, sprint = importlib.import_module("_record"), part(bench, "sprint")
    weights = [p.numel() for p in record.build().parameters()]
    # 24 x 25 + 24, 32 x 24 x 9 + 32, 800 x 256 + 256, 256 x 10 + 10, counted by hand.
    assert [sum(weights[at : at + 2]) for at in range(0, 8, 2)] == [624, 6_944, 205_056, 2_570]
    assert sum(weights) == parameter_count(sprint.RECORD_LAYERS)
    # 0.45 TFLOP in all, as computed from the published code.
    assert sprint.flop(sprint.RECORD_LAYERS, 60_000) == pytest.approx(0.45e12, rel=0.01)
    assert summarize(sprint.RECORD_LAYERS)[-2].shape == (256,)


@pytest.mark.parametrize("layout", [torch.channels_last, torch.contiguous_format])
def test_the_record_learns(
    bench: ModuleType, drawn: tenfold.DataSet, layout: torch.memory_format
) -> None:
    record = importlib.import_module("_record")
    images, labels = (
        torch.from_numpy(np.array(each)) for each in (drawn.train.images, drawn.train.labels)
    )
    network = record.train(images, labels.long(), 0, layout)
    # Five steps; a guess is right one time in ten.
    assert record.accuracy(network, images, labels.long(), layout) > 0.25
    again = record.train(images, labels.long(), 0, layout)
    assert torch.equal(network[0].weight, again[0].weight)


@pytest.mark.parametrize("name", ["cnn-deep", "digits"])
def test_pytorch_reads_what_the_model_reads(bench: ModuleType, name: str, tmp_path: Path) -> None:
    rebuild = importlib.import_module("_torch_reading").rebuild
    model = load_bundled(name)
    (tmp_path / "model.onnx").write_bytes(model.content)
    images = np.random.default_rng(0).random((3, 1, 28, 28), np.float32)
    with torch.no_grad():
        told = rebuild(str(tmp_path / "model.onnx"))(torch.from_numpy(images))[:, :10].numpy()
    np.testing.assert_allclose(told, model.logits(images), rtol=1e-3, atol=1e-3)


def test_pytorch_refuses_what_it_cannot_rebuild(bench: ModuleType, tmp_path: Path) -> None:
    rebuild = importlib.import_module("_torch_reading").rebuild
    inside = onnx.helper.make_node("Softmax", ["x"], ["y"])
    graph = onnx.helper.make_graph([inside], "g", [], [])
    onnx.save(onnx.helper.make_model(graph), tmp_path / "model.onnx")
    with pytest.raises(ValueError, match="Softmax"):
        rebuild(str(tmp_path / "model.onnx"))


def test_who_is_not_there_or_dies_is_left_out(bench: ModuleType, tmp_path: Path) -> None:
    peers = importlib.import_module("_peers")
    python = Path(sys.executable)
    script = tmp_path / "contender.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(BENCHMARKS)!r})\n"
        "from _contender import serve\n"
        "print('noise')\n"
        "serve({'versions': {}}, {'double': lambda x: 2 * x, 'die': lambda: 1 / 0})\n"
    )
    with peers.Field() as field:
        field.enter("nobody", None, str(script))
        field.enter("nowhere", tmp_path / "python", str(script))
        field.enter("broken", python, str(tmp_path / "no-script.py"))
        script.write_text(script.read_text().replace("print('noise')\n", ""))
        field.enter("there", python, str(script))
        assert field.ask("there", "double", 21) == 42
        assert field.ask("there", "die") is None
        assert field.ask("there", "double", 1) is None
        assert [what.partition(":")[0] for what in field.left_out] == [
            "nobody",
            "nowhere",
            "broken",
            "there",
        ]
    assert "ZeroDivisionError" in field.left_out[-1]


def test_the_sprints_table(bench: ModuleType) -> None:
    told = part(bench, "sprint").tables(SPRINT)
    row = "| sprint | bf16 | 1.50 | 1.00 to 2.00 | 0.25 (0.20 to 0.30) | 99.050 ± 0.071 % | 2 |"
    assert row in told["sprint"]
    assert "sprint 3.00 s" in told["sprint"]
    assert "| `tenfold train sprint`, a whole process | 4.00 |" in told["sprint-command"]


def test_the_tutorials_table_has_the_fastest_first(bench: ModuleType) -> None:
    lines = part(bench, "tutorials").tables(TUTORIALS)["tutorials"].splitlines()
    assert lines[2].startswith("| cnn-deep | Tenfold, fp32 | 4,000 | 3,000 to 5,000 | 2.00 |")
    assert lines[3].startswith("| cnn-deep | Keras on TensorFlow | 2,000 |")


def test_the_folds_table(bench: ModuleType) -> None:
    told = part(bench, "folds").tables(FOLDS)["folds"]
    assert "| one after another, 2 threads | 6.0 | 5.0, 7.0 | 1.20 (1.00 to 1.40) |" in told


def test_the_readings_table_names_the_best(bench: ModuleType) -> None:
    told = part(bench, "reading").tables(READING)["reading"]
    row = "| digits | 32 | 2 | 16,000 | ONNX Runtime, 1 thread | 1.25 (1.00 to 1.50) |"
    assert f"{row} ONNX Runtime, int8 (int8) | 2.00 (2.00 to 2.00) | 2 |" in told
    assert "| Tenfold | 99.10% |" in told


def test_growth_says_where_it_is_not_linear(bench: ModuleType) -> None:
    told = part(bench, "growth").tables(GROWTH)["growth"]
    # Ten times the images took twice the time: log 2 / log 10.
    assert "not linear from 1,000 to 10,000 images: 0.30." in told
    assert "evaluation with cnn-deep: time grows with the power 1.00" in told
    assert "linear throughout" in told


@pytest.mark.parametrize("name", ["sprint", "tutorials", "growth"])
def test_figures_are_drawn(bench: ModuleType, name: str, tmp_path: Path) -> None:
    result = {"sprint": SPRINT, "tutorials": TUTORIALS, "growth": GROWTH}[name]
    for title, figure in part(bench, name).figures(result).items():
        path = bench.save(figure, tmp_path / f"{title}.svg")
        assert path.stat().st_size > 5_000


def spread(*values: float, mean: float | None = None) -> dict[str, Any]:
    middle = float(np.median(values))
    return {
        "values": list(values),
        "n": len(values),
        "median": middle,
        "min": min(values),
        "max": max(values),
        "mean": middle if mean is None else mean,
        "sd": float(np.std(values, ddof=1)) if len(values) > 1 else None,
    }


def sprint_row(share: dict[str, Any], first: float | None, precision: str) -> dict[str, Any]:
    return {
        "seconds": spread(1, 2),
        "accuracy": spread(0.99, 0.991),
        "first_seconds": first,
        "precision": precision,
        "share_of_record": share,
        "flop": 1e11,
        "epochs": 1,
    }


SPRINT = {
    "layout": "channels_last",
    "layouts": {"contiguous": 6.0, "channels_last": 5.0},
    "threads": 2,
    "rows": {
        "sprint": sprint_row(spread(0.2, 0.3), 3.0, "bf16"),
        "record": sprint_row(spread(1, 1), None, "fp32"),
    },
    "commands": {
        "sprint": {
            key: spread(value)
            for key, value in {
                "all": 4,
                "imports": 1,
                "data": 0.5,
                "training": 2,
                "rest": 0.5,
            }.items()
        }
    },
}
TUTORIALS = {
    "recipes": {
        "cnn-deep": {
            "images_seen": 72_000,
            "rows": {
                "Keras on TensorFlow": {
                    "rate": spread(2_000, 2_000),
                    "over_rival": spread(1, 1),
                    "accuracy": None,
                },
                "Tenfold, fp32": {
                    "rate": spread(3_000, 5_000),
                    "over_rival": spread(1.5, 2.5),
                    "accuracy": 0.98,
                },
            },
        }
    }
}
FOLDS = {
    "images": 8_000,
    "rows": {
        "2 at once, one thread each": {"seconds": spread(5, 5), "share": spread(1, 1)},
        "one after another, 2 threads": {"seconds": spread(5, 7), "share": spread(1, 1.4)},
    },
}
READING = {
    "rows": {
        "digits": {
            "32": {
                "Tenfold": {"ms": spread(2, 2), "tenfold_over": spread(1, 1), "precision": "f32"},
                "ONNX Runtime, 1 thread": {
                    "ms": spread(1.5, 1.6),
                    "tenfold_over": spread(1.0, 1.5),
                    "precision": "f32",
                },
                "ONNX Runtime, int8": {
                    "ms": spread(1, 1),
                    "tenfold_over": spread(2, 2),
                    "precision": "int8",
                },
            }
        }
    },
    "accuracy": {"digits": {"Tenfold": 0.991, "ONNX Runtime, int8": 0.99}},
}


def growth_rows(*seconds: float) -> dict[str, dict[str, float]]:
    counts = ("1000", "10000", "100000")
    return {
        count: {"seconds": each, "mb": 200.0, "child_mb": 0.0}
        for count, each in zip(counts, seconds, strict=True)
    }


GROWTH = {
    "recipe": "sprint",
    "rows": {
        "train": growth_rows(1, 2, 20),
        "evaluate": growth_rows(1, 10, 100),
        "crossval": {},
        "read": growth_rows(1, 10, 100),
    },
}
