"""Bookings of other tills at the command line: what names one, and who says what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import typer

from loyalty import receipt_code
from loyalty.bounds import POINTS_MAX
from loyalty.directory import Role
from loyalty.outcomes import Reason, Refused
from loyalty.reversal import Receipt
from loyalty.wire import ProblemCode
from terminal.app.elsewhere import Elsewhere, told_by_head_office
from terminal.app.reverse import Vouch
from terminal.cli import parsing
from texts.command_line.answers import Answer

if TYPE_CHECKING:
    from loyalty.records import Redemption, Sale
    from storage.store import Reader
    from terminal.app.till import Till
    from terminal.cli.session import Session
    from texts.i18n import Texts


class Named(msgspec.Struct, frozen=True):
    """What a command names: a booking's id, or the code on its receipt."""

    record_id: UUID
    code: str = ""


class Said(msgspec.Struct, frozen=True):
    """What a manager reads off a receipt, as options: all empty when nobody vouches."""

    manager: str = ""
    amount: str = ""
    points: int = 0
    redeemed: int = 0
    card: str = ""


def named(text: str) -> Named | Refused:
    """Read an id or a code.

    Raises:
        typer.BadParameter: It is neither.
    """
    if not receipt_code.is_code(text):
        return Named(parsing.uuid(text))
    found = receipt_code.read(text)
    return found if isinstance(found, Refused) else Named(found.original.record_id, text)


def vouch_of(texts: Texts, reader: Reader, said: Said) -> Vouch | Answer | Refused | None:
    """What a manager says, ``None`` when nobody does. Whoever may write the files may vouch, so no PIN is asked."""
    if said == Said():
        return None
    if not 0 <= said.points <= POINTS_MAX or not 0 <= said.redeemed <= POINTS_MAX:
        raise typer.BadParameter(f"points are a number from 0 to {POINTS_MAX}")
    cents = parsing.amount(texts, said.amount, zero_ok=True) if said.amount else 0
    if isinstance(cents, Answer):
        return cents
    managers = [row for row in reader.cashiers() if row.role is Role.MANAGER and not row.blocked]
    found = next((row for row in managers if row.name == said.manager.strip()), None)
    if found is None and (managers or said.manager):
        return Refused(Reason.NOT_ALLOWED)
    manager_id = found.cashier_id if found else None
    return Vouch(Receipt(cents, said.points, said.redeemed), said.card, manager_id, trusted=True)


def learn(session: Session, till: Till, reader: Reader, wanted: Named) -> Elsewhere | Refused | None:
    """What can be known of a booking: head office first, because it knows what was undone elsewhere, then the receipt.

    Returns:
        ``None`` when nothing can be learned: the till stands alone, or the booking is its own and head office does not
        say what others undid of it.
    """
    if till.store.head_office is None:
        return None
    if reader.record(wanted.record_id) is not None:
        known = _ask(session, till, reader, wanted.record_id)
        return known if isinstance(known, Elsewhere) else None
    from terminal.sync.receipts import read_receipt

    receipt = read_receipt(reader, wanted.code) if wanted.code else None
    if isinstance(receipt, Refused) and receipt.reason is Reason.RECEIPT_CODE_FORGED:
        return receipt
    told = _ask(session, till, reader, wanted.record_id)
    if isinstance(told, Elsewhere) or receipt is None or told.reason is Reason.RECORD_NOT_REVERSIBLE:
        return told
    return receipt


def _ask(session: Session, till: Till, reader: Reader, record_id: UUID) -> Elsewhere | Refused:
    from terminal.sync.errors import HeadOfficeSaysNo, SyncError
    from terminal.sync.keys import KeyStore, system_keyring
    from terminal.sync.questions import ask_once
    from terminal.sync.session import connect_over_http

    head_office = till.store.head_office
    assert head_office is not None, "only a joined till asks"
    try:
        private_key, _ = KeyStore(session.directory, system_keyring()).find(head_office.terminal_id)
        port = connect_over_http(head_office, private_key, session.programs.clock, reader.link().offset_ms)
        reply = ask_once(port, lambda port: port.record(record_id))
    except HeadOfficeSaysNo as error:
        missing = error.code is ProblemCode.NOT_FOUND
        return Refused(Reason.RECORD_NOT_THERE_YET if missing else Reason.RECORD_OF_ANOTHER_TILL)
    except SyncError:
        return Refused(Reason.RECORD_OF_ANOTHER_TILL)
    return told_by_head_office(reader, reply)


def code_of(session: Session, till: Till, record: Sale | Redemption) -> str | Refused:
    """The code of a booking of this till for its receipt; empty when it does not fit into one."""
    from terminal.sync import receipts
    from terminal.sync.errors import SyncError
    from terminal.sync.keys import KeyStore, system_keyring

    head_office = till.store.head_office
    if head_office is None:
        return Refused(Reason.NOT_JOINED)
    try:
        private_key, _ = KeyStore(session.directory, system_keyring()).find(head_office.terminal_id)
    except SyncError:
        return Refused(Reason.NOT_JOINED)
    return receipts.code_of(record, head_office.terminal_id, private_key)


def origin(elsewhere: Elsewhere | None, *, vouched: bool) -> dict[str, object]:
    """Which other till made a booking and who says so, for a document; both ``None`` for one of this till."""
    if elsewhere is not None and not elsewhere.own:
        return {"till": elsewhere.till, "proof": "head_office" if elsewhere.online else "receipt"}
    return {"till": None, "proof": "manager" if vouched else None}
