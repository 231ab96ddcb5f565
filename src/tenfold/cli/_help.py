"""Help pages: nothing in them is cut off, however narrow the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from rich.cells import cell_len
from rich.text import Text
from typer.core import TyperCommand, TyperGroup

from tenfold.cli._labels import Parameter, label, limits, placeholder
from tenfold.cli._wrapping import wrapped
from tenfold.language import text as _

__all__ = ["HelpCommand", "HelpGroup"]

Entry: TypeAlias = tuple[str, str]
"""What may be written, and what it does."""

# Lines are no longer than this, to be read with ease; labels beyond it have a line of their own.
_WIDEST = 100
_LONGEST_LABEL = 26

# A context is Click's, of Typer's own copy or another, as Typer's version has it.
Context: TypeAlias = Any


class HelpCommand(TyperCommand):
    """A command whose help page is ours."""

    def format_help(self, ctx: Context, formatter: object) -> None:  # noqa: ARG002 - printed here
        """Print the help page."""
        _print_page(self, ctx)


class HelpGroup(TyperGroup):
    """A group of commands, of help pages and mistakes in our words."""

    def format_help(self, ctx: Context, formatter: object) -> None:  # noqa: ARG002 - printed here
        """Print the help page."""
        _print_page(self, ctx)

    def resolve_command(self, ctx: Context, args: list[str]) -> Any:
        """Find the command that is named.

        Raises:
            UnknownCommand: if there is none.
        """
        from tenfold.cli._usage import unknown_command

        if args[0] not in self.commands and not args[0].startswith("-"):
            ctx.fail(unknown_command(args[0], self.commands))
        return super().resolve_command(ctx, args)


def _print_page(command: Any, context: Context) -> None:
    from tenfold.cli._console import Console

    console = Console(highlight=False, soft_wrap=True)
    for line in _page(command, context, min(console.width, _WIDEST)):
        console.print(line)


def _page(command: Any, context: Context, width: int) -> Iterator[Text]:
    yield from map(Text, wrapped(_("Usage: {words}", words=_usage(command, context)), width))
    if command.help:
        yield Text()
        yield from map(Text, wrapped(command.help, width))
    shown = [each for each in _parameters(command, context) if not getattr(each, "hidden", False)]
    for heading, kind in ((_("Arguments"), "argument"), (_("Options"), "option")):
        entries = [_entry(each) for each in shown if each.param_type_name == kind]
        yield from _section(heading, entries, width)
    commands = getattr(command, "commands", {})
    yield from _section(
        _("Commands"), [(name, commands[name].help or "") for name in sorted(commands)], width
    )


def _parameters(command: Any, context: Context) -> Iterator[Parameter]:
    """The command's own, and before --help, its last, --lang, which every command takes."""
    *own, last = command.get_params(context)
    yield from own
    if context.parent is not None:
        root = context.find_root().command
        yield from (each for each in root.params if each.name == "lang")
    yield last


def _usage(command: Any, context: Context) -> str:
    words = [context.command_path, _("[OPTIONS]")]
    for parameter in command.get_params(context):
        if parameter.param_type_name == "argument":
            word = placeholder(parameter)
            words.append(word if parameter.required else f"[{word}]")
    if hasattr(command, "commands"):
        words.append(_("COMMAND [ARGS]..."))
    return " ".join(words)


def _section(heading: str, entries: Sequence[Entry], width: int) -> Iterator[Text]:
    """A heading, and each entry's words beside its label, or below one that is long."""
    if not entries:
        return
    yield Text()
    yield Text(_("{heading}:", heading=heading), style="bold")
    column = min(max(cell_len(name) for name, _words in entries), _LONGEST_LABEL) + 4
    for name, words in entries:
        *before, line = [Text("  " + part, "bold cyan") for part in wrapped(name, width - 2)]
        yield from before
        if line.cell_len > column - 2:
            yield line
            line = Text()
        first, *rest = [*wrapped(words, width - column)] or [""]
        yield line.append(" " * (column - line.cell_len) + first, "not bold default")
        yield from (Text(" " * column + more) for more in rest)


def _entry(parameter: Parameter) -> Entry:
    of_typer = {
        "help": _("Show this help and exit."),
        "install_completion": _("Let the Tab key complete commands in this shell."),
        "show_completion": _("Print what does that, to be put in place by hand."),
    }
    words = of_typer.get(parameter.name) or parameter.help or ""
    notes = [limits(parameter), _default(parameter)]
    if parameter.required:
        notes.append(_("required"))
    said = _("; ").join(note for note in notes if note)
    return label(parameter), _("{words} ({notes})", words=words, notes=said) if said else words


def _default(parameter: Parameter) -> str:
    value = parameter.default
    if value in (None, "") or callable(value) or getattr(parameter, "multiple", False):
        return ""
    if not getattr(parameter, "is_flag", False):
        return _("default: {value}", value=value)
    if not parameter.secondary_opts:
        return ""
    return _("default: {value}", value=(parameter.opts if value else parameter.secondary_opts)[0])
