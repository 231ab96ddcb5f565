"""Run folders as files say them: what older versions wrote, and what is damaged, too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenfold.files import write_json
from tenfold.recipes import AnyRecipe, load_recipe
from tenfold.records import Run

SETTINGS = {
    "seed": 0,
    "data": "nowhere.npz",
    "data_hash": "feed" * 16,
    "threads": 1,
    "device": "cpu",
}


def start(run: Run, recipe: AnyRecipe | None = None, **settings: Any) -> Run:
    """Write the plan of a run, by default of mlp-128, and the environment of no machine."""
    recipe = recipe or load_recipe("mlp-128")
    run.folder.mkdir(parents=True, exist_ok=True)
    write_json(run.folder / "environment.json", {"cores": 2})
    plan = {"recipe": recipe.to_dict(), "settings": {**SETTINGS, **settings}}
    write_json(run.folder / "run.json", plan)
    return run


def write_scores(run: Run, scores: Mapping[str, Any]) -> None:
    """Write the scores, whatever they are."""
    write_json(run.folder / "scores.json", scores)
