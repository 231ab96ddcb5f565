"""Pictures from files, by drop and paste, and from the camera."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from strokes_by_hand import NUMBER

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples" / "pictures"

Opener = Callable[..., Any]


def expect(locator: Any) -> Any:
    from playwright.sync_api import expect as expectation

    return expectation(locator)


@pytest.fixture(scope="module")
def photograph() -> bytes:
    """A number in blue ink on paper, photographed in uneven light: a JPEG of a megapixel."""
    random = np.random.default_rng(5)
    height, width = 840, 1200
    light = np.linspace(0.62, 1.0, width)[None, :] * np.linspace(1.0, 0.86, height)[:, None]
    cover = np.zeros((height, width), np.float32)
    for stroke in NUMBER:
        dots = [(round(x * width), round(y * height)) for x, y in stroke]
        cv2.polylines(cover, [np.array(dots, np.int32)], False, 1.0, 18, cv2.LINE_AA)
    cover = cv2.GaussianBlur(cover, (0, 0), 1.5)[..., None]
    paper, blue = np.array([214, 226, 232]), np.array([120, 50, 30])
    color = (paper * (1 - cover) + blue * cover) * light[..., None]
    picture = np.clip(color + random.normal(0, 4, color.shape), 0, 255).astype(np.uint8)
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()


def as_file(name: str, content: bytes, kind: str = "image/png") -> dict[str, Any]:
    return {"name": name, "mimeType": kind, "buffer": content}


def carried(page: Any, content: bytes) -> Any:
    """What a drop or a paste brings."""
    return page.evaluate_handle(
        """(coded) => {
            const bytes = Uint8Array.from(atob(coded), (one) => one.charCodeAt(0));
            const carried = new DataTransfer();
            carried.items.add(new File([bytes], "given.png", { type: "image/png" }));
            return carried;
        }""",
        base64.b64encode(content).decode(),
    )


def test_a_photograph_is_read_with_boxes_over_it(open_page: Opener, photograph: bytes) -> None:
    page = open_page()
    page.set_input_files("#files", [as_file("photo.jpg", photograph, "image/jpeg")])
    expect(page.locator("#answer-text")).to_have_text("742")
    expect(page.locator("#picture-boxes .box > span")).to_have_text(["7", "4", "2"])
    picture = page.locator("#picture-image").bounding_box()
    box = page.locator("#picture-boxes .box").first.bounding_box()
    assert (box["x"] - picture["x"]) / picture["width"] == pytest.approx(0.14, abs=0.04)
    assert (box["y"] - picture["y"]) / picture["height"] == pytest.approx(0.27, abs=0.04)
    page.locator("#back").click()
    expect(page.locator("#ink")).to_be_focused()


def test_several_pictures_are_a_list_of_results(open_page: Opener) -> None:
    page = open_page()
    names = ["four-chalk.png", "seven-blue-ink.png", "three-fax.png"]
    page.set_input_files("#files", [str(EXAMPLES / name) for name in names])
    expect(page.locator("#tray b")).to_have_text(["4", "7", "3"])
    page.locator("#tray .pick").nth(2).click()
    expect(page.locator("#answer-text")).to_have_text("3")
    expect(page.locator("#picture-caption")).to_have_text("three-fax.png")
    page.get_by_role("button", name="Remove three-fax.png").click()
    expect(page.locator("#tray b")).to_have_text(["4", "7"])
    expect(page.locator("#answer-text")).to_have_text("7")


@pytest.mark.slow
def test_a_file_that_is_no_picture_says_so_among_others(open_page: Opener) -> None:
    page = open_page()
    good = as_file("four.png", (EXAMPLES / "four-chalk.png").read_bytes())
    page.set_input_files("#files", [as_file("notes.png", b"no picture at all"), good])
    expect(page.locator("#tray b").nth(1)).to_have_text("4")
    expect(page.locator("#answer-words")).not_to_be_empty()
    expect(page.locator(".card")).to_have_count(0)


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_pictures_are_dropped_and_pasted(open_page: Opener, way: str) -> None:
    page = open_page("runs")
    handle = carried(page, (EXAMPLES / "six-marker.png").read_bytes())
    if way == "drop":
        page.dispatch_event("body", "drop", {"dataTransfer": handle})
    else:
        page.evaluate(
            "(data) => document.dispatchEvent(new ClipboardEvent('paste', "
            "{ clipboardData: data, bubbles: true, cancelable: true }))",
            handle,
        )
    expect(page.locator("#answer-text")).to_have_text("6")
    expect(page.locator("#view-draw")).to_be_visible()


def test_the_camera_takes_a_still(open_page: Opener) -> None:
    # Chromium's fake camera shows a green field with a clock: what is read in it is its own affair.
    page = open_page()
    page.locator("#camera").click()
    expect(page.locator("#camera-dialog")).to_be_visible()
    page.locator("#camera-take").click()
    expect(page.locator("#camera-dialog")).to_be_hidden()
    expect(page.locator("#tray .pick")).to_have_count(1)
    expect(page.locator("#picture-image")).to_be_visible()
    assert (
        page.locator("#picture-image").evaluate(
            "image => image.decode().then(() => image.naturalWidth)"
        )
        > 100
    )
    assert not page.locator("#camera-video").evaluate("video => Boolean(video.srcObject)")
