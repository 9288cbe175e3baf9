"""What a member is told who asks what is stored (GDPR, articles 15 and 20): as JSON, and on paper."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from loyalty.directory import CardStatus, Profile
from loyalty.lines import Explanation
from loyalty.outcomes import Reason, Refused
from loyalty.programme import parse_programme
from loyalty.records import CardAction, CardChange, Consent, Enrolment, Expiry, Feedback, ProgrammeChange, Purpose
from storage.types import CardRow
from terminal.app.export import Export, export_member
from terminal.app.till import Till
from terminal.settings.retention import RetentionSettings
from tests.fakes.ledger import PROGRAMME, LedgerOfTests, card_number
from tests.fakes.ledger_joined import JoinedLedger
from tests.fakes.pdf_words import pages_of, words_of
from texts.i18n import Texts

if TYPE_CHECKING:
    from uuid import UUID

ANNA = Profile("Änne Müller", "+49301234567", "aenne@example.org", date(1980, 2, 29))


def lived(ledger: LedgerOfTests) -> UUID:
    """A member with every kind of record about her: two cards, a joined account, new rules in between."""
    member, other = ledger.member(1), ledger.member(2)
    cards = [CardRow(ledger.ids.random_id(), card_number(number), ledger.member(number)) for number in (1, 2)]
    with ledger.store.unit() as unit:
        for card in cards:
            unit.put_card(card)
        unit.put_profile(member, ANNA)
        unit.append(Enrolment(**ledger.header(member), card_ref=cards[0].card_ref, referred_by=other))
        for purpose, granted in ((Purpose.EMAIL, True), (Purpose.SMS, False)):
            consent = Consent(**ledger.header(member), purpose=purpose, text_version="2026-1", granted=granted)
            unit.append(consent)
    sale = ledger.sale(member, 5_000, 50, ledger.reward(), receipt="R-17")
    explained = Explanation("base", 50, {"eligible_cents": 5_000, "rate_points": 1, "rate_cents": 100})
    line = msgspec.structs.replace(sale.lines[0], sku="4711")
    sale = msgspec.structs.replace(sale, explain=(explained,), lines=(line,))
    text_ref = ledger.ids.random_id()
    with ledger.store.unit() as unit:
        unit.append(sale)
        unit.put_text(text_ref, "zu dunkel gebacken")
        unit.append(msgspec.structs.replace(ledger.reversal(sale, 1_000, 10), text_ref=text_ref))
    ledger.append(
        ledger.sale(other, 7_000),
        ledger.merge(other, member),
        ledger.adjustment(member, 5),
        ledger.redemption(member),
        Expiry(**ledger.header(member), lot_id=ledger.ids.record_id(), points=1, last_day=date(2026, 11, 1)),
        Feedback(**ledger.header(member), booking_id=sale.record_id, stars=4),
    )
    ledger.clock.advance(days=1)
    document = PROGRAMME.replace("version = 1", "version = 2", 1).replace("2026-1", "2026-2")
    programme = parse_programme(document.replace("Hinweis", "Neuer Hinweis").replace("Notice", "Newer notice"))
    assert not isinstance(programme, list)
    with ledger.store.unit() as unit:
        unit.put_programme(programme, document.replace("Hinweis", "Neuer Hinweis").replace("Notice", "Newer notice"))
        unit.append(ProgrammeChange(**ledger.header(None), version=2, document_hash=""))
        header = ledger.header(member, programme_version=2)
        unit.append(Consent(**header, purpose=Purpose.EMAIL, text_version="2026-2", granted=False))
        unit.put_card(msgspec.structs.replace(cards[1], status=CardStatus.BLOCKED, member_id=member))
        unit.append(CardChange(**ledger.header(member), action=CardAction.BLOCK, card_ref=cards[1].card_ref))
    return member


def exported(ledger: LedgerOfTests, language: str = "en", kept: RetentionSettings | None = None) -> Export:
    """The files in a language."""
    till = Till(ledger.store, ledger.clock, ledger.ids)
    with ledger.store.reader() as reader:
        done = export_member(till, reader, card_number(1), Texts(language), kept or RetentionSettings())
    assert isinstance(done, Export), done
    return done


def document_of(export: Export) -> dict[str, Any]:
    """The machine-readable file."""
    document: dict[str, Any] = json.loads(export.files["member.json"])
    return document


def paper_of(export: Export) -> str:
    """All words of the paper."""
    return " ".join(words_of(export.files["member.pdf"]))


def test_the_file_for_machines_has_all_there_is(ledger: LedgerOfTests) -> None:
    """Person, cards, every yes and no with its text, bookings with lines, reasons and notes, periods, recipients."""
    member = lived(ledger)
    export = exported(ledger)
    document = document_of(export)
    assert export.member_id == member
    assert document["format"] == "stammkunde-member/2"
    assert document["shop"] == {"name": "Bäckerei Morgenrot", "till": "Kasse 1", "currency": "EUR"}
    assert document["member"]["birthday"] == "1980-02-29"
    assert {card["card"]: card["status"] for card in document["member"]["cards"]} == {
        card_number(1): "active",
        card_number(2): "blocked",
    }
    said = [(each["purpose"], each["granted"], each["text_version"]) for each in document["consent_history"]]
    assert said == [("email", True, "2026-1"), ("sms", False, "2026-1"), ("email", False, "2026-2")]
    assert document["privacy_notices"]["2026-1"] == {"de": "Hinweis", "en": "Notice"}
    assert document["privacy_notices"]["2026-2"] == {"de": "Neuer Hinweis", "en": "Newer notice"}
    kinds = sorted(booking["kind"] for booking in document["bookings"])
    assert kinds == ["adjustment", "expiry", "redemption", "reversal", "sale", "sale"]
    sale = next(booking for booking in document["bookings"] if booking.get("receipt") == "R-17")
    assert (sale["lines"][0]["sku"], sale["redemptions"][0]["reward_id"]) == ("4711", "coffee")
    assert [reason["text"] for reason in sale["explain"]] == ["50 base points for €50.00"]
    assert [booking["note"] for booking in document["bookings"] if "note" in booking] == ["zu dunkel gebacken"]
    assert [rating["stars"] for rating in document["ratings"]] == [4]
    assert [enrolment["card"] for enrolment in document["enrolments"]] == [card_number(1)]
    assert [change["action"] for change in document["card_changes"]] == ["merge", "block"]
    assert (document["recipients"], document["kept"]["vouchers_years"]) == ([], 8)
    assert len(document["information"]) == 4


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("What is stored about you", "Änne Müller", "R-17", "zu dunkel gebacken", "Who gets it", "Your rights")),
        ("de", ("Änne Müller", "R-17", "zu dunkel gebacken", "Neuer Hinweis", "29.02.1980", "4711")),
    ],
)
def test_the_paper_says_it_to_people(ledger: LedgerOfTests, language: str, words: tuple[str, ...]) -> None:
    """Letter by letter in the file, also umlauts; card numbers whole, for it is the member's own paper."""
    lived(ledger)
    export = exported(ledger, language)
    paper = paper_of(export)
    assert [word for word in (*words, card_number(1), card_number(2)) if word not in paper] == []
    assert pages_of(export.files["member.pdf"]) >= 1


def test_a_long_life_takes_more_pages(ledger: LedgerOfTests) -> None:
    """Every booking is there, beyond what one question to the ledger brings."""
    lived(ledger)
    ledger.append(*(ledger.sale(ledger.member(1), 100, 1, receipt=f"B{number}") for number in range(620)))
    export = exported(ledger)
    assert len(document_of(export)["bookings"]) == 626
    assert pages_of(export.files["member.pdf"]) > 10
    assert "B0 " in f"{paper_of(export)} "


def test_a_card_nobody_enrolled_has_a_paper_too(ledger: LedgerOfTests) -> None:
    """There is little to tell, and what is not there is not claimed; without a limit no limit is named."""
    with ledger.store.unit() as unit:
        unit.put_card(CardRow(ledger.ids.random_id(), card_number(1), ledger.member(1)))
    export = exported(ledger, kept=RetentionSettings(inactive_years=0))
    document = document_of(export)
    assert (document["member"]["name"], document["bookings"], document["consent_history"]) == (None, [], [])
    assert document["kept"]["inactive_years"] is None
    paper = paper_of(export)
    assert "not enrolled" in paper
    assert "Your ratings" not in paper
    assert "last visit" not in paper


def test_it_says_who_else_has_the_data(joined: JoinedLedger) -> None:
    """Head office, under its name and address, and that other tills' bookings are told there."""
    with joined.store.unit() as unit:
        unit.put_card(CardRow(joined.ids.random_id(), card_number(1), joined.member(1)))
        unit.put_profile(joined.member(1), ANNA)
        unit.append(joined.enrolment(joined.member(1)))
        unit.append(joined.sale(joined.member(1)))
    export = exported(joined)
    (recipient,) = document_of(export)["recipients"]
    assert (recipient["kind"], recipient["store"], recipient["url"]) == (
        "head_office",
        "Mitte",
        "http://127.0.0.1:8777",
    )
    assert "The head office of Mitte" in paper_of(export)
    assert "head office tells those of the others" in paper_of(export)


def test_a_card_nobody_knows_has_nothing(ledger: LedgerOfTests) -> None:
    """And no file."""
    till = Till(ledger.store, ledger.clock, ledger.ids)
    with ledger.store.reader() as reader:
        done = export_member(till, reader, card_number(9), Texts("en"), RetentionSettings())
    assert isinstance(done, Refused)
    assert done.reason is Reason.CARD_UNKNOWN
