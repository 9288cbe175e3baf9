"""The codes of receipts are signed with the till's key; a record of another till is believed when it was asked for."""

from __future__ import annotations

import base64
import queue
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from loyalty import receipt_code
from loyalty.encoding import encode
from loyalty.receipt_code import SignedReceipt
from loyalty.reversal import reduced
from loyalty.wire import ProblemCode, RecordReply
from terminal.sync.errors import Broken
from terminal.sync.http import HttpHeadOffice
from terminal.sync.keys import KeyStore
from terminal.sync.line import Answer, Line
from terminal.sync.outcomes import Declined
from terminal.sync.receipts import code_of, read_receipt
from terminal.sync.service import Requests, SyncService
from terminal.sync.session import OpenPort
from terminal.sync.signatures import holds, public_key
from terminal.sync.status import SyncTrouble
from terminal.sync.supervise import Supervisor
from terminal.sync.thread import SyncThread
from tests.fakes.head_office_port import TERMINAL
from tests.fakes.joined_till import JoinedTill

KEY = bytes(32)


@pytest.fixture
def joined(tmp_path: Path) -> Iterator[JoinedTill]:
    """A till that has joined."""
    with closing(JoinedTill(tmp_path / "till")) as till:
        yield till


def requests(till: JoinedTill) -> Requests:
    """What can be asked of sync."""
    directory = till.ledger.directory
    return Requests(till.owner, KeyStore(directory, None), Supervisor(directory))


def test_a_booking_is_signed_with_the_tills_own_key(joined: JoinedTill) -> None:
    """Other tills know that key by the till's id at head office."""
    sale = joined.sell()
    code = requests(joined).receipt_code(sale)
    assert isinstance(code, str)
    found = receipt_code.read(code)
    assert isinstance(found, SignedReceipt)
    assert (found.terminal_id, found.original) == (TERMINAL, reduced(sale))
    assert holds(public_key(KEY), found.message, found.signature)


def test_without_a_key_or_a_head_office_there_is_no_code(joined: JoinedTill, tmp_path: Path) -> None:
    """A till that stands alone has nobody who could read it."""
    sale = joined.sell()
    KeyStore(joined.ledger.directory, None).forget(TERMINAL)
    assert requests(joined).receipt_code(sale) == Declined(SyncTrouble.KEYS_MISSING)
    with closing(JoinedTill(tmp_path / "alone", join=False)) as alone:
        assert requests(alone).receipt_code(alone.sell()) == ""


def test_a_receipt_of_more_lines_than_fit_has_no_code(joined: JoinedTill) -> None:
    """Its number is enough online."""
    sale = joined.sell()
    lines = tuple(msgspec.structs.replace(sale.lines[0], line=number) for number in range(1, 300))
    assert requests(joined).receipt_code(msgspec.structs.replace(sale, lines=lines)) == ""


def test_what_is_no_code_is_not_looked_up(joined: JoinedTill) -> None:
    """The reader of the replica is not even asked."""
    with joined.ledger.store.reader() as reader:
        assert read_receipt(reader, "SKR1") == receipt_code.read("SKR1")


class AnsweringLine(Line):
    """Answers every call with the same body."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self.targets: list[str] = []
        self.headers: Mapping[str, str] = {}

    def ask(
        self,
        method: str,
        target: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        wait_s: float = 0,
        bytes_max: int = 0,
    ) -> Answer:
        del body, wait_s, bytes_max
        self.targets.append(f"{method} {target}")
        self.headers = headers or {}
        return Answer(200, self._body)


def answered(joined: JoinedTill, payload: bytes) -> tuple[HttpHeadOffice, AnsweringLine]:
    """A line to a head office that tells a record."""
    reply = RecordReply(payload, TERMINAL, "Kasse 1", "Nord", (), {})
    line = AnsweringLine(msgspec.json.encode(reply))
    return HttpHeadOffice(line, TERMINAL, KEY, joined.ledger.clock), line


def test_a_record_is_asked_for_by_its_id_in_a_signed_call(joined: JoinedTill) -> None:
    """What comes back is the record that was asked for."""
    sale = joined.sell()
    office, line = answered(joined, encode(sale))
    assert office.record(sale.record_id).till == "Kasse 1"
    assert line.targets == [f"GET /v1/records/{sale.record_id}"]
    assert len(base64.b64decode(line.headers["stammkunde-signature"])) == 64


@pytest.mark.parametrize("payload", [b"", b"[]", b'{"kind": "sale"}'])
def test_an_answer_that_holds_no_record_is_not_believed(joined: JoinedTill, payload: bytes) -> None:
    """A server that sends anything else is not head office."""
    office, _ = answered(joined, payload)
    with pytest.raises(Broken):
        office.record(UUID(int=1))


def test_another_record_than_was_asked_for_is_not_believed(joined: JoinedTill) -> None:
    """Else a return would be booked against somebody else's purchase."""
    office, _ = answered(joined, encode(joined.sell()))
    with pytest.raises(Broken):
        office.record(UUID(int=1))


class PatientThread(SyncThread):
    """A sync thread whose tasks run when a test says so, with one line to a head office in memory."""

    def __init__(self, till: JoinedTill) -> None:
        self._till = till
        self.tasks: list[Callable[[], None]] = []

    @property
    def keys(self) -> KeyStore:
        return KeyStore(self._till.ledger.directory, None)

    def submit(self, task: Callable[[], None]) -> None:
        self.tasks.append(task)

    def ask(self) -> None:
        """No round is wanted here."""

    def new_line(self) -> OpenPort:
        return self._till.office


def service(till: JoinedTill, thread: PatientThread, home: queue.Queue[Callable[[], None]]) -> SyncService:
    """What presenters ask."""
    return SyncService(thread, till.owner, Supervisor(till.ledger.directory), home.put)


def fail(error: Exception) -> None:
    """Nothing breaks here."""
    raise error


def test_a_code_is_made_on_the_sync_thread_and_comes_home(joined: JoinedTill) -> None:
    """Whoever asked goes on at once."""
    thread, home, answers = PatientThread(joined), queue.Queue[Callable[[], None]](), list[str | Declined]()
    sale = joined.sell()
    service(joined, thread, home).receipt_code(sale, answers.append, fail)
    assert home.empty()
    (task,) = thread.tasks
    task()
    home.get_nowait()()
    assert answers == [code_of(sale, TERMINAL, KEY)]


def test_a_record_is_asked_for_beside_the_rounds(joined: JoinedTill) -> None:
    """On a thread of its own, so that no task waits for it; the answer comes home like all others."""
    thread, home = PatientThread(joined), queue.Queue[Callable[[], None]]()
    answers: list[RecordReply | Declined] = []
    reply = RecordReply(encode(joined.sell()), TERMINAL, "Kasse 1", "Nord", (), {})
    joined.office.elsewhere[UUID(int=4)] = reply
    asked = service(joined, thread, home)
    for record_id in (UUID(int=4), UUID(int=5)):
        asked.record(record_id, answers.append, fail)
        home.get(timeout=20)()
    assert answers == [reply, Declined(ProblemCode.NOT_FOUND)]
    assert thread.tasks == []
