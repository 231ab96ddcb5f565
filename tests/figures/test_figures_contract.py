"""Every figure of the folder, in both languages and as each kind of file."""

from __future__ import annotations

import functools
import importlib
import inspect
import itertools
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

import tenfold.figures
from tenfold.errors import UnknownNameError
from tenfold.figures import figure_names, find_figure, save
from tenfold.language import LANGUAGES, set_language

STARTS = {"png": b"\x89PNG\r\n", "svg": b"<?xml", "pdf": b"%PDF-"}


def example(name: str) -> Figure:
    figure: Figure = importlib.import_module(f"tenfold.figures.{name}").example()
    return figure


@functools.cache
def saved(name: str, language: str) -> dict[str, bytes]:
    """The figure's example as each kind of file; drawing takes long enough to do it once."""
    set_language(language)
    figure = example(name)
    return {ending: saved_as(figure, ending) for ending in STARTS}


def saved_as(figure: Figure, ending: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return save(figure, Path(folder) / f"figure.{ending}").read_bytes()


@functools.cache
def shown(name: str, language: str) -> tuple[Figure, list[Text]]:
    """The figure's example, and every text on it."""
    set_language(language)
    figure = example(name)
    return figure, drawn_texts(figure)


def drawn_texts(figure: Figure) -> list[Text]:
    """Every text that matplotlib really draws; ticks out of range and hidden axes are not."""
    texts: list[Text] = []
    draw = Text.draw

    def record(text: Text, renderer: Any) -> None:
        if text.get_visible() and text.get_text().strip():
            texts.append(text)
        draw(text, renderer)

    with mock.patch.object(Text, "draw", record):
        figure.draw_without_rendering()
    return texts


def test_the_folder_is_the_registry() -> None:
    folder = Path(tenfold.figures.__file__).parent
    files = {path.stem for path in folder.glob("*.py") if not path.name.startswith("_")}
    assert set(figure_names()) == files
    assert {"confusion", "first_images", "learning_curves", "network", "predictions"} <= files


def test_an_unknown_figure_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'confusion'"):
        find_figure("confusoin")


def test_a_private_file_is_no_figure() -> None:
    with pytest.raises(UnknownNameError):
        find_figure("_style")


@pytest.mark.parametrize("name", figure_names())
def test_a_figure_documents_its_input_and_errors(name: str) -> None:
    module = importlib.import_module(f"tenfold.figures.{name}")
    assert {name, "example"} <= set(module.__all__)
    text = inspect.getdoc(find_figure(name)) or ""
    assert "Args:" in text
    assert "InputError" in text


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", figure_names())
def test_a_figure_is_drawn_and_saved(name: str, language: str) -> None:
    # A missing glyph is a warning of matplotlib's, and warnings are errors here.
    for ending, content in saved(name, language).items():
        assert content.startswith(STARTS[ending])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", figure_names())
def test_no_text_is_cut_off_or_tiny(name: str, language: str) -> None:
    figure, texts = shown(name, language)
    page = figure.bbox
    assert texts
    for text in texts:
        box = text.get_window_extent()
        assert box.x0 >= page.x0 - 1, text
        assert box.y0 >= page.y0 - 1, text
        assert box.x1 <= page.x1 + 1, text
        assert box.y1 <= page.y1 + 1, text
        assert text.get_fontsize() >= 8, text


@pytest.mark.parametrize("name", figure_names())
def test_chinese_text_is_chinese(name: str) -> None:
    words = "".join(text.get_text() for text in shown(name, "zh")[1])
    if name != "first_images":  # which holds digits alone
        assert any("\u4e00" <= letter <= "\u9fff" for letter in words)


@pytest.mark.slow
@pytest.mark.parametrize("name", figure_names())
def test_drawing_leaves_matplotlib_as_it_was(name: str, tmp_path: Path) -> None:
    plain = saved(name, "en")["png"]
    with mpl.rc_context({"font.size": 31.0, "axes.facecolor": "red"}):
        before = dict(mpl.rcParams)
        save(example(name), tmp_path / "users.png")
        assert dict(mpl.rcParams) == before
    assert (tmp_path / "users.png").read_bytes() == plain


DRAW_ALL = """
import importlib, sys
from tenfold.figures import save
folder, *files = sys.argv[1:]
for file in files:
    name = file.partition(".")[0]
    save(importlib.import_module(f"tenfold.figures.{name}").example(), f"{folder}/{file}")
assert "matplotlib.pyplot" not in sys.modules
"""


def by_another_process(language: str, files: list[str], folder: Path) -> None:
    environment = os.environ | {"PYTHONHASHSEED": "1", "TENFOLD_LANG": language}
    environment.pop("DISPLAY", None)
    command = [sys.executable, "-W", "error", "-c", DRAW_ALL, folder, *files]
    subprocess.run(command, env=environment, check=True)


def test_another_process_without_a_screen_or_pyplot_writes_the_same_bytes(tmp_path: Path) -> None:
    """Each figure as one kind of file, in turn; in all kinds and both languages below."""
    kinds = itertools.cycle(STARTS)
    files = {name: next(kinds) for name in figure_names()}
    by_another_process("en", [f"{name}.{ending}" for name, ending in files.items()], tmp_path)
    set_language("en")
    for name, ending in files.items():
        content = (tmp_path / f"{name}.{ending}").read_bytes()
        assert content == saved_as(example(name), ending), (name, ending)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_another_process_writes_the_same_bytes_of_every_kind(language: str, tmp_path: Path) -> None:
    by_another_process(language, [f"{n}.{e}" for n in figure_names() for e in STARTS], tmp_path)
    for name in figure_names():
        for ending, content in saved(name, language).items():
            assert content == (tmp_path / f"{name}.{ending}").read_bytes(), (name, ending)


WITHOUT_MATPLOTLIB = """
import importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "matplotlib" else find(name, *rest)
from tenfold.errors import MissingExtraError
try:
    import tenfold.figures
except MissingExtraError as error:
    print(error)
"""


def test_without_matplotlib_the_error_holds_the_line_that_installs_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_MATPLOTLIB], capture_output=True, text=True, check=True
    )
    assert "pip install 'tenfold[train]'" in done.stdout


def test_a_missing_glyph_would_fail_these_tests() -> None:
    figure = Figure()
    figure.text(0.1, 0.5, "训练", family=["DejaVu Sans"])
    with pytest.raises(UserWarning, match="missing from font"):
        figure.draw_without_rendering()
