"""Recovering with a copy beside head office, what is refused, and every point at which it may be cut off."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import msgspec
import pytest

from loyalty.directory import CardStatus, Role
from loyalty.wire import ProblemCode
from storage import staging
from storage.backup import backup
from storage.files import SHOP_FILES, move_to_free_name
from storage.types import CashierRow
from terminal.sync.recover import NotRecovered, RecoverCommand, Recovered, RecoverStep, WhyNot
from terminal.sync.status import SyncTrouble
from tests.fakes.ledger import LedgerOfTests, card_number
from tests.fakes.lost_till import LostTill

if TYPE_CHECKING:
    from pathlib import Path


def test_a_copy_brings_the_tills_own_history_and_what_was_neither_sent_nor_boxed(
    world: LostTill, tmp_path: Path
) -> None:
    """Head office recognises what it has; the box goes on where its own records begin."""
    world.sell(1)
    world.till.round()
    world.sell(2)
    copy = tmp_path / "till.backup"
    backup(world.till.ledger.directory, copy)
    world.till.round()
    world.sell(1)
    world.box.catch_up()
    done = world.recovered(backup=copy)
    assert done.records > done.from_box
    world.assert_once()
    till = world.reopened()
    with closing(till.store), till.store.reader() as reader:
        assert len(reader.recent_bookings()) == 3
        assert till.store.shop.terminal_id == world.till.ledger.store.shop.terminal_id


def test_a_copy_is_not_told_to_head_office_for_news(world: LostTill, tmp_path: Path) -> None:
    """Its cards are as they were; what was blocked since stays blocked, and what head office lacks is told."""
    for number in (1, 2):
        world.till.enrol(card_number(number), "Anna Bauer" if number == 1 else "Berta Zabel")
    world.till.round()
    with world.till.ledger.store.unit() as unit:
        unit.put_cashier(CashierRow(world.till.ledger.ids.random_id(), "Ines", Role.CASHIER, "$argon2id$"))
    copy = tmp_path / "till.backup"
    backup(world.till.ledger.directory, copy)
    world.other.round()
    with world.other.ledger.store.unit() as unit:
        known = unit.card(card_number(1))
        assert known is not None
        unit.put_card(msgspec.structs.replace(known, status=CardStatus.BLOCKED))
    world.other.round()
    world.recovered(backup=copy, black_box=None)
    world.other.round()
    told = world.other.card(card_number(1))
    assert told is not None
    assert told.status is CardStatus.BLOCKED
    assert world.other.names("Zabel") == ["Berta Zabel"]
    with world.other.ledger.store.reader() as reader:
        assert [cashier.name for cashier in reader.cashiers()] == ["Ines"]


# ---------------------------------------------------------------------------------------------- refusals


def test_what_cannot_be_is_a_value_and_leaves_no_trace(world: LostTill, tmp_path: Path) -> None:
    """Nobody was asked for anything but the last one, whose code is none."""
    world.box.catch_up()
    world.lose()
    (tmp_path / "empty").mkdir()
    others = tmp_path / "other.backup"
    backup(world.other.ledger.directory, others)
    strange = world.other.ledger.store.shop.terminal_id
    for command, why in (
        (RecoverCommand(), WhyNot.NOTHING_TO_START_FROM),
        (world.command(black_box=tmp_path / "empty"), WhyNot.NO_BLACK_BOX),
        (world.command(black_box=tmp_path / "nowhere"), WhyNot.NO_BLACK_BOX),
        (world.command(ledger_id=strange), WhyNot.NO_BLACK_BOX),
        (world.command(backup=others), WhyNot.OTHER_TILL),
        (world.command(code="nonsense"), WhyNot.HEAD_OFFICE),
    ):
        no = world.recover(command)
        assert isinstance(no, NotRecovered)
        assert no.why is why
        assert not any((world.directory / name).exists() for name in SHOP_FILES)
    assert world.inside.asked == 1


def test_a_used_code_is_said(world: LostTill) -> None:
    """With head office's own reason."""
    world.lose()
    code = world.code()
    assert isinstance(world.recover(RecoverCommand("http://localhost:1", code)), Recovered)
    shutil.rmtree(world.directory)
    no = world.recover(RecoverCommand("http://localhost:1", code))
    assert no == NotRecovered(WhyNot.HEAD_OFFICE, trouble=ProblemCode.CODE_INVALID)


def test_without_any_rules_no_till_is_made(tmp_path: Path) -> None:
    """Head office has published none and no box holds any: nobody could say what a point is."""
    with closing(LostTill(tmp_path, publish=False)) as world:
        world.lose()
        assert world.recover(world.command(black_box=None)) == NotRecovered(WhyNot.NO_PROGRAMME)


def test_the_rules_come_from_the_box_where_head_office_has_none(tmp_path: Path) -> None:
    """The tills of such a shop have their own."""
    with closing(LostTill(tmp_path, publish=False)) as world:
        world.sell()
        world.box.catch_up()
        world.recovered()
        world.assert_once()


def test_a_shop_in_the_folder_is_never_touched_unless_somebody_says_so(world: LostTill) -> None:
    """Then it is kept beside the new one, whole."""
    world.sell()
    world.box.catch_up()
    world.box.close()
    world.till.close()
    before = {path.name: path.read_bytes() for path in world.directory.iterdir() if path.name in SHOP_FILES}
    assert world.recover() == NotRecovered(WhyNot.SHOP_HERE)
    assert isinstance(world.recover(world.command(set_aside=True)), Recovered)
    [aside] = world.directory.glob("before-recovery-*")
    assert {path.name: path.read_bytes() for path in aside.iterdir()} == before
    world.assert_once()


# -------------------------------------------------------------------------------------------- interruptions


class PowerGone(Exception):
    """The machine goes off."""


def test_power_goes_at_every_step_and_the_same_command_goes_on(world: LostTill) -> None:
    """One after the other, without another code; nothing is doubled by what was done before."""
    world.sell(1)
    world.till.round()
    world.sell(1)
    world.till.enrol(card_number(2), "Berta Zabel")
    world.box.catch_up()
    world.lose()
    command = world.command()
    for step in RecoverStep:

        def go_off(found: RecoverStep, _done: int, _total: int, step: RecoverStep = step) -> None:
            if found is step:
                raise PowerGone

        with pytest.raises(PowerGone):
            world.recover(command, progress=go_off)
    assert isinstance(world.recover(command), Recovered)
    assert world.inside.asked == 1
    world.assert_once()


def test_power_goes_while_the_new_files_are_moved(world: LostTill, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some stand in their place and some don't, the ledger last of all: the same command moves the rest."""
    world.sell()
    world.box.catch_up()
    world.lose()
    moved: list[str] = []

    def move(path: Path, target: Path) -> None:
        if len(moved) == 2:
            raise PowerGone
        moved.append(path.name)
        move_to_free_name(path, target)

    with monkeypatch.context() as patched:
        patched.setattr("storage.staging.move_to_free_name", move)
        with pytest.raises(PowerGone):
            world.recover()
    assert not (world.directory / "ledger.sqlite").exists()
    assert isinstance(world.recover(RecoverCommand()), Recovered)
    assert not (world.directory / staging.FOLDER).exists()
    world.assert_once()


def test_the_line_breaks_behind_every_call_and_the_same_command_goes_on(world: LostTill) -> None:
    """Also between an answer of head office and its arrival: what it took then, it takes once."""
    world.sell(1)
    world.till.round()
    world.sell(1)
    world.till.enrol(card_number(2), "Berta Zabel")
    world.box.catch_up()
    world.lose()
    command = world.command()
    broken = 0
    world.inside.breaks_after = 1
    while isinstance(done := world.recover(command), NotRecovered):
        assert done == NotRecovered(WhyNot.HEAD_OFFICE, trouble=SyncTrouble.UNREACHABLE)
        broken += 1
        world.inside.breaks_after += 1
    assert broken >= 4
    assert world.inside.asked == 1
    world.assert_once()


def test_a_till_that_was_shut_out_in_between_begins_anew_with_a_new_code(world: LostTill) -> None:
    """Head office revoked the half-made one: with the old code that is said, with a new one it begins again."""
    world.sell()
    world.box.catch_up()
    world.lose()
    world.inside.breaks_after = 2
    command = world.command()
    world.recover(command)
    world.inside.breaks_after = 0
    half = next(till for till in world.office.head.terminals() if till.records == 0)
    world.office.head.revoke(half.terminal_id)
    no = world.recover(RecoverCommand(command.url, "", world.folder))
    assert no == NotRecovered(WhyNot.HEAD_OFFICE, trouble=ProblemCode.REVOKED)
    assert isinstance(world.recover(), Recovered)
    world.assert_once()


def test_another_head_office_begins_anew(world: LostTill) -> None:
    """What was begun with the first one is of no use to it."""
    world.box.catch_up()
    world.lose()
    world.inside.breaks_after = 2
    world.recover()
    world.inside.breaks_after = 0
    assert isinstance(world.recover(world.command(url="http://localhost:2")), Recovered)
    assert world.inside.asked == 2


def test_a_strange_ledger_stays_away_from_the_new_one(world: LostTill) -> None:
    """Somebody made a shop in the folder while recovering was cut off: it is not overwritten."""
    world.box.catch_up()
    world.lose()

    def go_off(found: RecoverStep, _done: int, _total: int) -> None:
        if found is RecoverStep.SENDING:
            raise PowerGone

    with pytest.raises(PowerGone):
        world.recover(progress=go_off)
    LedgerOfTests(world.directory, seed=77).close()
    assert world.recover() == NotRecovered(WhyNot.SHOP_HERE)
