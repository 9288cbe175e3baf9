"""Judges the images of a recording: at every call, several of the disks that a power cut there may leave."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.power.disk import FIXED, Disk, Image, Style
from tests.power.expected import Expected, promises
from tests.power.judge import digest_of
from tests.power.recording import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

    from tests.power.judge import Judge
    from tests.power.recording import Recording

FAILURES_KEPT: Final = 5

EDGES: Final = frozenset(
    {Kind.SYNCED, Kind.RENAMED, Kind.LINKED, Kind.UNLINKED, Kind.TRUNCATED, Kind.CREATED, Kind.MARKED, Kind.MADE}
)
"""Calls right before and behind which a cut says most."""

PROMISING: Final = frozenset({"done", "copy", "erased", "boxed"})
"""What a mark says that makes something have to last from then on."""

GOING_ON_EACH: Final = 12
"""Every so many images the till is also used before the last look."""


COUNTED: Final = ("drawn", "judged", "started", "proved", "used", "sites", "lost", "corrupt")


class Site(NamedTuple):
    """A moment: so many calls had happened."""

    place: int
    disk: Disk
    expected: Expected


@dataclass
class Tally:
    """What a campaign found.

    Attributes:
        drawn: Images that were drawn.
        judged: Images among them that no other of the recording had equalled, with what was promised about them.
        started: Data directories among those in which the till was started; the others were equal to one of them.
        proved: Ledgers that came of a start and that no other had equalled; each was verified.
        used: Images on which the till also sold, ended, started, searched and erased.
        sites: Moments at which the power went.
        lost: Images that lacked something acknowledged.
        corrupt: Images that did not open, did not verify, or held half of something.
        failures: What was wrong with the first of them, and how to repeat it.
    """

    drawn: int = 0
    judged: int = 0
    started: int = 0
    proved: int = 0
    used: int = 0
    sites: int = 0
    lost: int = 0
    corrupt: int = 0
    failures: list[str] = field(default_factory=list)
    by_workload: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Count another one in."""
        for name in COUNTED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.failures += other.failures
        self.by_workload += other.by_workload


def check_complete(recording: Recording) -> None:
    """The calls, done again, must make the files that were there in the end: a log with a hole proves nothing."""
    disk = Disk()
    for event in recording.events:
        disk.replay(event)
    made = disk.image(Style.EVERYTHING, random.Random(0))
    wrong = sorted(name for name in made.keys() | recording.left.keys() if made.get(name) != recording.left.get(name))
    assert not wrong, f"the log of {recording.workload} {recording.seed} has a hole: {wrong}"


def sites(recording: Recording) -> Iterator[Site]:
    """Every moment of a recording behind its start, with the disk as it may be then.

    The disk is one that lives on: it is only right until the next moment is asked for.
    """
    told = promises(recording.events)
    disk, expected = Disk(), Expected()
    starts = start_of(recording)
    for number, event in enumerate(recording.events):
        disk.replay(event)
        expected = told.get(number, expected)
        if number == starts:
            disk.settle()
        if number >= starts and event.kind is not Kind.OPENED:
            yield Site(number + 1, disk, expected)


def start_of(recording: Recording) -> int:
    """The place of the mark that says that all before it is long on the disk; -1 when there is none."""
    marks = (number for number, event in enumerate(recording.events) if event.kind is Kind.MARKED)
    return max((number for number in marks if "start" in recording.events[number].mark), default=-1)


def some_edges(recording: Recording, count: int, rng: random.Random) -> frozenset[int]:
    """So many moments right before or behind a call at which a cut says most, by chance."""
    calls = [(number, event.kind) for number, event in enumerate(recording.events) if event.kind is not Kind.OPENED]
    edges = {
        number + 1
        for (number, kind), (_, following) in pairwise((*calls, (0, Kind.SYNCED)))
        if number >= start_of(recording) and (kind in EDGES or following in EDGES)
    }
    return frozenset(rng.sample(sorted(edges), min(count, len(edges))))


def acknowledgements(recording: Recording) -> frozenset[int]:
    """The moments right behind each mark that promises something: what is not on the disk by then is lost."""
    return frozenset(
        number + 1
        for number, event in enumerate(recording.events)
        if event.kind is Kind.MARKED and PROMISING & event.mark.keys()
    )


def image_of(recording: Recording, site: Site, variant: int) -> Image:
    """One image; the same for the same numbers."""
    rng = random.Random(f"{recording.workload} {recording.seed} {site.place} {variant}")
    if variant < len(FIXED):
        return site.disk.image(FIXED[variant], rng)
    return site.disk.image(Style.ORDERED if variant % 3 == 0 else Style.ANY, rng)


def judge_recording(
    recording: Recording,
    judge: Judge,
    *,
    variants: int,
    places: Container[int] | None = None,
    images_max: int | None = None,
    goes_on: Callable[[], bool] = lambda: True,
) -> Tally:
    """Judge the images of a recording.

    Args:
        recording: What was recorded.
        judge: Who judges.
        variants: How many images at each moment.
        places: The moments, by how many calls had happened; all of them without it.
        images_max: Stop after so many.
        goes_on: Asked at each moment; stop when it says no.
    """
    check_complete(recording)
    judge.forget()
    tally = Tally(started=-judge.started, proved=-judge.proved)
    seen: set[bytes] = set()
    for site in sites(recording):
        if places is not None and site.place not in places:
            continue
        if not goes_on() or (images_max is not None and tally.judged >= images_max):
            break
        tally.sites += 1
        for variant in range(variants):
            image = image_of(recording, site, variant)
            tally.drawn += 1
            mark = fingerprint(image, site.expected)
            if mark not in seen and (images_max is None or tally.judged < images_max):
                seen.add(mark)
                _judge_one(recording, judge, site, variant, image, tally)
    tally.started += judge.started
    tally.proved += judge.proved
    return tally


def _judge_one(recording: Recording, judge: Judge, site: Site, variant: int, image: Image, tally: Tally) -> None:
    tally.judged += 1
    tally.by_workload[recording.workload] += 1
    going_on = tally.judged % GOING_ON_EACH == 0
    tally.used += going_on
    findings = judge.judge(image, site.expected, going_on=going_on)
    if findings:
        is_loss = any(finding.is_loss for finding in findings)
        tally.lost += is_loss
        tally.corrupt += not is_loss
        if len(tally.failures) < FAILURES_KEPT:
            again = f"python -m tests.power {recording.workload} {recording.seed} {site.place} {variant}"
            planted = f" --plant '{recording.plant}'" if recording.plant else ""
            said = "; ".join(finding.text for finding in findings[:3])
            tally.failures.append(f"{again}{planted}: {said}")


def fingerprint(image: Image, expected: Expected) -> bytes:
    """Equal for images with equal files under equal promises."""
    return hashlib.blake2b(digest_of(image) + repr(expected).encode(), digest_size=16).digest()
