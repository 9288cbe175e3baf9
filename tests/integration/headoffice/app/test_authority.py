"""Head office's own journal: chained, archived, and booked again when the database was put back."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from headoffice.errors import ArchiveDamaged, KeysMissing
from headoffice.main import assemble
from headoffice.store import archive
from headoffice.store.archive import ARCHIVE_FILE, Archive, ProgrammeLine, RecordLine, TombstoneLine
from headoffice.views import Adjusted
from loyalty.feed import Cursor, TillItem
from tests.fakes.headoffice import member
from tests.fakes.office import CARD, OTHER_CARD, TestedOffice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[TestedOffice]:
    """Head office in files, which can be put back by copying them."""
    office = TestedOffice(tmp_path / "office", None)
    yield office
    office.close()


def _archive(office: TestedOffice) -> Archive:
    return Archive(office.data / "archive" / ARCHIVE_FILE)


def _records(office: TestedOffice) -> list[RecordLine]:
    return [line for line in _archive(office).lines() if isinstance(line, RecordLine)]


def _adjust(office: TestedOffice, points: int, card: str = CARD) -> Adjusted:
    done = office.head.adjust(card, points, "Kulanz", by="Ines")
    assert isinstance(done, Adjusted)
    return done


def _put_back(office: TestedOffice, image: Path) -> None:
    """Put the database of another moment in place; keys and archive stay."""
    office.head.close()
    for path in office.data.glob("headoffice.sqlite*"):
        path.unlink()
    shutil.copyfile(image, office.data / "headoffice.sqlite")
    office.restart()


def _image(office: TestedOffice, path: Path) -> Path:
    office.head.close()
    shutil.copyfile(office.data / "headoffice.sqlite", path)
    office.restart()
    return path


def test_a_restart_changes_nothing(office: TestedOffice) -> None:
    """The same head office, the same epoch, nothing booked or archived twice."""
    office.edit(office.till(), office.card(member(1)))
    _adjust(office, 100)
    server, archived = office.head.server, len(_records(office))
    office.restart()
    assert office.head.server == server
    assert len(_records(office)) == archived
    assert office.balance(member(1)) == 100
    office.assert_sound()


def test_a_put_back_database_books_its_own_facts_again(shop: TestedOffice, tmp_path: Path) -> None:
    """Corrections, programmes and erasures come out of the archive, each once, and a new epoch tells every till."""
    till = shop.till()
    shop.edit(till, shop.card(member(1)), shop.card(member(2), OTHER_CARD), shop.profile(member(2), "Bela"))
    _adjust(shop, 100)
    image = _image(shop, tmp_path / "image")
    _adjust(shop, 50)
    shop.head.merge(OTHER_CARD, CARD, by="Ines")
    shop.head.erase(member(1), by="Ines")
    shop.publish(1)
    before, cursor = shop.head.server, shop.head.newest()
    _put_back(shop, image)
    found = shop.head.member(member(2))
    assert found is not None
    assert (found.member_id, found.statement.balance, found.profile, found.cards) == (member(1), 150, None, ())
    assert [view.version for view in shop.head.programmes()] == [1]
    assert shop.head.server.server_id == before.server_id
    assert shop.head.server.epoch != before.epoch
    assert shop.head.changes(till.row, cursor).reset
    shop.assert_sound()


def test_a_new_epoch_is_begun_once(shop: TestedOffice, tmp_path: Path) -> None:
    """The next start finds archive and database in agreement."""
    shop.edit(shop.till(), shop.card(member(1)))
    image = _image(shop, tmp_path / "image")
    _adjust(shop, 50)
    _put_back(shop, image)
    server = shop.head.server
    shop.restart()
    assert shop.head.server == server
    _adjust(shop, 5)
    assert shop.balance(member(1)) == 55
    shop.assert_sound()


def test_a_new_database_beside_an_old_archive_keeps_the_decisions(shop: TestedOffice) -> None:
    """The machine is gone, the archive was elsewhere: tills join again and hand in theirs, these facts are here."""
    shop.edit(shop.till(), shop.card(member(1)))
    _adjust(shop, 50)
    shop.head.close()
    for path in shop.data.glob("headoffice.sqlite*"):
        path.unlink()
    shop.restart()
    assert shop.balance(member(1)) == 50
    server = shop.head.server
    shop.restart()
    assert shop.head.server == server
    shop.assert_sound()


def test_what_a_crash_kept_from_the_archive_is_appended(shop: TestedOffice) -> None:
    """Between COMMIT and the archive the power failed."""
    shop.edit(shop.till(), shop.card(member(1)))
    _adjust(shop, 50)
    _adjust(shop, 7)
    path = _archive(shop).path
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]) + lines[-1][:20])
    server = shop.head.server
    shop.restart()
    assert shop.head.server == server
    assert [line.seq for line in _records(shop)] == [1, 2, 3]
    assert path.read_bytes() == b"".join(lines)


def test_a_lost_archive_is_written_anew(shop: TestedOffice) -> None:
    """With everything the database knows."""
    shop.edit(shop.till(), shop.card(member(1)))
    shop.publish(1)
    _adjust(shop, 50)
    shop.head.erase(member(1), by="Ines")
    kinds = sorted(type(line).__name__ for line in _archive(shop).lines())
    _archive(shop).path.unlink()
    shop.restart()
    assert sorted(type(line).__name__ for line in _archive(shop).lines()) == kinds


def test_a_damaged_archive_keeps_head_office_from_starting(shop: TestedOffice) -> None:
    """Better closed than with facts that nobody can check."""
    _archive(shop).path.write_bytes(b"nonsense\n")
    with pytest.raises(ArchiveDamaged):
        shop.restart()


def test_a_database_without_its_keys_is_not_opened(office: TestedOffice) -> None:
    """New keys would make every card another account and every profile unreadable."""
    office.head.close()
    (office.data / "secrets" / "profile.key").unlink()
    with pytest.raises(KeysMissing):
        office.restart()


def test_two_processes_share_one_head_office(office: TestedOffice) -> None:
    """What one decides the other goes on from."""
    url = office.head.database.engine.url.render_as_string(hide_password=False)
    office.edit(office.till(), office.card(member(1)))
    other = assemble(office.data, url, office.clock, office.ids)
    try:
        assert other.server == office.head.server
        for head in (office.head, other, office.head):
            assert isinstance(head.adjust(CARD, 10, "Kulanz", by="Ines"), Adjusted)
    finally:
        other.close()
    assert office.balance(member(1)) == 30
    office.assert_sound()


def test_a_cursor_of_another_past_is_told_by_its_token(shop: TestedOffice, tmp_path: Path) -> None:
    """Even when nothing of head office's own was lost and the numbers have grown past it again."""
    till = shop.till()
    till.append(till.sale(member(1)))
    image = _image(shop, tmp_path / "image")
    till.push(2)
    cursor = shop.head.newest()
    _put_back(shop, image)
    for number in range(5):
        shop.edit(till, shop.card(member(10 + number), f"29{number}"))
    newest = shop.head.newest()
    assert newest.epoch == cursor.epoch
    assert newest.n > cursor.n
    assert shop.head.changes(till.row, cursor).reset
    assert not shop.head.changes(till.row, newest).reset


def test_another_scope_begins_anew(office: TestedOffice) -> None:
    """The till's cursor is void, and what it holds beside the region goes."""
    till = office.till()
    till.append(till.sale(member(1)))
    till.push(2)
    cursor = office.head.newest()
    assert not office.head.changes(till.row, cursor).reset
    office.head.change_scope(till.terminal_id, "Nord")
    page = office.head.changes(till.row, cursor)
    assert page.reset
    assert all(isinstance(item, TillItem) for item in page.items)
    assert not office.head.changes(till.row, page.cursor).reset


def test_a_cursor_made_up_is_no_cursor(office: TestedOffice) -> None:
    """The number alone proves nothing."""
    till = office.till()
    office.head.newest()
    assert office.head.changes(till.row, Cursor(office.head.server.epoch, 1, b"made up")).reset


@pytest.mark.parametrize("tail_bytes", [archive.TAIL_BYTES, 1])
def test_what_is_no_record_is_archived_after_a_crash_too(
    shop: TestedOffice, monkeypatch: pytest.MonkeyPatch, tail_bytes: int
) -> None:
    """An erasure or a programme that was committed and not yet archived; once, wherever the archive's end begins."""
    shop.edit(shop.till(), shop.card(member(1)))
    before = [line for line in shop.head.office.archive.lines() if not isinstance(line, RecordLine)]
    with monkeypatch.context() as crash:
        crash.setattr(Archive, "append", lambda *_: None)
        shop.publish(9)
        shop.head.erase(member(1), by="Ines")
    monkeypatch.setattr(archive, "TAIL_BYTES", tail_bytes)
    for _ in range(2):
        shop.restart()
        lines = [line for line in shop.head.office.archive.lines() if not isinstance(line, RecordLine)]
        assert [type(line) for line in lines[len(before) :]] == [ProgrammeLine, TombstoneLine]
