"""What tills changed about people, cards, texts and cashiers: each edit once, and the last one wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from headoffice import authority
from headoffice.people.directory import erased, fields_there, one_at_a_time, put_fields, roots
from headoffice.people.erasing import erase, texts_of_erased
from headoffice.people.sealing import Sealed, Sealer
from headoffice.store import bulk
from headoffice.store.archive import TombstoneLine
from headoffice.store.dirty import touch
from headoffice.store.tables import CARD, CARD_REF, CASHIER, EDIT_SEEN, FREE_TEXT
from headoffice.store.upserts import upsert
from loyalty.directory import CardStatus
from loyalty.feed import CardEdit, CashierEdit, EditsReply, ProfileEdit, TextEdit, TombstoneEdit
from loyalty.records import CardAction, CardChange

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Connection

    from headoffice.office import Office
    from headoffice.store.archive import Line
    from headoffice.store.rows import TerminalRow
    from loyalty.feed import Edit, EditsRequest, ProfileField


def take_edits(office: Office, terminal: TerminalRow, request: EditsRequest) -> EditsReply:  # noqa: ARG001 - any till may edit
    """Take edits over; those of people who were erased are dropped, whenever they arrive."""

    def work(connection: Connection) -> list[Line]:
        return _take(office, connection, request.edits)

    office.archive.append(office.database.transact(work))
    return EditsReply(len(request.edits))


def _take(office: Office, connection: Connection, edits: Sequence[Edit]) -> list[Line]:
    one_at_a_time(connection)
    by_id = {edit.edit_id: edit for edit in edits}
    now_us = office.clock.now_us()
    seen = [(edit_id, now_us) for edit_id in sorted(by_id)]
    new = bulk.insert_new(connection, EDIT_SEEN, ("edit_id", "at_us"), seen)
    archived: list[Line] = []
    together: list[Edit] = []
    for edit in by_id.values():
        if edit.edit_id not in new:
            continue
        if isinstance(edit, TombstoneEdit):
            archived += _take_together(office, connection, together)
            together = []
            names = erase(connection, edit.member_id, edit.erased_at_us, edit.erased_day)
            archived += [TombstoneLine(name, edit.erased_at_us, edit.erased_day) for name in names]
        else:
            together.append(edit)
    return archived + _take_together(office, connection, together)


def _take_together(office: Office, connection: Connection, edits: Sequence[Edit]) -> list[Line]:
    """Take edits with no tombstone between them, kind by kind."""
    sealer = office.sealer
    named = {edit.member_id for edit in edits if isinstance(edit, ProfileEdit | CardEdit)}
    standing = roots(connection, named)
    gone = erased(connection, named | set(standing.values()))
    alive = {member for member, account in standing.items() if member not in gone and account not in gone}
    fields = [edit for edit in edits if isinstance(edit, ProfileEdit) and edit.member_id in alive]
    put_fields(connection, sealer, _values(connection, fields, standing))
    changed = {edit.member_id for edit in fields}
    cards = [edit for edit in edits if isinstance(edit, CardEdit) and edit.member_id in alive]
    lines, moved = _take_cards(office, connection, cards, standing)
    changed |= moved
    touch(connection, "member", map(str, sorted(changed | {standing.get(member, member) for member in changed})))
    _take_texts(connection, sealer, [edit for edit in edits if isinstance(edit, TextEdit)])
    cashiers = _cashiers(connection, [edit for edit in edits if isinstance(edit, CashierEdit)])
    upsert(connection, CASHIER, [_cashier(edit) for edit in cashiers.values()])
    touch(connection, "cashier", map(str, sorted(cashiers)))
    return list(lines)


def _values(
    connection: Connection, edits: Sequence[ProfileEdit], standing: dict[UUID, UUID]
) -> dict[tuple[UUID, ProfileField], str]:
    """What fields get; the last edit wins, but one that only fills never over anything, nor over the survivor's."""
    filling = {edit.member_id for edit in edits if edit.fills}
    there = fields_there(connection, filling | {standing[member] for member in filling}) if filling else frozenset()
    values: dict[tuple[UUID, ProfileField], str] = {}
    for edit in edits:
        places = {(edit.member_id, edit.field), (standing[edit.member_id], edit.field)}
        if not (edit.fills and (places & there or places & values.keys())):
            values[edit.member_id, edit.field] = edit.value
    return values


def _cashiers(connection: Connection, edits: Sequence[CashierEdit]) -> dict[UUID, CashierEdit]:
    """Whom edits are about; the last one wins, but one that only fills never over anything."""
    filling = [edit.cashier_id for edit in edits if edit.fills]
    query = select(CASHIER.c.cashier_id).where(bulk.among(connection, CASHIER.c.cashier_id, filling))
    there = set(connection.scalars(query)) if filling else set()
    found: dict[UUID, CashierEdit] = {}
    for edit in edits:
        if not (edit.fills and (edit.cashier_id in there or edit.cashier_id in found)):
            found[edit.cashier_id] = edit
    return found


def _take_cards(
    office: Office, connection: Connection, edits: Sequence[CardEdit], standing: dict[UUID, UUID]
) -> tuple[Sequence[Line], set[UUID]]:
    """Take cards over. A number that two accounts claim joins them: whoever holds the card is one person.

    A reference that is new here for a number that is not comes from a till that had never heard of the card. What it
    knows of the card's state is nothing, so it does not let a blocked or replaced one work again.

    Returns:
        What is to be archived, and whose cards changed.
    """
    if not edits:
        return [], set()
    numbers = sorted({edit.number for edit in edits})
    query = select(CARD).where(bulk.among(connection, CARD.c.number, numbers)).order_by(CARD.c.number)
    known = {row.number: row._asdict() for row in connection.execute(query.with_for_update())}
    standing = standing | roots(connection, {row["member_id"] for row in known.values()})
    named = bulk.among(connection, CARD_REF.c.card_ref, {edit.card_ref for edit in edits})
    heard_of = set(connection.scalars(select(CARD_REF.c.card_ref).where(named)))
    merges: dict[UUID, UUID] = {}
    for edit in edits:
        if edit.fills and edit.number in known:
            continue
        row = known.setdefault(
            edit.number,
            {
                "number": edit.number,
                "number_reversed": edit.number[::-1],
                "card_ref": edit.card_ref,
                "member_id": edit.member_id,
            },
        )
        if edit.card_ref in heard_of or edit.status is not CardStatus.ACTIVE or "status" not in row:
            row["status"] = edit.status.value
        heard_of.add(edit.card_ref)
        claimed, held = standing[edit.member_id], standing[row["member_id"]]
        if claimed != held:
            merges[claimed] = held
            standing = {member: held if account == claimed else account for member, account in standing.items()}
    upsert(connection, CARD, [known[number] for number in numbers])
    references = {edit.card_ref: {"card_ref": edit.card_ref, "number": edit.number} for edit in edits}
    upsert(connection, CARD_REF, [references[reference] for reference in sorted(references)])
    lines = _merge(office, connection, merges)
    return lines, {edit.member_id for edit in edits} | {row["member_id"] for row in known.values()}


def _merge(office: Office, connection: Connection, merges: dict[UUID, UUID]) -> Sequence[Line]:
    version = authority.version_in_force(office, connection)
    records = [
        CardChange(
            **authority.header(office, claimed, version, "card of two accounts", claimed, held),
            action=CardAction.MERGE,
            into_member_id=held,
        )
        for claimed, held in merges.items()
    ]
    return authority.append(office, connection, records)


def _take_texts(connection: Connection, sealer: Sealer, edits: Sequence[TextEdit]) -> None:
    """Keep texts; a text never changes, and one about somebody who was erased stays away, or is empty from the start.

    A text says nothing of a member itself. The record that names it went up before it.
    """
    gone = texts_of_erased(connection) if edits else frozenset()
    rows = []
    for edit in {edit.text_ref: edit for edit in edits}.values():
        sealed = Sealed() if edit.text_ref in gone else sealer.seal_text(edit.text_ref, edit.text)
        rows.append((edit.text_ref, sealed.nonce, sealed.box))
    bulk.insert_new(connection, FREE_TEXT, ("text_ref", "nonce", "box"), sorted(rows))


def _cashier(edit: CashierEdit) -> dict[str, object]:
    return {
        "cashier_id": edit.cashier_id,
        "name": edit.name,
        "role": edit.role.value,
        "pin_hash": edit.pin_hash,
        "blocked": edit.blocked,
    }
