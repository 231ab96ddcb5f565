"""Pictures over HTTP: readings as the reader gives them, and a 4xx for whatever is no picture."""

from __future__ import annotations

import base64
import io
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tenfold.errors import ModelError
from tenfold.reader import Reader
from tenfold.reader.own import OwnModel

PNG = {"Content-Type": "image/png"}
PicturesOf = Callable[..., bytes]


def read(client: Any, content: bytes, **query: Any) -> Any:
    return client.post("/api/read", content=content, headers=PNG, params=query)


def assert_problem(answer: Any, status: int, words: str = "") -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == status
    assert told["title"]
    assert words in told["detail"]


def test_a_picture_is_read_as_the_reader_reads_it(client: Any, picture_of: PicturesOf) -> None:
    content = picture_of("407")
    answer = read(client, content)
    assert answer.status_code == 200
    (told,) = answer.json()["readings"]
    expected = Reader().read(content)
    assert told["text"] == expected.text == "407"
    assert told["confidence"] == pytest.approx(expected.confidence, abs=1e-4)
    assert (told["name"], told["model"]) == (None, "digits")
    assert (told["width"], told["height"]) == (220, 80)
    assert told["milliseconds"] > 0
    for digit, other in zip(told["digits"], expected.digits, strict=True):
        assert digit["box"] == other.box.to_dict()
        assert digit["label"] == other.label
        np.testing.assert_allclose(digit["probabilities"], other.probabilities, atol=1e-4)
        placed = np.frombuffer(base64.b64decode(digit["placed"]), np.uint8).reshape(28, 28)
        np.testing.assert_array_equal(placed, np.rint(other.placed * 255))


def test_signs_are_told_and_kept_in_the_text_if_asked_for(
    client: Any, picture_of: PicturesOf
) -> None:
    content = picture_of("3.14", 120)
    (told,) = read(client, content).json()["readings"]
    assert (told["text"], told["transcript"]) == ("314", "3.14")
    assert [mark["sign"] for mark in told["left_out"]] == ["."]
    (told,) = read(client, content, signs="keep").json()["readings"]
    assert (told["text"], told["left_out"]) == ("3.14", [])
    assert read(client, content, signs="some").status_code == 422


def test_the_ink_that_was_found_is_shown_as_a_picture(client: Any, picture_of: PicturesOf) -> None:
    answer = client.post("/api/ink", content=picture_of("407"), headers=PNG)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    shown = Image.open(io.BytesIO(answer.content))
    assert shown.size == (480, round(480 * 80 / 220))
    colors = {color for _count, color in shown.convert("RGB").getcolors(1 << 24)}
    assert {(255, 255, 255), (0, 114, 178)} <= colors


def test_the_ink_is_of_one_picture(client: Any, picture_of: PicturesOf) -> None:
    files = [("file", (name, picture_of("4"), "image/png")) for name in ("a.png", "b.png")]
    assert_problem(client.post("/api/ink", files=files), 422, "Received 2 pictures")
    assert_problem(client.post("/api/ink", content=b"no picture", headers=PNG), 422)


def test_boxes_are_in_pixels_of_the_picture_as_shown(client: Any, picture_of: PicturesOf) -> None:
    # Larger than the reader works on, and turned by its EXIF tag.
    with Image.open(io.BytesIO(picture_of("407", 90))) as image:
        large = image.resize((2200, 900)).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    large.save(buffer, "JPEG", exif=exif.tobytes(), quality=95)
    (told,) = read(client, buffer.getvalue()).json()["readings"]
    expected = Reader().read(buffer.getvalue())
    assert (told["width"], told["height"]) == (2200, 900)
    assert [digit["box"] for digit in told["digits"]] == [d.box.to_dict() for d in expected.digits]
    assert max(digit["box"]["x"] for digit in told["digits"]) > 800


def test_several_threads_read_what_one_reads(client: Any, picture_of: PicturesOf) -> None:
    pictures = [picture_of(text, height) for text in ("4", "17", "305") for height in (80, 120)]
    reader = client.app.state.service.catalog.reader()
    alone = [reader.read(picture).to_dict() for picture in pictures]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(reader.read, pictures * 4))
    assert [reading.to_dict() for reading in together] == alone * 4


def test_what_was_done_is_told_in_the_language_asked_for(
    client: Any, picture_of: PicturesOf
) -> None:
    told = {}
    for language in ("en-GB,en;q=0.9", "zh-CN,zh;q=0.9,en;q=0.1"):
        headers = {**PNG, "Accept-Language": language}
        answer = client.post("/api/read", content=picture_of("4"), headers=headers)
        told[language[:2]] = answer.json()["readings"][0]["steps"]
    assert told["en"][:2] == ["dark on bright: inverted", "1 digit found"]
    assert "recentered by" in told["en"][2]
    assert told["zh"][:2] == ["亮底暗字：已反色", "发现 1 个数字"]


def test_several_models_and_pictures_are_read_pictures_outermost(
    client: Any, picture_of: PicturesOf
) -> None:
    files = [("file", (f"{text}.png", picture_of(text), "image/png")) for text in ("12", "7")]
    answer = client.post(
        "/api/read", files=files, params={"model": ["cnn-deep", "digits", "digits"]}
    )
    told = answer.json()["readings"]
    # What cnn-deep says is its own, whatever the networks that found the digits would say.
    twelve = Reader("cnn-deep").read(picture_of("12")).text
    kinds = ("name", "model", "text", "confidence_kind")
    assert [tuple(one[key] for key in kinds) for one in told] == [
        ("12.png", "cnn-deep", twelve, "softmax"),
        ("12.png", "digits", "12", "calibrated"),
        ("7.png", "cnn-deep", "7", "softmax"),
        ("7.png", "digits", "7", "calibrated"),
    ]


def test_a_model_that_cannot_be_run_is_a_problem_among_others(
    client: Any, picture_of: PicturesOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> None:
        raise ModelError("not finite")

    monkeypatch.setattr(OwnModel, "judged", broken)
    asked = {"content": picture_of("7"), "headers": {"content-type": "image/png"}}
    bad, good = client.post("/api/read", params={"model": ["champion", "digits"]}, **asked).json()[
        "readings"
    ]
    assert (bad["model"], bad["problem"]["detail"]) == ("champion", "not finite")
    assert good["text"] == "7"
    alone = client.post("/api/read", params={"model": "champion"}, **asked)
    assert (alone.status_code, alone.json()["detail"]) == (422, "not finite")


def test_one_bad_picture_among_others_is_a_problem_in_its_place(
    client: Any, picture_of: PicturesOf
) -> None:
    files = [("file", ("a.png", b"no picture")), ("file", ("b.png", picture_of("7")))]
    bad, good = client.post("/api/read", files=files).json()["readings"]
    assert (bad["name"], bad["problem"]["status"]) == ("a.png", 422)
    assert "text" not in bad
    assert good["text"] == "7"


def test_layout_and_threshold_are_the_readers(client: Any, picture_of: PicturesOf) -> None:
    (alone,) = read(client, picture_of("12"), layout="digit").json()["readings"]
    assert len(alone["digits"]) == 1
    (strict,) = read(client, picture_of("7"), threshold=1).json()["readings"]
    assert strict["text"] == ""
    assert not strict["digits"][0]["accepted"]
    assert strict["steps"][-1].endswith("refused: too doubtful")
    (blank,) = read(client, _blank(), threshold=0).json()["readings"]
    assert (blank["text"], blank["digits"], blank["confidence"]) == ("", [], 0)
    assert blank["steps"] == ["the picture is blank or nearly so", "no digit found"]


def _blank(width: int = 50, height: int = 50) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (width, height), 255).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"layout": "spiral"}, "query.layout"),
        ({"threshold": 1.5}, "query.threshold"),
        ({"threshold": "nan"}, "query.threshold"),
        ({"model": ["digits"] * 9}, "query.model"),
    ],
)
def test_wrong_questions_are_told_part_by_part(
    client: Any, query: dict[str, Any], words: str
) -> None:
    answer = read(client, _blank(), **query)
    assert_problem(answer, 422, words)
    assert answer.json()["errors"][0]["where"] == words


def test_an_unknown_model_is_told_with_the_known_ones(client: Any) -> None:
    assert_problem(read(client, _blank(), model="digit"), 404, "Did you mean 'digits'?")
    assert_problem(read(client, _blank(), model="../digits"), 404)
    assert_problem(read(client, _blank(), model="/etc/passwd"), 404)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"])
def test_bytes_that_are_no_picture_are_refused(client: Any, content: bytes) -> None:
    assert_problem(read(client, content), 422)


def test_other_types_are_refused(client: Any) -> None:
    for kind in ("application/json", "text/html", "application/x-www-form-urlencoded"):
        answer = client.post("/api/read", content=b"{}", headers={"Content-Type": kind})
        assert_problem(answer, 415, kind)


def test_too_many_pixels_are_refused_before_they_are_decoded(make_client: Any) -> None:
    client = make_client(most_pixels=10_000)
    assert read(client, _blank(100, 100)).status_code == 200
    assert_problem(read(client, _blank(100, 101)), 413, "100 x 101")
    # A bomb for the usual limit: 64 million pixels and some, in a few kilobytes.
    assert_problem(read(make_client(), _blank(8001, 8001)), 413, "8001 x 8001")


FORM = "multipart/form-data; boundary=x"


HEAD = b"--x\r\nContent-Disposition: form-data; name="


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (FORM, b""),
        (FORM, b"--x\r\n\r\nnothing\r\n--x--\r\n"),
        (FORM, HEAD + b'"file"; filename="a"\r\n\r\ncut'),
        (FORM, HEAD + b'"file"\r\n\r\ntext\r\n--x--\r\n'),
        (FORM, HEAD + b'"other"; filename="a"\r\n\r\nb\r\n--x--\r\n'),
        (FORM, b"--y\r\n"),
        ("multipart/form-data", b"--x--"),
        (f"{FORM}; charset=idna", HEAD + b'"xn--\xff"; filename="a"\r\n\r\nb\r\n--x--\r\n'),
    ],
)
def test_damaged_forms_are_refused(client: Any, kind: str, content: bytes) -> None:
    answer = client.post("/api/read", content=content, headers={"Content-Type": kind})
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_form_holds_so_many_pictures(make_client: Any, picture_of: PicturesOf) -> None:
    client = make_client(most_pictures=2)
    one = ("file", ("a.png", picture_of("1")))
    assert client.post("/api/read", files=[one] * 2).status_code == 200
    assert_problem(client.post("/api/read", files=[one] * 3), 413, "more than 2 parts")
    answer = client.post("/api/read", files=[one], data={"layout": "digit"})
    assert_problem(answer, 422, "'layout'")


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_no_upload_is_a_defect(client: Any, picture_of: PicturesOf, data: st.DataObject) -> None:
    """Whole pictures of several formats, cut, spliced and flipped at random, raw and in forms."""
    content = bytearray(picture_of("3", file_format=data.draw(st.sampled_from(["PNG", "JPEG"]))))
    for _round in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        splice = data.draw(st.binary(max_size=16))
        content[at : at + data.draw(st.integers(0, 40))] = splice
    if data.draw(st.booleans()):
        answer = read(client, bytes(content))
    elif data.draw(st.booleans()):
        answer = client.post("/api/read", files=[("file", (data.draw(st.text()), bytes(content)))])
    else:
        form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        body = bytearray(form + bytes(content) + b"\r\n--x--\r\n")
        at = data.draw(st.integers(0, len(form)))
        body[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
        answer = client.post("/api/read", content=bytes(body), headers={"Content-Type": FORM})
    assert answer.status_code in (200, 400, 413, 422), answer.text
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_request_without_a_query_is_answered_as_one_with_it(
    client: Any, picture_of: PicturesOf
) -> None:
    content = picture_of("407")
    short, long = read(client, content), read(client, content, model="digits")
    for answer in (short, long):
        assert answer.status_code == 200
    told, expected = (answer.json()["readings"][0] for answer in (short, long))
    assert told | {"milliseconds": 0} == expected | {"milliseconds": 0}
    assert dict(short.headers).keys() == dict(long.headers).keys()
    for query in ({}, {"model": "digits"}):
        assert_problem(client.get("/api/read", params=query), 405)
        assert_problem(read(client, b"", **query), 422)


def test_small_pictures_are_read_one_after_another(
    make_client: Any, picture_of: PicturesOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client(workers=4)
    threads: set[str] = set()

    def told(*_args: Any) -> list[Any]:
        threads.add(threading.current_thread().name)
        time.sleep(0.02)
        return []

    monkeypatch.setattr("tenfold.web.routes.reading.read_uploads", told)
    with ThreadPoolExecutor(4) as clients:
        for content, count in ((bytes(4096), 1), (bytes(4097), 2)):
            threads.clear()
            list(clients.map(lambda _number, content=content: read(client, content), range(8)))
            assert min(len(threads), 2) == count
