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
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import resources
from pathlib import PurePath

from tenfold.characters import on_one_line

__all__ = ["LANGUAGES", "current_language", "set_language", "speaking", "text"]

LANGUAGES = ("en", "zh")

_chosen: str | None = None

# A service speaks with several people at once, each in their own language.
_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


def set_language(code: str | None) -> None:
    """Choose ``"en"`` or ``"zh"`` for this process; ``None`` returns to TENFOLD_LANG or the locale.

    Raises:
        ValueError: for any other code.
    """
    global _chosen
    _chosen = _checked(code)


@contextmanager
def speaking(code: str | None) -> Iterator[None]:
    """Speak ``"en"`` or ``"zh"`` in this block, whatever the process speaks; None changes nothing.

    It holds for this thread or task, and for what runs in a copy of its context.

    Raises:
        ValueError: for any other code.
    """
    token = _spoken.set(_checked(code) or _spoken.get())
    try:
        yield
    finally:
        _spoken.reset(token)


def current_language() -> str:
    """Return the code in force.

    It is the one spoken here, else the chosen one, else TENFOLD_LANG, else the locale's, else "en".
    """
    spoken = _spoken.get()
    if spoken is not None:
        return spoken
    if _chosen is not None:
        return _chosen
    wanted = os.environ.get("TENFOLD_LANG") or _locale_name()
    code = wanted.replace("-", "_").split("_")[0].lower()
    return code if code in LANGUAGES else "en"


def text(template: str, /, **values: object) -> str:
    """Return ``template`` in the language in force, its ``{placeholders}`` filled in.

    What is filled in stands on one line and is printable: names come from files.
    """
    if current_language() != "en":
        template = _catalog(current_language()).get(template, template)
    shown = {name: _shown(value) for name, value in values.items()}
    return template.format(**shown) if values else template


def _shown(value: object) -> object:
    """Words as they may be shown; numbers as they are, for their format says how."""
    return on_one_line(str(value)) if isinstance(value, str | PurePath | Exception) else value


def _checked(code: str | None) -> str | None:
    if code is not None and code not in LANGUAGES:
        raise ValueError(f"Received language {code!r}; expected one of {', '.join(LANGUAGES)}.")
    return code


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
