"""Which device trains, and why not a GPU."""

from __future__ import annotations

from typing import Any

from tenfold.doctor._asking import installed
from tenfold.doctor._finding import CheckResult, State
from tenfold.doctor._torch import ask_torch
from tenfold.language import text as _

__all__ = ["PLACE", "advice", "check"]

PLACE = 2


def check() -> list[CheckResult]:
    """Ask PyTorch, which has the last word, and see whether the device computes."""
    name = _("device")
    if not installed("torch"):
        text = _("PyTorch is not installed; reading and evaluating use the processor without it.")
        line = _("To train: {line}", line="pip install 'tenfold[train]'")
        return [CheckResult("device", name, "note", text, line)]
    answer = ask_torch()
    if answer.problem:
        text = _("PyTorch does not compute: {reason}", reason=answer.problem)
        return [CheckResult("device", name, "broken", text, "pip install --force-reinstall torch")]
    facts: dict[str, Any] = answer.value
    told = advice(facts)
    state: State = "note" if told and facts["driver"] else "good"
    return [CheckResult("device", name, state, facts["why"], told, facts)]


def advice(facts: dict[str, object]) -> str:
    """Return what would bring a GPU into use, from what PyTorch says; "" if one is."""
    if facts["device"] != "cpu":
        return ""
    build = facts["cuda"] or facts["rocm"]
    if facts["driver"] and not build:
        return _(
            "There is a GPU driver here, but this PyTorch is built without: install the build "
            "for your GPU, https://pytorch.org/get-started/locally/"
        )
    if facts["driver"] and facts["visible"] is not None:
        return _(
            "CUDA_VISIBLE_DEVICES={visible!r} says which GPUs PyTorch sees; unset it to see all.",
            visible=facts["visible"],
        )
    if facts["driver"]:
        return _("There is a GPU driver here, perhaps too old for this PyTorch: update it.")
    if facts["mps"]:
        return _("Apple's GPU is not usable by PyTorch here: a newer macOS may be needed.")
    if build:
        return _("No GPU driver is found; if there is a GPU, install its driver.")
    return _(
        "No GPU driver is found. If there is a GPU: install its driver and the build of PyTorch "
        "for it, https://pytorch.org/get-started/locally/"
    )
