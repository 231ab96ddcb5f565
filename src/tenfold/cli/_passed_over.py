"""Tells of files in a folder that are pictures of kinds that are not read."""

from __future__ import annotations

from typing import final

from tenfold.cli._screen import note
from tenfold.language import text as _

__all__ = ["PassedOver"]

# So many are named; of more, their number says enough.
_NAMED = 3


@final
class PassedOver:
    """Counts them as they are met, and tells of them once."""

    def __init__(self) -> None:
        self._count = 0
        self._first: list[str] = []

    def add(self, path: str) -> None:
        """One more is passed over."""
        self._count += 1
        if self._count <= _NAMED:
            self._first.append(path)

    def tell(self) -> None:
        """Print a line on stderr, if there are any."""
        if not self._count:
            return
        from tenfold.characters import printable

        names = ", ".join(map(printable, self._first))
        if self._count > _NAMED:
            names = _("{names} and {count} more", names=names, count=self._count - _NAMED)
        if self._count == 1:
            told = _(
                "Passed over 1 file, a picture of a kind that is not read: {names}. "
                "Save it as PNG or JPEG to have it read.",
                names=names,
            )
        else:
            told = _(
                "Passed over {count} files, pictures of kinds that are not read: {names}. "
                "Save them as PNG or JPEG to have them read.",
                count=self._count,
                names=names,
            )
        note(told)
