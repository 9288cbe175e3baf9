"""Scanners in the settings: what contradicts itself is told."""

import pytest

from terminal.settings.scanner import FurtherScanner, ScannerSettings, clashes


def second(port: str = "/dev/ttyACM1", name: str = "second") -> FurtherScanner:
    """A further scanner."""
    return FurtherScanner(port=port, name=name)


@pytest.mark.parametrize(
    ("first", "further"),
    [
        ("", []),
        ("", [second()]),
        ("off", [second("off"), second("off", "third")]),
        ("/dev/ttyACM0", [second(), second("/dev/ttyACM2", "third")]),
    ],
)
def test_scanners_that_can_be_told_apart_are_fine(first: str, further: list[FurtherScanner]) -> None:
    """Each has its own port and name; off is no port."""
    assert clashes(ScannerSettings(port=first), further) == []


def test_one_port_for_two_scanners_is_refused() -> None:
    """Each would get half of every code, and who is told which is chance."""
    (problem,) = clashes(ScannerSettings(port="/dev/ttyACM0"), [second("/dev/ttyACM0")])
    assert problem.path == "scanners[0].port"
    assert "`scanner`" in problem.message


def test_one_port_for_two_further_scanners_is_refused() -> None:
    """The message names the table that has it already."""
    (problem,) = clashes(ScannerSettings(), [second(), second(name="third")])
    assert (problem.path, "`scanners[0]`" in problem.message) == ("scanners[1].port", True)


def test_a_further_scanner_needs_a_port() -> None:
    """Two that look for themselves would look for the same."""
    (problem,) = clashes(ScannerSettings(), [second("")])
    assert problem.path == "scanners[0].port"


@pytest.mark.parametrize("name", ["scanner", "left"])
def test_one_name_for_two_scanners_is_refused(name: str) -> None:
    """A name is how the till says which of them is gone."""
    problems = clashes(ScannerSettings(), [second(name="left"), second("/dev/ttyACM2", name)])
    assert [problem.path for problem in problems] == ["scanners[1].name"]
