"""Room on the disk, where data are kept and where runs go."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from tenfold.doctor._asking import ask
from tenfold.doctor._finding import CheckResult, State
from tenfold.language import text as _

__all__ = ["PLACE", "check", "judged", "probe"]

PLACE = 9

MB = 1_000_000
LITTLE = 1000 * MB
"""Below this it is worth a word: the scenes that the reader learns from take 1.6 GB."""
NONE = 100 * MB
"""Below this MNIST, 55 MB, or a run may not fit."""


def check() -> list[CheckResult]:
    """Look at the cache's folder and the current one."""
    answer = ask(__name__, "probe")
    if answer.problem:
        text = _("the folders could not be looked at: {reason}", reason=answer.problem)
        return [CheckResult("disk", _("disk"), "broken", text)]
    names = {"cache": _("cache"), "here": _("this folder")}
    return [judged(names[key], facts) for key, facts in answer.value.items()]


def probe() -> dict[str, dict[str, Any]]:
    """Return what there is of room in each folder."""
    from tenfold.data.sources.cache import cache_folder

    cache, here = cache_folder().parent, Path.cwd()
    return {"cache": _facts(cache) | {"kept": _kept(cache)}, "here": _facts(here)}


def judged(name: str, facts: dict[str, Any]) -> CheckResult:
    """Return what to say of a folder, from its facts."""
    text = _("{path}: {free:,.0f} MB free", path=facts["path"], free=facts["free"] / MB)
    if facts["kept"]:
        kept = ", ".join(f"{part} {size / MB:,.0f} MB" for part, size in facts["kept"].items())
        text += _("; kept in it: {kept}", kept=kept)
    state: State = "good"
    told = ""
    if not facts["writable"]:
        state, told = "note", _("It cannot be written; name another (TENFOLD_CACHE, --run).")
    elif facts["free"] < LITTLE:
        state = "broken" if facts["free"] < NONE else "note"
        told = _("Free some space, or name another place (TENFOLD_CACHE, --run).")
    return CheckResult("disk", name, state, text, told, facts)


def _facts(folder: Path) -> dict[str, Any]:
    there = next(place for place in (folder, *folder.absolute().parents) if place.is_dir())
    return {
        "path": str(folder),
        "free": shutil.disk_usage(there).free,
        "writable": os.access(there, os.W_OK),
        "kept": {},
    }


def _kept(folder: Path) -> dict[str, int]:
    """The folders in the cache, and how many bytes are in each."""
    parts = [part for part in folder.glob("*") if part.is_dir()]
    return {
        part.name: sum(file.stat().st_size for file in part.rglob("*") if file.is_file())
        for part in sorted(parts)
    }
