"""Settings: declared once, checked all at once."""

from pathlib import Path

import pytest

from loyalty.document import Problem
from terminal.settings import (
    SETTINGS_FILE,
    Settings,
    SettingsWrong,
    declared,
    parse_settings,
    read_settings,
    settings_of,
)


def test_without_a_file_everything_is_the_default(tmp_path: Path) -> None:
    """A till runs without settings."""
    assert read_settings(tmp_path) == Settings()
    assert read_settings(tmp_path / "none") == Settings()


def test_a_file_sets_what_it_names() -> None:
    """The rest stays the default."""
    found = parse_settings('language = "de"\n[scanner]\nport = "/dev/ttyACM0"\n')
    assert isinstance(found, Settings)
    assert (found.language, found.scanner.port, found.scanner.baud) == ("de", "/dev/ttyACM0", 9600)


def test_every_mistake_is_told_at_once_with_its_line() -> None:
    """A file is corrected in one go."""
    problems = parse_settings('languages = "de"\n[report]\ninactive_after_days = 0\nbreakage_percent = "x"\n')
    assert isinstance(problems, list)
    assert {(problem.path, problem.line) for problem in problems} == {
        ("languages", 1),
        ("report.inactive_after_days", 3),
        ("report.breakage_percent", 4),
    }


@pytest.mark.parametrize(
    "text", ['language = "fr"', '[scanner]\nprefix = "\\r"', "[scanner]\nbaud = 9600.0", "[scanner"]
)
def test_values_out_of_range_are_refused(text: str) -> None:
    """A prefix with a line end, for one, would never match a frame."""
    assert isinstance(parse_settings(text), list)


@pytest.mark.parametrize("content", [b"\xff", b"#" * 70_000])
def test_any_bytes_are_told_and_not_a_crash(tmp_path: Path, content: bytes) -> None:
    """What stands in the file is somebody's editor's business."""
    (tmp_path / SETTINGS_FILE).write_bytes(content)
    with pytest.raises(SettingsWrong) as wrong:
        settings_of(tmp_path)
    assert wrong.value.file == tmp_path / SETTINGS_FILE
    assert isinstance(wrong.value.problems[0], Problem)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    """Editors on Windows write one."""
    (tmp_path / SETTINGS_FILE).write_bytes(b'\xef\xbb\xbflanguage = "en"')
    assert settings_of(tmp_path).language == "en"


def test_every_setting_says_what_it_does_and_may_be() -> None:
    """The settings screen and the documentation are made from the declaration."""
    found = {setting.key: setting for setting in declared()}
    assert {"language", "scanner.port", "scanner.baud", "report.breakage_percent"} <= set(found)
    assert found["scanner.baud"].values == "300 to 921600"
    assert found["scanner.terminator"].values.startswith('"cr", "lf"')
    assert found["language"].default == '""'
    assert all(setting.sentence.endswith(".") for setting in found.values())


def test_two_scanners_at_one_port_are_told_with_their_line() -> None:
    """Each would read half of every code."""
    problems = parse_settings('[scanner]\nport = "COM3"\n\n[[scanners]]\nname = "second"\nport = "COM3"\n')
    assert isinstance(problems, list)
    assert [(problem.path, problem.line) for problem in problems] == [("scanners[0].port", 6)]


def test_a_further_scanner_says_only_what_it_has_besides_the_first() -> None:
    """The rest reads in the table of the first."""
    assert [setting.key for setting in declared() if setting.key.startswith("scanners")] == ["scanners[].name"]
