"""The Chinese characters of a page as a small font inside it, for machines that have none."""

from __future__ import annotations

import base64
import importlib
import importlib.util
import io
import logging

__all__ = ["han_font_face"]


def han_font_face(page: str) -> str:
    """Return a CSS font face with those characters of ``page`` that Latin fonts lack.

    "" if there are none, or if the font that figures draw Chinese with is not installed; readers'
    own fonts then have to do.
    """
    wanted = {ord(c) for c in page if ord(c) >= 0x2E80}
    if not wanted or importlib.util.find_spec("noto_cjk_sans_otc") is None:
        return ""
    from fontTools import subset  # type: ignore[import-untyped] # it has no types

    logging.getLogger("fontTools").setLevel(logging.ERROR)
    path = str(importlib.import_module("noto_cjk_sans_otc").FONT_PATH)
    # The collection's fonts differ in the forms of some characters; this one is Simplified Chinese.
    options = subset.Options(
        font_number=_simplified(path), layout_features=[], notdef_outline=True, hinting=False
    )
    content = io.BytesIO()
    with subset.load_font(path, options) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=wanted)
        subsetter.subset(font)
        font.flavor = "woff"
        font.save(content)
    encoded = base64.b64encode(content.getvalue()).decode()
    # It stands first among the page's fonts, for its own range alone: further down the list,
    # Chromium leaves the first words of each size as boxes.
    return (
        '@font-face { font-family: "Tenfold Han"; unicode-range: U+2E80-FFFFF; '
        f'src: url("data:font/woff;base64,{encoded}") format("woff"); }}\n'
    )


def _simplified(path: str) -> int:
    from fontTools.ttLib import TTCollection  # type: ignore[import-untyped] # it has no types

    with TTCollection(path, lazy=True) as collection:
        names = [font["name"].getDebugName(1) or "" for font in collection.fonts]
    return next((at for at, name in enumerate(names) if name.endswith("SC")), 0)
