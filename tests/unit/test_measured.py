"""What tests/measured.py promises: the tests of the measured packages owe coverage, whatever runs before them."""

from __future__ import annotations

import functools
import sys
import threading
import tomllib
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from tests import measured
from tests.source import ROOT, modules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OWN_TEST = measured.OWING[0] / "test_rules.py"
OTHER_TEST = ROOT / "tests" / "ui" / "test_window.py"


class Tracer:
    """Stands for that of coverage, and notes which functions it saw."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def __call__(self, frame: FrameType, _event: str, _argument: object) -> None:
        self.seen.add(frame.f_code.co_name)


@pytest.fixture
def tracer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tracer]:
    """A tracer that is at work, in this thread and in new ones."""
    monkeypatch.setattr(Tracer, "__module__", "coverage")
    before, before_in_threads = sys.gettrace(), threading.gettrace()
    made = Tracer()
    sys.settrace(made)
    threading.settrace(made)
    yield made
    sys.settrace(before)
    threading.settrace(before_in_threads)


def run(test: Path, body: Callable[[], object], forgetting: Callable[[], None] = lambda: None) -> None:
    """Let a test file's only test be run as pytest would run it."""
    item = SimpleNamespace(path=test, config=SimpleNamespace(stash={measured.REMEMBERING: [forgetting]}))
    steps = measured.pytest_runtest_protocol(cast("pytest.Item", item))
    next(steps)
    body()
    with pytest.raises(StopIteration):
        steps.send(None)


def collect(body: Callable[[], object]) -> list[Callable[[], None]]:
    """Let pytest look for tests; gives what makes functions forget."""
    stash: dict[object, list[Callable[[], None]]] = {}
    steps = measured.pytest_collection(cast("pytest.Session", SimpleNamespace(config=SimpleNamespace(stash=stash))))
    next(steps)
    body()
    with pytest.raises(StopIteration):
        steps.send(None)
    return stash.get(measured.REMEMBERING, [])


def work() -> None:
    """Do something in this thread and in another."""

    def of_a_thread() -> None:
        """Seen when threads are traced."""

    thread = threading.Thread(target=of_a_thread)
    thread.start()
    thread.join()


def test_a_test_of_the_measured_packages_is_traced(tracer: Tracer) -> None:
    """In its own thread, and in those it starts."""
    run(OWN_TEST, work)
    assert {"work", "of_a_thread"} <= tracer.seen


def test_another_test_is_not_traced_and_leaves_the_tracer_as_it_was(tracer: Tracer) -> None:
    """The next test may owe coverage."""
    run(OTHER_TEST, work)
    assert not {"work", "of_a_thread"} & tracer.seen
    assert [sys.gettrace(), threading.gettrace()] == [tracer, tracer]
    run(OWN_TEST, work)
    assert {"work", "of_a_thread"} <= tracer.seen


def test_looking_for_tests_is_not_traced(tracer: Tracer) -> None:
    """Their modules are many; those that are measured have been imported before, while it counted."""
    assert collect(work)
    assert "import_measured" in tracer.seen
    assert "work" not in tracer.seen
    assert sys.gettrace() == tracer


def test_without_measuring_everything_goes_its_way() -> None:
    """Nothing is imported, nothing forgotten, nobody's tracer replaced."""
    before = sys.gettrace()
    assert collect(lambda: sys.settrace(before)) == []
    run(OTHER_TEST, lambda: sys.settrace(before))
    assert sys.gettrace() is before


def test_a_debugger_sees_every_test(tracer: Tracer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A breakpoint in a window's test is reached."""
    monkeypatch.setattr(Tracer, "__module__", "debugger")
    run(OTHER_TEST, work)
    assert "work" in tracer.seen


def test_what_a_function_remembers_is_found_out_again_where_it_counts(tracer: Tracer) -> None:
    """Else the body of a function that remembers would count only if nobody else had asked it before."""
    asked = []

    @functools.cache
    def remembering() -> None:
        asked.append(1)

    run(OTHER_TEST, remembering)
    run(OWN_TEST, remembering, remembering.cache_clear)
    assert len(asked) == 2


def test_all_measured_modules_are_imported_and_all_that_remember_are_known() -> None:
    """What stands outside functions counts at the first import alone."""
    forgetting = measured.import_measured()
    names = {path.stem for path in modules() if path.relative_to(ROOT).parts[0] in measured.MEASURED} - {"__init__"}
    assert names
    assert names <= {name.rpartition(".")[2] for name in sys.modules if name.partition(".")[0] in measured.MEASURED}
    assert forgetting


def test_the_measured_packages_are_those_of_the_settings() -> None:
    """Their tests lie where they are looked for."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert list(measured.MEASURED) == settings["tool"]["coverage"]["run"]["source"]
    assert all(any(folder.glob("test_*.py")) for folder in measured.OWING)
    assert not measured.owes_coverage(OTHER_TEST)
