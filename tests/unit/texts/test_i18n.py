"""Numbers, money and time as people in Germany and in Britain write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.fakes.clock import us_of
from texts.i18n import LANGUAGES, Texts, mark, shop_time

WINTER_MIN = 60
"""German winter time's offset from UTC, in minutes."""

TODAY = date(2026, 11, 21)


def at(year: int, month: int, day: int, hour: int, minute: int = 0) -> int:
    """A moment in UTC, in microseconds since 1970."""
    return us_of(datetime(year, month, day, hour, minute, tzinfo=UTC))


@pytest.mark.parametrize(
    ("language", "currency", "cents", "expected"),
    [
        ("de", "EUR", 2345, "23,45\u00a0€"),
        ("de", "EUR", 0, "0,00\u00a0€"),
        ("de", "EUR", 1_234_567, "12.345,67\u00a0€"),
        ("de", "EUR", -300, "−3,00\u00a0€"),
        ("de", "CHF", 2345, "23,45\u00a0CHF"),
        ("en", "EUR", 2345, "€23.45"),
        ("en", "EUR", 1_234_567, "€12,345.67"),
        ("en", "EUR", -300, "−€3.00"),
        ("en", "GBP", 5, "£0.05"),
    ],
)
def test_money_has_its_sign_and_groups_and_never_breaks_across_lines(
    language: str, currency: str, cents: int, expected: str
) -> None:
    """A no-break space holds number and sign together, and a minus is a real minus."""
    assert Texts(language, currency).money(cents) == expected


@pytest.mark.parametrize(
    ("language", "cents", "expected"),
    [("de", 2345, "23,45"), ("de", 150_000, "1.500,00"), ("de", -5, "−0,05"), ("en", 150_000, "1,500.00")],
)
def test_a_plain_amount_has_two_decimals_and_no_sign(language: str, cents: int, expected: str) -> None:
    """What stands in an amount field beside the currency's sign."""
    assert Texts(language).plain_amount(cents) == expected


@pytest.mark.parametrize(("language", "mark_shown"), [("de", ","), ("en", ".")])
def test_the_keypad_shows_the_languages_own_decimal_mark(language: str, mark_shown: str) -> None:
    """German cashiers look for a comma."""
    assert Texts(language).decimal_mark == mark_shown


@pytest.mark.parametrize(("currency", "sign"), [("EUR", "€"), ("GBP", "£"), ("CHF", "CHF")])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_currencys_sign_is_the_same_in_both_languages(language: str, currency: str, sign: str) -> None:
    """A currency without a sign of its own shows its code."""
    assert Texts(language, currency).currency_sign == sign


@pytest.mark.parametrize(
    ("language", "value", "number", "signed"),
    [
        ("de", 1284, "1.284", "+1.284"),
        ("de", -1284, "−1.284", "−1.284"),
        ("de", 0, "0", "0"),
        ("en", 1284, "1,284", "+1,284"),
        ("en", -300, "−300", "−300"),
    ],
)
def test_numbers_have_groups_and_a_real_minus(language: str, value: int, number: str, signed: str) -> None:
    """Nothing that moved no points has a sign."""
    texts = Texts(language)
    assert (texts.number(value), texts.signed(value)) == (number, signed)


@pytest.mark.parametrize(
    ("language", "count", "expected"),
    [
        ("de", 0, "0 Punkte"),
        ("de", 1, "1 Punkt"),
        ("de", -1, "−1 Punkt"),
        ("de", 1284, "1.284 Punkte"),
        ("en", 0, "0 points"),
        ("en", 1, "1 point"),
        ("en", -2, "−2 points"),
    ],
)
def test_points_take_the_right_plural(language: str, count: int, expected: str) -> None:
    """A debt of one point is one point."""
    assert Texts(language).points(count) == expected


@pytest.mark.parametrize(
    ("language", "value", "expected"),
    [
        ("de", Decimal("55.7"), "55,7\u00a0%"),
        ("de", Decimal(8), "8,0\u00a0%"),
        ("de", Decimal("-8.25"), "−8,2\u00a0%"),
        ("en", Decimal("55.7"), "55.7%"),
        ("de", None, "–"),
        ("en", None, "–"),
    ],
)
def test_a_rate_has_one_decimal_and_a_rate_of_nothing_is_a_dash(
    language: str, value: Decimal | None, expected: str
) -> None:
    """An undefined rate is neither nought nor an error."""
    assert Texts(language).percent(value) == expected


@pytest.mark.parametrize(
    ("language", "style", "expected"),
    [
        ("de", "short", "Mi 18.11."),
        ("de", "medium", "18.11.2026"),
        ("de", "full", "Mittwoch, 18. November 2026"),
        ("en", "short", "Wed 18 Nov"),
        ("en", "medium", "18 Nov 2026"),
        ("en", "full", "Wednesday, 18 November 2026"),
    ],
)
def test_a_day_is_written_in_three_lengths(language: str, style: str, expected: str) -> None:
    """As the pictures show it."""
    assert Texts(language).day(date(2026, 11, 18), style) == expected


def test_a_day_is_short_unless_told_and_remembered_either_way() -> None:
    """The cache in front of it takes the style by position, by name and by default."""
    texts, day = Texts("en"), date(2026, 11, 18)
    assert texts.day(day) == texts.day(day, "short") == texts.day(day, style="short") == "Wed 18 Nov"
    assert texts.day(day) is texts.day(day)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_time_is_the_shops_wall_clock_with_24_hours(language: str) -> None:
    """Half past one in the afternoon UTC is half past two in a German winter."""
    assert Texts(language).time(at(2026, 11, 21, 13, 32), WINTER_MIN) == "14:32"
    assert Texts(language).time(at(2026, 11, 21, 23, 5), WINTER_MIN) == "00:05"


@pytest.mark.parametrize(
    ("at_us", "german", "english"),
    [
        (at(2026, 11, 21, 7, 12), "Heute 08:12", "Today 08:12"),
        (at(2026, 11, 20, 23, 30), "Heute 00:30", "Today 00:30"),
        (at(2026, 11, 20, 22, 30), "Gestern 23:30", "Yesterday 23:30"),
        (at(2026, 11, 19, 12), "Do 19.11.", "Thu 19 Nov"),
        (at(2026, 2, 3, 12), "Di 3.2.", "Tue 3 Feb"),
        (at(2025, 11, 21, 12), "21.11.2025", "21 Nov 2025"),
        (at(2024, 5, 1, 12), "01.05.2024", "1 May 2024"),
    ],
)
def test_a_moment_says_no_more_than_is_needed(at_us: int, german: str, english: str) -> None:
    """Today and yesterday by the shop's clock with their time, recent days without the year, older ones with it."""
    assert Texts("en").moment(at_us, WINTER_MIN, TODAY) == english
    assert Texts("de").moment(at_us, WINTER_MIN, TODAY) == german


def test_an_unknown_language_is_english() -> None:
    """A setting from elsewhere must not keep the till shut."""
    texts = Texts("fr")
    assert texts.language == "en"
    assert texts._("Scan a card") == "Scan a card"


def test_a_sentence_nobody_translated_is_shown_as_it_is() -> None:
    """Better English than nothing."""
    assert Texts("de")._("A sentence that is nowhere") == "A sentence that is nowhere"
    assert Texts("de").n_("{count} thing", "{count} things", 2) == "{count} things"


def test_marking_a_sentence_leaves_it_as_it_is() -> None:
    """It is only a sign for the tool that collects sentences."""
    assert mark("Scan a card") == "Scan a card"


def test_the_shops_time_counts_a_fraction_of_a_second_as_past() -> None:
    """Never a moment later than what was recorded."""
    assert shop_time(1_999_999, 0).second == 1


@pytest.mark.parametrize(
    ("count", "german", "english"),
    [
        (0, "0 Punkte gutschreiben", "Award 0 points"),
        (1, "1 Punkt gutschreiben", "Award 1 point"),
        (46, "46 Punkte gutschreiben", "Award 46 points"),
    ],
)
def test_the_green_button_says_what_enter_does(count: int, german: str, english: str) -> None:
    """The caption of the picture, in the right plural."""
    for language, expected in (("de", german), ("en", english)):
        sentence = Texts(language).n_("Award {count} point", "Award {count} points", count)
        assert sentence.format(count=count) == expected
