"""The far side of a comparison: a process that does one thing whenever it is told to.

Commands come as JSON lines ``["name", argument, ...]`` on stdin; each answer is a JSON line on
stdout, as is the greeting that says who this is. Needs nothing but Python: every environment
that is compared imports it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["serve"]


def serve(greeting: Mapping[str, Any], acts: Mapping[str, Callable[..., Any]]) -> None:
    """Answer commands until stdin ends."""
    # Libraries print what they please; the channel of the answers is ours alone.
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    print(json.dumps(greeting), file=channel, flush=True)
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        print(json.dumps(acts[name](*arguments)), file=channel, flush=True)
