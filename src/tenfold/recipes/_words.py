"""What a recipe does beyond the tutorials' ways, in words."""

from __future__ import annotations

from tenfold.language import text as _
from tenfold.recipes._augmentation import Augmentation
from tenfold.recipes._recipe import Recipe
from tenfold.recipes._schedule import OneCycle

__all__ = ["extras"]


def extras(recipe: Recipe) -> tuple[tuple[str, str], ...]:
    """Return labels and words for schedule, augmentation, smoothing and precision, if any."""
    found = []
    if recipe.schedule is not None:
        found.append((_("learning rate"), _schedule(recipe.schedule)))
    if recipe.augmentation is not None:
        found.append((_("augmentation"), _augmentation(recipe.augmentation)))
    if recipe.label_smoothing:
        found.append((_("label smoothing"), f"{recipe.label_smoothing:g}"))
    if recipe.shifts:
        count = (2 * recipe.shifts + 1) ** 2
        words = _("over {count} shifts of up to {shifts} px", count=count, shifts=recipe.shifts)
        found.append((_("answers averaged"), words))
    if recipe.precision != "fp32":
        found.append((_("arithmetic"), _("{name} where it is fast", name=recipe.precision)))
    return tuple(found)


def _schedule(cycle: OneCycle) -> str:
    words = {
        "line": _("rises over {share:.0%} of the steps, then falls in a line to {end:.2g} of it"),
        "cosine": _(
            "rises over {share:.0%} of the steps, then falls by a cosine to {end:.2g} of it"
        ),
    }
    return words[cycle.fall].format(share=cycle.warm_up, end=cycle.final)


def _augmentation(looks: Augmentation) -> str:
    parts = {
        _("rotation {amount:g}°"): looks.rotation,
        _("stretch {amount:.0%}"): looks.stretch,
        _("shear {amount:g}"): looks.shear,
        _("shift {amount:g} px"): looks.shift,
        _("elastic {amount:g} px"): looks.elastic,
    }
    words = [part.format(amount=amount) for part, amount in parts.items() if amount]
    if looks.plain_epochs:
        words.append(_("none in the last {count} epochs", count=looks.plain_epochs))
    return ", ".join(words)
