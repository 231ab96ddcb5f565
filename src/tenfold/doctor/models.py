"""The models that come with Tenfold."""

from __future__ import annotations

from tenfold.doctor._asking import ask
from tenfold.doctor._finding import CheckResult
from tenfold.language import text as _

__all__ = ["PLACE", "check", "probe"]

PLACE = 5


def check() -> list[CheckResult]:
    """Load each, which asks it what it answered when it was made."""
    name = _("models")
    answer = ask(__name__, "probe")
    if answer.problem:
        text = _(
            "the models that come with Tenfold cannot be used: {reason}", reason=answer.problem
        )
        line = "pip install --force-reinstall tenfold onnxruntime"
        return [CheckResult("models", name, "broken", text, line)]
    text = _("{names} load and answer rightly", names=", ".join(answer.value))
    return [CheckResult("models", name, "good", text, facts={"models": answer.value})]


def probe() -> list[str]:
    """Load all; each is asked about its probe's image and checked."""
    from tenfold.models.bundled import (
        bundled_names,
        load_bundled,
        load_bundled_ink,
        load_bundled_lines,
        load_bundled_signs,
    )

    for name in bundled_names():
        load_bundled(name)
    load_bundled_ink()
    load_bundled_lines()
    load_bundled_signs()
    return [*bundled_names(), "lines", "ink", "signs"]
