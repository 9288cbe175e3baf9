"""Ways in which a file can be damaged, each with a name that says how to do it again."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PAGE: Final = 4096
WAL_HEADER: Final = 32
WAL_FRAME: Final = 24 + PAGE


@dataclass(frozen=True)
class Damage:
    """One damage.

    Attributes:
        kind: Of which kind, for the counts.
        where: Which file and page.
        do: Does it to a data directory.
    """

    kind: str
    where: str
    do: Callable[[Path], None]


def _patched(name: str, offset: int, data: bytes) -> Callable[[Path], None]:
    def do(directory: Path) -> None:
        with (directory / name).open("r+b") as file:
            file.seek(offset)
            file.write(data)

    return do


def _flipped(name: str, offset: int, bit: int) -> Callable[[Path], None]:
    def do(directory: Path) -> None:
        with (directory / name).open("r+b") as file:
            file.seek(offset)
            old = file.read(1)[0]
            file.seek(offset)
            file.write(bytes([old ^ (1 << bit)]))

    return do


def flipped(name: str, offset: int, bit: int) -> Damage:
    """One bit."""
    return Damage("bit flipped", f"{name} byte {offset} bit {bit}", _flipped(name, offset, bit))


def _truncated(name: str, length: int) -> Callable[[Path], None]:
    return lambda directory: os.truncate(directory / name, length)


def _removed(name: str) -> Callable[[Path], None]:
    return lambda directory: (directory / name).unlink(missing_ok=True)


def of_pages(directory: Path, name: str, rng: random.Random, flips: int = 3) -> Iterator[Damage]:
    """Flip bits in, zero, tear, randomise and cut off at each page; swap two of them."""
    size = (directory / name).stat().st_size
    pages = size // PAGE
    for page in range(pages):
        start = page * PAGE
        where = f"{name} page {page + 1}"
        for _ in range(flips):
            offset, bit = start + rng.randrange(PAGE), rng.randrange(8)
            yield Damage("bit flipped", f"{where} byte {offset - start} bit {bit}", _flipped(name, offset, bit))
        yield Damage("page zeroed", where, _patched(name, start, bytes(PAGE)))
        yield Damage("half a page zeroed", where, _patched(name, start + PAGE // 2, bytes(PAGE // 2)))
        yield Damage("page randomised", where, _patched(name, start, rng.randbytes(PAGE)))
        offset = start + rng.randrange(PAGE - 16)
        yield Damage("16 bytes randomised", f"{where} byte {offset - start}", _patched(name, offset, rng.randbytes(16)))
        yield Damage("cut off", where, _truncated(name, start))
        other = rng.randrange(pages)
        if other != page:
            yield Damage("pages swapped", f"{where} and {other + 1}", _swapped_pages(name, page, other))


def _swapped_pages(name: str, first: int, second: int) -> Callable[[Path], None]:
    def do(directory: Path) -> None:
        data = bytearray((directory / name).read_bytes())
        one, two = slice(first * PAGE, (first + 1) * PAGE), slice(second * PAGE, (second + 1) * PAGE)
        data[one], data[two] = data[two], data[one]
        (directory / name).write_bytes(bytes(data))

    return do


def of_log(directory: Path, name: str, rng: random.Random) -> Iterator[Damage]:
    """Cut a write-ahead log off at each frame, flip bits in each, zero them; delete it."""
    size = (directory / name).stat().st_size
    frames = (size - WAL_HEADER) // WAL_FRAME
    for frame in range(frames):
        start = WAL_HEADER + frame * WAL_FRAME
        where = f"{name} frame {frame + 1} of {frames}"
        yield Damage("log cut off", where, _truncated(name, start))
        yield Damage("log torn", where, _truncated(name, start + 512 + rng.randrange(PAGE)))
        yield Damage("log frame zeroed", where, _patched(name, start, bytes(WAL_FRAME)))
        offset, bit = start + rng.randrange(WAL_FRAME), rng.randrange(8)
        yield Damage("log bit flipped", f"{where} byte {offset - start}", _flipped(name, offset, bit))
    for offset in range(WAL_HEADER):
        yield Damage("log header bit flipped", f"{name} byte {offset}", _flipped(name, offset, rng.randrange(8)))
    yield Damage("log emptied", name, _truncated(name, 0))
    yield Damage("log deleted", name, _removed(name))


def of_small_file(directory: Path, name: str, rng: random.Random) -> Iterator[Damage]:
    """Flip bits in, zero, cut off and delete a small file."""
    data = (directory / name).read_bytes()
    for offset in sorted(rng.sample(range(len(data)), min(len(data), 12))):
        bit = rng.randrange(8)
        yield Damage("small file: bit flipped", f"{name} byte {offset}", _flipped(name, offset, bit))
    if data:
        yield Damage("small file: zeroed", name, _patched(name, 0, bytes(len(data))))
        yield Damage("small file: emptied", name, _truncated(name, 0))
        yield Damage("small file: cut off", name, _truncated(name, len(data) // 2))
        yield Damage("small file: foreign", name, _patched(name, 0, rng.randbytes(len(data))))
    yield Damage("small file: deleted", name, _removed(name))


def replaced(name: str, source: Path, kind: str) -> Damage:
    """Another file in a file's place."""
    return Damage(kind, name, lambda directory: _replace(source, directory / name))


def _replace(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
