"""The page's own files: their texts, and rules that need no browser."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import tenfold
from tenfold.data.formats import formats

STATIC = Path(tenfold.__file__).parent / "web" / "static"
SCRIPTS = sorted(STATIC.rglob("js/**/*.js"))
STYLES = sorted(STATIC.glob("css/*.css"))
ENGLISH = json.loads((STATIC / "languages" / "en.json").read_text(encoding="utf-8"))
PAGE = (STATIC / "index.html").read_text(encoding="utf-8")


def test_what_the_server_knows_is_not_typed_again() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    names = formats()
    assert [name for name in names if f'"{name}"' in code] == []


def test_every_text_that_is_used_exists() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    used = set(re.findall(r'\btext\("([^"]+)"', code))
    used |= set(re.findall(r'data-(?:text|label)="([^"]+)"', PAGE))
    assert used <= set(ENGLISH)


def test_every_text_that_exists_is_used() -> None:
    code = PAGE + "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    # Keys made of a stem and a name, such as state.running, are known by their stems.
    stems = set(re.findall(r"`([\w.]+\.)\$\{", code))
    unused = [k for k in ENGLISH if f'"{k}"' not in code and not k.startswith(tuple(stems))]
    assert unused == []


@pytest.mark.parametrize("path", [*SCRIPTS, *STYLES], ids=lambda path: path.name)
def test_files_stay_short_and_keep_to_themselves(path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    assert len(code.splitlines()) < 300
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
    ):
        assert word not in code
    hosts = set(re.findall(r"https?://[\w.]+", code)) - {"http://www.w3.org"}
    assert hosts == set()


def test_the_page_has_no_inline_code_and_all_its_files() -> None:
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", PAGE) == []
    named = re.findall(r'(?:src|href)="(static/[^"#]+)', PAGE)
    assert named
    for name in named:
        assert (STATIC.parent / name).is_file(), name


def test_scripts_import_what_is_there() -> None:
    for path in SCRIPTS:
        code = path.read_text(encoding="utf-8")
        for names, place in re.findall(r'(?m)^import \{([^}]+)\} from "([^"]+)"', code):
            source = (path.parent / place).resolve().read_text(encoding="utf-8")
            for name in names.split(","):
                assert re.search(rf"export .*\b{name.strip()}\b", source), f"{path.name}: {name}"
                assert len(re.findall(rf"\b{name.strip()}\b", code)) > 1, f"{path.name}: {name}"
