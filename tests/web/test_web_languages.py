"""Each request is answered in its own language, and none leaks into the next."""

from __future__ import annotations

import asyncio
import contextvars
from typing import Any

import pytest

from tenfold.language import current_language, set_language, speaking, text
from tenfold.web.languages import preferred


@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.5", "en"),
        ("en;q=0.3, ZH-hant;q=0.4", "zh"),
        ("fr,de;q=0.5", None),
        ("fr, zh;q=0.1", "zh"),
        ("zh;q=0, en;q=0.1", "en"),
        ("zh;q=nan", None),
        ("zh;q=x, en", "en"),
        ("zh;level=1", "zh"),
        ("", None),
        (",;=,q", None),
        ("fr," * 30 + "zh", None),
    ],
)
def test_the_language_wanted_most_is_taken(accepted: str, code: str | None) -> None:
    assert preferred(accepted) == code


def test_errors_come_in_the_language_asked_for(client: Any) -> None:
    for path, words in (("/none", "此地址没有内容。"), ("/v2/models/none", "没有名为")):
        answer = client.get(path, headers={"Accept-Language": "zh"})
        assert words in answer.json()["detail"]
    assert "nothing" in client.get("/none", headers={"Accept-Language": "fr"}).json()["detail"]


def test_without_a_wish_the_process_decides(make_client: Any) -> None:
    set_language("zh")
    try:
        client = make_client()
    finally:
        set_language(None)
    headers = {"Accept-Language": "fr"}
    assert "没有内容" in client.get("/none", headers=headers).json()["detail"]
    headers = {"Accept-Language": "en"}
    assert "nothing" in client.get("/none", headers=headers).json()["detail"]


def test_a_block_speaks_its_own_language_and_no_other() -> None:
    assert current_language() == "en"
    with speaking("zh"):
        assert text("refused") == "拒读"
        with speaking(None):
            assert current_language() == "zh"
        with speaking("en"):
            assert current_language() == "en"
        assert contextvars.copy_context().run(current_language) == "zh"
    assert current_language() == "en"
    with pytest.raises(ValueError, match="Received language 'fr'"), speaking("fr"):
        pass


def test_tasks_speak_apart() -> None:
    async def say(code: str) -> list[str]:
        with speaking(code):
            said = []
            for _round in range(3):
                said.append(current_language())
                await asyncio.sleep(0)
            return said

    async def all_of_them() -> list[list[str]]:
        return await asyncio.gather(say("zh"), say("en"), say("zh"))

    assert asyncio.run(all_of_them()) == [["zh"] * 3, ["en"] * 3, ["zh"] * 3]
