"""Line models of 4-pixel columns, as earlier trainings made them, give boxes where they are."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from tenfold.models.line_model import LineModel


@pytest.mark.parametrize("column", [2, 4])
def test_a_box_is_counted_from_the_middle_of_its_column(column: int) -> None:
    count = 48 // column

    class Session:
        def run(self, _names: object, _inputs: object) -> list[np.ndarray]:
            return [np.zeros((1, count, 11), np.float32), np.zeros((1, count, 4), np.float32)]

        def get_outputs(self) -> list[SimpleNamespace]:
            shapes = {"logits": ["n", "w", 11], "boxes": ["n", "w", 4]}
            return [SimpleNamespace(name=name, shape=shape) for name, shape in shapes.items()]

    model = LineModel.__new__(LineModel)
    model._session = Session()
    boxes = model.predict(np.zeros((1, 40, 48), np.float32))[1][0]
    middles = np.arange(48).reshape(count, column).mean(1)
    np.testing.assert_allclose(boxes[:, [0, 2]], np.stack([middles, middles], 1))
    np.testing.assert_allclose(boxes[:, [1, 3]], 20)
