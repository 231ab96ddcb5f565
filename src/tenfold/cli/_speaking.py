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


def choose_language(words: Sequence[str]) -> list[str]:
    """Speak what --lang among ``words`` says, else what the surroundings do, if it can be shown.

    Returns:
        The words without it: every command takes it, before or after its name.

    Raises:
        UsageError: if --lang names no language.
    """
    rest, given = _without_lang(words)
    set_language(given)
    named = os.environ.get("TENFOLD_LANG", "")
    if given is None and named and named.replace("-", "_").split("_")[0].lower() not in LANGUAGES:
        note(_("TENFOLD_LANG is {value!r}; expected en or zh. English is spoken.", value=named))
    lacking = _encoding_without_chinese() if current_language() == "zh" else None
    if lacking is None:
        return rest
    # In English, for Chinese could not be shown.
    if given is None:
        set_language("en")
        note(f"The encoding {lacking} has no Chinese characters; English is spoken. {_CURE}")
    else:
        note(f"The encoding {lacking} has no Chinese characters; \\u4e2d stands for one. {_CURE}")
    return rest


_CURE = "PYTHONIOENCODING=utf-8 lets all be shown."


def _encoding_without_chinese() -> str | None:
    for stream in (sys.stdout, sys.stderr):
        encoding = getattr(stream, "encoding", None) or "utf-8"
        try:
            "中".encode(encoding)
        except (UnicodeEncodeError, LookupError):
            return encoding
    return None


def _without_lang(words: Sequence[str]) -> tuple[list[str], str | None]:
    """Take --lang out, wherever it stands among options; return the rest and what it says."""
    options = list(words[: words.index("--")] if "--" in words else words)
    arguments = list(words[len(options) :])
    rest: list[str] = []
    said: str | None = None
    while options:
        word = options.pop(0)
        if word == "--lang" and not options:
            raise UsageError(_("{name} needs a value.", name=word))
        if word == "--lang":
            said = _known(options.pop(0))
        elif word.startswith("--lang="):
            said = _known(word.partition("=")[2])
        else:
            rest.append(word)
    return rest + arguments, said


def _known(value: str) -> str:
    if value not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise UsageError(
            _("Received --lang {value}; expected one of {known}.", value=value, known=known)
        )
    return value
