"""Verify finds every planted fault and says where; rebuild mends the projections and nothing else."""

from __future__ import annotations

import hashlib
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from loyalty.chain import COLUMNS, chain_hash
from loyalty.directory import Profile
from loyalty.encoding import encode
from storage import sqlite
from storage.connection import Database
from storage.errors import Busy, Damaged, MissingLedger
from storage.files import TIP_FILE
from storage.gathering import Gathering
from storage.rebuild import rebuild
from storage.schema import JOURNAL, PROJECTIONS
from storage.verify import quick_check, verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from storage.sqlite import Connection
    from tests.fakes.ledger import LedgerOfTests


def busy_shop(ledger: LedgerOfTests) -> None:
    """A little of everything, closed and at rest."""
    first, second = ledger.member(1), ledger.member(2)
    sale = ledger.sale(first, 12_345, 123, ledger.reward(), receipt="R-1")
    redemption = ledger.redemption(second)
    ledger.append(ledger.enrolment(first), ledger.adjustment(second, 80), sale, redemption, ledger.sale(None, 700))
    ledger.append(ledger.reversal(sale, 2_345, 23), ledger.reversal(redemption))
    with ledger.store.unit() as unit:
        unit.put_profile(first, Profile("Anna"))
    ledger.append(ledger.day_close())
    ledger.clock.advance(days=1)
    ledger.append(ledger.sale(second, 900))
    ledger.close()


def edit(directory: Path, change: Callable[[Connection], object], name: str = "ledger.sqlite") -> None:
    """Change a file by hand as nobody should, and put the guards back."""
    with closing(sqlite.connect(directory / name, isolation_level=None)) as connection:
        for guard in ("journal_refuses_update", "journal_refuses_delete", "journal_checks_insert"):
            connection.execute(f"DROP TRIGGER IF EXISTS {guard}")
        change(connection)
        if name == "ledger.sqlite":
            for sql in JOURNAL[1:]:
                connection.execute(sql)
    (directory / TIP_FILE).unlink(missing_ok=True)  # else it tells of every change behind its back


def forge(connection: Connection, seq: int, sql: str) -> None:
    """Change a row and mend all hashes from there on, as somebody with patience would."""
    connection.execute(f"UPDATE journal SET {sql} WHERE seq = {seq}")  # noqa: S608 - planted faults
    rows = connection.execute(f"SELECT {COLUMNS} FROM journal WHERE seq >= {seq} ORDER BY seq").fetchall()  # noqa: S608 - planted faults
    before = connection.execute(f"SELECT hash FROM journal WHERE seq = {seq - 1}").fetchone()[0]  # noqa: S608 - planted faults
    for row in rows:
        digest = chain_hash((*row[:12], before))
        connection.execute("UPDATE journal SET prev_hash = ?, hash = ? WHERE seq = ?", (before, digest, row[0]))
        before = digest


def test_a_sound_ledger_verifies_with_progress(ledger: LedgerOfTests) -> None:
    """Everything holds, every record was walked, and somebody was told how far it is."""
    busy_shop(ledger)
    told: list[tuple[int, int]] = []
    result = verify(ledger.directory, lambda done, total: told.append((done, total)))
    assert result.problems == ()
    assert result.ok
    assert result.records == 11
    assert told == [(11, 11)]
    assert quick_check(ledger.directory) == ()


def test_verify_works_beside_an_open_till(ledger: LedgerOfTests) -> None:
    """On one snapshot, and without the lock."""
    ledger.append(*(ledger.sale(ledger.member()) for _ in range(1_100)))
    told: list[tuple[int, int]] = []
    assert verify(ledger.directory, lambda done, total: told.append((done, total))).ok
    assert told == [(1_000, 1_102), (1_102, 1_102)]
    assert verify(ledger.directory).ok


def test_no_ledger_is_no_result(tmp_path: Path) -> None:
    """A wrong folder is not a damaged one."""
    with pytest.raises(MissingLedger):
        verify(tmp_path)


COLUMN_CHANGES = {
    "seq": "20",
    "epoch": "zeroblob(16)",
    "record_id": "zeroblob(16)",
    "kind": "'consent'",
    "member_id": "zeroblob(16)",
    "at_us": "at_us + 1",
    "business_day": "'2026-11-20'",
    "utc_offset_min": "0",
    "server_offset_ms": "1",
    "programme_version": "2",
    "payload": "CAST(replace(CAST(payload AS TEXT), '12345', '92345') AS BLOB)",
    "body_hash": "zeroblob(32)",
    "prev_hash": "zeroblob(32)",
    "hash": "zeroblob(32)",
}


@pytest.mark.parametrize("column", COLUMN_CHANGES)
def test_a_changed_journal_column_is_found(ledger: LedgerOfTests, column: str) -> None:
    """The plain way: one cell of one record is another; the finding names the record."""
    busy_shop(ledger)
    edit(
        ledger.directory,
        lambda to: to.execute(f"UPDATE journal SET {column} = {COLUMN_CHANGES[column]} WHERE seq = 5"),  # noqa: S608 - planted faults
    )
    result = verify(ledger.directory)
    assert not result.ok
    assert any("seq 5" in problem or "seq 6" in problem for problem in result.problems)


@pytest.mark.parametrize(
    "column", [name for name in COLUMN_CHANGES if "hash" not in name and name not in ("seq", "payload")]
)
def test_a_changed_column_under_mended_hashes_is_found(ledger: LedgerOfTests, column: str) -> None:
    """Whoever also mends the chain still contradicts the payload, or the epochs."""
    busy_shop(ledger)
    edit(ledger.directory, lambda to: forge(to, 5, f"{column} = {COLUMN_CHANGES[column]}"))
    result = verify(ledger.directory)
    assert any("seq 5" in problem and ("payload" in problem or "epoch" in problem) for problem in result.problems)


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (b"{", "Not a journal record"),
        (b'{"kind":"hold"}', "kind is not"),
        (b'{ "kind":"hold"}', "kind is not"),
    ],
)
def test_a_payload_that_is_no_record_is_found(ledger: LedgerOfTests, payload: bytes, message: str) -> None:
    """Even when every hash was mended."""
    busy_shop(ledger)
    sql = f"payload = x'{payload.hex()}'"
    edit(ledger.directory, lambda to: forge(to, 5, sql))
    assert any("seq 5" in problem and message in problem for problem in verify(ledger.directory).problems)


def test_a_payload_in_other_bytes_is_found(ledger: LedgerOfTests) -> None:
    """One fact has one encoding; a space more is another body hash."""
    sale = ledger.sale(None, 500)
    ledger.append(sale)
    spaced = encode(sale).replace(b":", b": ", 1)
    ledger.close()
    edit(ledger.directory, lambda to: forge(to, 3, f"payload = x'{spaced.hex()}'"))
    assert any("canonical" in problem for problem in verify(ledger.directory).problems)


FORMS = {
    "as written": (b"", b"", True),
    "without a field that came later": (b'"points_expired":0,', b"", True),
    "with a field of nobody's": (b'"sales":', b'"salt":1,"sales":', False),
    "in another order": (b'"kind":"day_close","member_id":null', b'"member_id":null,"kind":"day_close"', False),
    "a number of another type": (b'"sales":1}', b'"sales":1.0}', False),
    "another value": (b'"open_points":10', b'"open_points":1e1', False),
    "without a field that must be there": (b',"utc_offset_min":60}', b"}", False),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_record_has_one_form_only(ledger: LedgerOfTests, form: str) -> None:
    """That in which it could have been written: now, or by a version that did not know every field yet."""
    old, new, accepted = FORMS[form]
    ledger.append(ledger.sale(ledger.member(), 1_000, 10))
    close = encode(ledger.append(ledger.day_close())[0].record)  # type: ignore[arg-type]  # a known kind
    assert old in close
    payload = close.replace(old, new, 1)
    ledger.close()
    body = hashlib.sha256(payload).hexdigest()
    edit(ledger.directory, lambda to: forge(to, 4, f"payload = x'{payload.hex()}', body_hash = x'{body}'"))
    problems = verify(ledger.directory).problems
    assert accepted is not bool(problems), problems


def test_an_unknown_kind_is_carried_on(ledger: LedgerOfTests) -> None:
    """A newer version wrote it; this one walks past it without a word."""
    ledger.append(ledger.sale(None))
    ledger.close()

    def newer(to: Connection) -> None:
        payload = b'{"kind":"hold"}'
        body = f"body_hash = x'{hashlib.sha256(payload).hexdigest()}'"
        to.execute("DELETE FROM booking")
        to.execute("DELETE FROM day_total")
        forge(to, 3, f"kind = 'hold', payload = x'{payload.hex()}', {body}")

    edit(ledger.directory, newer)
    assert verify(ledger.directory).problems == ()


def test_a_missing_record_is_found(ledger: LedgerOfTests) -> None:
    """A gap names the record behind it."""
    busy_shop(ledger)
    edit(ledger.directory, lambda to: to.execute("DELETE FROM journal WHERE seq = 6"))
    assert any("seq 7: the record before it is missing" in problem for problem in verify(ledger.directory).problems)


def test_an_empty_journal_is_found(ledger: LedgerOfTests) -> None:
    """Nothing to walk is not nothing wrong."""
    ledger.close()
    edit(ledger.directory, lambda to: to.execute("DELETE FROM journal"))
    result = verify(ledger.directory)
    assert "The journal is empty" in result.problems
    assert result.records == 0


def test_a_record_that_contradicts_the_ones_before_is_found(ledger: LedgerOfTests) -> None:
    """Two closes of one number can't both be folded; the walk goes on behind."""
    ledger.append(ledger.day_close())
    payload = ledger.store._ledger.value("SELECT payload FROM journal WHERE seq = 3")
    ledger.append(ledger.sale(None, business_day=ledger.clock.today().replace(day=28)))
    ledger.close()
    edit(ledger.directory, lambda to: forge(to, 4, f"payload = x'{payload.hex()}'"))
    problems = verify(ledger.directory).problems
    assert any("seq 4: contradicts the records before it" in problem for problem in problems)


def test_what_shows_only_when_rows_are_written_is_found(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables of the fold may refuse many records at once; the proof tells it and goes on to the comparison."""
    busy_shop(ledger)

    def refuse(gathering: Gathering) -> None:
        raise sqlite.IntegrityError("one position twice")

    monkeypatch.setattr(Gathering, "flush", refuse)
    problems = verify(ledger.directory).problems
    assert "journal: records contradict each other: one position twice" in problems
    assert any(problem.startswith("booking ") for problem in problems)


def test_a_number_that_became_a_fraction_is_found(ledger: LedgerOfTests) -> None:
    """One flipped bit says that a number is a fraction; SQLite's own check sees it, and so does the walk."""
    busy_shop(ledger)
    schema = "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = {} WHERE name = 'journal'"
    loose, strict = schema.format("replace(sql, ') STRICT', ')')"), schema.format("sql || ' STRICT'")
    edit(ledger.directory, lambda to: to.executescript(loose))
    edit(ledger.directory, lambda to: to.execute("UPDATE journal SET at_us = at_us + 0.5 WHERE seq = 5"))
    edit(ledger.directory, lambda to: to.executescript(strict))
    problems = verify(ledger.directory).problems
    assert any("journal.at_us" in problem for problem in problems)
    assert any("a row is not as it was written" in problem for problem in problems)


PLANTED = {
    "account": ("balance = balance + 1", "(member_id) VALUES (zeroblob(16))"),
    "entry": ("points = points + 1", "VALUES (zeroblob(16), 9, 0, 'earn', 1, 1, zeroblob(16), NULL)"),
    "booking": ("balance_after = balance_after + 1", "VALUES (98, 'sale', NULL, '2026-11-21', 1, 0, 0, 1, 0, 1, NULL)"),
    "day_total": ("redemptions = 97", "VALUES ('2026-11-21', 23, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)"),
    "reward_total": ("count = 97", "VALUES ('2026-11-21', 'gold', 1, 1, 1)"),
    "reversed_line": ("cents = cents + 1", "VALUES (zeroblob(16), 1, 1, 1)"),
    "reversal_of": ("seq = seq + 80", "VALUES (zeroblob(16), 1)"),
    "day_close": ("open_points = 97", "VALUES (98, '2001-01-01', 1, 1)"),
}
"""By projection a change of its rows and a row that does not belong there."""


@pytest.mark.parametrize("table", PROJECTIONS)
@pytest.mark.parametrize("fault", ["changed", "missing", "surplus"])
def test_a_wrong_projection_is_found_and_rebuilt(ledger: LedgerOfTests, table: str, fault: str) -> None:
    """A row with another number, a row too few, a row too many: told by table and row; rebuilding mends it."""
    busy_shop(ledger)
    change, surplus = PLANTED[table]
    plant = {
        "changed": f"UPDATE {table} SET {change}",  # noqa: S608 - planted faults
        "missing": f"DELETE FROM {table}",  # noqa: S608 - planted faults
        "surplus": f"INSERT INTO {table} {surplus}" if surplus[0] == "V" else f"INSERT INTO {table}{surplus}",
    }
    edit(ledger.directory, lambda to: to.execute(plant[fault]))
    result = verify(ledger.directory)
    assert any(problem.startswith(f"{table} ") for problem in result.problems)
    assert rebuild(ledger.reopen()) == 11
    ledger.close()
    assert verify(ledger.directory).problems == ()


def test_rebuilding_tells_its_progress(ledger: LedgerOfTests) -> None:
    """Every thousand records and at the end."""
    ledger.append(*(ledger.sale(ledger.member()) for _ in range(1_500)))
    told: list[tuple[int, int]] = []
    rebuild(ledger.store, lambda done, total: told.append((done, total)))
    assert told == [(1_000, 1_502), (1_502, 1_502)]


def test_rebuilding_fails_as_a_whole(ledger: LedgerOfTests) -> None:
    """A record that can't be read leaves every projection as it was."""
    busy_shop(ledger)
    payload = b"{"
    columns = f"payload = x'{payload.hex()}', body_hash = x'{hashlib.sha256(payload).hexdigest()}'"
    edit(ledger.directory, lambda to: forge(to, 3, columns))
    database = ledger.reopen()._ledger
    before = database.all("SELECT * FROM booking")
    with pytest.raises(Damaged, match="Record 3"):
        rebuild(ledger.store)
    assert database.all("SELECT * FROM booking") == before


def test_a_forged_sum_is_found_without_the_projections_code(ledger: LedgerOfTests) -> None:
    """Points moved from one account to another keep every total; points made from nothing do not."""
    busy_shop(ledger)
    edit(ledger.directory, lambda to: to.execute("UPDATE account SET balance = balance + 5 WHERE balance > 0"))
    problems = verify(ledger.directory).problems
    assert any(problem.startswith("account: all balance sum to") for problem in problems)


def test_a_frozen_day_that_differs_from_its_records_is_found(ledger: LedgerOfTests) -> None:
    """The close is a record too; its totals must be what that day's records add up to."""
    busy_shop(ledger)
    change = "payload = CAST(replace(CAST(payload AS TEXT), '\"sales\":2', '\"sales\":3') AS BLOB)"
    edit(ledger.directory, lambda to: forge(to, 10, change))
    assert any(problem.startswith("day close 1 of 2026-11-21") for problem in verify(ledger.directory).problems)


def test_lost_keys_are_counted(ledger: LedgerOfTests) -> None:
    """A profile nobody can open is told, and whose it is is not."""
    busy_shop(ledger)
    edit(ledger.directory, lambda to: to.execute("DELETE FROM member_key"), "vault.sqlite")
    assert verify(ledger.directory).problems == (
        "vault.sqlite: member_key: 1 rows were written, and 0 stand there",
        "1 profiles can't be opened with the keys in vault.sqlite",
    )


def test_an_id_that_is_none_is_told_not_raised(ledger: LedgerOfTests) -> None:
    """SQLite's own check lets any bytes pass; what was found before stays found."""
    busy_shop(ledger)
    edit(ledger.directory, lambda to: to.execute("UPDATE member_profile SET member_id = x'01'"))
    by_checksum, by_reading = verify(ledger.directory).problems
    assert by_checksum == "ledger.sqlite: member_profile: a row is not as it was written"
    assert by_reading.startswith("The file can't be read to its end: a row is not as it was written")


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("DROP INDEX sale_by_day", "sale_by_day is missing"),
        ("CREATE TABLE extra(x)", "extra does not belong here"),
        ("DROP INDEX sale_by_receipt; CREATE INDEX sale_by_receipt ON booking(seq)", "sale_by_receipt was changed"),
    ],
)
def test_a_changed_layout_is_found(ledger: LedgerOfTests, sql: str, message: str) -> None:
    """Tables and indexes too, not only the guards that are checked at every start."""
    ledger.close()
    edit(ledger.directory, lambda to: to.executescript(sql))
    assert verify(ledger.directory).problems == (f"ledger.sqlite: {message}",)


def test_a_scratched_file_is_told_not_raised(ledger: LedgerOfTests) -> None:
    """A broken page in the middle: quick check and verify say so."""
    ledger.append(*(ledger.sale(ledger.member(number)) for number in range(300)))
    ledger.close()
    path = ledger.directory / "ledger.sqlite"
    middle = path.stat().st_size // 2 // 4096 * 4096
    with path.open("r+b") as file:
        file.seek(middle)
        file.write(b"\xa5" * 4096)
    assert quick_check(ledger.directory)
    assert not verify(ledger.directory).ok
    (ledger.directory / "vault.sqlite").write_bytes(b"garbage" * 4096)
    assert any("not a database" in problem for problem in quick_check(ledger.directory))
    (ledger.directory / "vault.sqlite").unlink()
    assert "vault.sqlite is missing" in quick_check(ledger.directory)


def test_a_file_in_use_is_not_called_damaged(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else's lock says nothing about the contents: the answer is that there is none now."""
    each = Database.each

    def busy(database: Database, sql: str, parameters: tuple[object, ...] = ()) -> Iterator[tuple[Any, ...]]:
        if "check" in sql:
            raise Busy("ledger.sqlite: database is locked")
        return each(database, sql, parameters)

    monkeypatch.setattr(Database, "each", busy)
    with pytest.raises(Busy):
        quick_check(ledger.directory)
    with pytest.raises(Busy):
        verify(ledger.directory)


def test_findings_are_bounded(ledger: LedgerOfTests) -> None:
    """A lost file fills no log."""
    ledger.append(*(ledger.sale(None) for _ in range(300)))
    ledger.close()
    edit(ledger.directory, lambda to: to.execute("UPDATE journal SET hash = zeroblob(32)"))
    assert len(verify(ledger.directory).problems) == 200
