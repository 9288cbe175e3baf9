"""What a till takes over from an old programme goes up like everything else: in bounded batches, exactly once."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from loyalty.wire import BATCH_BYTES_MAX, BATCH_RECORDS_MAX
from storage.verify import verify
from terminal.app.importing.run import ImportCommand, ImportResult, Kind, import_file
from terminal.app.till import Till
from tests.fakes.ledger import LedgerOfTests, card_number
from tests.fakes.office import TestedOffice
from tests.fakes.office_till import OfficeLine, OfficeTill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loyalty.wire import PushReply, PushRequest

SALES = 5_000
MEMBERS = 40


@pytest.fixture
def office(tmp_path: Path) -> Iterator[TestedOffice]:
    """Head office on SQLite; which database it is makes no difference here."""
    with closing(TestedOffice(tmp_path / "office", None)) as office:
        yield office


def take_over(till: OfficeTill, folder: Path, kind: Kind, rows: list[str]) -> ImportResult:
    """Import a file at a till."""
    path = folder / f"{kind}.csv"
    path.write_text("\n".join([*rows, ""]))
    command = ImportCommand(kind, path, award=False, encoding=None, note="Opening points", copies=folder / "copies")
    return import_file(till.till, command, lambda *_: None)


def members(count: int) -> list[str]:
    """Members with ten points each."""
    rows = [f"{card_number(number)},Anna Name{number},2020-01-01,10" for number in range(count)]
    return ["card,name,enrolled_on,opening_points", *rows]


def sales(count: int) -> list[str]:
    """Sales over two months, a point each, of members and of cards nobody has enrolled."""
    rows = [
        f"R-{number},2025-0{1 + number % 2}-{1 + number % 28:02} 10:00,{card},1.00,EUR,1"
        for number in range(count)
        for card in [card_number(number % (MEMBERS + 10))]
    ]
    return ["receipt,at,card,amount,currency,points", *rows]


def test_five_thousand_sales_go_up_in_batches_and_come_back_as_statements(
    office: TestedOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every batch within the bounds; each member's statement has each sale once, on this till and on another."""
    sizes: list[int] = []
    push = OfficeLine.push

    def counted(line: OfficeLine, request: PushRequest) -> PushReply:
        assert sum(len(record.payload) for record in request.records) <= BATCH_BYTES_MAX
        sizes.append(len(request.records))
        return push(line, request)

    monkeypatch.setattr(OfficeLine, "push", counted)
    office.publish()
    with closing(OfficeTill(tmp_path / "till", office, 1)) as till:
        assert take_over(till, tmp_path, Kind.MEMBERS, members(MEMBERS)).imported == MEMBERS
        assert take_over(till, tmp_path, Kind.SALES, sales(SALES)).imported == SALES
        assert not till.round().quarantined
        assert max(sizes) <= BATCH_RECORDS_MAX
        assert sum(sizes) >= SALES + 2 * MEMBERS
        each = SALES // (MEMBERS + 10)
        for number in (0, MEMBERS - 1, MEMBERS):
            member = till.ledger.member(number)
            assert office.balance(member) == each + (10 if number < MEMBERS else 0)
            with till.ledger.store.reader() as reader:
                assert reader.account(member).balance == office.balance(member)
        assert till.names("Anna Name17") == ["Anna Name17"]
        till.round()  # brings up what the first round wrote: that the published programme is in force
        assert take_over(till, tmp_path, Kind.SALES, sales(SALES)).skipped == SALES
        assert take_over(till, tmp_path, Kind.MEMBERS, members(MEMBERS)).skipped == MEMBERS
        assert till.round().pushed == 0
        assert verify(till.ledger.directory).problems == ()
    office.assert_sound()


def test_the_same_file_on_two_tills_is_booked_once(office: TestedOffice, tmp_path: Path) -> None:
    """Ids are worked out of the sales, so head office knows them again; neither points nor members are doubled."""
    office.publish()
    with (
        closing(OfficeTill(tmp_path / "first", office, 1)) as first,
        closing(OfficeTill(tmp_path / "second", office, 2)) as second,
    ):
        for till in (first, second):
            take_over(till, tmp_path, Kind.MEMBERS, members(3))
            take_over(till, tmp_path, Kind.SALES, sales(30))
        first.round()
        second.round()
        first.round()
        member = first.ledger.member(1)
        assert office.balance(member) == 11
        for till in (first, second):
            with till.ledger.store.reader() as reader:
                assert reader.account(member).balance == 11
    office.assert_sound()


def test_a_till_that_joins_later_knows_what_it_has_taken_over(office: TestedOffice, tmp_path: Path) -> None:
    """Its programme key is another one since, and repeating the files still changes nothing."""
    office.publish()
    with closing(LedgerOfTests(tmp_path / "alone", 5)) as alone:
        till = Till(alone.store, alone.clock, alone.ids)
        for kind, rows in ((Kind.MEMBERS, members(3)), (Kind.SALES, sales(10))):
            (tmp_path / f"{kind}.csv").write_text("\n".join([*rows, ""]))
        commands = [
            ImportCommand(
                kind, tmp_path / f"{kind}.csv", award=False, encoding=None, note="", copies=tmp_path / "copies"
            )
            for kind in (Kind.MEMBERS, Kind.SALES)
        ]
        assert [import_file(till, command, lambda *_: None).imported for command in commands] == [3, 10]
        key_of_others = bytes(reversed(alone.store.programme_key))
        joining = OfficeTill(tmp_path / "other", office, 6)
        alone.store.join(joining.row, programme_key=key_of_others, profile_key=bytes(32))
        joining.close()
        assert [import_file(till, command, lambda *_: None).skipped for command in commands] == [3, 10]
        changed = sales(10)
        changed[3] = changed[3].replace("EUR,1", "EUR,2")
        (tmp_path / "sales.csv").write_text("\n".join([*changed, ""]))
        assert import_file(till, commands[1], lambda *_: None).flaws_count == 1
