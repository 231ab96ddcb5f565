"""A Keras that cannot start: one sentence, no traceback, no settings left behind."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tenfold.errors import InputError
from tenfold.exchange import import_keras

# Keras as it begins: it writes its settings, then imports its backend.
BEGINNING = """
import os, pathlib
folder = pathlib.Path.home() / ".keras"
folder.mkdir(exist_ok=True)
(folder / "keras.json").write_text("{}")
if os.environ["KERAS_BACKEND"] != "torch":
    raise ModuleNotFoundError("No module named 'tensorflow'")
"""


@pytest.fixture
def keras_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where a Keras that has just begun would write."""
    (tmp_path / "library" / "keras").mkdir(parents=True)
    (tmp_path / "library" / "keras" / "__init__.py").write_text(BEGINNING, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path / "library")
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.delenv("KERAS_HOME", raising=False)
    return tmp_path / ".keras"


def test_a_backend_that_is_not_there_is_named(
    keras_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    with pytest.raises(InputError, match=r"KERAS_BACKEND=tensorflow .*Unset KERAS_BACKEND"):
        import_keras()
    assert not keras_home.exists()


@pytest.mark.parametrize("chosen", [None, ""])
def test_keras_starts_on_pytorch_and_leaves_no_settings(
    chosen: str | None, keras_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", chosen or "")
    if chosen is None:
        monkeypatch.delenv("KERAS_BACKEND")
    import_keras()
    sys.modules.pop("keras")
    assert os.environ["KERAS_BACKEND"] == "torch"
    assert not keras_home.exists()
    keras_home.mkdir()
    (keras_home / "keras.json").write_text("mine", encoding="utf-8")
    import_keras()
    sys.modules.pop("keras")
    assert (keras_home / "keras.json").exists()
