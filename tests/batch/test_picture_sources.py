"""Where pictures are found: folders, patterns, lists, addresses; always in the same order."""

from __future__ import annotations

import glob
import os
import string
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import fsspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenfold.batch import filesystems
from tenfold.batch.sources import _expression, _parted, list_pictures
from tenfold.errors import InputError, SourceError, StorageError

NAMES = ("b.png", "a.JPG", "c.txt", ".hidden.png", "sub/z.png", "sub/deep/y.jpeg", "sub.d/x.png")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in NAMES:
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    (tmp_path / "photos" / ".cache").mkdir()
    (tmp_path / "photos" / ".cache" / "w.png").write_bytes(b"x")
    return tmp_path / "photos"


@pytest.fixture
def memory(folder: Path) -> Iterator[str]:
    """The same folder in fsspec's memory, behind an address."""
    files = fsspec.filesystem("memory")
    for name in NAMES:
        files.pipe(f"/photos/{name}", b"x")
    filesystems._place.cache_clear()
    yield "memory://photos"
    files.rm("/photos", recursive=True)
    filesystems._place.cache_clear()


def listed(*sources: object) -> list[str]:
    return list(list_pictures(map(str, sources)))


def test_a_folders_pictures_with_those_in_its_folders(folder: Path) -> None:
    expected = ["a.JPG", "b.png", "sub/deep/y.jpeg", "sub/z.png", "sub.d/x.png"]
    assert listed(folder) == [f"{folder}/{name}" for name in expected]
    assert listed(f"{folder}/") == [f"{folder}/{name}" for name in expected]
    assert listed("photos") == [f"photos/{name}" for name in expected]
    os.chdir(folder)
    assert listed(".") == expected


def test_a_folder_behind_an_address_is_listed_the_same(folder: Path, memory: str) -> None:
    inside = [path.removeprefix(f"{folder}/") for path in listed(folder)]
    assert listed(memory) == [f"{memory}/{name}" for name in inside]
    assert listed(f"{memory}/sub") == [f"{memory}/sub/deep/y.jpeg", f"{memory}/sub/z.png"]
    assert listed(f"{memory}/b.png") == [f"{memory}/b.png"]
    assert listed(f"{memory}/*.png") == [f"{memory}/b.png"]
    assert listed(f"{memory}/**/?.png") == [
        f"{memory}/{name}" for name in ("b.png", "sub/z.png", "sub.d/x.png")
    ]


def test_a_file_by_itself_may_have_any_name(folder: Path) -> None:
    assert listed(folder / "c.txt", folder / ".hidden.png") == [
        f"{folder}/c.txt",
        f"{folder}/.hidden.png",
    ]


@pytest.mark.parametrize(
    "pattern",
    [
        *("*", "*.png", "**/*.png", "**/*", "sub*/*.png", "*/*/*.jpeg", "sub/**", "[ab].*"),
        *("[!a]*.png", "**/deep/*", "?.png", "sub/deep/y.jpeg", "*/z.png"),
    ],
)
def test_patterns_are_those_of_python(folder: Path, pattern: str) -> None:
    # pathlib's own patterns find what is hidden, too.
    found = glob.glob(f"{folder}/{pattern}", recursive=True)  # noqa: PTH207 - see above
    assert sorted(listed(f"{folder}/{pattern}")) == sorted(p for p in found if Path(p).is_file())


def test_a_pattern_here_names_no_folder(folder: Path) -> None:
    os.chdir(folder)
    assert listed("*.png") == ["b.png"]
    assert listed("sub/*.png") == ["sub/z.png"]


@given(name=st.text(string.ascii_letters + "[]!-^*?.\\{}()+|&~$ ", min_size=1, max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_name_escaped_as_a_pattern_is_like_itself(name: str) -> None:
    import re

    expression = re.compile(_expression(glob.escape(name)))
    assert expression.fullmatch(name)
    assert not expression.fullmatch(name + "x")


def test_the_folder_of_a_pattern() -> None:
    assert _parted("a/b*/c") == ("a/", "b*/c")
    assert _parted("*.png") == ("", "*.png")
    assert _parted("s3://bucket/a/[x]") == ("s3://bucket/a/", "[x]")


def test_a_list_is_read_in_its_order(tmp_path: Path, folder: Path) -> None:
    odd = os.fsdecode(b"\xff.png")
    lines = ["z.png", "", f"file://{folder}/a%20b.png", "s3://bucket/k?y.png", "=1.png", odd]
    (tmp_path / "list.txt").write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines[:-1]).encode())
    with (tmp_path / "list.txt").open("ab") as file:
        file.write(b"\r\n\xff.png\n")
    expected = ["z.png", f"{folder}/a b.png", "s3://bucket/k?y.png", "./=1.png", odd]
    assert listed("@list.txt") == expected
    assert listed("@list.txt", folder / "b.png", "@list.txt") == [
        *expected,
        f"{folder}/b.png",
        *expected,
    ]


def test_a_name_that_a_spreadsheet_would_run_is_written_otherwise(tmp_path: Path) -> None:
    (tmp_path / "=cmd.png").write_bytes(b"x")
    (tmp_path / "@x.png").write_bytes(b"x")
    assert listed(".") == ["./=cmd.png", "./@x.png"]
    # What is there under this name is no list.
    assert listed("@x.png") == ["./@x.png"]
    assert all(Path(path).is_file() for path in listed("."))


def test_file_addresses_are_paths(folder: Path) -> None:
    assert listed(f"file://{folder}") == listed(folder)
    assert listed(f"FILE://localhost{folder}/sub") == listed(folder / "sub")
    with pytest.raises(InputError, match="expected a file of this machine"):
        listed("file://elsewhere/photos")


def test_links_to_folders_are_not_followed(folder: Path) -> None:
    before = listed(folder)
    (folder / "loop").symlink_to(folder)
    (folder / "sub" / "also.png").symlink_to(folder / "b.png")
    assert sorted({*listed(folder)} - {*before}) == [f"{folder}/sub/also.png"]


@pytest.mark.parametrize(
    "source", ["absent", "empty", "absent/*.png", "*.gif", "a\0b", "-", "x" * 5000]
)
def test_a_source_without_pictures_is_named(tmp_path: Path, source: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="There are no pictures in"):
        listed(source)


def test_what_cannot_be_listed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StorageError, match=r"absent\.txt"):
        listed("@absent.txt")
    with pytest.raises(StorageError, match="null"):
        listed("@a\0b")
    (tmp_path / "closed").mkdir()
    monkeypatch.setattr(
        os, "scandir", lambda _folder: (_ for _ in ()).throw(PermissionError(13, "no"))
    )
    with pytest.raises(StorageError, match="closed may not be written or read"):
        listed("closed")


def test_addresses_that_lead_nowhere_are_named() -> None:
    with pytest.raises(InputError, match=r"Received the address foo://bar; expected"):
        listed("foo://bar/photos")
    with pytest.raises(InputError, match="There is a key in the address"):
        listed("s3://key:secret@bucket/photos")
    with pytest.raises(SourceError, match=r"pip install fsspec"):
        # It is for Azure, whose package fsspec asks for.
        listed("az://bucket/photos")


def test_s3_is_listed_like_a_folder(s3: SimpleNamespace) -> None:
    for name in (*NAMES, "a?b.png", "sub/50%25 é.png"):
        s3.files[f"bucket/photos/{name}"] = name.encode()
    start = "s3://bucket/photos"
    expected = ["a.JPG", "a?b.png", "b.png", "sub/50%25 é.png", "sub/deep/y.jpeg", "sub/z.png"]
    expected.append("sub.d/x.png")
    assert listed(start + s3.options) == [f"{start}/{name}{s3.options}" for name in expected]
    assert listed(f"{start}/**/?.png{s3.options}") == [
        f"{start}/{name}{s3.options}" for name in ("b.png", "sub/z.png", "sub.d/x.png")
    ]
    odd = f"{start}/sub/50%25 é.png{s3.options}"
    assert listed(odd) == [odd]
    place = filesystems.place_of(odd)
    assert place.content(place.bare(odd)) == "sub/50%25 é.png".encode()
    with pytest.raises(FileNotFoundError):
        place.content(f"{start}/absent.png")
    with pytest.raises(InputError, match="There are no pictures"):
        listed(f"s3://bucket/absent{s3.options}")
    with pytest.raises(SourceError, match=r"s3://closed/x cannot be listed: .*ACCESS_DENIED"):
        listed(f"s3://closed/x{s3.options}")


@pytest.mark.parametrize("source", ["", "  "])
def test_an_empty_source_is_not_this_folder(source: str) -> None:
    with pytest.raises(InputError, match="an empty path"):
        listed(source)


def test_pictures_of_other_kinds_are_passed_over_and_told_of(tmp_path: Path) -> None:
    for name in ("a.HEIC", "b.jfif", "c.svg", "d.txt", "e.DNG"):
        (tmp_path / name).touch()
    passed: list[str] = []
    found = [Path(path).name for path in list_pictures([str(tmp_path)], passed.append)]
    assert found == ["a.HEIC", "b.jfif"]
    assert [Path(path).name for path in passed] == ["c.svg", "e.DNG"]
