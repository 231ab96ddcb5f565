"""What the commands for experiments share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tenfold.language import text as _

__all__ = ["Means", "changes_in", "going_on", "pairs_in", "say_why"]


@dataclass(frozen=True, slots=True)
class Means:
    """By what trainings are done, which decides nothing of what comes out.

    Args:
        workers: how many at once; None for one a core.
        engine: what does them.
    """

    workers: int | None
    engine: str


def pairs_in(settings: Sequence[str]) -> Mapping[str, str]:
    """Return NAME=VALUE words as a mapping.

    Raises:
        InputError: for a word of another form, or a name given twice.
    """
    from tenfold.errors import InputError

    pairs: dict[str, str] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name:
            raise InputError(
                _("Received --set {setting}; expected --set NAME=VALUE.", setting=setting)
            )
        if name in pairs:
            raise InputError(_("Received --set {name} twice; expected it once.", name=name))
        pairs[name] = value
    return pairs


def changes_in(
    settings: Sequence[str], epochs: int | None, validation: str | None = None
) -> dict[str, str]:
    """Return what --set and the options of their own change in a recipe, as text."""
    changes = {**pairs_in(settings)}
    if epochs is not None:
        changes["epochs"] = str(epochs)
    if validation is not None:
        changes["validation"] = validation
    return changes


@contextmanager
def going_on(command: str, folder: Path) -> Iterator[None]:
    """Say how to go on where an experiment is interrupted."""
    from tenfold.cli._screen import note

    try:
        yield
    except KeyboardInterrupt:
        if (folder / "experiment.json").is_file():
            note(
                _(
                    "Interrupted. The same command goes on with: tenfold {command} ... "
                    "--folder {folder}",
                    command=command,
                    folder=folder,
                )
            )
        raise


def say_why(name: str, error: str) -> None:
    """Say on stderr what failed, and why."""
    from tenfold.cli._screen import note

    note(_("{name}: failed: {reason}", name=name, reason=error))
