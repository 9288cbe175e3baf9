"""The forms about head office: joining, serving the other tills, handing in a file, leaving."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from loyalty.directory import Role
from loyalty.outcomes import Reason, Refused
from loyalty.wire import ProblemCode
from storage.errors import DiskFull
from terminal.app.cashiers import AddCashier, CashierKept, add_cashier
from terminal.presenters.states import Screen
from terminal.sync.outcomes import Declined, Exported, Invited, Joined, Left, Serving
from terminal.sync.status import SyncMode, SyncTrouble
from tests.fakes.counter import ANNA, Counter
from tests.fakes.sync_line import FakeSyncActions, hear, noted, said

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
    assert line.asked == [("join", "head.example:8443", "K7QF-2M9X-ABCD-8PZT")]
    assert counter.shell.sync_form.state.busy
    line.answer(Joined("Innenstadt", 1200))
    assert counter.screen() is Screen.SYNC
    assert "This till belongs to Innenstadt now; 1,200 bookings are on their way." in noted(counter)


def test_a_scheme_that_was_typed_is_kept(counter: Counter, line: FakeSyncActions) -> None:
    """On this very computer plain http is allowed, and needs no scheme; whoever joins decides, not the form."""
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
    assert "One moment" in noted(counter)
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
