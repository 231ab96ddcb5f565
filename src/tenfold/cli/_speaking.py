"""The language that a command speaks."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from tenfold.cli._screen import note
from tenfold.cli._usage import UsageError
from tenfold.language import LANGUAGES, current_language, set_language
from tenfold.language import text as _

__all__ = ["choose_language"]


def choose_language(words: Sequence[str]) -> None:
    """Speak what --lang among ``words`` says, else what the surroundings do, if it can be shown.

    Raises:
        UsageError: if --lang names no language.
    """
    given = _given(words)
    set_language(given)
    named = os.environ.get("TENFOLD_LANG", "")
    if given is None and named and named.replace("-", "_").split("_")[0].lower() not in LANGUAGES:
        note(_("TENFOLD_LANG is {value!r}; expected en or zh. English is spoken.", value=named))
    lacking = _encoding_without_chinese() if current_language() == "zh" else None
    if lacking is None:
        return
    # In English, for Chinese could not be shown.
    if given is None:
        set_language("en")
        note(f"The encoding {lacking} has no Chinese characters; English is spoken. {_CURE}")
    else:
        note(f"The encoding {lacking} has no Chinese characters; \\u4e2d stands for one. {_CURE}")


_CURE = "PYTHONIOENCODING=utf-8 lets all be shown."


def _encoding_without_chinese() -> str | None:
    for stream in (sys.stdout, sys.stderr):
        encoding = getattr(stream, "encoding", None) or "utf-8"
        try:
            "中".encode(encoding)
        except (UnicodeEncodeError, LookupError):
            return encoding
    return None


def _given(words: Sequence[str]) -> str | None:
    for at, word in enumerate(words):
        value = word.partition("=")[2] if word.startswith("--lang=") else None
        if word == "--lang" and at + 1 < len(words):
            value = words[at + 1]
        if value is not None:
            if value not in LANGUAGES:
                raise UsageError(
                    _(
                        "Received --lang {value}; expected one of {known}.",
                        value=value,
                        known=", ".join(LANGUAGES),
                    )
                )
            return value
    return None
