"""Trackers: observers that write a training into another tool's store.

One file here is one tracker: ``mlflow.py`` holds the function ``track`` that makes one for a run.
A name with a leading underscore is none. ``Together`` joins observers into one::

    from tenfold.training.callbacks import Together, open_tracker

    tracker = open_tracker("tensorboard", run)
    tenfold.train("mlp-128", run=run.folder, observer=Together([Bar(console), tracker]))
    tracker.on_finish()
"""

from __future__ import annotations

import importlib

from tenfold.errors import UnknownNameError
from tenfold.language import text as _
from tenfold.records import Run
from tenfold.registry import entry_names
from tenfold.training.callbacks._together import Together
from tenfold.training.callbacks._tracker import Tracker

__all__ = ["Together", "Tracker", "open_tracker", "tracker_names"]


def tracker_names() -> tuple[str, ...]:
    """Return the names of all trackers, sorted."""
    return tuple(entry_names(__path__))


def open_tracker(name: str, run: Run) -> Tracker:
    """Return the tracker of this name for a run that is about to be trained or resumed.

    Raises:
        UnknownNameError: if there is none.
        MissingExtraError: if the tool is not installed.
    """
    if name not in tracker_names():
        raise UnknownNameError(_("tracker"), name, tracker_names())
    tracker: Tracker = importlib.import_module(f"{__name__}.{name}").track(run)
    return tracker
