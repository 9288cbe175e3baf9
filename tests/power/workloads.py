"""What tills do while the power may go: workloads of one till that stands alone."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Final

from loyalty.directory import Profile
from loyalty.outcomes import Refused
from loyalty.records import ReversalReason
from loyalty.reversal import ReversalRequest
from loyalty.sale import Basket, RewardRequest
from storage.backup import backup, restore
from terminal.app.adopt_programme import AdoptCommand, Adopted, adopt_programme
from terminal.app.card_numbers import NumbersCommand, NumbersTaken, reserve_numbers
from terminal.app.close_day import CloseDayCommand, close_day
from terminal.app.earn import EarnCommand, Earned, earn
from terminal.app.enrol import EnrolCommand, Enrolled, enrol
from terminal.app.members import EraseCommand, Erased, erase_member
from terminal.app.redeem import RedeemCommand, redeem
from terminal.app.reverse import ReverseCommand, Reversed, reverse
from tests.fakes.ledger import PROGRAMME
from tests.power.scenario import Moves, Scenario
from tests.power.state import state_of
from tests.source import ROOT

if TYPE_CHECKING:
    from pathlib import Path

COPIES: Final = "copies"
"""The folder of backups below the recorded one."""

FIXTURES: Final = ROOT / "tests" / "integration" / "storage" / "layouts"
"""Tills as earlier versions left them."""

STEPS: Final = 14


# ------------------------------------------------------------------------------------------------ moves


def buy(shop: Scenario) -> None:
    """A purchase, sometimes with money off."""
    cents = shop.rng.randrange(100, 30_000)
    requests = (RewardRequest("five-off"),) if shop.rng.random() < 0.2 else ()
    with shop.step("sale"):
        outcome = earn(shop.till, EarnCommand(shop.ids.record_id(), shop.card(), Basket(cents), requests))
    if isinstance(outcome, Earned):
        shop.sold.append(outcome.record.record_id)


def take(shop: Scenario) -> None:
    """A reward without a purchase."""
    with shop.step("redemption"):
        redeem(shop.till, RedeemCommand(shop.ids.record_id(), shop.card(), RewardRequest("coffee")))


def undo(shop: Scenario) -> None:
    """A sale is undone, wholly or in part."""
    if not shop.sold:
        return
    sale, cents = shop.rng.choice(shop.sold), shop.rng.choice((None, shop.rng.randrange(1, 5_000)))
    request = ReversalRequest(sale, amount_cents=cents)
    with shop.step("reversal"):
        outcome = reverse(
            shop.till, ReverseCommand(shop.ids.record_id(), request, ReversalReason.RETURN, note="Riss im Karton")
        )
    assert isinstance(outcome, Reversed | Refused)


def admit(shop: Scenario) -> None:
    """An account gets a person: vault and ledger together."""
    card, name = shop.card(), f"Mitglied {shop.rng.randrange(10_000)}"
    with shop.step("enrolment"):
        outcome = enrol(shop.till, EnrolCommand(shop.ids.record_id(), card, name, phone="030 123456"))
    if isinstance(outcome, Enrolled):
        shop.people[card] = name


def rename(shop: Scenario) -> None:
    """A person is written anew."""
    if not shop.people:
        return
    card = shop.rng.choice(sorted(shop.people))
    with shop.step("profile"), shop.store.unit() as unit:
        row = unit.card(card)
        assert row is not None
        shop.people[card] = f"Umbenannt {shop.rng.randrange(10_000)}"
        unit.put_profile(row.member_id, Profile(shop.people[card], "+4930123456"))


def forget(shop: Scenario) -> None:
    """A member is erased."""
    if not shop.people:
        return
    card = shop.rng.choice(sorted(shop.people))
    name = shop.people.pop(card)
    with shop.step("erasure"):
        outcome = erase_member(shop.till, EraseCommand(card))
        assert isinstance(outcome, Erased)
    shop.erased(outcome.member_id, card, name)


def settle(shop: Scenario) -> None:
    """The log moves into the file."""
    with shop.step("checkpoint"):
        shop.store.checkpoint(now=True)


def reopen(shop: Scenario) -> None:
    """The till ends and starts again."""
    with shop.step("end and start"):
        shop.store.close()
        shop.open()


def end_day(shop: Scenario) -> None:
    """The day is closed; the next sale is on the next one."""
    with shop.step("day close"):
        close_day(shop.till, CloseDayCommand())
    shop.clock.advance(days=1)


def new_rules(shop: Scenario) -> None:
    """Another version of the programme comes into force."""
    version = shop.store.programme.version + 1
    text = PROGRAMME.replace("version = 1\n", f"version = {version}\n", 1).replace("points = 50", "points = 60")
    with shop.step("programme"):
        outcome = adopt_programme(shop.till, AdoptCommand(shop.ids.record_id(), text))
    assert isinstance(outcome, Adopted), outcome


def fresh_numbers(shop: Scenario) -> None:
    """Card numbers for a print."""
    with shop.step("card numbers"):
        outcome = reserve_numbers(shop.till, NumbersCommand(shop.ids.random_id(), shop.rng.randrange(1, 9)))
    assert isinstance(outcome, NumbersTaken), outcome


def crash(shop: Scenario) -> None:
    """The till ends as in a crash, and starts again."""
    leave_log(shop)
    shop.open()


def copy(shop: Scenario) -> None:
    """A backup beside the open till; it replaces an older one half of the time."""
    name = f"{COPIES}/copy{shop.rng.randrange(2)}.sqlite"
    with shop.step("backup"):
        shop.mark(dropped=name)
        backup(shop.directory, shop.root / name)
    state = state_of(shop.root / COPIES, name.rpartition("/")[2])
    shop.mark(copy=name, state=state)
    shop.copies[name] = state


def put_back(shop: Scenario) -> None:
    """A copy takes the ledger's place; sometimes the till had crashed before, so that its log is set aside too."""
    if not shop.copies:
        return
    name = shop.rng.choice(sorted(shop.copies))
    if shop.rng.random() < 0.5:
        buy(shop)
        leave_log(shop)
    with shop.step("restore", whole=False):
        shop.store.close()
        shop.mark(restoring=name)
        restore(shop.root / name, shop.directory, clock=shop.clock, ids=shop.ids)
        shop.mark(restored=name)
        shop.open()
    shop.sold, shop.people = [], {}


def leave_log(shop: Scenario) -> None:
    """End as a crash does: log and mark stay, because somebody reads what the log may not take away."""
    with shop.store.reader() as reader:
        reader._ledger.run("BEGIN")
        reader.head()
        buy(shop)
        shop.store._ledger.one("PRAGMA busy_timeout = 1")
        shop.store.close()


# -------------------------------------------------------------------------------------------- workloads

DAILY: Final[Moves] = {buy: 9, take: 2, undo: 2, settle: 1, reopen: 1}
PEOPLE: Final[Moves] = {admit: 5, rename: 3, buy: 2, settle: 1, reopen: 1}


def sales(shop: Scenario) -> None:
    """Sales, with and without money off."""
    shop.run({buy: 12, settle: 1, reopen: 1}, STEPS)


def redemptions(shop: Scenario) -> None:
    """Rewards and what undoes sales."""
    shop.run({buy: 4, take: 4, undo: 5, settle: 1, reopen: 1}, STEPS)


def people(shop: Scenario) -> None:
    """Enrolments and changed profiles."""
    shop.run(PEOPLE, STEPS)


def erasures(shop: Scenario) -> None:
    """People are erased; some come back."""
    shop.run({admit: 6, forget: 5, buy: 2, settle: 1, reopen: 1}, STEPS + 4)


def checkpoints(shop: Scenario) -> None:
    """The log is moved into the file again and again, and grows anew."""
    shop.run({buy: 3, admit: 1, settle: 3, reopen: 2, crash: 1}, STEPS)


def days(shop: Scenario) -> None:
    """Days are closed."""
    shop.run({buy: 4, undo: 1, end_day: 4, reopen: 1}, STEPS)


def rules(shop: Scenario) -> None:
    """Programmes change, and card numbers are taken."""
    shop.run({buy: 2, new_rules: 3, fresh_numbers: 4, settle: 1, reopen: 1}, STEPS)


def backups(shop: Scenario) -> None:
    """Copies are taken while the till works."""
    (shop.root / COPIES).mkdir()
    shop.start()
    shop.run({buy: 3, admit: 1, copy: 3, settle: 1}, STEPS - 4)


def restores(shop: Scenario) -> None:
    """Copies are put back, and people erased in between stay erased."""
    (shop.root / COPIES).mkdir()
    shop.start()
    shop.run({buy: 3, admit: 3, forget: 2, copy: 3, put_back: 4, settle: 1}, STEPS)


def everything(shop: Scenario) -> None:
    """All of it in any order."""
    (shop.root / COPIES).mkdir()
    shop.start()
    moves: Moves = {end_day: 1, new_rules: 1, fresh_numbers: 1, copy: 1, put_back: 1}
    shop.run({**DAILY, **PEOPLE, forget: 2, **moves}, 2 * STEPS)


def creation(root: Path, seed: int) -> None:
    """A shop is made in an empty folder, and sells."""
    shop = Scenario(root, seed)
    shop.mark(begin="creation", whole=True)
    shop.make()
    shop.mark(done="creation", state=shop.state())
    shop.run({buy: 1}, 2)
    shop.close()


def migration(root: Path, seed: int) -> None:
    """A till of an earlier layout, alone or joined, starts for the first time on this version."""
    shop = Scenario(root, seed)
    layouts = sorted(FIXTURES.glob("till_*.zip"))
    unpack(layouts[seed // 2 % len(layouts)], ("alone", "joined")[seed % 2], shop.directory)
    before = state_of(shop.directory)
    shop.mark(start={"seq": before["seq"], "head": before["head"]})
    with shop.step("migration"):
        shop.open()
    shop.run({buy: 3, settle: 1, reopen: 1}, STEPS // 3)
    shop.close()


def unpack(fixture: Path, till: str, directory: Path) -> None:
    """Lay one till of a fixture out; of the first layouts there are none that had joined."""
    directory.mkdir(mode=0o700, parents=True)
    with zipfile.ZipFile(fixture) as archive:
        tills = {name.partition("/")[0] for name in archive.namelist()}
        till = till if till in tills else "alone"
        for name in archive.namelist():
            folder, _, file = name.partition("/")
            if folder == till and file:
                (directory / file).write_bytes(archive.read(name))
