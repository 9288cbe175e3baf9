"""Runs a workload under the preloaded logger and reads what it wrote down."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.source import ROOT

SOURCE: Final = Path(__file__).with_name("logger.c")
HEADER: Final = struct.Struct("=IIIIQQQ")
WORKLOAD_SECONDS_MAX: Final = 300


class Kind(IntEnum):
    """What happened; the numbers are the logger's."""

    OPENED = 1
    CREATED = 2
    WRITTEN = 3
    TRUNCATED = 4
    SYNCED = 5
    RENAMED = 6
    LINKED = 7
    UNLINKED = 8
    MADE = 9
    REMOVED = 10
    MARKED = 11


class Event(NamedTuple):
    """One event.

    ``offset`` is the new length when a file was truncated, and 1 for an opened folder; ``name`` is the path below the
    recorded folder.
    """

    kind: Kind
    name: str
    second: str
    inode: int
    offset: int
    data: bytes

    @property
    def mark(self) -> dict[str, Any]:
        """What the workload said."""
        said: dict[str, Any] = json.loads(self.data)
        return said


class CannotRecord(Exception):
    """There is no compiler, or the machine knows no preloading."""


class WorkloadFailed(Exception):
    """The workload itself broke: no statement about power cuts."""


@dataclass(frozen=True)
class Recording:
    """Everything one workload did.

    Attributes:
        workload: Its name.
        seed: Its seed.
        plant: The fault that was planted, empty for none.
        events: What happened, in order.
        left: The files as they lay in the end, with ``None`` for a folder.
    """

    workload: str
    seed: int
    plant: str
    events: tuple[Event, ...]
    left: dict[str, bytes | None]


def build_logger(folder: Path) -> Path:
    """Compile the logger.

    Raises:
        CannotRecord: It can't be.
    """
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not sys.platform.startswith("linux"):
        raise CannotRecord("writes are recorded on Linux only: the logger is preloaded by its dynamic linker")
    if compiler is None:
        raise CannotRecord("there is no C compiler (cc, gcc) to build the logger of writes with")
    library = folder / "power_logger.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", str(library), str(SOURCE)]
    built = subprocess.run([*command, "-ldl", "-pthread"], capture_output=True, text=True, check=False)
    if built.returncode:
        raise CannotRecord(f"the logger of writes can't be built: {built.stderr}")
    return library


def record(logger: Path, workload: str, seed: int, folder: Path, plant: str = "") -> Recording:
    """Run a workload in a process of its own and read what it did.

    Args:
        logger: The compiled logger.
        workload: Its name.
        seed: Its seed.
        folder: For its files; emptied before and removed afterwards.
        plant: A fault to plant in the program, so that the proof can be seen to fail.

    Raises:
        WorkloadFailed: It broke.
    """
    shutil.rmtree(folder, ignore_errors=True)
    root, scratch, log = folder.resolve() / "disk", folder.resolve() / "scratch", folder.resolve() / "events"
    root.mkdir(parents=True)
    scratch.mkdir()
    environment = os.environ | {
        "POWER_ROOT": str(root),
        "POWER_LOG": str(log),
        "LD_PRELOAD": str(logger),
        "TMPDIR": str(scratch),
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "default",
    }
    for name in [name for name in environment if name.startswith("COV_CORE")]:
        del environment[name]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.power.workload", workload, str(seed), plant],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=WORKLOAD_SECONDS_MAX,
            check=False,
        )
        if done.returncode:
            raise WorkloadFailed(f"{workload} with seed {seed} ended with {done.returncode}:\n{done.stderr[-4000:]}")
        return Recording(workload, seed, plant, read_events(log), read_files(root))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def read_files(root: Path) -> dict[str, bytes | None]:
    """What lies in a folder; without what a process mapped, which is no file after a power cut."""
    return {
        path.relative_to(root).as_posix(): None if path.is_dir() else path.read_bytes()
        for path in root.rglob("*")
        if not path.name.endswith("-shm")
    }


def read_events(log: Path) -> tuple[Event, ...]:
    """All events of a log."""
    raw = log.read_bytes()
    events = []
    at = 0
    while at < len(raw):
        kind, name_bytes, second_bytes, _, inode, offset, data_bytes = HEADER.unpack_from(raw, at)
        at += HEADER.size
        name, second = raw[at : at + name_bytes], raw[at + name_bytes : at + name_bytes + second_bytes]
        at += name_bytes + second_bytes
        data = raw[at : at + data_bytes]
        at += data_bytes
        events.append(Event(Kind(kind), name.decode(), second.decode(), inode, offset, data))
    return tuple(events)
