"""The page's JavaScript: its unit tests, and what its types say of the service and of the page.

``make check`` checks the code against the types; here the types are held to what they tell of.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

import tenfold
from tenfold.web import ServiceSettings, create_app

HERE = Path(__file__).parent
STATIC = Path(tenfold.__file__).parent / "web" / "static"
SCRIPTS = sorted(STATIC.rglob("js/**/*.js"))
TYPES = (STATIC / "js" / "types.d.ts").read_text(encoding="utf-8")

SCHEMAS = {"Read": "ReadingObject", "Correction": "Shown", "Corrections": "Listed"}
"""What the service calls otherwise than by the type's name and "Object"."""


class Ids(HTMLParser):
    """The ids of a page, with the tags that have them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if name := dict(attrs).get("id"):
            self.tags[name] = tag


PAGE = Ids((STATIC / "index.html").read_text(encoding="utf-8")).tags


def interface(name: str) -> dict[str, str]:
    """The members of one interface of the types."""
    found = re.search(
        rf"export interface {name}\b[^{{]*\{{(.*?)^\}}", TYPES, re.DOTALL | re.MULTILINE
    )
    assert found, name
    return dict(re.findall(r'^  "?([\w-]+)"?\??: (.+);$', found[1], re.MULTILINE))


def test_the_modules_pass_their_unit_tests() -> None:
    node = shutil.which("node")
    told = node and subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    if not told or int(told.strip("v\n").split(".")[0]) < 20:
        pytest.skip("needs node 20 or newer")
    files = [str(path) for path in sorted((HERE / "js").glob("*.test.js"))]
    assert files
    done = subprocess.run(["node", "--test", *files], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


def test_types_have_what_the_service_answers(tmp_path: Path) -> None:
    app = create_app(ServiceSettings(models=tmp_path, data_folder=tmp_path))
    schemas = app.openapi()["components"]["schemas"]
    names = re.findall(r"^export interface (\w+) ", TYPES, re.MULTILINE)
    known = {name: SCHEMAS.get(name, f"{name}Object") for name in names}
    answers = {name: schema for name, schema in known.items() if schema in schemas}
    assert len(answers) > 10
    for name, schema in answers.items():
        assert sorted(interface(name)) == sorted(schemas[schema]["properties"]), name


def test_types_have_what_stands_on_the_page() -> None:
    for name, kind in interface("Elements").items():
        if "null" not in kind:
            tag = {"img": "image"}.get(PAGE[name], PAGE[name])
            assert kind.lower() == f"html{tag}element", name


def test_what_is_found_by_its_id_is_on_the_page() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    wanted = set(re.findall(r'\bbyId\("([\w-]+)"\)', code))
    made = {name for name, kind in interface("Elements").items() if "null" in kind}
    assert len(wanted) > 30
    assert wanted - made <= PAGE.keys()
