"""A data directory of the first layout, as the first version left it: brought up to date, its copy beside it."""

from __future__ import annotations

import zipfile
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from loyalty.directory import Profile, Role
from loyalty.numbering import Series
from storage import migrations, sqlite
from storage.backup import layout_copy, restore
from storage.connection import open_new, open_writer
from storage.errors import Damaged, TillOpen
from storage.files import read_header
from storage.lock import take_lock
from storage.schema import SCHEMA_VERSION
from storage.store import open_store
from storage.types import CashierRow
from storage.verify import verify
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.ledger import LedgerOfTests, card_number

CLOCK = FakeClock()
IDS = SeededIds(7, CLOCK)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Sales, a reversal, a merge, a closed day, a person, a cashier: made by the first version."""
    directory = tmp_path / "old"
    directory.mkdir(mode=0o700)
    with zipfile.ZipFile(Path(__file__).with_name("first_layout.zip")) as archive:
        archive.extractall(directory)
    for path in directory.iterdir():
        path.chmod(0o600)
    return directory


def versions(directory: Path) -> set[int]:
    """The layouts of both files."""
    return {read_header(directory / name).user_version for name in ("ledger.sqlite", "vault.sqlite")}


def test_an_old_till_opens_on_the_new_layout(old: Path) -> None:
    """Everything is there, sums that did not exist are zero, and the copy from before is as it was."""
    assert versions(old) == {1}
    with open_store(old, clock=CLOCK, ids=IDS) as store, store.reader() as reader:
        account = reader.known_card(card_number(1))
        assert account is not None
        assert (account.account.balance, account.account.sales, account.profile) == (
            139,
            2,
            Profile("Muster Person", "+4930000000"),
        )
        assert reader.cashiers() == [CashierRow(reader.cashiers()[0].cashier_id, "Mia", Role.MANAGER, "$argon2id$none")]
        assert reader.day_report(CLOCK.today()).totals.points_expired == 0
        assert reader.last_close_number() == 1
        assert [len(reader.epochs()), reader.head_office()] == [1, None]
    assert versions(old) == {SCHEMA_VERSION}
    assert read_header(layout_copy(old, 1)).user_version == 1
    assert layout_copy(old, 1).stat().st_mode & 0o077 == 0
    result = verify(old)
    assert (result.ok, result.problems, result.records) == (True, (), 10)


@pytest.mark.parametrize("layout", [2, 3])
def test_a_till_of_every_layout_since_opens_on_the_new_one(old: Path, layout: int) -> None:
    """Made by the steps of its time, whose checksums are never changed; it counts card numbers from then on."""
    made_by(old, layout)
    assert versions(old) == {layout}
    with open_store(old, clock=CLOCK, ids=IDS) as store:
        with store.reader() as reader:
            account = reader.known_card(card_number(1))
            assert account is not None
            assert (account.account.balance, account.account.sales) == (139, 2)
        with store.unit() as unit:
            numbers = unit.numbers.take(Series.of(store.programme.cards[0]), 2)
            assert isinstance(numbers, list)
            assert len(numbers) == 2
    assert versions(old) == {SCHEMA_VERSION}
    assert read_header(layout_copy(old, layout)).user_version == layout
    assert verify(old).ok


def made_by(directory: Path, layout: int) -> None:
    """Bring the files to an earlier layout, by its steps alone."""
    for name, known in (("ledger.sqlite", migrations.LEDGER_LAYOUT), ("vault.sqlite", migrations.VAULT_LAYOUT)):
        steps = tuple(step for step in known.steps if int(step.name[:4]) <= layout)
        with closing(open_writer(directory / name)) as database:
            migrations.bring_up_to_date(database, msgspec.structs.replace(known, version=layout, steps=steps))
            database.one("PRAGMA wal_checkpoint(TRUNCATE)")


def test_looking_on_brings_an_old_till_up_to_date_too(old: Path) -> None:
    """A command after the update, before the till was started; not while an old till is open."""
    lock = take_lock(old)
    with pytest.raises(TillOpen):
        open_store(old, clock=CLOCK, ids=IDS, writable=False)
    lock.release()
    assert versions(old) == {1}
    with open_store(old, clock=CLOCK, ids=IDS, writable=False) as store, store.reader() as reader:
        assert reader.day_report(CLOCK.today()).open_points == 130
    assert versions(old) == {SCHEMA_VERSION}
    assert layout_copy(old, 1).exists()


def test_whoever_looks_on_beside_the_first_start_after_an_update_finds_the_new_layout(old: Path) -> None:
    """The header of a file says its layout, and what is still in the log does not stand there yet."""
    with open_store(old, clock=CLOCK, ids=IDS):
        assert versions(old) == {SCHEMA_VERSION}
        with open_store(old, clock=CLOCK, ids=IDS, writable=False) as store, store.reader() as reader:
            assert reader.day_report(CLOCK.today()).open_points == 130


def test_verify_brings_an_old_till_up_to_date(old: Path) -> None:
    """And finds it whole."""
    assert verify(old).ok
    assert versions(old) == {SCHEMA_VERSION}


def test_an_old_copy_can_be_put_back(old: Path, tmp_path: Path) -> None:
    """Into a new directory, in a new epoch."""
    restore(old / "ledger.sqlite", tmp_path / "new", clock=CLOCK, ids=IDS)
    assert verify(tmp_path / "new").ok
    assert versions(tmp_path / "new") == {SCHEMA_VERSION}


def test_a_step_once_taken_is_never_changed() -> None:
    """Shops have run them; their checksums stand in their files."""
    for layout, checksums in (
        (migrations.LEDGER_LAYOUT, LEDGER_STEPS),
        (migrations.VAULT_LAYOUT, VAULT_STEPS),
    ):
        assert {step.name: step.checksum for step in layout.steps}.items() >= checksums.items()


LEDGER_STEPS = {
    "0001_first_layout": "9381743cf006fabbe785fd9a74e13e6fc96de22d7581ea03c39299d0cf9cbb10",
    "0002_head_office": "b6c04fa1f744f4612c905212a7a09ba46dbafc77bd21c3f012672ca654245e42",
    "0003_consents": "5321d2720d7e48811f3f1e455eb0beb1e74e769ffdb6f83dd7889ef5997b8d00",
    "0004_numbers": "c194a70e53f69949a8cf9947f98194c6c3864243f4a996beb56fe6241dc5740c",
    "0006_checksums": "6396fad61c17a78a281a9b7555e7fe75ca2f34386519768810997ef1d95be44e",
}
VAULT_STEPS = {
    "0001_first_layout": "d7b9286ff92c2e1f01b21b8e7df58312508666b735d015560e5b6f5211442d83",
    "0002_head_office": "f2be4c0c37866aad5e9f20346404add79b2b9ec5f28985ca381e03d2361955b6",
    "0005_search_apart": "c00ec84723f0fc17c0175e914bd027c8cd101b086646b924748d9f6b768d0e2f",
    "0006_checksums": "6396fad61c17a78a281a9b7555e7fe75ca2f34386519768810997ef1d95be44e",
}


@pytest.mark.parametrize(
    ("error", "told"),
    [(sqlite.Error("database disk image is malformed"), Damaged), (sqlite.Error("x"), sqlite.Error)],
)
def test_what_the_library_meets_is_told_as_what_the_till_meets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: sqlite.Error, told: type[Exception]
) -> None:
    """Its own statements pass the ledger by; a mistake of ours goes its own way."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("sqlite_utils.migrations.Migrations.apply", fail)
    with closing(open_new(tmp_path / "new.sqlite")) as database, pytest.raises(told):
        migrations.bring_up_to_date(database, migrations.VAULT_LAYOUT)


@pytest.mark.parametrize(("file", "table"), [("ledger.sqlite", "schema_step"), ("vault.sqlite", "member_key")])
def test_a_name_that_a_disk_has_changed_is_damage(ledger: LedgerOfTests, file: str, table: str) -> None:
    """One bit in the SQL of a table renames its column; what then asks for it is no mistake of ours."""
    ledger.close()
    path = ledger.directory / file
    written = path.read_bytes()
    columns = written.index(b"(", written.index(f"CREATE TABLE {table}".encode())) + 1
    start = next(place for place in range(columns, columns + 40) if written[place : place + 1].isalpha())
    path.write_bytes(written[:start] + bytes([written[start] ^ 2]) + written[start + 1 :])
    with pytest.raises(Damaged):
        ledger.reopen()
