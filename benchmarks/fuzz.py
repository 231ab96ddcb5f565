"""Hostile inputs for the reader: damaged picture files of every format, strange arrays, odd things.

    .venv/bin/python benchmarks/fuzz.py                       # 200,000 inputs, most of an hour
    .venv/bin/python benchmarks/fuzz.py --count 3000
    .venv/bin/python benchmarks/fuzz.py --start 1234 --count 1   # one input again
    .venv/bin/pip install atheris; .venv/bin/python benchmarks/fuzz.py --atheris --count 20000

Every input must give a reading or a ``PictureError`` or ``InputError``; anything else is a failure,
and so is one that takes longer than ``--limit`` seconds, which ends the run with a traceback.
Input number N follows from the seed and N alone. With ``--atheris``, coverage of Tenfold's and
Pillow's Python code chooses the inputs instead. Printed: how many came to what, the longest time
of one input, and the greatest memory.
"""

from __future__ import annotations

import argparse
import collections
import faulthandler
import io
import os
import resource
import struct
import sys
import tempfile
import time
import warnings
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from tenfold.errors import InputError, PictureError
from tenfold.reader import Reader

LAYOUTS = (None, None, None, "digit", "line", "page")
EDGES = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
DTYPES = ("u1", "u1", "u1", "u2", "f4", "f8", "f2", "?", "i4", "i8", "u4", ">u2", ">f4", "c8", "O")

Rng = np.random.Generator


def drawing(rng: Rng) -> np.ndarray:
    """A small picture, uint8: a number, noise, blobs, lines or nothing, either way round."""
    height, width = (int(np.exp(rng.uniform(0, 4))) for _side in range(2))
    plane = np.full((height, width), 255, np.uint8)
    kind = int(rng.choice(5, p=(0.5, 0.05, 0.05, 0.2, 0.2)))
    if kind == 0:
        size = max(0.3, height / 40)
        text, place = str(rng.integers(10**6)), (int(rng.integers(9)), int(0.8 * height))
        cv2.putText(plane, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, 0, int(rng.integers(1, 5)))
    elif kind == 1:
        plane = rng.integers(0, 256, plane.shape, np.uint8)
    elif kind == 2:
        plane[rng.random(plane.shape) < 10 ** rng.uniform(-3, -0.3)] = 0
    elif kind == 3:
        for _line in range(rng.integers(1, 30)):
            ends = rng.integers(-20, 180, 4).tolist()
            cv2.line(plane, ends[:2], ends[2:], int(rng.integers(256)), int(rng.integers(1, 9)))
    return 255 - plane if rng.random() < 0.3 else plane


def picture_files(rng: Rng, count: int) -> list[bytes]:
    """Whole files of every format and most modes, small."""
    modes: dict[str, tuple[str, ...]] = {
        "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
        "JPEG": ("L", "RGB", "CMYK"),
        "GIF": ("L", "P", "RGB"),
        "BMP": ("1", "L", "P", "RGB"),
        "PPM": ("1", "L", "RGB", "I"),
        "TIFF": ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "F", "I"),
        "WEBP": ("RGB", "RGBA"),
        "JPEG2000": ("L", "RGB", "RGBA"),
        "AVIF": ("RGB", "RGBA"),
    }
    files = []
    for _file in range(count):
        format_ = str(rng.choice(list(modes)))
        image = Image.fromarray(drawing(rng)).convert(str(rng.choice(modes[format_])))
        options: dict[str, Any] = {}
        if rng.random() < 0.3 and format_ in ("JPEG", "PNG", "WEBP", "TIFF"):
            exif = Image.Exif()
            exif[0x0112] = int(rng.integers(1, 9))
            options["exif"] = exif
        if rng.random() < 0.3 and format_ in ("GIF", "TIFF", "PNG", "WEBP"):
            options |= {"save_all": True, "append_images": [image.rotate(90)] * 2}
        if format_ == "TIFF":
            options["compression"] = str(rng.choice(["raw", "tiff_lzw", "tiff_deflate"]))
        if format_ == "JPEG":
            options |= {"progressive": bool(rng.random() < 0.5), "quality": int(rng.integers(100))}
        buffer = io.BytesIO()
        image.save(buffer, format_, **options)
        files.append(buffer.getvalue())
    return files


def mutated(content: bytes, other: bytes, rng: Rng) -> bytes:
    """A file with a few of its bytes changed, moved, doubled, dropped or put in from another."""
    data = bytearray(content)
    for _change in range(rng.integers(0, 6)):
        at, length = int(rng.integers(len(data) + 1)), int(np.exp(rng.uniform(0, 6)))
        kind = rng.integers(6)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << int(rng.integers(8))
        elif kind == 1:
            edge = EDGES[rng.integers(len(EDGES))]
            data[at : at + 4] = struct.pack(rng.choice(["<I", ">I"]), edge)
        elif kind == 2:
            del data[at : at + length]
        elif kind == 3:
            data[at:at] = data[at : at + length]
        elif kind == 4:
            data[at : at + length] = rng.bytes(min(length, 50))
        else:
            begin = int(rng.integers(len(other)))
            data[at : at + length] = other[begin : begin + length]
    if rng.random() < 0.15:
        del data[int(rng.integers(len(data) + 1)) :]
    return with_checksums(bytes(data)) if rng.random() < 0.7 else bytes(data)


def with_checksums(content: bytes) -> bytes:
    """A PNG whose checksums hold again, so that its damage is looked at; others unchanged."""
    if not content.startswith(b"\x89PNG\r\n\x1a\n"):
        return content
    data, at = bytearray(content), 8
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        end = at + 8 + length
        if end + 4 > len(data):
            break
        struct.pack_into(">I", data, end, zlib.crc32(data[at + 4 : end]))
        at = end + 4
    return bytes(data)


def array(rng: Rng) -> np.ndarray:
    """An array of any shape, dtype and values; most are nearly pictures."""
    if rng.random() < 0.6:
        plane: np.ndarray = drawing(rng)
        if rng.random() < 0.3:
            plane = np.stack([plane] * int(rng.integers(1, 6)), axis=2)
        return plane if rng.random() < 0.5 else plane / rng.choice([255.0, 254.0, 1.0, -255.0])
    shape = tuple(int(n) for n in np.exp(rng.uniform(-0.5, 4, rng.integers(0, 5))))
    while np.prod(shape, dtype=float) > 1e6:
        shape = shape[1:]
    values = rng.normal(0.5, 10 ** rng.uniform(-2, 3), shape)
    if rng.random() < 0.3:
        values = np.where(rng.random(shape) < 0.1, rng.choice([np.nan, np.inf, -np.inf]), values)
    with np.errstate(all="ignore"):
        made = np.asarray(values).astype(DTYPES[rng.integers(len(DTYPES))])
    return made[::-1].T if rng.random() < 0.2 and made.ndim else made


def odd(rng: Rng) -> Any:
    """A thing that is no picture at all, or a path that leads nowhere good."""
    paths = [
        "",
        ".",
        "/",
        "/dev/null",
        "\0",
        "x" * 5000,
        "absent.png",
        "\udcff.png",
        "/proc/self/mem",
    ]
    things = [
        None,
        7,
        1.5,
        [[1, 2]],
        {},
        object(),
        "text",
        Image.new("L", (0, 3)),
        Image.new("F", (5, 5)),
    ]
    choices = [
        *paths,
        *map(Path, paths),
        *things,
        rng.bytes(int(rng.integers(200))),
        memoryview(b"x"),
    ]
    return choices[rng.integers(len(choices))]


def make_input(seed: int, number: int, files: list[bytes]) -> Any:
    """Input number ``number``: all follows from the two numbers and the files."""
    rng = np.random.default_rng([seed, number])
    kind = rng.random()
    if kind < 0.5:
        one, other = (files[rng.integers(len(files))] for _file in range(2))
        return mutated(one, other, rng)
    if kind < 0.53:
        return files[rng.integers(len(files))][: rng.integers(1, 30)] + rng.bytes(300)
    return array(rng) if kind < 0.98 else odd(rng)


class Tally:
    """What came of the inputs."""

    def __init__(self, reader: Reader, limit: float, kept: Path) -> None:
        self.reader, self.limit, self.kept = reader, limit, kept
        self.counts: collections.Counter[str] = collections.Counter()
        self.failures: list[str] = []
        self.longest, self.longest_at = 0.0, -1
        self.began = time.perf_counter()

    def take(self, number: int, source: Any) -> None:
        """Read one input, and count what comes of it."""
        faulthandler.dump_traceback_later(self.limit, exit=True)
        began = time.perf_counter()
        try:
            reading = self.reader.read(source, layout=LAYOUTS[number % len(LAYOUTS)])
            self.counts["a reading, digits in it" if reading.digits else "a reading, empty"] += 1
        except (PictureError, InputError) as error:
            self.counts[f"a named error, {type(error).__name__}"] += 1
        except Exception as error:  # noqa: BLE001 - this is what is looked for
            self.counts["FAILURE"] += 1
            self.failures.append(f"input {number}: {type(error).__name__}: {error}")
            if isinstance(source, bytes):
                (self.kept / f"{number}.bin").write_bytes(source)
        took = time.perf_counter() - began
        faulthandler.cancel_dump_traceback_later()
        if took > self.longest:
            self.longest, self.longest_at = took, number

    def report(self) -> None:
        """Print what came of them."""
        total = sum(self.counts.values())
        print("\n| outcome | inputs | share |\n|---|---|---|")
        for name, count in self.counts.most_common():
            print(f"| {name} | {count:,} | {count / total:.1%} |")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        seconds = time.perf_counter() - self.began
        print(
            f"\n{total:,} inputs in {seconds:.0f} s; longest {self.longest:.2f} s (input ", end=""
        )
        print(f"{self.longest_at}); greatest memory {peak:.0f} MB; {len(self.failures)} failures")
        for failure in self.failures[:20]:
            print(failure)


def run_seeded(tally: Tally, options: argparse.Namespace, files: list[bytes]) -> None:
    end = options.start + options.count
    for number in range(options.start, end):
        # If the process dies, this says at which input.
        (options.kept / "at").write_text(str(number))
        tally.take(number, make_input(options.seed, number, files))
        if number % 5000 == 4999:
            print(f"{number + 1:,} of {end:,}, {tally.counts['FAILURE']} failures", flush=True)


def run_atheris(tally: Tally, options: argparse.Namespace, files: list[bytes]) -> None:
    """Let coverage choose; the process ends itself, so what came of it is printed before."""
    import atheris

    corpus = options.kept / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, content in enumerate(files):
        (corpus / f"seed-{number}").write_bytes(content)
    taken = 0

    def take(content: bytes) -> None:
        nonlocal taken
        tally.take(taken, content)
        taken += 1
        if taken == options.count:
            tally.report()
            sys.stdout.flush()
            os._exit(1 if tally.failures else 0)

    for module in [
        m for name, m in sys.modules.items() if name.split(".")[0] in ("tenfold", "PIL")
    ]:
        for function in vars(module).values():
            if callable(function) and getattr(function, "__module__", "") == module.__name__:
                instrumented(atheris, function)
    atheris.Setup([sys.argv[0], str(corpus), "-verbosity=0", "-max_len=20000"], take)
    atheris.Fuzz()


def instrumented(atheris: Any, function: Any) -> None:
    """Have a plain function report its coverage; classes and the like stay as they are."""
    if hasattr(function, "__code__"):
        atheris.instrument_func(function)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=float, default=60, help="seconds for one input")
    parser.add_argument("--kept", type=Path, default=Path(tempfile.gettempdir()) / "tenfold-fuzz")
    parser.add_argument("--atheris", action="store_true", help="let coverage choose the inputs")
    options = parser.parse_args()
    options.kept.mkdir(parents=True, exist_ok=True)
    faulthandler.enable()
    warnings.filterwarnings("ignore", module=r"PIL\.")
    files = picture_files(np.random.default_rng(options.seed), 300)
    tally = Tally(Reader(), options.limit, options.kept)
    (run_atheris if options.atheris else run_seeded)(tally, options, files)
    tally.report()
    sys.exit(1 if tally.failures else 0)


if __name__ == "__main__":
    main()
