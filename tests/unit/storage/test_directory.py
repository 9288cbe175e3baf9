"""Cards, profiles, texts, cashiers, programmes, and the search as people at a counter ask."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import pytest

from loyalty.directory import CardStatus, Profile, Role, search_terms
from loyalty.folding import fold_word, fold_words, national_digits
from loyalty.programme import parse_programme
from storage.directory import check_card, read_programme
from storage.errors import Damaged
from storage.types import CardRow, CashierRow, KnownCard
from storage.vault import seal, unseal
from tests.fakes.ledger import PROGRAMME, card_number

if TYPE_CHECKING:
    from storage.store import Reader
    from tests.fakes.ledger import LedgerOfTests

ANNA = Profile("Anna Müller", "+491711234567", "Anna@Example.org", date(1990, 1, 2))


def put(ledger: LedgerOfTests, number: int, profile: Profile | None) -> UUID:
    """Give a member a card and, unless ``None``, a profile."""
    member = ledger.member(number)
    with ledger.store.unit() as unit:
        unit.put_card(CardRow(ledger.ids.random_id(), card_number(number), member))
        if profile:
            unit.put_profile(member, profile)
    return member


def names(reader: Reader, text: str) -> list[str]:
    """Names of the members a search finds."""
    return [hit.name for hit in reader.search(text)]


def test_a_card_is_found_by_number_and_reference(ledger: LedgerOfTests, reader: Reader) -> None:
    """And its status can change; the number can't be given twice."""
    member = put(ledger, 1, None)
    card = reader.card(card_number(1))
    assert card is not None
    assert (card.member_id, card.status) == (member, CardStatus.ACTIVE)
    assert reader.card_by_ref(card.card_ref) == card
    with ledger.store.unit() as unit:
        unit.put_card(msgspec.structs.replace(card, status=CardStatus.BLOCKED))
    assert [row.status for row in reader.cards_of(member)] == [CardStatus.BLOCKED]
    assert reader.card(card_number(2)) is None
    assert reader.card_by_ref(member) is None


def test_a_card_is_kept_once(ledger: LedgerOfTests) -> None:
    """The first use writes the row, later ones leave it as it is, whether or not it was read before."""
    card = CardRow(ledger.ids.random_id(), card_number(1), ledger.member(1))
    other = msgspec.structs.replace(card, card_ref=ledger.ids.random_id(), member_id=ledger.member(2))
    with ledger.store.unit() as unit:
        assert unit.card(card.number) is None
        unit.keep_card(card)
        assert unit.card(card.number) == card
        unit.keep_card(card)
        unit.keep_card(other)
        assert unit.card(card.number) == card
    with ledger.store.unit() as unit:
        unit.card(card.number)
        unit.erase_member(card.member_id)
        unit.keep_card(card)
        assert unit.card(card.number) == card, "what was read before the erasure counts no more"


@pytest.mark.parametrize("case", ["enrolled", "unused", "used", "blocked", "merged", "no key", "erased", "unknown"])
def test_a_scan_reads_what_the_single_reads_say(ledger: LedgerOfTests, reader: Reader, case: str) -> None:
    """One statement for card, account and person, the same answer as one for each; a unit of work gives it, too."""
    member = put(ledger, 1, ANNA if case not in ("unused", "used") else None)
    if case != "unused":
        ledger.append(ledger.sale(member), ledger.enrolment(member))
    with ledger.store.unit() as unit:
        card = unit.card(card_number(1))
        assert card is not None
        if case == "blocked":
            unit.put_card(msgspec.structs.replace(card, status=CardStatus.BLOCKED))
        if case == "merged":
            unit.append(ledger.merge(member, ledger.member(2)))
            unit.put_profile(ledger.member(2), Profile("Berta"))
        if case == "erased":
            unit.erase_member(member)
    if case == "no key":
        ledger.store._vault.run("DELETE FROM member_key")
    number = card_number(9) if case == "unknown" else card_number(1)
    card = reader.card(number)
    wanted = None
    if card is not None:
        account = reader.account(card.member_id)
        wanted = KnownCard(card.status, account, reader.profile(account.member_id))
    assert (wanted is None) is (case in ("unknown", "erased"))
    assert reader.known_card(number) == wanted
    with ledger.store.unit() as unit:
        assert unit.known_card(number) == wanted
        assert unit.card_with_account(number) == (None if card is None else (card, reader.account(card.member_id)))


def test_a_card_that_is_known_from_its_end_alone_is_damage(ledger: LedgerOfTests, reader: Reader) -> None:
    """Else its member would begin anew at nothing; whichever way the card is asked for."""
    put(ledger, 1, ANNA)
    ledger.store._ledger.run("UPDATE card SET number = ?", (card_number(2),))
    for read in (reader.card, reader.known_card, reader.card_with_account):
        with pytest.raises(Damaged, match="in one index and not in another"):
            read(card_number(1))


def test_an_enrolled_card_without_sales_is_known(ledger: LedgerOfTests, reader: Reader) -> None:
    """A person can be on file before the account has a row."""
    put(ledger, 1, ANNA)
    known = reader.known_card(card_number(1))
    assert known is not None
    assert (known.account, known.profile) == (reader.account(ledger.member(1)), ANNA)


def test_a_profile_is_noise_on_the_disk(ledger: LedgerOfTests, reader: Reader) -> None:
    """The ledger file holds no name; with the vault's key the profile comes back whole."""
    member = put(ledger, 1, ANNA)
    assert reader.profile(member) == ANNA
    assert reader.profile(ledger.member(2)) is None
    ledger.store.checkpoint(now=True)
    assert "Müller".encode() not in (ledger.directory / "ledger.sqlite").read_bytes()


def test_a_profile_needs_its_own_key(ledger: LedgerOfTests, reader: Reader) -> None:
    """Another member's box, or a lost key, gives no profile and no error."""
    member = put(ledger, 1, ANNA)
    nonce, box = seal(ANNA, bytes(32), member)
    assert unseal(nonce, box, bytes(32), member.bytes) == ANNA
    assert unseal(nonce, box, bytes(32), ledger.member(2).bytes) is None
    ledger.store._vault.run("DELETE FROM member_key")
    assert reader.profile(member) is None


def test_profiles_and_cards_follow_a_merge(ledger: LedgerOfTests, reader: Reader) -> None:
    """Either number leads to the surviving account's person and to both cards."""
    first, second = put(ledger, 1, None), put(ledger, 2, ANNA)
    ledger.append(ledger.merge(first, second))
    assert reader.profile(first) == reader.profile(second) == ANNA
    assert {card.number for card in reader.cards_of(first)} == {card_number(1), card_number(2)}
    assert [hit.member_id for hit in reader.search(card_number(1)[-4:])] == [second]


@pytest.mark.parametrize(
    "text",
    [
        "anna",
        "MÜLL",
        "mueller",
        "muller",
        "müller anna",
        "an mu",
        "  Anna  ",
        "0171 123",
        "+49 171",
        "00491711",
        "4567",
        "34567",
        "anna@",
        "ANNA@example.org",
        card_number(1),
        card_number(1)[-4:],
    ],
)
def test_search_finds_a_member_by(ledger: LedgerOfTests, reader: Reader, text: str) -> None:
    """Beginnings of words in any order and spelling, phone from both ends, card from its end, e-mail from its start."""
    put(ledger, 1, ANNA)
    put(ledger, 2, Profile("Otto Schmidt", "+4366012399", "otto@example.org"))
    assert names(reader, text) == ["Anna Müller"]


@pytest.mark.parametrize(
    "text", ["", " ", "x", "anna schmidt", "nna", "171", "567", "ller", "%", "_", "'", "💶", "8907x", "0000"]
)
def test_search_finds_nobody_by(ledger: LedgerOfTests, reader: Reader, text: str) -> None:
    """No middle of a word, too few digits, no wildcards, no word that only another member has."""
    put(ledger, 1, ANNA)
    put(ledger, 2, Profile("Otto Schmidt"))
    assert names(reader, text) == []


def test_hits_are_masked_sorted_and_bounded(ledger: LedgerOfTests, reader: Reader) -> None:
    """The screen faces the queue: only ends of numbers are shown."""
    for number in range(5):
        put(ledger, number, Profile(f"Anna {'EDCBA'[number]}", f"+49171000000{number}"))
    ledger.append(ledger.sale(ledger.member(4)))
    hits = reader.search("anna", limit=3)
    assert len(hits) == 3
    found = reader.search("anna")
    assert [hit.name for hit in found] == ["Anna A", "Anna B", "Anna C", "Anna D", "Anna E"]
    assert (found[0].card_masked, found[0].phone_masked, found[0].balance) == (
        f"•••• {card_number(4)[-4:]}",
        "•••• 0004",
        10,
    )


def test_a_number_that_fits_many_stays_within_the_limit(ledger: LedgerOfTests, reader: Reader) -> None:
    """One member by card and another by phone are two hits; asked for one, one comes."""
    end = card_number(1)[-4:]
    put(ledger, 1, Profile("Anna"))
    put(ledger, 2, Profile("Berta", f"+4917100{end}"))
    assert names(reader, end) == ["Anna", "Berta"]
    assert len(reader.search(end, limit=1)) == 1


def test_an_active_card_is_shown_before_a_replaced_one(ledger: LedgerOfTests, reader: Reader) -> None:
    """Without any card nothing is shown."""
    member = put(ledger, 9, ANNA)
    with ledger.store.unit() as unit:
        unit.put_card(CardRow(ledger.ids.random_id(), card_number(3), member, CardStatus.REPLACED))
        unit.put_profile(ledger.member(5), Profile("Zoe"))
    assert reader.search("anna")[0].card_masked.endswith(card_number(9)[-4:])
    assert reader.search("zoe")[0].card_masked == ""
    assert reader.search(card_number(3))[0].name == "Anna Müller"


def test_a_changed_profile_is_found_by_its_new_words_only(ledger: LedgerOfTests, reader: Reader) -> None:
    """After a marriage the old name finds nobody."""
    put(ledger, 1, ANNA)
    with ledger.store.unit() as unit:
        unit.put_profile(ledger.member(1), Profile("Anna Krüger"))
    assert names(reader, "krue") == ["Anna Krüger"]
    assert names(reader, "mull") == []


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        (Profile("Someone", phone="+491711234567"), 1),
        (Profile("Someone", email="ANNA@example.ORG"), 1),
        (Profile("Mueller, Anna", birthday=date(1990, 1, 2)), 1),
        (Profile("Anna Müller"), 0),
        (Profile("Anna Müller", birthday=date(1991, 1, 2)), 0),
        (Profile("Someone", "+491711234568", "b@example.org"), 0),
    ],
)
def test_duplicates(ledger: LedgerOfTests, reader: Reader, profile: Profile, expected: int) -> None:
    """Same phone, same e-mail, or same name with the same birthday; a name alone is not a person."""
    put(ledger, 1, ANNA)
    assert len(reader.profile_duplicates(profile)) == expected


def test_cashiers_are_listed_by_name(ledger: LedgerOfTests, reader: Reader) -> None:
    """And changed in place."""
    first = CashierRow(ledger.ids.random_id(), "Zoe", Role.CASHIER, "hash")
    second = CashierRow(
        ledger.ids.random_id(), "Ben", Role.MANAGER, "hash", blocked=True, failures=2, locked_until_us=5
    )
    with ledger.store.unit() as unit:
        unit.put_cashier(first)
        unit.put_cashier(second)
    assert reader.cashiers() == [second, first]
    with ledger.store.unit() as unit:
        unit.put_cashier(msgspec.structs.replace(first, failures=1))
    changed = reader.cashier(first.cashier_id)
    assert changed is not None
    assert changed.failures == 1
    assert reader.cashier(ledger.ids.random_id()) is None


def test_texts_lie_beside_the_journal(ledger: LedgerOfTests, reader: Reader) -> None:
    """A record names a text by a random reference."""
    reference = ledger.ids.random_id()
    with ledger.store.unit() as unit:
        unit.put_text(reference, "Brot war verbrannt")
    assert reader.text(reference) == "Brot war verbrannt"
    assert reader.text(ledger.ids.random_id()) is None


def test_an_adopted_programme_is_in_force_after_the_commit(ledger: LedgerOfTests, reader: Reader) -> None:
    """Old versions stay readable for old records."""
    document = PROGRAMME.replace("version = 1", "version = 2", 1).replace("Bonus", "Club")
    newer = parse_programme(document)
    assert not isinstance(newer, list)
    with ledger.store.unit() as unit:
        unit.put_programme(newer, document)
        assert ledger.store.programme.version == 1
    assert ledger.store.programme == newer
    assert reader.programme_at(2) == newer
    old = reader.programme_at(1)
    assert old is not None
    assert old.name == "Morgenrot Bonus"
    assert reader.programme_at(3) is None
    assert ledger.reopen().programme == newer


def test_a_stored_programme_that_can_not_be_read_is_damage() -> None:
    """It was checked before it was stored."""
    with pytest.raises(Damaged, match="programme"):
        read_programme("format = 1")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Müller", "Mueller"),
        ("MÜLLER", "muller"),
        ("Groß", "gross"),
        ("Jäger", "Jaeger"),
        ("Søren", "Soeren"),
        ("Łukasz", "Lukasz"),
        ("Émile", "emile"),
        ("Œuvre", "Oeuvre"),
        ("Ayşe", "Ayse"),
        ("IŞIK", "isik"),
    ],
)
def test_spellings_fold_to_one(left: str, right: str) -> None:
    """Umlauts, accents, case and ligatures make no other name."""
    assert fold_word(left) == fold_word(right)


def test_words_are_bounded() -> None:
    """A pasted page is no name: so many words, so many letters."""
    assert fold_words("a a b, c-d_e f g h i j k") == ("a", "b", "c", "d", "e", "f", "g", "h")
    assert len(fold_word("x" * 500)) == 60
    assert fold_words("\u0301 ´") == ()


@pytest.mark.parametrize(
    ("phone", "national"),
    [("+491711", "1711"), ("+12025550", "2025550"), ("+35312345", "12345"), ("+79161234", "9161234")],
)
def test_calling_codes_have_one_to_three_digits(phone: str, national: str) -> None:
    """E.164 codes are prefix-free, so their length can be told."""
    assert national_digits(phone) == national


def test_terms_of_a_bare_name() -> None:
    """Without phone, e-mail and birthday only the words count."""
    assert search_terms(Profile("Anna", birthday=None)) == {("word", "anna")}
    assert search_terms(Profile("?", birthday=date(2000, 1, 1))) == set()


@pytest.mark.parametrize(("backwards", "is_indexed"), [("8100000000092", True), ("1800000000092", False)])
def test_a_card_that_its_indexes_contradict_is_damage(backwards: str, *, is_indexed: bool) -> None:
    """Both pages would have to be damaged alike for a scan to show another account."""
    number = "2900000000081"
    check_card(number, number[::-1], is_indexed=True)
    with pytest.raises(Damaged, match="not what its indexes say"):
        check_card(number, backwards, is_indexed=is_indexed)
