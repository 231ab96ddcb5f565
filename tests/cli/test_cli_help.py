"""Help pages: nothing in them is lost, in either language, however narrow the terminal."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator

import pytest
from rich.cells import cell_len

from _commands import Tenfold, all_commands, built, call
from tenfold.cli import command_names
from tenfold.cli._wrapping import wrapped
from tenfold.language import set_language


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """A language in which commands are imported, for that is when their help is translated."""
    import tenfold.cli

    names = [*command_names(), "_arguments"]
    before = {name: importlib.import_module(f"tenfold.cli.{name}") for name in names}
    for name in names:
        del sys.modules[f"tenfold.cli.{name}"]
    try:
        yield request.param
    finally:
        set_language(None)
        for name, module in before.items():
            sys.modules[f"tenfold.cli.{name}"] = module
            setattr(tenfold.cli, name, module)


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("width", [60, 80])
def test_every_word_of_help_is_on_its_page(
    language: str, width: int, monkeypatch: pytest.MonkeyPatch, tenfold: Tenfold
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    set_language(language)
    command_line = built()
    call(command_line, monkeypatch)
    seen = 0
    for path, command in all_commands(command_line):
        code, shown, _err = tenfold(f"--lang={language}", *path, "--help")
        assert code == 0
        assert max(map(cell_len, shown.splitlines())) <= width, path
        assert "…" not in shown, path
        said = [command.help, *(inner.help for inner in getattr(command, "commands", {}).values())]
        said += [each.help for each in command.params if each.name[-10:] != "completion"]
        for words in filter(None, said):
            assert squeezed(words) in squeezed(shown), (path, words)
            seen += 1
        for each in command.params:
            assert all(name in shown for name in each.opts if name.startswith("-")), path
            assert squeezed(each.metavar or "") in squeezed(shown), path
        if language == "zh":
            foreign = ("Usage", "Options", "Arguments", "Commands", "default", "Show ", "requ")
            assert not [word for word in foreign if word in shown], path
    assert seen > 150


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 9, []),
        ("one two three", 7, ["one two", "three"]),
        ("a word-that-is-longer b", 8, ["a", "word-tha", "t-is-lon", "ger b"]),
        ("像素：0 到 255（bytes）。", 11, ["像素：0 到", "255", "（bytes）。"]),
        ("一二三四，五", 8, ["一二三", "四，五"]),
    ],
)
def test_lines_are_wrapped_as_they_are_read(text: str, width: int, lines: list[str]) -> None:
    assert [*wrapped(text, width)] == lines
