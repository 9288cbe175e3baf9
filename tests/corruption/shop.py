"""A small shop with a little of everything, and all that its till would say about it."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec

from loyalty.cards import Check, with_check_digit
from loyalty.directory import CardStatus, Profile, Role
from loyalty.feed import CardItem, ChangesReply, StatementItem, StatementLot
from loyalty.outcomes import Refused
from loyalty.records import CardAction, Purpose, ReversalReason
from loyalty.reversal import ReversalRequest
from loyalty.sale import Basket, RewardRequest
from storage.period import PeriodReads
from storage.store import create_store, open_store
from terminal.app.adjust import AdjustCommand, adjust
from terminal.app.card_numbers import NumbersCommand, reserve_numbers
from terminal.app.cards import CardCommand, change_card
from terminal.app.cashiers import AddCashier, add_cashier
from terminal.app.close_day import CloseDayCommand, close_day
from terminal.app.earn import EarnCommand, earn
from terminal.app.enrol import EnrolCommand, enrol
from terminal.app.identify import identify
from terminal.app.members import EraseCommand, MergeCommand, erase_member, merge_members, show_member
from terminal.app.rate import RateCommand, rate
from terminal.app.redeem import RedeemCommand, redeem
from terminal.app.reverse import ReverseCommand, reverse
from terminal.app.sign_in import SignIn, sign_in
from terminal.app.till import Till
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.ledger import PROGRAMME
from tests.fakes.ledger_joined import PROFILE_KEY, PROGRAMME_KEY, cursor, head_office, sealed

if TYPE_CHECKING:
    from storage.store import Reader, Store

CARDS: Final = 14
DAYS: Final = 3


def card(number: int) -> str:
    """A card of the shop."""
    return with_check_digit(f"29{number:010d}", Check.GS1)


class Shop:
    """A data directory and the day its clock stands on.

    Attributes:
        directory: The data directory.
        clock: Its time.
        ids: Its ids.
    """

    def __init__(self, directory: Path, seed: int = 1) -> None:
        self.directory = directory
        self.clock = FakeClock()
        self.clock.advance(days=DAYS)
        self.ids = SeededIds(seed, self.clock)

    def open(self, *, writable: bool = True) -> Store:
        """Open it as a till does."""
        return open_store(self.directory, clock=self.clock, ids=self.ids, writable=writable)


def make(directory: Path, *, joined: bool = False, crashed: bool = False, seed: int = 1) -> Shop:
    """Make the shop.

    Args:
        directory: Its data directory.
        joined: Whether it belongs to a head office that has spoken.
        crashed: Whether its till died with bookings in the log.
        seed: Of its ids.
    """
    shop = Shop(directory, seed)
    shop.clock.advance(days=-DAYS)
    store = create_store(
        directory,
        shop_name=f"Bäckerei {seed}",
        till_name="Kasse 1",
        currency="EUR",
        programme_text=PROGRAMME,
        clock=shop.clock,
        ids=shop.ids,
    )
    till = Till(store, shop.clock, shop.ids)
    for _ in range(DAYS - 1):
        _a_day(till)
        _done(close_day(till, CloseDayCommand()))
        shop.clock.advance(days=1)
    _people(till)
    if joined:
        _join(store, shop)
    store.checkpoint(now=True)
    shutil.copytree(directory, older(directory))
    _a_day(till)
    shop.clock.advance(days=1)
    if not crashed:
        store.close()
        return shop
    store.checkpoint(now=True)
    for number in (1, 2, 4, 9):
        _done(earn(till, EarnCommand(shop.ids.record_id(), card(number), Basket(1_000 * number))))
    _done(enrol(till, EnrolCommand(shop.ids.record_id(), card(10), "Clara Neumann")))
    left = directory.with_name(f"{directory.name}.left")
    shutil.copytree(directory, left)
    store.close()
    shutil.rmtree(directory)
    left.rename(directory)
    return shop


def older(directory: Path) -> Path:
    """Where the shop lies as it was a day before."""
    return directory.with_name(f"{directory.name}.older")


def _done(result: object) -> Any:  # noqa: ANN401 - whatever the use case gives
    assert not isinstance(result, Refused), result
    return result


def _a_day(till: Till) -> None:
    ids = till.ids
    for number in (1, 2, 4, 5, 6, 7, 8, 9, 10):
        _done(earn(till, EarnCommand(ids.record_id(), card(number), Basket(2_000 * number), receipt="")))
    rewards = (RewardRequest("coffee"),)
    sale = _done(earn(till, EarnCommand(ids.record_id(), card(9), Basket(5_000), rewards)))
    _done(redeem(till, RedeemCommand(ids.record_id(), card(8), RewardRequest("coffee"))))
    _done(rate(till, RateCommand(sale.record.record_id, 5)))
    request = ReversalRequest(sale.record.record_id, amount_cents=1_500)
    _done(reverse(till, ReverseCommand(ids.record_id(), request, ReversalReason.RETURN, "broken")))
    _done(adjust(till, AdjustCommand(ids.record_id(), card(7), 25, "goodwill")))
    for number in (1, 2, 4):
        _done(earn(till, EarnCommand(ids.record_id(), card(number), Basket(700))))


def _people(till: Till) -> None:
    ids = till.ids
    for number, name in ((1, "Anna Bauer"), (2, "Ben Huber"), (3, "Bertha Lang"), (4, "Carl Ott"), (5, "Dora Amsel")):
        command = EnrolCommand(
            ids.record_id(), card(number), name, phone=f"+49 30 55512{number}", consents=(Purpose.EMAIL,)
        )
        _done(enrol(till, command))
    cashier = ids.random_id()
    _done(add_cashier(till, AddCashier(cashier, "Mia", "2580", Role.MANAGER)))
    _done(sign_in(till, SignIn(ids.record_id(), cashier, "2580")))
    _done(change_card(till, CardCommand(ids.record_id(), CardAction.REPLACE, card(3), card(CARDS - 1))))
    _done(merge_members(till, MergeCommand(ids.record_id(), card(6), card(2))))
    _done(earn(till, EarnCommand(ids.record_id(), card(CARDS), Basket(4_000))))
    _done(enrol(till, EnrolCommand(ids.record_id(), card(CARDS), "Emil Erased")))
    _done(erase_member(till, EraseCommand(card(CARDS))))
    _done(reserve_numbers(till, NumbersCommand(ids.random_id(), 5)))
    till.store.checkpoint(now=True)


def _join(store: Store, shop: Shop) -> None:
    """Belong to a head office that knows some members better than this till, and one it alone knows."""
    store.join(head_office(), programme_key=PROGRAMME_KEY, profile_key=PROFILE_KEY)
    items: list[Any] = []
    with store.reader() as reader:
        head = reader.head()
        for number in range(1, CARDS):
            known = reader.known_card(card(number))
            if known is None:
                continue
            balance = known.account.balance + 100 * number
            items.append(_statement(known.account.member_id, balance, shop))
    stranger = shop.ids.random_id()
    new_card = card(CARDS + 1)
    items += [
        _statement(stranger, 777, shop),
        sealed(stranger, Profile("Frieda Fern")),
        CardItem(new_card, shop.ids.random_id(), stranger, CardStatus.ACTIVE),
    ]
    with store.open_replica() as replica:
        replica.stage_page(
            ChangesReply(tuple(items), cursor(len(items)), False, {}, True, shop.clock.now_us()), head.seq
        )
        replica.publish()


def _statement(member: Any, balance: int, shop: Shop) -> StatementItem:  # noqa: ANN401 - an id
    lots = (StatementLot(shop.ids.random_id(), shop.clock.now_us(), balance, balance),) if balance > 0 else ()
    return StatementItem(member, balance, sales=3, revenue_cents=1_000, lots=lots)


class Answers(msgspec.Struct, frozen=True):
    """What a till shows.

    Attributes:
        balances: By card, as the member panel shows it; ``None`` for a card that counts as new.
        rest: Everything else that can be asked.
    """

    balances: dict[str, int | None]
    rest: dict[str, Any]


def balances(shop: Shop, store: Store, reader: Reader) -> dict[str, int | None]:
    """Scan every card, as the window does, then show it, as the command line does.

    Raises:
        StorageError: The till says that something is wrong.
    """
    found: dict[str, int | None] = {}
    for number in range(1, CARDS + 2):
        scanned = identify(reader, store.programme, store.programme_key, card(number))
        found[f"scan {number}"] = scanned.account.balance if hasattr(scanned, "account") else None
        shown = show_member(reader, store.programme, card(number))
        found[f"show {number}"] = None if isinstance(shown, Refused) else shown.account.balance
        if not isinstance(shown, Refused):
            found[f"lots {number}"] = sum(lot.left for lot in shown.lots)
            history = reader.bookings(shown.account.member_id)
            after = history[0].balance_after if history else None
            found[f"history {number}"] = after
    return found


def everything_else(shop: Shop, store: Store, reader: Reader) -> dict[str, Any]:
    """Names, histories, reports, people and rules."""
    days = [shop.clock.today() - timedelta(days=back) for back in range(DAYS + 1)]
    answers: dict[str, Any] = _plain(
        {
            "members": [show_member(reader, store.programme, card(number)) for number in range(1, CARDS + 2)],
            "recent": reader.recent_bookings(1000),
            "days": [reader.day_report(day) for day in days],
            "period": PeriodReads.of(reader).period_facts(days[-1], days[0]),
            "cashiers": reader.cashiers(),
            "with points": sorted(reader.members_with_points(None, 100)),
            "shop": store.shop,
            "programme": store.programme,
            "key": store.programme_key,
            "closed": [reader.latest_closed_day(), reader.last_close_number()],
            "head": reader.head(),
            "link": [reader.link(), reader.replica_state(), reader.head_office()],
            "records": reader._ledger.all("SELECT * FROM journal ORDER BY seq"),
            "texts": reader._ledger.all("SELECT * FROM free_text"),
            "erased": [reader.is_erased(member) for member in sorted(_erased(reader))],
        }
    )
    return answers


def _erased(reader: Reader) -> list[UUID]:
    """Who must stay erased: everybody the journal names who has neither card nor profile is looked at."""
    rows = reader._ledger.all("SELECT DISTINCT member_id FROM journal WHERE member_id IS NOT NULL")
    return [UUID(bytes=member) for (member,) in rows]


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON
    return msgspec.json.decode(msgspec.json.encode(value))


def ask(shop: Shop) -> Answers:
    """All answers of a shop in good order."""
    with shop.open(writable=False) as store, closing(store.reader()) as reader:
        return Answers(balances(shop, store, reader), everything_else(shop, store, reader))
