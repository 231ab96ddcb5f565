"""Make the notebooks: each source becomes one notebook a language, run from top to bottom.

    python notebooks/build.py                          # all of them, trained and drawn anew
    python notebooks/build.py 002-mlp-128 --language zh
    python notebooks/build.py --words                  # nothing is run: the words alone are renewed

A source is a Markdown file of Jupytext's under ``sources/``. A cell with ``lang="en"`` or
``lang="zh"`` goes into the notebook of that language alone, any other into both, so that the code
is written once.
"""

from __future__ import annotations

import argparse
import base64
import io
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from PIL import Image

from tenfold.files import write_whole

__all__ = [
    "ENDINGS",
    "HERE",
    "compose",
    "execute",
    "keep_outputs",
    "main",
    "source_paths",
    "target_path",
]

HERE = Path(__file__).parent
ENDINGS = {"en": ".ipynb", "zh": ".zh-CN.ipynb"}
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
LONGEST = 1800
"""Seconds that one cell may take."""


def source_paths() -> list[Path]:
    """Return the sources, sorted by name."""
    return sorted((HERE / "sources").glob("*.md"))


def target_path(source: Path, language: str) -> Path:
    """Return where the notebook of a source in "en" or "zh" is kept."""
    return HERE / f"{source.stem}{ENDINGS[language]}"


def compose(
    source: Path, language: str, parameters: Mapping[str, object] | None = None
) -> NotebookNode:
    """Return the notebook of a source in one language, without outputs.

    Args:
        source: a Markdown file as Jupytext writes it.
        language: "en" or "zh".
        parameters: what is set otherwise in the cell tagged "parameters"; every name in it must
            be there already.

    Raises:
        ValueError: if a parameter is not in that cell.
    """
    wanted = [
        cell
        for cell in jupytext.read(source).cells
        if cell.metadata.get("lang", language) == language
    ]
    cells = []
    for at, cell in enumerate(wanted):
        make = getattr(nbformat.v4, f"new_{cell.cell_type}_cell")
        tags = {"tags": cell.metadata["tags"]} if "tags" in cell.metadata else {}
        text = cell.source
        if parameters and "parameters" in tags.get("tags", ()):
            text = _changed(text, parameters)
        # An id of its own at each place keeps a rebuilt notebook comparable line by line.
        cells.append(make(text, metadata=tags, id=f"cell-{at}"))
    return nbformat.v4.new_notebook(cells=cells, metadata=_metadata())


def execute(notebook: NotebookNode, folder: Path) -> None:
    """Run a notebook in ``folder``, its outputs into it; the first cell that fails raises.

    Raises:
        nbclient.exceptions.CellExecutionError: with the traceback of that cell.
        nbclient.exceptions.CellTimeoutError: if a cell takes longer than half an hour.
    """
    client = NotebookClient(
        notebook,
        timeout=LONGEST,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    notebook.metadata = _metadata()
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            _lighten(output.get("data", {}))


def keep_outputs(old: NotebookNode, new: NotebookNode) -> None:
    """Give a notebook the outputs of one with the same code.

    Raises:
        SystemExit: if the code differs, so that the outputs are not those of the new one.
    """
    before, after = ([c for c in one.cells if c.cell_type == "code"] for one in (old, new))
    if [cell.source for cell in before] != [cell.source for cell in after]:
        raise SystemExit("The code has changed; run the notebook anew, without --words.")
    for cell, was in zip(after, before, strict=True):
        cell.outputs, cell.execution_count = was.outputs, was.execution_count


def main() -> None:
    """Make the notebooks that are asked for."""
    asked = argparse.ArgumentParser(description="Make the notebooks, trained and drawn anew.")
    names = [path.stem for path in source_paths()]
    asked.add_argument("names", nargs="*", default=names, help=f"of {', '.join(names)}")
    asked.add_argument("--language", choices=ENDINGS, help="one language alone")
    asked.add_argument("--words", action="store_true", help="keep the outputs; run nothing")
    given = asked.parse_args()
    if unknown := set(given.names) - set(names):
        asked.error(f"no source {', '.join(sorted(unknown))}; expected {', '.join(names)}")
    for source in (path for path in source_paths() if path.stem in given.names):
        for language in [given.language] if given.language else ENDINGS:
            began = time.monotonic()
            notebook = compose(source, language)
            target = target_path(source, language)
            if given.words:
                keep_outputs(nbformat.read(target, as_version=4), notebook)
            else:
                _run_beside_pictures(notebook)
            write_whole(target, nbformat.writes(notebook) + "\n")
            size = target.stat().st_size / 1000
            print(f"{target.name}: {time.monotonic() - began:.0f} s, {size:.0f} kB", flush=True)


def _run_beside_pictures(notebook: NotebookNode) -> None:
    """Run a notebook where the example pictures are found and no run of another is."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "notebooks"
        folder.mkdir()
        (Path(place) / "examples").symlink_to(HERE.parent / "examples")
        execute(notebook, folder)


def _lighten(shown: dict[str, str]) -> None:
    """Give a picture a palette, which takes a third of the room; the repository keeps it."""
    if "image/png" in shown:
        small = io.BytesIO()
        with Image.open(io.BytesIO(base64.b64decode(shown["image/png"]))) as picture:
            picture.convert("RGB").quantize(256).save(small, "png", optimize=True)
        shown["image/png"] = base64.b64encode(small.getvalue()).decode()


def _changed(text: str, parameters: Mapping[str, object]) -> str:
    """Return the lines ``NAME = value`` of a cell with some values set otherwise."""
    lines = {line.partition(" = ")[0]: line for line in text.splitlines()}
    if unknown := set(parameters) - set(lines):
        raise ValueError(f"Received {sorted(unknown)}; expected some of {sorted(lines)}.")
    lines |= {name: f"{name} = {value!r}" for name, value in parameters.items()}
    return "\n".join(lines.values())


def _metadata() -> dict[str, object]:
    return {"kernelspec": KERNEL, "language_info": {"name": "python"}}


if __name__ == "__main__":
    main()
