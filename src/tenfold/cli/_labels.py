"""How a command's parameters are written in help and in messages."""

from __future__ import annotations

from typing import Any, TypeAlias

from tenfold.language import text as _

# Parameters are Click's, of Typer's own copy or another, as Typer's version has it.
Parameter: TypeAlias = Any

__all__ = ["Parameter", "label", "limits", "placeholder"]


def label(parameter: Parameter) -> str:
    """Return a parameter as it is written: ``--set NAME=VALUE``, ``PICTURE...``."""
    if parameter.param_type_name == "argument":
        return str(placeholder(parameter))
    names = " / ".join([*parameter.opts, *parameter.secondary_opts])
    return names if parameter.is_flag else f"{names} {placeholder(parameter)}"


def limits(parameter: Parameter) -> str:
    """Return in words what a number may be; nothing where all are good."""
    kind = getattr(parameter, "type", None)
    low, high = (
        getattr(parameter, end, None) if hasattr(parameter, end) else getattr(kind, end, None)
        for end in ("min", "max")
    )
    if low is not None and high is not None:
        return _("{low} to {high}", low=low, high=high)
    if low is not None:
        return _("at least {low}", low=low)
    return "" if high is None else _("at most {high}", high=high)


def placeholder(parameter: Parameter) -> str:
    name = parameter.metavar or parameter.name.upper()
    several = parameter.param_type_name == "argument" and parameter.nargs != 1
    return f"{name}..." if several and not name.endswith("...") else name
