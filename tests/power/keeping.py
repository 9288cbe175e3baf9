"""What a till deletes while the power may go: old copies by rotation, and people who were kept for long enough."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeVar
from unittest import mock

from loyalty.directory import Role
from storage.rotation import Rules, keep
from storage.types import CashierRow
from terminal.app.retention import Limits
from terminal.app.sweep import Sweeper
from terminal.backup.folder import CopyFolder
from tests.power.state import state_of
from tests.power.workloads import admit, buy, copy, put_back, reopen, settle, undo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from uuid import UUID

    from storage.rotation import BackupCopy
    from terminal.app.till import Till
    from tests.power.scenario import Scenario

R = TypeVar("R")

ROTATED: Final = "rotated"
"""The folder of copies that are thinned out, below the recorded one."""

FEW: Final = Rules(last=2, hours=1, days=1, weeks=0, months=0)
STEPS: Final = 12


def rotate(shop: Scenario) -> None:
    """A copy is taken, then those that the rotation no longer wants go; the others stay as they were."""
    place = shop.root / ROTATED
    folder = CopyFolder(shop.directory, place, shop.store.shop.terminal_id, shop.clock, "copying.lock")
    with shop.step("copy"):
        taken = folder.take()
    shop.mark(copy=f"{ROTATED}/{taken.path.name}", state=state_of(place, taken.path.name))

    def few(copies: Iterable[BackupCopy]) -> list[BackupCopy]:
        return keep(copies, FEW)

    for gone in few(folder.own()):
        shop.mark(deleted=f"{ROTATED}/{gone.path.name}")
    with mock.patch("terminal.backup.folder.keep", few), shop.step("rotation"):
        folder.thin()


def rotations(shop: Scenario) -> None:
    """Copies come and go while the till works."""
    (shop.root / ROTATED).mkdir()
    shop.start()
    shop.run({buy: 3, admit: 1, rotate: 5, settle: 1, reopen: 1}, STEPS)


class _Marking:
    """Satisfies ``terminal.app.sweep.Ledger``: each piece of writing is acknowledged by itself."""

    def __init__(self, shop: Scenario) -> None:
        self._shop = shop

    def call(self, work: Callable[[Till], R]) -> R:
        """Do it between two marks, and say who is gone for good."""
        before = dict(_people(self._shop))
        with self._shop.step("retention"):
            done = work(self._shop.till)
        there = dict(_people(self._shop))
        for member, name in before.items():
            if member not in there:
                self._shop.erased(member, "", name)
        return done


def _people(shop: Scenario) -> Iterator[tuple[UUID, str]]:
    with shop.store.reader() as reader:
        for card in shop.people:
            known = reader.known_card(card)
            if known is not None and known.profile is not None:
                yield known.account.member_id, known.profile.name


def hire(shop: Scenario) -> None:
    """Somebody works at the till, and does no more."""
    row = CashierRow(shop.ids.random_id(), f"Aushilfe {shop.rng.randrange(100)}", Role.CASHIER, "", blocked=True)
    with shop.step("cashier"), shop.store.unit() as unit:
        unit.put_cashier(row)


def sweep(shop: Scenario) -> None:
    """Everything that was kept for long enough goes, in steps."""
    shop.clock.advance(days=1)
    today = shop.clock.today()
    limits = Limits(today if shop.rng.random() < 0.7 else None, today + timedelta(days=1), 0.0)
    sweeper = Sweeper(_Marking(shop), shop.directory, limits)
    sweeper.members(with_points=shop.rng.random() < 0.5)
    sweeper.rest()


def retention(shop: Scenario) -> None:
    """Members, notes and people of the shop are forgotten, also beside ledgers that were set aside."""
    (shop.root / "copies").mkdir()
    shop.start()
    shop.run({admit: 6, buy: 2, undo: 2, hire: 1, sweep: 3, copy: 1, put_back: 1, settle: 1, reopen: 1}, STEPS + 4)
