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
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tests.source import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

SOURCE: Final = Path(__file__).with_name("logger.c")
HEADER: Final = struct.Struct("=IIIIQQQ")
WORKLOADS_SECONDS_MAX: Final = 600


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


class Job(NamedTuple):
    """A workload to be recorded: its name, its seed, and the fault to plant in the program, if any."""

    workload: str
    seed: int
    plant: str = ""


def record(logger: Path, jobs: Sequence[Job], folder: Path) -> list[Recording]:
    """Run workloads, each in a process of its own, and read what they did.

    Args:
        logger: The compiled logger.
        jobs: Which.
        folder: For their files; emptied before and removed afterwards.

    Raises:
        WorkloadFailed: One broke.
    """
    folder = folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    for number in range(len(jobs)):
        for name in ("disk", "scratch"):
            (folder / str(number) / name).mkdir(parents=True)
    environment = os.environ | {"LD_PRELOAD": str(logger), "PYTHONPATH": str(ROOT)}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.power.workload", str(folder), json.dumps(jobs)],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=WORKLOADS_SECONDS_MAX,
            check=False,
        )
        if done.returncode:
            raise WorkloadFailed(f"one of {[tuple(job) for job in jobs]} broke:\n{done.stderr[-4000:]}")
        return [
            Recording(*job, read_events(folder / str(number) / "events"), read_files(folder / str(number) / "disk"))
            for number, job in enumerate(jobs)
        ]
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
