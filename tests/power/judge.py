"""Starts a till on what a power cut left, as its shop would, and says what was lost or is broken."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from uuid import UUID

from loyalty.sale import Basket
from storage.backup import key_path, restore
from storage.checks import check_files
from storage.connection import open_frozen, open_reader
from storage.errors import Damaged, MissingLedger, StorageError
from storage.files import LEDGER_FILE, VAULT_FILE
from storage.store import Store, open_store
from storage.vault import key_of
from storage.verify import verify
from terminal.app.earn import EarnCommand, Earned, earn
from terminal.app.till import Till
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.ledger import LedgerOfTests, card_number
from tests.power.boxes import missing_in
from tests.power.scenario import DATA
from tests.power.state import State, differences, read_state, replica_of, state_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.power.disk import Image
    from tests.power.expected import Expected

DAYS_LATER: Final = 90
"""The power comes back behind every day that a workload lives through."""


@dataclass(frozen=True)
class Finding:
    """What is wrong with an image."""

    is_loss: bool
    text: str


class Judge:
    """Judges one image after the other in a folder of its own, which lies in memory.

    Attributes:
        folder: Where.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._disk = folder / "disk"
        self._sound: dict[bytes, str] = {}
        self._clock = FakeClock()
        self._clock.advance(days=DAYS_LATER)
        self._ids = SeededIds(987_654_321, self._clock)

    def judge(self, image: Image, expected: Expected, *, going_on: bool) -> list[Finding]:
        """Everything that is wrong with an image.

        Args:
            image: The files.
            expected: What was promised.
            going_on: Whether to sell, erase, end and start as well before the last look.
        """
        self.lay_out(image)
        data = self._disk / DATA
        if expected.before is None and not (data / LEDGER_FILE).exists():
            return self._make(data)
        findings: list[Finding] = []
        try:
            if expected.restoring and self._is_broken(data):
                restore(self._disk / expected.restoring, data, clock=self._clock, ids=self._ids)
                expected = replace(expected, before=None)
            with open_store(data, clock=self._clock, ids=self._ids) as store:
                findings += self._look(store, expected)
                if going_on:
                    self._sell(store)
            if going_on:
                with open_store(data, clock=self._clock, ids=self._ids) as store:
                    findings += self._find_and_forget(store)
            findings += [Finding(False, f"verify: {problem}") for problem in verify(data).problems]
        except StorageError as error:
            findings.append(Finding(False, f"{type(error).__name__}: {error.support}"))
        if expected.boxed and (trouble := missing_in(self._disk, expected.boxed)):
            findings.append(Finding(True, f"the black box: {trouble}"))
        for name, states in expected.copies:
            findings += self._copy(name, states, image)
        if going_on and expected.erased and expected.copies and not findings:
            findings += self._put_back(self._disk / expected.copies[0][0], expected)
        return findings

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

    def _look(self, store: Store, expected: Expected) -> list[Finding]:
        found = state_of(store.directory)
        findings = compare(found, expected) + self._still_erased(store, expected)
        if expected.published:
            try:
                shown = replica_of(store.directory)
            except (StorageError, AssertionError) as error:
                return [*findings, Finding(False, f"replica: {error}")]
            if shown not in ("", *expected.published):
                findings.append(Finding(False, "the replica shows what head office never said at once"))
        return findings

    def _still_erased(self, store: Store, expected: Expected) -> list[Finding]:
        findings = []
        with closing(open_reader(store.directory / VAULT_FILE)) as vault, store.reader() as reader:
            for member in map(UUID, expected.erased):
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
            return self._still_erased(store, expected)

    def _copy(self, name: str, states: tuple[State, ...], image: Image) -> list[Finding]:
        """Whether an acknowledged backup is there, whole, and can be put back."""
        content = image.get(name)
        if content is None:
            return [Finding(True, f"the backup {name} is gone")]
        key = image.get(f"{name}.key") or b""
        mark = hashlib.blake2b(content + key).digest()
        if mark not in self._sound:
            self._sound[mark] = self._try_copy(self._disk / name)
        if self._sound[mark]:
            return [Finding(True, f"the backup {name}: {self._sound[mark]}")]
        with closing(open_frozen(self._disk / name)) as copy:
            found = read_state(copy)
        if found not in states:
            return [Finding(True, f"the backup {name} is another one than was acknowledged")]
        return []

    def _try_copy(self, path: Path) -> str:
        target = self.folder / "put-back"
        shutil.rmtree(target, ignore_errors=True)
        try:
            if not key_path(path).exists():
                return "its key is missing"
            restore(path, target, clock=self._clock, ids=self._ids)
            problems = verify(target).problems
        except StorageError as error:
            return f"{type(error).__name__}: {error.support}"
        finally:
            with suppress(OSError):
                shutil.rmtree(target)
        return "; ".join(problems)


def compare(found: State, expected: Expected) -> list[Finding]:
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
