"""What PyTorch says of this machine, asked once for all checks that want to know."""

from __future__ import annotations

import functools
import os
import threading
from pathlib import Path

from tenfold.doctor._asking import Answer, ask

__all__ = ["ask_torch", "probe"]

# Checks are made at the same time, and the first to ask asks for all.
_ASKING = threading.Lock()


def ask_torch() -> Answer:
    """Return what ``probe`` returns, asked of another process the first time."""
    with _ASKING:
        return _asked()


@functools.cache
def _asked() -> Answer:
    return ask(__name__, "probe")


def probe() -> dict[str, object]:
    """Choose device and precision as a training does, and compute a sum."""
    import torch

    from tenfold.training.devices import choose_device, fast_precision

    device, why = choose_device("auto")
    assert torch.ones(8, device=device).sum().item() == 8
    return {
        "device": device,
        "why": why,
        "precision": fast_precision("bf16", device),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "rocm": torch.version.hip,
        "mps": torch.backends.mps.is_built(),
        "driver": _driver(),
        "visible": os.environ.get("CUDA_VISIBLE_DEVICES"),
    }


def _driver() -> bool:
    """Whether a driver of NVIDIA's or AMD's is there."""
    from shutil import which

    places = (Path("/proc/driver/nvidia/version"), Path("/dev/kfd"))
    return any(place.exists() for place in places) or which("nvidia-smi") is not None
