"""The member's receipt on paper of 58 and 80 mm, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TypeVar

import pytest

from hardware.receipt import WIDTH_58_MM, WIDTH_80_MM, render
from loyalty.outcomes import Refused
from loyalty.records import ReversalReason
from loyalty.reversal import ReversalRequest
from loyalty.sale import Basket, BasketLine, RewardRequest
from terminal.app.earn import EarnCommand, Earned, earn
from terminal.app.enrol import EnrolCommand, Enrolled, enrol
from terminal.app.expiring import NextToExpire
from terminal.app.redeem import RedeemCommand, Redeemed, redeem
from terminal.app.reverse import ReverseCommand, Reversed, reverse
from terminal.presenters.outcomes import Booked
from terminal.presenters.receipts import PLAIN, Circumstances, receipt, receipt_file_name
from tests.fakes.counter import ANNA, NEW_CARD, Counter
from texts.i18n import LANGUAGES, Texts

EXPECTED = Path(__file__).parent / "receipts"
"""One file per language and width with all receipts as they come out of the printer."""

B = TypeVar("B", Earned, Redeemed, Reversed, Enrolled)

WITH_TOBACCO = Basket(
    3345, 0, (BasketLine("1", "Brot", 1, 2000), BasketLine("2", "Kuchen", 1, 800), BasketLine("3", "Tabak", 1, 545))
)
"""Anna's larger purchase; 5.45 of it are excluded."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """One bakery for all receipts: nothing here depends on what was booked before, except where the test books it."""
    made = Counter(tmp_path_factory.mktemp("receipts") / "till")
    yield made
    made.close()


@pytest.fixture(scope="module")
def receipts(shop: Counter) -> dict[str, Booked]:
    """Five bookings, one after the other, as a morning goes."""

    def sold(basket: Basket, *rewards: str) -> Earned:
        requests = tuple(RewardRequest(reward) for reward in rewards)
        return done(earn(shop.till, EarnCommand(shop.ids.record_id(), ANNA, basket, requests)))

    sale = sold(Basket(2345))
    with_reward = sold(WITH_TOBACCO, "off-5")
    coffee = redeem(shop.till, RedeemCommand(shop.ids.record_id(), ANNA, RewardRequest("coffee")))
    undo = ReversalRequest(with_reward.record.record_id)
    undone = reverse(shop.till, ReverseCommand(shop.ids.record_id(), undo, ReversalReason.MISTAKE))
    new = enrol(shop.till, EnrolCommand(shop.ids.record_id(), NEW_CARD, "Maximiliane Öztürk-Schönfelder"))
    return {
        "sale": sale,
        "sale with reward": with_reward,
        "redemption": done(coffee),
        "reversal": done(undone),
        "enrolment": done(new),
    }


def done(outcome: B | Refused) -> B:
    """What was booked; a refusal is a mistake of the test."""
    assert not isinstance(outcome, Refused)
    return outcome


def printed(
    shop: Counter, booked: Booked, language: str, width: int, circumstances: Circumstances = PLAIN
) -> list[str]:
    """A booking's receipt as lines of characters."""
    found = receipt(Texts(language), shop.till.programme, shop.store.shop, booked, circumstances)
    return render(found.lines, width)


def expected(language: str, width: int) -> dict[str, list[str]]:
    """The receipts of a file by their headings, ``== sale ==`` and so on."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in (EXPECTED / f"{language}-{width}.txt").read_text("utf-8").splitlines():
        if line.startswith("== "):
            lines = found.setdefault(line.strip("= "), [])
        else:
            lines.append(line)
    return found


@pytest.mark.parametrize("width", [WIDTH_58_MM, WIDTH_80_MM])
@pytest.mark.parametrize("language", LANGUAGES)
def test_receipts_look_as_agreed(shop: Counter, receipts: dict[str, Booked], language: str, width: int) -> None:
    """Every line of every kind, in both languages and on both papers."""
    shown = {name: printed(shop, booked, language, width) for name, booked in receipts.items()}
    assert shown == expected(language, width)


@pytest.mark.parametrize("width", [WIDTH_58_MM, WIDTH_80_MM])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_wider_than_the_paper_and_the_euro_sign_stays(
    shop: Counter, receipts: dict[str, Booked], language: str, width: int
) -> None:
    """A printer wraps what is too wide wherever it happens to stand, and no-break spaces are on no code page."""
    for booked in receipts.values():
        lines = printed(shop, booked, language, width)
        assert max(len(line) for line in lines) <= width
        assert booked.balance == 0 or "€" in "".join(lines)
        assert not {"\u00a0", "\u202f", "\u2212"} & set("".join(lines))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_receipt_says_that_it_is_no_fiscal_receipt(
    shop: Counter, receipts: dict[str, Booked], language: str
) -> None:
    """The register's receipt is another one; nobody shall mistake the two."""
    words = {"de": "Kein Kassenbeleg", "en": "Not a fiscal receipt"}[language]
    for booked in receipts.values():
        for circumstances in (PLAIN, Circumstances(copied="22.11.2026 09:12"), Circumstances(has_balance=False)):
            assert words in [line.strip() for line in printed(shop, booked, language, WIDTH_58_MM, circumstances)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_says_so_and_when_it_was_made(shop: Counter, receipts: dict[str, Booked], language: str) -> None:
    """At the top, before anything else; the rest is what the first paper said."""
    texts, sale = Texts(language), receipts["sale"]
    copy = printed(shop, sale, language, WIDTH_80_MM, Circumstances(copied="22.11.2026 09:12"))
    assert copy[1].strip() == texts._("Copy")
    assert "22.11.2026 09:12" in copy[2]
    assert copy[:1] + copy[3:] == printed(shop, sale, language, WIDTH_80_MM)


@pytest.mark.parametrize("language", LANGUAGES)
def test_points_that_expire_next_are_named_with_their_last_day(
    shop: Counter, receipts: dict[str, Booked], language: str
) -> None:
    """Right behind the balance; a programme whose points live for ever says nothing."""
    texts, sale = Texts(language), receipts["sale"]
    circumstances = Circumstances(expiring=NextToExpire(1_300, date(2027, 12, 31)))
    lines = printed(shop, sale, language, WIDTH_80_MM, circumstances)
    more = [line for line in lines if line not in printed(shop, sale, language, WIDTH_80_MM)]
    assert len(more) == 1
    assert texts.number(1_300) in more[0]
    assert texts.day(date(2027, 12, 31), "medium") in more[0]


def test_the_code_for_another_till_goes_into_the_qr_code_and_not_into_the_text(
    shop: Counter, receipts: dict[str, Booked]
) -> None:
    """Nobody types 200 characters; the number of the booking stands there for whoever has no scanner."""
    found = receipt(
        Texts("en"), shop.till.programme, shop.store.shop, receipts["sale"], Circumstances(code="SKR1" + "0" * 60)
    )
    assert found.qr == "SKR1" + "0" * 60
    assert found.qr_caption == "For a return at another till"
    lines = render(found.lines, WIDTH_58_MM)
    assert not any("SKR1" in line for line in lines)
    assert "".join(line.strip() for line in lines[-2:]) == str(receipts["sale"].record.record_id)
    alone = receipt(Texts("en"), shop.till.programme, shop.store.shop, receipts["sale"])
    assert (alone.qr, alone.qr_caption) == ("", "")


def test_an_old_booking_of_a_joined_till_is_copied_without_a_balance(
    shop: Counter, receipts: dict[str, Booked]
) -> None:
    """Today's balance is not what the first paper said."""
    lines = printed(shop, receipts["sale"], "en", WIDTH_80_MM, Circumstances(has_balance=False))
    assert not any("New balance" in line or "Worth" in line for line in lines)


def test_the_file_of_a_receipt_sorts_by_its_time_and_is_one_per_booking(receipts: dict[str, Booked]) -> None:
    """A copy overwrites its first file and nobody else's."""
    names = [receipt_file_name(Texts("en"), booked.record) for booked in receipts.values()]
    assert len(set(names)) == len(names)
    assert all(name.startswith("Receipt 2026-11-21 10-00 ") and name.endswith(".pdf") for name in names)


@pytest.mark.usefixtures("receipts")  # made first: the numbers of bookings are counted, and stand on the paper
def test_a_debt_is_printed_with_a_minus(shop: Counter) -> None:
    """Undoing a sale whose points are spent leaves a debt, and the receipt says so."""
    card = "BM-DEBT00000001"
    sale = done(earn(shop.till, EarnCommand(shop.ids.record_id(), card, Basket(30_000))))
    done(redeem(shop.till, RedeemCommand(shop.ids.record_id(), card, RewardRequest("coffee"))))
    undo = ReversalRequest(sale.record.record_id)
    undone = done(reverse(shop.till, ReverseCommand(shop.ids.record_id(), undo, ReversalReason.RETURN)))
    assert "Neuer Punktestand    -300 Punkte" in printed(shop, undone, "de", WIDTH_58_MM)
