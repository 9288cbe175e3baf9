"""What a black box holds, taken into a ledger: records where their chain goes on, others in an epoch of their own."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec

from loyalty.chain import COLUMNS, FIRST_PREV_HASH, chain_hash
from loyalty.directory import Profile
from loyalty.encoding import decode
from loyalty.feed import (
    CardEdit,
    CashierEdit,
    ProfileEdit,
    ProfileField,
    TextEdit,
    TombstoneEdit,
    TombstoneItem,
)
from loyalty.programme import Programme, parse_programme
from loyalty.records import Adjustment, Reversal
from storage import migrations
from storage.blackbox_source import EPOCH_START, box_key, open_edit
from storage.connection import open_writer
from storage.edits import Outbox
from storage.epochs import continue_in_new_epoch
from storage.errors import Damaged
from storage.files import VAULT_FILE, make_private
from storage.incoming import ROWS_MAX
from storage.joining import begin_anew
from storage.journal import Link as ChainLink
from storage.journal import link_problem, tip
from storage.projections import apply
from storage.types import CardRow, CashierRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from loyalty.feed import Edit
    from loyalty.ports import Clock, Ids
    from storage.blackbox_frames import BoxedProgramme, BoxedRecord
    from storage.blackbox_read import BlackBoxContents
    from storage.connection import Database
    from storage.store import Reader, Store, Unit

PROGRESS_RECORDS: Final = 1_000
"""How often progress is reported, in records."""

_KNOWN: Final = "SELECT 1 FROM journal WHERE record_id = ?"
_INSERT: Final = f"INSERT INTO journal({COLUMNS}, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constant names
_PROGRAMME: Final = "INSERT INTO programme(version, document) VALUES (?, ?) ON CONFLICT DO NOTHING"
_SHOP: Final = "INSERT INTO shop(id, name, till_name, currency, terminal_id, created_at_us) VALUES (1, ?, ?, ?, ?, ?)"


def build_from_box(path: Path, contents: BlackBoxContents) -> None:
    """Make a ledger out of a box that holds a till's whole journal.

    Args:
        path: The file to make.
        contents: The box, its heading readable.

    Raises:
        Damaged: The first record, the heading or the rules are not in it.
    """
    heading = contents.heading
    if heading is None or not contents.programmes or not any(record.seq == 1 for record in contents.records):
        raise Damaged(f"the black box of {contents.ledger_id} does not go back to the first record")
    make_private(path)
    with closing(open_writer(path)) as ledger:
        migrations.bring_up_to_date(ledger, migrations.LEDGER_LAYOUT)
        with ledger.transaction():
            names = (heading.shop_name, heading.till_name, heading.currency)
            ledger.run(_SHOP, (*names, heading.ledger_id.bytes, heading.created_at_us))
            _put_programmes(ledger, contents.programmes)
            _go_on(ledger, contents)
        ledger.one("PRAGMA wal_checkpoint(TRUNCATE)")


def extend(path: Path, contents: BlackBoxContents) -> int:
    """Go on with a copy of a ledger by the box's records, as far as their chain goes on from it.

    Args:
        path: The copy; it is changed.
        contents: The box.

    Returns:
        How many records came in.
    """
    with closing(open_writer(path)) as ledger:
        migrations.bring_up_to_date(ledger, migrations.LEDGER_LAYOUT)
        with ledger.transaction():
            _put_programmes(ledger, contents.programmes)
            done = _go_on(ledger, contents)
        ledger.one("PRAGMA wal_checkpoint(TRUNCATE)")
    return done


def _put_programmes(ledger: Database, programmes: Sequence[BoxedProgramme]) -> None:
    for programme in programmes:
        if isinstance(parse_programme(programme.document), Programme):
            ledger.run(_PROGRAMME, (programme.version, programme.document))


def _go_on(ledger: Database, contents: BlackBoxContents) -> int:
    """Insert row after row with place and hash as they were, each as long as it names the one before.

    Where two go on from the same record, the ledger was put back there; the newer one is followed.
    """
    by_parent = {record.prev_hash: record for record in contents.records}
    last, done = tip(ledger), 0
    before = ChainLink(last.seq, last.epoch, last.hash) if last.seq else None
    while record := by_parent.get(before.hash if before else FIRST_PREV_HASH):
        problem = link_problem(record.row, before)
        if problem:
            raise Damaged(f"the black box of {contents.ledger_id}: {problem}")
        ledger.run(_INSERT, record.row)
        apply(ledger, record.seq, decode(record.payload))
        before = ChainLink(record.seq, record.epoch, record.hash)
        done += 1
    return done


class Taken(msgspec.Struct, frozen=True):
    """What a box brought.

    Attributes:
        records: How many of its records the journal holds now, beginnings of epochs left out.
        edits: How many of its edits could be opened.
        unreadable: How many could not: they were sealed for another head office.
    """

    records: int
    edits: int
    unreadable: int


def take_box(
    store: Store,
    contents: BlackBoxContents,
    secrets: Iterable[bytes],
    *,
    clock: Clock,
    ids: Ids,
    progress: Callable[[int, int], None],
) -> Taken:
    """Take everything of a box that an open ledger does not have; done again it does nothing.

    A joined till hands the edits in under their own ids, and its own tables follow head office; a till that stands
    alone follows them itself.

    Args:
        store: The open ledger.
        contents: The box.
        secrets: What edits may be sealed with: head office's profile key, the programme key.
        clock: Time.
        ids: Fresh ids.
        progress: Told how many records are done and how many there are.
    """
    with store.exclusive() as ledger:
        take_over(ledger, contents, key=store.programme_key, clock=clock, ids=ids, progress=progress)
        left = len(left_over(ledger, contents))
    assert not left, "what was not there is there now"
    keys = [box_key(secret) for secret in secrets]
    opened = [open_edit(edit, keys) for edit in contents.edits]
    edits = [edit for edit in opened if edit is not None]
    more = True
    while more and store.head_office is not None:  # erasures that head office told of, before anything of people
        with store.unit() as unit:
            more = unit.take_over(unit.adoptions())
    if store.head_office is None:
        with store.unit() as unit:
            put_edits(unit, contents, edits)
    else:
        with store.reader() as reader:
            edits_left = [edit for edit in edits if not _is_of_the_erased(reader, edit)]
        with store.exclusive() as ledger, closing(open_writer(store.directory / VAULT_FILE)) as vault:
            outbox = Outbox(ledger, vault, ids)
            for edit in edits_left:
                outbox.take(edit)
    records = sum(record.kind != EPOCH_START for record in contents.records)
    return Taken(records, len(edits), len(opened) - len(edits))


def _is_of_the_erased(reader: Reader, edit: Edit) -> bool:
    return isinstance(edit, ProfileEdit | CardEdit) and reader.is_erased(edit.member_id)


def tell_only_missing(store: Store) -> None:
    """A copy's people and cards are older than head office's word: only what that lacks is told, when it is here."""
    with store.exclusive() as ledger:
        ledger.run("DELETE FROM edit")
        begin_anew(ledger)


def left_over(ledger: Database, contents: BlackBoxContents) -> list[BoxedRecord]:
    """The box's records that a journal does not hold; beginnings of epochs belong to the lost chain and stay out."""
    return [
        record
        for record in contents.records
        if record.kind != EPOCH_START and ledger.one(_KNOWN, (record.record_id,)) is None
    ]


def take_over(
    ledger: Database,
    contents: BlackBoxContents,
    *,
    key: bytes,
    clock: Clock,
    ids: Ids,
    progress: Callable[[int, int], None],
) -> int:
    """Append the box's records that the journal does not hold, with their ids and bytes, in an epoch of their own.

    Another epoch follows, for what this till books itself. Done again it does nothing.

    Args:
        ledger: The writing connection, inside a transaction.
        contents: The box.
        key: The programme's secret.
        clock: Time.
        ids: Fresh ids.
        progress: Told how many records are done and how many there are.

    Returns:
        How many records came in.
    """
    records = left_over(ledger, contents)
    if not records:
        return 0
    begun = continue_in_new_epoch(ledger, key=key, clock=clock, ids=ids, taken_from=contents.ledger_id)
    epoch, prev_hash = tip(ledger).epoch, begun.hash
    for number, record in enumerate(records, start=1):
        # Byte by byte as it was written: with its id, its body is what head office knows it by.
        columns = (begun.seq + number, epoch, *record.row[2:12], prev_hash)
        prev_hash = chain_hash(columns)
        ledger.run(_INSERT, (*columns, prev_hash))
        apply(ledger, begun.seq + number, decode(record.payload))
        if number % PROGRESS_RECORDS == 0 or number == len(records):
            progress(number, len(records))
    continue_in_new_epoch(ledger, key=key, clock=clock, ids=ids)
    return len(records)


def put_edits(unit: Unit, contents: BlackBoxContents, edits: Sequence[Edit]) -> None:
    """Let the own tables of a till that stands alone follow the box's edits: nobody else would tell it.

    Erasures come first, and nothing of an erased member comes back.
    """
    gone = [
        TombstoneItem(edit.member_id, edit.erased_at_us, edit.erased_day)
        for edit in edits
        if isinstance(edit, TombstoneEdit)
    ]
    for start in range(0, len(gone), ROWS_MAX):
        unit.take_tombstones(gone[start : start + ROWS_MAX])
    owners = {
        record.text_ref: record.member_id
        for record in (decode(boxed.payload) for boxed in contents.records)
        if isinstance(record, Reversal | Adjustment) and record.text_ref
    }
    for edit in edits:
        match edit:
            case CardEdit() if not unit.is_erased(edit.member_id):
                known = unit.card(edit.number)
                if known is None or known.card_ref == edit.card_ref:
                    unit.put_card(CardRow(edit.card_ref, edit.number, edit.member_id, edit.status))
            case TextEdit() if unit.text(edit.text_ref) is None:
                owner = owners.get(edit.text_ref)
                if owner is None or not unit.is_erased(owner):
                    unit.put_text(edit.text_ref, edit.text)
            case CashierEdit():
                unit.put_cashier(CashierRow(edit.cashier_id, edit.name, edit.role, edit.pin_hash, edit.blocked))
            case ProfileEdit() if not unit.is_erased(edit.member_id):
                _put_field(unit, edit)


def _put_field(unit: Unit, edit: ProfileEdit) -> None:
    before = unit.profile(edit.member_id) or Profile("")
    value: date | str | None = edit.value
    if edit.field is ProfileField.BIRTHDAY:
        value = date.fromisoformat(edit.value) if edit.value else None
    unit.put_profile(edit.member_id, msgspec.structs.replace(before, **{edit.field.value: value}))
