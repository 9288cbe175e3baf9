"""The void screen and another till's receipt: scanned, typed, vouched for, with head office and without."""

from __future__ import annotations

from uuid import UUID

import msgspec
import pytest

from loyalty.directory import Role
from loyalty.encoding import encode
from loyalty.records import Redemption, Reversal, Sale
from loyalty.reversal import Original, OriginalLine
from loyalty.wire import ProblemCode, RecordReply, UndoneLine
from terminal.app.cashiers import AddCashier, CashierKept, add_cashier
from terminal.app.elsewhere import Elsewhere
from terminal.presenters import lookup
from terminal.presenters.states import Screen
from terminal.presenters.void import RECEIPT
from terminal.sync.outcomes import Declined
from terminal.sync.receipts import code_of
from terminal.sync.status import SyncMode, SyncTrouble
from tests.fakes.counter import ANNA, BEN, Counter
from tests.fakes.head_office_port import FakeHeadOffice
from tests.fakes.sync_line import FakeSyncActions, hear, said
from texts.qr import qr_rows

OTHER_TILL = UUID(int=0xB, version=4)
RECORD = UUID("0198c0de-0000-7000-8000-000000000001")


def elsewhere_sale(counter: Counter, cents: int = 2_000) -> Sale:
    """A sale of Anna's at another till."""
    newest = counter.desk.reader.last_booking()
    assert newest is not None
    assert isinstance(newest.record, Sale)
    card = counter.desk.reader.card(ANNA)
    assert card is not None
    line = msgspec.structs.replace(newest.record.lines[0], line=1, amount_cents=cents, points=cents // 100)
    changed = {"record_id": RECORD, "member_id": card.member_id, "amount_cents": cents, "lines": (line,)}
    return msgspec.structs.replace(newest.record, **changed, explain=())


def reply(sale: Sale | Redemption | Reversal, *undone: UndoneLine) -> RecordReply:
    """Head office's answer."""
    return RecordReply(encode(sale), OTHER_TILL, "Kasse 1", "Nord", undone, {})


@pytest.fixture
def code(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> str:
    """The receipt of the other till's sale; whose key signed it is another test's matter."""
    sale = elsewhere_sale(counter)
    found = Elsewhere(
        Original(RECORD, sale.member_id, sale.business_day, (OriginalLine(1, 2_000, 20),)), "Kasse 1 (Nord)"
    )
    monkeypatch.setattr(lookup, "read_receipt", lambda _reader, _text: found)
    return code_of(sale, OTHER_TILL, bytes(32))


def notice(counter: Counter) -> str:
    """What the screen says."""
    return said(counter.shell.void.state.notice)


def type_receipt(counter: Counter, text: str) -> None:
    """Type a booking's number and press Enter."""
    counter.shell.show_void(None)
    counter.shell.void.field_typed(RECEIPT, text)
    counter.shell.key("Enter")


def test_a_till_that_stands_alone_has_no_field_for_other_receipts(counter: Counter) -> None:
    """There are no others."""
    counter.shell.show_void(None)
    assert counter.shell.void.state.receipt is None
    counter.shell.void.field_typed(RECEIPT, str(RECORD))
    counter.shell.key("Enter")
    assert "no such booking" in notice(counter)


def test_a_typed_number_is_asked_of_head_office_and_undone(counter: Counter, line: FakeSyncActions) -> None:
    """The preview names the other till and says that it is a preview; Enter books it."""
    hear(counter)
    type_receipt(counter, str(RECORD))
    state = counter.shell.void.state
    assert (state.busy, state.primary_enabled, notice(counter)) == (True, False, "Asking head office …")
    assert line.asked == [("record", RECORD)]
    before = counter.account(ANNA).balance
    line.answer(reply(elsewhere_sale(counter)))
    state = counter.shell.void.state
    assert state.origin == "Booked by Kasse 1 (Nord). A preview until head office has booked it."
    assert [tile.value for tile in state.preview] == ["−20", "0", f"{before - 20:,}"]
    assert state.primary_enabled
    counter.shell.key("Enter")
    assert counter.screen() is Screen.DONE
    assert "A preview until head office has booked it." in counter.shell.done.state.details
    paper = counter.shell.done.state.receipt
    assert paper is not None
    assert "until head office" in paper.text
    assert counter.account(ANNA).balance == before - 20
    assert counter.shell.done.undoable is None


def test_goods_of_another_till_came_back_whichever_way_the_receipt_came_in(
    counter: Counter, line: FakeSyncActions
) -> None:
    """On a small screen the reasons stand below the fold, so the one that is set is the one that is booked."""
    hear(counter)
    type_receipt(counter, str(RECORD))
    line.answer(reply(elsewhere_sale(counter)))
    assert [choice.key for choice in counter.shell.void.state.reasons if choice.chosen] == ["return"]
    counter.shell.show_void(None)
    assert [choice.key for choice in counter.shell.void.state.reasons if choice.chosen] == ["mistake"]


def test_what_was_undone_elsewhere_is_said_at_once(counter: Counter, line: FakeSyncActions) -> None:
    """Nothing is left to confirm."""
    hear(counter)
    type_receipt(counter, str(RECORD))
    line.answer(reply(elsewhere_sale(counter), UndoneLine(1, 2_000, 20)))
    assert notice(counter) == "Another till has undone this booking already. (M-129)"
    assert counter.shell.void.state.primary == "Find the booking"
    assert counter.shell.void.state.preview == ()


def test_what_can_never_be_undone_is_said(counter: Counter, line: FakeSyncActions) -> None:
    """The number of a reversal."""
    hear(counter)
    sale = elsewhere_sale(counter)
    type_receipt(counter, str(RECORD))
    undone = Reversal(
        record_id=RECORD,
        member_id=sale.member_id,
        at_us=sale.at_us,
        business_day=sale.business_day,
        utc_offset_min=60,
        programme_version=1,
        command_digest="",
        original_id=UUID(int=1),
        lines=(),
        reason="return",  # type: ignore[arg-type]  # encoded at once
        redemptions=(),
    )
    line.answer(RecordReply(msgspec.json.encode(undone), OTHER_TILL, "Kasse 1", "", (), {}))
    assert "(M-131)" in notice(counter)


def test_a_scanned_receipt_opens_the_screen_and_asks_head_office(
    counter: Counter, line: FakeSyncActions, code: str
) -> None:
    """Whatever screen is on; goods came back, so that is the reason."""
    hear(counter)
    counter.scan(code)
    assert counter.screen() is Screen.VOID
    assert line.asked == [("record", RECORD)]
    line.answer(reply(elsewhere_sale(counter)))
    assert [choice.key for choice in counter.shell.void.state.reasons if choice.chosen] == ["return"]
    assert "until head office" in counter.shell.void.state.origin


@pytest.mark.parametrize("why", [SyncTrouble.UNREACHABLE, ProblemCode.NOT_FOUND])
def test_without_head_offices_answer_the_receipt_counts(
    counter: Counter, line: FakeSyncActions, code: str, why: ProblemCode | SyncTrouble
) -> None:
    """It is away, or has not heard of the sale yet."""
    hear(counter)
    counter.scan(code)
    line.answer(Declined(why))
    assert "going by the receipt alone" in counter.shell.void.state.origin
    assert counter.shell.void.state.what[0].what == "Anna Schneider · Purchase €20.00"
    counter.shell.key("Enter")
    assert counter.screen() is Screen.DONE


def test_offline_nobody_waits(counter: Counter, line: FakeSyncActions, code: str) -> None:
    """The receipt is read at once, and head office is not asked."""
    hear(counter, mode=SyncMode.OFFLINE)
    counter.scan(code)
    assert not line.asked
    assert counter.shell.void.state.primary_enabled


def test_a_receipt_waits_until_an_open_sale_is_done(counter: Counter, code: str) -> None:
    """A scan never throws away what somebody has typed."""
    hear(counter)
    counter.scan(ANNA)
    counter.shell.member.amount_typed("12,50")
    counter.scan(code)
    assert counter.screen() is Screen.MEMBER
    assert "(M-198)" in said(counter.shell.member.state.notice)
    assert counter.shell.member.state.amount == "12,50"


def test_a_scanner_that_types_on_the_first_screen_finds_the_receipt_too(
    counter: Counter, line: FakeSyncActions, code: str
) -> None:
    """Letter by letter into the only field there is, then Enter."""
    hear(counter)
    counter.shell.idle.query_typed(code)
    counter.shell.key("Enter")
    assert counter.screen() is Screen.VOID
    assert line.asked == [("record", RECORD)]


def test_half_a_code_and_no_number_are_told_apart_from_a_booking(counter: Counter, code: str) -> None:
    """The cashier scans again."""
    hear(counter)
    counter.scan(code[:-5])
    assert "(M-157)" in notice(counter)
    type_receipt(counter, "4711")
    assert "(M-157)" in notice(counter)
    assert not counter.shell.void.state.fields


def test_leaving_waits_for_no_answer(counter: Counter, line: FakeSyncActions) -> None:
    """A late answer does not come back to the screen."""
    hear(counter)
    type_receipt(counter, str(RECORD))
    counter.shell.key("Esc")
    assert counter.screen() is Screen.IDLE
    line.answer(reply(elsewhere_sale(counter)))
    assert counter.shell.void.state.preview == ()


def test_a_bug_on_the_line_reaches_the_crash_handler(counter: Counter, line: FakeSyncActions) -> None:
    """And the screen is not stuck."""
    hear(counter)
    type_receipt(counter, str(RECORD))
    line.fail(ZeroDivisionError())
    assert [type(error) for error in counter.crashes] == [ZeroDivisionError]
    assert not counter.shell.void.state.busy


# -- a manager


@pytest.fixture
def manager(counter: Counter) -> UUID:
    """A manager with a PIN, at a till that has joined head office."""
    kept = add_cashier(counter.till, AddCashier(counter.ids.random_id(), "Mira K.", "2580", Role.MANAGER))
    assert isinstance(kept, CashierKept)
    counter.store.join(FakeHeadOffice(counter.clock).row, programme_key=bytes(32), profile_key=bytes(32))
    return kept.cashier.cashier_id


def fill(counter: Counter, **typed: str) -> None:
    """Type what the receipt says."""
    for name, text in typed.items():
        counter.shell.void.field_typed(name, text)


def test_offline_a_manager_may_vouch_for_a_receipt(counter: Counter, line: FakeSyncActions, manager: UUID) -> None:
    """Number, sums, card and PIN; the record names the manager, and the PIN is forgotten at once."""
    hear(counter, mode=SyncMode.OFFLINE)
    type_receipt(counter, str(RECORD))
    assert not line.asked
    state = counter.shell.void.state
    assert "(M-148)" in notice(counter)
    assert [field.name for field in state.fields] == ["card", "amount", "points", "redeemed", "pin"]
    assert [(person.text, person.chosen) for person in state.people] == [("Mira K.", True)]
    fill(counter, card=ANNA, amount="20,00", points="20")
    assert counter.shell.void.state.preview[0].value == "−20"
    assert "As the receipt says." in counter.shell.void.state.origin
    assert not counter.shell.void.state.primary_enabled
    fill(counter, pin="2580")
    counter.shell.key("Enter")
    assert counter.screen() is Screen.DONE
    booked = counter.desk.reader.recent_bookings(1)[0].record
    assert isinstance(booked, Reversal)
    assert (booked.vouched_by, booked.takes_back, booked.original_id) == (manager, 20, RECORD)
    assert "2580" not in str(counter.shell.void.state.fields)


def test_a_wrong_pin_keeps_what_was_typed(counter: Counter, manager: UUID) -> None:
    """But for the PIN."""
    hear(counter, mode=SyncMode.OFFLINE)
    type_receipt(counter, str(RECORD))
    fill(counter, card=ANNA, amount="20", points="20", pin="2581")
    counter.shell.void.choose_manager(str(manager))
    fill(counter, pin="2581")
    counter.shell.key("Enter")
    assert counter.screen() is Screen.VOID
    assert "(M-150)" in notice(counter)
    values = {field.name: field.value for field in counter.shell.void.state.fields}
    assert (values["card"], values["amount"], values["pin"]) == (ANNA, "20", "")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"card": ANNA, "amount": "20,0,0", "points": "20"}, "M-167"),
        ({"card": ANNA, "amount": "20", "points": "twenty"}, "M-167"),
        ({"card": ANNA, "amount": "20", "points": "99999999999"}, "M-167"),
        ({"card": "", "amount": "20", "points": "20"}, "M-167"),
        ({"card": ANNA}, "M-167"),
        ({"card": ANNA[:-1] + "x", "amount": "20", "points": "20"}, "M-110"),
    ],
)
def test_what_is_no_receipt_can_not_be_confirmed(
    counter: Counter, manager: UUID, typed: dict[str, str], code: str
) -> None:
    """Without a preview there is nothing to book; once all is typed the screen says why."""
    hear(counter, mode=SyncMode.OFFLINE)
    type_receipt(counter, str(RECORD))
    fill(counter, **typed, pin="2580")
    assert not counter.shell.void.state.primary_enabled
    assert f"({code})" in notice(counter)
    counter.shell.key("Enter")
    assert counter.screen() is Screen.VOID


def test_a_receipt_that_was_undone_here_is_not_vouched_for_again(counter: Counter, manager: UUID) -> None:
    """The customer comes back with the same paper."""
    hear(counter, mode=SyncMode.OFFLINE)
    for _ in range(2):
        type_receipt(counter, str(RECORD))
        fill(counter, card=ANNA, amount="20", points="20", pin="2580")
        counter.shell.key("Enter")
    assert counter.screen() is Screen.VOID
    assert "(M-133)" in notice(counter)


def test_another_number_begins_anew(counter: Counter, manager: UUID) -> None:
    """What a manager vouched for belongs to one receipt."""
    hear(counter, mode=SyncMode.OFFLINE)
    type_receipt(counter, str(RECORD))
    assert counter.shell.void.state.fields
    counter.shell.void.field_typed(RECEIPT, "0198")
    assert not counter.shell.void.state.fields
    assert counter.shell.void.state.primary == "Find the booking"


# -- the receipt


def test_the_code_is_signed_only_when_somebody_wants_the_receipt(counter: Counter, line: FakeSyncActions) -> None:
    """No sale waits for a signature; asked for twice, it is signed once."""
    hear(counter)
    counter.scan(ANNA)
    counter.shell.member.amount_typed("12,50")
    counter.shell.member.confirm()
    assert counter.screen() is Screen.DONE
    assert not line.asked
    counter.shell.done.keep_receipt()
    counter.shell.done.keep_receipt()
    record_id = counter.shell.done.undoable
    assert line.asked == [("receipt_code", record_id)]
    line.answer("SKR1" + "0" * 60)
    paper = counter.shell.done.state.receipt
    assert paper is not None
    assert paper.rows[-1].text.strip() == "For a return at another till"
    assert paper.qr == qr_rows("SKR1" + "0" * 60)


def test_without_a_key_the_receipt_has_its_number_alone(counter: Counter, line: FakeSyncActions) -> None:
    """And a late code never comes under the next customer's receipt."""
    hear(counter)
    counter.scan(ANNA)
    counter.shell.member.amount_typed("12,50")
    counter.shell.member.confirm()
    counter.shell.done.keep_receipt()
    line.answer(Declined(SyncTrouble.KEYS_MISSING))
    paper = counter.shell.done.state.receipt
    assert paper is not None
    number = "".join(paper.text.split())[-36:]
    assert number == str(counter.shell.done.undoable)
    counter.scan(BEN)
    counter.shell.member.amount_typed("5,00")
    counter.shell.member.confirm()
    line.answer("SKR1" + "0" * 60)
    paper = counter.shell.done.state.receipt
    assert paper is not None
    assert paper.qr == ()
