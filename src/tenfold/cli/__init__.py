"""The ``tenfold`` command: one file here is one command of its name.

A command module holds a function of the same name, or for a group a Typer app called ``app``.
It imports heavy things inside its functions, so that ``tenfold --help`` stays quick.
"""

from __future__ import annotations

import importlib
import inspect
import os
import pkgutil
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from tenfold.errors import InputError, TenfoldError
from tenfold.language import LANGUAGES, current_language, set_language
from tenfold.language import text as _

__all__ = ["build_app", "command_names", "main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 a stated error, 2 wrong usage, 130 interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    set_language(_language_in(words))
    try:
        _refuse_empty(words)
        build_app()(args=words, prog_name="tenfold")
    except TenfoldError as error:
        _print_error(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _refuse_empty(words: Sequence[str]) -> None:
    """Refuse a word of nothing but blanks: no option takes one, and as a path it is this folder.

    Raises:
        InputError: naming what stands before it.
    """
    for before, word in zip(("tenfold", *words), words, strict=False):
        if not word.strip() or (word.startswith("--") and word.find("=") == len(word) - 1):
            raise InputError(
                _(
                    "Received {word!r} after {before!r}: an empty value, maybe a variable that is "
                    "not set; expected a path, a name or a number, or . for this folder.",
                    word=word,
                    before=before,
                )
            )


def _print_error(error: TenfoldError) -> None:
    from rich.console import Console
    from rich.text import Text

    line = Text.assemble((_("Error"), "bold red"), ": ", str(error))
    Console(stderr=True, soft_wrap=True).print(line)


def command_names() -> list[str]:
    """Return the names of all commands, sorted."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


def build_app() -> typer.Typer:
    """Build the application from the modules in this folder, in the language in force."""
    app = typer.Typer(
        name="tenfold",
        help=_("Reads handwritten digits, and proves how well."),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )
    if current_language() != "en" or "typer.rich_utils" in sys.modules:
        _translate_headings()
    app.callback()(_options)
    for name in command_names():
        module = importlib.import_module(f"tenfold.cli.{name}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name, help=_summary(module))
        else:
            function: Callable[..., Any] = getattr(module, name)
            app.command(name=name, help=_summary(function))(function)
    return app


def _translate_headings() -> None:
    """Put the headings of help pages, constants of Typer's, into the language in force."""
    from typer import rich_utils

    rich_utils.ARGUMENTS_PANEL_TITLE = _("Arguments")
    rich_utils.OPTIONS_PANEL_TITLE = _("Options")
    rich_utils.COMMANDS_PANEL_TITLE = _("Commands")
    rich_utils.ERRORS_PANEL_TITLE = _("Error")


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"tenfold {version('tenfold')}")
        raise typer.Exit


def _options(
    lang: Annotated[
        str | None,
        typer.Option(metavar="|".join(LANGUAGES), help=_("Language of what is printed and drawn.")),
    ] = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            is_eager=True,
            callback=_print_version,
            help=_("Print the version and exit."),
        ),
    ] = False,
) -> None:
    # Both are dealt with before a command begins: help texts are already in the language.
    del lang, version


def _summary(thing: object) -> str:
    """The first paragraph of a docstring, in the language in force."""
    return _((inspect.getdoc(thing) or "").split("\n\n")[0].replace("\n", " "))


def _language_in(words: list[str]) -> str | None:
    for at, word in enumerate(words):
        value = word.partition("=")[2] if word.startswith("--lang=") else None
        if word == "--lang" and at + 1 < len(words):
            value = words[at + 1]
        if value is not None:
            if value not in LANGUAGES:
                sys.exit(f"--lang: received {value!r}; expected one of {', '.join(LANGUAGES)}.")
            return value
    return None
