"""Nothing personal where it can't be erased: not in the journal's records, not in a log."""

from pathlib import Path

import pytest

from loyalty.encoding import encode
from loyalty.records import UnknownRecord
from storage.errors import DiskFailed, ReadOnlyDisk, StorageError
from storage.store import open_store
from tests.fakes.command_line import ANNA, BEN, SPARE, CommandLine

NAME = "Annegret Zwiebelfisch"
PERSONAL = (b"Annegret", b"Zwiebelfisch", b"annegret@", b"491712345678", b"1712345678", b"1990-12-24", ANNA.encode())


def _busy_day(shop: CommandLine) -> None:
    """Everything a member can do at a till, with words where words can be given."""
    shop.done(
        *("member", "add", "--name", NAME, "--card", ANNA, "--phone", "0171 2345678"),
        *("--email", "annegret@example.org", "--birthday", "24.12.1990", "--consent", "email"),
    )
    shop.done("adjust", ANNA, "500", "--reason", f"Willkommen {NAME}")
    sale = shop.done("earn", ANNA, "23.45", "--receipt", "R-1", "--redeem", "coffee")
    shop.done("reverse", sale["record_id"], "--amount", "3", "--reason", f"{NAME} hat es sich anders überlegt")
    shop.done("redeem", ANNA, "brezel")
    shop.done("card", "issue", ANNA, SPARE)
    shop.done("card", "block", SPARE)
    shop.done("day", "close")
    shop("earn", ANNA, "1.500")


def test_the_journal_holds_codes_numbers_and_random_ids(shop: CommandLine) -> None:
    """Records can never be erased, so no record may name a person, a phone or a card."""
    _busy_day(shop)
    with (
        open_store(shop.directory, clock=shop.clock, ids=shop.ids, writable=False) as store,
        store.reader() as reader,
    ):
        records = [stored.record for seq in range(1, reader.count() + 1) if (stored := reader.stored(seq))]
    payloads = b"".join(encode(record) for record in records if not isinstance(record, UnknownRecord))
    assert payloads.count(b'"kind":') >= 9
    assert not [word for word in PERSONAL if word in payloads]


def test_the_ledger_keeps_profiles_encrypted(shop: CommandLine) -> None:
    """The ledger's file is what is copied around; names are readable in the vault only, which is not."""
    _busy_day(shop)
    ledger = _bytes(shop.directory, "ledger.sqlite*")
    assert not [word for word in (b"annegret@", b"491712345678", b"1990-12-24") if word in ledger]


def test_nothing_of_an_erased_member_is_left(shop: CommandLine) -> None:
    """Card number, name, contacts and the words of reasons are gone from every file of the data directory."""
    _busy_day(shop)
    shop.done("member", "erase", ANNA)
    assert not [word for word in PERSONAL if word in _bytes(shop.directory, "*")]


@pytest.mark.parametrize(
    ("error", "code"), [(ReadOnlyDisk("x"), "erasure_unfinished"), (DiskFailed("x"), "disk_failed")]
)
def test_who_is_erased_is_never_said_not_to_be(
    shop: CommandLine, monkeypatch: pytest.MonkeyPatch, error: StorageError, code: str
) -> None:
    """Ledgers that were set aside come last, and can be out of reach; the ledger itself has forgotten by then."""
    _busy_day(shop)

    def fail(_directory: Path) -> None:
        raise error

    monkeypatch.setattr("terminal.cli.member.scrub", fail)
    ran = shop("member", "erase", ANNA)
    assert ran.error == code
    assert "Nothing was booked" not in ran.document["error"]["message"]
    assert shop("member", "show", ANNA).reason == "card_unknown"


def test_nothing_of_a_member_who_was_joined_is_left(shop: CommandLine) -> None:
    """Erasing the surviving account forgets the profile and cards of the one that went into it, too."""
    _busy_day(shop)
    shop.done("member", "add", "--name", "Ben", "--card", BEN)
    shop.done("member", "merge", ANNA, BEN)
    shop.done("member", "erase", BEN)
    assert not [word for word in PERSONAL if word in _bytes(shop.directory, "*")]


def test_logs_name_nobody(shop: CommandLine) -> None:
    """A crash in the middle of a member's business leaves a log without the member."""
    _busy_day(shop)
    name = NAME

    def broken() -> int:
        raise KeyError(name, ANNA)

    shop.open_till = broken
    shop("till")
    logs = _bytes(shop.directory, "*.log")
    assert b"KeyError" in logs
    assert not [word for word in PERSONAL if word in logs]


def _bytes(directory: Path, pattern: str) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(directory.glob(pattern)) if path.is_file())
