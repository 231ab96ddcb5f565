"""A recipe as a source."""

from __future__ import annotations

from functools import cached_property

from tenfold.language import text as _
from tenfold.recipes import LayerSummary, Recipe, load_recipe, summarize

__all__ = ["RecipeSource"]


class RecipeSource:
    """The network that a recipe describes."""

    def __init__(self, name: str) -> None:
        self._recipe: Recipe = load_recipe(name)

    @staticmethod
    def kind() -> str:
        """What this is, for a person."""
        return _("a recipe")

    @cached_property
    def layers(self) -> tuple[LayerSummary, ...]:
        """The network, layer by layer."""
        return summarize(self._recipe.layers)

    @property
    def name(self) -> str:
        """What the network is called."""
        return self._recipe.name
