"""From folders, or a scored model, to a page on disk."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from importlib.metadata import version
from pathlib import Path

from tenfold.errors import InputError
from tenfold.files import write_whole
from tenfold.language import text as _
from tenfold.reports._blocks import PictureBlock, Report
from tenfold.reports._html import render_html
from tenfold.reports._markdown import render_markdown
from tenfold.reports._svg import figure_bytes

__all__ = ["check_ending", "write_page"]

ENDINGS = (".html", ".htm", ".md")
PNG_DOTS = 150


def check_ending(path: str | Path) -> Path:
    """Return ``path`` if a report can be written under such a name.

    Raises:
        InputError: if it ends otherwise than in .html, .htm or .md.
    """
    path = Path(path)
    if path.suffix.lower() not in ENDINGS:
        raise InputError(
            _("Received {path}; expected a name that ends in .html or .md.", path=path)
        )
    return path


def write_page(report: Report, path: Path) -> Path:
    """Write ``report`` as its name says: HTML in one file, or Markdown with figures beside it.

    Raises:
        InputError: for another ending.
        StorageError: if a file cannot be written.
        MissingExtraError: if a package is missing that it needs.
    """
    check_ending(path)
    footer = _(
        "Written on {date} by Tenfold {version}.",
        date=date.today().isoformat(),
        version=version("tenfold"),
    )
    if path.suffix.lower() == ".md":
        folder = path.with_name(f"{path.stem}-figures")
        page = render_markdown(report, footer, lambda picture: _beside(picture, folder))
    else:
        page = render_html(report, footer)
    write_whole(path, page)
    return path


def _beside(picture: PictureBlock, folder: Path) -> str:
    """Write a figure into ``folder`` and return its address as seen from beside the folder."""
    plain = re.sub(r"[^a-z0-9]+", "-", picture.name.lower()).strip("-")[:80]
    # Names that differ only in what a file name does not take must not meet in one file.
    if plain != picture.name:
        plain = f"{plain}-{hashlib.sha256(picture.name.encode()).hexdigest()[:6]}"
    target = folder / f"{plain}.png"
    write_whole(target, figure_bytes(picture.figure, "png", dpi=PNG_DOTS))
    return f"{_address(folder.name)}/{target.name}"


def _address(name: str) -> str:
    from urllib.parse import quote

    return quote(name)
