"""From a damaged file to the next booked sale, through the real program and its real window."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from loyalty.sale import Basket
from storage.blackbox import BlackBox
from storage.store import open_store
from storage.verify import verify
from terminal import main
from terminal.app.earn import EarnCommand, earn
from terminal.app.till import Till
from terminal.presenters.restore_states import Page
from terminal.presenters.states import Screen
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.counter import ANNA
from tests.fakes.damage import DAMAGES, lose_ledger
from tests.ui.restoring.conftest import Person, Script


def books_a_sale(person: Person) -> Script:
    """In the open till: scan Anna, type 10.00, book, close."""
    shell = person.till.shell
    shell.read(ANNA)
    yield lambda: shell.state.screen is Screen.MEMBER
    shell.member.amount_typed("10.00")
    shell.member.confirm()
    yield lambda: shell.state.screen is Screen.DONE
    person.till.around.quit()


def with_black_box(shop: Path, stick: Path) -> None:
    """Sell on with a black box on a stick, as the settings say."""
    stick.mkdir()
    (shop / "settings.toml").write_text(f'[backup]\nblack_box = "{stick}"\n', encoding="utf-8")
    clock = FakeClock()
    ids = SeededIds(6, clock)
    with open_store(shop, clock=clock, ids=ids) as store, closing(BlackBox(shop, stick)) as black_box:
        earn(Till(store, clock, ids), EarnCommand(ids.record_id(), ANNA, Basket(2_500)))
        assert black_box.catch_up() > 0


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_advised_way_leads_to_the_next_sale(
    person: Person, shop: Path, balance_of: Callable[[str], int], damage: str
) -> None:
    """Whatever was lost: Enter takes the advised way, a word confirms it, and the till sells on the same balance."""
    DAMAGES[damage](shop)
    told: list[str] = []

    def script() -> Script:
        yield person.page(Page.TROUBLE)
        told.append(person.presenter.state.headline)
        person.enter()
        yield lambda: person.page(Page.CONFIRM)() or person.page(Page.COPIES)()
        if person.presenter.state.page is Page.COPIES:
            person.enter()
            yield person.page(Page.CONFIRM)
        person.type("restore")
        yield lambda: person.presenter.state.primary_enabled
        person.enter()
        yield person.page(Page.DONE)
        told.extend(person.read("point"))
        person.enter()
        yield person.sees_till
        yield from books_a_sale(person)

    person.act(script())
    assert main.open_till(shop, language="en") == 0
    assert balance_of(ANNA) == 1_284 + 10
    assert verify(shop).problems == ()
    assert "Every booking was proved; all balances agree with them." in told


def test_a_copy_and_the_black_box_lose_nothing(
    person: Person, shop: Path, tmp_path: Path, balance_of: Callable[[str], int]
) -> None:
    """The ledger is gone; what was booked behind the last copy comes from the stick, by the real recovery."""
    with_black_box(shop, tmp_path / "stick")
    lose_ledger(shop)
    said: list[str] = []

    def script() -> Script:
        yield person.page(Page.TROUBLE)
        person.enter()
        yield lambda: person.page(Page.COPIES)() and person.presenter.state.primary_enabled
        said.extend(note.text for note in person.presenter.state.notes)
        person.enter()
        yield person.page(Page.CONFIRM)
        person.type("restore")
        person.enter()
        yield person.page(Page.DONE)
        person.enter()
        yield person.sees_till
        yield from books_a_sale(person)

    person.act(script())
    assert main.open_till(shop, language="en") == 0
    assert balance_of(ANNA) == 1_284 + 25 + 10
    assert "1 newer booking comes from the black box." in said


def test_a_black_box_alone_is_enough(
    person: Person, shop: Path, tmp_path: Path, balance_of: Callable[[str], int]
) -> None:
    """No copy anywhere: the box of a till that stands alone goes back to the first booking."""
    with_black_box(shop, tmp_path / "stick")
    shutil.rmtree(shop / "backups")
    lose_ledger(shop)

    def script() -> Script:
        yield person.page(Page.TROUBLE)
        assert person.presenter.state.ways[0].key == "box"
        person.enter()
        yield person.page(Page.CONFIRM)
        person.type("restore")
        person.enter()
        yield person.page(Page.DONE)
        person.enter()
        yield person.sees_till
        yield from books_a_sale(person)

    person.act(script())
    assert main.open_till(shop, language="en") == 0
    assert balance_of(ANNA) == 1_284 + 25 + 10
