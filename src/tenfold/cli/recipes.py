"""The recipes: list them, look into one, draw its network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenfold.cli._arguments import RecipeName
from tenfold.language import text as _

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from tenfold.recipes import Course, LayerSummary, ReaderRecipe, Recipe

app = typer.Typer(invoke_without_command=True)


@app.callback()
def _list_if_alone(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        _list()


@app.command(
    "list",
    help=_("List the recipes: source, size, claim, and the arithmetic of a training on MNIST."),
)
def _list() -> None:
    from rich.table import Table

    from tenfold.cli._console import Console
    from tenfold.recipes import Recipe, load_any_recipe, recipe_names

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(_("recipe"), no_wrap=True, style="bold")
    table.add_column(_("source"), overflow="fold")
    table.add_column(_("parameters"), justify="right", overflow="fold")
    table.add_column(_("claim"), overflow="fold")
    table.add_column("TFLOP", justify="right", no_wrap=True)
    for name in recipe_names():
        recipe = load_any_recipe(name)
        work = _teraflop(recipe) if isinstance(recipe, Recipe) else ""
        table.add_row(name, recipe.source, f"{recipe.parameters:,}", recipe.claim, work)
    Console().print(table)


def _teraflop(recipe: Recipe) -> str:
    from tenfold.recipes import training_operations

    return f"{training_operations(recipe) / 1e12:.2f}"


@app.command("show", help=_("Show one recipe: its network layer by layer, and its training."))
def _show(
    name: RecipeName,
    draw: Annotated[
        Path | None, typer.Option(help=_("Draw the network to this .png, .svg or .pdf file."))
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help=_("Print the recipe as JSON, as a recipe file has it."))
    ] = False,
) -> None:
    from tenfold.recipes import ReaderRecipe, load_any_recipe, load_recipe, summarize

    # A network drawn is one network, which load_recipe sees to.
    recipe = load_any_recipe(name) if draw is None else load_recipe(name)
    if as_json:
        import json

        typer.echo(json.dumps(recipe.to_dict(), indent=2, ensure_ascii=False))
    elif isinstance(recipe, ReaderRecipe):
        _print_reader(recipe)
    else:
        _print_network(recipe)
    if draw is not None:
        from tenfold.cli._screen import note
        from tenfold.figures import save
        from tenfold.figures.network import network

        save(network(summarize(load_recipe(recipe).layers), recipe.name), draw)
        note(_("Drew {path}", path=draw))


def _print_network(recipe: Recipe) -> None:
    from tenfold.cli._console import Console
    from tenfold.recipes import summarize

    rows = summarize(recipe.layers)
    console = Console()
    console.print(_heading(recipe), highlight=False)
    console.print(_layer_table(rows))
    console.print(_totals(rows), highlight=False)
    console.print(_training(recipe), highlight=False, markup=False)


def _print_reader(recipe: ReaderRecipe) -> None:
    from tenfold.cli._console import Console

    console = Console()
    console.print(_heading(recipe), highlight=False)
    for network in recipe.networks:
        size = _("{count:,} parameters", count=network.parameters)
        console.print(f"[bold]{network.name}[/]  {network.words}; {size}", highlight=False)
        console.print(f"    {_course(recipe.courses[network.name])}", highlight=False)
    counts = ", ".join(f"{part.count:,} × {part.width}" for part in recipe.scenes)
    lines = [
        (_("scenes by width"), counts),
        (_("held out"), _("the last {count:,} training images", count=recipe.held_out)),
        (_("source"), recipe.source),
        (_("claim"), recipe.claim),
        (_("cost"), recipe.cost),
    ]
    words = "\n".join(f"{label}: {value}" for label, value in lines if value)
    console.print(words, highlight=False, markup=False)


def _heading(recipe: Recipe | ReaderRecipe) -> Text:
    from rich.text import Text

    return Text.assemble((recipe.name, "bold"), "  ", recipe.title)


def _course(course: Course) -> str:
    return _(
        "{epochs} epochs, batches of {size}, AdamW, learning rate up to {rate:g}, "
        "weight decay {decay:g}",
        epochs=course.epochs,
        size=course.batch_size,
        rate=course.learning_rate,
        decay=course.weight_decay,
    )


def _layer_table(rows: tuple[LayerSummary, ...]) -> Table:
    """The network from top to bottom: each layer's width drawn as a bar."""
    from math import log2, prod

    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("")
    table.add_column(_("layer"))
    table.add_column(_("output shape"), justify="right")
    table.add_column(_("parameters"), justify="right")
    colors = {"input": "white", "conv": "cyan", "dense": "magenta", "batch_norm": "yellow"}
    for row in rows:
        bar = "█" * max(1, round(log2(prod(row.shape))))
        shape = " × ".join(str(n) for n in row.shape)
        size = f"{row.parameters:,}" if row.parameters else "·"
        table.add_row(f"[{colors.get(row.kind, 'dim')}]{bar}[/]", row.label, shape, size)
    return table


def _totals(rows: tuple[LayerSummary, ...]) -> str:
    count = sum(row.parameters for row in rows)
    trained = sum(row.trained for row in rows)
    return _(
        "{count:,} parameters, of them {trained:,} trained; {cost:.2f} MFLOP an image, forward",
        count=count,
        trained=trained,
        cost=sum(row.operations for row in rows) / 1e6,
    )


def _training(recipe: Recipe) -> str:
    from tenfold.recipes import extras

    optimizer = type(recipe.optimizer).__name__
    terms = ", ".join(
        f"{name} {getattr(recipe.optimizer, name):g}" for name in recipe.optimizer.__struct_fields__
    )
    lines = [
        (_("optimizer"), f"{optimizer}, {terms}"),
        *extras(recipe),
        (_("batches"), _batches(recipe)),
        (_("pixels"), recipe.scaling),
        (_("validation"), str(recipe.validation or _("none"))),
        (_("source"), recipe.source),
        (_("claim"), recipe.claim),
        (_("arithmetic of a training"), _("{count} TFLOP", count=_teraflop(recipe))),
        (_("cost"), recipe.cost),
    ]
    return "\n".join(f"{label}: {value}" for label, value in lines if value)


def _batches(recipe: Recipe) -> str:
    if recipe.sampling == "replacement":
        return _(
            "{size} images drawn with replacement, {epochs} epochs of {steps} steps",
            size=recipe.batch_size,
            epochs=recipe.epochs,
            steps=recipe.steps_per_epoch,
        )
    return _(
        "{size} images, shuffled, {epochs} epochs", size=recipe.batch_size, epochs=recipe.epochs
    )
