from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest
from matplotlib import font_manager

from tenfold.figures import _fonts
from tenfold.language import set_language


@pytest.fixture
def _fresh() -> Iterator[None]:
    yield
    _fonts._chinese_family.cache_clear()
    _fonts._warn_once.cache_clear()


def without_package(monkeypatch: pytest.MonkeyPatch, installed: list[str]) -> None:
    """Pretend that the font package is missing and that the system has these families."""
    entries = [font_manager.FontEntry(name=name) for name in installed]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", entries)
    monkeypatch.setattr(_fonts, "_packaged_font", lambda: None)
    _fonts._chinese_family.cache_clear()
    _fonts._warn_once.cache_clear()


def test_the_packaged_font_comes_first_and_is_the_chinese_face() -> None:
    assert _fonts.families() == ["Noto Sans CJK SC", "DejaVu Sans"]
    found = font_manager.findfont("Noto Sans CJK SC", fallback_to_default=False)
    font = font_manager.get_font(found)
    assert font.family_name == "Noto Sans CJK SC"
    assert font.get_char_index(ord("训")) != 0


@pytest.mark.usefixtures("_fresh")
def test_an_installed_font_takes_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    without_package(monkeypatch, ["DejaVu Sans", "SimHei"])
    set_language("zh")
    assert _fonts.families() == ["SimHei", "DejaVu Sans"]


@pytest.mark.usefixtures("_fresh")
def test_without_any_it_warns_once_in_chinese_and_never_in_english(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without_package(monkeypatch, ["DejaVu Sans"])
    assert _fonts.families() == ["DejaVu Sans"]
    set_language("zh")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert _fonts.families() == ["DejaVu Sans"]
        assert _fonts.families() == ["DejaVu Sans"]
    assert len(caught) == 1
    assert "pip install noto-cjk-sans-otc" in str(caught[0].message)
