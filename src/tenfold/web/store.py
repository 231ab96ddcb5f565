"""The corrections of the page: where a service keeps them.

The store itself is ``tenfold.data.corrections``, below training, which learns from it.
"""

from __future__ import annotations

import os

from tenfold.data.corrections import Correction, Corrections, url_in
from tenfold.web.settings import ServiceSettings

__all__ = ["Correction", "Corrections", "database_url", "open_corrections"]


def open_corrections(settings: ServiceSettings) -> Corrections:
    """Open the store that a service was told to use.

    That is the database of ``database_url``, else a file in its data folder.

    Raises:
        InputError: if the database's URL is none, or its driver is not installed.
        StorageError: if it cannot be used, is damaged, or was made by a newer Tenfold.
    """
    return Corrections(database_url(settings) or url_in(settings.data_folder))


def database_url(settings: ServiceSettings) -> str | None:
    """Return the database that a service was told to use, or TENFOLD_DATABASE; None if neither."""
    return settings.database or os.environ.get("TENFOLD_DATABASE") or None
