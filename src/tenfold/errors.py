"""Every error that Tenfold raises on purpose.

    TenfoldError
    ├── InputError (ValueError)      what the caller gave is wrong
    │   ├── UnknownNameError         no recipe, format, split or setting of that name
    │   ├── PictureError             bytes that are no readable picture
    │   ├── FormatError              a data file that breaks its format's rules
    │   └── ModelError               a model file that is damaged or not one of ours
    ├── SourceError                  a data set could not be had from anywhere
    ├── StorageError (OSError)       a file could not be written or read
    ├── MissingExtraError            an optional dependency is not installed
    ├── RunError                     a run folder cannot be used as asked
    └── TrainingError                training cannot go on (a loss that is not a number)

The command line prints the message of a ``TenfoldError`` without a traceback and exits with 1;
any other exception is a defect of Tenfold. Two warnings are no errors, since the data can be used:

    DataWarning (UserWarning)        data may not be what they are taken for
    └── UnlabeledWarning             images without labels were passed over
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from tenfold.language import text as _

__all__ = [
    "DataWarning",
    "FormatError",
    "InputError",
    "MissingExtraError",
    "ModelError",
    "PictureError",
    "RunError",
    "SourceError",
    "StorageError",
    "TenfoldError",
    "TrainingError",
    "UnknownNameError",
    "UnlabeledWarning",
]


class DataWarning(UserWarning):
    """Data that can be used, but may not be what they are taken for."""


class UnlabeledWarning(DataWarning):
    """Images without labels, which were passed over."""


class TenfoldError(Exception):
    """The root: catch this to catch everything that Tenfold raises on purpose."""


class InputError(TenfoldError, ValueError):
    """What the caller gave is wrong; the message says what was received and expected."""


class UnknownNameError(InputError):
    """A name that no registry holds; the message lists the known ones and the nearest."""

    def __init__(
        self, kind: str, name: str, known: Iterable[str], meant: str | None = None
    ) -> None:
        """Compose the message for a ``kind`` of thing, such as "recipe".

        Args:
            kind: in the language in force.
            name: as it was given.
            known: the names that there are.
            meant: what is surely meant, where that is known better than by likeness.
        """
        message = _("There is no {kind} named {name!r}.", kind=kind, name=name)
        super().__init__(f"{message} {suggestion(name, known, meant)}")


def suggestion(name: str, known: Iterable[str], meant: str | None = None) -> str:
    """Return which known name is meant by an unknown one, if one is near, and all of them."""
    names = sorted(known)
    asked = did_you_mean(meant) if meant else nearest_of(name, names)
    return " ".join(filter(None, (asked, _("Known: {names}.", names=", ".join(names)))))


def nearest_of(name: str, known: Iterable[str]) -> str:
    """Return which known name is meant by an unknown one, as a question; "" if none is near."""
    nearest = difflib.get_close_matches(name, list(known), n=1)
    return did_you_mean(nearest[0]) if nearest else ""


def did_you_mean(nearest: str) -> str:
    """Return the question whether ``nearest`` is meant."""
    return _("Did you mean {nearest!r}?", nearest=nearest)


class PictureError(InputError):
    """Bytes, a path or an array that cannot be read as a picture."""


class FormatError(InputError):
    """A data file that is damaged, hostile or not in the format it claims."""


class ModelError(InputError):
    """A model file that is damaged, incomplete or not one of ours."""


class SourceError(TenfoldError):
    """A data set could not be had from any place; the message lists what was tried."""


class StorageError(TenfoldError, OSError):
    """A file or folder could not be written or read."""


class MissingExtraError(TenfoldError, ImportError):
    """An optional dependency is missing; the message holds the line that installs it."""

    def __init__(self, extra: str, purpose: str) -> None:
        """Name the ``extra`` of the package and the ``purpose`` it serves."""
        super().__init__(
            _(
                "{purpose} needs packages that are not installed. "
                "Install them with: pip install 'tenfold[{extra}]'",
                purpose=purpose,
                extra=extra,
            )
        )


class RunError(TenfoldError):
    """A run folder that is busy, finished, or holds something else than was asked for."""


class TrainingError(TenfoldError):
    """Training cannot go on; the run's last checkpoint is whole."""
