"""Rich's console, as all commands use it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, final

from rich import console
from rich.segment import Segment

from tenfold.characters import escaped

__all__ = ["Console"]

# In fewer columns a table would lose what it says; a terminal that is narrower wraps its lines.
_NARROWEST = 40


@final
class Console(console.Console):
    """A console that colors and moves by itself, and lets no text it prints do so.

    Args:
        least: columns that it has at least, for a table whose columns cannot be folded.
        options: as Rich's console has them.
    """

    def __init__(self, *, least: int = _NARROWEST, **options: Any) -> None:
        super().__init__(**options)
        self.width = max(self.width, least)

    def render(
        self, renderable: console.RenderableType, options: console.ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Render, text that may not be shown escaped."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable():
                yield segment
            else:
                yield Segment(escaped(segment.text, kept="\n\t"), segment.style)

    def on_broken_pipe(self) -> None:
        """Leave it to the command line, which has an exit code of its own for it."""
        raise
