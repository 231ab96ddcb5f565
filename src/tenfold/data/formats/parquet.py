"""Parquet as Hugging Face's ylecun/mnist has it: columns image {bytes, path} and label, PNG bytes.

A folder holds train-00000-of-00001.parquet and test-00000-of-00001.parquet (also in mnist/ or
data/, also in several shards); a single file is one split, told by its name. Needs pyarrow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tenfold.data.arrays import labeled
from tenfold.data.bounded import MAX_BYTES, check_count
from tenfold.data.folders import replacing_folder, split_named
from tenfold.data.formats import joined
from tenfold.data.images import SIZE, SPLITS, DataSet, LabeledImages
from tenfold.data.png import decode_png, encode_png
from tenfold.errors import FormatError, InputError, MissingExtraError
from tenfold.files import replacing
from tenfold.language import text as _

__all__ = ["SPLITS", "SUFFIXES", "describe", "load", "save", "sniff"]

SUFFIXES = (".parquet",)

_MAGIC = b"PAR1"
_BATCH = 4096
_SHARD = re.compile(r"(train|valid|validation|test)-(\d{5})-of-(\d{5})\.parquet")
_FEATURES = (
    b'{"info": {"features": {"image": {"_type": "Image"}, "label": {"names": ["0", "1", "2", "3", '
    b'"4", "5", "6", "7", "8", "9"], "_type": "ClassLabel"}}}}'
)


def describe() -> str:
    """Return one line on the format."""
    return _("Parquet as Hugging Face has it, a file or a folder (needs the extra 'parquet')")


def sniff(path: Path) -> bool:
    """Return whether ``path`` has Parquet's marks at both ends, or is a folder of such files."""
    if path.is_dir():
        return bool(_shards(path))
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return file.read(4) == _MAGIC
    except OSError:
        return False


def load(path: Path) -> DataSet:
    """Load one file as one split, or a folder's shards as the splits that their names tell.

    Raises:
        FormatError: if a file is damaged, lacks a shard or a column, or holds no digits.
        MissingExtraError: if pyarrow is not installed.
    """
    files = _shards(path) if path.is_dir() else {split_named(path.name): [path]}
    splits = {split: joined([_load_file(f) for f in shards]) for split, shards in files.items()}
    return DataSet(path.stem, splits)


def save(data: DataSet, path: Path) -> None:
    """Write one split to a file named .parquet, or any splits to a folder, one shard each.

    Raises:
        InputError: if a file is named for more than one split.
        MissingExtraError: if pyarrow is not installed.
    """
    _pyarrow()
    if path.suffix.lower() not in SUFFIXES:
        with replacing_folder(path) as folder:
            for split, images in data.splits.items():
                _save_file(images, folder / f"{split}-00000-of-00001.parquet")
        return
    if len(data.splits) != 1:
        raise InputError(
            _(
                "{path} can hold one split; received {splits}. Name a folder (without a suffix).",
                path=path,
                splits=", ".join(data.splits),
            )
        )
    _save_file(next(iter(data.splits.values())), path)


def _pyarrow() -> Any:
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError("parquet", _("The Parquet format")) from error
    return pyarrow


def _shards(folder: Path) -> dict[str, list[Path]]:
    """Return the shards of each split, from the first of the usual places that has any."""
    for place in (folder, folder / "mnist", folder / "data"):
        found: dict[str, list[Path]] = {}
        for file in sorted(place.glob("*.parquet")):
            if _SHARD.fullmatch(file.name):
                found.setdefault(split_named(file.name), []).append(file)
        if found:
            return found
    return {}


@contextmanager
def _damage(path: Path) -> Iterator[None]:
    """Say in words what pyarrow finds wrong; it says OSError for most kinds of damage."""
    arrow = _pyarrow()
    try:
        yield
    except (arrow.ArrowException, OSError, MemoryError) as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise FormatError(_("{path} is damaged: {reason}.", path=path, reason=reason)) from error


def _load_file(path: Path) -> LabeledImages:
    shard = _SHARD.fullmatch(path.name)
    if shard:
        _check_shards(path, shard)
    arrow = _pyarrow()
    with _damage(path), arrow.parquet.ParquetFile(path) as file:
        _check_promises(file, path)
        images = np.empty((file.metadata.num_rows, SIZE, SIZE), np.uint8)
        labels = []
        at = 0
        for batch in file.iter_batches(_BATCH, columns=["image", "label"]):
            pictures = batch.column("image").field("bytes")
            labels.append(batch.column("label").to_numpy(zero_copy_only=False))
            for picture in pictures:
                content = picture.as_py() or b""
                images[at] = decode_png(content, _("{path}, row {row}", path=path, row=at + 1))
                at += 1
    return labeled(images, np.concatenate(labels) if labels else np.empty(0), path)


def _check_shards(path: Path, shard: re.Match[str]) -> None:
    for number in range(int(shard[3])):
        sibling = path.with_name(f"{shard[1]}-{number:05d}-of-{shard[3]}.parquet")
        if not sibling.is_file():
            raise FormatError(_("{path} is missing beside the other shards.", path=sibling))


def _check_promises(file: Any, path: Path) -> None:
    """Check columns, counts and sizes by the metadata, before any page is unpacked."""
    arrow = _pyarrow()
    schema = file.schema_arrow
    columns = {name: schema.field(name).type for name in schema.names}
    image = columns.get("image")
    if (
        image is None
        or not arrow.types.is_struct(image)
        or image.get_field_index("bytes") < 0
        or not arrow.types.is_integer(columns.get("label", arrow.null()))
    ):
        raise FormatError(
            _(
                "{path} has the columns {columns}; expected image {{bytes, path}} and label.",
                path=path,
                columns=", ".join(schema.names)[:200],
            )
        )
    check_count(file.metadata.num_rows, path)
    groups = range(file.metadata.num_row_groups)
    if sum(file.metadata.row_group(group).total_byte_size for group in groups) > MAX_BYTES:
        raise FormatError(
            _("{path} unpacks to more than {limit} bytes; refused.", path=path, limit=MAX_BYTES)
        )


def _save_file(images: LabeledImages, path: Path) -> None:
    arrow = _pyarrow()
    schema = arrow.schema(
        [
            ("image", arrow.struct([("bytes", arrow.binary()), ("path", arrow.string())])),
            ("label", arrow.int64()),
        ],
        metadata={b"huggingface": _FEATURES},
    )
    pictures = [{"bytes": encode_png(image), "path": None} for image in images.images]
    table = arrow.table({"image": pictures, "label": images.labels.tolist()}, schema=schema)
    with replacing(path) as file:
        arrow.parquet.write_table(table, file)
