"""Pictures in, readings out: imaging, a model, and what is made of its probabilities."""

from __future__ import annotations

from tenfold.reader.reader import Reader
from tenfold.reader.reading import Digit, Reading, TextLine

__all__ = ["Digit", "Reader", "Reading", "TextLine"]
