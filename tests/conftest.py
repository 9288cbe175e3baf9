"""What every test stands on: a screen nobody sees, a place and a time nobody lives in, no network but this machine's.

Its files lie in memory where there is room: a till waits for the disk at every booking, and what a real disk keeps is
the matter of ``tests/power``, which records what was written instead of cutting the power.

The environment is set before Qt, Babel or the till look at it, and child processes inherit it.
"""

import gc
import ipaddress
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

pytest_plugins = ["tests.fakes.postgres", "tests.measured"]
"""Known to all folders from here: a fixture that each of them imported would start a server for each of them."""

SOAK_EXAMPLES_MAX = 2_000
MEMORY = Path("/dev/shm")  # noqa: S108 - folders made in it are their makers' own
MEMORY_MIN_BYTES = 4 * 1024**3
"""Room for everything that two processes keep at a time, several times over; a container's usual 64 MB are too few."""

NETWORK_EVENTS = frozenset({"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"})


class OutsideNetworkError(RuntimeError):
    """A test tried to reach another machine."""


def pytest_configure(config: pytest.Config) -> None:
    """Prepare this process once, before any test module is imported."""
    _set_environment()
    sys.addaudithook(refuse_outside_network)
    hypothesis.settings.register_profile("ci", derandomize=True, database=None, deadline=None)
    hypothesis.settings.register_profile("soak", deadline=None, max_examples=SOAK_EXAMPLES_MAX)
    hypothesis.settings.load_profile(config.getoption("--hypothesis-profile") or "ci")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    """Let Python look for garbage neither while all tests are found, nor in what that leaves for the whole run."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def _set_environment() -> None:
    """Make pictures, texts and times the same on every machine."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_FONT_DPI"] = "96"
    for name in ("QT_SCALE_FACTOR", "QT_STYLE_OVERRIDE", "QT_QPA_PLATFORMTHEME", "LANGUAGE", "LC_ALL"):
        os.environ.pop(name, None)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else each process that a test starts compiles everything anew
    if "TMPDIR" not in os.environ and has_room(MEMORY):
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # asked for before
    os.environ["LANG"] = "C.UTF-8"
    os.environ["TZ"] = "Europe/Berlin"
    if hasattr(time, "tzset"):
        time.tzset()


def has_room(memory: Path) -> bool:
    """Tell whether a file system in memory can hold what the tests write."""
    return os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= MEMORY_MIN_BYTES


def refuse_outside_network(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse sockets that leave this machine; an audit hook, so it also sees what libraries do.

    Raises:
        OutsideNetworkError: the address is not a loopback address and not a local socket file.
    """
    if event not in NETWORK_EVENTS or len(arguments) < 2:
        return
    address = arguments[1]
    if isinstance(address, tuple) and address and not _is_loopback(str(address[0])):
        message = f"tests stay on this machine, but something asked for {address!r}"
        raise OutsideNetworkError(message)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def _home_of_nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the tests out of the home folder of whoever runs them, and its settings out of the tests."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
            patch.setenv(name, str(home))
        for name in ("DATA", "CONFIG", "CACHE", "STATE"):
            patch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
        patch.setenv("XDG_RUNTIME_DIR", str(_private_folder(home / "runtime")))
        yield


def _private_folder(path: Path) -> Path:
    """Make a folder that only its owner can open; Qt warns about any other runtime folder."""
    path.mkdir(mode=0o700)
    return path


@pytest.fixture(scope="session", autouse=True)
def _commands_built_once() -> Iterator[None]:
    """Spare each command line that a test runs in this process the building of all commands."""
    from tests.fakes.built_commands import BuiltCommands

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("texts.command_line.frame.get_command", BuiltCommands())
        yield


@pytest.fixture(scope="session")
def qapp(qapp: "QApplication") -> "QApplication":
    """Give pytest-qt's application a cursor that does not blink, so that two pictures of one screen are equal."""
    qapp.setCursorFlashTime(0)
    return qapp
