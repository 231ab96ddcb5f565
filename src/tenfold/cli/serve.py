"""``tenfold serve``: the page and the service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tenfold.language import text as _

__all__ = ["serve"]


def serve(
    host: Annotated[
        str, typer.Option(help=_("The address to listen on; others than loopback need a token."))
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help=_("The port; 0 takes any that is free."))
    ] = 8000,
    models: Annotated[
        Path, typer.Option(metavar="FOLDER", help=_("The folder of runs whose models are offered."))
    ] = Path("runs"),
    token: Annotated[
        str | None,
        typer.Option(
            envvar="TENFOLD_TOKEN",
            show_envvar=False,
            help=_("What every request must bring; better given as TENFOLD_TOKEN."),
        ),
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help=_("Where corrections are kept. (default: a file in your data folder)"),
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help=_("Threads that read. (default: one for each core)")),
    ] = None,
    open_page: Annotated[
        bool, typer.Option("--open/--no-open", help=_("Open the page in the browser."))
    ] = False,
) -> None:
    """Open a page to draw and read digits on, and a service for other programs.

    It listens on this machine alone unless told otherwise, and ends with Ctrl-C or SIGTERM once
    what was asked is answered.
    """
    from tenfold.processes import core_count

    _check_installed()
    _check_folder(models)
    from tenfold.web import ServiceSettings, create_app
    from tenfold.web.server import address, listen
    from tenfold.web.server import serve as serve_on

    settings = ServiceSettings(
        host=host,
        port=port,
        token=token or None,
        models=models,
        database=database,
        workers=workers or core_count(),
    )
    with listen(settings) as listener:
        place = address(listener)
        app = create_app(settings)
        serve_on(app, listener, lambda: _announce(place, settings.token is not None, open_page))


def _check_installed() -> None:
    """Say which extra is missing, before anything is begun.

    Raises:
        MissingExtraError: if a package of it is not installed.
    """
    from importlib.util import find_spec

    from tenfold.errors import MissingExtraError

    needed = ("fastapi", "prometheus_client", "python_multipart", "sqlalchemy", "uvicorn")
    if any(find_spec(name) is None for name in (*needed, "swagger_ui_bundle")):
        raise MissingExtraError("web", "tenfold serve")


def _check_folder(models: Path) -> None:
    """Say what to do with a model's file where the folder of runs is expected.

    Raises:
        InputError: if it is a file.
    """
    if not models.is_file():
        return
    from tenfold.errors import InputError
    from tenfold.models.others import refuse_what_is_run

    refuse_what_is_run(models, models.read_bytes())
    raise InputError(
        _(
            "Received --models {path}, a file; expected a folder of runs. To offer a file's model: "
            "tenfold convert {path} --out runs/mine/model.onnx",
            path=models,
        )
    )


def _announce(place: str, guarded: bool, open_page: bool) -> None:
    """Print where the service is, and open the page if that is asked."""
    from rich.text import Text

    from tenfold.cli._console import Console

    console = Console(soft_wrap=True)
    line = Text.assemble(_("Tenfold is at"), " ", (place, "bold underline"))
    console.print(line)
    console.print(Text(_("Its description is at {place}/docs. Ctrl-C ends it.", place=place)))
    if guarded:
        console.print(Text(_("In a browser, add /?token=... to the address once.")))
    if open_page:
        import webbrowser

        webbrowser.open(place)
