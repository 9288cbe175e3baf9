"""Starts a till on what a power cut left, as its shop would, and says what was lost or is broken."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from unittest import mock
from uuid import UUID

from loyalty.programme import parse_programme
from loyalty.sale import Basket
from storage import directory
from storage.backup import key_path, restore
from storage.checks import check_files
from storage.connection import open_frozen, open_reader
from storage.errors import Damaged, MissingLedger, StorageError
from storage.files import LEDGER_FILE, SEARCH_FILE, VAULT_FILE
from storage.store import Store, open_store
from storage.vault import key_of
from storage.verify import verify
from terminal.app.earn import EarnCommand, Earned, earn
from terminal.app.till import Till
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.ledger import LedgerOfTests, card_number
from tests.power.boxes import missing_in
from tests.power.recovering import Source, aside_trouble, receipts_of, recover_again
from tests.power.scenario import DATA
from tests.power.state import State, differences, read_state, replica_of, state_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.power.disk import Image
    from tests.power.expected import Expected

DAYS_LATER: Final = 90
"""The power comes back behind every day that a workload lives through."""

FILES_HELD: Final = 32
PROGRAMMES_HELD: Final = 32


@lru_cache(FILES_HELD)
def _digest(content: bytes) -> bytes:
    """Most files of an image are the very bytes that the one before had."""
    return hashlib.blake2b(content, digest_size=16).digest()


def digest_of(files: Mapping[str, bytes | None]) -> bytes:
    """Equal for equal names with equal contents."""
    told = hashlib.blake2b(digest_size=16)
    for name in sorted(files):
        content = files[name]
        told.update(f"{name}\0".encode() + (b"-" if content is None else _digest(content)))
    return told.digest()


@dataclass(frozen=True)
class Finding:
    """What is wrong with an image."""

    is_loss: bool
    text: str


@dataclass(frozen=True)
class Outcome:
    """What a data directory holds behind a start and an end: the same for equal files, whatever was promised.

    Attributes:
        state: What the ledger holds.
        replica: What is shown of head office's state.
        findings: What is wrong by itself, or with those who were erased.
    """

    state: State
    replica: str
    findings: tuple[Finding, ...]


class Judge:
    """Judges one image after the other in a folder of its own, which lies in memory.

    Equal data directories are started once, and what starts lead to is proved once: most disks that a cut around one
    call may leave become the same ledger. What was promised is compared for every image.

    Attributes:
        folder: Where.
        started: How many data directories were started.
        proved: How many that came of it were verified.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started = 0
        self.proved = 0
        self._disk = folder / "disk"
        self._copies: dict[bytes, tuple[str, State]] = {}
        self._ends: dict[bytes, bytes] = {}
        self._outcomes: dict[tuple[bytes, tuple[str, ...]], Outcome] = {}
        self._parse = lru_cache(PROGRAMMES_HELD)(parse_programme)
        self._clock = FakeClock()
        self._clock.advance(days=DAYS_LATER)
        self._ids = SeededIds(987_654_321, self._clock)

    def forget(self) -> None:
        """Let go of what was learned from one recording; the files of the next one are others."""
        for learned in (self._copies, self._ends, self._outcomes):
            learned.clear()

    def judge(self, image: Image, expected: Expected, *, going_on: bool) -> list[Finding]:
        """Everything that is wrong with an image.

        Args:
            image: The files.
            expected: What was promised.
            going_on: Whether to sell, erase, end and start as well before the last look.
        """
        with mock.patch.object(directory, "parse_programme", self._parse):  # the same few texts at every start
            return self._judge(image, expected, going_on=going_on)

    def _judge(self, image: Image, expected: Expected, *, going_on: bool) -> list[Finding]:
        mark = digest_of({name: content for name, content in image.items() if name.startswith(DATA)})
        known = self._outcomes.get((self._ends.get(mark, b""), expected.erased))
        if known is not None and not (going_on or expected.boxed or expected.restoring or expected.receipts):
            return compare(known, expected) + self._all_copies(image, expected)
        self.lay_out(image)
        data = self._disk / DATA
        if expected.recovering:
            return self._recover(data, expected, Source(*expected.recovering))
        if expected.before is None and not (data / LEDGER_FILE).exists():
            return self._make(data)
        findings: list[Finding] = []
        try:
            if expected.restoring and self._is_broken(data):
                restore(self._disk / expected.restoring, data, clock=self._clock, ids=self._ids)
                expected = replace(expected, before=None)
            findings += self._use(data, expected) if going_on else self._start(data, expected, mark)
        except StorageError as error:
            findings.append(Finding(False, f"{type(error).__name__}: {error.support}"))
        if expected.boxed and (trouble := missing_in(self._disk, expected.boxed)):
            findings.append(Finding(True, f"the black box: {trouble}"))
        if expected.aside and (trouble := aside_trouble(self._disk, expected.aside)):
            findings.append(Finding(True, trouble))
        findings += self._all_copies(image, expected)
        if going_on and expected.erased and expected.copies and not findings:
            findings += self._put_back(self._disk / expected.copies[0][0], expected)
        return findings

    def _recover(self, data: Path, expected: Expected, source: Source) -> list[Finding]:
        """Recover once more, as whoever sat before the till does, and look for every receipt."""
        try:
            trouble = recover_again(self._disk, source, self._clock, self._ids)
            if trouble:
                return [Finding(False, f"can't be recovered: {trouble}")]
            with self._open(data) as store:
                missing = set(expected.receipts) - set(receipts_of(store))
            findings = self._verify(data)
        except StorageError as error:
            return [Finding(False, f"{type(error).__name__}: {error.support}")]
        if missing:
            findings.append(Finding(True, f"receipts {sorted(missing)} are gone"))
        if expected.aside and (trouble := aside_trouble(self._disk, expected.aside)):
            findings.append(Finding(True, trouble))
        return findings

    def _start(self, data: Path, expected: Expected, mark: bytes) -> list[Finding]:
        """Start the till, end it, and prove what lies there then, unless the same has come of another start."""
        with self._open(data):
            pass
        files = [path for path in data.iterdir() if path.is_file() and not path.name.startswith(SEARCH_FILE)]
        end = digest_of({path.name: path.read_bytes() for path in files})
        outcome = self._outcomes.get((end, expected.erased))
        if outcome is None:
            with open_store(data, clock=self._clock, ids=self._ids, writable=False) as store:
                outcome = self._look(store, expected.erased)
            problems = self._verify(data)
            outcome = replace(outcome, findings=(*outcome.findings, *problems))
            self._outcomes[end, expected.erased] = outcome
        if not expected.restoring:
            self._ends[mark] = end
        return compare(outcome, expected)

    def _use(self, data: Path, expected: Expected) -> list[Finding]:
        """Start the till, look, sell, end and start it again, search, erase, and prove all of it."""
        with self._open(data) as store:
            findings = compare(self._look(store, expected.erased), expected)
            self._sell(store)
        with open_store(data, clock=self._clock, ids=self._ids) as store:
            findings += self._find_and_forget(store)
        return findings + self._verify(data)

    def _open(self, data: Path) -> Store:
        self.started += 1
        return open_store(data, clock=self._clock, ids=self._ids)

    def _verify(self, data: Path) -> list[Finding]:
        self.proved += 1
        return [Finding(False, f"verify: {problem}") for problem in verify(data).problems]

    def lay_out(self, image: Image) -> None:
        """Write an image to the judge's folder."""
        shutil.rmtree(self._disk, ignore_errors=True)
        self._disk.mkdir(parents=True)
        for name, content in image.items():
            if content is None:
                (self._disk / name).mkdir(mode=0o700)
            else:
                (self._disk / name).write_bytes(content)

    def _make(self, data: Path) -> list[Finding]:
        """Nobody was told of a shop, so one can be made."""
        try:
            LedgerOfTests(data).close()
        except StorageError as error:
            return [Finding(False, f"can't be made again: {type(error).__name__}: {error.support}")]
        return []

    @staticmethod
    def _is_broken(data: Path) -> bool:
        """Whether the till says that the ledger is not whole: a restore of a broken one stopped half way."""
        try:
            check_files(data)
        except (Damaged, MissingLedger):
            return True
        return False

    def _look(self, store: Store, erased: tuple[str, ...]) -> Outcome:
        findings = self._still_erased(store, erased)
        shown = ""
        try:
            shown = replica_of(store.directory)
        except (StorageError, AssertionError) as error:
            findings.append(Finding(False, f"replica: {error}"))
        return Outcome(state_of(store.directory), shown, tuple(findings))

    @staticmethod
    def _still_erased(store: Store, erased: tuple[str, ...]) -> list[Finding]:
        findings = []
        with closing(open_reader(store.directory / VAULT_FILE)) as vault, store.reader() as reader:
            for member in map(UUID, erased):
                if reader.profile(member) is not None:
                    findings.append(Finding(True, f"{member} was erased and has a name again"))
                if key_of(vault, member) is not None:
                    findings.append(Finding(True, f"{member} was erased and the key to the profile is there"))
        return findings

    def _sell(self, store: Store) -> None:
        """The day goes on."""
        till = Till(store, self._clock, self._ids)
        sold = earn(till, EarnCommand(self._ids.record_id(), card_number(99), Basket(1_234)))
        assert isinstance(sold, Earned), sold

    @staticmethod
    def _find_and_forget(store: Store) -> list[Finding]:
        """A start later everybody is found, and can be erased."""
        with store.reader() as reader:
            someone = reader._ledger.one("SELECT member_id FROM member_profile LIMIT 1")
            profile = reader.profile(UUID(bytes=someone[0])) if someone else None
            if someone is None or profile is None:
                return []
            is_found = profile.name in [hit.name for hit in reader.search(profile.name.split()[0])]
        with store.unit() as unit:
            unit.erase_member(UUID(bytes=someone[0]))
        return [] if is_found else [Finding(False, f"{profile.name} is not found")]

    def _put_back(self, copy: Path, expected: Expected) -> list[Finding]:
        """Whether a backup from before an erasure, put back after the cut, leaves the person erased."""
        data = self._disk / DATA
        restore(copy, data, clock=self._clock, ids=self._ids)
        with open_store(data, clock=self._clock, ids=self._ids) as store:
            return self._still_erased(store, expected.erased)

    def _all_copies(self, image: Image, expected: Expected) -> list[Finding]:
        return [finding for name, states in expected.copies for finding in self._copy(name, states, image)]

    def _copy(self, name: str, states: tuple[State, ...], image: Image) -> list[Finding]:
        """Whether an acknowledged backup is there, whole, and can be put back."""
        content, key = image.get(name), image.get(f"{name}.key")
        if content is None:
            return [Finding(True, f"the backup {name} is gone")]
        mark = digest_of({"copy": content, "key": key})
        if mark not in self._copies:
            self._copies[mark] = self._try_copy(content, key)
        trouble, found = self._copies[mark]
        if trouble:
            return [Finding(True, f"the backup {name}: {trouble}")]
        if found not in states:
            return [Finding(True, f"the backup {name} is another one than was acknowledged")]
        return []

    def _try_copy(self, content: bytes, key: bytes | None) -> tuple[str, State]:
        """What is wrong with a backup, and what it holds."""
        if key is None:
            return "its key is missing", {}
        target = self.folder / "put-back"
        shutil.rmtree(target, ignore_errors=True)
        copy = self.folder / "copy"
        copy.write_bytes(content)
        key_path(copy).write_bytes(key)
        try:
            with closing(open_frozen(copy)) as database:
                state = read_state(database)
            restore(copy, target, clock=self._clock, ids=self._ids)
            return "; ".join(verify(target).problems), state
        except StorageError as error:
            return f"{type(error).__name__}: {error.support}", {}
        finally:
            with suppress(OSError):
                shutil.rmtree(target)


def compare(found: Outcome, expected: Expected) -> list[Finding]:
    """Whether a data directory holds what was promised."""
    findings = [*compare_states(found.state, expected), *found.findings]
    if expected.published and found.replica not in ("", *expected.published):
        findings.append(Finding(False, "the replica shows what head office never said at once"))
    return findings


def compare_states(found: State, expected: Expected) -> list[Finding]:
    """Whether a ledger holds what was acknowledged, and no half of anything."""
    before, after = expected.before, expected.after
    if before is None or not differences(found, before) or (after and not differences(found, after)):
        return []
    during = f" during {expected.doing}" if expected.doing else ""
    seq = int(found["seq"])
    if not expected.whole and after and min(int(before["seq"]), int(after["seq"])) <= seq <= int(after["seq"]):
        return []
    if seq < int(before["seq"]):
        return [Finding(True, f"record {seq} is the last one{during}, {before['seq']} was acknowledged")]
    names = ", ".join(differences(found, after if after and seq == after["seq"] else before))
    return [Finding(seq == before["seq"], f"neither before nor after{during} at record {seq}: {names} differ")]
