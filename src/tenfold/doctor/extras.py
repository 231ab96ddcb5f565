"""What Tenfold needs, and each of its extras: there, complete, and in working order."""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from importlib import metadata

from tenfold.doctor._asking import ask
from tenfold.doctor._finding import CheckResult, State
from tenfold.errors import TenfoldError
from tenfold.language import text as _

__all__ = ["PLACE", "check", "missing", "probe"]

PLACE = 1

# For work on Tenfold itself.
_LEFT_OUT = ("dev",)


def check() -> list[CheckResult]:
    """Look at the base installation, and at each extra."""
    names = metadata.metadata("tenfold").get_all("Provides-Extra") or []
    extras = ["", *sorted(name for name in names if name not in _LEFT_OUT)]
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(copy_context().run, _look, extra) for extra in extras]
        return [found.result() for found in waiting]


def missing(extra: str) -> tuple[dict[str, str], list[str], list[str]]:
    """Return the packages of an extra: versions of those that are there, absent, and too old.

    Args:
        extra: its name; "" for what Tenfold always needs.
    """
    from packaging.requirements import Requirement

    there: dict[str, str] = {}
    absent, old = [], []
    for line in metadata.requires("tenfold") or []:
        wanted = Requirement(line)
        of_base = wanted.marker is None or wanted.marker.evaluate({"extra": ""})
        of_extra = wanted.marker is not None and wanted.marker.evaluate({"extra": extra})
        if not (of_base if extra == "" else of_extra and not of_base):
            continue
        try:
            found = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            absent.append(wanted.name)
            continue
        there[wanted.name] = found
        if not wanted.specifier.contains(found, prereleases=True):
            old.append(f"{wanted.name} {found} ({wanted.specifier})")
    return there, absent, old


def probe(names: list[str]) -> dict[str, str]:
    """Import packages, here and now, and return what went wrong: name -> error.

    Args:
        names: of distributions, as pip has them.
    """
    import importlib

    from tenfold.exchange import import_keras

    # Whether figures can be drawn as things are set is another check's question.
    os.environ.pop("MPLBACKEND", None)
    modules: dict[str, list[str]] = {}
    for module, owners in metadata.packages_distributions().items():
        for owner in owners:
            modules.setdefault(_plain(owner), []).append(module)
    wrong = {}
    for name in names:
        found = modules.get(_plain(name), [])
        own = [module for module in found if _plain(module) == _plain(name)]
        for module in own or [module for module in found if module[0] != "_"]:
            try:
                # On the backend that Tenfold has it use.
                import_keras() if module == "keras" else importlib.import_module(module)
            except TenfoldError as error:
                wrong[name] = str(error)
            except BaseException as error:  # noqa: BLE001 # whatever it is, it is what we look for
                wrong[name] = f"{type(error).__name__}: {str(error)[:200]}"
    return wrong


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _look(extra: str) -> CheckResult:
    there, absent, old = missing(extra)
    wrong = _imported(list(there)) if there else {}
    name = f"tenfold[{extra}]" if extra else "tenfold"
    line = f"pip install '{name}'"
    facts: dict[str, object] = {"extra": extra, "versions": there, "missing": absent}
    facts |= {"too_old": old, "errors": wrong}
    state, text = _told(there, absent, old, wrong)
    if not extra and absent:
        state = "broken"
    if wrong:
        broken = " ".join(f"'{package}'" for package in wrong)
        line = f"pip install --force-reinstall {broken}"
        if list(wrong) == ["keras"] and os.environ.get("KERAS_BACKEND"):
            line = "unset KERAS_BACKEND"
    elif old:
        line = f"pip install --upgrade '{name}'"
    return CheckResult("extras", name, state, text, line if absent or old or wrong else "", facts)


def _told(
    there: dict[str, str], absent: list[str], old: list[str], wrong: dict[str, str]
) -> tuple[State, str]:
    if wrong:
        reasons = "; ".join(f"{package}: {reason}" for package, reason in wrong.items())
        return "broken", _("installed but broken: {reasons}", reasons=reasons)
    if old and not absent:
        return "broken", _("too old: {names}", names=", ".join(old))
    if not there:
        return "note", _("not installed")
    if absent:
        return "note", _("not complete, without {names}", names=", ".join(absent))
    return "good", _("complete: {names}", names=", ".join(f"{n} {v}" for n, v in there.items()))


def _imported(names: list[str]) -> dict[str, str]:
    """Import all in one process; if that dies, each in its own, to find which it was."""
    together = ask(__name__, "probe", names)
    if not together.problem:
        found: dict[str, str] = together.value
        return found
    if len(names) == 1:
        return {names[0]: together.problem}
    wrong: dict[str, str] = {}
    for name in names:
        wrong |= _imported([name])
    return wrong or {"?": together.problem}
