"""Languages, themes, sizes, and what axe finds in them; the pictures in the documents."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from strokes_by_hand import NUMBER

Opener = Callable[..., Any]
Writer = Callable[[Any, Any], None]

PHONE = {"size": (360, 740), "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
SIZES = {"phone": PHONE, "tablet": {"size": (820, 1180)}, "desktop": {"size": (1440, 900)}}
WHERE = "(({ activeElement: e }) => e.id || e.className || e.parentElement.id)(document)"
PICTURES = os.environ.get("TENFOLD_SCREENSHOTS")


def expect(locator: Any) -> Any:
    from playwright.sync_api import expect as expectation

    return expectation(locator)


def complaints(page: Any) -> list[str]:
    """What axe finds wrong with the page as it is."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


# Colors do not depend on the size, nor the layout on the theme.
@pytest.mark.slow
@pytest.mark.parametrize(("theme", "size"), [("light", "desktop"), ("dark", "phone")])
def test_axe_finds_nothing(open_page: Opener, write: Writer, theme: str, size: str) -> None:
    page = open_page(theme=theme, **SIZES[size])
    write(page, NUMBER)
    page.locator("#options > summary").click()
    page.get_by_role("checkbox", name="cnn-deep").check()
    expect(page.locator("#comparison tbody tr")).to_have_count(2)
    page.locator("#insight > summary").click()
    expect(page.locator(".heat canvas")).to_be_visible()
    assert complaints(page) == []
    for view in ("corrections", "runs/first", "about"):
        page.evaluate("(hash) => { location.hash = hash; }", f"#/{view}")
        expect(page.locator(f"#view-{view.partition('/')[0]} h1")).to_be_visible()
        if view.startswith("runs"):
            expect(page.locator(".curve")).to_have_count(2)
        assert complaints(page) == []


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
def test_nothing_is_wider_than_the_window(open_page: Opener, write: Writer, language: str) -> None:
    page = open_page(language=language, **PHONE)
    write(page, NUMBER)
    page.locator("#options > summary").click()
    for view in ("draw", "corrections", "runs/first", "about"):
        page.evaluate("(hash) => { location.hash = hash; }", f"#/{view}")
        expect(page.locator(f"#view-{view.partition('/')[0]}")).to_be_visible()
        for size in ("phone", "tablet"):
            width, height = SIZES[size]["size"]
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.slow
def test_on_a_phone_the_answer_stands_below_the_drawing(open_page: Opener, write: Writer) -> None:
    page = open_page(**PHONE)
    write(page, NUMBER)
    answer, tools = (
        page.locator("#answer-text").bounding_box(),
        page.locator(".tools").bounding_box(),
    )
    assert answer["y"] + answer["height"] <= tools["y"]
    assert answer["y"] + answer["height"] < 740


@pytest.mark.slow
def test_the_language_is_the_browsers_and_can_be_switched(open_page: Opener, write: Writer) -> None:
    page = open_page(language="zh-CN")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("#undo")).to_have_text("撤销")
    write(page, NUMBER)
    expect(page.locator("#steps li").first).to_contain_text("亮底暗字")
    page.locator("#language").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#undo")).to_have_text("Undo")
    # What the service says follows, for it is asked again.
    expect(page.locator("#steps li").first).to_contain_text("dark on bright")
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.slow
def test_the_theme_is_the_browsers_and_can_be_switched(open_page: Opener, write: Writer) -> None:
    page = open_page(theme="dark")
    paper = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(paper)
    expect(page.locator("#theme")).to_have_attribute("aria-pressed", "true")
    write(page, NUMBER)
    page.locator("#theme").click()
    light = page.evaluate(paper)
    assert sum(map(int, light[4:-1].split(","))) > 3 * sum(map(int, dark[4:-1].split(",")))
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert page.evaluate(paper) == light


@pytest.mark.slow
def test_the_page_works_where_storage_is_forbidden(open_page: Opener, write: Writer) -> None:
    forbidden = (
        "Object.defineProperty(window, 'localStorage', "
        "{ get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    page = open_page(before=lambda page: page.add_init_script(forbidden))
    page.locator("#theme").click()
    page.locator("#language").click()
    write(page, NUMBER)
    expect(page.locator("#answer-text")).to_have_text("742")


@pytest.mark.slow
def test_all_can_be_reached_with_the_keyboard(open_page: Opener, write: Writer) -> None:
    page = open_page()
    write(page, NUMBER)
    page.locator("#language").focus()
    reached = set()
    for _tab in range(45):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(WHERE))
    assert {"theme", "ink", "undo", "clear", "pen", "open", "camera", "options"} <= reached
    assert {"card-pick", "steps-fold", "insight", "neighbors"} <= reached


def test_motion_stops_for_those_who_ask_for_it(open_page: Opener) -> None:
    page = open_page(reduced_motion="reduce")
    duration = "getComputedStyle(document.querySelector('button')).transitionDuration"
    assert page.evaluate(duration) == "0s"


@pytest.mark.skipif(PICTURES is None, reason="TENFOLD_SCREENSHOTS names no folder to write to")
@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_pictures_for_the_documents(
    open_page: Opener, write: Writer, size: str, language: str
) -> None:
    page = open_page(
        language=language, theme="light" if size == "desktop" else "dark", **SIZES[size]
    )
    write(page, NUMBER)
    if size == "desktop":
        page.locator("#options > summary").click()
        page.get_by_role("checkbox", name="cnn-deep").check()
        expect(page.locator("#comparison tbody tr")).to_have_count(2)
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.wait_for_timeout(400)
    kind = "page" if size == "desktop" else "page-phone"
    # A test's current folder is its own; the name is meant from where the tests were started.
    folder = Path(__file__).parents[3] / (PICTURES or "")
    height = 1080 if size == "desktop" else 1180
    page.set_viewport_size({"width": SIZES[size]["size"][0], "height": height})
    page.screenshot(path=folder / f"{kind}-{language[:2]}.png")
