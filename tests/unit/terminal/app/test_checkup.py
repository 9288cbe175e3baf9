"""Findings about bookings, disk, clock and settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware.findings import Finding, Severity
from loyalty.document import Problem
from storage.files import LEDGER_FILE
from storage.store import open_store
from terminal.app.checkup import CLOCK_BEHIND_US, DISK_FULL_BYTES, DISK_LOW_BYTES, DataCode, check_data, check_settings
from terminal.backup.memory import remember_elsewhere
from terminal.backup.status import Made
from terminal.settings import SETTINGS_FILE
from tests.fakes.command_line import ANNA, BEN, CommandLine

PLENTY = 10 * DISK_LOW_BYTES


@pytest.fixture
def shop(tmp_path: Path) -> CommandLine:
    """A shop with one sale."""
    command = CommandLine(tmp_path / "shop")
    command.done("init", "--shop", "Bäckerei Morgenrot", "--currency", "EUR")
    command.done("member", "add", "--name", "Anna Schneider", "--card", ANNA)
    command.done("earn", ANNA, "12.50")
    return command


def look(command: CommandLine, free: int = PLENTY) -> dict[str, Finding]:
    """By code what a check-up finds."""
    checkup = check_data(command.directory, clock=command.clock, ids=command.ids, free_bytes=lambda _path: free)
    return {finding.code: finding for finding in checkup.findings}


def copied(shop: CommandLine) -> None:
    """The shop's data is on a stick, as the till remembers."""
    with open_store(shop.directory, clock=shop.clock, ids=shop.ids, writable=False) as store, store.reader() as reader:
        head = reader.head()
    made = Made("/media/stick", "x.backup", shop.clock.now_us(), head.seq, head.epoch, 1)
    remember_elsewhere(shop.directory, made)


def test_a_healthy_shop_is_fine(shop: CommandLine) -> None:
    """Bookings readable, disk roomy, alone, a copy on a stick, and what runs here."""
    copied(shop)
    found = look(shop)
    assert set(found) == {
        DataCode.LEDGER_FINE,
        DataCode.DISK_FINE,
        DataCode.SYNC_ALONE,
        DataCode.BACKUP_FINE,
        DataCode.VERSIONS,
    }
    assert found[DataCode.LEDGER_FINE].values["count"] == str(shop.records())
    assert {finding.severity for finding in found.values()} == {Severity.FINE}


def test_members_who_do_not_come_any_more_are_somebodys_to_decide(
    shop: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only counted, and not without end; silent where the shop keeps members for ever, or its settings are wrong."""
    monkeypatch.setattr("terminal.app.checkup.DUE_COUNTED_MAX", 2)
    assert DataCode.MEMBERS_DUE not in look(shop)
    shop.clock.advance(days=4 * 366)
    assert look(shop)[DataCode.MEMBERS_DUE].values == {"count": "1"}
    shop.done("member", "add", "--name", "Ben", "--card", BEN)
    shop.clock.advance(days=4 * 366)
    assert look(shop)[DataCode.MEMBERS_DUE].values == {"count": "2+"}
    (shop.directory / SETTINGS_FILE).write_text("[retention]\ninactive_years = 0\n")
    assert DataCode.MEMBERS_DUE not in look(shop)
    (shop.directory / SETTINGS_FILE).write_text("[retention]\ninactive = 7\n")
    assert DataCode.MEMBERS_DUE not in look(shop)


def test_the_check_up_counts_without_naming_anybody(shop: CommandLine) -> None:
    """Numbers for support."""
    checkup = check_data(shop.directory, clock=shop.clock, ids=shop.ids)
    assert checkup.counts["records"] == shop.records()


def test_data_that_would_not_outlive_its_disk_is_told(shop: CommandLine) -> None:
    """While nothing was copied off it, and when bookings have come since a copy of days ago."""
    assert look(shop)[DataCode.BACKUP_NONE].severity is Severity.WARNING
    copied(shop)
    shop.clock.advance(days=30)
    assert look(shop)[DataCode.BACKUP_FINE].severity is Severity.FINE, "nothing was booked since"
    shop.done("earn", ANNA, "3.00")
    assert look(shop)[DataCode.BACKUP_OLD].severity is Severity.WARNING


def test_a_folder_without_a_shop_is_told(tmp_path: Path) -> None:
    """With the command that sets one up."""
    assert look(CommandLine(tmp_path / "none"))[DataCode.LEDGER_MISSING].severity is Severity.BROKEN


def test_a_damaged_ledger_is_told(shop: CommandLine) -> None:
    """As the quick check finds it."""
    file = shop.directory / LEDGER_FILE
    content = bytearray(file.read_bytes())
    content[:64] = b"\0" * 64
    file.write_bytes(content)
    assert look(shop)[DataCode.LEDGER_DAMAGED].severity is Severity.BROKEN


@pytest.mark.parametrize(
    ("free", "code", "severity"),
    [
        (DISK_LOW_BYTES, DataCode.DISK_FINE, Severity.FINE),
        (DISK_LOW_BYTES - 1, DataCode.DISK_LOW, Severity.WARNING),
        (DISK_FULL_BYTES, DataCode.DISK_LOW, Severity.WARNING),
        (DISK_FULL_BYTES - 1, DataCode.DISK_FULL, Severity.BROKEN),
    ],
)
def test_the_disk_is_told_before_it_is_full(shop: CommandLine, free: int, code: DataCode, severity: Severity) -> None:
    """With what is left, as disks are sold."""
    assert look(shop, free)[code].severity is severity


def test_a_clock_behind_the_newest_booking_is_told(shop: CommandLine) -> None:
    """It was set back, or was ahead when the booking was made; a minute is nobody's business."""
    shop.clock.advance(seconds=-(CLOCK_BEHIND_US // 2_000_000))
    assert DataCode.CLOCK_BEHIND not in look(shop)
    shop.clock.advance(days=-1)
    finding = look(shop)[DataCode.CLOCK_BEHIND]
    assert finding.severity is Severity.WARNING
    assert finding.values["now"] < finding.values["newest"]


def test_each_mistake_of_the_settings_is_a_finding(tmp_path: Path) -> None:
    """With the file to correct."""
    found = check_settings(tmp_path, [Problem("scanner.baud", "too fast"), Problem("x", "unknown")])
    assert [each.values["detail"] for each in found] == ["scanner.baud: too fast", "x: unknown"]
    assert {each.severity for each in found} == {Severity.BROKEN}
