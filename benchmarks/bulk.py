"""Writing a sound ledger fast: every row as the till writes it, but each table in its own order and once.

The rows are those of ``storage.journal.append`` and ``storage.projections.apply``; ``verify`` proves it, and the
benchmarks run it on the smallest shop. What makes it fast: no statement looks anything up, indexes are made when their
tables are full, guards are put back in the end, and nothing is synced before that. The file is worthless until then.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from operator import add
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

from msgspec.structs import astuple

from loyalty.chain import chain_hash
from loyalty.encoding import body_hash, encode, kind_of
from loyalty.records import Enrolment, Sale
from loyalty.statement import movements
from loyalty.totals import day_totals
from storage import checksums, sqlite
from storage.connection import Database
from storage.files import LEDGER_FILE, VAULT_FILE
from storage.vault import KEY_BYTES, seal

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from loyalty.directory import Profile

ROWS_AT_ONCE: Final = 20_000
CACHE_KIB: Final = 262_144
SORTED_AT_ONCE: Final = 16
"""Into how many parts entries are divided by the first bits of the account; SQLite sorts one part in memory."""

_SETTINGS: Final = ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{CACHE_KIB}", "locking_mode = EXCLUSIVE")
_NEW_MEMBERS: Final = 11
"""The place of new members among a day's totals."""

_TOTALS: Final = (
    "business_day, hour, sales, member_sales, revenue_cents, member_revenue_cents, reversed_cents, points_issued,"
    " points_redeemed, redemptions, points_taken_back, points_returned, points_adjusted, new_members, points_expired"
)


class Person:
    """A member on the way into a ledger, with what the records so far came to."""

    __slots__ = ("balance", "card_ref", "cents", "enrolled_day", "last_sale_day", "member_id", "number", "sales")

    def __init__(self, member_id: UUID, number: str, card_ref: UUID) -> None:
        self.member_id = member_id
        self.number = number
        self.card_ref = card_ref
        self.balance = self.sales = self.cents = 0
        self.enrolled_day: str | None = None
        self.last_sale_day: str | None = None


class Sample:
    """A record written in full once; others are the same but for who, when and which.

    Writing and checking a record takes twenty times as long as putting other ids into its bytes.
    """

    def __init__(self, record: Sale | Enrolment) -> None:
        """Take a record whose header is ``SAMPLE_HEADER``."""
        self._payload = encode(record)
        self.kind = kind_of(record)
        self.version = record.programme_version
        self.utc_offset_min = record.utc_offset_min
        self.moved = [(movement.kind.value, movement.points) for movement in movements(record)]
        self.points = sum(points for _, points in self.moved)
        self.totals = (0,) * 13
        self.rewards: list[tuple[str, int, int]] = []
        self.cents = 0
        if isinstance(record, Sale):
            self.totals = astuple(day_totals(record))
            self.rewards = [(line.reward_id, line.points, line.value_cents) for line in record.redemptions]
            self.cents = record.amount_cents

    def payload(self, fact: Fact, person: Person) -> bytes:
        """The bytes of another such record."""
        payload = self._payload
        for placeholder, value in (
            (_RECORD, str(fact.record_id)),
            (_MEMBER, str(person.member_id)),
            (_CARD, str(person.card_ref)),
            (_AT, str(fact.at_us)),
            (_DAY, fact.day),
            (_DIGEST, fact.record_id.hex * 2),
        ):
            payload = payload.replace(placeholder, value.encode())
        return payload


class Fact(NamedTuple):
    """Which record it is, and when it happened."""

    record_id: UUID
    at_us: int
    day: str
    hour: int


SAMPLE_CARD: Final = UUID(int=0xC << 120 | 1)
SAMPLE_HEADER: Final[dict[str, Any]] = {
    "record_id": UUID(int=0xA << 120 | 1),
    "member_id": UUID(int=0xB << 120 | 1),
    "at_us": 111_111_111_111_111,
    "business_day": date(1999, 9, 9),
    "command_digest": "0f" * 32,
}
_RECORD, _MEMBER, _CARD = (
    str(id_).encode() for id_ in (SAMPLE_HEADER["record_id"], SAMPLE_HEADER["member_id"], SAMPLE_CARD)
)
_AT, _DAY, _DIGEST = b"111111111111111", b"1999-09-09", b"0f" * 32


class BulkWriter:
    """Fills a new ledger, whose journal holds its first records only; nobody else has it open."""

    def __init__(self, directory: Path) -> None:
        self._ledger = sqlite.connect(directory / LEDGER_FILE, isolation_level=None)
        self._vault = sqlite.connect(directory / VAULT_FILE, isolation_level=None)
        for database in (self._ledger, self._vault):
            for setting in _SETTINGS:
                database.execute(f"PRAGMA {setting}").fetchall()
            database.execute("BEGIN")
        self._later = self._drop_what_is_made_later()
        head = "SELECT epoch, seq, hash FROM journal ORDER BY seq DESC LIMIT 1"
        epoch, seq, digest = self._ledger.execute(head).fetchone()
        self._epoch: bytes = epoch
        self._seq: int = seq
        self._hash: bytes = digest
        self._ledger.execute("CREATE TABLE waiting(part, member_id, seq, number, kind, points, at_us, record_id)")
        self._rows: defaultdict[str, list[tuple[object, ...]]] = defaultdict(list)
        self._people: list[Person] = []
        self._totals: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0] * 13)
        self._rewards: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * 3)
        self.entries = 0

    def enrol(self, person: Person, profile: Profile, sample: Sample, fact: Fact) -> None:
        """Write a new member with card, profile and key."""
        member, key = person.member_id.bytes, fact.record_id.bytes * (KEY_BYTES // 16)  # nobody's secret is kept here
        nonce, box = seal(profile, key, person.member_id)
        self._people.append(person)
        person.enrolled_day = fact.day
        self._totals[fact.day, fact.hour][_NEW_MEMBERS] += 1
        ids = (person.card_ref.bytes, person.number, person.number[::-1], member, "active")
        self._put("ledger.card(card_ref, number, number_reversed, member_id, status)", ids)
        self._put("ledger.member_profile(member_id, nonce, box)", (member, nonce, box))
        self._put("ledger.profile_change(stamp, member_id)", (len(self._people), member))
        self._put("vault.member_key(member_id, key)", (member, key))
        self._append(person, sample, fact)

    def sell(self, person: Person, sample: Sample, fact: Fact) -> None:
        """Write a purchase."""
        member = person.member_id.bytes
        person.balance += sample.points
        person.sales += 1
        person.cents += sample.cents
        person.last_sale_day = fact.day
        sums = self._totals[fact.day, fact.hour]
        sums[:] = map(add, sums, sample.totals)
        for reward_id, *values in sample.rewards:
            taken = self._rewards[fact.day, reward_id]
            taken[:] = map(add, taken, (1, *values))
        seq = self._append(person, sample, fact)
        part, record_id = member[0] * SORTED_AT_ONCE // 256, fact.record_id.bytes
        for number, (kind, points) in enumerate(sample.moved):
            entry = (part, member, seq, number, kind, points, fact.at_us, record_id)
            self._put("ledger.waiting(part, member_id, seq, number, kind, points, at_us, record_id)", entry)
        self.entries += len(sample.moved)
        self._put(
            "ledger.booking(seq, kind, member_id, business_day, at_us, points, balance_after, amount_cents, is_open)",
            (seq, sample.kind, member, fact.day, fact.at_us, sample.points, person.balance, sample.cents, 1),
        )

    def finish(self) -> None:
        """Write what was gathered, in order, and put indexes and guards back."""
        for target in list(self._rows):
            self._flush(target)
        execute = self._ledger.execute
        for part in range(SORTED_AT_ONCE):
            execute(
                "INSERT INTO entry SELECT member_id, seq, number, kind, points, at_us, record_id, NULL FROM waiting"
                " WHERE part = ? ORDER BY member_id, seq, number",
                (part,),
            )
        execute("DROP TABLE waiting")
        self._ledger.executemany(
            "INSERT INTO account(member_id, balance, sales, revenue_cents, enrolled_day, last_sale_day)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            sorted(
                (one.member_id.bytes, one.balance, one.sales, one.cents, one.enrolled_day, one.last_sale_day)
                for one in self._people
            ),
        )
        self._ledger.executemany(
            f"INSERT INTO day_total({_TOTALS}) VALUES ({', '.join('?' * 15)})",  # noqa: S608 - names of our own
            [(*hour, *sums) for hour, sums in sorted(self._totals.items())],
        )
        self._ledger.executemany(
            "INSERT INTO reward_total VALUES (?, ?, ?, ?, ?)",
            [(*reward, *taken) for reward, taken in sorted(self._rewards.items())],
        )
        for statement in self._later:
            execute(statement)
        for database in (self._ledger, self._vault):
            checksums.begin(Database(database, "bulk"))
            database.execute("COMMIT")
            database.execute("PRAGMA locking_mode = NORMAL").fetchall()
            database.execute("PRAGMA journal_mode = WAL").fetchall()

    def close(self) -> None:
        """Close both files."""
        self._ledger.close()
        self._vault.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _drop_what_is_made_later(self) -> list[str]:
        """Drop indexes and triggers; gives the statements that make them."""
        found = self._ledger.execute(
            "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
            " ORDER BY type"
        ).fetchall()
        for kind, name, _ in found:
            self._ledger.execute(f"DROP {kind} {name}")
        return [sql for _, _, sql in found]

    def _append(self, person: Person, sample: Sample, fact: Fact) -> int:
        payload = sample.payload(fact, person)
        self._seq += 1
        who = (fact.record_id.bytes, sample.kind, person.member_id.bytes)
        when = (fact.at_us, fact.day, sample.utc_offset_min, 0, sample.version)
        columns = (self._seq, self._epoch, *who, *when, payload, body_hash(payload), self._hash)
        self._hash = chain_hash(columns)
        self._put(
            "ledger.journal(seq, epoch, record_id, kind, member_id, at_us, business_day, utc_offset_min,"
            " server_offset_ms, programme_version, payload, body_hash, prev_hash, hash)",
            (*columns, self._hash),
        )
        return self._seq

    def _put(self, target: str, row: tuple[object, ...]) -> None:
        rows = self._rows[target]
        rows.append(row)
        if len(rows) >= ROWS_AT_ONCE:
            self._flush(target)

    def _flush(self, target: str) -> None:
        rows = self._rows.pop(target)
        file, _, table = target.partition(".")
        database = self._vault if file == "vault" else self._ledger
        marks = ", ".join("?" * len(rows[0]))
        database.executemany(f"INSERT INTO {table} VALUES ({marks})", sorted(rows))  # noqa: S608 - names of our own
