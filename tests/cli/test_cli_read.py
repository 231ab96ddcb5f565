"""``tenfold read``: lines for people, JSON for programs, and errors that stop nothing."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from tenfold import reader as reader_package
from tenfold.cli import build_app, main
from tenfold.language import set_language


class AlwaysFour:
    """A model that says 4 with 0.99996."""

    card = SimpleNamespace(placement={})

    def predict_proba(self, images: np.ndarray) -> np.ndarray:
        answer = np.full((len(images), 10), 0.00004 / 9, np.float32)
        answer[:, 4] = 0.99996
        return answer


@pytest.fixture(autouse=True)
def _model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenfold.reader.reader.load_bundled", AlwaysFour)
    assert reader_package.Reader().read(np.eye(9)).text == "4"


@pytest.fixture
def png() -> bytes:
    picture = np.full((60, 60), 255, np.uint8)
    picture[20:40, 28:33] = 0
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def folder(tmp_path: Path, png: bytes) -> Path:
    """A folder of two pictures, a broken one, a text and a subfolder."""
    folder = tmp_path / "pictures"
    (folder / "sub.png").mkdir(parents=True)
    (folder / "b.png").write_bytes(png)
    (folder / "a.PNG").write_bytes(png)
    (folder / "c.jpg").write_bytes(b"broken")
    (folder / "notes.txt").write_text("not read")
    return folder


def run(*words: str | Path, stdin: bytes | None = None) -> SimpleNamespace:
    result = CliRunner().invoke(build_app(), ["read", *map(str, words)], input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return SimpleNamespace(code=result.exit_code, out=result.stdout, err=result.stderr)


def test_a_line_per_picture(folder: Path) -> None:
    result = run(folder / "b.png", folder / "a.PNG")
    assert result.code == 0
    # 99.996 % is cut: what is not certain is never shown as 100 %.
    assert result.out == f"{folder}/b.png  4  99.9%\n{folder}/a.PNG  4  99.9%\n"
    assert result.err == ""


def test_a_folders_pictures_in_order_and_errors_by_name(folder: Path) -> None:
    result = run(folder)
    assert result.code == 1
    assert [line.split("  ")[0] for line in result.out.splitlines()] == [
        f"{folder}/a.PNG",
        f"{folder}/b.png",
    ]
    assert result.err.startswith(f"{folder}/c.jpg: Its bytes are no picture of a known format")
    assert result.err.count("\n") == 1


def test_json_lines(folder: Path) -> None:
    result = run("--json", folder / "b.png", folder / "c.jpg", "absent.png")
    assert result.code == 1
    assert result.err == ""
    good, broken, absent = map(json.loads, result.out.splitlines())
    assert (good["path"], good["text"]) == (f"{folder}/b.png", "4")
    assert good["confidence"] == pytest.approx(0.99996)
    (digit,) = good["digits"]
    assert digit["box"] == {"x": 28, "y": 20, "width": 5, "height": 20}
    assert len(digit["probabilities"]) == 10
    assert broken["path"] == f"{folder}/c.jpg"
    assert "no picture of a known format" in broken["error"]
    assert absent == {"path": "absent.png", "error": "absent.png: There is no such file."}


def test_standard_input(png: bytes) -> None:
    assert run("-", stdin=png).out == "-  4  99.9%\n"
    empty = run("-", stdin=b"")
    assert (empty.code, empty.out) == (1, "")
    assert empty.err == "-: There are no bytes in it; expected a picture file.\n"


def test_a_blank_picture_is_no_failure(tmp_path: Path) -> None:
    Image.new("L", (30, 30), 255).save(tmp_path / "blank.png")
    result = run(tmp_path / "blank.png")
    assert (result.code, result.out) == (0, f"{tmp_path}/blank.png  (no digit found)  -\n")


def test_a_folder_without_pictures_fails(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.code == 1
    assert (
        result.err == f"{tmp_path}: There are no pictures in this folder, or it may not be read.\n"
    )


def test_names_cannot_forge_output(tmp_path: Path, png: bytes) -> None:
    name = os.fsdecode(b"x\x1b[31m\n\xff.png")
    (tmp_path / name).write_bytes(png)
    assert run(tmp_path / name).out == f"{tmp_path}/x\ufffd[31m\ufffd\ufffd.png  4  99.9%\n"
    assert json.loads(run("--json", tmp_path / name).out)["path"] == f"{tmp_path}/{name}"
    assert run("absent\x1b.png").err == "absent\ufffd.png: There is no such file.\n"


def test_a_missing_model_stops_everything(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["read", str(folder / "b.png"), "--model", "absent.onnx"])
    assert stopped.value.code == 1
    assert "absent.onnx" in capsys.readouterr().err


def test_a_table_on_a_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tenfold.cli.read import read

    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "200")
    read([str(folder / "b.png")])
    printed = capsys.readouterr().out
    assert "Confidence" in printed
    assert "b.png" in printed
    assert "99.9%" in printed


def test_chinese(tmp_path: Path) -> None:
    set_language("zh")
    try:
        assert run("absent.png").err == "absent.png: 没有这个文件。\n"
    finally:
        set_language(None)
