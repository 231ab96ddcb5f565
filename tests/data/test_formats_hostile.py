"""Damaged and hostile files of any format give an error of ours, or are harmless."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from tenfold.data import DataSet, load, save
from tenfold.data.formats import formats
from tenfold.errors import FormatError, InputError, TenfoldError

pytest.importorskip("pyarrow")


def test_nothing_and_nonsense(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file or folder"):
        load(tmp_path / "nothing")
    (tmp_path / "empty").touch()
    for path in (tmp_path / "empty", tmp_path, Path("/dev/zero")):
        with pytest.raises(FormatError, match="in no format known here"):
            load(path)
    with pytest.raises(TenfoldError):
        load("x" * 5000)


def test_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FormatError, match="no format known"):
        load(tmp_path / "pipe")


@pytest.mark.parametrize("name", sorted(formats()))
def test_cut_or_flipped_anywhere_is_an_error_or_harmless(
    name: str, both: DataSet, tmp_path: Path
) -> None:
    """No damage gives any other exception; a cut is always noticed."""
    target = tmp_path / "target"
    save(both, target, name)
    file = max(
        (p for p in [target, *target.rglob("*")] if p.is_file()), key=lambda p: p.stat().st_size
    )
    whole = file.read_bytes()
    random = np.random.default_rng(0)
    for at in random.integers(0, len(whole) - 1, 25).tolist():
        file.write_bytes(whole[:at])
        # CSV that is cut between lines, or inside its last number, is still CSV.
        with suppress(FormatError) if name == "csv" else pytest.raises(FormatError):
            formats()[name].load(target)
        flipped = bytearray(whole)
        flipped[at] ^= 1 << int(random.integers(8))
        file.write_bytes(flipped)
        with suppress(FormatError):
            formats()[name].load(target)


def test_bytes_of_every_head_are_harmless(tmp_path: Path) -> None:
    """The beginnings by which formats are told, followed by noise, give errors of ours alone."""
    noise = np.random.default_rng(0).bytes(3000)
    for start in (b"\x80\x02", b"\x80\x05\x95", b"PAR1", b"PK\x03\x04", b"\x1f\x8b\x08", b"label,"):
        for end in (b"", b"PAR1", b"\n"):
            (tmp_path / "a").write_bytes(start + noise + end)
            for name in ("csv", "npz", "npz-tutorial", "parquet", "pickle"):
                with pytest.raises(TenfoldError):
                    formats()[name].load(tmp_path / "a")
