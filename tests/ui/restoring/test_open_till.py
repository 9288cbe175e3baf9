"""From the open till to the restoring window and back: an older copy, damage that shows late, a second till."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from loyalty.directory import Role
from loyalty.sale import Basket
from storage.errors import Damaged, DiskFailed, MissingLedger, NotALedger
from storage.lock import take_lock
from storage.store import open_store
from terminal import main
from terminal.app.cashiers import AddCashier, CashierKept, add_cashier
from terminal.app.earn import EarnCommand, earn
from terminal.app.members import EraseCommand, Erased, erase_member
from terminal.app.till import Till
from terminal.presenters.restore_states import Page
from terminal.presenters.states import Screen
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.counter import ANNA, BEN
from tests.fakes.damage import flip_page
from tests.ui.restoring.conftest import Person, Script, copy_now

PIN = "2468"


@pytest.fixture(autouse=True)
def _copies_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits three seconds for the screen about copies."""
    monkeypatch.setattr(main, "BACKUP_DELAY_MS", 0)


@pytest.fixture
def mira(shop: Path) -> Path:
    """The shop with a manager; its copy is from before Anna's last purchase and Ben's erasure."""
    shutil.rmtree(shop / "backups")
    clock = FakeClock()
    ids = SeededIds(5, clock)
    with open_store(shop, clock=clock, ids=ids) as store:
        till = Till(store, clock, ids)
        added = add_cashier(till, AddCashier(ids.random_id(), "Mira", PIN, Role.MANAGER))
        assert isinstance(added, CashierKept)
        copy_now(shop, 1)
        earn(till, EarnCommand(ids.record_id(), ANNA, Basket(5_000)))
        assert isinstance(erase_member(till, EraseCommand(BEN)), Erased)
    return shop


def signs_in(person: Person) -> Script:
    """At the lock."""
    shell = person.till.shell
    yield lambda: shell.state.screen is Screen.LOCK
    shell.lock.pin_typed(PIN)
    shell.lock.confirm()
    yield lambda: shell.state.screen is Screen.IDLE


def asks_for_a_copy(person: Person) -> Script:
    """F12, then the button."""
    shell = person.till.shell
    shell.key("F12")
    yield lambda: "restore" in {action.key for action in shell.backup.state.actions if action.enabled}
    shell.backup.act("restore")


def test_a_manager_puts_an_older_copy_back(person: Person, mira: Path, balance_of: Callable[[str], int]) -> None:
    """The PIN is asked for, the till opens with the copy's balances, and who was erased since stays erased."""
    said: list[str] = []

    def script() -> Script:
        yield person.sees_till
        yield from signs_in(person)
        yield from asks_for_a_copy(person)
        yield lambda: person.page(Page.COPIES)() and person.presenter.state.primary_enabled
        said.extend(person.read("note1"))
        person.enter()
        yield person.page(Page.CONFIRM)
        person.type("1357")
        person.enter()
        yield lambda: bool(person.presenter.state.notes) and not person.presenter.state.busy
        said.append(person.presenter.state.notes[0].text)
        person.type(PIN)
        person.enter()
        yield person.page(Page.DONE)
        person.enter()
        yield lambda: len(person.tills) > 1 and person.sees_till()
        yield lambda: person.till.shell.state.screen is Screen.LOCK
        person.till.around.quit()

    person.act(script())
    assert main.open_till(mira, language="en") == 0
    assert balance_of(ANNA) == 1_284
    assert said == ["2 bookings would be missing.", "Wrong PIN. Try again. (M-150)"]
    clock = FakeClock()
    with open_store(mira, clock=clock, ids=SeededIds(1, clock)) as store, store.reader() as reader:
        assert reader.card(BEN) is None
        assert reader.search("Ben") == []
        assert [hit.name for hit in reader.search("Anna")] == ["Anna Schneider"]


def test_who_thinks_better_of_it_gets_the_till_as_it_was(
    person: Person, mira: Path, balance_of: Callable[[str], int]
) -> None:
    """Esc leads back into the till; nothing was changed."""

    def script() -> Script:
        yield person.sees_till
        yield from signs_in(person)
        yield from asks_for_a_copy(person)
        yield person.page(Page.COPIES)
        person.tap("cancel")
        yield lambda: len(person.tills) > 1 and person.sees_till()
        person.till.around.quit()

    person.act(script())
    assert main.open_till(mira, language="en") == 0
    assert balance_of(ANNA) == 1_284 + 50
    assert list(mira.glob("ledger.before-*")) == []


def test_an_open_sale_is_finished_first(person: Person, shop: Path) -> None:
    """Closing the till would throw the sale away: it is said, and the till stays open."""
    seen: list[Screen] = []

    def script() -> Script:
        yield person.sees_till
        shell = person.till.shell
        shell.read(ANNA)
        yield lambda: shell.state.screen is Screen.MEMBER
        shell.member.amount_typed("12.50")
        yield from asks_for_a_copy(person)
        seen.append(shell.state.screen)
        assert shell.member.sale is not None
        assert "(M-422)" in shell.backup.state.notes[0].text
        person.till.around.quit()

    person.act(script())
    assert main.open_till(shop, language="en") == 0
    assert seen == [Screen.BACKUP]
    assert len(person.tills) == 1


def test_damage_that_the_proof_finds_leads_to_the_cure(
    person: Person, shop: Path, balance_of: Callable[[str], int]
) -> None:
    """The till stops with a sentence; Enter leads to what can be done, and on to the open till."""
    said: list[str] = []

    def script() -> Script:
        yield person.sees_till
        shell = person.till.shell
        shell.broke(Damaged("account: row 3 differs"))
        assert shell.state.fatal is not None
        said.append(shell.state.fatal.action)
        shell.key("Enter")
        yield person.page(Page.TROUBLE)
        said.append(person.presenter.state.ways[0].key)
        person.enter()
        yield person.page(Page.CONFIRM)
        person.type("restore")
        person.enter()
        yield person.page(Page.DONE)
        person.enter()
        yield lambda: len(person.tills) > 1 and person.sees_till()
        person.till.around.quit()

    person.act(script())
    assert main.open_till(shop, language="en") == 0
    assert said == ["Show what can be done", "itself"]
    assert balance_of(ANNA) == 1_284


def test_a_failed_disk_is_not_restored_but_tried_again(
    person: Person, shop: Path, balance_of: Callable[[str], int]
) -> None:
    """Nothing is wrong with the bookings as far as anybody knows: no copy is offered, opening checks everything."""

    def script() -> Script:
        yield person.sees_till
        shell = person.till.shell
        shell.broke(DiskFailed("write"))
        shell.key("Enter")
        yield person.page(Page.TROUBLE)
        assert person.presenter.state.ways == ()
        assert "(M-204)" in person.presenter.state.text
        person.enter()
        yield lambda: len(person.tills) > 1 and person.sees_till()
        person.till.around.quit()

    person.act(script())
    assert main.open_till(shop, language="en") == 0
    assert balance_of(ANNA) == 1_284


def test_a_second_till_is_told_and_opens_when_the_first_is_gone(person: Person, shop: Path) -> None:
    """The window says what cures it and offers no copy; "try again" opens the till."""
    lock = take_lock(shop)

    def script() -> Script:
        yield person.page(Page.TROUBLE)
        assert "(M-201)" in person.presenter.state.text
        assert person.presenter.state.ways == ()
        lock.release()
        person.enter()
        yield person.sees_till
        person.till.around.quit()

    person.act(script())
    assert main.open_till(shop, language="en") == 0


def test_a_window_that_is_left_ends_the_program_with_the_error(person: Person, tmp_path: Path) -> None:
    """The command line says the sentence once more and picks the exit code."""

    def script() -> Script:
        yield person.page(Page.TROUBLE)
        person.window.close()

    person.act(script())
    with pytest.raises(MissingLedger):
        main.open_till(tmp_path / "nothing", language="en")


def test_a_till_that_breaks_and_is_left_ends_with_an_exit_code(person: Person, shop: Path) -> None:
    """Whoever started the program hears that it did not end well."""

    def script() -> Script:
        yield person.sees_till
        person.till.shell.broke(Damaged("page 7"))
        person.till.shell.key("Enter")
        yield person.page(Page.TROUBLE)
        person.tap("cancel")

    person.act(script())
    assert main.open_till(shop, language="en") == main.EXIT_BROKEN


def test_trying_again_in_vain_tells_it_again(person: Person, shop: Path) -> None:
    """The window comes up anew and says what is wrong now."""
    flip_page(shop)

    def script() -> Script:
        yield person.page(Page.TROUBLE)
        first = person.window
        person.tap("other0")
        yield lambda: person.sees_restoring() and person.window is not first
        yield person.page(Page.TROUBLE)
        person.window.close()

    person.act(script())
    with pytest.raises(NotALedger):
        main.open_till(shop, language="en")
