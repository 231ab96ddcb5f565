"""The training of the reader: scenes, and the networks that learn from them.

Made by ``tenfold.train("reader")``, like every other run.
"""

from tenfold.training.page_reader._examples import Examples, Own, learn_from
from tenfold.training.page_reader._job import ReaderJob

__all__ = ["Examples", "Own", "ReaderJob", "learn_from"]
