"""``ledger recover`` by hand and by script: a real server behind TLS, a stick, and a data folder that is gone."""

from __future__ import annotations

import itertools
import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from storage.blackbox import BlackBox
from storage.blackbox_read import black_boxes_in
from tests.fakes.clock import SeededIds
from tests.fakes.command_line import ANNA, BEN, CommandLine
from tests.fakes.served import Served, document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEEDS = itertools.count(5_000)


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of tests stay out of the keyring of whoever runs them."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Served]]:
    """A head office with certificates and the bakery's rules, running."""
    data = tmp_path_factory.mktemp("recovering-office")
    document(data, "init", "--name", "Morgenrot", "--currency", "EUR")
    document(data, "init-tls", "--host", "localhost", "--host", "127.0.0.1")
    with Served(data) as served:
        yield data, served


def box_up(till: CommandLine, stick: Path) -> None:
    """Let the stick have everything that is only on the till's disk."""
    with closing(BlackBox(till.directory, stick)) as box:
        box.catch_up()


def test_a_lost_till_is_whole_again_by_one_command(
    shop: CommandLine, office: tuple[Path, Served], tmp_path: Path
) -> None:
    """Sold, sent, sold again, boxed, lost; then head office and the stick give all of it back, once."""
    data, served = office
    shop.ids = SeededIds(next(SEEDS), shop.clock)
    shop.done("sync", "join", served.url, _code(data))
    shop.done("earn", ANNA, "20")
    shop.done("sync", "now")
    shop.done("earn", ANNA, "30")
    shop.done("member", "add", "--name", "Ben Auer", "--card", BEN)
    box_up(shop, tmp_path / "stick")
    before = document(data, "terminals")["terminals"]
    shutil.rmtree(shop.directory)
    done = shop.done("ledger", "recover", served.url, _code(data), "--black-box", str(tmp_path / "stick"))
    assert (done["store"], done["waiting"], done["former_is_active"]) == ("Laden", 0, True)
    assert done["former_terminal"] in {each["terminal_id"] for each in before}
    assert done["from_box"] >= 2
    assert shop.done("ledger", "verify")["ok"]
    assert document(data, "verify")["ok"]
    assert shop.done("member", "show", ANNA)["balance"] == 50
    assert [member["name"] for member in shop.done("member", "find", "Auer")["members"]] == ["Ben Auer"]
    assert shop.done("sync", "now")["state"] == "online"
    assert shop("ledger", "recover", served.url, _code(data)).reason == "shop_here"
    shutil.rmtree(shop.directory)
    ran = shop.said("ledger", "recover", served.url, _code(data), "--black-box", str(tmp_path / "stick"))
    assert ran.code == 0, ran.err
    assert "The till is whole again" in ran.out
    assert f"stammkunde-headoffice revoke {done['former_terminal']}" in ran.out


def _code(data: Path) -> str:
    return str(document(data, "enrol-terminal", "Laden", "Kasse 1")["code"])


def test_a_till_that_stands_alone_is_recovered_from_copy_and_box(anna: CommandLine, tmp_path: Path) -> None:
    """And without the copy it is said what is missing."""
    stick, copy = tmp_path / "stick", tmp_path / "copy.backup"
    anna.done("ledger", "backup", str(copy))
    anna.done("earn", ANNA, "30")
    box_up(anna, stick)
    balance = anna.done("member", "show", ANNA)["balance"]
    shutil.rmtree(anna.directory)
    assert anna("ledger", "recover").reason == "nothing_to_start_from"
    ran = anna.said("ledger", "recover", "--backup", str(copy), "--black-box", str(stick))
    assert ran.code == 0, ran.err
    assert "No backup has names" in ran.out
    assert anna.done("member", "show", ANNA)["balance"] == balance
    assert anna.done("ledger", "verify")["ok"]


def test_refusals_say_what_scripts_and_people_need(shop: CommandLine, tmp_path: Path) -> None:
    """Which tills have a box there, which bookings are missing, what head office said; never half a shop."""
    stick = tmp_path / "stick"
    other = CommandLine(tmp_path / "other", seed=9)
    other.done("init", "--shop", "Bäckerei Abendrot", "--programme", "bakery")
    other.done("earn", ANNA, "30")
    for till in (shop, other):
        box_up(till, stick)
    lost = CommandLine(tmp_path / "lost")
    ran = lost("ledger", "recover", "--black-box", str(stick))
    assert ran.reason == "several_tills"
    tills = ran.document["refused"]["tills"]
    assert {till["id"] for till in tills} == {str(box.ledger_id) for box in black_boxes_in(stick)}
    said = lost.said("ledger", "recover", "--black-box", str(stick))
    assert all(till["id"] in said.err + said.out for till in tills)
    assert lost("ledger", "recover", "--black-box", str(stick), "--till", "Kasse 9").code == 2
    assert lost("ledger", "recover", "--till", "Kasse 9").code == 2
    assert lost("ledger", "recover", "https://localhost:1", "no code").error == "code_unreadable"
    ids = {till["records"]: till["id"] for till in tills}
    done = lost.done("ledger", "recover", "--black-box", str(stick), "--till", ids[max(ids)])
    assert done["store"] is None
    assert lost.done("ledger", "verify")["ok"]
