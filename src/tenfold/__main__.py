"""``python -m tenfold``: the command line, also as ``torchrun`` starts it, in several processes."""

from __future__ import annotations

import io
import os
import sys
import time
from contextlib import redirect_stderr

from tenfold.cli import main

__all__: list[str] = []

WRONG_USAGE = 2
PATIENCE = 10.0


def _follow() -> None:
    """Run the command line where another process runs it too, and says how it is used wrongly."""
    held = io.StringIO()
    try:
        with redirect_stderr(held):
            main()
    except SystemExit as end:
        if end.code == WRONG_USAGE:
            # torchrun ends all processes when one has ended: the first has to speak before.
            time.sleep(PATIENCE)
        else:
            sys.stderr.write(held.getvalue())
        raise


if __name__ == "__main__":
    if os.environ.get("RANK", "0") == "0":
        main()
    else:
        _follow()
