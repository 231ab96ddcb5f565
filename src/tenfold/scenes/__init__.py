"""Pictures to learn reading from: numbers and other marks as people write them, made by our code.

The digits are MNIST's training digits, redrawn with other pens; letters and signs are drawn from
the Hershey fonts' strokes, so that they look written and not printed. Paper, print, rules and
shadows are computed. Every scene is a pure function of its seed::

    hands (glyphs, pens) -> Scene(gray, marks) -> imaging -> strips and placed digits
"""

from __future__ import annotations

from tenfold.scenes.glyphs import Glyphs, load_glyphs
from tenfold.scenes.scene import DOUBTFUL, NONE, Scene, SceneMark, SceneSign, compose

__all__ = [
    "DOUBTFUL",
    "NONE",
    "Glyphs",
    "Scene",
    "SceneMark",
    "SceneSign",
    "compose",
    "load_glyphs",
]
