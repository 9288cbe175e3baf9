"""The line to head office at the till: pill, screen and forms, without a line and without a window."""

from __future__ import annotations

import pytest

from loyalty.wire import ProblemCode
from terminal.app.adopt_pending import Unreadable
from terminal.presenters.done import DONE_SHOWN_MS
from terminal.presenters.states import Screen, Tone
from terminal.presenters.sync_words import CLOCK_OFF_SHOWN_MS
from terminal.sync.status import (
    PendingProgramme,
    Progress,
    SyncMode,
    SyncTrouble,
    Task,
    UnreadableProgramme,
)
from tests.fakes.counter import ANNA, BEN, NEW_CARD, Counter
from tests.fakes.sync_line import FakeSyncActions, hear, noted, said

MIN_US = 60_000_000


def pill(counter: Counter) -> tuple[str, Tone]:
    """What the bar says."""
    shown = counter.shell.state.bar.connection
    return shown.text, shown.tone


def keys(counter: Counter) -> list[str]:
    """The buttons of the sync screen."""
    return [action.key for action in counter.shell.sync.state.actions]


# -- the pill ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "text", "tone"),
    [
        ({"mode": SyncMode.ALONE}, "Stands alone", Tone.NEUTRAL),
        ({"mode": SyncMode.STARTING, "waiting": 3}, "Connecting …", Tone.INFO),
        ({}, "Online, all sent", Tone.GOOD),
        ({"waiting": 3}, "Online, sending 3", Tone.INFO),
        ({"progress": Progress(Task.DOWNLOADING, 42, 100)}, "Fetching members, 42%", Tone.INFO),
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
    """No figures of a head office that is not there, but when one would help."""
    del line
    counter.shell.key("F7")
    assert "Several tills in this shop?" in noted(counter)
    assert keys(counter) == ["join", "serve"]
    assert counter.shell.sync.state.tiles == ()
    facts = dict(counter.shell.sync.state.facts)
    assert (facts["Shop"], facts["Till"], facts["Programme version"]) == ("Bäckerei Morgenrot", "Kasse 2", "1")
    assert int(facts["Bookings kept here"]) > 0


def test_the_demo_says_what_it_is_and_what_a_shop_could_do(counter: Counter) -> None:
    """It has no line: the buttons are there to be seen, do nothing, and the screen says why."""
    counter.around.is_demo = True
    counter.shell.key("F7")
    state = counter.shell.sync.state
    assert state.text == "This is the demo shop: its bookings are made up, and its till talks to nobody."
    assert [(action.key, action.enabled) for action in state.actions] == [("join", False), ("serve", False)]
    assert state.notes[0].text.startswith("In a shop of your own these buttons work")
    counter.shell.sync.act("join")
    counter.shell.sync.act("serve")
    assert counter.screen() is Screen.SYNC


def test_before_sync_runs_the_buttons_wait(counter: Counter) -> None:
    """For the first second of the till; nothing is said of a demo."""
    counter.shell.key("F7")
    assert [action.enabled for action in counter.shell.sync.state.actions] == [False, False]
    assert "In a shop of your own" not in noted(counter)


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
        ({"mode": SyncMode.OFFLINE, "url": "https://localhost:8470"}, ["sync_now", "serve", "leave"]),
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


def test_a_programme_that_cannot_be_read_is_told_with_what_to_do(counter: Counter, line: FakeSyncActions) -> None:
    """On the pill, the sync screen and the start screen, as long as it lasts; before it starts and afterwards."""
    del line
    now_us = counter.clock.now_us()
    hear(counter, unreadable=UnreadableProgramme(7, now_us + 24 * 60 * MIN_US, Unreadable.NEWER))
    bar = counter.shell.state.bar.connection
    assert (bar.text, bar.tone) == ("Online, update the till", Tone.BAD)
    counter.shell.key("F7")
    assert (counter.shell.sync.state.icon, counter.shell.sync.state.tone) == ("sync_problem", Tone.BAD)
    assert "version 7 starts on Sun 22 Nov at 10:00, and this till can't read it" in noted(counter)
    hear(counter, unreadable=UnreadableProgramme(7, now_us, Unreadable.NEWER))
    sentence = (
        "Programme version 7 is in force, but this till can't read it and goes on by the old rules. "
        "Update the till. (M-190)"
    )
    assert noted(counter) == sentence
    assert said(counter.shell.idle.state.notice) == sentence
    hear(counter, unreadable=UnreadableProgramme(7, now_us, Unreadable.BROKEN))
    assert noted(counter).endswith("If it is up to date, ask head office to publish the programme again.")
    hear(counter, unreadable=UnreadableProgramme(7, now_us, Unreadable.OTHER_CURRENCY))
    assert "M-189" in noted(counter)
    hear(counter)
    assert (noted(counter), counter.shell.idle.state.notice) == ("", None)
    assert counter.shell.state.bar.connection.text == "Online, all sent"


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


def test_the_connection_can_be_looked_at_wherever_nothing_is_lost_by_it(counter: Counter) -> None:
    """A tap works during a sale, at its end and on a new card; a half-filled form is not thrown away for it."""
    counter.scan(ANNA)
    for key in ("F4", "F5"):
        counter.shell.key(key)
        counter.shell.key("F7")
        assert counter.screen() is Screen.SYNC
        counter.shell.key("Esc")
        assert counter.screen() is Screen.MEMBER
    counter.shell.member.amount_typed("10")
    counter.shell.key("Enter")
    counter.shell.key("F7")
    assert counter.screen() is Screen.SYNC
    counter.schedule.pass_ms(DONE_SHOWN_MS)
    assert counter.screen() is Screen.SYNC, "the result's timer must not take the screen away"
    counter.shell.key("Esc")
    counter.scan(NEW_CARD)
    counter.shell.key("F2")
    counter.shell.key("F7")
    assert counter.screen() is Screen.ENROL
