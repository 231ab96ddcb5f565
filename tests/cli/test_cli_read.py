"""``tenfold read``: lines for people, JSON for programs, and errors that stop nothing."""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from _commands import Ended, Tenfold
from _ink import CornerInk
from _signs import SayingSigns
from tenfold.cli.read import _standard_input
from tenfold.reader import Reader
from tenfold.reader.calibration import Calibration
from tenfold.reader.own import PARTNER

# Whatever the networks say, a digit is right with 0.99996, and so is all.
CALIBRATION = {field.name: 0.0 for field in fields(Calibration)} | {
    "bias": math.log(0.99996 / 0.00004),
    "whole_digits": 1.0,
}


class FoursDigits:
    """Says 4 of everything."""

    card = SimpleNamespace(placement={})
    content = b"fours"
    knows_none = False
    threads = 1

    def judge(self, placed: np.ndarray) -> np.ndarray:
        return np.eye(11, dtype=np.float32)[[4] * len(placed)]


class FoursLines:
    """Says 4 once, of all the ink in a strip."""

    partner = hashlib.sha256(FoursDigits.content).hexdigest()
    card = SimpleNamespace(training={"calibration": {**CALIBRATION, PARTNER: partner}})

    def predict(self, strips: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        count = strips.shape[2] // 4
        logits = np.eye(11, dtype=np.float32)[[10] * count] * 30
        logits[count // 2] = np.eye(11, dtype=np.float32)[4] * 30
        rows, columns = np.nonzero(strips[0] > 0.5)
        box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        return logits[None], np.tile(np.array(box, np.float32), (1, count, 1))


@pytest.fixture(autouse=True)
def _models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenfold.reader.reader.load_bundled", FoursDigits)
    monkeypatch.setattr("tenfold.reader.reader.load_bundled_lines", FoursLines)
    monkeypatch.setattr("tenfold.reader.reader.load_bundled_ink", CornerInk)
    signs = SayingSigns(".")
    monkeypatch.setattr("tenfold.reader.reader.load_bundled_signs", lambda **_threads: signs)


@pytest.fixture
def png() -> bytes:
    picture = np.full((100, 100), 255, np.uint8)
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


@pytest.fixture
def run(tenfold: Tenfold) -> Tenfold:
    """``tenfold read``."""

    def run(*words: object, stdin: bytes = b"") -> Ended:
        # It is read once in a process, and here are several commands in one.
        _standard_input.cache_clear()
        return tenfold("read", *words, stdin=stdin)

    return run


def test_a_line_per_picture(folder: Path, run: Tenfold) -> None:
    result = run(folder / "b.png", folder / "a.PNG")
    assert result.code == 0
    # 99.996 % is cut: what is not certain is never shown as 100 %.
    assert result.out == f"{folder}/b.png  4  99.9%\n{folder}/a.PNG  4  99.9%\n"
    assert result.err == ""


def test_a_folders_pictures_in_order_and_errors_by_name(folder: Path, run: Tenfold) -> None:
    result = run(folder)
    assert result.code == 1
    assert [line.split("  ")[0] for line in result.out.splitlines()] == [
        f"{folder}/a.PNG",
        f"{folder}/b.png",
    ]
    assert result.err.startswith(f"{folder}/c.jpg: Its bytes are no picture of a known format")
    assert result.err.count("\n") == 1


def test_a_picture_that_pillow_warns_of_is_read_without_a_word(
    tmp_path: Path, png: bytes, run: Tenfold
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 1
    content = io.BytesIO()
    Image.open(io.BytesIO(png)).save(content, "JPEG", exif=exif, quality=95)
    damaged = content.getvalue().replace(b"\x00\x00\x00\x08\x00\x01", b"\x00\x00\x00\x08\x00\x09")
    assert damaged != content.getvalue()
    (tmp_path / "damaged.jpg").write_bytes(damaged)
    with pytest.warns(UserWarning, match="Corrupt EXIF"):
        Reader().read(tmp_path / "damaged.jpg")
    assert run(tmp_path / "damaged.jpg").out == f"{tmp_path}/damaged.jpg  4  99.9%\n"


def test_json_lines(folder: Path, run: Tenfold) -> None:
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


def test_standard_input(png: bytes, run: Tenfold) -> None:
    assert run("-", stdin=png).out == "-  4  99.9%\n"
    empty = run("-", stdin=b"")
    assert (empty.code, empty.out) == (1, "")
    assert empty.err == "-: There are no bytes in it; expected a picture file.\n"


def test_a_blank_picture_is_no_failure(tmp_path: Path, run: Tenfold) -> None:
    Image.new("L", (30, 30), 255).save(tmp_path / "blank.png")
    result = run(tmp_path / "blank.png")
    assert (result.code, result.out) == (0, f"{tmp_path}/blank.png  (no digit found)  -\n")


def test_a_folder_without_pictures_fails(tmp_path: Path, run: Tenfold) -> None:
    result = run(tmp_path)
    assert result.code == 1
    assert (
        result.err == f"{tmp_path}: There are no pictures in this folder, or it may not be read.\n"
    )


def test_names_cannot_forge_output(tmp_path: Path, png: bytes, run: Tenfold) -> None:
    name = os.fsdecode(b"x\x1b[31m\n\xff.png")
    (tmp_path / name).write_bytes(png)
    assert run(tmp_path / name).out == f"{tmp_path}/x\ufffd[31m\ufffd\ufffd.png  4  99.9%\n"
    assert json.loads(run("--json", tmp_path / name).out)["path"] == f"{tmp_path}/{name}"
    assert run("absent\x1b.png").err == "absent\ufffd.png: There is no such file.\n"


def test_a_missing_model_stops_everything(folder: Path, run: Tenfold) -> None:
    code, _out, err = run(folder / "b.png", "--model", "absent.onnx")
    assert code == 1
    assert "absent.onnx" in err


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
    assert "Left out" not in printed
    read([str(folder / "b.png")], threshold=1.0)
    refused = capsys.readouterr().out
    assert "Left out" in refused
    assert "(refused: too doubtful)" in refused


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal that can be made")
def test_the_bar_on_a_terminal_leaves_stdout_alone(tmp_path: Path, png: bytes) -> None:
    import pty

    for number in range(20):
        (tmp_path / f"{number:02}.png").write_bytes(png)
    ours, theirs = pty.openpty()
    code = "from tenfold.cli import main; main()"
    command = [sys.executable, "-c", code, "read", "--json", str(tmp_path)]
    environment = os.environ | {"TERM": "xterm"}
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=theirs, env=environment, check=True
    )
    assert b"Reading pictures" in os.read(ours, 1000)
    os.close(ours)
    os.close(theirs)
    paths = [Path(json.loads(line)["path"]).name for line in done.stdout.splitlines()]
    assert paths == [f"{number:02}.png" for number in range(20)]


def test_what_was_read_is_shown_even_if_the_rest_fails(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tenfold.cli.read import read

    def one_then_stop(reader: Reader, sources: Iterable[str], **_options: object) -> object:
        yield reader.read(next(iter(sources)))
        raise KeyboardInterrupt

    monkeypatch.setattr(Reader, "read_many", one_then_stop)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "200")
    with pytest.raises(KeyboardInterrupt):
        read([str(folder / "b.png"), str(folder / "a.PNG")])
    assert "b.png" in capsys.readouterr().out


def test_chinese(tmp_path: Path, tenfold: Tenfold) -> None:
    assert tenfold("--lang", "zh", "read", "absent.png").err == "absent.png: 没有这个文件。\n"


def test_what_is_too_doubtful_is_said_to_be_refused(folder: Path, run: Tenfold) -> None:
    result = run(folder / "b.png", "--threshold", "1")
    assert (result.code, result.out) == (0, f"{folder}/b.png  (refused: too doubtful)  -\n")
    data = json.loads(run(folder / "b.png", "--threshold", "1", "--json").out)
    assert (data["text"], data["digits"][0]["accepted"]) == ("", False)


def test_a_layout_is_handed_to_the_reader_and_an_unknown_one_stops_before_any_work(
    folder: Path, monkeypatch: pytest.MonkeyPatch, run: Tenfold
) -> None:
    assert run(folder / "b.png", "--layout", "digit").out.split() == [
        f"{folder}/b.png",
        "4",
        "99.9%",
    ]
    monkeypatch.setattr("tenfold.reader.reader.load_bundled", lambda: pytest.fail("loaded"))
    code, _out, err = run(folder / "b.png", "--layout", "lines")
    assert code == 1
    assert "Received layout 'lines'; expected digit, line, page" in err


def test_an_explanation_follows_each_picture(folder: Path, run: Tenfold) -> None:
    lines = run(folder / "b.png", "--explain").out.splitlines()
    assert lines[0] == f"{folder}/b.png  4  99.9%"
    assert lines[1] == "    picture: looked at with 100 x 100 pixels"
    assert lines[2].startswith("    ink: dark on bright")
    assert any(line.startswith("    digit 1: 4 100.0%") and "accepted" in line for line in lines)
    # What the model saw: a bar 5 wide and 20 high becomes 20 rows, two to a line.
    assert sum("@@" in line for line in lines) == 10


def test_an_explanation_as_json_is_a_list_of_sentences(folder: Path, run: Tenfold) -> None:
    (line,) = run(folder / "b.png", "--explain", "--json").out.splitlines()
    steps = json.loads(line)["steps"]
    assert steps[0] == "picture: looked at with 100 x 100 pixels"
    assert steps[-1].startswith("digit 1: 4")
    assert "steps" not in json.loads(run(folder / "b.png", "--json").out)


def test_one_picture_annotated_into_a_file(folder: Path, tmp_path: Path, run: Tenfold) -> None:
    out = tmp_path / "new" / "out.png"
    assert run(folder / "b.png", "--annotate", out).code == 0
    with Image.open(out) as image:
        assert image.mode == "RGB"
    assert [file.name for file in out.parent.iterdir()] == ["out.png"]


def test_pictures_of_one_name_annotated_do_not_replace_each_other(
    folder: Path, tmp_path: Path, png: bytes, run: Tenfold
) -> None:
    (tmp_path / "b.jpg").write_bytes(png)
    (tmp_path / "out").mkdir()
    result = run(folder, tmp_path / "b.jpg", "--annotate", tmp_path / "out")
    assert result.code == 1  # c.jpg is broken
    names = ["a.png", "b-2.png", "b.png"]
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == names


def test_pictures_annotated_never_replace_what_is_read(
    folder: Path, png: bytes, run: Tenfold
) -> None:
    assert run(folder, "--annotate", folder).code == 1
    assert (folder / "b.png").read_bytes() == png
    assert (folder / "b-2.png").read_bytes() != png
    code, _out, err = run(folder / "b.png", "--annotate", folder / "b.png")
    assert code == 1
    assert "would replace the picture itself" in err
    assert (folder / "b.png").read_bytes() == png


def test_standard_input_annotated(png: bytes, tmp_path: Path, run: Tenfold) -> None:
    assert run("-", "--annotate", tmp_path / "out", stdin=png).code == 0
    assert (tmp_path / "out" / "stdin.png").exists()


@pytest.mark.parametrize(("out", "count"), [("out.png", 2), ("out.jpg", 1)])
def test_a_place_for_annotated_pictures_that_does_not_fit_is_refused(
    folder: Path, out: str, count: int, run: Tenfold
) -> None:
    pictures = [folder / "b.png", folder / "a.PNG"][:count]
    code, _out, err = run(*pictures, "--annotate", out)
    assert code == 1
    assert f"Received --annotate {out} for {count} pictures" in err
    assert not Path(out).exists()


@pytest.mark.parametrize(("options", "expected"), [([], True), (["--explain"], False)])
def test_very_many_pictures_are_read_by_several_processes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], expected: bool, run: Tenfold
) -> None:
    asked: list[int] = []
    read_many = Reader.read_many

    def here(reader: Reader, sources: object, *, workers: int, explain: bool) -> object:
        asked.append(workers)
        return read_many(reader, sources, explain=explain)

    monkeypatch.setattr(Reader, "read_many", here)
    monkeypatch.setattr("tenfold.processes.core_count", lambda: 3)
    run(folder / "b.png", *options)
    monkeypatch.setattr("tenfold.cli.read.VERY_MANY", 3)
    assert run(folder, *options).out.count("  4  ") == 2
    assert asked == [1, 3]


@pytest.fixture
def with_sign(png: bytes) -> bytes:
    """Two strokes, which the stand-in takes for one 4, and a point beside them, for a mark."""
    picture = np.asarray(Image.open(io.BytesIO(png))).copy()
    picture[35:40, 44:49] = 0
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return buffer.getvalue()


def test_marks_left_out_stand_in_the_line(with_sign: bytes, run: Tenfold) -> None:
    assert run("-", stdin=with_sign).out == "-  4  99.9%  written: 4.  1 mark left out\n"
    told = json.loads(run("-", "--json", stdin=with_sign).out)
    assert (told["text"], told["transcript"]) == ("4", "4.")
    (mark,) = told["left_out"]
    assert mark.pop("probability") == pytest.approx(0.9)
    box = {"x": 44, "y": 35, "width": 5, "height": 5}
    assert mark == {"box": box, "reason": "unread", "sign": ".", "line": 0}


def test_signs_of_numbers_are_kept_if_asked_for(with_sign: bytes, run: Tenfold) -> None:
    assert run("-", "--signs", "keep", stdin=with_sign).out == "-  4.  89.9%\n"
    assert run("-", "--signs", "keep", "--plain", stdin=with_sign).out == "4.\n"
    ended = run("-", "--signs", "some", stdin=with_sign)
    assert (ended.code, "expected leave, keep" in ended.err) == (1, True)


def test_what_is_not_sure_enough_is_marked_for_a_person(
    folder: Path, with_sign: bytes, run: Tenfold
) -> None:
    picture = folder / "b.png"
    assert run(picture, "--at-accuracy", "99").out == f"{picture}  4  99.9%\n"
    assert run(picture, "--at-accuracy", "99.999", "--threshold", "0.99").code == 2
    out = run("-", "--at-accuracy", "99", stdin=with_sign).out
    assert out == "-  4  99.9%  written: 4.  1 mark left out  for a person\n"
    assert run("-", "--at-accuracy", "99", "--plain", stdin=with_sign).out == "\n"
    for words, review in (((), None), (("--at-accuracy", "99"), True)):
        shown = json.loads(run("-", "--json", *words, stdin=with_sign).out)
        assert shown.get("needs_review") is review


def test_plain_text_alone_a_line_for_each_picture(folder: Path, run: Tenfold) -> None:
    Image.new("L", (30, 30), 255).save(folder / "blank.bmp")
    result = run("--plain", folder / "b.png", folder / "c.jpg", folder / "blank.bmp")
    assert (result.code, result.out) == (1, "4\n\n\n")
    assert result.err.startswith(f"{folder}/c.jpg: ")
    for other in ("--json", "--explain"):
        code, _out, err = run("--plain", other, folder / "b.png")
        assert code == 1
        assert f"--plain does not go with {other}" in err


def test_a_pattern_that_no_shell_expanded(
    folder: Path, monkeypatch: pytest.MonkeyPatch, run: Tenfold
) -> None:
    monkeypatch.chdir(folder)
    assert run("--plain", "*.png").out == "4\n"
    # A file of this very name comes first.
    Path("[b].png").write_bytes(Path("b.png").read_bytes())
    assert run("[b].png").out.startswith("[b].png  4")
    none = run("*.tiff")
    assert (none.code, none.err) == (1, "*.tiff: No file is like this pattern.\n")


def test_pictures_of_other_kinds_in_a_folder_are_told_of(folder: Path, run: Tenfold) -> None:
    (folder / "c.jpg").unlink()
    for name in ("d.SVG", "e.pdf", "f.jxl", "g.psd"):
        (folder / name).write_bytes(b"?")
    result = run(folder)
    assert result.code == 0
    assert "Passed over 4 files" in result.err
    assert result.err.count("\n") == 1
    assert f"{folder}/d.SVG, {folder}/e.pdf, {folder}/f.jxl and 1 more" in result.err


@pytest.mark.parametrize(
    "words", [["read", ""], ["read", " "], ["data", "info", ""], ["x", "--y="]]
)
def test_an_empty_word_is_refused_whatever_the_command(words: list[str], tenfold: Tenfold) -> None:
    code, _out, err = tenfold(*words)
    assert code == 1
    assert "an empty value" in err
