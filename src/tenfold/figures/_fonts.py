"""The fonts of all figures: one family for Latin and Chinese text, wherever it is found."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import warnings
from pathlib import Path

from matplotlib import font_manager

from tenfold.language import current_language
from tenfold.language import text as _

__all__ = ["families"]

PACKAGED = "Noto Sans CJK SC"
INSTALLED = (
    PACKAGED,
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "Microsoft YaHei",
    "SimHei",
    "SimSun",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "Arial Unicode MS",
)
ALWAYS = "DejaVu Sans"


def families() -> list[str]:
    """Return the font families to draw with, best first; warn once if Chinese would be boxes."""
    chinese = _chinese_family()
    if chinese is None:
        if current_language() == "zh":
            _warn_once()
        return [ALWAYS]
    return [chinese, ALWAYS]


@functools.cache
def _chinese_family() -> str | None:
    """Register the packaged font with matplotlib, or else name one of the system's."""
    path = _packaged_font()
    if path is not None:
        font_manager.fontManager.addfont(path)
    known = {entry.name for entry in font_manager.fontManager.ttflist}
    return next((name for name in INSTALLED if name in known), None)


def _packaged_font() -> Path | None:
    if importlib.util.find_spec("noto_cjk_sans_otc") is None:
        return None
    return Path(str(importlib.import_module("noto_cjk_sans_otc").FONT_PATH))


@functools.cache
def _warn_once() -> None:
    warnings.warn(
        _(
            "No font with Chinese characters was found, so Chinese labels come out as boxes. "
            "Install one with: pip install noto-cjk-sans-otc"
        ),
        stacklevel=5,
    )
