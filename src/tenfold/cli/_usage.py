"""What is said of a command that was written wrongly: one line, in the language in force."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import typer

from tenfold.characters import on_one_line
from tenfold.cli._labels import label, limits
from tenfold.errors import nearest_of
from tenfold.language import text as _

__all__ = ["UsageError", "unknown_command", "usage_message"]

# Click's, which Typer has a copy of: the one that its own errors derive from is the right one.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]


def usage_message(error: Any) -> str:
    """Return what is wrong, and where help is, for an error of Click's.

    Nothing for a command alone: its help page has been printed.
    """
    if type(error).__name__ == "NoArgsIsHelpError":
        return ""
    wrong = _wrong(error)
    if error.ctx is None:
        return wrong
    return wrong + " " + _("Help: {command} --help", command=error.ctx.command_path)


def unknown_command(name: str, known: Iterable[str]) -> str:
    """Return that there is no such command, and which is meant."""
    names = sorted(known)
    wrong = _("There is no command {name!r}.", name=name)
    return f"{wrong} {nearest_of(name, names)}".rstrip()


def _wrong(error: Any) -> str:
    """What is wrong, by the kind of error; in Click's own words if it is one of no known kind."""
    said = on_one_line(error.format_message())
    kind = type(error).__name__
    parameter = getattr(error, "param", None)
    if kind == "NoSuchOption":
        return _no_option(error)
    if kind == "BadOptionUsage":
        if "does not take" in said:
            return _("{name} takes no value.", name=error.option_name)
        return _("{name} needs a value.", name=error.option_name)
    if kind == "MissingParameter" and parameter is not None:
        return _("{name} is missing.", name=label(parameter))
    if kind == "BadParameter" and parameter is not None:
        return _bad_value(error, parameter)
    if said == "Missing command.":
        return _("A command is missing.")
    if extra := re.match(r"Got unexpected extra argument[s()]* \((.*)\)$", said):
        return _("Received {words} besides what is expected here.", words=extra[1])
    return said


def _no_option(error: Any) -> str:
    wrong = _("There is no option {name}.", name=error.option_name)
    options = (
        [name for parameter in error.ctx.command.get_params(error.ctx) for name in parameter.opts]
        if error.ctx
        else []
    )
    named = [name for name in options if name.startswith("-")]
    return f"{wrong} {nearest_of(error.option_name, named)}".rstrip()


def _bad_value(error: Any, parameter: Any) -> str:
    """What was received for a parameter, if that is known, and what is expected."""
    expected = _expected(parameter)
    cause = getattr(error.__cause__, "errors", None)
    quoted = re.match(r"'?(.+?)'? is not ", error.message)
    if expected is None or not (cause or quoted):
        return _("{name}: {reason}", name=label(parameter), reason=error.message)
    received = cause()[0]["input"] if cause else quoted[1] if quoted else ""
    name = parameter.opts[-1] if parameter.param_type_name == "option" else label(parameter)
    return _(
        "Received {value} for {name}; expected {expected}.",
        value=repr(received) if isinstance(received, str) else received,
        name=name,
        expected=expected,
    )


def _expected(parameter: Any) -> str | None:
    """A kind of number in words; None for all else."""
    descriptor = getattr(parameter, "type_descriptor", None)
    kind = getattr(descriptor, "annotation", None) or getattr(parameter, "type", None)
    described = str(getattr(kind, "__name__", "") or getattr(kind, "name", "")).lower()
    words = {"int": _("a whole number"), "float": _("a number")}
    found = next((word for start, word in words.items() if described.startswith(start)), None)
    if found is None:
        return None
    allowed = limits(parameter)
    return _("{kind}, {limits}", kind=found, limits=allowed) if allowed else found
