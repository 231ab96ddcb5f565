"""``tenfold reproduce``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tenfold.language import text as _


def reproduce(
    folder: Annotated[
        Path, typer.Option(help=_("The experiment's folder; it goes on where it stopped."))
    ] = Path("runs/reproduction"),
    data: Annotated[
        str, typer.Option(help=_("A data set's name, or the path of one in any known format."))
    ] = "mnist",
    pages: Annotated[
        Path | None, typer.Option(help=_("Where the two pages go. (default: the folder)"))
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help=_("Trainings at once. (default: one for each core)"))
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help=_("For a quick trial of the machinery only."))
    ] = None,
    subset: Annotated[
        int | None, typer.Option(min=100, help=_("For a quick trial of the machinery only."))
    ] = None,
) -> None:
    """Run the experiments of the four tutorials and write published beside measured."""
    from tenfold.cli._figures import draw_run_figures
    from tenfold.cli._screen import note
    from tenfold.experiments import reproduce as run
    from tenfold.files import write_whole
    from tenfold.language import current_language, set_language
    from tenfold.reports.reproduction import reproduction_page
    from tenfold.runs import Run, describe_environment

    results = run(folder, data, workers=workers, epochs=epochs, subset=subset)
    for name in ("cnn-deep", "mlp-128", "mlp-sigmoid"):
        for path in draw_run_figures(Run(folder / name)):
            note(_("Drew {path}", path=path))
    before = current_language()
    try:
        for code, name in (("en", "reproduction.md"), ("zh", "reproduction.zh-CN.md")):
            set_language(code)
            page = (pages or folder) / name
            write_whole(page, reproduction_page(results, describe_environment()))
            typer.echo(page)
    finally:
        set_language(before)
