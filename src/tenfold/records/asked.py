"""What may be asked of a training beside its recipe, known without PyTorch."""

from __future__ import annotations

from typing import get_args

from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.recipes import Precision

__all__ = ["DEVICES", "PRECISIONS", "check_means", "check_subset"]

DEVICES = ("auto", "cpu", "cuda", "mps")
PRECISIONS: tuple[Precision, ...] = get_args(Precision)


def check_means(device: str, precision: str | None, threads: int | None) -> None:
    """Refuse what nothing here could train with; whether a GPU is there is not asked.

    Raises:
        InputError: for an unknown device or precision, or fewer than 1 thread.
    """
    if device not in DEVICES:
        raise InputError(
            _(
                "Received device {name!r}; expected one of {names}.",
                name=device,
                names=", ".join(DEVICES),
            )
        )
    if precision is not None and precision not in PRECISIONS:
        raise InputError(
            _(
                "Received precision {precision!r}; expected one of {names}.",
                precision=precision,
                names=", ".join(PRECISIONS),
            )
        )
    if threads is not None and threads < 1:
        raise InputError(_("Received {threads} threads; expected at least 1.", threads=threads))


def check_subset(subset: int | None, count: int) -> None:
    """Refuse a subset that is none of ``count`` training images.

    Raises:
        InputError: if it is smaller than 1 or larger than that.
    """
    if subset is not None and not 1 <= subset <= count:
        raise InputError(
            _(
                "Received a subset of {subset} images; expected 1 to {count}.",
                subset=subset,
                count=count,
            )
        )
