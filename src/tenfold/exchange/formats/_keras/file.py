"""What is in a Keras file, of either format: the network in words, and its weights by layer.

Read as data: no class is looked up, no function is made, nothing of the file is run.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from math import prod
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tenfold.errors import MissingExtraError, ModelError
from tenfold.exchange._archive import LIMIT, member, opened_archive
from tenfold.exchange.formats._keras.names import archive_paths
from tenfold.exchange.formats._keras.told import PIXELS, told_pixels
from tenfold.language import text as _

__all__ = ["KerasFile", "Stored", "read_archive", "read_h5", "read_pair"]

Plain: TypeAlias = dict[str, Any]
Stored: TypeAlias = list[tuple[str, npt.NDArray[np.float32]]]
"""A layer's arrays with their names, or in their order with "0", "1" and so on."""

MOST_LAYERS = 500


@dataclass(frozen=True, slots=True)
class KerasFile:
    """A whole Keras model as plain data.

    Args:
        model: the network: "class_name" and "config".
        layers: the configurations of its layers, in the file's order.
        weights: layer's name -> its arrays.
        optimizer: what it was trained by, or None.
        software: what wrote it, such as "keras 2.4.0".
        pixels: what makes of pixels of 0 to 255 what it takes, factor and what is then added, where
            ``export_model`` wrote it.
    """

    model: Plain
    layers: list[Plain]
    weights: dict[str, Stored]
    optimizer: Plain | None
    software: str
    pixels: tuple[float, float] | None = None


def read_h5(content: bytes) -> KerasFile:
    """Read a model that ``model.save("final_model.h5")`` wrote, of Keras 2 or 3.

    Raises:
        ModelError: if the file is damaged, refers to other files, claims more than it holds, or has
            weights without a network.
        MissingExtraError: if h5py is not installed.
    """
    with _opened(content) as file:
        described = _attribute(file, "model_config")
        if described is None:
            raise ModelError(
                _(
                    "The file holds weights without a network; save the whole model in Keras with "
                    "model.save(...), not model.save_weights(...)."
                )
            )
        model = _json(described)
        layers = _layers(model)
        training = _attribute(file, "training_config")
        optimizer = _json(training).get("optimizer_config") if training else None
        read = _Arrays(file)
        weights = {name: _named(read, f"model_weights/{name}") for name in map(layer_name, layers)}
        version = _attribute(file, "keras_version") or b"2 or older"
        told = _attribute(file, PIXELS)
    pixels = told_pixels(told) if told else None
    return KerasFile(model, layers, weights, optimizer, _software(version), pixels)


def read_archive(content: bytes) -> KerasFile:
    """Read a model that ``model.save("final_model.keras")`` wrote.

    Raises:
        ModelError: as ``read_h5``, or if the archive is damaged or unpacks to too much.
        MissingExtraError: if h5py is not installed.
    """
    archive = opened_archive(content)
    model = _json(member(archive, "config.json"))
    layers = _layers(model)
    compiled = model.get("compile_config")
    optimizer = compiled.get("optimizer") if isinstance(compiled, dict) else None
    metadata = _json(member(archive, "metadata.json"))
    with _opened(member(archive, "model.weights.h5")) as file:
        weights = _in_order(_Arrays(file), layers)
    version = str(metadata.get("keras_version", "")).encode()
    pixels = told_pixels(member(archive, PIXELS)) if PIXELS in archive.namelist() else None
    return KerasFile(model, layers, weights, optimizer, _software(version), pixels)


def read_pair(description: bytes, content: bytes) -> KerasFile:
    """Read what ``model.to_json()`` and ``model.save_weights("model.weights.h5")`` wrote.

    Raises:
        ModelError: as ``read_h5``.
        MissingExtraError: if h5py is not installed.
    """
    model = _json(description)
    layers = _layers(model)
    with _opened(content) as file:
        read = _Arrays(file)
        # A whole model's file will do, too; its weights lie one folder deeper.
        root = "model_weights/" if "model_weights" in file else ""
        if root or "layer_names" in file.attrs or "layer_names0" in file.attrs:
            weights = {name: _named(read, f"{root}{name}") for name in map(layer_name, layers)}
        else:
            weights = _in_order(read, layers)
    version = str(model.get("keras_version", "")).encode()
    return KerasFile(model, layers, weights, None, _software(version))


def _in_order(read: _Arrays, layers: list[Plain]) -> dict[str, Stored]:
    """The weights as Keras 3 stores them, by the classes of layers and their order."""
    paths = archive_paths([str(layer.get("class_name")) for layer in layers])
    pairs = zip(layers, paths, strict=True)
    return {layer_name(layer): _numbered(read, path) for layer, path in pairs}


def layer_name(layer: Plain) -> str:
    """Return what a layer is called; it has no other mark.

    Raises:
        ModelError: if it has no name.
    """
    config = layer.get("config")
    name = config.get("name") if isinstance(config, dict) else None
    if not isinstance(name, str) or not name:
        raise ModelError(_("A layer in the file has no name; the file is damaged."))
    return name


def _layers(model: Plain) -> list[Plain]:
    """The configurations of the layers; Keras before 2.2.3 stored a Sequential's as a list."""
    config = model.get("config")
    found = config.get("layers") if isinstance(config, dict) else config
    if not isinstance(found, list) or not all(isinstance(layer, dict) for layer in found):
        raise ModelError(
            _(
                "The model is of class {name}, whose layers the file does not tell; expected a "
                "Sequential or Functional model.",
                name=model.get("class_name"),
            )
        )
    if len(found) > MOST_LAYERS:
        raise ModelError(
            _(
                "The model has {count} layers; expected at most {limit}.",
                count=len(found),
                limit=MOST_LAYERS,
            )
        )
    return found


def _json(content: bytes) -> Plain:
    try:
        found = json.loads(content, object_hook=_untupled)
    except (ValueError, RecursionError) as error:
        raise ModelError(
            _("The description of the network is damaged: {reason}", reason=error)
        ) from error
    if not isinstance(found, dict):
        raise ModelError(
            _("The description of the network is damaged: {reason}", reason=type(found).__name__)
        )
    return found


def _untupled(found: Plain) -> Any:
    """Keras's way to write a tuple, as a list."""
    return found["items"] if found.get("class_name") == "__tuple__" and "items" in found else found


def _software(version: bytes) -> str:
    return f"keras {version.decode(errors='replace')[:40]}".strip()


@contextmanager
def _opened(content: bytes) -> Iterator[Any]:
    """Open the bytes of an HDF5 file; whatever the library finds wrong in the block is damage."""
    if find_spec("h5py") is None:
        raise MissingExtraError("keras", _("Reading Keras files"))
    import h5py

    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            yield file
    # h5py passes on the library's errors as several kinds of Python's own.
    except (
        AttributeError,
        KeyError,
        MemoryError,
        OSError,
        OverflowError,
        RuntimeError,
        TypeError,
        UnicodeError,
        ValueError,
    ) as error:
        if isinstance(error, ModelError | MissingExtraError):
            raise
        reason = str(error) or type(error).__name__
        raise ModelError(_("The HDF5 file is damaged: {reason}", reason=reason)) from error


def _attribute(holder: Any, name: str) -> bytes | None:
    """A text attribute, or None."""
    if name not in holder.attrs:
        return None
    if prod(holder.attrs.get_id(name).shape) != 1:
        raise ModelError(_("The HDF5 file is damaged: {reason}", reason=name))
    found = holder.attrs[name]
    return found.encode() if isinstance(found, str) else bytes(found)


class _Arrays:
    """Reads arrays out of an HDF5 file, and never more of them than a limit in all."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._left = LIMIT

    def group(self, path: str) -> Any | None:
        """The group at ``path``, or None; no link is followed."""
        import h5py

        found = self._file
        for part in path.split("/"):
            if not part or not isinstance(found, h5py.Group) or part not in found:
                return None
            if not isinstance(found.get(part, getlink=True), h5py.HardLink):
                raise ModelError(
                    _("{path} in the HDF5 file is a link to elsewhere; refused.", path=path)
                )
            found = found[part]
        return found

    def array(self, path: str) -> npt.NDArray[np.float32]:
        """The array at ``path``, as float32.

        Raises:
            ModelError: if there is none, it lies in another file, or is too large.
        """
        import h5py

        found = self.group(path)
        if not isinstance(found, h5py.Dataset):
            raise ModelError(_("The HDF5 file has no array {path}.", path=path))
        if found.external or found.is_virtual:
            raise ModelError(
                _("{path} in the HDF5 file is a link to elsewhere; refused.", path=path)
            )
        if found.dtype.kind != "f":
            raise ModelError(
                _(
                    "The weights {path} are of {dtype}; expected floating-point numbers. Quantized "
                    "models cannot be converted.",
                    path=path,
                    dtype=found.dtype,
                )
            )
        self._left -= prod(found.shape) * max(found.dtype.itemsize, 4)
        if self._left < 0:
            raise ModelError(_("The weights claim more than {limit} bytes; refused.", limit=LIMIT))
        return np.asarray(found[()], np.float32)


def _named(read: _Arrays, path: str) -> Stored:
    """The arrays of a layer in a .h5 file, by the last part of their names."""
    group = read.group(path)
    if group is None:
        return []
    names = list(_names(group, "weight_names"))
    return [
        (name.rpartition("/")[2].partition(":")[0], read.array(f"{path}/{name}")) for name in names
    ]


def _names(group: Any, key: str) -> Iterator[str]:
    """A list of names in an attribute, or in several where one would not hold them."""
    keys: Iterable[str] = [key] if key in group.attrs else _numbered_keys(group, key)
    for part in keys:
        if prod(group.attrs.get_id(part).shape) > MOST_LAYERS:
            raise ModelError(_("The HDF5 file is damaged: {reason}", reason=part))
        for name in np.atleast_1d(group.attrs[part]).tolist():
            yield name.decode() if isinstance(name, bytes) else str(name)


def _numbered_keys(group: Any, key: str) -> Iterator[str]:
    number = 0
    while f"{key}{number}" in group.attrs and number < MOST_LAYERS:
        yield f"{key}{number}"
        number += 1


def _numbered(read: _Arrays, paths: Sequence[str]) -> Stored:
    """The arrays of a layer in a .keras file, in their order."""
    for path in paths:
        group = read.group(f"{path}/vars")
        if group is not None:
            order: Callable[[str], int] = int
            names = sorted((name for name in group if name.isdecimal()), key=order)
            return [(name, read.array(f"{path}/vars/{name}")) for name in names]
    return []
