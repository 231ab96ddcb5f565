"""How the package is built: what is private stays in its package, no imports make a circle, and a
registry is its files.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import tenfold
from tenfold.cli import command_names
from tenfold.data.formats import formats
from tenfold.doctor import check_names
from tenfold.exchange.formats import formats as model_formats
from tenfold.figures import figure_names
from tenfold.recipes import recipe_names
from tenfold.training.callbacks import tracker_names

ROOT = Path(tenfold.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))


def package_of(path: Path) -> str:
    return ".".join(("tenfold", *path.relative_to(ROOT).parts[:-1]))


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, lazily too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def is_module(dotted: str) -> bool:
    path = ROOT.joinpath(*dotted.split(".")[1:])
    return path.with_suffix(".py").is_file() or path.is_dir()


def strangers(path: Path) -> list[str]:
    """Private modules of other packages that a file imports."""
    own = package_of(path)
    found = []
    for dotted in imported(path):
        parts = dotted.split(".")
        private = [at for at, part in enumerate(parts) if part[0] == "_" and part[1] != "_"]
        if parts[0] != "tenfold" or not private or not is_module(".".join(parts[: private[0] + 1])):
            continue
        home = ".".join(parts[: private[0]])
        if own != home and not own.startswith(home + "."):
            found.append(dotted)
    return found


@pytest.mark.parametrize(
    ("folder", "names"),
    [
        ("cli", command_names),
        ("recipes", recipe_names),
        ("figures", figure_names),
        ("doctor", check_names),
        ("data/formats", formats),
        ("exchange/formats", model_formats),
        ("training/callbacks", tracker_names),
    ],
)
def test_every_file_of_a_registry_without_an_underscore_is_an_entry(
    folder: str, names: Callable[[], Iterable[str]]
) -> None:
    files = {path.stem for path in (ROOT / folder).glob("[!_]*.py")}
    assert {name.replace("-", "_") for name in names()} == files


def test_what_is_private_is_imported_by_its_own_package_alone() -> None:
    found = {str(path.relative_to(ROOT)): strangers(path) for path in FILES}
    assert {name: dotted for name, dotted in found.items() if dotted} == {}


def needed_by(path: Path) -> set[str]:
    """The modules of the package that a file imports when it runs, lazily too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typed = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and id(node) not in typed:
            for name in node.names:
                inside = f"{node.module}.{name.name}"
                found.add(inside if is_file(inside) else node.module)
    return {dotted for dotted in found if is_file(dotted)}


def is_file(dotted: str) -> bool:
    parts = dotted.split(".")
    return parts[0] == "tenfold" and ROOT.joinpath(*parts[1:]).with_suffix(".py").is_file()


def test_no_imports_make_a_circle() -> None:
    modules = {
        ".".join(("tenfold", *path.relative_to(ROOT).with_suffix("").parts)): needed_by(path)
        for path in FILES
        if path.stem != "__init__"
    }
    # static_order raises CycleError, which names the circle.
    assert len(list(TopologicalSorter(modules).static_order())) >= len(modules)


MOST_PARAMETERS = 8

OPTION_LISTS = {
    # What a person may name, one by one: these are called as their commands are.
    "training/_jobs.py train",
    "training/adapting.py adapt",
    "experiments/crossval.py crossval",
    "experiments/sweep.py sweep",
    # scikit-learn reads an estimator's parameters from its constructor.
    "classifier/_classifier.py __init__",
}


def long_parameter_lists(path: Path) -> Iterator[str]:
    """The functions of a file with more parameters than most, but for commands."""
    place = path.relative_to(ROOT).as_posix()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        lists = (node.args.posonlyargs, node.args.args, node.args.kwonlyargs)
        names = [each.arg for parameters in lists for each in parameters]
        # Typer has a command's options as its parameters.
        command = place.startswith("cli/") and "typer.Option" in ast.unparse(node.args)
        if len([name for name in names if name != "self"]) > MOST_PARAMETERS and not command:
            yield f"{place} {node.name}"


def test_values_that_belong_together_are_passed_as_one() -> None:
    assert {found for path in FILES for found in long_parameter_lists(path)} == OPTION_LISTS


def test_what_several_options_say_is_said_once() -> None:
    said = [
        ast.unparse(word.value)
        for path in sorted((ROOT / "cli").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("typer.")
        for word in node.keywords
        if word.arg == "help"
    ]
    # Both of the options that make a reproduction quick, and so no reproduction.
    trial = "For a quick trial of the machinery only."
    again = {words for words in said if said.count(words) > 1 and trial not in words}
    assert again == set()
