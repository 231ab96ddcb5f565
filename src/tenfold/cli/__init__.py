"""The ``tenfold`` command: one file here is one command of its name.

A command module holds a function of the same name, or for a group a Typer app called ``app``.
It imports heavy things inside its functions, so that ``tenfold --help`` stays quick.
"""

from __future__ import annotations

import errno
import importlib
import inspect
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from tenfold.characters import on_one_line, shortened
from tenfold.cli._help import HelpCommand, HelpGroup
from tenfold.cli._screen import note
from tenfold.cli._speaking import choose_language
from tenfold.cli._streams import Guarded, standard_streams
from tenfold.cli._usage import UsageError, usage_message
from tenfold.errors import DataWarning, InputError, SourceError, TenfoldError
from tenfold.language import LANGUAGES
from tenfold.language import text as _
from tenfold.registry import entry_names

__all__ = ["build_app", "command_names", "main"]

NAME = "tenfold"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 a stated error, 2 wrong usage, 130 interrupted.

    It exits with 141 if what reads its output has gone, as a program ends that SIGPIPE stops.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    with standard_streams() as out:
        sys.exit(_exit_code(words, out))


def _exit_code(words: list[str], out: Guarded) -> int:
    """Run a command, say in a line what kept it from its end, and return the exit code."""
    code = 1
    try:
        code = _run(words)
        out.flush()
    except UsageError as error:
        return _complain(usage_message(error), 2)
    except SourceError as error:
        # What was tried, each in a line of its own.
        return _complain("\n".join(map(on_one_line, str(error).split("\n"))), 1)
    except TenfoldError as error:
        return _complain(on_one_line(str(error)), 1)
    except KeyboardInterrupt:
        return 130
    except RuntimeError as error:
        # Python's words, wherever a path begins with the home folder of a user who has none.
        if "home directory" not in str(error):
            raise
        return _complain(_("This user has no home folder; name one in HOME."), 1)
    except OSError as error:
        if out.failure is None:
            return _complain(_of_the_system(error), 1)
    # Whatever was caught on the way: what does not arrive is not done.
    return code if out.failure is None else _unwritten(out.failure)


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


@contextmanager
def _warnings_told() -> Iterator[None]:
    """Print what is odd with data as one line on stderr, once a command."""
    told: set[str] = set()

    def show(message: Warning | str, category: type[Warning], *rest: Any, **named: Any) -> None:
        if not issubclass(category, DataWarning):
            usual(message, category, *rest, **named)
        elif str(message) not in told:
            told.add(str(message))
            note(on_one_line(_("Warning: {message}", message=message)))

    with warnings.catch_warnings():
        usual = warnings.showwarning
        warnings.simplefilter("always", DataWarning)
        warnings.showwarning = show
        yield


def _run(words: list[str]) -> int:
    """Run a command; return its exit code."""
    words = choose_language(words)
    _refuse_empty(words)
    command = typer.main.get_command(build_app())
    if "_TENFOLD_COMPLETE" in os.environ:
        command.main(words, prog_name=NAME)
    try:
        with _warnings_told(), command.make_context(NAME, words) as context:
            command.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    return 0


def _of_the_system(error: OSError) -> str:
    """An error that nothing foresaw, in words all the same."""
    # Not before: `tenfold doctor` has to run where what is imported by this is broken.
    from tenfold.files import storage_error, why

    if error.filename is None:
        return _("A file could not be read or written: {reason}.", reason=why(error))
    return str(storage_error(Path(os.fsdecode(error.filename)), error))


def _unwritten(error: OSError) -> int:
    from tenfold.files import why

    # Windows says "invalid argument" of a pipe that nobody reads.
    if error.errno == errno.EPIPE or (os.name == "nt" and error.errno == errno.EINVAL):
        return 141
    return _complain(_("The output could not be written: {reason}.", reason=why(error)), 1)


def _complain(message: str, code: int) -> int:
    """Print an error, if there is something to say, on stderr; return the exit code."""
    if message:
        from rich.text import Text

        from tenfold.cli._console import Console

        line = Text.assemble((_("Error: "), "bold red"), shortened(message))
        Console(stderr=True, soft_wrap=True).print(line)
    return code


def command_names() -> list[str]:
    """Return the names of all commands, sorted."""
    return entry_names(__path__)


def build_app() -> typer.Typer:
    """Build the application from the modules in this folder, in the language in force."""
    app = typer.Typer(
        name=NAME,
        cls=HelpGroup,
        help=_("Reads handwritten digits, and proves how well."),
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_options)
    for name in command_names():
        module = importlib.import_module(f"tenfold.cli.{name}")
        if hasattr(module, "app"):
            for inner in module.app.registered_commands:
                inner.cls = HelpCommand
            app.add_typer(module.app, name=name, cls=HelpGroup, help=_summary(module))
        else:
            function: Callable[..., Any] = getattr(module, name)
            app.command(name=name, cls=HelpCommand, help=_summary(function))(function)
    return app


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
