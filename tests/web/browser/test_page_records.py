"""Corrections kept, found again and exported; runs and their curves; trouble told calmly."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from strokes_by_hand import FOUR, SEVEN

from tenfold.data import load
from tenfold.data.formats import formats

Opener = Callable[..., Any]
Writer = Callable[[Any, Any], None]


def expect(locator: Any) -> Any:
    from playwright.sync_api import expect as expectation

    return expectation(locator)


def test_a_correction_is_kept_found_exported_and_removed(
    open_page: Opener, write: Writer, tmp_path: Path
) -> None:
    page = open_page()
    write(page, SEVEN)
    with page.expect_request("**/api/corrections") as sent:
        page.get_by_role("button", name="It was a 3").click()
    assert sent.value.post_data_json["picture"] is None
    expect(page.locator(".kept")).to_contain_text("it was a 3")
    page.get_by_role("link", name="Corrections").click()
    expect(page.locator("#view-corrections h1")).to_be_focused()
    expect(page.locator(".gallery li")).to_have_count(1)
    expect(page.locator(".gallery .label")).to_have_text("3")
    expect(page.locator(".gallery .note")).to_contain_text("read as 7")
    page.locator("#format").select_option("npz")
    with page.expect_download() as download:
        page.locator("#export").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    images = load(path).splits["train"]
    assert images.labels.tolist() == [3]
    assert np.array_equal(
        images.images[0].ravel(), list(base64.b64decode(sent.value.post_data_json["placed"]))
    )
    page.get_by_role("button", name="Remove the correction to 3").click()
    expect(page.locator("#corrections-body .empty")).to_be_visible()


def test_a_slip_is_taken_back_and_a_picture_kept_only_when_asked(
    open_page: Opener, write: Writer
) -> None:
    page = open_page()
    write(page, FOUR)
    page.get_by_label("Keep the whole picture, too").check()
    with page.expect_request("**/api/corrections") as sent:
        page.get_by_role("button", name="It was a 9").click()
    assert base64.b64decode(sent.value.post_data_json["picture"]).startswith(b"\x89PNG")
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator(".kept")).to_have_count(0)
    page.goto(page.url.partition("#")[0] + "#/corrections")
    expect(page.locator("#corrections-body .empty")).to_be_visible()


def test_the_command_to_learn_from_corrections_names_the_model(
    open_page: Opener, write: Writer
) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    write(page, SEVEN)
    page.get_by_role("button", name="It was a 1").click()
    expect(page.locator(".kept")).to_be_visible()
    page.get_by_role("link", name="Corrections").click()
    page.locator("#start").select_option("first")
    command = page.locator("#command").inner_text()
    assert re.fullmatch(
        r"tenfold train mlp-128 --start-from \S*first --add corrections --seed 0( --run \S+)?",
        command,
    )
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == command
    page.get_by_role("button", name="Remove the correction").click()
    expect(page.locator("#corrections-body .empty")).to_be_visible()


def test_every_format_that_data_has_can_be_chosen(open_page: Opener, write: Writer) -> None:
    page = open_page()
    write(page, SEVEN)
    page.get_by_role("button", name="It was a 1").click()
    expect(page.locator(".kept")).to_be_visible()
    page.get_by_role("link", name="Corrections").click()
    expect(page.locator("#format")).to_be_visible()
    offered = page.locator("#format option").all_text_contents()
    assert sorted(offered) == sorted(formats())
    page.get_by_role("button", name="Remove the correction").click()
    expect(page.locator("#corrections-body .empty")).to_be_visible()


def test_a_run_shows_its_curves_and_its_report(open_page: Opener) -> None:
    page = open_page("runs")
    page.get_by_role("link", name="first").click()
    expect(page.locator(".curve")).to_have_count(2)
    expect(page.locator(".curve > svg").first).to_have_accessible_description(
        re.compile("validation")
    )
    expect(page.locator(".curve polyline").first).to_have_attribute(
        "points", re.compile(r"^(\S+ ){2}\S+$")
    )
    page.get_by_text("The same as numbers").click()
    expect(page.locator("#run tbody tr")).to_have_count(3)
    # Its figures are drawn when it is first asked for, which takes a slow machine long.
    link = page.get_by_role("link", name="Open the report")
    made = page.request.get(link.evaluate("link => link.href"), timeout=100_000)
    assert made.ok, made.text()
    with page.expect_popup() as popup:
        link.click()
    expect(popup.value.locator("h1")).to_be_visible()


def test_a_running_training_is_followed_live(open_page: Opener) -> None:
    run = {"name": "live", "recipe": "cnn-deep", "state": "running", "epoch": 1, "epochs": 5}
    run |= {"accuracy": None, "loss": 0.4, "started": "2026-01-02T03:04:05+00:00", "detail": None}
    rows = [{"epoch": n, "loss": 1 / n, "accuracy": 1 - 0.1 / n} for n in (1, 2, 3)]
    events = "".join(f"event: row\ndata: {json.dumps(row)}\n\n" for row in rows[1:])

    def canned(page: Any) -> None:
        page.route("**/api/runs", lambda route: route.fulfill(json={"runs": [run]}))
        page.route(
            "**/api/runs/live", lambda route: route.fulfill(json={**run, "history": rows[:1]})
        )
        page.route(
            "**/api/runs/live/events",
            lambda route: route.fulfill(body=events, content_type="text/event-stream"),
        )

    page = open_page("runs/live", before=canned)
    expect(page.locator(".curve circle").first).to_be_visible()
    expect(page.locator(".curve polyline").first).to_have_attribute(
        "points", re.compile(r"^(\S+ ){2}\S+$")
    )


def test_a_busy_service_is_asked_again(open_page: Opener, write: Writer) -> None:
    refused: list[int] = []

    def busy_twice(route: Any) -> None:
        if len(refused) < 2:
            refused.append(503)
            problem = {"title": "Busy", "status": 503, "detail": "Too many at once."}
            kind = "application/problem+json"
            route.fulfill(status=503, json=problem, content_type=kind, headers={"Retry-After": "1"})
        else:
            route.continue_()

    page = open_page(before=lambda page: page.route("**/api/read*", busy_twice))
    write(page, SEVEN)
    expect(page.locator("#answer-text")).to_have_text("7")
    expect(page.locator("#banner")).to_be_hidden()


def test_a_service_that_is_gone_is_told_of_and_comes_back(open_page: Opener, write: Writer) -> None:
    page = open_page()
    write(page, SEVEN)
    page.route("**/api/corrections", lambda route: route.abort())
    page.get_by_role("button", name="It was a 7").click()
    expect(page.locator("#banner")).to_contain_text("cannot be reached")
    page.unroute("**/api/corrections")
    page.get_by_role("button", name="It was a 7").click()
    expect(page.locator("#banner")).to_be_hidden()
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator(".kept")).to_have_count(0)


def test_what_the_service_says_is_shown(open_page: Opener, write: Writer) -> None:
    page = open_page()
    write(page, SEVEN)
    problem = {"title": "No room", "status": 507, "detail": "The disk is full."}
    page.route("**/api/corrections", lambda route: route.fulfill(status=507, json=problem))
    page.get_by_role("button", name="It was a 7").click()
    expect(page.locator("#banner")).to_contain_text("The disk is full.")
    page.locator("#banner").get_by_role("button", name="Close").click()
    expect(page.locator("#banner")).to_be_hidden()
