"""The member's receipt on paper of 58 and 80 mm, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from hardware.receipt import WIDTH_58_MM, WIDTH_80_MM, ReceiptLine, ReceiptStyle, render
from loyalty.outcomes import Refused
from loyalty.records import ReversalReason
from loyalty.reversal import ReversalRequest
from loyalty.sale import Basket, BasketLine, RewardRequest
from terminal.app.earn import EarnCommand, Earned, earn
from terminal.app.enrol import EnrolCommand, Enrolled, enrol
from terminal.app.redeem import RedeemCommand, Redeemed, redeem
from terminal.app.reverse import ReverseCommand, Reversed, reverse
from terminal.presenters.outcomes import Booked
from terminal.presenters.receipts import receipt
from terminal.presenters.states import ReceiptText
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


def on_paper(text: ReceiptText) -> ReceiptLine:
    """A finished line as the layout wants it."""
    styles = {
        (False, False): ReceiptStyle.NORMAL,
        (True, False): ReceiptStyle.STRONG,
        (False, True): ReceiptStyle.CENTRED,
        (True, True): ReceiptStyle.TITLE,
    }
    style = ReceiptStyle.RULE if text.rule else styles[text.strong, text.centred]
    return ReceiptLine(text.text, text.right, style)


def printed(shop: Counter, booked: Booked, language: str, width: int) -> list[str]:
    """A booking's receipt as lines of characters."""
    lines = receipt(Texts(language), shop.till.programme, shop.store.shop, booked)
    return render([on_paper(line) for line in lines], width)


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
    last = {"de": "Kein Kassenbeleg", "en": "Not a fiscal receipt"}[language]
    assert [printed(shop, booked, language, WIDTH_58_MM)[-1].strip() for booked in receipts.values()] == [last] * 5


def test_a_debt_is_printed_with_a_minus(shop: Counter) -> None:
    """Undoing a sale whose points are spent leaves a debt, and the receipt says so."""
    card = "BM-DEBT00000001"
    sale = done(earn(shop.till, EarnCommand(shop.ids.record_id(), card, Basket(30_000))))
    done(redeem(shop.till, RedeemCommand(shop.ids.record_id(), card, RewardRequest("coffee"))))
    undo = ReversalRequest(sale.record.record_id)
    undone = done(reverse(shop.till, ReverseCommand(shop.ids.record_id(), undo, ReversalReason.RETURN)))
    assert "Neuer Punktestand    -300 Punkte" in printed(shop, undone, "de", WIDTH_58_MM)
