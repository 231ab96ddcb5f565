"""What a person reads, in English or Simplified Chinese.

English text is the key: ``text("Known: {names}.", names=...)`` looks the template up in the
catalog of the chosen language and fills it in. Catalogs are TOML tables, English = Chinese,
under ``languages/<code>/``; a test holds them complete against the source.
"""

from __future__ import annotations

import functools
import locale
import os
import tomllib
from importlib import resources

__all__ = ["LANGUAGES", "current_language", "set_language", "text"]

LANGUAGES = ("en", "zh")

_chosen: str | None = None


def set_language(code: str | None) -> None:
    """Choose ``"en"`` or ``"zh"`` for this process; ``None`` returns to TENFOLD_LANG or the locale.

    Raises:
        ValueError: for any other code.
    """
    global _chosen
    if code is not None and code not in LANGUAGES:
        raise ValueError(f"Received language {code!r}; expected one of {', '.join(LANGUAGES)}.")
    _chosen = code


def current_language() -> str:
    """Return the code in force: the chosen one, else TENFOLD_LANG, else the locale's, else "en"."""
    if _chosen is not None:
        return _chosen
    wanted = os.environ.get("TENFOLD_LANG") or _locale_name()
    code = wanted.replace("-", "_").split("_")[0].lower()
    return code if code in LANGUAGES else "en"


def text(template: str, /, **values: object) -> str:
    """Return ``template`` in the language in force, its ``{placeholders}`` filled in."""
    if current_language() != "en":
        template = _catalog(current_language()).get(template, template)
    return template.format(**values) if values else template


def _locale_name() -> str:
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return value
    return locale.getlocale()[0] or "en"


@functools.cache
def _catalog(code: str) -> dict[str, str]:
    """Merge the TOML files of one language: template -> translation."""
    merged: dict[str, str] = {}
    for file in resources.files("tenfold").joinpath("languages", code).iterdir():
        if file.name.endswith(".toml"):
            merged |= tomllib.loads(file.read_text(encoding="utf-8"))
    return merged
