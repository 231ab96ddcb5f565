"""How many cores there are, and how many are used."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tenfold.doctor._asking import installed
from tenfold.doctor._finding import CheckResult, State
from tenfold.doctor._torch import ask_torch
from tenfold.language import text as _
from tenfold.processes import core_count

__all__ = ["PLACE", "cgroup_limit", "check"]

PLACE = 3

_GROUPS = Path("/sys/fs/cgroup")


def check() -> list[CheckResult]:
    """Compare the cores that may be used with those that PyTorch would use."""
    torch = ask_torch().value if installed("torch") else None
    facts: dict[str, Any] = {
        "cores": os.cpu_count(),
        "usable": core_count(),
        "limit": cgroup_limit(_GROUPS),
        "omp_num_threads": os.environ.get("OMP_NUM_THREADS"),
        "torch": torch and torch["threads"],
    }
    text = _("{usable} of {cores} cores may be used", **facts)
    if facts["torch"]:
        text += _("; PyTorch uses {torch} threads", **facts)
    state: State = "good"
    told = ""
    if facts["limit"] and facts["limit"] < facts["usable"]:
        state = "note"
        text += _("; a control group allows {limit:g} cores' time", **facts)
        told = _("Train with --threads {count}.", count=max(1, int(facts["limit"])))
    elif facts["omp_num_threads"] and facts["torch"] and facts["torch"] < facts["usable"]:
        state = "note"
        told = _("OMP_NUM_THREADS={omp_num_threads} limits it; unset it to use all.", **facts)
    return [CheckResult("threads", _("threads"), state, text, told, facts)]


def cgroup_limit(root: Path) -> float | None:
    """Return how many cores' time Linux's control groups allow; None for no limit.

    Args:
        root: where they are mounted. As a container sees it: its own group is the root.
    """
    try:
        if (root / "cpu.max").is_file():
            quota, period = (root / "cpu.max").read_text().split()[:2]
        else:
            quota = (root / "cpu" / "cpu.cfs_quota_us").read_text()
            period = (root / "cpu" / "cpu.cfs_period_us").read_text()
        share = float(quota) / float(period)
    except (OSError, ValueError, ZeroDivisionError):
        # No such files, or "max": no limit.
        return None
    return share if share > 0 else None
