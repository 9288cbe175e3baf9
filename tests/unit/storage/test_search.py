"""The search as people at a counter type: words in any order, numbers, both, ranked and bounded."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from loyalty.directory import Profile
from storage import search
from storage.search import fits, parse_query
from storage.types import CardRow
from tests.fakes.ledger import card_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.store import Reader
    from tests.fakes.ledger import LedgerOfTests


def enrol(ledger: LedgerOfTests, *profiles: Profile) -> None:
    """Give members numbered from 1 a profile each."""
    for number, profile in enumerate(profiles, 1):
        with ledger.store.unit() as unit:
            unit.put_profile(ledger.member(number), profile)


def names(reader: Reader, text: str) -> list[str]:
    """Who is found, the likeliest first."""
    return [hit.name for hit in reader.find(text).hits]


@pytest.mark.parametrize(
    "text",
    [
        "anna-lena",
        "annalena",
        "lena müller",
        "mu an le",
        "a l m",
        "muellerin",
        "0049 (0)171 123",
        "0171/123",
        "anna 4567",
        "4567 lena",
        "mü 0171 12",
        "lena@",
        "anna.le",
        f"anna {card_number(1)[-5:]}",
        card_number(1)[:6],
        "müllerin 45",
    ],
)
def test_it_finds_a_member_by(ledger: LedgerOfTests, reader: Reader, text: str) -> None:
    """Parts of double names, several words, numbers as people write them, and a name with a number."""
    enrol(ledger, Profile("Anna-Lena Müllerin", "+491711234567", "anna.lena@example.org"), Profile("Otto", "+431"))
    with ledger.store.unit() as unit:
        unit.put_card(CardRow(ledger.ids.random_id(), card_number(1), ledger.member(1)))
    assert names(reader, text) == ["Anna-Lena Müllerin"]


@pytest.mark.parametrize(
    "text", ["anna 9999", "otto 4567", "m 0171 12", "otto anna", "xy an", "anna anna otto", "0000"]
)
def test_it_finds_nobody_by(ledger: LedgerOfTests, reader: Reader, text: str) -> None:
    """A name with another one's number, and words that only two members have together."""
    enrol(ledger, Profile("Anna Berg", "+491711234567"), Profile("Otto Tal", "+431"))
    assert names(reader, text) == []


def test_each_word_typed_is_another_word_of_the_name(ledger: LedgerOfTests, reader: Reader) -> None:
    """Who types "an a" wants Anna Albers; other Annas follow, because the second word may be the first once more."""
    enrol(ledger, Profile("Anna Müller"), Profile("Anna Albers"), Profile("Berta Albers"))
    assert names(reader, "an") == ["Anna Albers", "Anna Müller"]
    assert set(names(reader, "anna a")) == {"Anna Albers", "Anna Müller"}
    assert names(reader, "al an") == ["Anna Albers"]


def test_whole_words_come_first_then_who_bought_last(ledger: LedgerOfTests, reader: Reader) -> None:
    """Anna before Annabell, whoever bought; among the Annas the one who was here last."""
    enrol(ledger, Profile("Anna Zorn"), Profile("Annabell Abel"), Profile("Anna Berg"), Profile("Anna Abel"))
    ledger.append(ledger.sale(ledger.member(2)))
    ledger.clock.advance(days=1)
    ledger.append(ledger.sale(ledger.member(1)))
    assert names(reader, "anna") == ["Anna Zorn", "Anna Abel", "Anna Berg", "Annabell Abel"]


def test_it_says_when_more_fit(ledger: LedgerOfTests, reader: Reader) -> None:
    """Beyond the limit, and beyond what is ranked at all."""
    enrol(ledger, *(Profile(f"Anna M{chr(97 + index // 10)}{chr(97 + index % 10)}", "+491") for index in range(60)))
    found = reader.find("anna")
    assert (len(found.hits), found.more, found.complete) == (20, True, True)
    assert len(reader.find("anna", limit=1_000).hits) == search.FITTING_MAX
    assert reader.find("anna maa").more is False
    assert len(reader.find("anna m", limit=1_000).hits) == search.FITTING_MAX
    assert reader.find("m anna").more
    assert [reader.find(text).more for text in ("anna a", "maa an")] == [True, False]


def test_no_search_reads_far(ledger: LedgerOfTests, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many have two words that begin alike with other words: what is read ends, and that is told."""
    monkeypatch.setattr(search, "SCANNED_MAX", 56)
    endings = [f"{first}{second}" for first in "cdefghij" for second in "klmnopq"]
    enrol(
        ledger,
        *(Profile(f"Annax Mulleb{ending}", "+491711234567") for ending in endings),
        *(Profile(f"Annab{ending} Mully") for ending in endings),
    )
    found = reader.find("annab mulleb")
    assert (found.hits, found.more) == ((), True)
    found = reader.find("annax 4567")
    assert (len(found.hits), found.more) == (search.SCANNED_MAX // 4, True)
    assert reader.find("annab 4567").hits == ()


def test_words_are_given_to_what_was_typed_without_waste() -> None:
    """The longest beginning first: what fits it fits the shorter ones as well."""
    cases: Sequence[tuple[list[str], tuple[str, ...], bool]] = (
        (["annabell", "anna"], ("annab", "anna"), True),
        (["anton", "annika"], ("ann", "an"), True),
        (["anna"], ("anna", "a"), False),
        ([], ("a",), False),
        (["anna"], (), True),
    )
    for words, typed, expected in cases:
        assert fits(words, typed) is expected


def test_what_was_typed_is_read_in_every_way() -> None:
    """A single word may be a name, a card or an address; a page that was pasted is cut."""
    assert parse_query("29Ab").card == "29AB"
    assert parse_query("Anna@x.de").email == "anna@x.de"
    assert parse_query("anna x").email == ""
    assert parse_query("anna 12").digits == ""
    assert len(parse_query("9" * 500).digits) == search.QUERY_LENGTH_MAX


def test_a_broken_index_finds_cards_all_the_same(ledger: LedgerOfTests) -> None:
    """And says that not everybody could be found."""
    enrol(ledger, Profile("Anna Berg", birthday=date(1990, 1, 1)))
    with ledger.store.unit() as unit:
        unit.put_card(CardRow(ledger.ids.random_id(), card_number(1), ledger.member(1)))
    with ledger.store.reader() as reader:
        assert reader.find("anna").complete
    ledger.store.close()
    path = ledger.directory / "search.sqlite"
    data = bytearray(path.read_bytes())
    for page in range(1, len(data) // 4096):
        data[page * 4096 : page * 4096 + 64] = bytes(64)
    path.write_bytes(data)
    with ledger.store.reader() as other:
        found = other.find(card_number(1))
        assert ([hit.name for hit in found.hits], found.complete) == (["Anna Berg"], False)
        assert other.find("anna").hits == ()


def test_a_number_that_very_many_have_is_cut(ledger: LedgerOfTests, reader: Reader) -> None:
    """A family of sixty on one phone: some are shown, and that there are more."""
    enrol(ledger, *(Profile(f"Kind {chr(97 + index)}", "+491711234567") for index in range(60)))
    found = reader.find("4567", limit=100)
    assert (len(found.hits), found.more) == (search.NUMBERED_MAX, True)
    assert reader.find("0000").more is False


def test_a_name_with_a_number_is_all_of_the_name(ledger: LedgerOfTests, reader: Reader) -> None:
    """Beginnings of its words: neither a piece from within one nor another first name."""
    enrol(ledger, Profile("Anna Moller", "+491711234567"), Profile("Bela Moller", "+491711234568"))
    assert [hit.name for hit in reader.search("anna moll 4567")] == ["Anna Moller"]
    assert reader.search("bela moll 4567") == []
    assert reader.search("moller bela 4567") == []
    assert reader.search("ler 4567") == []
    assert reader.search("-") == []
