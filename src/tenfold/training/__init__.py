"""Training: recipes and data in, run folders out; this is where PyTorch lives.

run = tenfold.train("cnn-deep", seed=1)
run.scores["test"]["accuracy"]
"""

from importlib.util import find_spec

from tenfold.errors import MissingExtraError
from tenfold.language import text as _

if any(find_spec(name) is None for name in ("torch", "onnx", "safetensors")):
    raise MissingExtraError("train", _("Training"))

from tenfold.training._devices import DEVICES, PRECISIONS, choose_device
from tenfold.training._distributed import ALONE, Group, joined
from tenfold.training._following import follow
from tenfold.training._jobs import resume, train
from tenfold.training._networks import build_network
from tenfold.training._settings import Settings
from tenfold.training._splits import Fold
from tenfold.training.progress import Observer, Silence

__all__ = [
    "ALONE",
    "DEVICES",
    "PRECISIONS",
    "Fold",
    "Group",
    "Observer",
    "Settings",
    "Silence",
    "build_network",
    "choose_device",
    "follow",
    "joined",
    "resume",
    "train",
]
