"""What a service is told when it starts."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass, field
from pathlib import Path

from tenfold.errors import InputError
from tenfold.imaging.limits import MAX_PIXELS
from tenfold.language import text as _
from tenfold.processes import core_count

__all__ = ["LEAST_TOKEN", "ServiceSettings", "is_loopback", "user_data_folder"]

LEAST_TOKEN = 16
"""A token is at least so many characters long."""


def user_data_folder() -> Path:
    """Return where a person's corrections are kept: TENFOLD_HOME, else the user's data folder."""
    if root := os.environ.get("TENFOLD_HOME"):
        return Path(root)
    from platformdirs import user_data_path

    return user_data_path("tenfold", appauthor=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """What a service is told when it starts.

    Args:
        host: the address to listen on; one that is not loopback needs a token.
        port: 0 takes any that is free.
        token: what every request must bring, at least 16 characters; None asks for none.
        models: the folder whose run folders' models are offered.
        data_folder: where corrections are kept.
        database: the URL of another database for corrections.
        most_bytes: of a request's body.
        most_held: bytes of all bodies together that are held at a time.
        most_pixels: of a picture.
        most_pictures: of a request.
        most_seconds: for a request's body to arrive, and again for its answer.
        header_seconds: for its headers to arrive, from the connection's beginning or their own.
        workers: threads that read; each takes a core.
        most_waiting: requests that wait for a thread.

    Raises:
        InputError: if the token is missing or short, or a number is less than 1.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    token: str | None = field(default=None, repr=False)
    models: Path = Path("runs")
    data_folder: Path = field(default_factory=user_data_folder)
    database: str | None = field(default=None, repr=False)
    most_bytes: int = 32 * 2**20
    most_held: int = 256 * 2**20
    most_pixels: int = MAX_PIXELS
    most_pictures: int = 64
    most_seconds: float = 30.0
    header_seconds: float = 10.0
    workers: int = field(default_factory=core_count)
    most_waiting: int = 128

    def __post_init__(self) -> None:
        if self.token is not None and len(self.token) < LEAST_TOKEN:
            raise InputError(
                _(
                    "The token has {count} characters; expected at least {least}.",
                    count=len(self.token),
                    least=LEAST_TOKEN,
                )
            )
        if self.token is None and not is_loopback(self.host):
            raise InputError(
                _(
                    "{host} can be reached from other machines, so a token is needed: give "
                    "--token or TENFOLD_TOKEN, at least {least} characters.",
                    host=self.host,
                    least=LEAST_TOKEN,
                )
            )
        if min(self.workers, self.most_waiting, self.most_bytes, self.most_seconds) <= 0:
            raise InputError(_("A limit of the service is zero or less; expected at least 1."))


@functools.lru_cache(maxsize=64)
def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address; a name that is none of these may be any."""
    if host.lower() == "localhost":
        return True
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
