"""Whatever is handed to the reader, a reading or a named error comes back, and soon.

The models are the bundled ones. What they answer is asked only of clearly drawn digits.
"""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from tenfold.errors import InputError, PictureError
from tenfold.reader import Reader, Reading

SAMPLES = Path(__file__).parents[2] / "examples" / "pictures"
CLEAR = {"three-black-pen": "3", "six-marker": "6", "five-28x28": "5", "seven-blue-ink": "7"}
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "PPM", "TIFF", "WEBP", "JPEG2000", "AVIF")

READER = Reader()


def read(source: object) -> Reading | None:
    """Read; None if it was refused by name. Any other exception fails the test."""
    try:
        reading = READER.read(source)  # type: ignore[arg-type]
    except (PictureError, InputError):
        return None
    assert 0 <= reading.confidence <= 1
    assert all(len(d.placed) == 28 and 0 <= d.confidence <= 1 for d in reading.digits)
    return reading


def encoded(format_: str, picture: np.ndarray, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format_, **options)
    return buffer.getvalue()


def seven(side: int = 48) -> np.ndarray:
    """Black on white, drawn by the test."""
    picture = np.full((side, side), 255, np.uint8)
    points = np.array([[0.3, 0.25], [0.7, 0.25], [0.45, 0.8]]) * side
    cv2.polylines(picture, [points.astype(np.int32)], False, 0, max(2, side // 14), cv2.LINE_AA)
    return picture


FILES = {format_: encoded(format_, seven()) for format_ in FORMATS}


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(content: bytes) -> None:
    read(content)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    format_=st.sampled_from(FORMATS),
    cuts=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    noise=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8),
)
def test_damaged_files(
    format_: str, cuts: tuple[float, float], noise: list[tuple[float, int]]
) -> None:
    content = bytearray(FILES[format_])
    for place, value in noise:
        content[min(int(place * len(content)), len(content) - 1)] = value
    start, end = sorted(round(cut * len(content)) for cut in cuts)
    read(bytes(content))
    read(bytes(content[:end]))
    read(bytes(content[:start] + content[end:]))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=24))
        for dtype in (np.uint8, np.uint16, np.int32, np.bool_, np.float16, np.float32, np.float64)
    )
)
def test_any_array(array: np.ndarray) -> None:
    read(array)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.integers(1, 60), st.integers(1, 60)),
        elements=st.floats(0, 1, width=32),
    ),
    st.sampled_from([None, "digit", "line", "page"]),
)
def test_any_picture_with_any_hint(gray: np.ndarray, layout: str | None) -> None:
    assert isinstance(READER.read(gray, layout=layout), Reading)


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        *[((1, 1), kind) for kind in ("black", "noise")],
        *[((2, 2), kind) for kind in ("black", "noise", "stripes")],
        *[((3, 200), kind) for kind in ("black", "noise", "stripes")],
        *[((200, 3), kind) for kind in ("black", "noise", "stripes")],
        *[((1, 30_000), kind) for kind in ("black", "noise")],
        *[((30_000, 1), kind) for kind in ("black", "stripes")],
    ],
)
def test_shapes_at_the_edge(shape: tuple[int, int], kind: str) -> None:
    rng = np.random.default_rng(0)
    planes = {
        "black": np.zeros(shape, np.uint8),
        "noise": rng.integers(0, 256, shape, np.uint8),
        "stripes": ((np.indices(shape).sum(0) // 2 % 2) * 255).astype(np.uint8),
    }
    assert read(planes[kind]) is not None


@pytest.mark.slow
@pytest.mark.parametrize(("side", "share"), [(300, 0.02), (1000, 0.5)])
def test_a_page_of_noise_ends(side: int, share: float) -> None:
    # Its specks fall into hundreds of lines, each hundreds of times longer than high.
    dots = np.random.default_rng(1).random((side, side)) < share
    assert read((~dots * 255).astype(np.uint8)) is not None


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -1.0, 2.0, 255.0, 1e30])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_values_that_are_no_brightness_are_refused(value: float, dtype: type) -> None:
    with np.errstate(over="ignore"):
        plane = np.full((28, 28), 0.5, dtype)
        plane[3, 4] = value
    with pytest.raises(PictureError, match="values from"):
        READER.read(plane)


@pytest.mark.parametrize("source", [None, 7, 1.5, [[1, 2]], object(), {"a": 1}, b"", "", "\0", "."])
def test_things_that_are_no_picture_are_refused(source: object) -> None:
    with pytest.raises(PictureError):
        READER.read(source)  # type: ignore[arg-type]


def test_files_that_are_not_there_or_not_files(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="There is no such file"):
        READER.read(tmp_path / "absent.png")
    with pytest.raises(PictureError, match="It is a folder"):
        READER.read(tmp_path)
    (tmp_path / "empty.png").write_bytes(b"")
    with pytest.raises(PictureError, match="There are no bytes in it"):
        READER.read(tmp_path / "empty.png")
    with pytest.raises(PictureError):
        READER.read("x" * 5000)


def test_deep_and_colored_pictures_are_read_as_plain_ones_are() -> None:
    plain = READER.read(seven(90))
    deep = READER.read(seven(90).astype(np.uint16) * 257)
    assert deep.to_dict() == plain.to_dict()
    cmyk = io.BytesIO()
    Image.fromarray(seven(90)).convert("CMYK").save(cmyk, "JPEG", quality=95)
    assert READER.read(cmyk.getvalue()).text == plain.text
    assert READER.read(encoded("PNG", seven(90).astype(np.uint16) * 257)).text == plain.text


def test_of_an_animation_the_first_frame_is_read() -> None:
    frames = [Image.fromarray(seven(90)), Image.fromarray(np.full((90, 90), 255, np.uint8))]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    assert READER.read(buffer.getvalue()).text == READER.read(seven(90)).text


def test_a_truncated_photograph_is_refused() -> None:
    content = encoded("JPEG", seven(400))
    for share in (0.1, 0.5, 0.9):
        with pytest.raises(PictureError):
            READER.read(content[: int(share * len(content))])


def png_claiming(width: int, height: int, packed: bytes) -> bytes:
    """A gray PNG whose header says what it likes."""
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", packed),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


@pytest.mark.parametrize(
    ("width", "height"), [(30_000, 30_000), (2**31 - 1, 2**31 - 1), (1, 2**31 - 1), (64_001, 1000)]
)
def test_headers_that_claim_too_much_are_refused_before_decoding(width: int, height: int) -> None:
    with pytest.raises(PictureError, match=r"at most 64 million|far too large"):
        READER.read(png_claiming(width, height, zlib.compress(bytes(1000))))


def test_a_small_picture_that_unpacks_to_much_is_refused_or_read() -> None:
    # A hundred megabytes of zeros behind a header of 28 x 28.
    bomb = png_claiming(28, 28, zlib.compress(bytes(100_000_000), 9))
    assert len(bomb) < 200_000
    read(bomb)


@pytest.mark.parametrize(("name", "text"), sorted(CLEAR.items()))
def test_clear_digits_are_read(name: str, text: str) -> None:
    assert READER.read(SAMPLES / f"{name}.png").text == text


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(sorted(CLEAR)),
    height=st.integers(40, 300),
    margins=st.tuples(*[st.integers(12, 150)] * 4),
    inverted=st.booleans(),
)
def test_moving_scaling_framing_and_inverting_do_not_change_what_is_read(
    name: str, height: int, margins: tuple[int, int, int, int], inverted: bool
) -> None:
    left, top, right, bottom = margins
    digit = cut_out(name)
    width = max(1, round(digit.shape[1] * height / digit.shape[0]))
    small = height < digit.shape[0]
    how = cv2.INTER_AREA if small else cv2.INTER_LINEAR
    scaled = cv2.resize(digit, (width, height), interpolation=how)
    page = np.pad(scaled, ((top, bottom), (left, right)), constant_values=255)
    assert READER.read(255 - page if inverted else page).text == CLEAR[name]


def cut_out(name: str) -> np.ndarray:
    """The digit of a sample picture, black on white, uint8, cut to its ink."""
    (digit,) = READER.read(SAMPLES / f"{name}.png").digits
    gray = cv2.imread(str(SAMPLES / f"{name}.png"), cv2.IMREAD_GRAYSCALE)
    assert gray is not None
    box = digit.box
    cut = gray[box.y : box.y + box.height, box.x : box.x + box.width].astype(np.float32)
    paper, ink = (np.median(gray), float(cut.min()))
    if paper < 128:
        paper, ink = (paper, float(cut.max()))
    share = np.clip((cut - ink) / (float(paper) - ink), 0, 1)
    return np.asarray(share * 255, np.uint8)
