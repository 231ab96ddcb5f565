"""Every sentence that a person may read exists in Chinese, with the same placeholders."""

from __future__ import annotations

import ast
import inspect
import json
import string
import tomllib
from pathlib import Path

import pytest

import tenfold
from tenfold.language import current_language, set_language, text

SOURCE = Path(tenfold.__file__).parent
PAGE = SOURCE / "web" / "static" / "languages" / "en.json"
CATALOGS = sorted((SOURCE / "languages" / "zh").glob("*.toml"))


def templates_in(path: Path) -> set[str]:
    """The first arguments of all calls of ``_`` in a file, which must be literal."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            argument = node.args[0]
            if isinstance(argument, ast.Constant):
                found.add(argument.value)
            else:
                assert path.parts[-2:] == ("cli", "__init__.py"), f"{path}:{node.lineno}"
    return found


def command_summaries() -> set[str]:
    import importlib

    from tenfold.cli import command_names

    summaries = set()
    for name in command_names():
        module = importlib.import_module(f"tenfold.cli.{name}")
        thing = module if hasattr(module, "app") else getattr(module, name)
        summaries.add((inspect.getdoc(thing) or "").split("\n\n")[0].replace("\n", " "))
    return summaries


def needed() -> set[str]:
    in_code = set().union(*(templates_in(path) for path in SOURCE.rglob("*.py")))
    on_page = json.loads(PAGE.read_text(encoding="utf-8")).values()
    return in_code | command_summaries() | set(on_page)


def catalog() -> dict[str, str]:
    merged: dict[str, str] = {}
    for path in CATALOGS:
        merged |= tomllib.loads(path.read_text(encoding="utf-8"))
    return merged


def placeholders(template: str) -> list[tuple[str, str, str | None]]:
    parsed = string.Formatter().parse(template)
    return sorted((name, spec or "", how) for _text, name, spec, how in parsed if name is not None)


def test_every_sentence_is_translated() -> None:
    assert sorted(needed() - catalog().keys()) == []


def test_no_translation_is_left_over() -> None:
    assert sorted(catalog().keys() - needed()) == []


def test_no_key_is_translated_twice() -> None:
    keys = [key for path in CATALOGS for key in tomllib.loads(path.read_text(encoding="utf-8"))]
    assert sorted(key for key in set(keys) if keys.count(key) > 1) == []


def test_translations_have_the_same_placeholders() -> None:
    pairs = catalog().items()
    assert [each for each in pairs if placeholders(each[0]) != placeholders(each[1])] == []


def test_the_language_is_chosen_then_named_then_the_locales(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in ("TENFOLD_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert current_language() == "zh"
    monkeypatch.setenv("TENFOLD_LANG", "en")
    assert current_language() == "en"
    try:
        set_language("zh")
        assert text("Known: {names}.", names="a, b") == "可用的有：a, b。"
    finally:
        set_language(None)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="Received language 'fr'"):
        set_language("fr")
