"""Damage by hand, as no disk does it: other files in a file's place, and rows changed with the guards put back."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING, Final

from loyalty.chain import COLUMNS, chain_hash
from loyalty.encoding import body_hash, decode
from storage import sqlite
from storage.schema import JOURNAL
from tests.corruption.damage import Damage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from storage.sqlite import Connection

GUARDS: Final = ("journal_refuses_update", "journal_refuses_delete", "journal_checks_insert")


def edited(kind: str, change: Callable[[Connection], object]) -> Damage:
    """Change the ledger with SQL and leave no other trace."""

    def do(directory: Path) -> None:
        with closing(sqlite.connect(directory / "ledger.sqlite", isolation_level=None)) as connection:
            for guard in GUARDS:
                connection.execute(f"DROP TRIGGER {guard}")
            change(connection)
            for sql in JOURNAL[1:]:
                connection.execute(sql)

    return Damage(kind, "ledger.sqlite by SQL", do)


def _row(connection: Connection) -> tuple[int, bytes]:
    """A sale that gave somebody points."""
    for seq, payload in connection.execute("SELECT seq, payload FROM journal WHERE kind = 'sale' ORDER BY seq"):
        if getattr(decode(payload), "points", 0):
            return seq, payload
    raise AssertionError("no sale gave points")


def _more_points(connection: Connection, *, forge: str) -> None:
    """A sale gives ten times the points, and as many hashes are mended as somebody has patience for."""
    seq, payload = _row(connection)
    changed = payload.replace(b'"points":', b'"points":1', 1)
    connection.execute("UPDATE journal SET payload = ? WHERE seq = ?", (changed, seq))
    if forge == "none":
        return
    connection.execute("UPDATE journal SET body_hash = ? WHERE seq = ?", (body_hash(changed), seq))
    _mend_chain(connection, seq, 1 if forge == "one" else 10**9)


def _mend_chain(connection: Connection, seq: int, count: int) -> None:
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM journal WHERE seq >= ? ORDER BY seq LIMIT ?",  # noqa: S608 - constant names
        (seq, count),
    ).fetchall()
    before = connection.execute("SELECT hash FROM journal WHERE seq = ?", (seq - 1,)).fetchone()[0]
    for row in rows:
        digest = chain_hash((*row[:12], before))
        connection.execute("UPDATE journal SET prev_hash = ?, hash = ? WHERE seq = ?", (before, digest, row[0]))
        before = digest


def _without_the_last(connection: Connection) -> None:
    """The newest sale never happened: journal, entries, booking, account and totals say so."""
    seq, member, points, cents = connection.execute(
        "SELECT seq, member_id, points, amount_cents FROM booking WHERE kind = 'sale' AND member_id IS NOT NULL"
        " ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    connection.execute("DELETE FROM journal WHERE seq >= ?", (seq,))
    connection.execute("DELETE FROM booking WHERE seq >= ?", (seq,))
    connection.execute("DELETE FROM entry WHERE seq >= ?", (seq,))
    connection.execute(
        "UPDATE account SET balance = balance - ?, sales = sales - 1, revenue_cents = revenue_cents - ?"
        " WHERE member_id = ?",
        (points, cents, member),
    )
    connection.execute(
        "UPDATE day_total SET sales = sales - 1, member_sales = member_sales - 1, revenue_cents = revenue_cents - ?,"
        " member_revenue_cents = member_revenue_cents - ?, points_issued = points_issued - ?"
        " WHERE (business_day, hour) IN (SELECT business_day, hour FROM day_total ORDER BY business_day DESC LIMIT 1)",
        (cents, cents, points),
    )


def _run(sql: str) -> Callable[[Connection], object]:
    return lambda connection: connection.execute(sql)


RICHEST: Final = "(SELECT member_id FROM account ORDER BY balance DESC LIMIT 1)"
OF_THE_RICHEST: Final = f"member_id = {RICHEST}"


def by_sql() -> Iterator[Damage]:
    """Rows changed by somebody who knows the tables."""
    yield edited("balance changed", _run(f"UPDATE account SET balance = balance + 500 WHERE {OF_THE_RICHEST}"))  # noqa: S608 - a constant
    yield edited("account deleted", _run(f"DELETE FROM account WHERE {OF_THE_RICHEST}"))  # noqa: S608 - a constant
    yield edited("entry changed", _run(f"UPDATE entry SET points = points + 7 WHERE {OF_THE_RICHEST}"))  # noqa: S608 - a constant
    yield edited("booking given away", _run(f"UPDATE booking SET member_id = {RICHEST} WHERE member_id IS NOT NULL"))  # noqa: S608 - a constant
    yield edited("balances behind bookings changed", _run("UPDATE booking SET balance_after = balance_after + 1"))
    yield edited("totals changed", _run("UPDATE day_total SET points_issued = points_issued + 1"))
    yield edited("record given away", _run("UPDATE journal SET member_id = randomblob(16) WHERE kind = 'sale'"))
    yield edited("record moved to another day", _run("UPDATE journal SET business_day = '2026-01-01' WHERE seq = 5"))
    yield edited("record deleted", _run("DELETE FROM journal WHERE seq = 7"))
    yield edited("newest records deleted", _run("DELETE FROM journal WHERE seq > (SELECT max(seq) - 3 FROM journal)"))
    yield edited("newest sale unmade everywhere", _without_the_last)
    yield edited("a letter of a note changed", _run("UPDATE free_text SET text = replace(text, 'e', 'u')"))
    yield edited("cashiers gone", _run("DELETE FROM cashier"))
    yield edited("card given away", _run(f"UPDATE card SET member_id = {RICHEST} WHERE member_id <> {RICHEST}"))  # noqa: S608 - a constant
    yield edited("rules changed", _run("UPDATE programme SET document = replace(document, 'Kaffee', 'Kaffae')"))
    yield edited("points changed", lambda connection: _more_points(connection, forge="none"))
    yield edited("points changed and rehashed", lambda connection: _more_points(connection, forge="one"))
    yield edited("points changed, chain forged to its end", lambda connection: _more_points(connection, forge="all"))


def of_replica() -> Iterator[Damage]:
    """What head office said, changed on the till's own disk."""
    for kind, sql in (
        ("a balance changed", "UPDATE statement SET balance = balance + 100"),
        ("a member's points gone", "DELETE FROM statement WHERE balance = 777"),
        ("cards gone", "DELETE FROM card"),
        ("a name that can't be opened", "UPDATE profile SET box = CAST(box || x'00' AS BLOB)"),
        ("how far it goes changed", "UPDATE state SET covered_seq = covered_seq + 1"),
    ):
        yield Damage(kind, "replica.sqlite by SQL", _by(sql))


def _by(sql: str) -> Callable[[Path], None]:
    def do(directory: Path) -> None:
        with closing(sqlite.connect(directory / "replica.sqlite", isolation_level=None)) as connection:
            connection.execute(sql)

    return do


def by_swapping(older: Path, other: Path) -> Iterator[Damage]:
    """Whole files that belong elsewhere.

    Args:
        older: The same shop's directory as it was earlier.
        other: Another shop's directory.
    """
    for source, kind in ((older, "an older copy"), (other, "another shop's")):
        for name in ("ledger.sqlite", "vault.sqlite", "programme.key"):
            if (source / name).read_bytes() != b"" and (source is other or name == "ledger.sqlite"):
                yield Damage(f"{kind} {name}", name, _copying(source / name, name))
    for name in ("ledger.sqlite-wal", "ledger.sqlite-shm"):
        if (other / name).exists():
            yield Damage(f"another shop's {name}", name, _copying(other / name, name))


def _copying(source: Path, name: str) -> Callable[[Path], None]:
    def do(directory: Path) -> None:
        shutil.copyfile(source, directory / name)

    return do
