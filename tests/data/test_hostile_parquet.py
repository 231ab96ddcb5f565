"""Damaged and hostile Parquet files give an error that names the file and what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tenfold.data import DataSet, load, save
from tenfold.data.png import encode_png
from tenfold.errors import FormatError, MissingExtraError

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


def parquet(tmp_path: Path, **columns: Any) -> Path:
    path = tmp_path / "train.parquet"
    pq.write_table(pa.table(columns), path)
    return path


PIXELS = np.arange(784, dtype=np.uint16).astype(np.uint8).reshape(28, 28)
PICTURE = {"bytes": encode_png(PIXELS), "path": "1.png"}


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"image": [1], "label": [1]}, "has the columns image, label; expected image"),
        ({"picture": [PICTURE], "label": [1]}, "has the columns picture, label"),
        ({"image": [PICTURE]}, "has the columns image"),
        ({"image": [PICTURE], "label": [10]}, "label 10 of image 0"),
        ({"image": [PICTURE], "label": pa.array([None], pa.int64())}, "label nan of image 0"),
        ({"image": [PICTURE, {"bytes": b"x", "path": ""}], "label": [1, 2]}, "row 2 is not a PNG"),
        ({"image": [PICTURE, {"bytes": None, "path": "/etc/passwd"}], "label": [1, 2]}, "row 2"),
        ({"image": [PICTURE, None], "label": [1, 2]}, "row 2 is not a PNG"),
    ],
)
def test_parquet(columns: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=message):
        load(parquet(tmp_path, **columns))


def test_parquet_shards(both: DataSet, tmp_path: Path) -> None:
    for at, part in enumerate((both.train[:5], both.train[5:])):
        save(DataSet("", {"train": part}), tmp_path / f"{at}.parquet")
        (tmp_path / f"{at}.parquet").rename(tmp_path / f"train-{at:05d}-of-00002.parquet")
    assert load(tmp_path).train.hash() == both.train.hash()
    (tmp_path / "train-00000-of-00002.parquet").unlink()
    with pytest.raises(FormatError, match=r"train-00000-of-00002\.parquet is missing"):
        load(tmp_path)


def test_parquet_without_pyarrow(
    both: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = parquet(tmp_path, image=[PICTURE], label=[1])
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    for attempt in (lambda: load(path), lambda: save(both, tmp_path / "b", "parquet")):
        with pytest.raises(MissingExtraError, match=r"pip install 'tenfold\[parquet\]'"):
            attempt()
