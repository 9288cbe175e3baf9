"""A member at a till that belongs to head office: what is safe while it is silent, what is sent, what is owed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from loyalty.feed import ChangesReply, StatementItem, StatementLot
from loyalty.records import Expiry
from storage.replica import Replica
from storage.types import Booking
from terminal.app.safe import ONLINE_US
from terminal.presenters.states import BookingLine, Screen, Sent, Tone
from terminal.presenters.wording import booking_line
from terminal.sync.status import SyncMode, SyncStatus
from tests.fakes.counter import ANNA, BEN, Counter
from tests.fakes.ledger_joined import LATER, PROFILE_KEY, PROGRAMME_KEY, cursor, head_office
from texts.i18n import Texts

US_PER_S = 1_000_000


class JoinedCounter(Counter):
    """The bakery's counter after it has joined; head office speaks when a test says so."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.store.join(head_office(), programme_key=PROGRAMME_KEY, profile_key=PROFILE_KEY)
        self.replica: Replica = self.store.open_replica()
        self._n = 0

    def hear(self, card: str = ANNA, balance: int = 1284, lots: tuple[StatementLot, ...] | None = None) -> None:
        """Head office's word on a member, including all of this till's records; the till is online then."""
        if lots is None:
            lots = (StatementLot(UUID(int=1), 1, balance, balance),) if balance > 0 else ()
        self._n += 1
        now_us = self.clock.now_us()
        item = StatementItem(self.account(card).member_id, balance, lots=lots)
        page = ChangesReply((item,), cursor(self._n), False, {}, False, now_us)
        self.replica.stage_page(page, self.desk.reader.head().seq)
        self.replica.publish()
        link = msgspec.structs.replace(self.replica.link(), last_contact_us=now_us)
        self.replica.put_link(link)
        self.tell(SyncMode.ONLINE)

    def fall_silent(self, seconds: int = 2 * ONLINE_US // US_PER_S) -> None:
        """Head office has not answered for a while."""
        self.clock.advance(seconds=seconds)
        self.tell(SyncMode.OFFLINE)

    def tell(self, mode: SyncMode, acked_seq: int = 0) -> None:
        """The sync thread's new status."""
        self.shell.sync_status(SyncStatus(mode, acked_seq=acked_seq, store="Mitte"))

    def close(self) -> None:
        self.replica.close()
        super().close()

    def note(self) -> tuple[str, Tone] | None:
        """What the member screen says about the account."""
        note = self.shell.member.state.account_note
        return (note.text, note.tone) if note else None

    def locked(self) -> dict[str, str]:
        """The rewards that can't be had, with their reason."""
        return {card.reward_id: card.cost for card in self.shell.member.state.rewards if not card.affordable}


@pytest.fixture
def joined(tmp_path: Path) -> Iterator[JoinedCounter]:
    """A counter that belongs to head office."""
    made = JoinedCounter(tmp_path / "till")
    yield made
    made.close()


def said(counter: Counter) -> str:
    """The notice on the member screen."""
    notice = counter.shell.member.state.notice
    return notice.text if notice else ""


def test_the_newest_bookings_are_called_what_they_are(joined: JoinedCounter) -> None:
    """A joined till lists its own beside a balance that counts those of all; one that stands alone has them all."""
    joined.hear()
    joined.scan(ANNA)
    assert joined.shell.member.state.bookings_caption == "Last bookings at this till"
    joined.shell.sync_status(SyncStatus())
    assert joined.shell.member.state.bookings_caption == "Last bookings"


def test_online_the_whole_balance_can_be_redeemed(joined: JoinedCounter) -> None:
    """Head office's word is fresh: no note, and only what is too dear is locked."""
    joined.hear()
    joined.scan(ANNA)
    assert joined.note() is None
    assert list(joined.locked()) == ["cake"]


def test_offline_the_screen_says_how_much_is_safe_and_since_when(joined: JoinedCounter) -> None:
    """The programme's limit for one redemption is below the balance; the word is two minutes old."""
    joined.hear()
    joined.fall_silent()
    joined.scan(ANNA)
    assert joined.note() == ("Offline: 1,000 points safe to redeem; no more at once. As of: Today 10:00.", Tone.WARN)
    assert joined.shell.member.state.balance == "1,284"
    joined.shell.key("F4")
    notice = joined.shell.redeem.state.notice
    assert notice is not None
    assert "1,000 points safe" in notice.text


def test_a_reward_above_what_is_safe_is_locked_for_that_reason(joined: JoinedCounter) -> None:
    """Enough points and yet locked needs another word than "missing"."""
    joined.hear(balance=3000)
    joined.fall_silent()
    joined.scan(ANNA)
    assert joined.locked() == {"cake": "2,500 points · not safe now"}
    joined.shell.member.choose_reward("cake")
    assert "only 1,000 points of this member are safe" in said(joined)
    assert "M-128" in said(joined)


def test_two_rewards_together_stay_within_what_is_safe(joined: JoinedCounter) -> None:
    """The second reward is measured beside the first one."""
    joined.hear()
    joined.fall_silent()
    joined.scan(ANNA)
    joined.shell.member.amount_typed("30")
    joined.shell.member.choose_reward("off-10")
    joined.shell.member.choose_reward("brezel")
    assert "M-128" in said(joined)
    assert [card.reward_id for card in joined.shell.member.state.rewards if card.chosen] == ["off-10"]


def test_a_flexible_reward_takes_no_more_than_is_safe(joined: JoinedCounter) -> None:
    """What the screen worked out for the customer is what is booked, so the guard behind it agrees."""
    joined.hear()
    joined.fall_silent()
    joined.scan(ANNA)
    joined.shell.member.amount_typed("30")
    joined.shell.member.choose_reward("pay-with-points")
    assert "1,000 points" in joined.shell.member.state.choices[0]
    joined.shell.key("Enter")
    assert joined.screen() is Screen.DONE
    assert joined.account(ANNA).balance == 1284 - 1000 + 20


def test_awarding_offline_knows_no_limit(joined: JoinedCounter) -> None:
    """Points given are never in danger."""
    joined.hear()
    joined.fall_silent()
    joined.scan(ANNA)
    joined.shell.member.amount_typed("150")
    joined.shell.key("Enter")
    assert joined.screen() is Screen.DONE


def test_nothing_is_safe_before_head_office_was_heard_in_full(joined: JoinedCounter) -> None:
    """Online or not: what was spent elsewhere is not known yet; no moment is claimed."""
    joined.tell(SyncMode.ONLINE)
    joined.scan(ANNA)
    assert joined.note() == ("Nothing safe to redeem yet; the till is still fetching from head office.", Tone.WARN)
    assert "brezel" in joined.locked()


def test_a_member_head_office_has_not_told_of_may_collect_only(joined: JoinedCounter) -> None:
    """A valid card from another region: points are awarded, spending waits."""
    joined.hear(BEN, 12)
    joined.fall_silent()
    joined.scan(ANNA)
    note = joined.note()
    assert note is not None
    assert "has not told of this account" in note[0]


def test_an_open_sale_hears_of_other_tills_and_of_silence(joined: JoinedCounter) -> None:
    """The balance on the screen follows, and what was typed stays."""
    joined.hear()
    joined.scan(ANNA)
    joined.shell.member.amount_typed("23,45")
    joined.hear(balance=84)
    assert joined.shell.member.state.balance == "84"
    assert joined.shell.member.state.amount == "23,45"
    joined.fall_silent()
    note = joined.note()
    assert note is not None
    assert note[0].startswith("Offline: 84 points safe")


def test_debt_is_explained_and_comes_before_everything_else(joined: JoinedCounter) -> None:
    """Two tills spent the same points: nobody is accused, redeeming waits."""
    joined.hear(balance=-40)
    joined.scan(ANNA)
    note = joined.note()
    assert note is not None
    assert note[0].startswith("In debt")
    assert note[1] is Tone.BAD
    assert joined.shell.member.state.debt
    joined.fall_silent()
    joined.scan(ANNA)
    assert joined.note() == note


def test_points_past_their_last_day_are_named_and_not_offered(joined: JoinedCounter) -> None:
    """Head office writes them off soon; the till promises them to nobody until then."""
    yesterday = joined.clock.today().replace(day=joined.clock.today().day - 1)
    joined.hear(
        balance=600,
        lots=(StatementLot(UUID(int=1), 1, 500, 500, yesterday), StatementLot(UUID(int=2), 2, 100, 100, LATER)),
    )
    joined.scan(ANNA)
    assert "500 points are past their last day" in joined.shell.member.state.chips
    assert joined.locked()["coffee"] == "300 points · 200 missing"


def test_the_history_marks_what_head_office_has(joined: JoinedCounter) -> None:
    """Up to the acknowledged position a row is sent; a running balance would need the other tills' bookings."""
    joined.hear()
    joined.scan(ANNA)
    joined.shell.member.amount_typed("10")
    joined.shell.key("Enter")
    joined.tell(SyncMode.OFFLINE, acked_seq=joined.desk.reader.head().seq - 1)
    joined.shell.home()
    joined.scan(ANNA)
    joined.shell.key("F5")
    state = joined.shell.history.state
    assert [line.sent for line in state.lines[:2]] == [Sent.WAITING, Sent.SENT]
    assert state.lines[0].sent_text == "Waits to be sent"
    assert {line.balance for line in state.lines} == {"–"}
    assert "Only bookings of this till" in state.note


def test_a_till_alone_marks_nothing(counter: Counter) -> None:
    """Its history is whole, and nobody else is waiting for it."""
    counter.scan(ANNA)
    counter.shell.key("F5")
    state = counter.shell.history.state
    assert {line.sent for line in state.lines} == {Sent.UNMARKED}
    assert state.lines[0].balance == "1,284"
    assert state.note == ""


def test_expired_points_are_a_row_of_their_own(counter: Counter) -> None:
    """What went, and until when it could have been spent."""
    now_us = counter.clock.now_us()
    record = Expiry(
        record_id=counter.ids.record_id(),
        member_id=counter.account(ANNA).member_id,
        at_us=now_us,
        business_day=counter.clock.today(),
        utc_offset_min=0,
        programme_version=1,
        command_digest="",
        lot_id=UUID(int=1),
        points=80,
        last_day=LATER,
    )
    line = booking_line(Texts("en"), counter.around.programme, Booking(9, record, -80, 1204), counter.clock.today())
    assert line == BookingLine(
        when=line.when,
        what="Expired",
        points="−80",
        balance="1,204",
        why="could be redeemed until 1 Jan 2030",
        record_id=str(record.record_id),
    )
