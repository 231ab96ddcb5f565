from __future__ import annotations

import numpy as np
import pytest

from tenfold.reader.confidence import percent


@pytest.mark.parametrize(
    ("confidence", "shown"),
    [
        (1.0, "100.0%"),
        (0.99999, "99.9%"),
        (0.9999999, "99.9%"),
        (0.91, "91.0%"),
        (0.5, "50.0%"),
        (0.0, "0.0%"),
    ],
)
def test_less_than_certain_is_never_shown_as_certain(confidence: float, shown: str) -> None:
    assert percent(confidence) == shown
    assert percent(float(np.float32(confidence))) == shown
