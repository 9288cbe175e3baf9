"""The line to head office at the till: pill, screen and forms, without a line and without a window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from loyalty.directory import Role
from loyalty.outcomes import Reason, Refused
from loyalty.wire import ProblemCode
from storage.errors import DiskFull
from terminal.app.cashiers import AddCashier, CashierKept, add_cashier
from terminal.presenters.states import Notice, Screen, Tone
from terminal.presenters.sync_words import CLOCK_OFF_SHOWN_MS
from terminal.sync.outcomes import Declined, Exported, Invited, Joined, Left, Serving
from terminal.sync.status import (
    KeyPlace,
    PendingProgramme,
    Progress,
    SyncMode,
    SyncStatus,
    SyncTrouble,
    Task,
)
from tests.fakes.counter import ANNA, BEN, Counter
from tests.fakes.sync_line import FakeSyncActions

MIN_US = 60_000_000


@pytest.fixture
def line(counter: Counter) -> FakeSyncActions:
    """Sync runs behind this counter."""
    made = FakeSyncActions()
    counter.around.sync_actions = made
    return made


def online(counter: Counter, **changed: object) -> SyncStatus:
    """A till in good order with head office, except for what a test says."""
    status = SyncStatus(
        SyncMode.ONLINE,
        acked_seq=12,
        last_contact_us=counter.clock.now_us(),
        store="Innenstadt",
        url="https://head.example:8443",
        key_place=KeyPlace.KEYRING,
    )
    return replace(status, **changed)  # type: ignore[arg-type]  # fields of the status


def hear(counter: Counter, **changed: object) -> None:
    """The line tells something new."""
    counter.shell.sync_status(online(counter, **changed))


def pill(counter: Counter) -> tuple[str, Tone]:
    """What the bar says."""
    shown = counter.shell.state.bar.connection
    return shown.text, shown.tone


def keys(counter: Counter) -> list[str]:
    """The buttons of the sync screen."""
    return [action.key for action in counter.shell.sync.state.actions]


def noted(counter: Counter) -> str:
    """All remarks of the sync screen."""
    return "\n".join(note.text for note in counter.shell.sync.state.notes)


def said(notice: Notice | None) -> str:
    """What a notice says."""
    return notice.text if notice else ""


# -- the pill ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "text", "tone"),
    [
        ({"mode": SyncMode.ALONE}, "Stands alone", Tone.NEUTRAL),
        ({}, "Online, all sent", Tone.GOOD),
        ({"waiting": 3}, "Online, sending 3", Tone.INFO),
        ({"progress": Progress(Task.DOWNLOADING, 42, 100)}, "Fetching members, 42 %", Tone.INFO),
        ({"progress": Progress(Task.CATCHING_UP, 42)}, "Catching up", Tone.INFO),
        ({"mode": SyncMode.OFFLINE}, "Offline, all sent", Tone.WARN),
        ({"mode": SyncMode.OFFLINE, "waiting": 1}, "Offline, 1 booking waiting", Tone.WARN),
        ({"mode": SyncMode.OFFLINE, "waiting": 1200}, "Offline, 1,200 bookings waiting", Tone.WARN),
        ({"mode": SyncMode.PROBLEM, "problem": ProblemCode.REVOKED, "waiting": 9}, "Sync problem", Tone.BAD),
    ],
)
def test_the_pill_says_in_words_how_the_till_stands(
    counter: Counter, changed: dict[str, object], text: str, tone: Tone
) -> None:
    """Calm alone, green when all is sent, amber offline, red only when somebody must do something."""
    hear(counter, **changed)
    assert pill(counter) == (text, tone)


def test_a_till_that_never_heard_of_head_office_stands_alone(counter: Counter) -> None:
    """Nothing is missing and nothing is waited for."""
    assert pill(counter) == ("Stands alone", Tone.NEUTRAL)


def test_a_problem_is_told_with_what_to_do_wherever_the_till_rests(counter: Counter) -> None:
    """The pill speaks the sentence, the start screen shows it, until it is over."""
    hear(counter, mode=SyncMode.PROBLEM, problem=ProblemCode.FENCED)
    assert "M-248" in counter.shell.state.bar.connection.spoken
    assert "M-248" in said(counter.shell.idle.state.notice)
    hear(counter)
    assert counter.shell.state.bar.connection.spoken == ""
    assert counter.shell.idle.state.notice is None


def test_being_offline_is_no_news_for_the_start_screen(counter: Counter) -> None:
    """A line that is down for an hour must not cover the sentence of the last scan."""
    hear(counter, mode=SyncMode.OFFLINE, waiting=4)
    assert counter.shell.idle.state.notice is None


# -- the screen --------------------------------------------------------------------------------------------------------


def test_f7_shows_what_waits_since_when(counter: Counter, line: FakeSyncActions) -> None:
    """Figures in words: how many, the oldest, the last contact, whose store."""
    del line
    now_us = counter.clock.now_us()
    hear(counter, mode=SyncMode.OFFLINE, waiting=12, oldest_us=now_us - 90 * MIN_US, last_contact_us=now_us - MIN_US)
    counter.shell.key("F7")
    state = counter.shell.sync.state
    assert counter.screen() is Screen.SYNC
    assert (state.headline, state.tone, state.icon) == ("Offline, 12 bookings waiting", Tone.WARN, "cloud_off")
    assert "redeeming within what is safe" in state.text
    assert [tile.value for tile in state.tiles] == ["12", "Today 09:59"]
    assert state.tiles[0].detail == "the oldest since: Today 08:30"
    assert ("Store", "Innenstadt") in state.facts
    assert ("Key of this till", "in this computer's key store") in state.facts


def test_a_till_alone_offers_to_join_or_to_serve(counter: Counter, line: FakeSyncActions) -> None:
    """No figures of a head office that is not there."""
    del line
    counter.shell.key("F7")
    assert keys(counter) == ["join", "serve"]
    assert counter.shell.sync.state.tiles == ()
    assert counter.shell.sync.state.facts == ()


def test_without_sync_the_screen_offers_nothing(counter: Counter) -> None:
    """The demo has no line; its screen explains and promises nothing."""
    counter.shell.key("F7")
    assert keys(counter) == []
    counter.shell.sync.act("join")
    assert counter.screen() is Screen.SYNC


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({}, ["sync_now", "leave"]),
        ({"mode": SyncMode.OFFLINE, "waiting": 2}, ["sync_now", "export", "leave"]),
        (
            {"mode": SyncMode.PROBLEM, "problem": ProblemCode.REVOKED, "waiting": 2},
            ["sync_now", "join", "export", "leave"],
        ),
        ({"mode": SyncMode.PROBLEM, "problem": ProblemCode.CLOCK_OFF}, ["sync_now", "leave"]),
        ({"serving": "https://192.168.1.20:8443"}, ["sync_now", "invite", "serve_end"]),
    ],
)
def test_the_screen_offers_what_helps_now(
    counter: Counter, line: FakeSyncActions, changed: dict[str, object], wanted: list[str]
) -> None:
    """Joining again only where it cures something, a file only when something waits."""
    del line
    hear(counter, **changed)
    counter.shell.key("F7")
    assert keys(counter) == wanted


def test_sync_now_asks_once_and_not_during_a_long_task(counter: Counter, line: FakeSyncActions) -> None:
    """A button that can do nothing is dead, whatever presses it."""
    hear(counter)
    counter.shell.key("F7")
    counter.shell.sync.act("sync_now")
    assert line.asked == [("sync_now",)]
    hear(counter, progress=Progress(Task.DOWNLOADING, 1, 2))
    counter.shell.sync.act("sync_now")
    assert line.asked == [("sync_now",)]
    assert counter.shell.sync.state.percent == 50


def test_cases_clock_and_the_next_programme_are_explained(counter: Counter, line: FakeSyncActions) -> None:
    """What people must look at says what it is and who can help; what is in order says nothing."""
    del line
    hear(counter)
    counter.shell.key("F7")
    assert noted(counter) == ""
    starts_us = counter.clock.now_us() + 24 * 60 * MIN_US
    hear(
        counter,
        quarantined=1,
        conflicts=2,
        clock_off_ms=-7 * 60_000,
        caught_up=False,
        pending=PendingProgramme(4, starts_us),
    )
    for piece in ("1 booking can't be read", "2 cases", "7 minutes slow", "M-184", "version 4 starts on", "at 10:00"):
        assert piece in noted(counter), piece
    hear(counter, clock_off_ms=CLOCK_OFF_SHOWN_MS - 1)
    assert noted(counter) == ""
    hear(counter, clock_off_ms=CLOCK_OFF_SHOWN_MS)
    assert "2 minutes fast" in noted(counter)


def test_a_key_that_is_gone_is_called_missing(counter: Counter) -> None:
    """Not an empty line: somebody on the phone asks for it."""
    hear(counter, mode=SyncMode.PROBLEM, problem=SyncTrouble.KEYS_MISSING, key_place=None, acked_seq=0)
    counter.shell.key("F7")
    assert ("Key of this till", "missing") in counter.shell.sync.state.facts
    assert ("Sent up to booking", "–") in counter.shell.sync.state.facts


def test_an_open_sale_waits_behind_the_sync_screen(counter: Counter, line: FakeSyncActions) -> None:
    """Looking at the connection costs nobody their amount, and neither does another customer's card."""
    del line
    counter.scan(ANNA)
    counter.shell.member.amount_typed("23,45")
    counter.shell.key("F7")
    counter.scan(BEN)
    assert counter.screen() is Screen.MEMBER
    assert "M-170" in said(counter.shell.member.state.notice)
    counter.shell.key("F7")
    counter.shell.key("Esc")
    assert counter.shell.member.state.amount == "23,45"


def test_the_screen_speaks_another_language_at_once(counter: Counter) -> None:
    """As every screen does."""
    counter.shell.key("F7")
    before = counter.shell.sync.state
    counter.shell.language("de")
    assert counter.shell.state.bar.connection.text != before.headline


# -- joining -----------------------------------------------------------------------------------------------------------


def fill(counter: Counter, **values: str) -> None:
    """Type into the form."""
    for name, text in values.items():
        counter.shell.sync_form.field_typed(name, text)


def begin(counter: Counter, purpose: str) -> None:
    """Open a form from the sync screen."""
    counter.shell.key("F7")
    counter.shell.sync.act(purpose)
    assert counter.screen() is Screen.SYNC_FORM


def test_joining_takes_an_address_and_a_code_as_people_type_them(counter: Counter, line: FakeSyncActions) -> None:
    """Groups with blanks, an address without its scheme; Enter while it is under way asks nothing twice."""
    begin(counter, "join")
    assert not counter.shell.sync_form.state.primary_enabled
    counter.shell.key("Enter")
    assert line.asked == []
    fill(counter, url=" head.example:8443 ", code="K7QF-2M9X -ABCD-8PZT")
    counter.shell.key("Enter")
    counter.shell.key("Enter")
    fill(counter, code="something else")
    assert line.asked == [("join", "https://head.example:8443", "K7QF-2M9X-ABCD-8PZT")]
    assert counter.shell.sync_form.state.busy
    line.answer(Joined("Innenstadt", 1200))
    assert counter.screen() is Screen.SYNC
    assert noted(counter) == "This till belongs to Innenstadt now; 1,200 bookings are on their way."


def test_a_scheme_that_was_typed_is_kept(counter: Counter, line: FakeSyncActions) -> None:
    """On this very computer plain http is allowed; whoever joins decides, not the form."""
    begin(counter, "join")
    fill(counter, url="http://127.0.0.1:8080", code="x")
    counter.shell.key("Enter")
    assert line.asked == [("join", "http://127.0.0.1:8080", "x")]


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Declined(ProblemCode.CODE_INVALID), "M-249"),
        (Declined(SyncTrouble.UNREACHABLE), "M-260"),
        (Declined(SyncTrouble.CERTIFICATE_WRONG), "M-262"),
        (Refused(Reason.ALREADY_JOINED), "M-165"),
    ],
)
def test_a_join_that_fails_says_why_and_keeps_what_was_typed(
    counter: Counter, line: FakeSyncActions, outcome: object, code: str
) -> None:
    """Correct one character and press Enter again."""
    begin(counter, "join")
    fill(counter, url="head.example", code="K7QF")
    counter.shell.key("Enter")
    line.answer(outcome)
    state = counter.shell.sync_form.state
    assert code in said(state.notice)
    assert [field.value for field in state.fields] == ["head.example", "K7QF"]
    assert state.primary_enabled
    assert "K7QF" not in repr(state)


def test_selling_goes_on_while_head_office_takes_its_time(counter: Counter, line: FakeSyncActions) -> None:
    """Nothing of a join blocks a scan; its answer is said where the cashier is then."""
    begin(counter, "join")
    fill(counter, url="head.example", code="K7QF")
    counter.shell.key("Enter")
    counter.scan(ANNA)
    counter.shell.member.amount_typed("23,45")
    line.answer(Joined("Innenstadt", 3))
    assert counter.screen() is Screen.MEMBER
    assert "belongs to Innenstadt" in said(counter.shell.member.state.notice)
    assert counter.shell.member.state.amount == "23,45"


def test_a_refused_join_is_said_elsewhere_too(counter: Counter, line: FakeSyncActions) -> None:
    """Esc leaves the form; the no still arrives."""
    begin(counter, "join")
    fill(counter, url="head.example", code="K7QF")
    counter.shell.key("Enter")
    counter.shell.key("Esc")
    line.answer(Declined(ProblemCode.CODE_INVALID))
    assert counter.screen() is Screen.SYNC
    assert "M-249" in noted(counter)


def test_what_breaks_while_joining_covers_the_screen(counter: Counter, line: FakeSyncActions) -> None:
    """A full disk is a breakage like everywhere else; afterwards one may try again."""
    begin(counter, "join")
    fill(counter, url="head.example", code="K7QF")
    counter.shell.key("Enter")
    line.fail(DiskFull("x"))
    assert counter.shell.state.fatal is not None
    counter.shell.key("Enter")
    assert counter.shell.sync_form.state.primary_enabled


# -- serving, inviting, handing in -------------------------------------------------------------------------------------


def test_serving_the_other_tills_begins_and_ends(counter: Counter, line: FakeSyncActions) -> None:
    """One press each; while it starts no button works, and a start that fails says so."""
    counter.shell.key("F7")
    counter.shell.sync.act("serve")
    assert not any(action.enabled for action in counter.shell.sync.state.actions)
    line.answer(Declined(SyncTrouble.CANNOT_SERVE))
    assert "M-269" in noted(counter)
    counter.shell.sync.act("serve")
    line.answer(Serving("https://192.168.1.20:8443"))
    assert "serves the others now" in noted(counter)
    hear(counter, serving="https://192.168.1.20:8443")
    counter.shell.sync.act("serve_end")
    line.answer(Serving(""))
    assert "no longer serves" in noted(counter)
    assert line.asked == [("serve", True), ("serve", True), ("serve", False)]


def test_a_server_that_breaks_frees_the_buttons_again(counter: Counter, line: FakeSyncActions) -> None:
    """The breakage is read, and the screen works."""
    counter.shell.key("F7")
    counter.shell.sync.act("serve")
    line.fail(DiskFull("x"))
    counter.shell.key("Enter")
    assert all(action.enabled for action in counter.shell.sync.state.actions)


def test_a_code_for_another_till_is_shown_once(counter: Counter, line: FakeSyncActions) -> None:
    """With the address to type there; leaving the screen forgets it."""
    hear(counter, serving="https://192.168.1.20:8443")
    begin(counter, "invite")
    fill(counter, name="Kasse 2")
    counter.shell.key("Enter")
    assert line.asked == [("invite", "Kasse 2")]
    line.answer(Invited("Kasse 2", "K7QF-2M9X-ABCD-8PZT"))
    state = counter.shell.sync.state
    assert state.code == "K7QF-2M9X-ABCD-8PZT"
    assert "Kasse 2" in state.code_caption
    assert "https://192.168.1.20:8443" in state.code_caption
    counter.shell.key("Esc")
    counter.shell.key("F7")
    assert counter.shell.sync.state.code == ""


def test_a_code_that_can_not_be_made_is_refused_in_the_form(counter: Counter, line: FakeSyncActions) -> None:
    """The name stays for another try."""
    hear(counter, serving="https://192.168.1.20:8443")
    begin(counter, "invite")
    fill(counter, name="Kasse 2")
    counter.shell.key("Enter")
    line.answer(Declined(ProblemCode.UNAVAILABLE))
    assert "M-253" in said(counter.shell.sync_form.state.notice)


def test_unsent_bookings_go_into_a_file_that_is_named(counter: Counter, line: FakeSyncActions) -> None:
    """A file name is proposed; afterwards the screen says how many bookings are in it."""
    hear(counter, mode=SyncMode.OFFLINE, waiting=12)
    begin(counter, "export")
    assert counter.shell.sync_form.state.primary_enabled
    fill(counter, file="/media/stick/kasse-2.json")
    counter.shell.key("Enter")
    assert line.asked == [("export", Path("/media/stick/kasse-2.json"))]
    line.answer(Declined(SyncTrouble.FILE_NOT_WRITTEN))
    assert "M-270" in said(counter.shell.sync_form.state.notice)
    counter.shell.key("Enter")
    line.answer(Exported(Path("/media/stick/kasse-2.json"), 12))
    assert noted(counter) == "12 bookings are in kasse-2.json. Hand the file in at head office."


# -- leaving -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def manager(counter: Counter) -> UUID:
    """Mira runs the shop; Jo works at the till."""
    kept = add_cashier(counter.till, AddCashier(counter.ids.random_id(), "Mira K.", "2580", Role.MANAGER))
    assert isinstance(kept, CashierKept)
    add_cashier(counter.till, AddCashier(counter.ids.random_id(), "Jo", "9417"))
    return kept.cashier.cashier_id


def test_leaving_asks_a_manager_and_warns_of_what_was_not_sent(
    counter: Counter, line: FakeSyncActions, manager: UUID
) -> None:
    """Only managers are asked; the PIN is digits, handed on once and forgotten."""
    hear(counter, mode=SyncMode.OFFLINE, waiting=12)
    begin(counter, "leave")
    state = counter.shell.sync_form.state
    assert [choice.text for choice in state.people] == ["Mira K."]
    assert "12 bookings have not been sent" in said(state.warning)
    assert state.danger
    fill(counter, pin="2x5")
    assert not counter.shell.sync_form.state.primary_enabled
    fill(counter, pin="2580")
    counter.shell.key("Enter")
    assert line.asked == [("leave", manager, "2580")]
    assert [field.value for field in counter.shell.sync_form.state.fields] == [""]
    line.answer(Refused(Reason.PIN_WRONG))
    assert "M-150" in said(counter.shell.sync_form.state.notice)
    fill(counter, pin="2580")
    counter.shell.key("Enter")
    line.answer(Left(12))
    assert noted(counter) == "This till stands alone again."


def test_with_several_managers_one_has_to_say_who(counter: Counter, line: FakeSyncActions, manager: UUID) -> None:
    """Nobody signs for somebody else by habit, and a PIN typed for one is not another's."""
    add_cashier(counter.till, AddCashier(counter.ids.random_id(), "Berta", "8642", Role.MANAGER))
    hear(counter)
    begin(counter, "leave")
    fill(counter, pin="2580")
    assert not counter.shell.sync_form.state.primary_enabled
    counter.shell.sync_form.choose(str(manager))
    assert not counter.shell.sync_form.state.primary_enabled
    fill(counter, pin="2580")
    counter.shell.key("Enter")
    assert line.asked == [("leave", manager, "2580")]


def test_where_nobody_has_a_pin_leaving_needs_none(counter: Counter, line: FakeSyncActions) -> None:
    """A shop without cashiers is led by whoever stands there; nothing unsent, no warning."""
    hear(counter)
    begin(counter, "leave")
    assert counter.shell.sync_form.state.fields == ()
    assert counter.shell.sync_form.state.warning is None
    counter.shell.key("Enter")
    assert line.asked == [("leave", None, "")]
