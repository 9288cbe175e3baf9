"""The proof that the ledger is what was written: the chain link by link, then every projection against a fresh fold.

The journal is folded into a scratch database, many records at once, while the till's rows were written record by
record; both sides are compared row by row. Sums that use the code of neither are taken while walking, so that a fault
in both would show as well.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.chain import COLUMNS, columns_of
from loyalty.encoding import decode, encode
from loyalty.records import AnyRecord, DayClose, EpochStart, Sale, UnknownRecord
from loyalty.statement import movements
from storage import checksums, migrations, sqlite
from storage.checks import check_files
from storage.comparing import differences
from storage.connection import Database, open_reader, open_scratch
from storage.doubt import doubt, replica_problems
from storage.errors import Damaged, NotALedger, StorageError
from storage.files import LEDGER_FILE, REPLICA_FILE, VAULT_FILE, os_errors, scratch_folder
from storage.gathering import Gathering
from storage.journal import Chain
from storage.outgoing import OutgoingReads
from storage.replica_rows import read_link
from storage.replica_view import is_replica
from storage.reports import ReportReads
from storage.schema import LEDGER, PROJECTION_TABLES, VAULT
from storage.tip import read_tip, tip_problem
from storage.upgrade import bring_files_up_to_date, is_older
from storage.vault import key_of, unseal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from storage.connection import Row

PROBLEMS_MAX: Final = 200
"""How many problems are told; beyond it the file is not scratched but lost."""

PROGRESS_RECORDS: Final = 1_000
"""How often progress is reported, in records."""

REPEATED_COLUMNS: Final = (
    "record_id",
    "kind",
    "member_id",
    "at_us",
    "business_day",
    "utc_offset_min",
    "server_offset_ms",
    "programme_version",
)
"""The columns that repeat the payload, in the order of ``columns_of``."""

SMALL_TABLE_ROWS: Final = 2_000
"""Up to so many rows a table is held against its checksum after every start, too: some milliseconds each."""

CACHE_KIB: Final = 65_536
"""Page cache of the scratch database, in KiB."""

_FOLD_INDEXES: Final = (
    "CREATE INDEX account_by_root ON account(merged_into) WHERE merged_into IS NOT NULL",
    "CREATE INDEX booking_by_member ON booking(member_id) WHERE member_id IS NOT NULL",
)
_CONTRADICTIONS: Final = (ValueError, OverflowError, sqlite.IntegrityError)

_ENCODER = msgspec.json.Encoder(order="sorted")


class VerifyResult(msgspec.Struct, frozen=True):
    """What a verification found.

    Attributes:
        ok: Whether everything held.
        records: How many records were walked.
        problems: What is wrong and where, in English, for support.
        replica_problems: The same of head office's state; the till asks for it anew, and nothing of its own is wrong.
    """

    ok: bool
    records: int
    problems: tuple[str, ...]
    replica_problems: tuple[str, ...] = ()


class _Findings:
    """Problems as they are found, up to the bound."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def add(self, problem: str | None) -> None:
        if problem and len(self.problems) < PROBLEMS_MAX:
            self.problems.append(problem)


class _Sums:
    """What the records add up to, without the projections' code."""

    def __init__(self) -> None:
        self.points = 0
        self.sales: Counter[date] = Counter()
        self.cents: Counter[date] = Counter()

    def add(self, record: AnyRecord | UnknownRecord) -> None:
        if isinstance(record, Sale):
            if record.member_id is not None:
                self.points += record.points - record.points_redeemed
            self.sales[record.business_day] += 1
            self.cents[record.business_day] += record.amount_cents
        else:
            self.points += sum(movement.points for movement in movements(record))


def verify(directory: Path, progress: Callable[[int, int], None] | None = None) -> VerifyResult:
    """Verify a data directory; works beside an open till, on one snapshot.

    Args:
        directory: The data directory.
        progress: Told how many records are done and how many there are.

    Returns:
        The result; a file so broken that it can't be walked is a problem, too.

    Raises:
        MissingLedger: There is no ledger.
        StorageError: It is another program's or a newer version's file, or can't be read at all, or not now.
    """
    with os_errors(str(directory)):
        check_files(directory)
    if is_older(directory):
        bring_files_up_to_date(directory)
    findings = _Findings()
    of_replica: tuple[str, ...] = ()
    records = 0
    tip = read_tip(directory)
    ledger_path, vault_path = directory / LEDGER_FILE, directory / VAULT_FILE
    try:
        _check_file(ledger_path, LEDGER, findings)
        _check_file(vault_path, VAULT, findings)
        with (
            os_errors("scratch file"),
            scratch_folder("stammkunde-verify-") as scratch,
            closing(open_scratch(scratch / "fold.sqlite", ledger_path)) as fold,
        ):
            fold.run("BEGIN")  # one snapshot of the ledger from here on
            _make_tables(fold)
            sums = _Sums()
            for records, total in _walk(fold, sums, findings):
                if progress:
                    progress(records, total)
            for problem in differences(fold):
                findings.add(problem)
            _compare_sums(fold, sums, findings)
            findings.add(tip_problem(tip, fold, "live.journal"))
        _check_profiles(directory, findings)
        of_replica = replica_problems(directory)
        if of_replica:
            doubt(directory)
        else:
            _check_acknowledgement(directory, findings)
    except (Damaged, NotALedger) as error:
        findings.add(f"The file can't be read to its end: {error.support}")
    except (ValueError, TypeError) as error:
        findings.add(f"The file can't be read to its end: a row is not as it was written: {error}")
    return VerifyResult(not findings.problems, records, tuple(findings.problems), of_replica)


def quick_check(directory: Path) -> tuple[str, ...]:
    """SQLite's own quick check of both files, and small tables' checksums, for the time after the first paint.

    Returns:
        What is wrong; empty when all is well.

    Raises:
        Busy: Somebody else holds a file; nothing is known.
        StorageError: A file can't be read for a reason that says nothing about its contents.
    """
    findings = _Findings()
    for name in (LEDGER_FILE, VAULT_FILE):
        if not (directory / name).exists():
            findings.add(f"{name} is missing")
            continue
        try:
            with closing(open_reader(directory / name)) as database:
                for (answer,) in database.each("PRAGMA quick_check"):
                    findings.add(None if answer == "ok" else f"{name}: {answer}")
                for problem in checksums.problems(database, rows_max=SMALL_TABLE_ROWS).values():
                    findings.add(problem)
        except (Damaged, NotALedger) as error:
            findings.add(error.support)
    return tuple(findings.problems)


def _check_file(path: Path, statements: tuple[str, ...], findings: _Findings) -> None:
    """SQLite's integrity check, every object against the SQL that made it, and the tables against their checksums."""
    with closing(open_reader(path)) as database:
        for (answer,) in database.each("PRAGMA integrity_check"):
            findings.add(None if answer == "ok" else f"{path.name}: {answer}")
        for problem in migrations.object_problems(database, statements, kinds=("table", "index", "trigger")):
            findings.add(problem)
        for problem in checksums.problems(database).values():
            findings.add(problem)


def _make_tables(fold: Database) -> None:
    """The projections' tables, with those indexes only by which a fold finds rows, and a larger cache."""
    fold.one(f"PRAGMA cache_size = -{CACHE_KIB}")
    for statement in PROJECTION_TABLES:
        if statement.startswith("CREATE TABLE"):
            fold.run(statement)
    for statement in _FOLD_INDEXES:
        fold.run(statement)


def _walk(fold: Database, sums: _Sums, findings: _Findings) -> Iterator[tuple[int, int]]:
    """Check every record and its link, and fold it into the scratch tables.

    Yields:
        How many records are done and how many there are, every ``PROGRESS_RECORDS`` and at the end.
    """
    total = int(fold.value("SELECT count(*) FROM live.journal"))
    folding = _Folding(fold, findings)
    chain = Chain()
    done = 0
    rows = fold.each(f"SELECT {COLUMNS}, hash FROM live.journal ORDER BY seq")  # noqa: S608 - names of our own
    while group := list(islice(rows, PROGRESS_RECORDS)):
        for problem in chain.problems(group):
            findings.add(problem)
        for row in group:
            record = _read_record(row, findings)
            if record is not None:
                sums.add(record)
                folding.add(row[0], record)
        done += len(group)
        if len(group) == PROGRESS_RECORDS:
            yield done, total
    folding.flush()
    if done == 0:
        findings.add("The journal is empty")
    yield done, total


class _Folding:
    """Records on their way into the scratch tables; what contradicts the records before it is a finding."""

    def __init__(self, fold: Database, findings: _Findings) -> None:
        self._fold = fold
        self._findings = findings
        self._gathering = Gathering(fold)
        self._is_own = True

    def add(self, seq: int, record: AnyRecord | UnknownRecord) -> None:
        """Fold a record, and compare a day's close with the records before it."""
        try:
            self._gathering.add(seq, record)
        except _CONTRADICTIONS as error:
            self._findings.add(f"journal seq {seq}: contradicts the records before it: {error}")
        if isinstance(record, EpochStart):
            self._is_own = record.taken_from is None
        elif isinstance(record, DayClose) and self._is_own:  # a lost till's close is of days in its own journal
            self.flush()
            self._findings.add(_close_problem(self._fold, record))

    def flush(self) -> None:
        """Write what was gathered."""
        try:
            self._gathering.flush()
        except _CONTRADICTIONS as error:
            self._findings.add(f"journal: records contradict each other: {error}")


def _read_record(row: Row, findings: _Findings) -> AnyRecord | UnknownRecord | None:
    """The record of a row, or ``None`` and a finding; its columns must repeat what the payload says."""
    seq, payload = row[0], row[10]
    try:
        record = decode(payload)
        if isinstance(record, UnknownRecord):
            findings.add(None if row[3] == record.kind else f"journal seq {seq}: kind is not what the payload says")
            return record
        as_now = _ENCODER.encode(record) == payload and record.contradiction() is None
        if not as_now and not _is_canonical(payload, encode(record)):
            findings.add(f"journal seq {seq}: the payload is not in canonical form")
    except ValueError as error:
        findings.add(f"journal seq {seq}: {error}")
        return None
    columns = columns_of(record)
    if row[2:10] != columns:
        for name, found, wanted in zip(REPEATED_COLUMNS, row[2:10], columns, strict=True):
            if found != wanted:
                findings.add(f"journal seq {seq}: {name} is not what the payload says")
    return record


def _is_canonical(payload: bytes, written_now: bytes) -> bool:
    """Whether bytes are the one form in which their record could have been written, now or by an older version.

    A record from before a field existed lacks it, so what would be written now may say more, but nothing else.
    """
    said: object = msgspec.json.decode(payload)
    return _ENCODER.encode(said) == payload and _says(msgspec.json.decode(written_now), said)


def _says(more: object, less: object) -> bool:
    """Whether one JSON value says all that another does, in the same types."""
    if isinstance(less, dict) and isinstance(more, dict):
        return all(name in more and _says(more[name], value) for name, value in less.items())
    if isinstance(less, list) and isinstance(more, list):
        return len(more) == len(less) and all(map(_says, more, less))
    return type(more) is type(less) and more == less


def _compare_sums(fold: Database, sums: _Sums, findings: _Findings) -> None:
    """Compare raw sums over the records with the live roll-ups."""
    for table, column in (("account", "balance"), ("entry", "points")):
        found = fold.value(f"SELECT ifnull(sum({column}), 0) FROM live.{table}")  # noqa: S608 - names of our own
        if found != sums.points:
            findings.add(f"{table}: all {column} sum to {found}, the records to {sums.points}")
    rows = fold.all("SELECT business_day, sum(sales), sum(revenue_cents) FROM live.day_total GROUP BY business_day")
    found_days = {day: (sales, cents) for day, sales, cents in rows if sales or cents}
    wanted_days = {day.isoformat(): (sales, sums.cents[day]) for day, sales in sums.sales.items()}
    for day in sorted(found_days.keys() | wanted_days.keys()):
        wanted, is_now = wanted_days.get(day, (0, 0)), found_days.get(day, (0, 0))
        if wanted != is_now:
            findings.add(f"day_total {day}: sales and cents are {is_now}, the records say {wanted}")


def _close_problem(fold: Database, close: DayClose) -> str | None:
    """A day's frozen totals are what the records before the close add up to.

    Only those: sales of an old programme count on their own day, although it may have been closed meanwhile.
    """
    report = ReportReads(fold, fold).day_report(close.closed_day)
    if (report.totals, report.open_points) == (close.totals, close.open_points):
        return None
    return f"day close {close.number} of {close.closed_day}: the records of that day add up to other totals"


def _check_profiles(directory: Path, findings: _Findings) -> None:
    """Every profile must open with its member's key; what can't be read is counted, never shown."""
    unreadable = 0
    with (
        closing(open_reader(directory / LEDGER_FILE)) as ledger,
        closing(open_reader(directory / VAULT_FILE)) as vault,
    ):
        for member, nonce, box in ledger.each("SELECT member_id, nonce, box FROM member_profile"):
            member_id = UUID(bytes=member)
            key = key_of(vault, member_id)
            unreadable += key is None or unseal(nonce, box, key, member) is None
    findings.add(f"{unreadable} profiles can't be opened with the keys in {VAULT_FILE}" if unreadable else None)


def _check_acknowledgement(directory: Path, findings: _Findings) -> None:
    """What head office has acknowledged must stand in the journal, or the ledger was put back behind its back."""
    with closing(open_reader(directory / LEDGER_FILE)) as ledger:
        if not (directory / REPLICA_FILE).exists() or ledger.one("SELECT 1 FROM head_office") is None:
            return
        try:
            with closing(open_reader(directory / REPLICA_FILE)) as replica:
                acked = read_link(replica).acked if is_replica(replica) else None
        except StorageError:  # it may be thrown away at any time, so nothing about the ledger is wrong
            return
        if acked and not OutgoingReads(ledger, ledger).holds(acked):
            findings.add(f"journal seq {acked.seq}: head office has acknowledged another record of epoch {acked.epoch}")
