"""OpenVINO as a contender in reading: ``_openvino_reading.py INPUTS.npz``.

Run in the peers' environment. Commands: ``open`` a model for batches of one size with settings,
which tells what it computes in; ``time`` it; ``accuracy`` of one that was opened for 1,000. Under
the hint THROUGHPUT it is asked as its guide says, by a queue of requests: its time is then that of
a batch when several are under way.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import openvino as ov
from _contender import serve
from _reading import Floats, right_share, visit


def main() -> None:
    with np.load(sys.argv[1]) as file:
        inputs = {name: file[name] for name in file.files}
    core = ov.Core()
    compiled: dict[str, Any] = {}
    queues: dict[str, Any] = {}

    def open_(name: str, path: str, shape: list[int], settings: dict[str, str]) -> str:
        model = core.read_model(path)
        model.reshape(shape)
        compiled[name] = core.compile_model(model, "CPU", settings)
        if settings["PERFORMANCE_HINT"] == "THROUGHPUT":
            queues[name] = ov.AsyncInferQueue(compiled[name])
        precision: str = compiled[name].get_property("INFERENCE_PRECISION_HINT").get_type_name()
        return precision

    def act(name: str, batch: Floats) -> Any:
        return compiled[name]({0: batch})[compiled[name].output(0)]

    def time_(name: str, kind: str, batch: int, seconds: float) -> float:
        given = inputs[kind][:batch]
        queue = queues.get(name)
        if queue is None:
            return visit(lambda: act(name, given), seconds)
        count = 2 * len(queue)

        def several() -> None:
            for _request in range(count):
                queue.start_async({0: given})
            queue.wait_all()

        return visit(several, seconds, count)

    def accuracy(name: str) -> float:
        return right_share(lambda part: act(name, part), inputs["images"], inputs["labels"])

    serve(
        {"versions": {"openvino": ov.__version__.partition("-")[0]}},
        {"open": open_, "time": time_, "accuracy": accuracy},
    )


if __name__ == "__main__":
    main()
