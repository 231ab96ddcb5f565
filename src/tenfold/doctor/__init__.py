"""What is installed, what works, and what to do about the rest.

One file here is one check: ``figures.py`` holds ``PLACE``, where it stands among the others, and
``check``, which returns its findings. A name with a leading underscore is no check::

    from tenfold.doctor import examine

    for finding in examine():
        print(finding.state, finding.name, finding.text, finding.advice)

Whatever is heavy or may be broken runs in a process of its own, so importing this needs Python's
own library alone, and no installation is too broken to be looked at.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from types import ModuleType

from tenfold.doctor._finding import CheckResult
from tenfold.language import text as _
from tenfold.processes import core_count
from tenfold.registry import entry_names

__all__ = ["CheckResult", "check_names", "examine"]


def check_names() -> tuple[str, ...]:
    """Return the names of all checks, in the order in which their findings are told."""
    return tuple(sorted(entry_names(__path__), key=lambda name: _module(name).PLACE))


def examine() -> Iterator[CheckResult]:
    """Make all checks at once, and yield what each found, in order, as soon as it is known."""
    with ThreadPoolExecutor(core_count()) as pool:
        waiting = [pool.submit(copy_context().run, _findings, name) for name in check_names()]
        for found in waiting:
            yield from found.result()


def _findings(name: str) -> list[CheckResult]:
    try:
        found: list[CheckResult] = _module(name).check()
    except Exception as error:  # noqa: BLE001 # a broken installation may raise anything
        reason = f"{type(error).__name__}: {error}"
        text = _("this could not be looked at: {reason}", reason=reason)
        return [CheckResult(name, name, "broken", text)]
    return found


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{name}")
