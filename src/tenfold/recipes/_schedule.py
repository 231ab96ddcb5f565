"""How the learning rate goes over a training, as frozen data."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

__all__ = ["OneCycle"]


class OneCycle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The learning rate rises in a line, then falls to the end (Smith and Topin 2018).

    Args:
        warm_up: the share of all steps on which it rises from nothing to the optimizer's
            ``learning_rate``.
        final: where it ends, as a share of the highest.
        fall: in a "line", or as half a "cosine".
    """

    warm_up: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.2
    final: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    fall: Literal["line", "cosine"] = "cosine"
