"""Till and head office over loopback: how soon a sale shows on another till, and how a till fills itself.

A sale counts from the moment its use case has returned until the other till's own reader shows the new balance; in
between lie both sync threads, head office as a process of its own, and a long poll. A first fill is held against
copying the same file and checking it. ``python -m benchmarks.sync [--quick]``.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sqlite3
import tempfile
import threading
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.api_process import MEMORY_MAX_MIB, ApiProcess
from benchmarks.table import NS_PER_MS, Row, in_ms, in_us, percentile, print_table
from headoffice.main import DATABASE_FILE, assemble
from headoffice.people import directory
from headoffice.store import bulk
from headoffice.store.dirty import touch
from headoffice.store.tables import ACCOUNT, CARD, ENTRY
from loyalty.cards import account_id
from loyalty.feed import ProfileField
from loyalty.sale import Basket
from storage.store import create_store, open_store
from terminal.app.desk import StorageThread
from terminal.app.earn import EarnCommand, Earned, earn
from terminal.app.system import SystemClock, SystemIds
from terminal.app.till import Till
from terminal.sync.joining import Applicant, apply_to_join, move_in
from terminal.sync.journal import OwnLedger
from terminal.sync.keys import KeyStore
from terminal.sync.session import connect_over_http
from terminal.sync.thread import Means, Outside, SyncThread
from tests.fakes.ledger import PROGRAMME, card_number

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from headoffice.service import HeadOffice

SALES: Final = 200
QUICK_SALES: Final = 40
MEMBERS: Final = 100_000
QUICK_MEMBERS: Final = 10_000
SHOWS_MAX_MS: Final = 1_000
AWARDS_QUIET: Final = 200
SALE_EVERY_S: Final = 0.02
"""Far more sales than any till has, and yet some rest between them, in seconds."""

FILL_MAX: Final = 3.0
AWARD_MAX: Final = 1.5
WAIT_S_MAX: Final = 120
LOOK_S: Final = 0.002
"""How often the other till is looked at, in seconds."""

CHUNK_BYTES: Final = 1024 * 1024


class RunningTill:
    """A till without a window: its storage thread and its sync thread."""

    def __init__(self, folder: Path, name: str, url: str, code: str) -> None:
        self.clock, self.ids = SystemClock(), SystemIds()
        self._directory = folder / name
        self._make(name, url, code)
        self._desk = StorageThread(
            lambda: open_store(self._directory, clock=self.clock, ids=self.ids),
            self.clock,
            self.ids,
            lambda call: call(),
        )
        means = Means(
            owner=self._desk,
            open_keys=lambda: KeyStore(self._directory, None),
            clock=self.clock,
            connect=connect_over_http,
            serving=lambda: "",
            software=lambda: "benchmark",
        )
        self.sync = SyncThread(means, Outside(lambda _status: None, lambda _offset: None, _raise))

    def _make(self, name: str, url: str, code: str) -> None:
        shop = {"shop_name": "Mitte", "till_name": name, "currency": "EUR", "programme_text": PROGRAMME}
        with create_store(self._directory, clock=self.clock, ids=self.ids, **shop) as store:
            applicant = Applicant(name, store.shop.terminal_id, store.programme.version)
            till = Till(store, self.clock, self.ids)
            move_in(OwnLedger(till), apply_to_join(url, code, applicant), KeyStore(self._directory, None))

    def start(self, *, listening: bool = True) -> None:
        """Open the ledger and begin to listen."""
        self._desk.start()
        self._desk.on_booked = self.sync.nudge
        if listening:
            self.sync.start()

    def stop(self) -> None:
        """End both threads."""
        self.sync.stop()
        self._desk.stop()

    def sell(self, card: str) -> int:
        """Book a sale; gives the nanoseconds it took on the storage thread."""
        command = EarnCommand(self.ids.record_id(), card, Basket(1_000))

        def timed(till: Till) -> int:
            began = time.perf_counter_ns()
            assert isinstance(earn(till, command), Earned), "nothing about these sales can be refused"
            return time.perf_counter_ns() - began

        taken_ns = self._desk.call(timed)
        self.sync.nudge()
        return taken_ns

    def balance(self, card: str) -> int:
        """What it would show."""
        row = self._desk.reader.card(card)
        return self._desk.reader.account(row.member_id).balance if row else 0

    def is_filled(self) -> bool:
        """Whether it holds head office's whole state."""
        state = self._desk.reader.replica_state()
        return state is not None and state.complete


def _raise(error: Exception) -> None:
    raise error


def measure_latency(one: RunningTill, other: RunningTill, sales: int) -> list[Row]:
    """How soon a sale on one till shows on the other."""
    taken_ns: list[int] = []
    for number in range(sales):
        card = card_number(number % 20)
        before = other.balance(card)
        one.sell(card)
        began = time.perf_counter_ns()
        _wait(lambda card=card, before=before: other.balance(card) != before)
        taken_ns.append(time.perf_counter_ns() - began)
    taken_ns.sort()
    p50, p99 = percentile(taken_ns, 0.5), percentile(taken_ns, 0.99)
    return [
        Row("sale shows on the other till, p50", "", in_ms(p50)),
        Row("sale shows on the other till, p99", f"<= {SHOWS_MAX_MS} ms", in_ms(p99), p99 / NS_PER_MS / SHOWS_MAX_MS),
    ]


def measure_fill(till: RunningTill, file: Path, folder: Path) -> Row:
    """How long the first fill takes, from the start of the till's threads."""
    bare_ns = _copied_and_checked(file, folder / "copy.sqlite")
    began = time.perf_counter_ns()
    till.start()
    _wait(till.is_filled)
    fill_ns = time.perf_counter_ns() - began
    till.stop()
    return Row(
        "first fill over HTTP",
        f"<= {FILL_MAX:.0f}x copying and checking in {in_ms(bare_ns)}",
        f"{in_ms(fill_ns)} = {fill_ns / bare_ns:.2f}x",
        fill_ns / bare_ns / FILL_MAX,
    )


def measure_award(till: RunningTill) -> Row:
    """What a first fill does to the sales meanwhile; the quiet ones are made before the till has anybody to talk to."""
    till.start(listening=False)
    pause = threading.Event()
    quiet_ns: list[int] = []
    for number in range(AWARDS_QUIET):
        quiet_ns.append(till.sell(card_number(number % 20)))
        pause.wait(SALE_EVERY_S)
    till.sync.start()
    busy_ns: list[int] = []
    ends_s = time.monotonic() + WAIT_S_MAX
    while not till.is_filled():
        busy_ns.append(till.sell(card_number(len(busy_ns) % 20)))
        pause.wait(SALE_EVERY_S)
        assert time.monotonic() < ends_s, "the till never fills"
    till.stop()
    busy, quiet = percentile(sorted(busy_ns), 0.5), percentile(sorted(quiet_ns), 0.5)
    return Row(
        f"award during a fill, p50 of {len(busy_ns)}",
        f"<= {AWARD_MAX}x the quiet p50 of {in_us(quiet)}",
        f"{in_us(busy)} = {busy / quiet:.2f}x",
        busy / quiet / AWARD_MAX,
    )


def _copied_and_checked(file: Path, target: Path) -> int:
    """Copy a file to disk, hash it and let SQLite check it."""
    began = time.perf_counter_ns()
    shutil.copyfile(file, target)
    digest = hashlib.sha256()
    with target.open("rb") as copied:
        while chunk := copied.read(CHUNK_BYTES):
            digest.update(chunk)
    with closing(sqlite3.connect(target)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return time.perf_counter_ns() - began


def _wait(done: Any) -> None:  # noqa: ANN401 - a callable of no arguments
    ends_s = time.monotonic() + WAIT_S_MAX
    pause = threading.Event()
    while not done():
        assert time.monotonic() < ends_s, "it never shows"
        pause.wait(LOOK_S)


def own_card(index: int) -> str:
    """The number of a card that no till has seen before head office tells of it."""
    return card_number(1_000 + index)


def fill_head_office(head: HeadOffice, members: int, card: Callable[[int], str] = own_card) -> None:
    """Give head office members with a person, a card and some points each.

    Args:
        head: Head office.
        members: How many.
        card: The number of the n-th member's card.
    """
    key = head.secrets.programme_key
    numbers = [card(index) for index in range(members)]
    ids = [account_id(key, number) for number in numbers]
    now_us = head.clock.now_us()

    def entry(index: int, member_id: UUID) -> tuple[Any, ...]:
        return (member_id, index + 1, 0, member_id, "earn", 120, now_us, head.ids.record_id(), None)

    with head.database.write() as connection:
        accounts = [(member_id, 120, 1, 12_000, "") for member_id in ids]
        bulk.insert(connection, ACCOUNT, ("member_id", "balance", "sales", "revenue_cents", "region"), accounts)
        columns = ("member_id", "position", "part", "original_member_id", "kind", "points", "at_us", "record_id")
        rows = [entry(index, member_id) for index, member_id in enumerate(ids)]
        bulk.insert(connection, ENTRY, (*columns, "original_id"), rows)
        cards = [
            (number, number[::-1], head.ids.random_id(), member_id, "active")
            for number, member_id in zip(numbers, ids, strict=True)
        ]
        bulk.insert(connection, CARD, ("number", "number_reversed", "card_ref", "member_id", "status"), cards)
        for start in range(0, members, 1_000):
            fields = {
                (member_id, ProfileField.NAME): f"Vorname{index} Nachname{index}"
                for index, member_id in enumerate(ids[start : start + 1_000], start)
            }
            directory.put_fields(connection, head.office.sealer, fields)
        touch(connection, "member", map(str, sorted(ids)))


def measure(folder: Path, *, quick: bool) -> list[Row]:
    """Measure everything in a folder of its own."""
    data = folder / "office"
    data.mkdir()
    with closing(assemble(data)) as head:
        head.publish(PROGRAMME, by="benchmark")
        codes = {name: head.enrol_terminal("Mitte", name).code for name in ("one", "other", "filled", "busy")}
    with ExitStack() as stack:
        api = stack.enter_context(ApiProcess(data, f"sqlite:///{data / DATABASE_FILE}"))
        url = f"http://127.0.0.1:{api.port}"
        one, other, filled, busy = (RunningTill(folder, name, url, code) for name, code in codes.items())
        for till in (one, other, filled, busy):
            stack.callback(till.stop)
        one.start()
        other.start()
        _wait(lambda: one.is_filled() and other.is_filled())
        rows = measure_latency(one, other, QUICK_SALES if quick else SALES)
        one.stop()
        other.stop()
        with closing(assemble(data)) as head:
            fill_head_office(head, QUICK_MEMBERS if quick else MEMBERS)
            file = made_file(head, "filled")
        rows.append(measure_fill(filled, file, folder))
        rows.append(measure_award(busy))
        memory = api.memory_mib()
        share = memory / MEMORY_MAX_MIB
        rows.append(Row("memory of the API process", f"<= {MEMORY_MAX_MIB} MiB", f"{memory:.0f} MiB", share))
    return rows


def made_file(head: HeadOffice, till: str) -> Path:
    """Let head office make the file that tills begin with; a till that has joined has to ask for it."""
    terminal = next(row for row in head.terminals() if row.name == till)
    info = head.snapshot(head.terminal(terminal.terminal_id))
    assert info is not None, "so many members are downloaded as a file"
    return next(head.office.snapshots.glob(f"*-{info.sha256}.sqlite"))


def main() -> int:
    """Measure this part alone."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sync", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the members, a fifth of the sales")
    run(quick=parser.parse_args().quick)
    return 0


def run(*, quick: bool) -> None:
    """Measure and print one table."""
    with tempfile.TemporaryDirectory(prefix="stammkunde-sync-") as folder:
        rows = measure(Path(folder), quick=quick)
    members = QUICK_MEMBERS if quick else MEMBERS
    print_table(rows, f"Till and head office over loopback, {members:,} members")


if __name__ == "__main__":
    raise SystemExit(main())
