"""The endings of picture files are those of what is decoded."""

from __future__ import annotations

from PIL import Image

from tenfold.data.endings import OTHER_ENDINGS, PICTURE_ENDINGS
from tenfold.imaging.decoding import FORMATS

# What pillow-heif, an extra, teaches Pillow.
HEIC = {".heic", ".heif", ".hif"}


def test_each_is_of_a_format_that_is_decoded() -> None:
    known = Image.registered_extensions()
    assert {known[ending] for ending in set(PICTURE_ENDINGS) - HEIC} == set(FORMATS)


def test_what_is_passed_over_is_none_of_them() -> None:
    assert not set(OTHER_ENDINGS) & set(PICTURE_ENDINGS)
