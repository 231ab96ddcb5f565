from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.figure import Figure

from tenfold.errors import InputError, StorageError
from tenfold.figures import save


def figure() -> Figure:
    drawing = Figure(figsize=(2, 1))
    drawing.text(0.1, 0.5, "7")
    return drawing


def test_the_folder_is_made_and_the_path_returned(tmp_path: Path) -> None:
    path = save(figure(), str(tmp_path / "new" / "figure.PNG"))
    assert path == tmp_path / "new" / "figure.PNG"
    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["figure", "figure.jpeg", "figure.pn", ".png"])
def test_another_ending_is_refused_and_the_known_ones_listed(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Known: pdf, png, svg"):
        save(figure(), tmp_path / name)
    assert not any(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        save(figure(), tmp_path / "file" / "figure.png")


def test_a_drawing_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = save(figure(), tmp_path / "figure.svg")
    before = path.read_bytes()
    broken = figure()
    broken.savefig = lambda *_args, **_keywords: 1 / 0  # type: ignore[method-assign] # fails midway
    with pytest.raises(ZeroDivisionError):
        save(broken, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_png_has_two_hundred_dots_an_inch(tmp_path: Path) -> None:
    content = save(figure(), tmp_path / "figure.png").read_bytes()
    assert int.from_bytes(content[16:20]) == 400
    assert int.from_bytes(content[20:24]) == 200


@pytest.mark.parametrize("ending", ["svg", "pdf", "png"])
def test_no_date_is_written(ending: str, tmp_path: Path) -> None:
    content = save(figure(), tmp_path / f"figure.{ending}").read_bytes()
    for word in (b"CreationDate", b"dc:date", b"Software"):
        assert word not in content
