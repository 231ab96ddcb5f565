"""What tests start with torchrun: two processes of this machine."""

from __future__ import annotations

import os
import subprocess
import sys

TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]


def torchrun(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*TORCHRUN, *words],
        capture_output=True,
        text=True,
        timeout=280,
        env=surroundings(**environment),
    )


def surroundings(**changed: str) -> dict[str, str]:
    # The address of this machine is not looked up: it may have no name.
    return {**os.environ, "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo", **changed}
