"""How commands talk: results on stdout, everything else on stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from tenfold.language import text as _

if TYPE_CHECKING:
    from tenfold.records import Scored

__all__ = ["note", "scores_line"]


def note(line: str) -> None:
    """Print a remark on stderr, so that stdout holds results alone."""
    typer.echo(line, err=True)


def scores_line(test: Scored) -> str:
    """Return the scores on the test images in one line."""
    low, high = test.interval or (test.accuracy, test.accuracy)
    return _(
        "Test accuracy {accuracy:.2%} (95 % interval {low:.2%} to {high:.2%}), "
        "loss {loss:.4f}, {count} images",
        accuracy=test.accuracy,
        low=low,
        high=high,
        loss=test.loss,
        count=test.count,
    )
