"""The whole till on a ledger that belongs to head office, before and while the line is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from storage.store import open_store
from terminal.presenters.states import Screen, Tone
from terminal.sync.status import SyncMode, SyncStatus
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.counter import ANNA
from tests.fakes.ledger_joined import PROFILE_KEY, PROGRAMME_KEY, head_office
from tests.ui.till.conftest import Rig


@pytest.fixture
def shop(shop: Path) -> Path:
    """The same shop, after it has joined; head office has not been heard yet."""
    clock = FakeClock()
    with open_store(shop, clock=clock, ids=SeededIds(3, clock)) as store:
        store.join(head_office(), programme_key=PROGRAMME_KEY, profile_key=PROFILE_KEY)
    return shop


def test_a_joined_till_opens_connecting_and_never_claims_to_stand_alone(rig: Rig) -> None:
    """The first painted bar knows whom the till belongs to; the screen behind the pill says how much waits."""
    assert rig.till.shell.state.bar.connection.text == "Connecting …"
    rig.tap("connection")
    rig.until_screen(Screen.SYNC)
    state = rig.till.shell.sync.state
    assert int(state.tiles[0].value) > 0
    assert ("Store", "Mitte") in state.facts


def test_awards_go_on_and_nothing_is_redeemed_before_head_office_was_heard(rig: Rig) -> None:
    """A whole sale, by scan and keys, on a till whose line is not up yet."""
    rig.scanner.scan(ANNA)
    rig.until_screen(Screen.MEMBER)
    note = rig.till.shell.member.state.account_note
    assert note is not None
    assert note.tone is Tone.WARN
    rig.until_painted("accountNote", note.text)
    rig.type("10,00")
    rig.keys(Qt.Key.Key_Return)
    rig.until_screen(Screen.DONE)


def test_what_the_sync_thread_tells_is_painted(rig: Rig) -> None:
    """A status from another thread reaches the bar through the bridge, as the real one does."""
    rig.till.bridge.deliver(lambda: rig.till.shell.sync_status(SyncStatus(SyncMode.OFFLINE, waiting=12)))
    rig.until_painted("connection", "Offline, 12 bookings waiting")


def test_the_report_offers_the_whole_store_and_falls_back_to_the_till(rig: Rig) -> None:
    """By finger and by key; as long as there is no line the till's own day stays on, with the reason."""
    rig.keys(Qt.Key.Key_F8)
    rig.until_screen(Screen.REPORT)
    rig.until_painted("standing", "Only what was booked at this till")
    assert [choice.chosen for choice in rig.till.shell.report.state.whose] == [True, False]
    asks: tuple[Callable[[], None], ...] = (lambda: rig.tap("storeDay"), lambda: rig.keys(Qt.Key.Key_F4))
    for ask in asks:
        rig.tap("previousDay")
        rig.until(lambda: rig.till.shell.report.state.notice is None and not rig.till.shell.report.state.busy)
        ask()
        rig.until(lambda: rig.till.shell.report.state.notice is not None)
        rig.until(lambda: not rig.till.shell.report.state.busy)
        assert [choice.chosen for choice in rig.till.shell.report.state.whose] == [True, False]
        notice = rig.till.shell.report.state.notice
        assert notice is not None
        assert "(M-186) Shown is this till alone." in notice.text


def test_another_tills_booking_is_asked_for_by_its_number_with_keys_alone(rig: Rig) -> None:
    """F6, the number, Enter; without a line the cashier is told at once what else there is, and Esc leads out."""
    rig.till.bridge.deliver(lambda: rig.till.shell.sync_status(SyncStatus(SyncMode.OFFLINE)))
    rig.until_painted("connection", "Offline, all sent")
    rig.keys(Qt.Key.Key_F6)
    rig.until_screen(Screen.VOID)
    rig.type("0198c0de-0000-7000-8000-000000000001")
    rig.until(lambda: rig.till.shell.void.state.primary == "Find the booking")
    rig.keys(Qt.Key.Key_Return)
    rig.until(lambda: bool(rig.till.shell.void.state.fields))
    notice = rig.till.shell.void.state.notice
    assert notice is not None
    assert "(M-148)" in notice.text
    rig.keys(Qt.Key.Key_Escape)
    rig.until_screen(Screen.IDLE)
