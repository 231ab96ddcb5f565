"""Training: recipes and data in, run folders out; this is where PyTorch lives.

run = tenfold.train("cnn-deep", seed=1)
run.scores.test.accuracy
"""

from importlib.util import find_spec

from tenfold.errors import MissingExtraError
from tenfold.language import text as _

if any(find_spec(name) is None for name in ("torch", "onnx", "safetensors")):
    raise MissingExtraError("train", _("Training"))

from tenfold.training._following import follow
from tenfold.training._jobs import Request, begin, resume, train
from tenfold.training.devices import choose_device
from tenfold.training.distributed import ALONE, Group, joined
from tenfold.training.progress import Observer, Silence

__all__ = [
    "ALONE",
    "Group",
    "Observer",
    "Request",
    "Silence",
    "begin",
    "choose_device",
    "follow",
    "joined",
    "resume",
    "train",
]
