"""Cuts the power hundreds of thousands of times; nothing acknowledged may be lost, nothing may be broken.

A process for each processor records workloads and judges the disks that cuts may leave, all in memory. Positive
controls run first: a proof that never finds anything would say nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import traceback
from collections import Counter
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.power.campaign import Tally, judge_recording, some_edges
from tests.power.judge import Judge
from tests.power.recording import Job, WorkloadFailed, build_logger, record
from tests.power.workload import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.soak.frame import Run

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there
PROCESSES_MAX: Final = 2
NICENESS: Final = 5
VARIANTS: Final = 9
PARTS: Final = 3
"""A recording is judged at every so-manieth of its moments, so that more different ones are."""

JOBS: Final = 4
"""How many workloads are recorded by one process, which loads the program once."""

CONTROL_PLACES: Final = 60
CONTROLS: Final = (
    ("synchronous=NORMAL", "sales"),
    ("no folder syncs", "backups"),
    ("renamed before synced", "backups"),
)


def run(run: Run) -> None:
    """Judge until the time is over."""
    folder = Path(tempfile.mkdtemp(prefix="power-", dir=MEMORY if MEMORY.is_dir() else run.folder))
    try:
        logger = build_logger(folder)
        controls = [Job(workload, run.rng.getrandbits(20), plant) for plant, workload in CONTROLS]
        for recording in record(logger, controls, folder / "controls"):
            plant = recording.plant
            caught = judge_recording(
                recording, Judge(folder / "judged"), variants=4, places=some_edges(recording, CONTROL_PLACES, run.rng)
            )
            assert caught.lost + caught.corrupt, f"{plant} was not noticed"
            run.count(f"noticed with {plant}", caught.lost + caught.corrupt)
        tally = _hunt(run, logger, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for name, count_of in (
        ("images drawn", tally.drawn),
        ("different", tally.judged),
        ("different data directories started", tally.started),
        ("different ledgers proved", tally.proved),
        ("used", tally.used),
        ("moments", tally.sites),
    ):
        run.count(name, count_of)
    for workload, images in sorted(tally.by_workload.items()):
        run.count(f"of {workload}", images)
    run.counts |= {"lost": tally.lost, "corrupt": tally.corrupt}
    assert not tally.failures, "\n".join(tally.failures)


def _hunt(run: Run, logger: Path, folder: Path) -> Tally:
    """Share the work out, and add up what comes back."""
    tally = Tally()
    pipes = []
    workers = []
    for number in range(min(PROCESSES_MAX, os.cpu_count() or 1)):
        reading, writing = os.pipe()
        seed = run.rng.getrandbits(20)
        worker = os.fork()
        if worker == 0:
            os.close(reading)
            os._exit(_work(run, logger, folder / f"worker{number}", seed, writing))
        os.close(writing)
        pipes.append(reading)
        workers.append(worker)
    for pipe in pipes:
        with os.fdopen(pipe) as lines:
            for line in lines:
                found = json.loads(line)
                tally.add(Tally(**found | {"by_workload": Counter(found["by_workload"])}))
    for worker in workers:
        _, status = os.waitpid(worker, 0)
        assert status == 0, "a process of the proof broke; it has said why"
    return tally


def _judged(run: Run, logger: Path, folder: Path, judge: Judge, first: int) -> Iterator[Tally]:
    """The images of several recordings."""
    jobs = [Job(NAMES[number % len(NAMES)], number) for number in range(first, first + JOBS)]
    try:
        recordings = record(logger, jobs, folder / "recorded")
    except WorkloadFailed as error:
        yield Tally(failures=[str(error)])
        return
    for recording in recordings:
        places = range(recording.seed % PARTS, len(recording.events) + 1, PARTS)
        yield judge_recording(recording, judge, variants=VARIANTS, places=places, goes_on=run.goes_on)


def _work(run: Run, logger: Path, folder: Path, seed: int, writing: int) -> int:
    """One process's part: recordings in turn, each with a seed of its own."""
    try:
        os.nice(NICENESS)
        folder.mkdir()
        tempfile.tempdir = str(folder)
        judge = Judge(folder / "judged")
        with os.fdopen(writing, "w") as pipe:
            for first in count(seed, JOBS):
                for tally in _judged(run, logger, folder, judge, first):
                    print(json.dumps(tally.__dict__), file=pipe, flush=True)
                    for failure in tally.failures:
                        print(failure, file=sys.stderr, flush=True)
                if not run.goes_on():
                    return 0
    except BaseException:  # noqa: BLE001 - the parent is told by the status
        traceback.print_exc()
        return 1
    return 0
