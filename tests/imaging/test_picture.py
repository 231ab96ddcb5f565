"""Any kind of picture becomes the same gray; anything else is refused by name."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tenfold.errors import InputError, PictureError
from tenfold.imaging import open_picture
from tenfold.imaging.decoding import FORMATS
from tenfold.imaging.limits import MAX_BYTES, MAX_PIXELS
from tenfold.imaging.picture import WORKING_SIDE


@pytest.fixture
def ramp() -> np.ndarray:
    """Gray uint8 [20, 30], all four corners different."""
    rows, columns = np.mgrid[0:20, 0:30]
    return (rows * 4 + columns * 5).astype(np.uint8)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_gives_the_same_gray(ramp: np.ndarray, kind: str) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}
    mode = "RGB" if kind in ("WEBP", "AVIF") else "L"
    picture = open_picture(encoded(Image.fromarray(ramp).convert(mode), kind, **options))
    assert (picture.width, picture.height) == (30, 20)
    assert picture.gray.dtype == np.float32
    assert np.abs(picture.gray - ramp / 255.0).max() < 0.02


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "RGBa", "La", "RGBX", "YCbCr", "CMYK"])
def test_every_mode_gives_the_same_gray(ramp: np.ndarray, mode: str) -> None:
    step = {"La": "LA", "RGBa": "RGBA", "YCbCr": "RGB", "CMYK": "RGB", "RGBX": "RGB"}.get(mode)
    image = Image.fromarray(ramp)
    image = (image.convert(step) if step else image).convert(mode)
    assert np.abs(open_picture(image).gray - ramp / 255.0).max() < 0.01


@pytest.mark.parametrize(
    ("values", "white"),
    [(np.uint16, 65535), (np.dtype(">u2"), 65535), (np.float64, 1), (np.float16, 1), (bool, 1)],
)
def test_array_dtypes(values: type, white: int) -> None:
    plane = (np.array([[0, 1], [1, 0]]) * white).astype(values)
    assert open_picture(plane).gray.tolist() == [[0, 1], [1, 0]]


def test_sixteen_bit_and_palette_and_bilevel_files(ramp: np.ndarray) -> None:
    deep = Image.fromarray(ramp.astype(np.uint16) * 257)
    assert np.abs(open_picture(encoded(deep, "PNG")).gray - ramp / 255.0).max() < 1e-6
    assert np.abs(open_picture(encoded(deep, "TIFF")).gray - ramp / 255.0).max() < 1e-6
    palette = Image.fromarray(ramp).convert("P")
    assert np.abs(open_picture(encoded(palette, "PNG")).gray - ramp / 255.0).max() < 0.01
    bilevel = Image.fromarray(ramp > 100)
    assert np.array_equal(open_picture(encoded(bilevel, "PNG")).gray, ramp > 100)


def test_float_and_long_integer_images() -> None:
    values = np.array([[0, 51], [102, 255]])
    for image in (
        Image.fromarray((values / 255).astype(np.float32)),
        Image.fromarray(values.astype(np.float32)),
        Image.fromarray((values * 257).astype(np.int32)),
    ):
        assert open_picture(image).gray.ravel() == pytest.approx([0, 0.2, 0.4, 1])
    with pytest.raises(PictureError, match="no numbers"):
        open_picture(Image.fromarray(np.full((2, 2), np.nan, np.float32)))


def test_colors_become_luma() -> None:
    # ITU-R BT.601: Y = 0.299 R + 0.587 G + 0.114 B.
    colors = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    assert open_picture(colors).gray.ravel() == pytest.approx([0.299, 0.587, 0.114], abs=0.003)


@pytest.mark.parametrize("color", [0, 255])
def test_ink_that_lives_in_alpha_alone_counts(color: int) -> None:
    pixels = np.full((9, 9, 4), color, np.uint8)
    pixels[..., 3] = 0
    pixels[3:6, 3:6, 3] = 255
    gray = open_picture(pixels).gray
    assert gray[4, 4] == color / 255
    assert gray[0, 0] == 1 - color / 255


def test_hidden_color_under_full_transparency_never_shows() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (9, 9, 4), np.uint8)
    pixels[..., 3] = 0
    assert np.ptp(open_picture(pixels).gray) == 0
    assert np.ptp(open_picture(encoded(Image.fromarray(pixels), "PNG")).gray) == 0


def test_a_transparent_palette_color_is_paper() -> None:
    image = Image.fromarray(np.array([[0, 1]], np.uint8), "P")
    image.putpalette([90, 90, 90, 0, 0, 0])
    gray = open_picture(encoded(image, "PNG", transparency=0)).gray
    assert gray.tolist() == [[1, 0]]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(ramp: np.ndarray, orientation: int) -> None:
    from PIL import ImageOps

    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(Image.fromarray(ramp), "PNG", exif=exif)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    picture = open_picture(content)
    assert np.abs(picture.gray - np.asarray(expected) / 255.0).max() < 1e-6
    assert (picture.width, picture.height) == expected.size


def test_an_animation_shows_its_first_frame(ramp: np.ndarray) -> None:
    frames = [Image.fromarray(ramp), Image.fromarray(255 - ramp)]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert np.abs(open_picture(content).gray - ramp / 255.0).max() < 0.01


def test_large_pictures_are_shrunk_but_keep_their_size() -> None:
    tall = np.zeros((4000, 1000), np.uint8)
    tall[:2000] = 255
    for source in (tall, encoded(Image.fromarray(tall), "JPEG")):
        picture = open_picture(source)
        assert (picture.width, picture.height) == (1000, 4000)
        assert picture.gray.shape == (WORKING_SIDE, WORKING_SIDE // 4)
        assert picture.gray[:780].min() > 0.99
        assert picture.gray[820:].max() < 0.01


def test_a_users_own_image_is_not_changed(ramp: np.ndarray) -> None:
    image = Image.open(io.BytesIO(encoded(Image.fromarray(ramp).convert("RGB"), "JPEG")))
    open_picture(image)
    assert (image.mode, image.size) == ("RGB", (30, 20))


def test_paths_of_every_type(ramp: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "ramp.without-ending"
    path.write_bytes(encoded(Image.fromarray(ramp), "PNG"))
    for source in (path, str(path), path.read_bytes(), bytearray(path.read_bytes())):
        assert open_picture(source).gray.shape == (20, 30)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((0, 5)), r"shape \[0, 5\]; expected one picture"),
        (np.zeros(5), r"shape \[5\]"),
        (np.zeros((2, 3, 4, 5)), r"shape \[2, 3, 4, 5\]"),
        (np.zeros((2, 3, 5)), "1 to 4 channels"),
        (np.zeros((2, 2), np.int64), "array of int64; expected uint8"),
        (np.zeros((2, 2), object), "array of object"),
        (np.zeros((2, 2), complex), "array of complex128"),
        (np.full((2, 2), 255.0), "from 255.0 to 255.0; expected 0 to 1"),
        (np.array([[0, np.nan]]), "from nan to nan"),
        (np.array([[0, np.inf]]), "from 0.0 to inf"),
        (np.array([[-0.5, 0]]), "from -0.5"),
        (np.broadcast_to(np.uint8(0), (30_000, 30_000)), "30000 x 30000 pixels; at most 64"),
    ],
)
def test_arrays_that_are_no_picture(array: np.ndarray, message: str) -> None:
    with pytest.raises(PictureError, match=message):
        open_picture(array)


def test_things_that_are_no_picture() -> None:
    for thing in (None, 7, [[0, 1]], io.BytesIO()):
        with pytest.raises(PictureError, match=f"Received {type(thing).__name__}; expected a path"):
            open_picture(thing)
    with pytest.raises(PictureError, match="PIL image is empty"):
        open_picture(Image.new("L", (0, 3)))


def test_paths_that_are_no_picture(tmp_path: Path) -> None:
    text = tmp_path / "words.png"
    text.write_text("not a picture")
    empty = tmp_path / "empty.png"
    empty.touch()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, message in [
        (tmp_path / "absent.png", "absent.png: There is no such file"),
        (tmp_path, "It is a folder"),
        (text, r"words.png: Its bytes are no picture of a known format \(PNG, JPEG"),
        (empty, "There are no bytes in it"),
        (pipe, "neither a file nor a folder"),
        ("x" * 5000, "cannot be opened"),
        ("a\0b", "a\0b: "),
    ]:
        with pytest.raises(PictureError, match=message):
            open_picture(path)


def test_a_file_beyond_the_limit_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "long.png"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(PictureError, match="longer than 256 MB"):
        open_picture(path)


@pytest.mark.parametrize("kind", FORMATS)
def test_truncated_files_are_named(ramp: np.ndarray, kind: str) -> None:
    content = encoded(Image.fromarray(ramp).convert("RGB"), kind)
    with pytest.raises(PictureError, match=r"damaged or incomplete|no picture of a known format"):
        open_picture(content[: len(content) // 2])


@pytest.mark.parametrize("size", [(8001, 8000), (10_000, 10_000), (30_000, 30_000)])
def test_decompression_bombs_are_refused_before_decoding(size: tuple[int, int]) -> None:
    # A valid header that promises the size, and no pixels at all after it.
    header = b"P5 %d %d 255\n" % size
    assert size[0] * size[1] > MAX_PIXELS
    with pytest.raises(PictureError, match=r"at most 64 million|far too large"):
        open_picture(header)


@settings(deadline=None)
@given(
    content=st.binary(max_size=200), start=st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"GIF89a"])
)
def test_any_bytes_give_a_picture_or_a_picture_error(content: bytes, start: bytes) -> None:
    try:
        gray = open_picture(start + content).gray
    except PictureError:
        return
    assert gray.min() >= 0
    assert gray.max() <= 1


@settings(deadline=None)
@given(seed=st.integers(0, 10**6), kind=st.sampled_from(FORMATS))
def test_damaged_files_give_a_picture_or_a_picture_error(seed: int, kind: str) -> None:
    random = np.random.default_rng(seed)
    image = Image.fromarray(random.integers(0, 256, (12, 9, 3), np.uint8))
    content = bytearray(encoded(image, kind))
    for _ in range(5):
        content[random.integers(len(content))] = random.integers(256)
    try:
        gray = open_picture(bytes(content)).gray
    except PictureError:
        return
    assert np.isfinite(gray).all()


def test_a_picture_opened_before_comes_back_as_it_is(ramp: np.ndarray) -> None:
    picture = open_picture(ramp)
    assert open_picture(picture) is picture


def test_who_asks_may_refuse_a_size_before_it_is_decoded(ramp: np.ndarray) -> None:
    content = encoded(Image.fromarray(ramp), "PNG")
    seen = []

    def check(width: int, height: int) -> None:
        seen.append((width, height))
        raise InputError("too large for me")

    # Cut off, so that decoding it would be another error.
    with pytest.raises(InputError, match="too large for me"):
        open_picture(content[:-16], check)
    assert seen == [(30, 20)]
