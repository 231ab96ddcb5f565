"""A report as one HTML page that needs nothing else."""

from __future__ import annotations

import base64
import importlib.util
from importlib import resources

from tenfold.errors import MissingExtraError
from tenfold.language import current_language
from tenfold.language import text as _
from tenfold.reports._blocks import PictureBlock, Report
from tenfold.reports._han import han_font_face
from tenfold.reports._svg import figure_bytes, inline_svg

__all__ = ["render_html"]

LARGEST_SVG = 300_000
"""In bytes; a figure that would be larger is a PNG instead."""

TAGS = {"en": "en", "zh": "zh-Hans"}
PNG_DOTS = 150
SCREEN_DOTS = 96


def render_html(report: Report, footer: str) -> str:
    """Return the page: styles and figures inside, no script, light and dark, fit for print.

    Raises:
        MissingExtraError: if Jinja2 is not installed.
    """
    if importlib.util.find_spec("jinja2") is None:
        raise MissingExtraError("train", _("Writing reports"))
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    surroundings = Environment(
        loader=PackageLoader("tenfold.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = resources.files("tenfold.reports").joinpath("templates", "page.css")
    numbers = iter(range(1, 1_000_000))
    page = surroundings.get_template("page.html").render(
        report=report,
        footer=footer,
        tag=TAGS[current_language()],
        contents=_("Contents"),
        style=Markup(style.read_text(encoding="utf-8")),  # noqa: S704 - our own file
        image=lambda picture: Markup(_image(picture, next(numbers))),  # noqa: S704 - see _image
    )
    # What stands before the styles is escaped, so the first such tag is the template's own.
    return page.replace("<style>", f"<style>\n{han_font_face(page)}", 1)


def _image(picture: PictureBlock, number: int) -> str:
    """Return the figure as an element; its words went through an XML writer or Markup."""
    from markupsafe import Markup

    svg = inline_svg(figure_bytes(picture.figure, "svg"), f"f{number}-", picture.alt)
    if len(svg.encode()) <= LARGEST_SVG:
        return svg
    encoded = base64.b64encode(figure_bytes(picture.figure, "png", dpi=PNG_DOTS)).decode()
    width, height = (round(side * SCREEN_DOTS) for side in picture.figure.get_size_inches())
    element = Markup('<img width="{}" height="{}" alt="{}" src="data:image/png;base64,{}">')
    return element.format(width, height, picture.alt, encoded)
