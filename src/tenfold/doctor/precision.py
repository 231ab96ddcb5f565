"""Whether mixed precision is fast here."""

from __future__ import annotations

from pathlib import Path

from tenfold.doctor._asking import installed
from tenfold.doctor._finding import CheckResult
from tenfold.doctor._torch import ask_torch
from tenfold.language import text as _

__all__ = ["PLACE", "check"]

PLACE = 4

_PROCESSOR = Path("/proc/cpuinfo")


def check() -> list[CheckResult]:
    """Say which instructions for bf16 there are, and what recipes that prefer it train in."""
    names = _instructions()
    facts: dict[str, object] = {"instructions": names}
    listed = ", ".join(names) or _("no instructions for bf16")
    if not installed("torch"):
        return [CheckResult("precision", _("mixed precision"), "good", listed, facts=facts)]
    answer = ask_torch()
    if answer.problem:
        return []  # The device's finding tells it.
    facts["precision"] = answer.value["precision"]
    if facts["precision"] == "bf16":
        text = _("{listed}: recipes that prefer bf16 train in it", listed=listed)
    else:
        text = _("{listed}: recipes that prefer bf16 train in fp32", listed=listed)
    return [CheckResult("precision", _("mixed precision"), "good", text, facts=facts)]


def _instructions() -> list[str]:
    """The processor's instructions for bf16, as Linux tells them."""
    try:
        flags = set(_PROCESSOR.read_text(encoding="utf-8", errors="replace").split())
    except OSError:
        return []
    known = {"amx_bf16": "AMX", "avx512_bf16": "AVX-512 BF16", "bf16": "BF16"}
    return [name for flag, name in known.items() if flag in flags]
