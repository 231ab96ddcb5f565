"""Models as commands are given them: whatever the file, what is opened is one of ours."""

from __future__ import annotations

from tenfold.language import text as _

__all__ = ["model_file"]

ENDINGS = (".h5", ".hdf5", ".keras", ".pt2", ".safetensors")
"""Of files of other programs, which are converted once and kept."""


def model_file(text: str) -> str:
    """Return what ``open_model`` takes for a model named or pathed by ``text``.

    Names and paths of ONNX files are returned as they are. A file of another kind is converted,
    once, into the user's cache.

    Raises:
        ModelError: if the file cannot be converted.
        MissingExtraError: if a package that its kind needs is not installed.
        StorageError: if the file cannot be read, or the cache not written.
    """
    if not text.lower().endswith(ENDINGS):
        return text
    from tenfold.cli._screen import note
    from tenfold.exchange import converted_file

    path, card = converted_file(text)
    if card.training.get("pixels_assumed"):
        note(
            _(
                "{path} does not say what pixels it takes; 0 to 1 is assumed. If it was trained on "
                "others: tenfold convert {path} --pixels bytes",
                path=text,
            )
        )
    return str(path)
