"""The training of the reader: scenes, a line network, a digit network.

Made by ``tenfold.train("reader")``, like every other run.
"""

from tenfold.training.page_reader._job import ReaderJob

__all__ = ["ReaderJob"]
