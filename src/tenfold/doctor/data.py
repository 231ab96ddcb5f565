"""Where MNIST would come from, without fetching it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tenfold.doctor._asking import ask
from tenfold.doctor._finding import CheckResult
from tenfold.language import text as _

__all__ = ["PLACE", "check", "probe"]

PLACE = 6


def check() -> list[CheckResult]:
    """Look where Tenfold would look, in the same order."""
    answer = ask(__name__, "probe")
    if answer.problem:
        text = _("MNIST could not be looked for: {reason}", reason=answer.problem)
        return [CheckResult("data", "MNIST", "broken", text)]
    facts: dict[str, Any] = answer.value
    damaged = "; ".join(facts["damaged"])
    fetch = _("Fetch it: {line}", line="tenfold data fetch")
    if damaged:
        place = facts["place"] or _("a mirror or the package index")
        text = _("{damaged}; it would come from {place}", damaged=damaged, place=place)
        told = _("Remove what is damaged, or unset TENFOLD_DATA.")
        return [
            CheckResult("data", "MNIST", "note", text, told if facts["place"] else fetch, facts)
        ]
    if facts["place"]:
        return [CheckResult("data", "MNIST", "good", facts["place"], facts=facts)]
    text = _("not on this machine; it would come from a mirror or the package index")
    return [CheckResult("data", "MNIST", "note", text, fetch, facts)]


def probe() -> dict[str, Any]:
    """Return the first place that has MNIST, verified, and the places whose copies are damaged."""
    from tenfold.data.sources.canonical import check as canonical
    from tenfold.errors import SourceError, TenfoldError

    damaged = []
    for place, load in _places():
        try:
            found = load()
            if found is None:
                continue
            canonical(found)
        except SourceError:
            continue
        except TenfoldError as error:
            damaged.append(f"{place}: {error}")
        else:
            return {"place": place, "damaged": damaged}
    return {"place": None, "damaged": damaged}


def _places() -> list[tuple[str, Callable[[], Any]]]:
    """What is tried before anything is downloaded."""
    from tenfold.data import formats
    from tenfold.data.sources import neighbors
    from tenfold.data.sources.cache import cache_folder, read_cache

    folder = cache_folder()
    places: list[tuple[str, Callable[[], Any]]] = [
        (str(folder), lambda: read_cache(folder)),
        (_("Keras's cache"), neighbors.from_keras),
        (_("torchvision's folders"), neighbors.from_torchvision),
        (_("scikit-learn's cache of OpenML"), neighbors.from_openml),
    ]
    if named := os.environ.get("TENFOLD_DATA"):
        path = Path(named).expanduser()
        places.insert(0, (f"TENFOLD_DATA={named}", lambda: formats.load(path)))
    return places
