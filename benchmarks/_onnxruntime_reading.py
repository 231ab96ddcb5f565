"""ONNX Runtime as a contender in reading: ``_onnxruntime_reading.py INPUTS.npz``.

Commands: ``open`` a model with settings under a name, ``time`` a batch, ``accuracy``. Where there
are no settings, the session is the one that Tenfold opens.
"""

from __future__ import annotations

# Before ONNX Runtime, which it keeps from telling its maker.
import tenfold.privacy  # noqa: F401

# isort: split
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from _contender import serve
from _reading import Floats, right_share, visit

from tenfold.models.session import open_session

LEVELS = {
    "none": ort.GraphOptimizationLevel.ORT_DISABLE_ALL,
    "basic": ort.GraphOptimizationLevel.ORT_ENABLE_BASIC,
    "extended": ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
    "all": ort.GraphOptimizationLevel.ORT_ENABLE_ALL,
}


def session_of(path: str, settings: dict[str, Any] | None) -> ort.InferenceSession:
    """Open a model with threads, a level of graph optimization, and spinning on or off."""
    if settings is None:
        return open_session(Path(path).read_bytes(), 0)
    options = ort.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = settings.get("threads", 0)
    options.graph_optimization_level = LEVELS[settings.get("level", "all")]
    if not settings.get("spinning", True):
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def main() -> None:
    with np.load(sys.argv[1]) as file:
        inputs = {name: file[name] for name in file.files}
    sessions: dict[str, ort.InferenceSession] = {}

    def open_(name: str, path: str, settings: dict[str, Any] | None) -> bool:
        sessions[name] = session_of(path, settings)
        return True

    def act(name: str, batch: Floats) -> Any:
        session = sessions[name]
        return session.run(None, {session.get_inputs()[0].name: batch})

    def time_(name: str, kind: str, batch: int, seconds: float) -> float:
        given = inputs[kind][:batch]
        return visit(lambda: act(name, given), seconds)

    def accuracy(name: str) -> float:
        return right_share(lambda part: act(name, part)[0], inputs["images"], inputs["labels"])

    serve(
        {"versions": {"onnxruntime": ort.__version__}},
        {"open": open_, "time": time_, "accuracy": accuracy},
    )


if __name__ == "__main__":
    main()
