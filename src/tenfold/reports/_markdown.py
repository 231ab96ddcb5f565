"""A report as Markdown, its figures as files beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tenfold.language import text as _
from tenfold.reports._blocks import (
    Block,
    CommandBlock,
    Facts,
    Highlights,
    Paragraph,
    PictureBlock,
    Report,
    Section,
    TableBlock,
)

__all__ = ["render_markdown"]

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$&])")

PlacePicture = Callable[[PictureBlock], str]


def render_markdown(report: Report, footer: str, place: PlacePicture) -> str:
    """Return the report as Markdown (CommonMark with tables).

    Args:
        report: what to write.
        footer: a line below it.
        place: puts a figure somewhere and returns its address as seen from the page.
    """
    parts = [f"# {escaped(report.title)}", escaped(report.lead)]
    for section in report.sections:
        parts.extend(_section(section, 2, place))
    parts += ["---", escaped(footer)]
    return "\n\n".join(part for part in parts if part) + "\n"


def escaped(words: str) -> str:
    """Return ``words`` on one line, so that Markdown shows them as they are."""
    return SPECIAL.sub(r"\\\1", " ".join(words.split()))


def _section(section: Section, level: int, place: PlacePicture) -> Iterator[str]:
    yield f"{'#' * level} {escaped(section.title)}"
    for block in section.blocks:
        yield _block(block, place)
    for inner in section.sections:
        yield from _section(inner, level + 1, place)


def _block(block: Block, place: PlacePicture) -> str:
    match block:
        case Paragraph(text):
            return escaped(text)
        case Highlights(items):
            lines = (
                _line(item.label, f"**{escaped(item.value)}** {escaped(item.note)}".rstrip())
                for item in items
            )
            return "\n".join(lines)
        case Facts():
            return "\n".join(_line(name, escaped(value)) for name, value in block.known)
        case TableBlock():
            return _table(block)
        case PictureBlock():
            return f"![{escaped(block.alt)}]({place(block)})\n\n*{escaped(block.caption)}*"
        case CommandBlock(text):
            fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
            return f"{fence}console\n{text}\n{fence}"


def _line(name: str, value: str) -> str:
    return "- " + _("{name}: {value}", name=escaped(name), value=value)


def _table(table: TableBlock) -> str:
    align = ["---"] + ["---:"] * (len(table.header) - 1)
    rows = [[escaped(cell) for cell in row] for row in table.rows]
    if table.best is not None:
        rows[table.best] = [f"**{cell}**" if cell else cell for cell in rows[table.best]]
    header = [escaped(cell) for cell in table.header]
    lines = "\n".join(f"| {' | '.join(row)} |" for row in [header, align, *rows])
    return f"{escaped(table.caption)}\n\n{lines}"
