"""What was kept long enough goes, in steps, once a day; who has points stays unless somebody says otherwise."""

from __future__ import annotations

import os
import threading
from datetime import date
from typing import TYPE_CHECKING

import msgspec
import pytest

from loyalty.directory import Profile, Role
from loyalty.outcomes import Reason, Refused
from storage.backup import layout_copy
from storage.errors import DiskFull
from storage.retention import idle_members
from storage.types import CardRow, CashierRow
from terminal.app import sweep
from terminal.app.retention import (
    DONE,
    ForgetCommand,
    Forgotten,
    forget_member,
    limits_of,
    old_files,
    overview,
)
from terminal.app.sweep import RetentionWatch, Sweeper
from terminal.app.till import Till
from terminal.crash import CRASH_FILE
from terminal.settings.retention import RetentionSettings
from terminal.sync.journal import OwnLedger
from tests.fakes.ledger import LedgerOfTests, card_number
from tests.fakes.ledger_joined import JoinedLedger

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

SETTINGS = RetentionSettings()
BY_ITSELF = RetentionSettings(inactive="by_itself")


def enrolled(ledger: LedgerOfTests, number: int, name: str = "Anna", points: int = 0) -> UUID:
    """A member with a card, and perhaps points."""
    member = ledger.member(number)
    with ledger.store.unit() as unit:
        unit.put_card(CardRow(ledger.ids.random_id(), card_number(number), member))
        unit.put_profile(member, Profile(name))
        unit.append(ledger.enrolment(member))
        if points:
            unit.append(ledger.adjustment(member, points))
    return member


def till_of(ledger: LedgerOfTests) -> Till:
    """Its use cases."""
    return Till(ledger.store, ledger.clock, ledger.ids)


def sweeper(ledger: LedgerOfTests, settings: RetentionSettings = SETTINGS) -> Sweeper:
    """As a command goes through it."""
    return Sweeper(OwnLedger(till_of(ledger)), ledger.directory, limits_of(settings, ledger.clock))


def names(ledger: LedgerOfTests) -> set[str]:
    """Everybody the till still knows by name."""
    with ledger.store.reader() as reader:
        profiles = [reader.profile(ledger.member(number)) for number in range(1, 6)]
    return {profile.name for profile in profiles if profile}


def test_periods_begin_with_the_end_of_the_year(ledger: LedgerOfTests) -> None:
    """As the law counts them: whatever happened in a year is as old as its last day."""
    limits = limits_of(SETTINGS, ledger.clock, now_s=1_000_000_000)
    assert limits.idle_before == date(2023, 1, 1)
    assert limits.vouchers_before == date(2018, 1, 1)
    assert limits.files_before_s == 1_000_000_000 - 90 * 24 * 3600
    never = limits_of(RetentionSettings(inactive_years=0), ledger.clock)
    assert never.idle_before is None


def test_a_member_is_due_on_the_first_of_january(ledger: LedgerOfTests) -> None:
    """Three whole years behind that of the last visit; with nobody due there is nothing to tell."""
    enrolled(ledger, 1)
    assert sweeper(ledger).members() == ((), 0)
    ledger.clock.advance(days=365 * 3 + 40)  # the last day of 2029
    assert ledger.clock.today() == date(2029, 12, 30)
    assert sweeper(ledger).members() == ((), 0)
    ledger.clock.advance(days=2)
    assert sweeper(ledger, RetentionSettings(inactive_years=0)).members() == ((), 0)
    assert sweeper(ledger).members() == ((ledger.member(1),), 0)
    assert names(ledger) == set()


def test_who_has_points_or_owes_some_is_asked_about(ledger: LedgerOfTests) -> None:
    """Points are money: the till says how many members stay because of them."""
    enrolled(ledger, 1, "Anna", 5)
    enrolled(ledger, 2, "Ben", -3)
    enrolled(ledger, 3, "Cem")
    ledger.clock.advance(days=365 * 5)
    with ledger.store.reader() as reader:
        found = overview(reader, ledger.directory, limits_of(SETTINGS, ledger.clock))
    due = {each.name: (each.card, each.idle.balance) for each in found.members}
    assert due == {"Anna": ("•••• 0018", 5), "Ben": ("•••• 0025", -3), "Cem": ("•••• 0032", 0)}
    assert (found.more, found.head_office_decides) == (False, False)
    assert sweeper(ledger).members() == ((ledger.member(3),), 2)
    assert names(ledger) == {"Anna", "Ben"}
    gone, kept = sweeper(ledger).members(with_points=True)
    assert (set(gone), kept) == ({ledger.member(1), ledger.member(2)}, 0)
    with ledger.store.reader() as reader:
        assert reader.account(ledger.member(1)).balance == 5, "the journal is as it was"


def test_a_visit_between_looking_and_forgetting_counts(ledger: LedgerOfTests) -> None:
    """What was found may be old when it is acted on."""
    member = enrolled(ledger, 1)
    other = enrolled(ledger, 2, "Ben")
    ledger.clock.advance(days=365 * 5)
    limits = limits_of(SETTINGS, ledger.clock)
    with ledger.store.reader() as reader:
        found = overview(reader, ledger.directory, limits)
    ledger.append(ledger.sale(member))
    ledger.append(ledger.adjustment(other, 4))
    assert limits.idle_before is not None
    for due in found.members:
        command = ForgetCommand(due.idle, limits.idle_before, with_points=True)
        assert forget_member(till_of(ledger), command) is False
    assert names(ledger) == {"Anna", "Ben"}
    command = ForgetCommand(msgspec.structs.replace(found.members[0].idle, balance=4), limits.idle_before)
    assert forget_member(till_of(ledger), command) is False, "points appeared, and nobody said they may be lost"


def test_members_of_a_joined_till_are_head_offices_to_forget(joined: JoinedLedger) -> None:
    """They may have bought elsewhere; notes are each till's own."""
    enrolled(joined, 1)
    joined.clock.advance(days=365 * 5)
    limits = limits_of(SETTINGS, joined.clock)
    with joined.store.reader() as reader:
        found = overview(reader, joined.directory, limits)
    assert (found.members, found.cashiers, found.head_office_decides) == ((), (), True)
    assert sweeper(joined).members() == ((), 0)
    assert limits.idle_before is not None
    idle = next(iter(idle_members(joined.directory, limits.idle_before)))
    refused = forget_member(till_of(joined), ForgetCommand(idle, limits.idle_before))
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.HEAD_OFFICE_DECIDES


def test_a_long_list_says_that_there_are_more(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look is bounded."""
    for number in range(1, 5):
        enrolled(ledger, number)
    ledger.clock.advance(days=365 * 5)
    monkeypatch.setattr("terminal.app.retention.MEMBERS_SHOWN_MAX", 3)
    with ledger.store.reader() as reader:
        found = overview(reader, ledger.directory, limits_of(SETTINGS, ledger.clock))
    assert (len(found.members), found.more) == (3, True)


def old_everything(ledger: LedgerOfTests, folder: Path) -> UUID:
    """A note, a person who left, a crash log, a register's file and the copy before an update, all of long ago."""
    text_ref = ledger.ids.random_id()
    left = CashierRow(ledger.ids.random_id(), "Mia", Role.CASHIER, "x", blocked=True)
    with ledger.store.unit() as unit:
        unit.put_text(text_ref, "alte Notiz")
        unit.append(ledger.adjustment(ledger.member(1), 5, text_ref))
        unit.put_cashier(left)
    (folder / DONE).mkdir(parents=True)
    paths = [ledger.directory / CRASH_FILE, layout_copy(ledger.directory, 1), folder / DONE / "sale.csv"]
    for path in paths:
        path.write_bytes(b"old")
        os.utime(path, (1, 1))
    ledger.clock.advance(days=365 * 10)
    return text_ref


def test_the_rest_goes_without_being_asked_about(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Notes of vouchers that are none any more, people who left, files; what is seen first is what goes."""
    folder = tmp_path / "register"
    text_ref = old_everything(ledger, folder)
    limits = limits_of(SETTINGS, ledger.clock)
    young = folder / DONE / "new.csv"
    young.write_bytes(b"new")
    (folder / DONE / "folder").mkdir()
    with ledger.store.reader() as reader:
        found = overview(reader, ledger.directory, limits, register_folder=folder)
    assert (found.texts, len(found.cashiers), len(found.files)) == (1, 1, 3)
    done = Sweeper(OwnLedger(till_of(ledger)), ledger.directory, limits, register_folder=folder).rest()
    assert (done.texts, done.cashiers, set(done.files)) == (1, 1, set(found.files))
    assert young.exists()
    with ledger.store.reader() as reader:
        assert reader.text(text_ref) is None
        assert reader.cashiers() == []
    assert sweeper(ledger).rest() == Forgotten()
    assert old_files(ledger.directory, limits, tmp_path / "no folder") == []


def test_a_till_that_ends_leaves_the_rest_for_tomorrow(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Between any two steps."""
    old_everything(ledger, tmp_path / "register")
    enrolled(ledger, 2)
    ledger.clock.advance(days=365 * 10)
    limits = limits_of(SETTINGS, ledger.clock)
    ending = Sweeper(OwnLedger(till_of(ledger)), ledger.directory, limits, stopping=lambda: True)
    assert ending.members() == ((), 0)
    assert ending.rest() == Forgotten(texts=1)
    assert len(sweeper(ledger).rest().files) == 2


# --------------------------------------------------------------------------------------- every day


def watch(
    ledger: LedgerOfTests, settings: RetentionSettings = SETTINGS, bugs: list[Exception] | None = None
) -> RetentionWatch:
    """The watch of a till."""
    owner = OwnLedger(till_of(ledger))
    found: list[Exception] = [] if bugs is None else bugs
    return RetentionWatch(owner, ledger.directory, settings, ledger.clock, register_folder=None, bug=found.append)


def test_once_a_day_the_till_sweeps(ledger: LedgerOfTests, tmp_path: Path) -> None:
    """Members only where the shop lets it do so by itself, and never those with points."""
    old_everything(ledger, tmp_path / "register")
    enrolled(ledger, 2, "Ben")
    ledger.clock.advance(days=365 * 10)
    asks = watch(ledger)
    done = asks.sweep()
    assert done is not None
    assert (done.texts, done.cashiers) == (1, 1)
    assert names(ledger) == {"Ben"}
    assert asks.sweep() is None, "today it is done"
    ledger.clock.advance(days=1)
    assert asks.sweep() == Forgotten()
    watch(ledger, BY_ITSELF).sweep()
    assert names(ledger) == set()


def test_the_watch_sleeps_until_it_is_time(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends with the till, whether it was ever started or not; a full disk is no reason to give up."""
    swept = threading.Event()
    looks: list[int] = []

    def sweep_once(self: RetentionWatch) -> None:
        looks.append(1)
        if len(looks) == 1:
            raise DiskFull("no room")
        swept.set()

    monkeypatch.setattr(sweep, "FIRST_LOOK_S", 0.0)
    monkeypatch.setattr(sweep, "LOOK_EVERY_S", 0.001)
    monkeypatch.setattr(RetentionWatch, "sweep", sweep_once)
    watch(ledger).stop()
    running = watch(ledger)
    running.start()
    assert swept.wait(10)
    running.stop()
    running.stop()
    assert len(looks) >= 2


def test_a_mistake_of_ours_is_written_down(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """The till goes on; the watch does not, for it would make the same mistake again."""
    bugs: list[Exception] = []

    def fail(_: RetentionWatch) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(sweep, "FIRST_LOOK_S", 0.0)
    monkeypatch.setattr(RetentionWatch, "sweep", fail)
    running = watch(ledger, bugs=bugs)
    running.start()
    running._thread.join(10)
    assert [type(bug) for bug in bugs] == [ZeroDivisionError]
    running.stop()
