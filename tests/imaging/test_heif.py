"""HEIC is read with its extra, within the same limits, and named without it."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tenfold.errors import PictureError
from tenfold.imaging import open_picture
from tenfold.imaging.heif import is_heif

HEAD = b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf"


@pytest.fixture(scope="module")
def heic() -> bytes:
    heif = pytest.importorskip("pillow_heif")
    pixels = np.full((40, 60), 255, np.uint8)
    pixels[10:30, 5:15] = 0
    image = Image.fromarray(pixels).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    heif.from_pillow(image).save(file, quality=90, exif=exif.tobytes())
    return file.getvalue()


def test_a_photograph_is_read_upright(heic: bytes) -> None:
    picture = open_picture(heic)
    assert (picture.width, picture.height) == (40, 60)
    # The stroke was at the left, and is at the top.
    assert picture.gray[8:12, 15:25].max() < 0.2
    assert picture.gray[30:].min() > 0.8


def test_the_limit_on_pixels_holds_before_decoding(heic: bytes) -> None:
    asked = []

    def check(width: int, height: int) -> None:
        asked.append(width * height)
        raise PictureError("too large")

    with pytest.raises(PictureError, match="too large"):
        open_picture(heic, check)
    assert asked == [2400]


def test_a_damaged_one_is_told(heic: bytes) -> None:
    for content in (HEAD, heic[: len(heic) // 2]):
        with pytest.raises(PictureError):
            open_picture(content)


def test_without_the_extra_its_line_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    path = tmp_path / "IMG_0001.HEIC"
    path.write_bytes(HEAD)
    with pytest.raises(PictureError, match=r"IMG_0001.HEIC: .*pip install 'tenfold\[heic\]'"):
        open_picture(path)


def test_avif_is_left_to_pillow() -> None:
    assert is_heif(io.BytesIO(HEAD))
    assert not is_heif(io.BytesIO(b"\0\0\0\x1cftypavif\0\0\0\0mif1avifmiaf"))
    assert not is_heif(io.BytesIO(b"\x89PNG\r\n\x1a\n"))
