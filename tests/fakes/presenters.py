"""Presenters that remember what a view asked of them and show whatever state a test gives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from terminal.presenters.doctor_states import DoctorState
from terminal.presenters.form_states import FormState
from terminal.presenters.report_states import ReportState
from terminal.presenters.states import (
    DoneState,
    EnrolState,
    FindState,
    HelpState,
    HistoryState,
    IdleState,
    LockState,
    MemberState,
    RedeemState,
    ShellState,
    UnknownState,
    VoidState,
)
from terminal.presenters.status_states import StatusState
from terminal.presenters.sync_states import SyncState
from terminal.ui.wording import Wording

StateT = TypeVar("StateT")
Call = tuple[object, ...]


class Fake(Generic[StateT]):
    """A state, listeners and a list of what was asked: ``("keypad", "7")``."""

    def __init__(self, state: StateT) -> None:
        self.state = state
        self.calls: list[Call] = []
        self._callbacks: list[Callable[[], None]] = []

    def subscribe(self, callback: Callable[[], None]) -> None:
        self._callbacks.append(callback)

    def show(self, state: StateT) -> None:
        """Take a state and tell the views."""
        self.state = state
        for callback in self._callbacks:
            callback()

    def note(self, *call: object) -> None:
        """Remember a call."""
        self.calls.append(call)

    def taken(self) -> list[Call]:
        """What was asked since the last time."""
        calls, self.calls = self.calls, []
        return calls


class FakeIdle(Fake[IdleState]):
    def query_typed(self, text: str) -> None:
        self.note("query_typed", text)

    def submit(self) -> None:
        self.note("submit")

    def undo_last(self) -> None:
        self.note("undo_last")


class FakeMember(Fake[MemberState]):
    def amount_typed(self, text: str) -> None:
        self.note("amount_typed", text)

    def keypad(self, key: str) -> None:
        self.note("keypad", key)

    def edit_without_points(self, on: bool) -> None:
        self.note("edit_without_points", on)

    def without_points_typed(self, text: str) -> None:
        self.note("without_points_typed", text)

    def choose_reward(self, reward_id: str) -> None:
        self.note("choose_reward", reward_id)

    def confirm(self) -> None:
        self.note("confirm")

    def cancel(self) -> None:
        self.note("cancel")

    def redeem(self) -> None:
        self.note("redeem")

    def void(self) -> None:
        self.note("void")

    def history(self) -> None:
        self.note("history")

    def data(self) -> None:
        self.note("data")


class FakeRedeem(Fake[RedeemState]):
    def choose_reward(self, reward_id: str) -> None:
        self.note("choose_reward", reward_id)

    def points_typed(self, text: str) -> None:
        self.note("points_typed", text)

    def confirm(self) -> None:
        self.note("confirm")

    def cancel(self) -> None:
        self.note("cancel")


class FakeDone(Fake[DoneState]):
    def next(self) -> None:
        self.note("next")

    def undo(self) -> None:
        self.note("undo")

    def print_receipt(self) -> None:
        self.note("print_receipt")

    def keep_receipt(self) -> None:
        self.note("keep_receipt")


class FakeUnknown(Fake[UnknownState]):
    def award_only(self) -> None:
        self.note("award_only")

    def enrol(self) -> None:
        self.note("enrol")

    def cancel(self) -> None:
        self.note("cancel")


class FakeEnrol(Fake[EnrolState]):
    def field_typed(self, name: str, text: str) -> None:
        self.note("field_typed", name, text)

    def consent(self, purpose: str, ticked: bool) -> None:
        self.note("consent", purpose, ticked)

    def take_candidate(self, member_id: str) -> None:
        self.note("take_candidate", member_id)

    def confirm(self) -> None:
        self.note("confirm")

    def cancel(self) -> None:
        self.note("cancel")


class FakeFind(Fake[FindState]):
    def query_typed(self, text: str) -> None:
        self.note("query_typed", text)

    def move(self, delta: int) -> None:
        self.note("move", delta)

    def choose(self, member_id: str | None = None) -> None:
        self.note("choose", member_id)

    def cancel(self) -> None:
        self.note("cancel")


class FakeVoid(Fake[VoidState]):
    def field_typed(self, name: str, text: str) -> None:
        self.note("field_typed", name, text)

    def choose_manager(self, cashier_id: str) -> None:
        self.note("choose_manager", cashier_id)

    def choose_reason(self, key: str) -> None:
        self.note("choose_reason", key)

    def confirm(self) -> None:
        self.note("confirm")

    def cancel(self) -> None:
        self.note("cancel")


class FakeHistory(Fake[HistoryState]):
    def more(self) -> None:
        self.note("more")

    def cancel(self) -> None:
        self.note("cancel")


class FakeReport(Fake[ReportState]):
    def previous_day(self) -> None:
        self.note("previous_day")

    def next_day(self) -> None:
        self.note("next_day")

    def today(self) -> None:
        self.note("today")

    def choose(self, key: str) -> None:
        self.note("choose", key)

    def save(self, ending: str) -> None:
        self.note("save", ending)

    def cancel(self) -> None:
        self.note("cancel")


class FakeHelp(Fake[HelpState]):
    def cancel(self) -> None:
        self.note("cancel")


class FakeSync(Fake[SyncState]):
    def act(self, key: str) -> None:
        self.note("act", key)

    def cancel(self) -> None:
        self.note("cancel")


class FakeForm(Fake[FormState]):
    def field_typed(self, name: str, text: str) -> None:
        self.note("field_typed", name, text)

    def choose(self, cashier_id: str) -> None:
        self.note("choose", cashier_id)

    def confirm(self) -> None:
        self.note("confirm")

    def cancel(self) -> None:
        self.note("cancel")


class FakeDoctor(Fake[DoctorState]):
    def act(self, key: str) -> None:
        self.note("act", key)

    def choose(self, page: str) -> None:
        self.note("choose", page)

    def typed(self, text: str) -> None:
        self.note("typed", text)

    def confirm(self) -> None:
        self.note("confirm")

    def cancel(self) -> None:
        self.note("cancel")


class FakeBackup(Fake[StatusState]):
    def act(self, key: str) -> None:
        self.note("act", key)

    def cancel(self) -> None:
        self.note("cancel")


class FakeLock(Fake[LockState]):
    def choose(self, cashier_id: str) -> None:
        self.note("choose", cashier_id)

    def pin_typed(self, text: str) -> None:
        self.note("pin_typed", text)

    def keypad(self, key: str) -> None:
        self.note("keypad", key)

    def confirm(self) -> None:
        self.note("confirm")


class FakeShell(Fake[ShellState]):
    """A shell with a fake presenter for every screen, each with an empty state."""

    def __init__(self, state: ShellState, texts: Wording) -> None:
        super().__init__(state)
        self.texts = texts
        self.idle = FakeIdle(IdleState())
        self.member = FakeMember(MemberState("", anonymous=True, card="", balance="", balance_caption="", worth=""))
        self.redeem = FakeRedeem(RedeemState(""))
        self.done = FakeDone(DoneState(state.bar.scanner.tone, ""))
        self.unknown = FakeUnknown(UnknownState("", "", ""))
        self.enrol = FakeEnrol(EnrolState(""))
        self.find = FakeFind(FindState())
        self.void = FakeVoid(VoidState(""))
        self.history = FakeHistory(HistoryState("", ""))
        self.report = FakeReport(ReportState("", ""))
        self.help = FakeHelp(HelpState(""))
        self.sync = FakeSync(SyncState("", "", "", "storefront"))
        self.sync_form = FakeForm(FormState("", ""))
        self.member_data = FakeForm(FormState("", ""))
        self.doctor = FakeDoctor(DoctorState("", ""))
        self.backup = FakeBackup(StatusState("", "", "", "backup"))
        self.lock = FakeLock(LockState(""))

    def key(self, name: str) -> None:
        self.note("key", name)

    def language(self, code: str) -> None:
        self.note("language", code)
