"""Line models of 4-pixel columns, as earlier trainings made them, give boxes where they are."""

from __future__ import annotations

import numpy as np
import pytest

from _line_answers import answering


@pytest.mark.parametrize("column", [2, 4])
def test_a_box_is_counted_from_the_middle_of_its_column(column: int) -> None:
    count = 48 // column
    model = answering(np.zeros((1, count, 4), np.float32))
    boxes = model.predict(np.zeros((1, 40, 48), np.float32))[1][0]
    middles = np.arange(48).reshape(count, column).mean(1)
    np.testing.assert_allclose(boxes[:, [0, 2]], np.stack([middles, middles], 1))
    np.testing.assert_allclose(boxes[:, [1, 3]], 20)
