"""What a till is told: pages, positions, scope, tombstones, and when it must begin again."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import update

from headoffice.feed.changes import changes
from headoffice.feed.sequencer import sequence
from headoffice.people.directory import put_fields
from headoffice.people.sealing import Sealed, Sealer
from headoffice.store.dirty import touch
from headoffice.store.engine import Database
from headoffice.store.tables import (
    CARD,
    CASHIER,
    CONFLICT,
    FEED_STEP,
    PROGRAMME,
    SERVER,
    STORE,
    TERMINAL,
    TOMBSTONE,
)
from loyalty.directory import CardStatus, Role
from loyalty.feed import (
    CardItem,
    CashierItem,
    ChangesReply,
    ConflictItem,
    Cursor,
    Item,
    ProfileField,
    ProfileItem,
    ProgrammeItem,
    RemovedItem,
    StatementItem,
    TillItem,
    TombstoneItem,
)
from tests.fakes.headoffice import PretendTill, member, open_store
from tests.fakes.ledger import PROGRAMME as PROGRAMME_TEXT

if TYPE_CHECKING:
    from sqlalchemy import Connection

ANNA = member(1)
BEN = member(2)
SEALER = Sealer(bytes(32))
NORTH = UUID(int=0xE, version=4)


def beside_tills(reply: ChangesReply) -> tuple[Item, ...]:
    """What is told of members and rules; the first page names all tills as well."""
    return tuple(item for item in reply.items if not isinstance(item, TillItem))


def pull(till: PretendTill, after: Cursor | None = None, limit: int = 500) -> ChangesReply:
    """One page as the till gets it."""
    sequence(till.database)
    return changes(till.database, till.row, after, limit, till.clock.now_us(), SEALER)


def balances(reply: ChangesReply) -> dict[UUID, int]:
    """The statements of a page."""
    return {item.member_id: item.balance for item in reply.items if isinstance(item, StatementItem)}


def write(database: Database, kind: str, key: str, *statements: object) -> None:
    """Run statements and note the change."""
    with database.write() as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]
        touch(connection, kind, [key])


def test_a_new_till_hears_of_everybody(till: PretendTill, other_till: PretendTill) -> None:
    """The first pull has every member, with the positions of the asking till alone."""
    till.append(till.sale(ANNA), till.sale(BEN, 500))
    till.push()
    reply = pull(other_till)
    assert balances(reply) == {ANNA: 10, BEN: 5}
    assert (reply.more, reply.reset, reply.positions) == (False, False, {})
    assert pull(till).positions == {till.epoch: 3}


def test_only_what_changed_since_is_told(till: PretendTill) -> None:
    """And its latest state."""
    till.append(till.sale(ANNA), till.sale(BEN))
    till.push()
    cursor = pull(till).cursor
    till.append(till.sale(BEN), till.sale(BEN))
    till.push(4)
    assert balances(pull(till, cursor)) == {BEN: 30}


def test_nothing_new_is_an_empty_page_with_the_same_cursor(till: PretendTill) -> None:
    """A till that asks too often loses nothing."""
    till.append(till.sale(ANNA))
    till.push()
    cursor = pull(till).cursor
    reply = pull(till, cursor)
    assert (reply.items, reply.cursor, reply.more, reply.reset) == ((), cursor, False, False)


def test_pages_cover_everything_once(till: PretendTill) -> None:
    """Each row of the feed is in one page, and only the last one says that nothing follows."""
    till.append(*(till.sale(member(number)) for number in range(7)))
    till.push()
    reply = pull(till, limit=3)
    pages = [reply]
    while reply.more:
        reply = pull(till, reply.cursor, limit=3)
        pages.append(reply)
    assert [len(balances(page)) for page in pages] == [3, 3, 1]
    assert not any(page.reset for page in pages)
    assert {key for page in pages for key in balances(page)} == {member(number) for number in range(7)}


@pytest.mark.parametrize("how", ["another epoch", "another token", "beyond the newest"])
def test_a_cursor_of_another_past_begins_again(till: PretendTill, how: str) -> None:
    """Head office was put back: the till must not add to what it holds."""
    till.append(till.sale(ANNA))
    till.push()
    cursor = pull(till).cursor
    wrong = {
        "another epoch": Cursor(till.ids.random_id(), cursor.n, cursor.token),
        "another token": Cursor(cursor.epoch, cursor.n, bytes(16)),
        "beyond the newest": Cursor(cursor.epoch, cursor.n + 1, cursor.token),
    }[how]
    reply = pull(till, wrong)
    assert reply.reset
    assert balances(reply) == {ANNA: 10}
    assert reply.cursor == cursor


def test_a_restored_head_office_is_noticed_though_its_numbers_have_grown_past(till: PretendTill) -> None:
    """The same number was another step in the past the till knows."""
    till.append(till.sale(ANNA))
    till.push()
    cursor = pull(till).cursor
    with till.database.write() as connection:
        connection.execute(update(FEED_STEP).where(FEED_STEP.c.n == cursor.n).values(token=b"another" + bytes(9)))
    till.append(till.sale(BEN))
    till.push(3)
    assert pull(till, cursor).reset


def test_a_merged_account_names_its_survivor(till: PretendTill) -> None:
    """Both sides come out, the alias empty but for the name."""
    till.append(till.sale(ANNA), till.sale(BEN))
    till.push()
    cursor = pull(till).cursor
    till.append(till.merge(ANNA, BEN))
    till.push(4)
    said = {item.member_id: item for item in pull(till, cursor).items if isinstance(item, StatementItem)}
    assert said[ANNA] == StatementItem(ANNA, merged_into=BEN)
    assert said[BEN].balance == 20


def test_a_record_under_an_alias_sends_the_survivors_statement(till: PretendTill, other_till: PretendTill) -> None:
    """A till that has not heard of the merge waits for a statement that covers its record."""
    till.append(till.sale(ANNA), till.merge(ANNA, BEN))
    till.push()
    cursor = pull(till).cursor
    other_till.append(other_till.sale(ANNA))
    other_till.push()
    assert balances(pull(till, cursor))[BEN] == 20


def test_lots_carry_their_last_day_under_the_rule_in_force(till: PretendTill) -> None:
    """A rule that begins later does not count yet."""
    rule = '\n[expiry]\nmonths = {}\nsince = 2026-01-01\nround_to = "month_end"\n'
    row = {"published_at_us": 0, "published_by": ""}
    now_us = till.clock.now_us()
    write(
        till.database,
        "programme",
        "1",
        PROGRAMME.insert().values(version=1, document=PROGRAMME_TEXT + rule.format(3), starts_at_us=0, **row),
        PROGRAMME.insert().values(version=2, document=PROGRAMME_TEXT + rule.format(9), starts_at_us=now_us + 1, **row),
    )
    till.append(till.sale(ANNA))
    till.push()
    items = pull(till).items
    lots = [lot for item in items if isinstance(item, StatementItem) for lot in item.lots]
    assert [(lot.points, lot.left, str(lot.last_day)) for lot in lots] == [(10, 10, "2027-02-28")]
    assert [item.version for item in items if isinstance(item, ProgrammeItem)] == [1]


def test_a_person_travels_sealed_with_the_cards(till: PretendTill) -> None:
    """The profile can be opened with the key the till got at joining, and only for this member."""
    till.append(till.enrolment(ANNA))
    till.push()
    ref = till.ids.random_id()
    with till.database.write() as connection:
        put_fields(connection, SEALER, {(ANNA, ProfileField.NAME): "Anna Schneider"})
        values = {"number": "29", "number_reversed": "92", "card_ref": ref, "member_id": ANNA, "status": "active"}
        connection.execute(CARD.insert().values(**values))
    items = pull(till).items
    profile = next(item for item in items if isinstance(item, ProfileItem))
    assert b"Anna" not in profile.box
    opened = SEALER.open_profile(ANNA, Sealed(profile.nonce, profile.box))
    assert opened is not None
    assert opened.name == "Anna Schneider"
    assert CardItem("29", ref, ANNA, CardStatus.ACTIVE) in items


def test_an_erased_person_is_a_tombstone_and_nothing_personal(till: PretendTill) -> None:
    """The points stay, nameless; profile and cards are not told even if something of them is left here."""
    till.append(till.sale(ANNA))
    till.push()
    with till.database.write() as connection:
        put_fields(connection, SEALER, {(ANNA, ProfileField.NAME): "Anna Schneider"})
        today = till.clock.today()
        connection.execute(TOMBSTONE.insert().values(member_id=ANNA, erased_at_us=7, erased_day=today))
    items = pull(till).items
    assert TombstoneItem(ANNA, 7, today) in items
    assert not any(isinstance(item, ProfileItem | CardItem) for item in items)
    assert balances(pull(till)) == {ANNA: 10}


def test_cashiers_are_told_with_their_role(till: PretendTill) -> None:
    """Everybody may work at every till."""
    who = till.ids.random_id()
    row = CASHIER.insert().values(cashier_id=who, name="Rosa", role="manager", pin_hash="x", blocked=False)
    write(till.database, "cashier", str(who), row)
    assert beside_tills(pull(till)) == (CashierItem(who, "Rosa", Role.MANAGER, "x", blocked=False),)


def test_conflicts_are_told_in_their_own_store(till: PretendTill) -> None:
    """Another store has nothing to do with them; a settled one is told as settled."""
    elsewhere = PretendTill(till.database, 3, store_id=open_store(till.database, NORTH, "Nord"))
    till.append(till.redemption(ANNA, 5))
    till.push()
    told = [item for item in pull(till).items if isinstance(item, ConflictItem)]
    assert [(item.member_id, item.points, item.resolved) for item in told] == [(ANNA, 5, False)]
    assert not any(isinstance(item, ConflictItem) for item in pull(elsewhere).items)
    settled = update(CONFLICT).values(resolved_at_us=1)
    write(till.database, "conflict", str(told[0].conflict_id), settled)
    assert [item.resolved for item in pull(till).items if isinstance(item, ConflictItem)] == [True]


# ------------------------------------------------------------------------------------------------ scope


@pytest.fixture
def north(till: PretendTill) -> PretendTill:
    """A till in the north that holds the north's members only."""
    open_store(till.database, NORTH, "Nord", region="north")
    return PretendTill(till.database, 4, store_id=NORTH, scope="north")


def test_a_till_holds_the_members_of_its_region(till: PretendTill, north: PretendTill) -> None:
    """A member belongs where it was served first."""
    till.append(till.sale(ANNA))
    till.push()
    north.append(north.sale(BEN), north.sale(ANNA))
    north.push()
    assert balances(pull(north)) == {BEN: 10}
    assert balances(pull(till)) == {ANNA: 20, BEN: 10}


def test_what_a_till_no_longer_holds_is_taken_away(till: PretendTill, north: PretendTill) -> None:
    """A change of a member outside the scope tells the till to drop it; a first pull has nothing to drop."""
    north.append(north.sale(BEN))
    north.push()
    cursor = pull(north).cursor
    till.append(till.sale(ANNA))
    till.push()
    assert pull(north, cursor).items == (RemovedItem(ANNA),)
    assert not any(isinstance(item, RemovedItem) for item in pull(north).items)


def test_an_erasure_is_told_beyond_the_scope(till: PretendTill, north: PretendTill) -> None:
    """A till may have enrolled or served somebody it does not hold, and forgets the person like every other till."""
    till.append(till.sale(ANNA))
    till.push()
    cursor = pull(north).cursor
    with till.database.write() as connection:
        stone = TombstoneItem(ANNA, 5, till.clock.today())
        connection.execute(TOMBSTONE.insert().values(msgspec.structs.asdict(stone)))
        touch(connection, "member", [str(ANNA)])
    assert pull(north, cursor).items == (RemovedItem(ANNA), stone)
    assert beside_tills(pull(north)) == (stone,)


def test_every_till_hears_of_all_tills_and_their_keys(till: PretendTill, north: PretendTill) -> None:
    """With the first page those that were there before; later those that changed. Head office's journal has no key."""
    till.append(till.sale(ANNA))
    till.push()
    first = pull(north)
    names = {item.terminal_id: (item.store, item.last_day) for item in first.items if isinstance(item, TillItem)}
    assert names == {till.terminal_id: ("Mitte", None), north.terminal_id: ("Nord", None)}
    assert not any(isinstance(item, TillItem) for item in pull(north, first.cursor).items)
    shut = update(TERMINAL).where(TERMINAL.c.terminal_id == till.terminal_id).values(status="revoked")
    write(till.database, "till", str(till.terminal_id), shut)
    (told,) = pull(north, first.cursor).items
    assert isinstance(told, TillItem)
    assert (told.terminal_id, told.public_key) == (till.terminal_id, till.row.public_key)
    assert told.last_day is not None


def test_an_alias_belongs_where_its_survivor_does(till: PretendTill, north: PretendTill) -> None:
    """Else a till would know the points and not the name they were recorded under."""
    till.append(till.sale(ANNA))
    till.push()
    north.append(north.sale(BEN), north.merge(ANNA, BEN))
    north.push()
    said = {item.member_id for item in pull(north).items if isinstance(item, StatementItem)}
    assert said == {ANNA, BEN}


def test_another_scope_begins_again_once(till: PretendTill) -> None:
    """The cursor from before is void, and those given since are good, page by page."""
    till.append(*(till.sale(member(number)) for number in range(5)))
    till.push()
    old = pull(till).cursor
    with till.database.write() as connection:
        connection.execute(update(STORE).values(region="south"))
        connection.execute(update(TERMINAL).values(scope="", scope_step=old.n))
    first = pull(till, old, limit=3)
    second = pull(till, first.cursor, limit=3)
    assert (first.reset, first.more, second.reset, second.more) == (True, True, False, False)
    assert len(balances(first)) + len(balances(second)) == 5


def test_head_office_in_a_new_epoch_tells_everything_again(till: PretendTill) -> None:
    """An older state was put back: its epoch is another."""
    till.append(till.sale(ANNA))
    till.push()
    cursor = pull(till).cursor
    with till.database.write() as connection:
        _begin_epoch(connection, till.ids.random_id())
    reply = pull(till, cursor)
    assert reply.reset
    assert msgspec.structs.replace(reply.cursor, epoch=cursor.epoch) == cursor


def _begin_epoch(connection: Connection, epoch: UUID) -> None:
    connection.execute(update(SERVER).values(epoch=epoch))
