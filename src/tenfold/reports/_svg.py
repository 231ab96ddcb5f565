"""A figure as SVG that can stand in an HTML page beside others."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["figure_bytes", "inline_svg"]

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
REFERENCE = re.compile(r"url\(#([^)]+)\)")
POINTS_TO_PIXELS = 96 / 72
UNWANTED = {f"{SVG}style", f"{SVG}title", f"{SVG}metadata"}


def figure_bytes(figure: Figure, kind: str, dpi: float | str = "figure") -> bytes:
    """Return ``figure`` as a file of ``kind`` "svg" or "png"; the same figure, the same bytes."""
    from tenfold.figures import METADATA, style

    content = io.BytesIO()
    with style():
        figure.savefig(content, format=kind, metadata=METADATA[kind], dpi=dpi)
    return content.getvalue()


def inline_svg(content: bytes, prefix: str, alt: str) -> str:
    """Return matplotlib's SVG made fit for a page.

    Every id begins with ``prefix``, so that no figure takes another's glyphs; what would act
    on the page outside (the style sheet) or is of no use in it (metadata, comments) is gone.

    Args:
        content: the SVG file.
        prefix: another one for each figure of a page.
        alt: what is seen, for those who cannot see it.
    """
    root = ET.fromstring(content)  # noqa: S314 - matplotlib has just written it
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in UNWANTED or not child.tag.startswith(SVG):
                parent.remove(child)
    for element in root.iter():
        _rename(element, prefix)
        element.tag = element.tag.removeprefix(SVG)
    width = float(root.attrib.pop("width").removesuffix("pt")) * POINTS_TO_PIXELS
    height = float(root.attrib.pop("height").removesuffix("pt")) * POINTS_TO_PIXELS
    # matplotlib's style sheet says this of every element; on the root it is inherited.
    root.attrib |= {
        "width": f"{width:.0f}",
        "height": f"{height:.0f}",
        "stroke-linejoin": "round",
        "stroke-linecap": "butt",
        "role": "img",
        "aria-label": alt,
    }
    return ET.tostring(root, encoding="unicode")


def _rename(element: ET.Element, prefix: str) -> None:
    """Give ids and what refers to them the prefix."""
    for key, value in list(element.attrib.items()):
        if key == "id":
            element.attrib[key] = prefix + value
        elif key in (LINK, "href"):
            del element.attrib[key]
            element.attrib["href"] = f"#{prefix}{value[1:]}" if value[:1] == "#" else value
        elif "url(#" in value:
            element.attrib[key] = REFERENCE.sub(rf"url(#{prefix}\1)", value)
