"""What MNIST is: the sha256 of its four plain IDX files, by which every copy is recognized."""

from __future__ import annotations

import hashlib

import numpy as np

from tenfold.data.formats.idx import file_names, header
from tenfold.data.images import DataSet, LabeledImages
from tenfold.errors import FormatError
from tenfold.language import text as _

__all__ = ["CHECKSUMS", "COUNTS", "check", "from_rows", "is_canonical"]

CHECKSUMS = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""sha256 of the files as Yann LeCun published them, unpacked."""

COUNTS = {"train": 60_000, "test": 10_000}


def is_canonical(data: DataSet) -> bool:
    """Return whether ``data`` is MNIST, bit for bit: train of 60,000 and test of 10,000."""
    return set(data.splits) == set(COUNTS) and not _wrong(data)


def check(data: DataSet) -> DataSet:
    """Return MNIST from ``data``, whose "valid" split, if any, is put back behind "train".

    Raises:
        FormatError: if it is not MNIST bit for bit.
    """
    from tenfold.data.formats import arranged

    data = DataSet("mnist", arranged(data, tuple(COUNTS)).splits)
    missing = [split for split in COUNTS if split not in data.splits]
    if missing:
        raise FormatError(_("it has no {splits} split", splits=", ".join(missing)))
    wrong = _wrong(data)
    if wrong:
        raise FormatError(
            _("its content is not MNIST's (sha256 of {names} differs)", names=", ".join(wrong))
        )
    return data


def from_rows(rows: LabeledImages) -> DataSet:
    """Return train and test from all images in MNIST's order, as OpenML has them.

    Raises:
        FormatError: if that does not give MNIST bit for bit.
    """
    kept = COUNTS["train"]
    return check(DataSet("mnist", {"train": rows[:kept], "test": rows[kept:]}))


def _wrong(data: DataSet) -> list[str]:
    """Return the names of the IDX files that ``data`` does not give."""
    wrong = []
    for split in COUNTS:
        for name, array in zip(file_names(split), data.split(split), strict=True):
            digest = hashlib.sha256(header(array))
            digest.update(np.ascontiguousarray(array).data)
            if digest.hexdigest() != CHECKSUMS[name]:
                wrong.append(name)
    return wrong
