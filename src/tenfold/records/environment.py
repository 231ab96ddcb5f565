"""Where and with what a run was made."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from importlib import metadata
from pathlib import Path

import msgspec

__all__ = ["Environment", "describe_environment", "git_revision", "software_versions"]

PACKAGES = ("tenfold", "torch", "numpy", "onnx", "onnxruntime", "opencv-python-headless")


class Environment(msgspec.Struct, frozen=True, kw_only=True):
    """Where and with what a run was made; what an older folder does not say is empty."""

    platform: str = ""
    processor: str = ""
    cores: int | None = None
    versions: dict[str, str] = {}
    git_revision: str | None = None


def describe_environment() -> Environment:
    """Return this machine and its software."""
    return Environment(
        platform=platform.platform(),
        processor=_processor(),
        cores=os.cpu_count(),
        versions=software_versions(),
        git_revision=git_revision(),
    )


def software_versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that decide a result."""
    versions = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def git_revision() -> str | None:
    """Return the revision of Tenfold's own checkout, "+" behind it if changed; else ``None``."""
    git = shutil.which("git")
    source = Path(__file__).resolve().parents[3]
    if git is None or not (source / ".git").exists():
        return None
    try:
        revision = _output(git, source, "rev-parse", "HEAD")
        changed = _output(git, source, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return None
    return revision + ("+" if changed else "")


def _output(git: str, folder: Path, *words: str) -> str:
    command = [git, "-C", str(folder), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    return done.stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())
