"""How commands talk: results on stdout, everything else on stderr."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typer

from tenfold.language import text as _

__all__ = ["note", "scores_line"]


def note(line: str) -> None:
    """Print a remark on stderr, so that stdout holds results alone."""
    typer.echo(line, err=True)


def scores_line(test: Mapping[str, Any]) -> str:
    """Return the scores on the test images in one line."""
    return _(
        "Test accuracy {accuracy:.2%} (95 % interval {low:.2%} to {high:.2%}), "
        "loss {loss:.4f}, {count} images",
        accuracy=test["accuracy"],
        low=test["interval"][0],
        high=test["interval"][1],
        loss=test["loss"],
        count=test["count"],
    )
