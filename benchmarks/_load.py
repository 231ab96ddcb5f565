"""Clients that ask a service all the time: ``_load.py PORT PATH TYPE FILE CLIENTS SECONDS WARM``.

Each client keeps its connection and sends the next request once the last one is answered. Prints
JSON: requests a second, the 50th and 99th percentile of milliseconds, and how many answers were
not 200. What is answered in the first WARM seconds does not count.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Callable


async def ask(port: int, request: bytes, end: float, seen: Callable[..., None]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (began := time.perf_counter()) < end:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
        seen(began, time.perf_counter(), head[9:12] == b"200")
    writer.close()


async def main() -> None:
    port, path, kind, file, clients, seconds, warm = sys.argv[1:]
    with open(file, "rb") as opened:  # noqa: PTH123 - no more imports than it takes
        body = opened.read()
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: {kind}\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    first = time.perf_counter() + float(warm)
    last = first + float(seconds)
    times: list[float] = []
    errors = 0

    def seen(began: float, ended: float, fine: bool) -> None:
        nonlocal errors
        errors += not fine
        if first <= ended <= last and fine:
            times.append(1000 * (ended - began))

    await asyncio.gather(*[ask(int(port), request, last, seen) for _ in range(int(clients))])
    cuts = statistics.quantiles(times, n=100) if len(times) > 1 else [float("nan")] * 99
    told = {"rate": len(times) / float(seconds), "p50": cuts[49], "p99": cuts[98]}
    print(json.dumps(told | {"errors": errors}))


if __name__ == "__main__":
    asyncio.run(main())
