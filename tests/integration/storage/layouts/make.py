"""Makes the fixture of the layout that the program has now: a small shop, and what is true of it.

    python -m tests.integration.storage.layouts.make

writes beside itself ``till_N.zip`` (a till that stands alone and one that has joined a head office), ``office_N.zip``
(that head office), and for each a ``.json`` with the figures as the code of that layout gives them. It is to be run in
the last commit before a layout is changed. What was missed can be made up for: check that commit out somewhere else
(``git worktree add --detach FOLDER COMMIT``), copy this file into the same place there, and run it there. So it uses
only what every version had: the store, its unit of work and the ledgers of the tests.

The shop has every kind of record of its time, a merge, an erasure, reversals, a blocked card, a closed day, two epochs,
an old programme and a new one; the joined till also another till's sale, a sale and changes that head office has not
heard of.
"""

from __future__ import annotations

import tempfile
import zipfile
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

import msgspec

from loyalty import records
from loyalty.cards import account_id
from loyalty.directory import CardStatus, Profile, Role
from loyalty.encoding import decode
from loyalty.programme import parse_programme
from loyalty.records import (
    AnyRecord,
    CardAction,
    CardChange,
    CashierSession,
    Consent,
    Enrolment,
    ProgrammeChange,
    Purpose,
    SessionAction,
)
from storage.backup import backup, restore
from storage.schema import SCHEMA_VERSION
from storage.store import open_store
from storage.types import CardRow, CashierRow
from storage.verify import verify
from tests.fakes.ledger import PROGRAMME, LedgerOfTests, card_number

if TYPE_CHECKING:
    from uuid import UUID

    from storage.store import Store

HERE: Final = Path(__file__).parent
PEOPLE: Final = {
    1: Profile("Änne Müller", "+49301234567", "aenne@example.org", date(1980, 2, 29)),
    2: Profile("Otto Ohne-Telefon"),
    3: Profile("Ida Schmidt", "+493099999"),
    4: Profile("Egon Vergessen", "+491605550123", "egon@example.org"),
    6: Profile("Berta Gesperrt"),
}
"""Who is enrolled, by the number of the card: 2 is merged into 3, 4 is erased, the card of 6 is blocked.

Card 5 collects without anybody having enrolled it."""

CARDS: Final = range(1, 8)
DAYS: Final = (date(2026, 11, 21), date(2026, 11, 22))
NOTE: Final = "Kassenzettel fehlte"
ERASED_NOTE: Final = "Egon fand den Zettel wieder"


def main() -> None:
    """Make the fixtures of both parties, as far as this version has them."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        figures = {"alone": _make_alone(made / "alone")}
        if find_spec("tests.fakes.office_till"):  # since there is a head office
            from tests.fakes.office_till import OfficeTill

            figures["joined"], office, revision = _make_joined(made, OfficeTill)
            _pack(made / "office", HERE / f"office_{revision}", office)
        _pack_till(made, HERE / f"till_{SCHEMA_VERSION}", figures)


def _make_alone(directory: Path) -> dict[str, Any]:
    ledger = LedgerOfTests(directory, seed=SCHEMA_VERSION)
    tell_a_day(ledger)
    ledger.close()
    copy = directory / "copy.sqlite"
    backup(directory, copy)
    restore(copy, directory, clock=ledger.clock, ids=ledger.ids)  # a second epoch
    ledger.store = open_store(directory, clock=ledger.clock, ids=ledger.ids)
    tell_another_day(ledger)
    assert not _kinds() - kinds_in(ledger), f"no record of kind {_kinds() - kinds_in(ledger)}"
    fresh = _take_numbers(ledger)
    return _figures(ledger) | {"fresh": fresh}


def _make_joined(made: Path, till_class: Any) -> tuple[dict[str, Any], dict[str, Any], str]:  # noqa: ANN401 - a class
    """A head office, two tills of it, and what the first has not told yet."""
    from headoffice.store.migrate import layout_version
    from tests.fakes.office import TestedOffice

    office = TestedOffice(made / "office", None)
    till, other = till_class(made / "joined", office, 11), till_class(made / "other", office, 12)
    tell_a_day(till.ledger)
    till.round()
    other.round()
    other.ledger.clock.advance(days=1)
    other.ledger.append(other.ledger.sale(till.ledger.member(1), 700))
    other.round()
    tell_another_day(till.ledger)
    till.round()
    till.round()
    with office.head.database.engine.connect() as connection:
        revision = layout_version(connection)
    assert revision is not None
    said = {
        "balances": {str(number): office.balance(till.ledger.member(number)) for number in CARDS if number != 7},
        "ok": office.head.verify().ok,
    }
    with till.ledger.store.unit() as unit:  # and head office hears of none of it
        unit.append(till.ledger.sale(till.ledger.member(1), 300))
        unit.put_profile(till.ledger.member(3), Profile("Ida Meier", "+493099999"))
        unit.put_card(CardRow(till.ledger.ids.random_id(), card_number(7), till.ledger.member(3)))
    figures = _figures(till.ledger)
    other.close()
    office.close()
    return figures, said, revision


def tell_a_day(ledger: LedgerOfTests) -> None:
    """The shop's first day, up to its close."""
    mia = CashierRow(ledger.ids.random_id(), "Mia", Role.MANAGER, "$argon2id$none")
    with ledger.store.unit() as unit:
        unit.put_cashier(mia)
        unit.append(CashierSession(**ledger.header(None, cashier_id=mia.cashier_id), action=SessionAction.SIGN_IN))
    for number, profile in PEOPLE.items():
        _enrol(ledger, number, profile)
    bought = ledger.sale(ledger.member(1), 10_000, 100, receipt="4711")
    taken = ledger.redemption(ledger.member(1))
    second = ledger.sale(ledger.member(1), 6_000, 60, ledger.reward())
    ledger.append(bought, taken, second, ledger.sale(None, 450))
    ledger.append(ledger.reversal(bought, 2_500, 25), ledger.reversal(taken))
    ledger.append(*(ledger.sale(ledger.member(number), 1_000 * number) for number in (2, 3, 4, 5, 6)))
    for number, note in ((3, NOTE), (4, ERASED_NOTE)):
        text_ref = ledger.ids.random_id()
        with ledger.store.unit() as unit:
            _put_text(unit, text_ref, note, ledger.member(number))
            unit.append(ledger.adjustment(ledger.member(number), 5, text_ref))
    ledger.append(ledger.merge(ledger.member(2), ledger.member(3)))
    last_day = date(2026, 11, 20)
    _append_if_known(ledger, "Expiry", 6, lot_id=ledger.ids.record_id(), points=10, last_day=last_day)
    _append_if_known(ledger, "Feedback", 1, booking_id=bought.record_id, stars=4)
    _block(ledger, 6)
    ledger.append(ledger.day_close())


def tell_another_day(ledger: LedgerOfTests) -> None:
    """The next day: new rules, a sale, and somebody is forgotten."""
    ledger.clock.advance(days=1)
    document = PROGRAMME.replace("version = 1", "version = 2", 1).replace("Morgenrot", "Abendrot")
    programme = parse_programme(document)
    assert not isinstance(programme, list)
    with ledger.store.unit() as unit:
        unit.put_programme(programme, document)
        unit.append(ProgrammeChange(**ledger.header(None), version=2, document_hash=""))
    ledger.append(ledger.sale(ledger.member(1), 1_200, programme_version=2))
    with ledger.store.unit() as unit:
        unit.erase_member(ledger.member(4))


def _enrol(ledger: LedgerOfTests, number: int, profile: Profile) -> None:
    member, card_ref = ledger.member(number), ledger.ids.random_id()
    with ledger.store.unit() as unit:
        unit.put_card(CardRow(card_ref, card_number(number), member))
        unit.put_profile(member, profile)
        unit.append(Enrolment(**ledger.header(member), card_ref=card_ref))
        for purpose, granted in ((Purpose.EMAIL, True), (Purpose.SMS, number != 1)):
            said = Consent(**ledger.header(member), purpose=purpose, text_version="2026-1", granted=granted)
            unit.append(said)


def _put_text(unit: Any, text_ref: UUID, note: str, member: UUID) -> None:  # noqa: ANN401 - a unit of any version
    try:
        unit.put_text(text_ref, note, member)
    except TypeError:  # the first layout knew not whose a text is
        unit.put_text(text_ref, note)


def _append_if_known(ledger: LedgerOfTests, kind: str, member: int, **fields: object) -> None:
    """A record of a kind that did not always exist."""
    known = getattr(records, kind, None)
    if known is not None:
        ledger.append(known(**ledger.header(ledger.member(member)), **fields))


def _take_numbers(ledger: LedgerOfTests) -> list[str]:
    """Fresh card numbers, once a till counted them."""
    with ledger.store.unit() as unit:
        if not hasattr(unit, "numbers"):
            return []
        from loyalty.numbering import Series

        numbers = unit.numbers.take(Series.of(ledger.store.programme.cards[0]), 3)
    assert isinstance(numbers, list)
    return numbers


def _block(ledger: LedgerOfTests, number: int) -> None:
    with ledger.store.unit() as unit:
        card = unit.card(card_number(number))
        assert card is not None
        unit.put_card(msgspec.structs.replace(card, status=CardStatus.BLOCKED))
        unit.append(CardChange(**ledger.header(card.member_id), action=CardAction.BLOCK, card_ref=card.card_ref))


def _kinds() -> set[str]:
    """Every kind of record this version knows."""
    return {str(kind.__struct_config__.tag) for kind in get_args(AnyRecord)}


def kinds_in(ledger: LedgerOfTests) -> set[str]:
    """Every kind of record in a journal."""
    with ledger.store.reader() as reader:
        rows = reader._ledger.all("SELECT payload FROM journal")
    return {str(type(decode(payload)).__struct_config__.tag) for (payload,) in rows}


def _figures(ledger: LedgerOfTests) -> dict[str, Any]:
    """What is true of a till, then and for ever; closes it."""
    found = figures_of(ledger.store)
    ledger.close()
    result = verify(ledger.directory)
    assert result.ok, result.problems
    return found


def figures_of(store: Store) -> dict[str, Any]:
    """Everything that has to be the same in every layout."""
    members = {number: account_id(store.programme_key, card_number(number)) for number in CARDS}
    with store.reader() as reader:
        accounts = {str(number): reader.account(member) for number, member in members.items()}
        cards = {str(number): reader.card(card_number(number)) for number in CARDS}
        waiting = getattr(reader, "edits_waiting", None)
        return {
            "records": reader.head().seq,
            "head": reader.head().hash.hex(),
            "balances": {number: account.balance for number, account in accounts.items()},
            "sales": {number: account.sales for number, account in accounts.items()},
            "revenue_cents": {number: account.revenue_cents for number, account in accounts.items()},
            "bookings": {str(number): len(reader.bookings(member, 50)) for number, member in members.items()},
            "names": {str(number): _name(reader.profile(member)) for number, member in members.items()},
            "cards": {number: card.status.value if card else None for number, card in cards.items()},
            "found": [hit.name for hit in reader.search("mueller")],
            "cashiers": [cashier.name for cashier in reader.cashiers()],
            "closes": reader.last_close_number(),
            "days": {day.isoformat(): msgspec.to_builtins(reader.day_report(day).totals) for day in DAYS},
            "open_points": reader.day_report(DAYS[-1]).open_points,
            "programme": store.programme.version,
            "edits_waiting": waiting() if waiting else 0,
        }


def _name(profile: Profile | None) -> str | None:
    return profile.name if profile else None


def _pack_till(made: Path, target: Path, figures: dict[str, Any]) -> None:
    for name in ("alone", "joined"):
        for path in (made / name).glob("*"):
            if path.name.startswith(("copy.", "ledger.before")) or path.suffix == ".lock":
                path.unlink()
    with zipfile.ZipFile(target.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        for name in figures:
            _write_into(archive, made, made / name)
    _describe(target, {"layout": SCHEMA_VERSION, **figures})


def _pack(folder: Path, target: Path, figures: dict[str, Any]) -> None:
    with zipfile.ZipFile(target.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        _write_into(archive, folder, folder)
    _describe(target, figures)


def _write_into(archive: zipfile.ZipFile, base: Path, folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        is_left_over = "lock" in path.name or path.name.endswith("-shm") or not path.stat().st_size
        if path.is_file() and not is_left_over:
            archive.write(path, path.relative_to(base).as_posix())


def _describe(target: Path, figures: dict[str, Any]) -> None:
    text = msgspec.json.format(msgspec.json.encode(figures), indent=2)
    target.with_suffix(".json").write_bytes(text + b"\n")


if __name__ == "__main__":
    main()
