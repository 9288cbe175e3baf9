"""Which settings would have to change for a scanner: those that differ, in the right table."""

from __future__ import annotations

from hardware.counters import DeviceView
from hardware.scans import DeviceState
from terminal.app.scanner_changes import scanner_changes
from terminal.settings import Settings
from terminal.settings.scanner import FurtherScanner, ScannerSettings
from terminal.settings.wedge import WedgeSettings

READY = (DeviceView(id="scanner", port="/dev/ttyACM0", state=DeviceState.READY),)
SHOP = Settings(
    scanner=ScannerSettings(port="/dev/ttyACM0"), scanners=(FurtherScanner(name="left", port="/dev/ttyUSB0"),)
)


def test_only_what_differs_is_changed() -> None:
    """A setting that fits is left out of the sentence and of the file."""
    wanted = {"terminator": "tab", "prefix": "", "code_letters": "none"}
    assert scanner_changes(SHOP, READY, "scanner", "/dev/ttyACM0", wanted) == {"scanner.terminator": "tab"}


def test_newlines_are_all_the_same() -> None:
    """The till takes each of them for each, so there is nothing to change."""
    for end in ("cr", "lf", "crlf"):
        assert scanner_changes(SHOP, READY, "scanner", "/dev/ttyACM0", {"terminator": end}) == {}


def test_a_further_scanner_has_its_own_table() -> None:
    """By the till's name for it."""
    assert scanner_changes(SHOP, READY, "left", "/dev/ttyUSB0", {"baud": 19200}) == {"scanners.left.baud": 19200}


def test_one_that_was_found_by_itself_has_the_first_table() -> None:
    """That is whose settings it is served with."""
    assert scanner_changes(Settings(), READY, "scanner-2", "/dev/ttyACM1", {"prefix": "#"}) == {"scanner.prefix": "#"}


def test_an_unknown_scanner_takes_the_place_of_one_that_does_not_work() -> None:
    """With its port: the settings named one that is not there."""
    lost = (DeviceView(id="scanner", port="/dev/ttyACM0", state=DeviceState.UNAVAILABLE),)
    assert scanner_changes(SHOP, lost, "/dev/ttyUSB7", "/dev/ttyUSB7", {"terminator": "tab"}) == {
        "scanner.port": "/dev/ttyUSB7",
        "scanner.terminator": "tab",
    }


def test_an_unknown_scanner_beside_one_that_works_becomes_a_further_one() -> None:
    """Under the first name that is free."""
    one = scanner_changes(SHOP, READY, "/dev/ttyUSB7", "/dev/ttyUSB7", {})
    assert one == {"scanners.second.port": "/dev/ttyUSB7"}
    taken = Settings(scanners=(FurtherScanner(name="second", port="/dev/ttyUSB0"),))
    two = scanner_changes(taken, READY, "/dev/ttyUSB7", "/dev/ttyUSB7", {})
    assert two == {"scanners.third.port": "/dev/ttyUSB7"}


def test_a_typing_scanner_changes_its_layout_only() -> None:
    """Where the settings name another one; "auto" finds it out by itself."""
    fixed = Settings(wedge=WedgeSettings(layout="fr"))
    assert scanner_changes(fixed, (), "keyboard", "", {"layout": "us"}) == {"wedge.layout": "us"}
    assert scanner_changes(Settings(), (), "keyboard", "", {"layout": "us"}) == {}
    assert scanner_changes(Settings(), (), "", "", {"terminator": "tab"}) == {}
