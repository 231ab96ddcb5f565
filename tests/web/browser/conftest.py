"""A real service in a process of its own, and a real browser that looks at its page."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

MISSING = (
    "The page's tests need Chromium: install it (Debian: apt-get install chromium) or name one in "
    "the environment variable CHROMIUM."
)
NAMES = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")

# Milliseconds: enough for a machine that has much else to do.
PATIENCE = 20_000

Strokes = Sequence[Sequence[tuple[float, float]]]


def browser_path() -> str | None:
    wanted = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else NAMES
    return next((found for name in wanted if (found := shutil.which(name))), None)


def fonts(folder: Path) -> Path:
    """Name the packaged Chinese font to the browser, for a machine that has none."""
    from importlib.util import find_spec

    spec = find_spec("noto_cjk_sans_otc")
    places = list(spec.submodule_search_locations or []) if spec else []
    lines = "".join(f"<dir>{place}</dir>" for place in places)
    path = folder / "fonts.conf"
    path.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include>{lines}</fontconfig>',
        encoding="utf-8",
    )
    return path


@pytest.fixture(scope="session")
def chromium() -> str:
    path = browser_path()
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    return path


@pytest.fixture(scope="session")
def address(
    chromium: str, tmp_path_factory: pytest.TempPathFactory, drawn_file: Path
) -> Iterator[str]:
    """Where a real ``tenfold serve`` listens, with one finished run; SIGTERM ends it."""
    home = tmp_path_factory.mktemp("home")
    words = ["train", "mlp-128", "--data", str(drawn_file), "--epochs", "3", "--run", "runs/first"]
    with _tenfold(["serve", "--port", "0"], home) as server:
        with _tenfold(words, home) as training:
            output, _nothing = training.communicate()
        assert training.returncode == 0, output
        assert server.stdout is not None
        line = server.stdout.readline()
        found = re.search(r"http://[^\s/]+:\d+", line)
        assert found, line
        yield found[0]
        server.terminate()
        server.stdout.read()
    assert server.returncode == 0


@pytest.fixture(scope="module")
def browser(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Chromium, for one module at a time: while it runs, its event loop is the thread's own."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)

    camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    conf = fonts(tmp_path_factory.mktemp("fonts"))
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium,
            args=[*camera, *root],
            env={**os.environ, "FONTCONFIG_FILE": str(conf)},
        )
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Open the page in a fresh browser profile; what the browser complains of fails the test."""
    opened: list[Any] = []
    complaints: list[str] = []
    hosts: set[str] = set()

    def opener(
        view: str = "draw",
        *,
        size: tuple[int, int] = (1280, 860),
        theme: str = "light",
        language: str = "en-US",
        before: Callable[[Any], None] = lambda _page: None,
        **options: Any,
    ) -> Any:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=theme,
            locale=language,
            **options,
        )
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: _heard(said, complaints))
        page.on("request", lambda asked: hosts.add(urlsplit(asked.url).netloc))
        before(page)
        page.goto(f"{address}/#/{view}")
        page.wait_for_selector("html[data-ready]")
        return page

    yield opener
    for context in opened:
        context.close()
    assert complaints == []
    # Pictures that the page made itself have no host.
    assert hosts <= {address.removeprefix("http://"), ""}


@pytest.fixture
def write() -> Callable[[Any, Strokes], None]:
    """Write strokes with the mouse, and wait for the reading that the last pen-up asks for."""

    def writer(page: Any, strokes: Strokes) -> None:
        from playwright.sync_api import expect

        page.evaluate("scrollTo(0, 0)")
        box = page.locator("#ink").bounding_box()
        for stroke in strokes:
            dots = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
            page.mouse.move(*dots[0])
            page.mouse.down()
            for dot in dots[1:]:
                page.mouse.move(*dot, steps=5)
            page.mouse.up()
        expect(page.locator("#answer")).to_have_attribute("data-state", "read")

    return writer


def _heard(said: Any, complaints: list[str]) -> None:
    # The browser itself reports answers such as 409 as errors; tests look at what the page says.
    # Reading the canvas back, which the page never does, is the tests' own.
    own = ("Failed to load resource", "willReadFrequently")
    if said.type in ("error", "warning") and not any(words in said.text for words in own):
        complaints.append(said.text)


def _tenfold(words: list[str], home: Path) -> subprocess.Popen[str]:
    own = {
        "TENFOLD_HOME": str(home / "data"),
        "TENFOLD_CACHE": str(home / "cache"),
        "TENFOLD_LANG": "en",
        "PYTHONUNBUFFERED": "1",
    }
    environment = {k: v for k, v in os.environ.items() if k != "TENFOLD_TOKEN"} | own
    return subprocess.Popen(
        [sys.executable, "-c", "from tenfold.cli import main; main()", *words],
        cwd=home,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
