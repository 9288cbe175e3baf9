"""Examines what is no device: bookings, disk, clock, settings, the line to head office, the program itself."""

from __future__ import annotations

from enum import StrEnum


class DataCode(StrEnum):
    """What can be found out about a till's data; the names are stable."""

    LEDGER_FINE = "ledger_fine"
    LEDGER_MISSING = "ledger_missing"
    LEDGER_DAMAGED = "ledger_damaged"
    LEDGER_UNREADABLE = "ledger_unreadable"
    DISK_FINE = "disk_fine"
    DISK_LOW = "disk_low"
    DISK_FULL = "disk_full"
    CLOCK_BEHIND = "clock_behind"
    CLOCK_OFF = "clock_off"
    SETTINGS_WRONG = "settings_wrong"
    SYNC_FINE = "sync_fine"
    SYNC_ALONE = "sync_alone"
    SYNC_WAITING = "sync_waiting"
    SYNC_CASES = "sync_cases"
    VERSIONS = "versions"
