"""The font of Chinese labels in figures."""

from __future__ import annotations

from tenfold.doctor._asking import Answer, ask, installed
from tenfold.doctor._finding import CheckResult
from tenfold.language import text as _

__all__ = ["PLACE", "check", "probe"]

PLACE = 7


def check() -> list[CheckResult]:
    """Ask which font figures would use; nothing if they cannot be drawn, which another tells."""
    answer = ask(__name__, "probe") if installed("matplotlib") else Answer(problem="none")
    if answer.problem:
        return []
    name, family = _("Chinese font"), answer.value
    if family is None:
        text = _("none is found, so Chinese labels in figures come out as boxes")
        return [CheckResult("fonts", name, "note", text, "pip install noto-cjk-sans-otc")]
    return [CheckResult("fonts", name, "good", family, facts={"family": family})]


def probe() -> str | None:
    """Return the family that figures draw Chinese with."""
    import warnings

    from tenfold.figures import ALWAYS, families

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        first = families()[0]
    return None if first == ALWAYS else first
