"""The command line in any surroundings: encodings, full disks, closed streams, wrong words."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import tenfold.cli
from _commands import Tenfold, all_commands, built, call, exit_code
from tenfold.cli._console import Console
from tenfold.cli._streams import standard_streams

CHINESE = Path(tenfold.cli.__file__).parents[1] / "languages" / "zh"


@pytest.fixture(scope="module")
def command_line() -> Any:
    return built()


@pytest.fixture(autouse=True)
def _built_once(command_line: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    call(command_line, monkeypatch)


@contextmanager
def printing(encoding: str) -> Iterator[io.BytesIO]:
    """Both streams as one of an encoding, which may have few characters."""
    content = io.BytesIO()
    stream = io.TextIOWrapper(content, encoding=encoding, write_through=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", stream)
        patch.setattr("sys.stderr", stream)
        yield content
    stream.detach()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_command_speaks_in_an_encoding_that_lacks_its_characters(
    lang: str, command_line: Any
) -> None:
    paths = [path for path, _command in all_commands(command_line)]
    with printing("cp1252") as content:
        for words in paths:
            assert exit_code("--lang", lang, *words, "--help") == 0, words
            assert exit_code("--lang", lang, *words, "--一") == 2, words
    said = content.getvalue().decode("cp1252")
    assert "Traceback" not in said
    assert said.count("--\\u4e00") == len(paths)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "gbk"])
def test_results_come_in_any_encoding(encoding: str, lang: str, tmp_path: Path) -> None:
    Image.new("L", (28, 28), 255).save(tmp_path / "数字.png")
    with printing(encoding) as content:
        for words in (
            ["recipes"],
            ["recipes", "show", "cnn-deep"],
            ["recipes", "show", "reader"],
            ["read", tmp_path / "数字.png"],
        ):
            assert exit_code("--lang", lang, *words) == 0, words
        assert exit_code("--lang", lang, "read", tmp_path / "无.png", tmp_path / "é×.png") == 1
        assert exit_code("--lang", lang, "compare", tmp_path / "无") == 1
    assert "cnn-deep" in content.getvalue().decode(encoding)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "gbk", "utf-8"])
def test_json_stays_the_same_json(encoding: str) -> None:
    plain = {"name": "数é\x9b31m\u202e\udcff\N{GRINNING FACE}"}
    with printing(encoding) as content, standard_streams():
        print(json.dumps(plain, ensure_ascii=False))
    line = content.getvalue().decode(encoding)
    assert json.loads(line) == plain
    assert "\x9b" not in line


def test_no_sentence_of_ours_is_too_much_for_an_encoding() -> None:
    with printing("ascii") as content, standard_streams():
        for path in CHINESE.glob("*.toml"):
            print(path.read_text(encoding="utf-8"))
        Console(width=80).print("一 × …", markup=False)
    assert content.getvalue().endswith(b"\\u4e00 x ...\n")


def test_surroundings_in_chinese_are_answered_in_english_where_chinese_cannot_be_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TENFOLD_LANG", "zh")
    with printing("cp1252") as content:
        assert exit_code("nosuch") == 2
    first, second = content.getvalue().decode().splitlines()
    assert "no Chinese characters; English is spoken" in first
    assert second.startswith("Error: There is no command 'nosuch'.")


def test_a_language_that_is_none_is_told_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENFOLD_LANG", "nonsense")
    assert exit_code("--version") == 0
    assert capsys.readouterr().err.count("TENFOLD_LANG is 'nonsense'") == 1
    monkeypatch.setenv("TENFOLD_LANG", "zh_CN.GBK")
    assert exit_code("nosuch") == 2
    assert "没有名为" in capsys.readouterr().err


class Failing(io.StringIO):
    """A stream that takes nothing."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def flush(self) -> None:
        if self.getvalue():
            raise OSError(self.number, os.strerror(self.number))


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [(28, 1, "could not be written: the disk is full"), (9, 1, "it is closed"), (32, 141, "")],
)
@pytest.mark.parametrize(
    "words", [["--version"], ["--help"], ["recipes"], ["recipes", "show", "tiny"]]
)
def test_results_that_do_not_arrive_are_told_by_the_exit_code(
    number: int,
    code: int,
    said: str,
    words: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdout", Failing(number))
    assert exit_code(*words) == code
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == bool(said)


def test_remarks_that_do_not_arrive_stop_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr", Failing(28))
    assert exit_code("recipes", "show", "nosuch") == 1
    assert exit_code("--version") == 0


def test_streams_that_are_closed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as closed:
        closed.setattr("sys.stdin", None)
        closed.setattr("sys.stderr", None)
        assert exit_code("read", "-") == 1
    with monkeypatch.context() as closed:
        closed.setattr("sys.stdout", None)
        assert exit_code("--version") == 1
    assert "it is closed" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_nothing_is_left_to_fail_when_the_process_ends() -> None:
    line = (
        f"{sys.executable} -m tenfold --version >/dev/full; echo $? >&2;"
        f"{sys.executable} -m tenfold --help >&- 2>&-; echo $? >&2"
    )
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True)
    told = "Error: The output could not be written: the disk is full.\n1\n1\n"
    assert (done.stdout, done.stderr) == ("", told)


@pytest.mark.parametrize(
    ("words", "said", "chinese"),
    [
        (["nosuch"], "There is no command 'nosuch'.", "没有名为 'nosuch' 的命令"),
        (["recieps"], "Did you mean 'recipes'?", "是否想用 'recipes'"),
        (["data", "shwo"], "Did you mean 'show'?", "是否想用 'show'"),
        (["read", "--jsom"], "no option --jsom. Did you mean '--json'?", "没有 --jsom 这个选项"),
        (["read"], "PICTURE... is missing.", "缺少 PICTURE..."),
        (["export", "m"], "--to FORMAT is missing.", "缺少 --to FORMAT"),
        (["read", "--model"], "--model needs a value.", "--model 需要一个值"),
        (["read", "--json=3"], "--json takes no value.", "--json 不带值"),
        (["doctor", "x", "y"], "Received x y besides", "多出了 x y"),
        (["train", "--epochs", "x"], "Received 'x' for --epochs; expected a whole", "应为整数"),
        (["read", "p", "--threshold", "2"], "expected a number, 0 to 1.", "应为数，0 至 1"),
        (["data", "show", "--grid", "0"], "a whole number, 1 to 100", "整数，1 至 100"),
        (["recipes", "--lang", "fr"], "Received --lang fr", "收到 --lang fr"),
    ],
)
def test_wrong_usage_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str, chinese: str
) -> None:
    assert exit_code(*words) == 2
    line = capsys.readouterr().err
    assert said in line
    assert line.count("\n") == 1
    if "fr" not in words:
        assert exit_code("--lang", "zh", *words) == 2
        assert chinese in capsys.readouterr().err


@pytest.mark.parametrize("words", [["read", "无.png"], ["recipes", "show", "无"], ["doctor", "无"]])
def test_the_language_is_said_before_or_after_a_command(tenfold: Tenfold, words: list[str]) -> None:
    spoken = tenfold("--lang", "zh", *words)
    assert "没有" in spoken.err or "多出" in spoken.err
    for at in range(1, len(words) + 1):
        assert tenfold(*words[:at], "--lang", "zh", *words[at:]) == spoken
        assert tenfold(*words[:at], "--lang=zh", *words[at:]) == spoken


def test_after_two_hyphens_the_language_is_a_file_s_name(tenfold: Tenfold) -> None:
    assert tenfold("read", "--", "--lang", "zh").err.startswith("--lang: There is no such file.")
    assert tenfold("read", "--lang") == (2, "", "Error: --lang needs a value.\n")


def test_a_command_alone_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], ["data"]):
        assert exit_code(*words) == 2
        shown = capsys.readouterr()
        assert "Commands:" in shown.out
        assert shown.err == ""


@pytest.mark.parametrize(
    "words",
    [
        ["read", "{}"],
        ["read", "p", "--model", "{}"],
        ["recipes", "show", "{}"],
        ["data", "info", "{}"],
        ["compare", "{}"],
        ["{}"],
        ["--{}"],
    ],
)
@pytest.mark.parametrize("name", ["a" * 5000, "x\x1b[31m\n\x9b2J\u202e\udcff"])
def test_names_are_told_in_one_line_that_directs_no_terminal(
    capsys: pytest.CaptureFixture[str], words: list[str], name: str
) -> None:
    assert exit_code(*(word.replace("{}", name) for word in words)) in (1, 2)
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert line.rstrip("\n").isprintable()
    assert len(line) < 1000


def test_a_name_that_is_too_long_costs_that_picture_alone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    Image.new("L", (28, 28), 255).save(tmp_path / "a.png")
    assert exit_code("read", "a" * 5000, tmp_path / "a.png") == 1
    shown = capsys.readouterr()
    assert "the name is too long" in shown.err
    assert "a.png" in shown.out


def test_a_file_where_a_folder_is_wanted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    Image.new("L", (28, 28), 255).save(tmp_path / "text.png")
    for place in ("text.png/b.csv", "text.png/a/b/c.csv"):
        assert exit_code("read", tmp_path / "text.png", "--out", tmp_path / place) == 1
        assert "text.png is a file; expected a folder to write." in capsys.readouterr().err


def test_a_console_colors_but_lets_no_text_do_so() -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, color_system="standard", width=80)
    console.print("[bold]a\x1b[2Jb[/]")
    assert "\x1b[1ma" in screen.getvalue()
    assert "\x1b[2J" not in screen.getvalue()


def test_chinese_says_you_in_one_way() -> None:
    for path in CHINESE.glob("*.toml"):
        assert "您" not in path.read_text(encoding="utf-8"), path
