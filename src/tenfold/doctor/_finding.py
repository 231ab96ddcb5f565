"""What a check found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias

__all__ = ["CheckResult", "State"]

State: TypeAlias = Literal["good", "note", "broken"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One thing that was looked at.

    Args:
        check: the check that found it, for machines.
        name: what was looked at, for a person.
        state: "good"; "note" for what works but could be better, or is not installed; "broken"
            for what is installed and does not work.
        text: what was found.
        advice: what to do about it; empty if there is nothing to do.
        facts: the same as plain JSON data.
    """

    check: str
    name: str
    state: State
    text: str
    advice: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return all fields as plain JSON data."""
        return asdict(self)
