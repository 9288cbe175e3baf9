"""The index follows the profiles, is made anew where that is less work, and is never in the till's way."""

from __future__ import annotations

import contextlib
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from loyalty.directory import Profile
from storage import search_build, search_following, search_index
from storage.connection import open_reader
from storage.errors import Damaged, DiskFull, ErasureUnfinished, StorageError
from storage.file_view import FileView
from storage.search_following import index_everybody, make_aside
from storage.search_index import is_sound, part_of
from storage.search_process import main

if TYPE_CHECKING:
    from pathlib import Path

    from storage.store import Reader
    from tests.fakes.ledger import LedgerOfTests

NAMES = ("Anna Müller", "Bela Quast", "Zoe Anders")


def enrol(ledger: LedgerOfTests, *names: str, first: int = 1) -> None:
    """Give members numbered from ``first`` a name each."""
    with ledger.store.unit() as unit:
        for number, name in enumerate(names, first):
            unit.put_profile(ledger.member(number), Profile(name, f"+4917112345{number:02d}"))


def index_file(ledger: LedgerOfTests) -> Path:
    """Where the index lies."""
    return ledger.directory / "search.sqlite"


def keys(path: Path) -> list[tuple[object, ...]]:
    """Every key of an index and whose it is."""
    with closing(open_reader(path)) as database:
        return database.all("SELECT key, member_id FROM search_key JOIN search_member USING (n) ORDER BY 1, 2")


def made_anew(ledger: LedgerOfTests) -> Path:
    """An index made aside."""
    return make_aside(ledger.directory, lambda *_: None)


def take(ledger: LedgerOfTests, part: Path) -> None:
    """Put it in place."""
    ledger.store.search.take(part)


def test_an_index_made_anew_is_the_one_that_followed(
    ledger: LedgerOfTests, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same keys of the same people; readers go over to it by themselves."""
    monkeypatch.setattr(search_build, "ROWS_AT_ONCE", 2)
    enrol(ledger, *NAMES)
    followed = keys(index_file(ledger))
    assert [hit.name for hit in reader.search("anna")] == ["Anna Müller"]
    take(ledger, made_anew(ledger))
    assert keys(index_file(ledger)) == followed
    assert [hit.name for hit in reader.search("anna")] == ["Anna Müller"]
    enrol(ledger, "Anna Neu", first=9)
    assert {hit.name for hit in reader.search("anna")} == {"Anna Müller", "Anna Neu"}
    assert [path.name for path in ledger.directory.glob(".search*")] == []


def test_who_bought_last_is_first_among_equals(ledger: LedgerOfTests) -> None:
    """In an index made anew; whoever changed since comes before."""
    enrol(ledger, "Anna A", "Anna B", "Anna C")
    ledger.append(ledger.sale(ledger.member(2)))
    take(ledger, made_anew(ledger))
    enrol(ledger, "Anna D", first=4)
    with closing(open_reader(index_file(ledger))) as database:
        rows = database.all("SELECT words FROM search_key JOIN search_member USING (n) WHERE key = 'wanna' ORDER BY n")
    assert [words for (words,) in rows][:2] == [" anna d ", " anna b "]


def test_an_empty_shop_has_an_empty_index(ledger: LedgerOfTests, reader: Reader) -> None:
    """Nothing is sorted."""
    take(ledger, made_anew(ledger))
    assert reader.find("anna").complete
    enrol(ledger, "Anna")
    assert [hit.name for hit in reader.search("anna")] == ["Anna"]


def test_a_profile_without_its_key_is_not_found(ledger: LedgerOfTests) -> None:
    """Made anew or followed: what nobody can read has no keys."""
    enrol(ledger, "Anna")
    ledger.store._vault.run("DELETE FROM member_key")
    take(ledger, made_anew(ledger))
    assert keys(index_file(ledger)) == []


def test_who_was_erased_while_it_was_made_is_taken_out(ledger: LedgerOfTests) -> None:
    """Also from the file's free pages."""
    enrol(ledger, *NAMES)
    part = made_anew(ledger)
    with ledger.store.unit() as unit:
        unit.erase_member(ledger.member(1))
    take(ledger, part)
    assert b"muller" not in index_file(ledger).read_bytes()
    assert {member for _, member in keys(index_file(ledger))} == {ledger.member(2).bytes, ledger.member(3).bytes}


def test_an_erased_name_is_gone_from_the_disk(ledger: LedgerOfTests) -> None:
    """With its log, when the unit has returned, however far the index is behind."""
    enrol(ledger, *NAMES)
    with ledger.store.unit() as unit:
        unit.erase_member(ledger.member(1))
    assert not any(b"muller" in path.read_bytes() for path in ledger.directory.glob("search.sqlite*"))


def test_it_follows_in_steps(ledger: LedgerOfTests, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sale waits for one step; until all is done the search says that somebody is missing."""
    monkeypatch.setattr(search_index, "CHANGES_AT_ONCE", 2)
    enrol(ledger, *NAMES, "Dora")
    assert reader.find("dora") == reader.find("zoe")
    assert not reader.find("anna").complete
    assert ledger.store.search.follow() == 0
    assert reader.find("zoe").complete
    assert [hit.name for hit in reader.search("zoe")] == ["Zoe Anders"]


def test_too_much_is_left_to_a_new_one(ledger: LedgerOfTests, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after an import: following would take longer than making it anew."""
    monkeypatch.setattr(search_index, "CHANGES_FOLLOWED_MAX", 2)
    monkeypatch.setattr(search_following, "CHANGES_FOLLOWED_MAX", 2)
    enrol(ledger, *NAMES)
    assert reader.find("anna").hits == ()
    assert ledger.store.search.needs_making_anew()
    take(ledger, made_anew(ledger))
    assert not ledger.store.search.needs_making_anew()
    assert reader.find("anna").complete


def test_a_start_catches_up_some_steps(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not all of them, if they are many: the shop opens first."""
    monkeypatch.setattr(search_index, "CHANGES_AT_ONCE", 1)
    monkeypatch.setattr(search_following, "STEPS_AT_START", 1)
    enrol(ledger, *NAMES, "Dora", "Emil")
    with ledger.reopen().reader() as reader:
        assert not reader.find("anna").complete
    with ledger.reopen().reader() as reader:
        assert reader.find("anna").complete


def test_an_index_of_a_later_state_is_emptied(ledger: LedgerOfTests, reader: Reader) -> None:
    """The ledger was put back: nobody is found whom it does not know."""
    enrol(ledger, *NAMES)
    index = ledger.store.search._index
    assert index is not None
    ledger.store._ledger.run("DELETE FROM profile_change WHERE stamp > 1")
    assert index.behind(ledger.store._ledger) == 2
    assert ledger.store.search.follow() == 0
    assert [hit.name for hit in reader.search("anna")] == ["Anna Müller"]
    assert reader.search("bela") == []


@pytest.mark.parametrize("contents", [b"", b"garbage" * 2_000, None])
def test_what_is_no_index_is_made_anew_at_the_start(ledger: LedgerOfTests, contents: bytes | None) -> None:
    """Empty, broken, another program's, or missing."""
    enrol(ledger, *NAMES)
    ledger.close()
    if contents is None:
        index_file(ledger).unlink()
    else:
        index_file(ledger).write_bytes(contents)
    part_of(index_file(ledger)).write_bytes(b"left by a crash")
    with ledger.reopen().reader() as reader:
        assert reader.find("anna").complete
        assert [hit.name for hit in reader.search("anna")] == ["Anna Müller"]
    assert is_sound(index_file(ledger))


def test_damage_is_found(ledger: LedgerOfTests) -> None:
    """By SQLite's own check, or by what the file says it is."""
    enrol(ledger, *NAMES)
    ledger.close()
    data = bytearray(index_file(ledger).read_bytes())
    data[4096 + 3 : 4096 + 5] = b"\x7f\xff"
    index_file(ledger).write_bytes(data)
    assert not is_sound(index_file(ledger))
    index_file(ledger).write_bytes(b"garbage" * 1_000)
    assert not is_sound(index_file(ledger))


def fails(error: StorageError) -> object:
    """Something that can't be done."""

    def fail(*_: object) -> None:
        raise error

    return fail


def test_an_index_that_can_not_be_written_is_behind(
    ledger: LedgerOfTests, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The enrolment stands; the next one brings both."""
    with monkeypatch.context() as patch:
        patch.setattr(search_index, "put_people", fails(DiskFull("search")))
        enrol(ledger, "Anna")
    assert not reader.find("anna").complete
    enrol(ledger, "Bela", first=2)
    assert [hit.name for hit in reader.search("anna")] == ["Anna"]


def test_a_damaged_index_is_thrown_away(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """Selling goes on without; the next start begins a new one, and a finished one is not taken in vain."""
    with monkeypatch.context() as patch:
        patch.setattr(search_index, "put_people", fails(Damaged("search")))
        enrol(ledger, "Anna")
    assert not index_file(ledger).exists()
    enrol(ledger, "Bela", first=2)
    part = made_anew(ledger)
    take(ledger, part)
    assert not ledger.store.search.needs_making_anew()
    with ledger.store.reader() as reader:
        assert (reader.find("anna").hits, reader.find("anna").complete) == ((), False)
    with ledger.reopen().reader() as reader:
        assert {hit.name for hit in (*reader.search("anna"), *reader.search("bela"))} == {"Anna", "Bela"}


def test_names_that_can_not_be_erased_one_by_one_go_with_all(
    ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An erasure is no matter of trying."""
    enrol(ledger, *NAMES)
    with monkeypatch.context() as patch:
        patch.setattr(search_index, "put_people", fails(DiskFull("search")))
        with ledger.store.unit() as unit:
            unit.erase_member(ledger.member(1))
    assert not index_file(ledger).exists()
    with ledger.reopen().reader() as reader:
        assert (len(reader.search("bela")), reader.search("anna")) == (1, [])


@pytest.mark.parametrize("still", [False, True])
def test_an_index_that_could_not_be_opened_forgets_as_well(
    ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch, *, still: bool
) -> None:
    """It is tried again when somebody was erased, and deleted when that fails once more."""
    enrol(ledger, *NAMES)
    ledger.close()
    with monkeypatch.context() as patch:
        patch.setattr(search_following, "SearchIndex", fails(Damaged("search")))
        with ledger.reopen().unit() as unit:
            unit.put_profile(ledger.member(2), Profile("Bela Quast-Maier"))
        assert b"muller" in index_file(ledger).read_bytes()  # nobody was erased, so it is let alone
        if not still:
            patch.undo()
        with ledger.store.unit() as unit:
            unit.erase_member(ledger.member(1))
    assert index_file(ledger).exists() is not still
    assert not any(b"muller" in path.read_bytes() for path in ledger.directory.glob("search.sqlite*"))
    with ledger.reopen().reader() as reader:
        assert (len(reader.search("bela")), reader.search("muller")) == (1, [])


@pytest.mark.parametrize("by", ["the next change", "the next start"])
def test_a_forgetting_that_failed_is_made_good(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    """Neither taken out nor deleted: it is said, and tried again until it could be done, also without the index."""
    enrol(ledger, *NAMES)
    ledger.close()
    with monkeypatch.context() as patch:
        patch.setattr(search_following, "SearchIndex", fails(DiskFull("search")))
        with monkeypatch.context() as more:
            more.setattr(search_following, "discard", fails(DiskFull("search")))
            store = ledger.reopen()
            with pytest.raises(ErasureUnfinished), store.unit() as unit:
                unit.erase_member(ledger.member(1))
        assert b"muller" in index_file(ledger).read_bytes()
        if by == "the next start":
            ledger.reopen()
        else:
            with store.unit() as unit:
                unit.put_profile(ledger.member(2), Profile("Bela"))
    assert not any(b"muller" in path.read_bytes() for path in ledger.directory.glob("search.sqlite*"))


def test_a_making_that_fails_leaves_nothing(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old index stands."""
    enrol(ledger, *NAMES)
    monkeypatch.setattr(search_index, "build", fails(DiskFull("search")))
    with pytest.raises(DiskFull):
        made_anew(ledger)
    with ledger.store.reader() as reader:
        assert [path.name for path in ledger.directory.glob(".search*")] == []
        assert reader.find("anna").complete


def test_a_start_without_an_index_sells(ledger: LedgerOfTests, monkeypatch: pytest.MonkeyPatch) -> None:
    """No room for it: nobody is found, and that is said."""
    enrol(ledger, *NAMES)
    ledger.close()
    index_file(ledger).unlink()
    with monkeypatch.context() as patch:
        patch.setattr(search_index, "open_new", fails(DiskFull("search")))
        ledger.reopen()
        ledger.append(ledger.sale(ledger.member(1)))
    with contextlib.closing(ledger.store.reader()) as reader:
        assert not reader.find("anna").complete


def test_everybody_is_indexed_at_the_end_of_an_import(
    ledger: LedgerOfTests, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All anew where that is less work, then in steps; nothing is done twice."""
    monkeypatch.setattr(search_index, "CHANGES_FOLLOWED_MAX", 2)
    monkeypatch.setattr(search_following, "CHANGES_FOLLOWED_MAX", 2)
    enrol(ledger, *NAMES)
    told: list[tuple[int, int]] = []
    index_everybody(ledger.store, lambda *done: told.append(done))
    index_everybody(ledger.store, lambda *done: told.append(done))
    assert told == [(3, 3)]
    assert reader.find("anna").complete


def test_an_index_is_begun_anew(ledger: LedgerOfTests, reader: Reader) -> None:
    """Empty at first; the next steps fill it."""
    enrol(ledger, *NAMES)
    ledger.store.search.renew()
    assert reader.find("anna").hits == ()
    assert ledger.store.search.follow() == 0
    assert reader.find("anna").complete


def test_it_is_made_in_another_process(ledger: LedgerOfTests, capsys: pytest.CaptureFixture[str]) -> None:
    """Which says how far it is, and whether it could."""
    enrol(ledger, *NAMES)
    assert main([str(ledger.directory)]) == 0
    assert capsys.readouterr().out == "3 3\n"
    take(ledger, part_of(index_file(ledger)))
    assert main([str(ledger.directory / "nowhere")]) == 1


def test_a_profile_that_says_the_same_changes_nothing(ledger: LedgerOfTests) -> None:
    """As when only a birthday's spelling was confirmed."""
    enrol(ledger, *NAMES)
    before = keys(index_file(ledger))
    enrol(ledger, *NAMES)
    assert keys(index_file(ledger)) == before


def test_a_till_without_an_index_begins_one(ledger: LedgerOfTests, reader: Reader) -> None:
    """Although there was none to throw away."""
    enrol(ledger, *NAMES)
    ledger.store.search._throw_away()
    ledger.store.search.renew()
    ledger.store.search.follow()
    assert reader.find("anna").complete


def test_a_view_of_no_kind_of_file_is_none(tmp_path: Path) -> None:
    """What it looks at is said by its kinds."""
    view = FileView(tmp_path / "no.file")
    with pytest.raises(NotImplementedError):
        view.database()
    (tmp_path / "no.file").write_bytes(b"")
    with pytest.raises(NotImplementedError):
        view.database()


def test_few_are_indexed_in_steps_at_the_end_of_an_import(
    ledger: LedgerOfTests, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many steps as it takes."""
    monkeypatch.setattr(search_index, "CHANGES_AT_ONCE", 1)
    enrol(ledger, *NAMES, "Dora")
    index_everybody(ledger.store, lambda *_: None)
    assert reader.find("anna").complete
