"""Members as people at head office see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from headoffice.feed.statements import programme_in_force, statements
from headoffice.people.directory import family, profiles, root, roots
from headoffice.people.sealing import Sealed, Sealer
from headoffice.people.search import search
from headoffice.store import bulk
from headoffice.store.tables import ACCOUNT, CARD, FREE_TEXT, RECORD, STORE, TERMINAL, TOMBSTONE
from headoffice.views import MemberHit, MemberView, RecordView
from loyalty.cards import masked
from loyalty.directory import CardStatus, Profile
from loyalty.encoding import decode
from loyalty.feed import CardItem, StatementItem
from loyalty.folding import fold_word
from loyalty.records import Adjustment, Reversal

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from sqlalchemy import Connection, Row

    from headoffice.office import Office


def find(office: Office, text: str, limit: int) -> tuple[MemberHit, ...]:
    """Members that a search finds, by name."""
    with office.database.snapshot() as connection:
        found = search(connection, text, limit)
        people = profiles(connection, office.sealer, found)
        shown = cards_shown(connection, found)
        balances: dict[UUID, int] = dict(
            connection.execute(
                select(ACCOUNT.c.member_id, ACCOUNT.c.balance).where(bulk.among(connection, ACCOUNT.c.member_id, found))
            ).all()
        )
    hits = []
    for member_id in found:
        profile = people.get(member_id, Profile(""))
        phone = masked(profile.phone) if profile.phone else ""
        hits.append(MemberHit(member_id, profile.name, shown.get(member_id, ""), phone, balances.get(member_id, 0)))
    return tuple(sorted(hits, key=lambda hit: (fold_word(hit.name), hit.card_masked, hit.member_id)))


def cards_shown(connection: Connection, members: Collection[UUID]) -> dict[UUID, str]:
    """One card of each member as a screen shows it, an active one where there is one."""
    if not members:
        return {}
    standing = roots(connection, members)
    account = select(CARD.c.member_id, CARD.c.number, CARD.c.status, ACCOUNT.c.merged_into).outerjoin(
        ACCOUNT, ACCOUNT.c.member_id == CARD.c.member_id
    )
    wanted = set(standing.values())
    rows = connection.execute(
        account.where(
            or_(
                bulk.among(connection, CARD.c.member_id, wanted),
                bulk.among(connection, ACCOUNT.c.merged_into, wanted),
            )
        )
    ).all()
    ordered = sorted(rows, key=lambda row: (row.status != CardStatus.ACTIVE, row.number))
    of_root: dict[UUID, str] = {}
    for row in ordered:
        of_root.setdefault(row.merged_into or row.member_id, masked(row.number))
    return {member: of_root[account_id] for member, account_id in standing.items() if account_id in of_root}


def view(office: Office, member_id: UUID, limit: int) -> MemberView | None:
    """One member with cards, statement and newest records; ``None`` when nothing is known of the account."""
    sealer = office.sealer
    with office.database.snapshot() as connection:
        account = root(connection, member_id)
        names = family(connection, account)
        cards = cards_of(connection, names)
        erased_day = connection.scalar(
            select(TOMBSTONE.c.erased_day).where(TOMBSTONE.c.member_id.in_(names)).order_by(TOMBSTONE.c.erased_day)
        )
        programme = programme_in_force(connection, office.clock.now_us())
        rule = programme.expiry if programme else None
        known = connection.scalar(select(ACCOUNT.c.member_id).where(ACCOUNT.c.member_id == account))
        profile = profiles(connection, sealer, [account]).get(account)
        if known is None and profile is None and not cards and erased_day is None:
            return None
        said = statements(connection, [account], rule, office.clock.business_day)
        return MemberView(
            member_id=account,
            merged_ids=tuple(names[1:]),
            profile=profile,
            erased_day=erased_day,
            cards=cards,
            statement=said[0] if said else StatementItem(account),
            records=_records(connection, sealer, names, limit),
        )


def cards_of(connection: Connection, members: Collection[UUID]) -> tuple[CardItem, ...]:
    """All cards of accounts, by number."""
    query = select(CARD).where(bulk.among(connection, CARD.c.member_id, members)).order_by(CARD.c.number)
    return tuple(
        CardItem(row.number, row.card_ref, row.member_id, CardStatus(row.status)) for row in connection.execute(query)
    )


def _records(connection: Connection, sealer: Sealer, members: Collection[UUID], limit: int) -> tuple[RecordView, ...]:
    query = (
        select(RECORD, STORE.c.name.label("store"), TERMINAL.c.name.label("terminal"))
        .outerjoin(TERMINAL, TERMINAL.c.terminal_id == RECORD.c.terminal_id)
        .outerjoin(STORE, STORE.c.store_id == TERMINAL.c.store_id)
        .where(bulk.among(connection, RECORD.c.member_id, members))
        .order_by(RECORD.c.at_us.desc(), RECORD.c.record_id.desc())
        .limit(limit)
    )
    rows = connection.execute(query).all()
    texts = _texts(connection, sealer, rows)
    return tuple(
        RecordView(
            record_id=row.record_id,
            kind=row.kind,
            at_us=row.at_us,
            business_day=row.business_day,
            store=row.store or "",
            terminal=row.terminal or "",
            points=row.points,
            amount_cents=row.amount_cents,
            waiting=row.state == "waiting",
            text=texts.get(row.record_id, ""),
        )
        for row in rows
    )


def _texts(connection: Connection, sealer: Sealer, rows: Collection[Row[Any]]) -> dict[UUID, str]:
    """The free texts behind records, by record."""
    references = {}
    for row in rows:
        if row.kind in {"adjustment", "reversal"}:
            record = decode(row.payload)
            if isinstance(record, Adjustment | Reversal) and record.text_ref:
                references[row.record_id] = record.text_ref
    if not references:
        return {}
    found = connection.execute(
        select(FREE_TEXT).where(bulk.among(connection, FREE_TEXT.c.text_ref, set(references.values())))
    )
    texts = {row.text_ref: sealer.open_text(row.text_ref, Sealed(row.nonce, row.box)) or "" for row in found}
    return {record_id: texts.get(reference, "") for record_id, reference in references.items()}
