"""The graph of a model file: as short as it gets, with every weight as training left it.

PyTorch's exporter could shorten it itself, but would make batch normalizations part of the layers
before them, and leave its user's paths in the file.
"""

from __future__ import annotations

import onnx
import onnx_ir as ir
import torch
from onnx_ir.passes import common
from onnxscript.optimizer import fold_constants
from onnxscript.rewriter import rewrite
from onnxscript.rewriter.rules.common import (
    collapse_slice2_rule,
    collapse_slice_rule,
    materialize_reshape_shape_rule,
    reshape_reshape_rule,
)

__all__ = ["short_graph"]

_RULES = (
    collapse_slice_rule,
    collapse_slice2_rule,
    materialize_reshape_shape_rule,
    reshape_reshape_rule,
)


def short_graph(program: torch.onnx.ONNXProgram) -> onnx.ModelProto:
    """Return what was exported with ``optimize=False``, shortened; ``program`` is changed."""
    model = program.model
    fold_constants(model)
    rewrite(model, _RULES)
    ir.passes.Sequential(
        common.RemoveUnusedNodesPass(),
        common.IdentityEliminationPass(),
        common.LiftConstantsToInitializersPass(lift_all_constants=True, size_limit=0),
        common.CommonSubexpressionEliminationPass(),
        common.ClearMetadataAndDocStringPass(),
    )(model)
    return program.model_proto
