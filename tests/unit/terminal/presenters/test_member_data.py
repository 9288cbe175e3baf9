"""Handing out a member's data at the till: the form, the PIN, and what is said at each step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from loyalty.directory import Role
from loyalty.outcomes import Reason, Refused
from storage.errors import Busy
from terminal.app.cashiers import AddCashier, CashierKept, add_cashier
from terminal.app.exporting import Written
from terminal.backup.places import Volume
from terminal.errors import FileUnwritable
from terminal.presenters.form_states import FormState
from terminal.presenters.states import Screen, Tone
from tests.fakes.counter import ANNA, BEN, NEW_CARD, Counter
from tests.fakes.sync_line import hear, said
from texts.i18n import Texts

Answer = Written | Refused | FileUnwritable
STICKS = tuple(Volume(Path(f"/media/{name}/stammkunde-backups"), name, 1 << 30) for name in ("ONE", "TWO", "THREE"))


class FakeExports:
    """Satisfies ``ExportActions``: remembers what was asked for and answers when a test says so."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Path]] = []
        self._done: Callable[[Answer], None] | None = None
        self._failed: Callable[[Exception], None] | None = None

    def write(
        self,
        card: str,
        texts: Texts,
        folder: Path,
        done: Callable[[Answer], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self.asked.append((card, texts.language, folder))
        self._done, self._failed = done, failed

    def answer(self, outcome: Answer | None = None) -> None:
        """Say what came of it; all was written unless a test says otherwise."""
        assert self._done is not None
        folder = self.asked[-1][2]
        self._done(Written(folder, (folder / "member.json",)) if outcome is None else outcome)

    def fail(self, error: Exception) -> None:
        """Say what broke."""
        assert self._failed is not None
        self._failed(error)


class Sticks:
    """As much of the copies as knows what is plugged in; answers when a test says so."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[tuple[Volume, ...]], None]] = []

    def back_up_now(self) -> None:
        raise AssertionError

    def look_for_places(self, done: Callable[[tuple[Volume, ...]], None]) -> None:
        self.waiting.append(done)

    def use_place(self, folder: Path, done: Callable[[], None], failed: Callable[[Exception], None]) -> None:
        raise AssertionError(folder, done, failed)


@pytest.fixture
def exports(counter: Counter) -> FakeExports:
    """What writes the files."""
    made = FakeExports()
    counter.around.exports = made
    return made


@pytest.fixture
def mira(counter: Counter) -> UUID:
    """Mira runs the shop; Jo works at the till."""
    kept = add_cashier(counter.till, AddCashier(counter.ids.random_id(), "Mira K.", "2580", Role.MANAGER))
    assert isinstance(kept, CashierKept)
    add_cashier(counter.till, AddCashier(counter.ids.random_id(), "Jo", "9417"))
    return kept.cashier.cashier_id


def form(counter: Counter) -> FormState:
    """What the form shows."""
    return counter.shell.member_data.state


def begin(counter: Counter, card: str = ANNA) -> None:
    """Scan a card and ask for its data."""
    counter.scan(card)
    counter.shell.key("F8")


def test_f8_on_the_member_screen_leads_to_the_form_and_back(counter: Counter) -> None:
    """The key says what it does there, Esc leads back to the sale with what was typed, and F8 stays the report's."""
    assert "Report" in {hint.label for hint in counter.shell.state.keys if hint.key == "F8"}
    counter.scan(ANNA)
    assert [hint.label for hint in counter.shell.state.keys if hint.key == "F8"] == ["Member's data"]
    counter.shell.member.amount_typed("12,50")
    counter.shell.key("F8")
    assert counter.screen() is Screen.MEMBER_DATA
    assert form(counter).headline == "Member's data: Anna Schneider"
    counter.shell.key("Esc")
    assert counter.screen() is Screen.MEMBER
    assert counter.shell.member.state.amount == "12,50"


@pytest.mark.usefixtures("mira")
def test_a_manager_says_yes_and_the_files_go_to_the_documents(counter: Counter, exports: FakeExports) -> None:
    """Each step is in words; the PIN is asked of managers only, and forgotten as soon as it is on its way."""
    begin(counter)
    assert [choice.text for choice in form(counter).people] == ["Mira K."]
    assert not form(counter).primary_enabled
    counter.shell.member_data.field_typed("pin", "2x580")
    assert form(counter).fields[1].value == "2580"
    counter.shell.key("Enter")
    day = counter.clock.today().isoformat()
    assert exports.asked == [(ANNA, "en", counter.documents / f"Member data {day} {ANNA[-4:]}")]
    assert form(counter).fields[1].value == ""
    assert (form(counter).busy, form(counter).primary) == (True, "Please wait …")
    assert said(form(counter).notice).startswith("Collecting what is stored about Anna Schneider")
    exports.answer()
    assert said(form(counter).notice) == f"Written: {exports.asked[0][2]}"
    assert (form(counter).fields, form(counter).busy) == ((), False)
    assert "delete it here" in form(counter).text
    counter.shell.key("Enter")
    assert counter.screen() is Screen.MEMBER
    assert len(exports.asked) == 1


@pytest.mark.usefixtures("mira")
def test_nothing_is_written_by_a_wrong_pin(counter: Counter, exports: FakeExports) -> None:
    """The form says so and what was typed as the place stays; too short a PIN is not even tried."""
    begin(counter)
    counter.shell.member_data.field_typed("folder", "/media/ONE")
    counter.shell.member_data.field_typed("pin", "13")
    counter.shell.key("Enter")
    assert not form(counter).busy
    counter.shell.member_data.field_typed("pin", "1379")
    counter.shell.key("Enter")
    assert exports.asked == []
    assert "M-150" in said(form(counter).notice)
    assert [field.value for field in form(counter).fields] == ["/media/ONE", ""]


def test_with_several_managers_one_has_to_say_who(counter: Counter, exports: FakeExports, mira: UUID) -> None:
    """And a PIN typed for one is not another's."""
    add_cashier(counter.till, AddCashier(counter.ids.random_id(), "Berta", "8642", Role.MANAGER))
    begin(counter)
    counter.shell.member_data.field_typed("pin", "2580")
    assert not form(counter).primary_enabled
    counter.shell.member_data.choose(str(mira))
    assert not form(counter).primary_enabled
    counter.shell.member_data.field_typed("pin", "2580")
    counter.shell.key("Enter")
    assert len(exports.asked) == 1


def test_where_nobody_has_a_pin_none_is_asked_for(counter: Counter, exports: FakeExports) -> None:
    """A card without a name has data too: its bookings."""
    counter.earn(NEW_CARD, 500)
    begin(counter, NEW_CARD)
    assert form(counter).headline == "Member's data: Card without a name"
    assert [field.name for field in form(counter).fields] == ["folder"]
    counter.shell.key("Enter")
    assert exports.asked[0][0] == NEW_CARD


def test_sticks_are_offered_for_a_finger(counter: Counter, exports: FakeExports) -> None:
    """A member may bring one; an answer that comes for an earlier member's form offers nothing."""
    sticks = Sticks()
    counter.around.backup_actions = sticks
    begin(counter)
    assert form(counter).offers == ()
    sticks.waiting[0](STICKS)
    assert [choice.text for choice in form(counter).offers] == ["Documents", "ONE", "TWO"]
    assert [choice.chosen for choice in form(counter).offers] == [True, False, False]
    counter.shell.member_data.field_typed(form(counter).fills, form(counter).offers[1].key)
    assert [choice.chosen for choice in form(counter).offers] == [False, True, False]
    counter.shell.key("Enter")
    assert exports.asked[0][2].parent == Path("/media/ONE")
    begin(counter, BEN)
    sticks.waiting[0](STICKS)
    assert form(counter).offers == ()


@pytest.mark.parametrize("typed", ["here", "./here", "~nobody-of-this-name/x"])
def test_a_path_that_could_be_anywhere_is_not_taken(counter: Counter, exports: FakeExports, typed: str) -> None:
    """The till's own working folder is nowhere a person would look."""
    begin(counter)
    counter.shell.member_data.field_typed("folder", typed)
    counter.shell.key("Enter")
    assert exports.asked == []
    assert "(M-426)" in said(form(counter).notice)
    counter.shell.member_data.field_typed("folder", "  ")
    assert not form(counter).primary_enabled


def test_a_place_that_cannot_be_written_is_told_and_can_be_changed(counter: Counter, exports: FakeExports) -> None:
    """A full stick is no mistake of the program."""
    begin(counter)
    counter.shell.key("Enter")
    exports.answer(FileUnwritable(Path("/media/ONE/x"), "No space left on device"))
    notice = form(counter).notice
    assert notice is not None
    assert notice.tone is Tone.BAD
    assert notice.text == (
        "/media/ONE/x can't be written: No space left on device. Nothing is left there; try another folder. (M-427)"
    )
    assert form(counter).primary_enabled
    counter.shell.key("Enter")
    exports.answer(Refused(Reason.CARD_UNKNOWN))
    assert form(counter).notice is not None
    assert form(counter).primary_enabled


def test_while_files_are_written_nothing_can_be_typed_or_asked_twice(counter: Counter, exports: FakeExports) -> None:
    """The place that is written to stays the one that is shown."""
    begin(counter)
    counter.shell.key("Enter")
    counter.shell.member_data.field_typed("folder", "/elsewhere")
    counter.shell.member_data.choose(str(UUID(int=1)))
    counter.shell.key("Enter")
    assert len(exports.asked) == 1
    assert form(counter).fields[0].value == str(counter.documents)


def test_the_next_customer_does_not_wait_for_the_files(counter: Counter, exports: FakeExports) -> None:
    """A scan opens the next sale; that the files are there is said on it, without touching it."""
    begin(counter)
    counter.shell.key("Enter")
    counter.scan(BEN)
    assert counter.screen() is Screen.MEMBER
    assert counter.shell.member.state.name == "Ben Özdemir"
    exports.answer()
    assert said(counter.shell.member.state.notice).startswith("Written: ")
    assert counter.shell.member.state.name == "Ben Özdemir"


def test_an_answer_for_an_earlier_member_does_not_end_the_next_ones_form(
    counter: Counter, exports: FakeExports
) -> None:
    """It is said there, and Ben's files are still to be written."""
    begin(counter)
    counter.shell.key("Enter")
    begin(counter, BEN)
    assert not form(counter).busy
    exports.answer()
    assert said(form(counter).notice).startswith("Written: ")
    assert (form(counter).headline, form(counter).primary) == ("Member's data: Ben Özdemir", "Write the files")
    counter.shell.key("Enter")
    assert exports.asked[1][0] == BEN


def test_whoever_leaves_before_the_pin_is_checked_has_changed_their_mind(
    counter: Counter, exports: FakeExports
) -> None:
    """Nothing is written behind the back of somebody who pressed Esc."""
    begin(counter)
    counter.desk.held = True
    counter.shell.key("Enter")
    counter.shell.key("Esc")
    counter.desk.work()
    assert exports.asked == []
    assert counter.screen() is Screen.MEMBER


def test_before_the_devices_are_attached_it_says_so(counter: Counter) -> None:
    """The first quarter of a second of a till; nothing is lost by trying again."""
    begin(counter)
    counter.shell.key("Enter")
    assert "(M-425)" in said(form(counter).notice)
    assert not form(counter).busy


def test_what_breaks_covers_the_screen_and_the_form_works_again(counter: Counter, exports: FakeExports) -> None:
    """A ledger that can't be read is told as everywhere; also of an earlier member's files."""
    begin(counter)
    counter.shell.key("Enter")
    exports.fail(Busy("planted"))
    assert counter.shell.state.fatal is not None
    counter.shell.key("Enter")
    assert form(counter).primary_enabled
    counter.shell.key("Enter")
    begin(counter, BEN)
    exports.fail(Busy("planted"))
    assert counter.shell.state.fatal is not None


def test_a_joined_till_says_what_is_not_among_it(counter: Counter) -> None:
    """Purchases at other tills are head office's to hand out."""
    begin(counter)
    assert "head office" not in form(counter).text
    hear(counter)
    begin(counter)
    assert "stands at head office" in form(counter).text


def test_the_form_follows_the_language(counter: Counter) -> None:
    """And once it is left nobody's name stays in it to be computed again."""
    begin(counter)
    counter.shell.language("de")
    assert counter.shell.member_data.state.cancel == "Zurück"
    counter.shell.key("Esc")
    before = form(counter)
    counter.shell.language("en")
    assert form(counter) is before
    counter.shell.member_data.confirm()
    assert form(counter) is before
