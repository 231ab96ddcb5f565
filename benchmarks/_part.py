"""Runs one part of the benchmark in this process: ``_part.py FILE INTO OPTIONS``.

FILE is the part's module, INTO takes its result as JSON, whole or not at all; OPTIONS are the
fields of ``_measure.Options`` as JSON.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

from _measure import Options

from tenfold.files import write_json

__all__ = ["load_part"]


def load_part(file: Path) -> ModuleType:
    """Import a part from its file."""
    spec = importlib.util.spec_from_file_location(f"part_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def main() -> None:
    file, into, options = sys.argv[1:]
    asked = json.loads(options)
    python = Path(asked["python"]) if asked["python"] else None
    plan = Options(python, tuple(asked["recipes"]), asked["minutes"], asked["tiny"])
    write_json(Path(into), load_part(Path(file)).measure(plan))


if __name__ == "__main__":
    main()
