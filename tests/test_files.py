"""Files appear whole or not at all."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tenfold.errors import StorageError
from tenfold.files import replacing, why, write_whole
from tenfold.language import speaking


def test_content_takes_the_place_of_the_old(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.txt"
    write_whole(path, "old")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert [p.name for p in path.parent.iterdir()] == ["file.txt"]


def test_an_error_leaves_the_old_content_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    write_whole(path, "old")

    def fail() -> None:
        with replacing(path) as file:
            file.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["file.txt"]


def test_a_folder_that_is_a_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="file is a file; expected a folder to write"):
        write_whole(tmp_path / "file" / "below", "x")


def test_no_room_is_a_clear_error_and_keeps_the_old_content(tmp_path: Path) -> None:
    # A limit on the size of files stands in for a full disk: write() fails in the same place.
    path = tmp_path / "file.bin"
    write_whole(path, "old")
    program = f"""
import signal
from pathlib import Path
from tenfold.errors import StorageError
from tenfold.files import write_whole
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    write_whole(Path({str(path)!r}), bytes(200_000))
except StorageError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    assert "The disk is full" in done.stdout
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["file.bin"]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOENT, "没有这个文件或文件夹"),
        (errno.EACCES, "没有权限"),
        (errno.EISDIR, "这是一个文件夹"),
        (errno.ENAMETOOLONG, "名称太长"),
    ],
)
def test_reasons_of_the_operating_system_are_in_words_of_ours(number: int, words: str) -> None:
    error = OSError(number, os.strerror(number), "a/b")
    with speaking("zh"):
        assert why(error) == words
    assert why(OSError(-2, "Name or service not known")) == "Name or service not known"
    assert why(ValueError("embedded null byte")) == "embedded null byte"
