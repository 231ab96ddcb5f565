"""What libraries would tell their makers of their use, switched off (docs/privacy.md)."""

from __future__ import annotations

import os
import sys

__all__ = ["SWITCHES", "stay_silent"]

SWITCHES = {
    "ORT_DISABLE_TELEMETRY": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "RAY_USAGE_STATS_ENABLED": "0",
}
"""Variables of the environment that these libraries read when they are imported or started."""


def stay_silent() -> None:
    """Set the switches that the user has not set, for this process and those it starts.

    Importing ``tenfold``, or any part of it, does so.
    """
    free = "ORT_DISABLE_TELEMETRY" not in os.environ
    for name, value in SWITCHES.items():
        os.environ.setdefault(name, value)
    runtime = sys.modules.get("onnxruntime")
    # Where ONNX Runtime was imported before, its first event is made; no more of them can be asked.
    if free and runtime is not None and hasattr(runtime, "disable_telemetry_events"):
        runtime.disable_telemetry_events()
