"""Finding a member while typing: an answer never stands in the way of the next letter, and says what it leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from loyalty.directory import Profile
from storage.errors import StorageError
from storage.types import Found
from terminal.presenters.find import HITS_SHOWN

if TYPE_CHECKING:
    from storage.store import Reader
    from tests.fakes.counter import Counter


def find(counter: Counter, *texts: str) -> None:
    """Open the screen and type."""
    counter.shell.key("F3")
    for text in texts:
        counter.shell.find.query_typed(text)


def names(counter: Counter) -> list[str]:
    """Who is on the screen."""
    return [hit.name for hit in counter.shell.find.state.hits]


def test_letters_typed_while_it_searches_are_looked_for_together(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One search runs, and one more for what stands in the field by then."""
    asked: list[str] = []
    search = type(counter.desk.reader).find

    def watched(reader: Reader, text: str, limit: int) -> Found:
        asked.append(text)
        return search(reader, text, limit)

    monkeypatch.setattr("storage.finding.SearchReads.find", watched)
    counter.desk.held = True
    find(counter, "oe", "oez", "oezd", "oezde")
    assert counter.shell.find.state.message == "Searching…"
    assert names(counter) == []
    counter.desk.work()
    assert asked == ["oe", "oezde"]
    assert names(counter) == ["Ben Özdemir"]
    assert counter.shell.find.state.message == ""


def test_an_answer_to_an_emptied_field_shows_nobody(counter: Counter) -> None:
    """And Enter does nothing with it; the same text again is looked for again."""
    counter.desk.held = True
    find(counter, "oezd", "")
    counter.desk.work()
    assert names(counter) == []
    assert counter.shell.find.state.message.startswith("Type a name")
    counter.shell.find.query_typed("oezd")
    counter.desk.work()
    assert names(counter) == ["Ben Özdemir"]


def test_hits_stay_until_the_next_answer_and_are_not_chosen_for_it(counter: Counter) -> None:
    """The list does not flicker; Enter waits for what was typed last."""
    find(counter, "oezd")
    counter.desk.held = True
    counter.shell.find.query_typed("schnei")
    assert names(counter) == ["Ben Özdemir"]
    counter.shell.key("Enter")
    assert counter.shell.state.screen.value == "find"
    counter.desk.work()
    assert names(counter) == ["Anna Schneider"]


def test_a_search_that_breaks_does_not_end_searching(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next letter tries again."""
    counter.desk.held = True
    find(counter, "oezd")
    broken: list[Exception] = []
    monkeypatch.setattr(counter.shell.find, "_flow", type("Flow", (), {"broke": staticmethod(broken.append)})())
    counter.shell.find._broke(StorageError("no"))
    assert len(broken) == 1
    counter.shell.find.query_typed("schnei")
    counter.desk.work()
    assert names(counter) == ["Anna Schneider"]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Found(), "Nobody found"),
        (Found(more=True), "More than these fit"),
        (Found(complete=False), "made ready"),
    ],
)
def test_what_is_left_out_is_said(counter: Counter, monkeypatch: pytest.MonkeyPatch, found: Found, said: str) -> None:
    """Nobody, more than fit on the screen, or an index that is still being made."""
    monkeypatch.setattr("storage.finding.SearchReads.find", lambda *_, **__: found)
    find(counter, "oezd")
    assert said in counter.shell.find.state.message


def test_no_more_than_a_screen_of_members_is_shown(counter: Counter) -> None:
    """Who looks for one of very many types on."""
    with counter.store.unit() as unit:
        for number in range(HITS_SHOWN + 5):
            unit.put_profile(counter.ids.random_id(), Profile(f"Xaver Z{'abcdefghijklmnopqrstuvwxyz'[number]}"))
    find(counter, "xav")
    assert len(names(counter)) == HITS_SHOWN
    assert "More than these fit" in counter.shell.find.state.message
