"""Training: recipes and data in, run folders out; this is where PyTorch lives.

run = tenfold.train("cnn-deep", seed=1)
run.scores["test"]["accuracy"]
"""

from tenfold.errors import MissingExtraError
from tenfold.language import text as _

try:
    import torch  # noqa: F401 - only to say in time what is missing
except ImportError as error:
    raise MissingExtraError("train", _("Training")) from error

from tenfold.training._devices import DEVICES, PRECISIONS, choose_device
from tenfold.training._jobs import resume, train
from tenfold.training._networks import build_network
from tenfold.training._settings import Settings
from tenfold.training._splits import Fold
from tenfold.training.progress import Observer, Silence

__all__ = [
    "DEVICES",
    "PRECISIONS",
    "Fold",
    "Observer",
    "Settings",
    "Silence",
    "build_network",
    "choose_device",
    "resume",
    "train",
]
