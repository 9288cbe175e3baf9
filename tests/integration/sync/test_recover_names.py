"""What a recovered till says of people's names, and of its own last steps."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from loyalty.directory import Profile
from storage import sqlite
from storage.errors import DiskFailed
from storage.files import VAULT_FILE, move_to_free_name, sync_directory
from storage.staging import FOLDER, Staging
from storage.verify import verify
from terminal.app.enrol import EnrolCommand, Enrolled, enrol
from terminal.app.till import Till
from terminal.sync.recover import NotRecovered, Recovered, WhyNot
from tests.fakes.ledger import card_number

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from tests.fakes.lonely_till import LonelyTill


def enrol_anna(lonely: LonelyTill) -> UUID:
    """Somebody with a name; gives the account."""
    ledger = lonely.ledger
    command = EnrolCommand(ledger.ids.record_id(), card_number(1), "Anna Bauer", consents=(), source="till")
    done = enrol(Till(ledger.store, ledger.clock, ledger.ids), command)
    assert isinstance(done, Enrolled)
    assert done.record.member_id is not None
    return done.record.member_id


def name_of_anna(lonely: LonelyTill, member: UUID) -> str | None:
    """What the recovered till knows."""
    with lonely.opened() as store, store.reader() as reader:
        profile = reader.profile(member)
    return profile.name if profile else None


@pytest.mark.parametrize(("unread", "lost"), [(1, False), (2, True)])
def test_names_are_not_given_up_at_the_first_look(
    lonely: LonelyTill, monkeypatch: pytest.MonkeyPatch, unread: int, *, lost: bool
) -> None:
    """A failing disk may give people's keys at the second time; when it does not, that is said."""
    anna = enrol_anna(lonely)
    lonely.back_up()
    lonely.sell()
    lonely.close()
    looks = iter([False] * unread + [True])
    monkeypatch.setattr("storage.rebirth.is_sound", lambda _path, _application_id: next(looks))
    done = lonely.recover(set_aside=True)
    assert isinstance(done, Recovered)
    assert done.names_lost is lost
    assert name_of_anna(lonely, anna) == (None if lost else "Anna Bauer")


@pytest.mark.parametrize("case", ["box alone", "enrolled behind the copy", "finished by the next call", "nobody"])
def test_names_that_are_lost_are_told(lonely: LonelyTill, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    """However the till is made again; and only when somebody had one."""
    lonely.sell()
    if case == "enrolled behind the copy":
        lonely.back_up()
    anna = enrol_anna(lonely) if case != "nobody" else None
    if case in ("finished by the next call", "nobody"):
        lonely.back_up()
    lonely.sell()
    lonely.lose()
    given: dict[str, object] = {"backup": None} if case == "box alone" else {}
    if case == "finished by the next call":
        with monkeypatch.context() as patch:
            patch.setattr(Staging, "finish", _cut_off)
            with pytest.raises(KeyboardInterrupt):
                lonely.recover(**given)
    done = lonely.recover(**given)
    assert isinstance(done, Recovered)
    assert done.names_lost is (anna is not None)
    assert anna is None or name_of_anna(lonely, anna) is None


def test_a_key_that_was_changed_costs_one_name(lonely: LonelyTill) -> None:
    """The vault is sound page by page: the other names come along, and the recovered till proves itself."""
    anna = enrol_anna(lonely)
    with lonely.ledger.store.unit() as unit:
        unit.put_profile(lonely.ledger.member(7), Profile("Ben Huber"))
    lonely.back_up()
    lonely.sell()
    lonely.close()
    with closing(sqlite.connect(lonely.ledger.directory / VAULT_FILE, isolation_level=None)) as vault:
        vault.execute("UPDATE member_key SET key = zeroblob(32) WHERE member_id = ?", (anna.bytes,))
    done = lonely.recover(set_aside=True)
    assert isinstance(done, Recovered)
    assert done.names_lost
    assert name_of_anna(lonely, anna) is None
    assert name_of_anna(lonely, lonely.ledger.member(7)) == "Ben Huber"
    assert verify(lonely.ledger.directory).problems == ()


def test_a_ledger_from_a_failing_disk_is_recovered_with_a_damaged_table(lonely: LonelyTill) -> None:
    """There is nothing else: the till sells again, and what stands there counts from then on."""
    enrol_anna(lonely)
    lonely.back_up()
    lonely.sell()
    lonely.lose()
    with closing(sqlite.connect(lonely.copy, isolation_level=None)) as copy:
        copy.execute("UPDATE shop SET till_name = till_name || 'x'")
    done = lonely.recover()
    assert isinstance(done, Recovered)
    assert len(done.unproved) == 1
    assert done.unproved[0].endswith("shop: a row is not as it was written")
    assert verify(lonely.ledger.directory).problems == ()


def _cut_off(_staging: Staging) -> None:
    raise KeyboardInterrupt


def test_what_can_not_be_tidied_up_is_no_failure(lonely: LonelyTill, monkeypatch: pytest.MonkeyPatch) -> None:
    """The till stands by then; only a name that is not known to be on the disk is a reason to call."""
    lonely.back_up()
    lonely.sell()
    lonely.lose()

    def refuse(path: Path, **_: bool) -> None:
        if path.name == FOLDER and path.exists():
            raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("storage.staging.shutil.rmtree", refuse)
        assert isinstance(lonely.recover(), Recovered)
    assert lonely.recover() == NotRecovered(WhyNot.SHOP_HERE)


def test_a_name_that_is_not_known_to_be_on_the_disk_is_told(
    lonely: LonelyTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next call finds the till finished."""
    lonely.back_up()
    lonely.sell()
    lonely.lose()
    moved = False

    def move(path: Path, target: Path) -> None:
        nonlocal moved
        move_to_free_name(path, target)
        moved = target.name == "ledger.sqlite"

    def sync(path: Path) -> None:
        if moved:
            raise PermissionError(13, "Permission denied")
        sync_directory(path)

    with monkeypatch.context() as patch:
        patch.setattr("storage.staging.move_to_free_name", move)
        patch.setattr("storage.staging.sync_directory", sync)
        with pytest.raises(DiskFailed):
            lonely.recover()
    assert isinstance(lonely.recover(), Recovered)
