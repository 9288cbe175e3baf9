"""Recovering step by step. Each step finds out by itself whether an earlier call has done it."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING, Final
from uuid import UUID

import msgspec

from loyalty.programme import Programme, parse_programme
from loyalty.wire import JoinReply, ProblemCode
from storage.blackbox import key_path
from storage.blackbox_frames import box_name
from storage.blackbox_read import black_boxes_in
from storage.create import create_files
from storage.exchange import HeadOfficeRow
from storage.files import KEY_BEFORE_JOINING, LEDGER_FILE, REPLICA_FILE, os_errors, parts_of_shop, write_durably
from storage.rebirth import Missing, Sources, make_ledger, put_replica, told_by, whose_copy
from storage.staging import ASIDE, Staging
from storage.store import open_store
from storage.taking_over import take_box, tell_only_missing
from storage.verify import verify
from terminal.app.system import CorrectedClock
from terminal.app.till import Till
from terminal.sync.context import Hooks
from terminal.sync.errors import Broken, HeadOfficeSaysNo, SyncError
from terminal.sync.joining import Admitted, Applicant, apply_to_join
from terminal.sync.journal import OwnLedger
from terminal.sync.keys import KEY_SUFFIX, KeyStore
from terminal.sync.recover import BoxedTill, NotRecovered, Recovered, RecoverStep, WhyNot
from terminal.sync.refill import refill
from terminal.sync.session import OpenPort, Session, connect_over_http
from terminal.sync.status import Progress, SyncTrouble, Task

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from loyalty.ports import Clock
    from storage.blackbox_read import BlackBoxContents
    from storage.store import Store
    from storage.taking_over import Taken
    from terminal.sync.recover import Outside, RecoverCommand

ADMISSION_FILE: Final = "admitted.json"
REPLICA_PART: Final = "replica.sqlite"
ROUNDS_MAX: Final = 5
"""How many rounds may pass until nothing waits; a programme that comes into force takes a second one."""

JOIN_AGAIN: Final = frozenset({ProblemCode.UNKNOWN_TERMINAL, ProblemCode.REVOKED, ProblemCode.FENCED})
NAMELESS: Final = "Kasse"
"""What a till that nobody knows the name of tells head office, which has named it with the code."""

_STEPS: Final = {
    Task.SENDING: RecoverStep.SENDING,
    Task.DOWNLOADING: RecoverStep.FETCHING,
    Task.CHECKING: RecoverStep.FETCHING,
    Task.CATCHING_UP: RecoverStep.FETCHING,
}


class _Admission(msgspec.Struct, frozen=True):
    """That head office has taken the till in: the code is used up, so this is kept before anything else is done.

    Attributes:
        typed_url: The address as it was given.
        url: As it is stored.
        ca_pem: The authority that vouches for it.
        ledger_id: As which ledger the till was taken in.
        reply: What head office said.
    """

    typed_url: str
    url: str
    ca_pem: str
    ledger_id: UUID
    reply: JoinReply

    @property
    def row(self) -> HeadOfficeRow:
        """As whom the till has joined."""
        reply = self.reply
        ids = (reply.terminal_id, reply.server_id, reply.server_epoch)
        return HeadOfficeRow(self.url, *ids, reply.server_key, reply.store, self.ca_pem, reply.server_time_us)


class OverHttp:
    """The way to a real head office."""

    def apply(self, url: str, code: str, applicant: Applicant) -> Admitted:
        """Be taken in."""
        return apply_to_join(url, code, applicant)

    def connect(self, head_office: HeadOfficeRow, private_key: bytes, clock: Clock, offset_ms: int) -> OpenPort:
        """Open a line."""
        return connect_over_http(head_office, private_key, clock, offset_ms)


class Recovery:
    """One call of ``recover``, with the data directory's lock held."""

    def __init__(self, directory: Path, command: RecoverCommand, outside: Outside) -> None:
        self._directory = directory
        self._command = command
        self._outside = outside
        self._office = outside.office or OverHttp()
        self._staging = Staging(directory)
        self._unproved: tuple[str, ...] = ()
        self._keys = KeyStore(self._staging.till, outside.keyring)

    def run(self) -> Recovered | NotRecovered:
        """Do everything that is left to do."""
        command = self._command
        if self._staging.is_ready:
            self._staging.finish()
            return self._result(self._directory)
        if parts_of_shop(self._directory) and not command.set_aside:
            return NotRecovered(WhyNot.SHOP_HERE)
        if not (command.url or command.backup or command.black_box):
            return NotRecovered(WhyNot.NOTHING_TO_START_FROM)
        copy = whose_copy(command.backup) if command.backup else None
        contents = self._chosen_box(copy)
        if isinstance(contents, NotRecovered):
            return contents
        try:
            return self._from_head_office(contents, copy) if command.url else self._alone(contents)
        except SyncError as error:
            return NotRecovered(WhyNot.HEAD_OFFICE, trouble=error.why)

    # --------------------------------------------------------------------------------------------- the sources

    def _chosen_box(self, copy: UUID | None) -> BlackBoxContents | NotRecovered | None:
        """The box to take, where one is asked for."""
        command = self._command
        if command.black_box is None:
            return None
        boxes = black_boxes_in(command.black_box) if command.black_box.is_dir() else ()
        wanted = command.ledger_id or copy
        fitting = [box for box in boxes if wanted in (None, box.ledger_id)]
        if not boxes or (command.ledger_id and not fitting):
            return NotRecovered(WhyNot.NO_BLACK_BOX)
        if not fitting or (copy and fitting[0].ledger_id != copy):
            return NotRecovered(WhyNot.OTHER_TILL)
        if len(fitting) > 1:
            return NotRecovered(WhyNot.SEVERAL_TILLS, tills=tuple(map(boxed_till, fitting)))
        return fitting[0]

    def _make_ledger(self, contents: BlackBoxContents | None, *, may_lack: bool) -> Missing | None:
        """Make the ledger aside from the copy and the box, unless an earlier call did."""
        self._say(RecoverStep.BUILDING)
        if (self._staging.till / LEDGER_FILE).exists():
            return None
        self._clear_till()
        key = b""
        if contents is not None and self._command.black_box is not None:
            path = key_path(self._command.black_box / box_name(contents.ledger_id))
            with os_errors(str(path)):
                key = path.read_bytes() if path.exists() else b""
        former = self._directory if self._command.set_aside else None
        sources = Sources(self._command.backup, contents, key, former)
        clock, ids = self._outside.clock, self._outside.ids
        made = make_ledger(sources, self._staging.till, may_lack=may_lack, clock=clock, ids=ids)
        if isinstance(made, Missing):
            return made
        self._unproved = made.unproved
        return None

    def _clear_till(self) -> None:
        """What an earlier call left half made goes; the key by which head office knows the till stays."""
        with os_errors(str(self._staging.till)):
            for path in self._staging.till.iterdir():
                if path.is_dir():
                    shutil.rmtree(path)
                elif not path.name.endswith(KEY_SUFFIX):
                    path.unlink()

    # ---------------------------------------------------------------------------------------- standing alone

    def _alone(self, contents: BlackBoxContents | None) -> Recovered | NotRecovered:
        """A backup and the box, or a box that goes back to the first record."""
        self._staging.discard()
        self._staging.begin()
        missing = self._make_ledger(contents, may_lack=self._command.despite_gap)
        if missing is not None:
            self._staging.discard()
            return NotRecovered(WhyNot.RECORDS_MISSING, first=missing.first, last=missing.last)
        taken = None
        if contents is not None:
            with self._opened() as store:
                taken = self._take(store, contents, (store.programme_key,))
        return self._proved(contents, taken)

    # ----------------------------------------------------------------------------------------- head office

    def _from_head_office(self, contents: BlackBoxContents | None, copy: UUID | None) -> Recovered | NotRecovered:
        admission = self._earlier_admission()
        if admission is not None:
            try:
                return self._with(admission, contents)
            except HeadOfficeSaysNo as error:
                if error.code not in JOIN_AGAIN or not self._command.code:
                    raise
            self._keys.forget(admission.reply.terminal_id)
        self._staging.discard()
        self._staging.begin()
        return self._with(self._admitted(contents, copy), contents)

    def _earlier_admission(self) -> _Admission | None:
        """That head office took this till in when an earlier call asked it."""
        path = self._staging.folder / ADMISSION_FILE
        if not path.exists():
            return None
        with os_errors(str(path)):
            found = msgspec.json.decode(path.read_bytes(), type=_Admission)
        return found if found.typed_url == self._command.url else None

    def _admitted(self, contents: BlackBoxContents | None, copy: UUID | None) -> _Admission:
        """Join under an id of its own; the key and the admission are on the disk when this returns."""
        self._say(RecoverStep.JOINING)
        heading = contents.heading if contents else None
        ledger_id = copy or self._outside.ids.random_id()
        applicant = Applicant(heading.till_name if heading else NAMELESS, ledger_id, 0)
        admitted = self._office.apply(self._command.url, self._command.code, applicant)
        self._keys.keep(admitted.reply.terminal_id, admitted.private_key)
        admission = _Admission(self._command.url, admitted.url, admitted.ca_pem, ledger_id, admitted.reply)
        path = self._staging.folder / ADMISSION_FILE
        with os_errors(str(path)):
            write_durably(path, msgspec.json.encode(admission))
        return admission

    def _with(self, admission: _Admission, contents: BlackBoxContents | None) -> Recovered | NotRecovered:
        """Everything behind the joining."""
        self._staging.begin()
        replica = self._staging.folder / REPLICA_PART
        if not self._has_joined():
            self._fetch(admission, replica)
            if self._command.backup:
                self._make_ledger(contents, may_lack=True)
            elif not self._begin_ledger(admission, contents, replica):
                return NotRecovered(WhyNot.NO_PROGRAMME)
            self._join(admission)
        if replica.exists():
            with os_errors(str(replica)):
                put_replica(replica, self._staging.till / REPLICA_FILE)
        taken = None
        with self._opened() as store:
            if contents is not None:
                taken = self._take(store, contents, (admission.reply.profile_key, store.programme_key))
            self._settle(store, admission.row)
        return self._proved(contents, taken)

    def _has_joined(self) -> bool:
        if not (self._staging.till / LEDGER_FILE).exists():
            return False
        with self._opened() as store:
            return store.head_office is not None

    def _fetch(self, admission: _Admission, replica: Path) -> None:
        self._say(RecoverStep.FETCHING)
        private_key, _ = self._keys.find(admission.reply.terminal_id)
        clock = self._outside.clock
        with closing(self._office.connect(admission.row, private_key, clock, 0)) as port:
            refill(replica, admission.row, admission.reply.profile_key, port, clock, self._hooks())

    def _begin_ledger(self, admission: _Admission, contents: BlackBoxContents | None, replica: Path) -> bool:
        """Make a new ledger under the rules in force; whether there are any."""
        self._say(RecoverStep.BUILDING)
        if (self._staging.till / LEDGER_FILE).exists():
            return True
        self._clear_till()
        told = told_by(replica, admission.reply.terminal_id)
        now_us = self._outside.clock.now_us()
        documents = [item.document for item in told.programmes if item.starts_at_us <= now_us]
        if not documents and contents is not None:
            documents = [item.document for item in sorted(contents.programmes, key=lambda item: item.version)]
        rules = parse_programme(documents[-1]) if documents else None
        if not isinstance(rules, Programme):
            return False
        heading = contents.heading if contents else None
        create_files(
            self._staging.till,
            shop_name=heading.shop_name if heading else admission.reply.store,
            till_name=told.till_name or (heading.till_name if heading else NAMELESS),
            currency=rules.currency,
            programme_text=documents[-1],
            clock=self._outside.clock,
            ids=self._outside.ids,
            terminal_id=admission.ledger_id,
        )
        return True

    def _join(self, admission: _Admission) -> None:
        """Belong to head office. What a copy has besides its journal is told only where head office lacks it."""
        reply = admission.reply
        with self._opened() as store:
            store.join(admission.row, programme_key=reply.programme_key, profile_key=reply.profile_key)
            if self._command.backup:
                tell_only_missing(store)
        if not self._command.backup:  # nothing was ever booked under the key that a new ledger is born with
            with os_errors(KEY_BEFORE_JOINING):
                (self._staging.till / KEY_BEFORE_JOINING).unlink(missing_ok=True)

    def _settle(self, store: Store, head_office: HeadOfficeRow) -> None:
        """Hand everything in and fetch what head office made of it, until nothing waits on either side."""
        self._say(RecoverStep.SENDING)
        clock = self._outside.clock
        owner = OwnLedger(Till(store, CorrectedClock(clock), self._outside.ids))
        with Session(owner, head_office, self._keys, clock, self._office.connect) as line:
            for _ in range(ROUNDS_MAX):
                line.round(self._hooks(), _software())
                if not line.has_something_to_send():
                    return
        raise Broken(SyncTrouble.ANSWER_WRONG, f"something waits after {ROUNDS_MAX} rounds")

    # --------------------------------------------------------------------------------------------- the end

    def _take(self, store: Store, contents: BlackBoxContents, secrets: tuple[bytes, ...]) -> Taken:
        progress = self._teller(RecoverStep.TAKING_OVER)
        progress(0, 0)
        clock, ids = self._outside.clock, self._outside.ids
        return take_box(store, contents, secrets, clock=clock, ids=ids, progress=progress)

    def _proved(self, contents: BlackBoxContents | None, taken: Taken | None) -> Recovered | NotRecovered:
        """Prove the new ledger and put it in its place."""
        self._say(RecoverStep.CHECKING)
        proof = verify(self._staging.till, self._teller(RecoverStep.CHECKING))
        if not proof.ok:
            return NotRecovered(WhyNot.NOT_SOUND, problems=proof.problems)
        self._say(RecoverStep.FINISHING)
        aside = f"{ASIDE}-{self._outside.clock.now_us()}" if self._command.set_aside else ""
        found = self._result(self._staging.till, contents, taken)  # what fails from here on is no failure to recover
        self._staging.make_ready(aside)
        self._staging.finish()
        return found

    def _result(
        self, directory: Path, contents: BlackBoxContents | None = None, taken: Taken | None = None
    ) -> Recovered:
        """What came of it, as a data directory says."""
        former = contents.heading.terminal_id if contents and contents.heading else None
        clock, ids = self._outside.clock, self._outside.ids
        with open_store(directory, clock=clock, ids=ids, writable=False) as store, store.reader() as reader:
            known = reader.till(former) if former else None
            acked = reader.link().acked
            head = reader.head().seq
            return Recovered(
                records=head,
                from_box=taken.records if taken else 0,
                edits=taken.edits if taken else 0,
                unreadable_edits=taken.unreadable if taken else 0,
                damaged=len(contents.damage) if contents else 0,
                torn_bytes=contents.torn_bytes if contents else 0,
                store=store.head_office.store if store.head_office else "",
                former_terminal=former,
                former_is_active=known is not None and known.last_day is None,
                names_lost=store.head_office is None and reader.lacks_names(),  # head office has everybody's
                unproved=self._unproved,
                waiting=head - (acked.seq if acked else 0) if store.head_office else 0,
            )

    def _opened(self) -> Store:
        return open_store(self._staging.till, clock=self._outside.clock, ids=self._outside.ids)

    def _say(self, step: RecoverStep) -> None:
        self._outside.progress(step, 0, 0)

    def _teller(self, step: RecoverStep) -> Callable[[int, int], None]:
        return lambda done, total: self._outside.progress(step, done, total)

    def _hooks(self) -> Hooks:
        def report(found: Progress | None) -> None:
            if found is not None:
                self._outside.progress(_STEPS[found.what], found.done, found.total)

        return Hooks(report=report)


def boxed_till(contents: BlackBoxContents) -> BoxedTill:
    """Whose box it is, for people to choose by."""
    heading, records = contents.heading, contents.records
    return BoxedTill(
        contents.ledger_id,
        heading.till_name if heading else "",
        heading.shop_name if heading else "",
        max((record.at_us for record in records), default=0),
        len(records),
    )


def _software() -> str:
    """This program's version."""
    from importlib.metadata import version

    return version("stammkunde")
