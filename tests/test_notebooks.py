"""The notebooks are what their sources say, in both languages, and run from top to bottom."""

from __future__ import annotations

import ast
import base64
import importlib
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import nbformat
import numpy as np
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from PIL import Image

import tenfold
from tenfold.recipes import load_any_recipe

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
SOURCES = sorted((NOTEBOOKS / "sources").glob("*.md"))
LANGUAGES = ("en", "zh")
PICTURE = ROOT / "examples" / "pictures" / "seven-blue-ink.png"
LARGEST = 400_000
EVERY = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
EITHER = pytest.mark.parametrize("language", LANGUAGES)
HAN = re.compile("[\u4e00-\u9fff]")

SMALL = {
    "SUBSET": 400,
    "HELD_OUT": 100,
    "EPOCHS": 1,
    "LINES": 3,
    "SEEDS": 2,
    "FOLDS": 2,
    "FINAL": 300,
}
# ipykernel 7.4 warns of its own shutdown, and would not end if that were an error.
STRICT = """import warnings
warnings.simplefilter("error")
warnings.filterwarnings("ignore", "For consistency across", PendingDeprecationWarning)
"""
# One runs by default; in the other language the same code runs, and the other notebooks call no
# more of the package than it and crossval.
QUICK = (("000-mlp-512", "zh"),)


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(NOTEBOOKS))
    yield importlib.import_module("build")
    del sys.modules["build"]


def committed(build: ModuleType, source: Path, language: str) -> NotebookNode:
    notebook = nbformat.read(build.target_path(source, language), as_version=4)
    nbformat.validate(notebook)
    return notebook


def code(notebook: NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def pictures(notebook: NotebookNode) -> list[bytes]:
    shown = [out.get("data", {}) for cell in notebook.cells for out in cell.get("outputs", ())]
    return [base64.b64decode(data["image/png"]) for data in shown if "image/png" in data]


def printed(notebook: NotebookNode, stream: str) -> str:
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", ())]
    return "".join(out.text for out in outputs if out.get("name") == stream)


def test_there_is_a_notebook_for_every_tutorial(build: ModuleType) -> None:
    texts = {name[5:8] for name in _sources_of_recipes() if name.startswith("text ")}
    assert {source.name[:3] for source in SOURCES} == texts
    made = {build.target_path(source, language) for source in SOURCES for language in LANGUAGES}
    assert set(NOTEBOOKS.glob("*.ipynb")) == made


def _sources_of_recipes() -> list[str]:
    return [load_any_recipe(name).source for name in tenfold.recipe_names()]


@EVERY
@EITHER
def test_a_notebook_is_its_source_and_its_outputs(
    build: ModuleType, source: Path, language: str
) -> None:
    found, expected = committed(build, source, language), build.compose(source, language)
    assert found.metadata == expected.metadata
    for cell in (*found.cells, *expected.cells):
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
    assert found.cells == expected.cells


@EVERY
def test_both_languages_have_the_same_code_but_for_the_choice_of_one(
    build: ModuleType, source: Path
) -> None:
    english, chinese = (code(build.compose(source, language)) for language in LANGUAGES)
    assert [cell.replace('set_language("en")', 'set_language("zh")') for cell in english] == chinese
    assert english != chinese


@EVERY
def test_every_part_is_told_in_both_languages(build: ModuleType, source: Path) -> None:
    english, chinese = (build.compose(source, language) for language in LANGUAGES)
    assert [cell.cell_type for cell in english.cells] == [cell.cell_type for cell in chinese.cells]
    for one, other in zip(english.cells, chinese.cells, strict=True):
        if one.cell_type == "markdown":
            assert not HAN.search(one.source.replace("[中文]", ""))
            assert HAN.search(other.source)
            assert re.findall("^#+ ", one.source, re.MULTILINE) == re.findall(
                "^#+ ", other.source, re.MULTILINE
            )


@EVERY
def test_chinese_lines_break_where_a_space_may_stand(source: Path) -> None:
    wide = "[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”]"
    assert re.findall(f"{wide}\n{wide}", source.read_text(encoding="utf-8")) == []


@EVERY
def test_links_lead_somewhere(build: ModuleType, source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text)
    assert targets
    for target in targets:
        assert (NOTEBOOKS / target).exists(), target


@EVERY
def test_cells_use_public_names_alone(build: ModuleType, source: Path) -> None:
    cells = code(build.compose(source, "en"))
    for node in ast.walk(ast.parse("\n".join(cells).replace("%matplotlib inline", ""))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("tenfold"):
            public = importlib.import_module(node.module).__all__
            assert {name.name for name in node.names} <= set(public), node.module
            assert not any(part.startswith("_") for part in node.module.split("."))
        if isinstance(node, ast.Attribute):
            assert not node.attr.startswith("_")
            if isinstance(node.value, ast.Name) and node.value.id == "tenfold":
                assert node.attr in tenfold.__all__


@EVERY
@EITHER
def test_the_outputs_are_of_one_run_and_take_little_room(
    build: ModuleType, source: Path, language: str
) -> None:
    notebook = committed(build, source, language)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not [out for cell in cells for out in cell.outputs if out.output_type == "error"]
    assert build.target_path(source, language).stat().st_size < LARGEST
    assert len(pictures(notebook)) >= 7
    # What the comparison says is in the notebook's language.
    assert bool(HAN.search(printed(notebook, "stdout"))) == (language == "zh")


def test_a_parameter_that_is_not_there_is_refused(build: ModuleType) -> None:
    with pytest.raises(ValueError, match=r"Received \['NOTHING'\]; expected some of \['DATA'"):
        build.compose(SOURCES[0], "en", {"NOTHING": 1})


def test_words_are_renewed_without_a_run(
    build: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    source = sources / "000-look.md"
    output = nbformat.v4.new_output("stream", name="stdout", text="2\n")
    monkeypatch.setattr(build, "HERE", tmp_path)
    monkeypatch.setattr(sys, "argv", ["build.py", "--words"])
    source.write_text("Words.\n\n```python\nprint(1 + 1)\n```\n", encoding="utf-8")
    for language in LANGUAGES:
        notebook = build.compose(source, language)
        notebook.cells[1].outputs, notebook.cells[1].execution_count = [output], 1
        nbformat.write(notebook, build.target_path(source, language))
    source.write_text("Other words.\n\n```python\nprint(1 + 1)\n```\n", encoding="utf-8")
    build.main()
    for language in LANGUAGES:
        words, cell = committed(build, source, language).cells
        assert (words.source, cell.outputs, cell.execution_count) == ("Other words.", [output], 1)
    source.write_text("Other words.\n\n```python\nprint(2)\n```\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="The code has changed"):
        build.main()


def test_a_name_that_no_source_has_is_refused(
    build: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["build.py", "003"])
    with pytest.raises(SystemExit) as ended:
        build.main()
    assert ended.value.code == 2
    assert "no source 003; expected 000-mlp-512" in capsys.readouterr().err


@pytest.mark.usefixtures("_own_kernel")
def test_a_cell_that_fails_stops_the_notebook(build: ModuleType, tmp_path: Path) -> None:
    cell = nbformat.v4.new_code_cell("raise ValueError('here')")
    with pytest.raises(CellExecutionError, match="ValueError"):
        run(build, nbformat.v4.new_notebook(cells=[cell]), tmp_path)


@pytest.mark.parametrize("figure", ["confusion", "network"])
def test_a_picture_with_a_palette_looks_the_same(build: ModuleType, figure: str) -> None:
    before = io.BytesIO()
    importlib.import_module(f"tenfold.figures.{figure}").example().savefig(before, format="png")
    shown = {"image/png": base64.b64encode(before.getvalue()).decode(), "text/plain": "<Figure>"}
    build._lighten(shown)
    after = base64.b64decode(shown["image/png"])
    assert len(after) < len(before.getvalue()) / 2
    one, other = (
        np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), np.int64)
        for png in (before.getvalue(), after)
    )
    assert np.abs(one - other).mean() < 0.5
    assert np.abs(one - other).max() <= 40


@pytest.fixture
def _own_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep Jupyter and IPython out of the home of the person who runs the tests."""
    for variable in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable.lower()))


def run(build: ModuleType, notebook: NotebookNode, folder: Path) -> None:
    """Execute with every warning in the kernel an error."""
    notebook.cells.insert(0, nbformat.v4.new_code_cell(STRICT))
    build.execute(notebook, folder)


@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("_own_kernel")
@pytest.mark.parametrize(
    ("name", "language"),
    [
        pytest.param(
            source.stem,
            language,
            marks=() if (source.stem, language) in QUICK else pytest.mark.slow,
        )
        for source in SOURCES
        for language in LANGUAGES
    ],
)
def test_a_notebook_runs_from_top_to_bottom(
    build: ModuleType,
    drawn_file: Path,
    tmp_path: Path,
    name: str,
    language: str,
) -> None:
    (source,) = (path for path in SOURCES if path.stem == name)
    given = SMALL | {"DATA": str(drawn_file), "PICTURE": str(PICTURE)}
    (cell,) = (
        cell
        for cell in build.compose(source, "en").cells
        if "parameters" in cell.metadata.get("tags", ())
    )
    asked = {line.partition(" = ")[0] for line in cell.source.splitlines()}
    small = {key: value for key, value in given.items() if key in asked}
    assert small.keys() == asked
    notebook = build.compose(source, language, small)
    run(build, notebook, tmp_path)
    assert len(pictures(notebook)) == len(pictures(committed(build, source, language)))
    assert bool(HAN.search(printed(notebook, "stdout"))) == (language == "zh")
