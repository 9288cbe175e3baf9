"""A real till is shut out, and a manager brings its file: bookings, people, cards and erasures arrive all the same."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from headoffice.errors import FileUnusable
from loyalty.handover import EDITS_LINE
from terminal.app.members import EraseCommand, Erased, erase_member
from terminal.sync.export import Written, export_unacknowledged
from tests.fakes.ledger import card_number
from tests.fakes.office import TILL_KEY, TestedOffice
from tests.fakes.office_till import OfficeTill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from headoffice.views import ImportResult

ANNA, BEN = card_number(1), card_number(2)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[TestedOffice]:
    """Head office on SQLite; which database it is makes no difference here."""
    with closing(TestedOffice(tmp_path / "office", None)) as office:
        yield office


@pytest.fixture
def shut_out(office: TestedOffice, tmp_path: Path) -> Iterator[OfficeTill]:
    """A till with a round behind it, then a new member, then no line any more."""
    with closing(OfficeTill(tmp_path / "till", office, 1)) as till:
        till.enrol(BEN, "Ben Bekannt")
        till.round()
        till.enrol(ANNA, "Anna Unbekannt")
        office.head.revoke(till.row.terminal_id)
        yield till


def export(till: OfficeTill, path: Path) -> Written:
    """What the command ``sync export`` does."""
    store = till.ledger.store
    with closing(store.reader()) as reader:
        return export_unacknowledged(reader, till.row, store.shop.terminal_id, TILL_KEY.private_bytes_raw(), path)


def names(office: TestedOffice, text: str) -> list[str]:
    """Whom head office finds."""
    return [hit.name for hit in office.head.find_members(text, 10)]


def bring(office: TestedOffice, till: OfficeTill, path: Path) -> ImportResult:
    """Export and import."""
    export(till, path)
    return office.head.import_journal(path)


def test_people_come_with_the_file(office: TestedOffice, shut_out: OfficeTill, tmp_path: Path) -> None:
    """Name and card are there; what was handed over before is not told again."""
    written = export(shut_out, tmp_path / "file")
    result = office.head.import_journal(tmp_path / "file")
    assert written.edits == result.edits == 2
    assert names(office, "Anna") == ["Anna Unbekannt"]
    assert names(office, ANNA[-4:]) == ["Anna Unbekannt"]
    assert office.head.verify().ok


def test_nobody_can_be_read_in_the_file(shut_out: OfficeTill, tmp_path: Path) -> None:
    """Neither a name nor a card number; not even the same bytes twice."""
    export(shut_out, tmp_path / "file")
    export(shut_out, tmp_path / "again")
    written = (tmp_path / "file").read_bytes()
    assert b"Anna" not in written
    assert ANNA.encode() not in written
    (line,) = (line for line in written.splitlines() if line.startswith(EDITS_LINE))
    assert line not in (tmp_path / "again").read_bytes()
    assert set(json.loads(line)) == {"holds", "key", "box"}


def test_a_file_that_comes_twice_undoes_nothing(office: TestedOffice, shut_out: OfficeTill, tmp_path: Path) -> None:
    """An edit is known by its id: what was changed since at another till stays."""
    bring(office, shut_out, tmp_path / "file")
    (hit,) = office.head.find_members("Anna", 10)
    with closing(OfficeTill(tmp_path / "other", office, 2)) as other:
        office.edit(office.head.terminal(other.row.terminal_id), office.profile(hit.member_id, "Anna Verheiratet"))
    assert office.head.import_journal(tmp_path / "file").edits == 2
    assert names(office, "Anna") == ["Anna Verheiratet"]


def test_who_was_erased_meanwhile_does_not_come_back(
    office: TestedOffice, shut_out: OfficeTill, tmp_path: Path
) -> None:
    """A tombstone drops later edits, on whatever way they come."""
    with closing(shut_out.ledger.store.reader()) as reader:
        card = reader.card(ANNA)
    assert card is not None
    office.edit(office.join(), office.tombstone(card.member_id))
    bring(office, shut_out, tmp_path / "file")
    assert names(office, "Anna") == []


def test_an_erasure_comes_with_the_file(office: TestedOffice, shut_out: OfficeTill, tmp_path: Path) -> None:
    """It is the last thing that may get lost with a till."""
    assert isinstance(erase_member(shut_out.till, EraseCommand(BEN)), Erased)
    bring(office, shut_out, tmp_path / "file")
    assert names(office, "Ben") == []


def test_only_the_head_office_it_is_for_can_open_it(office: TestedOffice, shut_out: OfficeTill, tmp_path: Path) -> None:
    """With another key nothing of the file is taken, not even what could be read."""
    export(shut_out, tmp_path / "file")
    (tmp_path / "office" / "secrets" / "signing.key").write_bytes(bytes(range(1, 33)))
    office.restart()
    with pytest.raises(FileUnusable, match="not sealed for this head office"):
        office.head.import_journal(tmp_path / "file")
    assert names(office, "Anna") == []
    with office.head.database.snapshot() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM record WHERE kind = 'enrolment'").scalar() == 1


def test_a_till_with_nothing_to_tell_writes_no_edits(office: TestedOffice, tmp_path: Path) -> None:
    """The file is then as files were before people came with them."""
    with closing(OfficeTill(tmp_path / "till", office, 1)) as till:
        till.round()
        assert export(till, tmp_path / "file") == Written(0, 0)
    assert EDITS_LINE not in (tmp_path / "file").read_bytes()
    assert office.head.import_journal(tmp_path / "file").edits == 0
