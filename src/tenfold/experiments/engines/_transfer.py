"""Jobs that travel to another machine, and their run folders that come back.

A worker that sees the driver's folder works in it. One that does not, on another machine without
a shared file system, works in a folder of its own and sends the finished run back as a whole.
"""

from __future__ import annotations

import io
import platform
import secrets
import tempfile
import time
import zipfile
from importlib.metadata import version
from pathlib import Path, PurePosixPath

import msgspec

from tenfold.data.sources import DATASETS
from tenfold.errors import RunError
from tenfold.experiments.engines._answers import Answer, answer, prepare_worker
from tenfold.experiments.jobs import Job
from tenfold.files import locked_folder, write_whole
from tenfold.language import current_language, speaking
from tenfold.language import text as _

__all__ = ["Parcel", "do_parcel", "lay_down", "pack", "send", "unmark"]

MARK = ".driver"
PATIENCE = 30.0
"""Seconds until the folder of a worker that was lost is free: it ends a moment after that."""

LAST = ("run.json", "scores.json")
"""What makes a folder a run, and a finished one: laid down last, in this order."""


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """A job under way to a worker.

    Args:
        job: the job; its paths are the driver's, and absolute.
        mark: what the file ".driver" in the job's folder holds, where that is seen.
        begun: the run folder of a job that was interrupted, packed; empty for a new one.
        language: what the driver speaks.
        tenfold: the driver's version of this package.
    """

    job: Job
    mark: str
    begun: bytes
    language: str
    tenfold: str


def send(job: Job) -> Parcel:
    """Prepare a job for its way, and mark its folder.

    Raises:
        StorageError: if the folder cannot be written.
    """
    folder = Path(job.folder).absolute()
    mark = secrets.token_hex(16)
    write_whole(folder / MARK, mark)
    by_name = job.data in (*DATASETS, "corrections")
    data = job.data if by_name else str(Path(job.data).absolute())
    return Parcel(
        job=msgspec.structs.replace(job, folder=str(folder), data=data),
        mark=mark,
        begun=pack(folder) if job.run.started else b"",
        language=current_language(),
        tenfold=version("tenfold"),
    )


def unmark(job: Job) -> None:
    """Take the mark off a job's folder."""
    (Path(job.folder) / MARK).unlink(missing_ok=True)


def do_parcel(parcel: Parcel, threads: int) -> Answer:
    """Do a job on any machine.

    Returns:
        The job's ``answer``, with the machine it was done on and, where the driver's folder is
        not seen from here, the finished run.
    """
    prepare_worker(threads)
    with speaking(parcel.language):
        return msgspec.structs.replace(_answered(parcel), node=platform.node())


def _answered(parcel: Parcel) -> Answer:
    ours = version("tenfold")
    if ours != parcel.tenfold:
        reason = _(
            "it has Tenfold {ours}, expected {theirs} as where the jobs come from.",
            ours=ours,
            theirs=parcel.tenfold,
        )
        return Answer(error=reason)
    if _shares_folder(parcel):
        _wait_until_free(parcel.job.run.folder)
        return answer(parcel.job)
    with tempfile.TemporaryDirectory(prefix="tenfold-") as place:
        lay_down(parcel.begun, Path(place))
        answered = answer(msgspec.structs.replace(parcel.job, folder=place))
        if answered.scores is None:
            return answered
        return msgspec.structs.replace(answered, run=pack(Path(place)))


def _shares_folder(parcel: Parcel) -> bool:
    try:
        return (parcel.job.run.folder / MARK).read_text("utf-8") == parcel.mark
    except OSError:
        return False


def _wait_until_free(folder: Path) -> None:
    """Wait until a worker that was lost has left the folder; ``run_job`` tells if it does not."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with locked_folder(folder):
                return
        except RunError:
            time.sleep(0.5)


def pack(folder: Path) -> bytes:
    """Return the files of a run's folder as a zip file, those of ``LAST`` at its end."""
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    kept = [name for name in names if not name.startswith(".") and name not in LAST]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in [*sorted(kept), *(name for name in LAST if name in names)]:
            packed.write(folder / name, name)
    return content.getvalue()


def lay_down(packed: bytes, folder: Path) -> None:
    """Write a packed run into ``folder``; cut short, it is not yet a run, or an unfinished one.

    Raises:
        RunError: if it is damaged, or a name in it leads out of the folder.
        StorageError: if a file cannot be written.
    """
    if not packed:
        return
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as content:
            for name in content.namelist():
                if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                    raise RunError(_("{path} is damaged: {reason}", path=folder, reason=name))
                write_whole(folder / name, content.read(name))
    except zipfile.BadZipFile as error:
        raise RunError(_("{path} is damaged: {reason}", path=folder, reason=error)) from error
