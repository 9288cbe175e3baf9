"""The real sentences about head office, in both languages, on the smallest screen: the fakes' are only guesses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from loyalty.directory import Role
from loyalty.offline import SafeLimit, SafeToSpend
from loyalty.wire import ProblemCode
from terminal.app.adopt_pending import Unreadable
from terminal.app.cashiers import AddCashier, add_cashier
from terminal.messages import safe_text
from terminal.presenters.states import Notice, Screen, Tone
from terminal.presenters.sync_states import Purpose
from terminal.presenters.sync_words import trouble_text
from terminal.sync.outcomes import Invited
from terminal.sync.status import (
    PendingProgramme,
    Progress,
    SyncMode,
    SyncStatus,
    SyncTrouble,
    Task,
    UnreadableProgramme,
)
from tests.fakes.counter import Counter
from tests.fakes.legible import illegible
from tests.fakes.sale_states import replace as changed
from tests.fakes.stage import Stage
from tests.fakes.sync_line import FakeSyncActions, online

LONG_CODE = "K7QF-2M9X-ABCD-8PZT.MZXW6YTBOI4DCMRTGQ2TMNZYHE"
SERVING = "https://192.168.178.120:8470"


@pytest.fixture(params=["de", "en"])
def counter(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Counter]:
    """A counter in one language, with two managers."""
    made = Counter(tmp_path / "till", request.param)
    made.around.sync_actions = FakeSyncActions()
    for name in ("Mira K.", "Maximiliane-Charlotte v. H."):
        add_cashier(made.till, AddCashier(made.ids.random_id(), name, "2580", Role.MANAGER))
    yield made
    made.close()


def statuses(counter: Counter) -> dict[str, SyncStatus]:
    """Every way a till can stand with head office, at its longest."""
    good, now_us = online(counter), counter.clock.now_us()
    waits = replace(good, waiting=1_200, oldest_us=now_us - 90_000_000)
    told = {
        "alone": SyncStatus(),
        "starting": replace(good, mode=SyncMode.STARTING),
        "online": good,
        "sending": waits,
        "offline": replace(waits, mode=SyncMode.OFFLINE),
        "serving": replace(waits, serving=SERVING),
        "ended": replace(waits, mode=SyncMode.OFFLINE, url="https://localhost:8470"),
        "cases": replace(
            waits,
            quarantined=2,
            conflicts=3,
            clock_off_ms=420_000,
            caught_up=False,
            pending=PendingProgramme(1_204, now_us + 90_000_000_000),
        ),
        "unreadable": replace(good, unreadable=UnreadableProgramme(1_204, now_us, Unreadable.BROKEN)),
        "unreadable soon": replace(
            waits, unreadable=UnreadableProgramme(1_204, now_us + 90_000_000_000, Unreadable.BROKEN)
        ),
        "other currency": replace(good, unreadable=UnreadableProgramme(1_204, now_us, Unreadable.OTHER_CURRENCY)),
    }
    told |= {task.value: replace(good, progress=Progress(task, 100, 100)) for task in Task}
    problems = [*ProblemCode, *SyncTrouble]
    return told | {why.value: replace(waits, mode=SyncMode.PROBLEM, problem=why) for why in problems}


def test_every_state_of_the_line_can_be_read(counter: Counter, stage_in: Callable[[str], Stage]) -> None:
    """Pill, screen and start screen; a sentence that grew too long in one language is named."""
    stage = stage_in(counter.around.texts.language)
    faults: list[str] = []
    for name, status in statuses(counter).items():
        counter.shell.sync_status(status)
        counter.shell.show_sync()
        for screen, state in ((Screen.SYNC, counter.shell.sync.state), (Screen.IDLE, counter.shell.idle.state)):
            stage.show_state(screen, state)
            bar = changed(counter.shell.state.bar, cashier="Mira K.")
            stage.shell.show(changed(stage.states.shell(screen), bar=bar))
            stage.settle()
            faults += [f"{name}, {screen}: {fault}" for fault in illegible(stage.window)]
    assert faults == []


def test_every_form_can_be_read_also_with_a_no(counter: Counter, stage_in: Callable[[str], Stage]) -> None:
    """Each purpose, empty and after the longest refusal; then the code that was made."""
    stage = stage_in(counter.around.texts.language)
    faults: list[str] = []
    texts = counter.around.texts
    longest = max((trouble_text(texts, why) for why in [*ProblemCode, *SyncTrouble]), key=len)
    counter.shell.sync_status(statuses(counter)["offline"])
    for purpose in Purpose:
        counter.shell.show_sync_form(purpose)
        for notice in (None, Notice(longest, Tone.WARN)):
            if notice is not None:
                counter.shell.sync_form.say(notice)
            stage.show_state(Screen.SYNC_FORM, counter.shell.sync_form.state)
            faults += [f"{purpose}: {fault}" for fault in illegible(stage.window)]
    counter.shell.sync_status(statuses(counter)["serving"])
    counter.shell.show_sync(invited=Invited("Kasse 2", LONG_CODE))
    stage.show_state(Screen.SYNC, counter.shell.sync.state)
    assert faults + illegible(stage.window) == []


def test_every_note_about_an_account_can_be_read(counter: Counter, stage_in: Callable[[str], Stage]) -> None:
    """All limits of what is safe, with the moment of head office's last word behind them."""
    stage = stage_in(counter.around.texts.language)
    texts = counter.around.texts
    faults: list[str] = []
    for limit in SafeLimit:
        sentence = safe_text(texts, SafeToSpend(1_000, limit))
        whole = texts._("{sentence} As of: {when}.").format(sentence=sentence, when=texts._("Today {time}"))
        state = changed(stage.states.anna(), account_note=Notice(whole, Tone.WARN))
        stage.show_state(Screen.MEMBER, state)
        faults += [f"{limit}: {fault}" for fault in illegible(stage.window)]
    assert faults == []
