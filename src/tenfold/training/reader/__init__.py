"""The training of the reader: scenes, a line network, a digit network.

Made by ``tenfold.train("reader")``, like every other run.
"""

from tenfold.training.reader._job import ReaderJob

__all__ = ["ReaderJob"]
