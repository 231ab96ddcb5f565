"""The documents say what the code does: every command, option and name in them exists."""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

import tenfold
from tenfold.cli import build_app, command_names
from tenfold.exchange import export_model
from tenfold.recipes import load_recipe, network_names

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)


def command_tree() -> dict[tuple[str, ...], set[str]]:
    """(command, subcommand) -> its options."""
    found: dict[tuple[str, ...], set[str]] = {}

    def walk(command: object, path: tuple[str, ...]) -> None:
        options = {o for p in command.params for o in (*p.opts, *p.secondary_opts)}
        found[path] = {o for o in options if o.startswith("--")}
        for name, sub in getattr(command, "commands", {}).items():
            walk(sub, (*path, name))

    walk(get_command(build_app()), ())
    return found


TREE = command_tree()
APP = get_command(build_app())


def typed_commands() -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        for block in blocks(page, "console"):
            for line in block.splitlines():
                words = line.removeprefix("$ ").split("#")[0].strip()
                if words.startswith(("tenfold ", "torchrun ")):
                    found.append((page.name, words[words.index("tenfold ") :]))
    return found


@pytest.mark.parametrize(("page", "line"), typed_commands())
def test_commands_in_the_documents_exist(page: str, line: str) -> None:
    words = line.split()[1:]
    path: tuple[str, ...] = ()
    for word in words:
        if (*path, word) in TREE:
            path = (*path, word)
    assert path, f"{page}: {line}"
    if "--help" in words:
        return
    command, rest = APP, shlex.split(line)[1:]
    while hasattr(command, "commands") and rest:
        _name, command, rest = command.resolve_command(
            context := command.make_context(None, list(rest)),
            context._protected_args + context.args,
        )
    command.make_context(command.name, rest)


@pytest.mark.parametrize("name", command_names())
def test_every_command_is_in_both_readmes(name: str) -> None:
    for page in ("README.md", "README.zh-CN.md"):
        assert f"tenfold {name}" in (ROOT / page).read_text(encoding="utf-8")


def test_every_option_is_documented() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    missing = [(path, o) for path, options in TREE.items() for o in options if o not in text]
    assert [m for m in missing if m[1] not in ("--help", "--install-completion")] == []


def test_the_readmes_figures_of_our_recipes_are_those_of_their_page() -> None:
    page = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    measured = dict(
        re.findall(r"^\| \[([a-z-]+)\].*?\*\*([\d.]+ ± [\d.]+)\*\*", page, re.MULTILINE)
    )
    for readme in ("README.md", "README.zh-CN.md"):
        text = (ROOT / readme).read_text(encoding="utf-8")
        told = re.findall(r"^\| `([a-z-]+)` \| ([\d.]+) ± ([\d.]+) %", text, re.MULTILINE)
        assert len(told) == 4
        for name, mean, deviation in told:
            exact = [float(number) for number in measured[name].split(" ± ")]
            assert [f"{number:.2f}" for number in exact] == [mean, deviation], name


def test_what_recipes_reach_is_told_in_one_place() -> None:
    claims = {load_recipe(name).claim for name in network_names()}
    for path in [*ROOT.glob("src/tenfold/recipes/*.py"), *ROOT.glob("notebooks/sources/*.md")]:
        text = path.read_text(encoding="utf-8")
        for figure in re.findall(r"\d\d\.\d+ ± [\d.]+", text):
            assert any(figure in claim for claim in claims), f"{path.name}: {figure}"


def test_the_readmes_show_the_same_code() -> None:
    english, chinese = (
        [ast.dump(ast.parse(block)) for block in blocks(ROOT / page, "python")]
        for page in ("README.md", "README.zh-CN.md")
    )
    assert english == chinese
    assert len(english) == 1


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_in_the_documents_parses_and_names_what_exists(page: Path) -> None:
    for block in blocks(page, "python"):
        for node in ast.walk(ast.parse(block)):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "tenfold"
            ):
                assert node.attr in (*tenfold.__all__, "data"), f"{page.name}: {node.attr}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_keras_in_the_documents_starts_without_tensorflow(page: Path) -> None:
    for block in blocks(page, "python"):
        before, found, _after = block.partition("import keras")
        assert not found or 'os.environ["KERAS_BACKEND"] = "torch"' in before


@pytest.mark.slow
def test_the_keras_code_of_the_documents_runs_in_a_fresh_home(tmp_path: Path) -> None:
    export_model("champion", "keras", tmp_path / "champion.keras")
    (tmp_path / "home").mkdir()
    for page in ("formats-of-models.md", "formats-of-models.zh-CN.md"):
        (code,) = blocks(ROOT / "docs" / page, "python")
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home")},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_file_that_contributors_are_sent_to_exists() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = re.findall(r"`((?:src|tests|docs)/[^` ]*)`", text)
    assert len(paths) > 20
    assert [path for path in paths if not (ROOT / path).exists()] == []
    changes = re.findall(
        r"^\| (?:a|the|how|what) .*?\| .*?`src/tenfold/.*?\| .*?`tests/", text, re.MULTILINE
    )
    assert len(changes) >= 10


def test_every_layer_is_on_the_page_of_the_architecture() -> None:
    layers = (ROOT / ".importlinter").read_text(encoding="utf-8").split("layers =")[1]
    names = re.findall(r"[a-z_]+", layers.split("exhaustive")[0])
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert [name for name in names if not re.search(rf"`{name}/?`", text)] == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_readmes_code_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As a reader would: on the real MNIST, from the user's own cache or wherever it is found.
    monkeypatch.delenv("TENFOLD_CACHE")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (code,) = blocks(ROOT / "README.md", "python")
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    accuracy = float(done.stdout.split()[0])
    assert accuracy > 0.985
    assert done.stdout.splitlines()[-1].startswith("7 0.9")
