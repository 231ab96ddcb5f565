"""Python and Tenfold themselves."""

from __future__ import annotations

import platform
import sys

from tenfold.doctor._finding import CheckResult
from tenfold.language import text as _

__all__ = ["PLACE", "check"]

PLACE = 0


def check() -> list[CheckResult]:
    """Name the versions, and where they are."""
    from importlib.metadata import version

    facts = {
        "python": platform.python_version(),
        "tenfold": version("tenfold"),
        "platform": platform.platform(),
        "executable": sys.executable,
    }
    text = _("Tenfold {tenfold}, Python {python}, {platform}, {executable}", **facts)
    return [CheckResult("python", "Python", "good", text, facts=facts)]
