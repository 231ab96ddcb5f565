"""What a report is made of, before it becomes HTML or Markdown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, TypeAlias

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "Block",
    "CommandBlock",
    "Facts",
    "Highlight",
    "Highlights",
    "Paragraph",
    "PictureBlock",
    "Report",
    "Section",
    "TableBlock",
]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences."""

    text: str
    kind: ClassVar[str] = "paragraph"


@dataclass(frozen=True, slots=True)
class Highlight:
    """One number that matters: what it is, the number, and its interval or spread."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Highlights:
    """The few numbers to see first."""

    items: tuple[Highlight, ...]
    kind: ClassVar[str] = "highlights"


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with their values; a row whose value is empty is left out."""

    rows: tuple[tuple[str, str], ...]
    kind: ClassVar[str] = "facts"

    @property
    def known(self) -> tuple[tuple[str, str], ...]:
        """The rows that have a value."""
        return tuple((name, value) for name, value in self.rows if value)


@dataclass(frozen=True, slots=True)
class TableBlock:
    """Numbers in rows and columns; the first column names the row.

    Attributes:
        caption: what the table shows.
        header: the columns' names.
        rows: as many cells each as the header.
        best: which row to set off, if any.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    best: int | None = None
    kind: ClassVar[str] = "table"


@dataclass(frozen=True, slots=True, eq=False)
class PictureBlock:
    """A figure with its caption, and in words what is seen in it."""

    name: str
    figure: Figure
    caption: str
    alt: str
    kind: ClassVar[str] = "picture"

    @property
    def tall(self) -> bool:
        """Whether it is clearly higher than wide, as grids of digits are."""
        width, height = self.figure.get_size_inches()
        return bool(height > 1.1 * width)


@dataclass(frozen=True, slots=True)
class CommandBlock:
    """Lines to type, or a file's content."""

    text: str
    kind: ClassVar[str] = "command"


Block: TypeAlias = Paragraph | Highlights | Facts | TableBlock | PictureBlock | CommandBlock


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands below it."""

    title: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A whole page, or a part of one; ``kind`` says what it is about where there are several."""

    title: str
    lead: str
    sections: tuple[Section, ...] = field(default=())
    kind: str = ""
