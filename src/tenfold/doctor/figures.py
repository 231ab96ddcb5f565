"""Whether figures can be drawn, screen or no screen."""

from __future__ import annotations

from tenfold.doctor._asking import ask, installed
from tenfold.doctor._finding import CheckResult
from tenfold.language import text as _

__all__ = ["PLACE", "check", "probe"]

PLACE = 8


def check() -> list[CheckResult]:
    """Draw one in the user's own environment."""
    name = _("figures")
    if not installed("matplotlib"):
        text = _("matplotlib is not installed; nothing is drawn")
        return [CheckResult("figures", name, "note", text, "pip install 'tenfold[train]'")]
    answer = ask(__name__, "probe")
    if answer.problem:
        text = _("a figure could not be drawn: {reason}", reason=answer.problem)
        told = _("If MPLBACKEND is set, unset it; else: {line}", line="pip install -U matplotlib")
        return [CheckResult("figures", name, "broken", text, told)]
    text = _("a figure was drawn, {size} bytes of PNG; no screen is needed", size=answer.value)
    return [CheckResult("figures", name, "good", text, facts={"bytes": answer.value})]


def probe() -> int:
    """Draw the example of a confusion matrix, and return the size of the file."""
    import tempfile
    import warnings
    from pathlib import Path

    from tenfold.figures import save
    from tenfold.figures.confusion import example

    with tempfile.TemporaryDirectory(prefix="tenfold-") as folder:
        path = Path(folder) / "confusion.png"
        with warnings.catch_warnings():
            # A missing Chinese font is the other check's.
            warnings.simplefilter("ignore")
            save(example(), path)
        content = path.read_bytes()
    assert content.startswith(b"\x89PNG")
    return len(content)
