"""From a scan to the painted member while head office's whole state is being taken over.

A till with all members in its own ledger has joined a head office with the same members. One thread of it does what the
first fill does: fetch the file over HTTP, prove it, take it over page by page, pull what came since. When it is through
it throws the replica away and begins again, until there were enough scans. ``python -m benchmarks.filling [--large]``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import threading
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self
from uuid import UUID

from benchmarks.shop import CACHE, LARGE, MIDDLE, SMALL, Size, cached_shop, member_card, read_through, working_copy
from benchmarks.table import NS_PER_MS, Row, in_ms, percentile, print_table
from benchmarks.window import SCAN_P99_MS, SCANS, child
from storage.connection import open_reader, open_writer
from storage.exchange import HeadOfficeRow
from storage.files import KEY_FILE, LEDGER_FILE, REPLICA_FILE, VAULT_FILE
from storage.joining import put_head_office, put_keys, read_joined
from storage.replica import discard
from terminal.app.system import SystemClock
from terminal.sync.context import Hooks
from terminal.sync.errors import Stopped
from terminal.sync.joining import Admitted, Applicant, apply_to_join
from terminal.sync.keys import KeyStore
from terminal.sync.refill import refill
from terminal.sync.session import connect_over_http

if TYPE_CHECKING:
    from collections.abc import Callable

TILL: Final = "filled"


class Filling:
    """Fills the replica of a till, again and again, on a thread of its own, for as long as the block lasts.

    Attributes:
        fills_ns: How long each took that was taken over.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._stopping = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="filling")
        self.fills_ns: list[int] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        self.check()

    def check(self) -> None:
        """Raise what ended the thread, if anything did."""
        if self._failure:
            raise self._failure

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                began = time.perf_counter_ns()
                self._fill()
                self.fills_ns.append(time.perf_counter_ns() - began)
        except Stopped:
            pass
        except BaseException as error:  # noqa: BLE001 - raised where somebody waits for it
            self._failure = error

    def _fill(self) -> None:
        path, clock = self._directory / REPLICA_FILE, SystemClock()
        with (
            closing(open_reader(self._directory / LEDGER_FILE)) as ledger,
            closing(open_reader(self._directory / VAULT_FILE)) as vault,
        ):
            joined = read_joined(ledger, vault)
        assert joined is not None, "the till has joined"
        office = joined.head_office
        key, _ = KeyStore(self._directory, None).find(office.terminal_id)
        discard(path)
        with closing(connect_over_http(office, key, clock, 0)) as line:
            refill(path, office, joined.profile_key, line, clock, Hooks(stopping=self._stopping.is_set))


def measure(size: Size, folder: Path) -> list[Row]:
    """Measure with the kept shop of a size, in a folder that has room for two copies of it."""
    from benchmarks.api_process import ApiProcess
    from headoffice.main import DATABASE_FILE

    till, data = working_copy(cached_shop(size), folder, "till"), folder / "office"
    with ExitStack() as stack:
        code = _open_office(data, (till / KEY_FILE).read_bytes())
        api = stack.enter_context(ApiProcess(data, f"sqlite:///{data / DATABASE_FILE}"))
        _belong(till, lambda applicant: apply_to_join(f"http://127.0.0.1:{api.port}", code, applicant))
        _fill_office(data, size)
        read_through(till)
        arguments = (str(till), str(size.members), str(SCANS), "filling")
        found: dict[str, Any] = json.loads(child("benchmarks.till_child", *arguments))
    return _rows(sorted(found["quiet_ns"]), sorted(found["filling_ns"]), found["fills_ns"])


def _rows(quiet: list[int], filling: list[int], fills_ns: list[int]) -> list[Row]:
    """What a fill does to a scan, beside the same scans of the same process before it."""
    (p50, p50_before), (p99, p99_before) = (
        (percentile(filling, share), percentile(quiet, share)) for share in (0.5, 0.99)
    )
    return [
        Row(
            f"scan to painted member during a fill, p99 of {len(filling):,}",
            f"<= {SCAN_P99_MS} ms (before it: {in_ms(p99_before)})",
            f"{in_ms(p99)} = {p99 / p99_before:.2f}x",
            p99 / NS_PER_MS / SCAN_P99_MS,
        ),
        Row("the same, p50", f"(before it: {in_ms(p50_before)})", f"{in_ms(p50)} = {p50 / p50_before:.2f}x"),
        Row(f"one of these {len(fills_ns)} fills, median", "", in_ms(statistics.median(fills_ns))),
    ]


def _open_office(data: Path, programme_key: bytes) -> str:
    """Make a head office with the shop's key, so that both mean the same accounts; gives a code to join with."""
    from headoffice.main import assemble
    from headoffice.secrets import FOLDER, PROGRAMME_KEY_FILE
    from tests.fakes.ledger import PROGRAMME

    (data / FOLDER).mkdir(parents=True, mode=0o700)
    (data / FOLDER / PROGRAMME_KEY_FILE).write_bytes(programme_key)
    with closing(assemble(data)) as head:
        head.publish(PROGRAMME, by="benchmark")
        return head.enrol_terminal("Mitte", TILL).code


def _fill_office(data: Path, size: Size) -> None:
    """Give head office the shop's members, and let it make the file that tills begin with."""
    from benchmarks.sync import fill_head_office, made_file
    from headoffice.main import assemble

    with closing(assemble(data)) as head:
        fill_head_office(head, size.members, member_card)
        made_file(head, TILL)


def _belong(directory: Path, join: Callable[[Applicant], Admitted]) -> None:
    """Join as a till that has told everything it has before: to tell a million members takes far longer than a fill."""
    with (
        closing(open_writer(directory / LEDGER_FILE)) as ledger,
        closing(open_writer(directory / VAULT_FILE)) as vault,
    ):
        terminal_id = UUID(bytes=ledger.value("SELECT terminal_id FROM shop"))
        admitted = join(Applicant(TILL, terminal_id, 1))
        reply = admitted.reply
        KeyStore(directory, None).keep(reply.terminal_id, admitted.private_key)
        office = HeadOfficeRow(
            url=admitted.url,
            terminal_id=reply.terminal_id,
            server_id=reply.server_id,
            server_epoch=reply.server_epoch,
            server_key=reply.server_key,
            store=reply.store,
            ca_pem=admitted.ca_pem,
            joined_at_us=reply.server_time_us,
        )
        put_keys(directory, vault, programme_key=reply.programme_key, profile_key=reply.profile_key)
        with ledger.transaction():
            put_head_office(ledger, office, forgotten=False)
            ledger.run("UPDATE head_office SET handed_over = NULL")


def main() -> int:
    """Measure this part alone."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.filling", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="ten thousand members")
    parser.add_argument("--large", action="store_true", help="a million members")
    options = parser.parse_args()
    run(SMALL if options.quick else LARGE if options.large else MIDDLE)
    return 0


def run(size: Size) -> None:
    """Measure and print one table."""
    with tempfile.TemporaryDirectory(prefix="filling-", dir=CACHE) as folder:
        found = measure(size, Path(folder))
    print_table(found, f"While head office's state is taken over, {size.members:,} members")


if __name__ == "__main__":
    raise SystemExit(main())
