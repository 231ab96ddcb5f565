"""The corrections of the page: where a service keeps them.

The store itself is ``tenfold.data.corrections``, below training, which learns from it.
"""

from __future__ import annotations

import os

from tenfold.data.corrections import Correction, Corrections, url_in
from tenfold.web.settings import Settings

__all__ = ["Correction", "Corrections", "open_corrections"]


def open_corrections(settings: Settings) -> Corrections:
    """Open the store that a service was told to use.

    That is the database of its settings, else of TENFOLD_DATABASE, else a file in its data folder.

    Raises:
        InputError: if the database's URL is none, or its driver is not installed.
        StorageError: if it cannot be used, is damaged, or was made by a newer Tenfold.
    """
    url = settings.database or os.environ.get("TENFOLD_DATABASE")
    return Corrections(url or url_in(settings.data_folder))
