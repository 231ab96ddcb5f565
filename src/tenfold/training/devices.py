"""Which device trains, and why."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch

from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.records.asked import check_means

__all__ = [
    "arithmetic",
    "choose_device",
    "exact_arithmetic",
    "fast_precision",
]


def choose_device(name: str) -> tuple[str, str]:
    """Return the device to use for ``name`` and a sentence that says why.

    Args:
        name: "auto" takes a CUDA GPU, then Apple's, then the processor; or one by name.

    Raises:
        InputError: for an unknown name, or a device that is not there.
    """
    found: dict[str, Callable[[], bool]] = {
        "cuda": torch.cuda.is_available,
        "mps": torch.backends.mps.is_available,
    }
    check_means(name, None, None)
    if name == "cpu":
        return "cpu", _("The processor, as asked for.")
    if name == "auto":
        for device, available in found.items():
            if available():
                return device, _("{device}: a GPU that PyTorch can use.", device=device)
        return "cpu", _("The processor: {why}", why=_why_no_gpu())
    if not found[name]():
        raise InputError(
            _("Device {name} cannot be used: {why}", name=name, why=_why_no_gpu())
            + " "
            + _("Use --device cpu or auto.")
        )
    return name, _("{device}, as asked for.", device=name)


def arithmetic(device: str, precision: str) -> AbstractContextManager[object]:
    """Within the block, networks compute in ``precision``, "fp32" or "bf16"."""
    if precision == "bf16":
        return torch.autocast(device, torch.bfloat16)
    return nullcontext()


def fast_precision(wanted: str, device: str) -> str:
    """Return "bf16" if it is ``wanted`` and ``device`` has instructions for it, else "fp32".

    Without them bf16 is computed by way of fp32: right, but slower than fp32 itself.
    """
    if wanted != "bf16":
        return "fp32"
    if device == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp32"
    # Older versions of PyTorch do not tell what the processor can do.
    tell: Callable[[], Mapping[str, Any]] = getattr(torch.cpu, "get_capabilities", dict)
    capabilities = tell() if device == "cpu" else {}
    known = ("amx_bf16", "avx512_bf16")
    return "bf16" if any(capabilities.get(name) for name in known) else "fp32"


def _why_no_gpu() -> str:
    if torch.version.cuda is None and not torch.backends.mps.is_built():
        return _("this build of PyTorch ({version}) has no GPU support.", version=torch.__version__)
    return _("PyTorch ({version}) finds no GPU.", version=torch.__version__)


@contextmanager
def exact_arithmetic(threads: int | None) -> Iterator[None]:
    """Within the block, PyTorch gives the same bits for the same work, with ``threads`` threads.

    The caller's settings and random state are put back afterwards.
    """
    # cuBLAS is exact only with a workspace of fixed size, which it reads when it starts.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    before = torch.get_num_threads()
    was_exact = torch.get_deterministic_debug_mode()
    memory: Any = torch.utils.deterministic  # a module whose class, not stubs, has the switch
    fills = memory.fill_uninitialized_memory
    with torch.random.fork_rng():
        # torch.use_deterministic_algorithms would import PyTorch's compiler to tell it too.
        torch.set_deterministic_debug_mode("error")
        # Writing NaN into all fresh memory finds mistakes in kernels, and costs time in each step.
        memory.fill_uninitialized_memory = False
        if threads is not None:
            torch.set_num_threads(threads)
        try:
            yield
        finally:
            memory.fill_uninitialized_memory = fills
            torch.set_deterministic_debug_mode(was_exact)
            torch.set_num_threads(before)
