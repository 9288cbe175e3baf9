"""Which tests owe the coverage of rules and ledger, and why the others are run without measuring.

Before Python 3.14 a measured program runs through its tracer at every line, those of other packages and of libraries
too, and everything takes three to four times as long. So only the tests that are about the measured packages are
traced. That is also the stricter reading: a branch that nothing but a window's test reaches is not tested where it
belongs.

What is run only once in a process must not be used up by a test that is not traced. Modules are therefore imported
before the first test, and what functions remember is forgotten before each test that counts. The order of the tests and
which process gets which make no difference then.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.source import ROOT, modules

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

MEASURED: Final = ("loyalty", "storage")
"""The packages of ``source`` in pyproject.toml's ``tool.coverage.run``."""

OWING: Final = tuple(
    ROOT / "tests" / name
    for name in (
        "unit/loyalty",
        "unit/storage",
        "integration/storage",
        "corruption",
        # What stands on the ledger directly, and brings it into more states than a test would set up.
        "unit/terminal/app",
        "unit/terminal/backup",
        "unit/terminal/sync",
        "integration/backup",
        "integration/sync",
    )
)
REMEMBERING: Final = pytest.StashKey[list["Callable[[], None]"]]()


def owes_coverage(test: Path) -> bool:
    """Tell whether a test file is about the measured packages."""
    return any(test.is_relative_to(folder) for folder in OWING)


def is_measuring() -> bool:
    """Tell whether coverage traces this thread; a debugger, which also traces, is left in peace."""
    return type(sys.gettrace()).__module__.partition(".")[0] == "coverage"


def import_measured() -> list[Callable[[], None]]:
    """Import all measured modules; gives what makes their functions forget what they remember."""
    forgetting = []
    for path in modules():
        name = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
        if name.partition(".")[0] in MEASURED:
            module = importlib.import_module(name)
            forgetting += [value.cache_clear for value in vars(module).values() if hasattr(value, "cache_clear")]
    return forgetting


@contextlib.contextmanager
def untraced() -> Iterator[None]:
    """Leave the tracer out of what is done meanwhile, and of the threads that it starts."""
    tracer, tracer_of_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        yield
    finally:
        threading.settrace(tracer_of_threads)
        sys.settrace(tracer)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Generator[None, Any, Any]:
    """Import what is measured while that counts; compiling a thousand modules of tests does not."""
    if not is_measuring():
        return (yield)
    session.config.stash[REMEMBERING] = import_measured()
    with untraced():
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Trace a test, its fixtures and its threads only when it owes coverage."""
    if not is_measuring():
        return (yield)
    if not owes_coverage(item.path):
        with untraced():
            return (yield)
    for forget in item.config.stash[REMEMBERING]:
        forget()
    return (yield)
