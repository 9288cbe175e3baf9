"""One trial: a workload with one failing operation, then another process that looks what is really on the disk."""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from storage.errors import DiskFailed, DiskFull, StorageError
from storage.verify import verify
from terminal.errors import CommandError
from terminal.messages import error_text
from tests.faults.catalogue import WORKLOADS
from tests.faults.shim import MODES, Kind, Mode, Page, Told
from tests.faults.world import Workload, World, is_refused
from texts.i18n import Texts

R = TypeVar("R")

BUG: Final = "bug"
CHILD_FAILED: Final = 3

DURABLE: Final = ("ledger.sqlite", "ledger.sqlite-wal", "tombstones")
"""Files whose failed sync means that a booking is not known to be on the disk."""


class Failure(msgspec.Struct, frozen=True):
    """How a step ended that did not report success; ``text`` is what a person reads."""

    step: str
    code: str
    text: str
    support: str = ""


class Report(msgspec.Struct, frozen=True):
    """What the workload's process said before it ended.

    Attributes:
        told: What the preloaded library saw.
        done: Steps that reported success.
        failure: How the next one failed.
        problems: What must not be, seen in that process.
    """

    told: Told
    done: tuple[str, ...] = ()
    failure: Failure | None = None
    problems: tuple[str, ...] = ()


class Verdict(msgspec.Struct, frozen=True):
    """The end of a trial; ``problems`` is empty when everything held, ``text`` is what a person reads."""

    count: int
    fired: bool
    outcome: str
    problems: tuple[str, ...]
    text: str = ""
    support: str = ""


def in_a_child(work: Callable[[], R], kind: type[R]) -> R:
    """Run something in a process of its own and give its result.

    Raises:
        RuntimeError: It died; its traceback is in the message.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = CHILD_FAILED
        try:
            os.close(reading)
            try:
                result = b"+" + msgspec.json.encode(work())
            except BaseException:  # noqa: BLE001 - told to the parent
                result = b"-" + traceback.format_exc().encode()
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(result)
            status = 0
        finally:
            os._exit(status)  # neither locks nor connections of the parent are touched, like at a crash
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    if status or not said.startswith(b"+"):
        raise RuntimeError(f"status {status}: {said[1:].decode(errors='replace')}")
    return msgspec.json.decode(said[1:], type=kind)


class Bench:
    """Templates of prepared shops, and trials on copies of them. Lives in the process with the library preloaded.

    Args:
        root: The folder in which operations can fail.
        folder: Where templates are kept, outside of it.
        page: The shared page.
    """

    def __init__(self, root: Path, folder: Path, page: Page) -> None:
        self._root = root
        self._folder = folder
        self._page = page
        self._expected: dict[str, dict[str, Any]] = {}
        self._at_work: World | None = None

    def count(self, name: str, mode: Mode) -> int:
        """How many operations there are that could fail in a mode."""
        self._lay_out(name)
        return in_a_child(lambda: self._act(WORKLOADS[name], mode, 0, go_on=False), Report).told.count

    def trial(self, name: str, mode: Mode, fail_at: int, *, go_on: bool) -> Verdict:
        """Let one operation fail and judge what comes of it.

        Args:
            name: The workload.
            mode: How the disk fails.
            fail_at: Which operation, counted from 1.
            go_on: Whether the fault ends and the same process is used further; else it dies on the spot.
        """
        workload = WORKLOADS[name]
        if name not in self._expected:
            self._expected[name] = self._reference(workload)
        self._lay_out(name)
        report = in_a_child(lambda: self._act(workload, mode, fail_at, go_on=go_on), Report)
        problems = list(report.problems)
        problems += in_a_child(lambda: self._judge(workload, report, go_on=go_on), list[str])
        outcome = report.failure.code if report.failure else "done"
        text, support = (report.failure.text, report.failure.support) if report.failure else ("", "")
        return Verdict(report.told.count, bool(report.told.fired), outcome, tuple(problems), text, support)

    def _template(self, name: str) -> Path:
        path = self._folder / name.replace(" ", "-")
        if not path.exists():
            self._clear()

            def make() -> None:
                world = World(self._root, 1)
                WORKLOADS[name].prepare(world)
                world.close()

            in_a_child(make, type(None))
            shutil.copytree(self._root, path)
        return path

    def _lay_out(self, name: str) -> None:
        template = self._template(name)
        self._clear()
        shutil.copytree(template, self._root, dirs_exist_ok=True)

    def _clear(self) -> None:
        shutil.rmtree(self._root, ignore_errors=True)
        (self._root / "tmp").mkdir(parents=True)

    def _reference(self, workload: Workload) -> dict[str, Any]:
        """What the shop's data says when nothing fails; what a trial imports is imported here, once for all of them."""
        self._lay_out(workload.name)
        for module in in_a_child(lambda: self._modules(workload), list[str]):
            with contextlib.suppress(ImportError):  # some have names that only their importer knows
                importlib.import_module(module)
        self._lay_out(workload.name)
        report = in_a_child(lambda: self._act(workload, MODES[0], 0, go_on=True), Report)
        assert report.failure is None, report
        assert not report.problems, report
        return in_a_child(lambda: World(self._root, 9).fingerprint(), dict[str, Any])

    def _modules(self, workload: Workload) -> list[str]:
        """In a process of its own: what doing and judging a workload imports."""
        before = set(sys.modules)
        self._judge(workload, self._act(workload, MODES[0], 0, go_on=False), go_on=False)
        return sorted(set(sys.modules) - before)

    def _act(self, workload: Workload, mode: Mode, fail_at: int, *, go_on: bool) -> Report:
        """In the workload's process: do it until a step fails."""
        world = self._at_work = World(self._root, 2)  # kept: a connection that is let go of is closed in good order
        workload.begin(world)
        self._page.arm(mode, fail_at)
        done: list[str] = []
        failure: Failure | None = None
        for step in workload.steps:
            failure = _tried(world, step.name, step.do)
            if failure:
                break
            done.append(step.name)
        told = self._page.told()
        self._page.disarm()
        problems = [failure.text] if failure and failure.code == BUG else []
        if go_on:
            problems += _gone_on(world, workload, failure)
        return Report(told, tuple(done), failure, tuple(problems))

    def _judge(self, workload: Workload, report: Report, *, go_on: bool) -> list[str]:
        """In a fresh process, with a disk that works: what was said must hold, and all must be possible again."""
        world = World(self._root, 3)
        problems: list[str] = []
        with _noting(problems, "looking"):
            for step in workload.steps:
                if step.is_there is None:
                    continue
                if step.name in report.done and not step.is_there(world):
                    problems.append(f"{step.name}: reported, but not on the disk")
                failed = report.failure if report.failure and report.failure.step == step.name else None
                if failed and step.agrees and not go_on and not step.agrees(world, failed.text):
                    problems.append(f"{step.name}: it is not so: {failed.text}")
                is_begun = step.is_begun or step.is_there
                if not go_on and _said_nothing_was_booked(report, step.name) and is_begun(world):
                    problems.append(f"{step.name}: said to be not booked, but it is")
        if report.told.kind == Kind.SYNC and report.told.name in DURABLE and report.failure is None:
            problems.append(f"a failed sync of {report.told.name} was passed over")
        if workload.judged:
            with _noting(problems, "opening afterwards"):
                world.store.close()
                world.opened = None
                result = verify(world.directory)
                problems += result.problems
        with _noting(problems, "again"):
            again = World(self._root, 4)
            for step in workload.steps:
                refused = is_refused(step.do(again))
                if refused is not None and refused is not step.repeats_as:
                    problems.append(f"{step.name}: a repeat is refused: {refused}")
            again.close()
            result = verify(again.directory)
            problems += result.problems
            found = msgspec.json.decode(msgspec.json.encode(again.fingerprint()))
            wanted = self._expected[workload.name]
            problems += [
                f"{name}: {found[name]} instead of {wanted[name]}" for name in wanted if found[name] != wanted[name]
            ]
        return problems


def _tried(world: World, name: str, do: Callable[[World], object]) -> Failure | None:
    try:
        refused = is_refused(do(world))
    except StorageError as error:
        return Failure(name, error.code, error_text(Texts("en", "EUR"), error), error.support)
    except CommandError as error:
        return Failure(name, error.code, error.sentence)
    except BaseException:  # noqa: BLE001 - told as a bug
        return Failure(name, BUG, traceback.format_exc())
    return Failure(name, f"refused: {refused}", str(refused)) if refused else None


def _gone_on(world: World, workload: Workload, failure: Failure | None) -> list[str]:
    """The fault has gone: a till whose disk was full goes on; one whose disk failed writes no more and says so."""
    problems: list[str] = []
    if failure and failure.code == DiskFull.code:
        for step in workload.steps:
            again = _tried(world, step.name, step.do)
            if again and again.code != f"refused: {step.repeats_as}":
                problems.append(f"with room again {step.name} fails: {again.code} {again.text}")
    if failure and failure.code == DiskFailed.code and world.opened is not None and world.opened._writing.failed:
        try:
            with world.opened.unit():
                problems.append("a store whose disk failed writes on")
        except DiskFailed:
            pass
    with _noting(problems, "closing"), contextlib.suppress(StorageError):  # what it leaves behind is judged
        world.close()
    return problems


def _said_nothing_was_booked(report: Report, step: str) -> bool:
    return bool(report.failure and report.failure.step == step and "Nothing was booked" in report.failure.text)


@contextlib.contextmanager
def _noting(problems: list[str], doing: str) -> Any:  # noqa: ANN401 - a context manager
    try:
        yield
    except BaseException:  # noqa: BLE001 - whatever it is, it is the finding
        problems.append(f"{doing}: {traceback.format_exc()}")
