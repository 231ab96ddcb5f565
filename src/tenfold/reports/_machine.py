"""On what data, on what machine, with what software."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tenfold.language import text as _
from tenfold.records import Environment
from tenfold.reports._blocks import Block, Facts, Section
from tenfold.reports._records import AnyRecord
from tenfold.reports._words import duration

__all__ = ["data_section", "environment_facts", "images_used", "machine_section"]


def data_section(records: Sequence[AnyRecord]) -> Section:
    """Return which data the runs used, each with its hash."""
    seen: dict[tuple[str, str], set[str]] = {}
    for record in records:
        settings = record.settings
        used = seen.setdefault((settings.data, settings.data_hash), set())
        used.add(images_used(settings.subset))
    blocks = [
        Facts(
            (
                (_("Data set"), name),
                ("sha256", digest),
                (_("Training images used"), ", ".join(sorted(used))),
            )
        )
        for (name, digest), used in seen.items()
    ]
    return Section(_("Data"), tuple(blocks))


def images_used(subset: int | None) -> str:
    """Return in words how many of the training images were used."""
    if subset is None:
        return _("all of them")
    return _("the first {count}", count=f"{subset:,}")


def machine_section(
    records: Sequence[AnyRecord],
    seconds: float | None = None,
    otherwise: Environment | None = None,
) -> Section:
    """Return where the runs were made and how long they took; alike machines once.

    Args:
        records: the runs.
        seconds: the time in all, where it is not the sum of theirs.
        otherwise: the machine, where there are no runs to tell it.
    """
    blocks: list[Block] = []
    if seconds is None:
        known = [record.seconds for record in records if record.seconds is not None]
        seconds = sum(known) if known else None
        label = _("Training time in all")
    else:
        label = _("Time in all")
    devices = {record.settings.device for record in records if record.settings.device}
    threads = {str(record.settings.threads) for record in records if record.settings.threads}
    blocks.append(
        Facts(
            (
                (label, duration(seconds)),
                (_("Device"), ", ".join(sorted(devices))),
                (_("Threads"), ", ".join(sorted(threads))),
            )
        )
    )
    environments = [record.environment for record in records]
    if otherwise is not None and not environments:
        environments = [otherwise]
    seen = {msgspec.json.encode(environment): environment for environment in environments}
    blocks.extend(environment_facts(environment) for environment in seen.values())
    return Section(_("Machine and time"), tuple(blocks))


def environment_facts(environment: Environment) -> Facts:
    """Return a machine and its software."""
    versions = ", ".join(f"{name} {version}" for name, version in environment.versions.items())
    return Facts(
        (
            (_("Processor"), environment.processor),
            (_("Cores"), str(environment.cores or "")),
            (_("System"), environment.platform),
            (_("Software"), versions),
            (_("Revision of Tenfold"), environment.git_revision or ""),
        )
    )
