"""A model's file with int8 weights and activations, calibrated on MNIST's training images."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

import tenfold

__all__ = ["quantize"]

CALIBRATION_IMAGES = 1_000


class Images(CalibrationDataReader):  # type: ignore[misc] # onnxruntime has no types
    """Training images, a hundred at a time."""

    def __init__(self, count: int) -> None:
        images = tenfold.load_dataset("mnist").train.images[:count]
        batch = images[:, None].astype(np.float32) / np.float32(255)
        self._parts = iter([{"images": batch[at : at + 100]} for at in range(0, count, 100)])

    def get_next(self) -> dict[str, Any] | None:
        """Return the next batch, or None at the end."""
        return next(self._parts, None)


def quantize(source: Path, target: Path, count: int = CALIBRATION_IMAGES) -> None:
    """Write the int8 form of the model file ``source`` to ``target``."""
    logging.getLogger().setLevel(logging.ERROR)
    prepared = target.with_suffix(".prepared.onnx")
    quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
    quantize_static(
        str(prepared),
        str(target),
        Images(count),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
    )
