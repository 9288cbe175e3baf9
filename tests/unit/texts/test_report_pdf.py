"""The daily report on paper."""

from __future__ import annotations

from datetime import date

import pytest

from loyalty.kpi import Assumptions
from loyalty.records import DayTotals
from loyalty.report import DayFigures, RewardTotals
from tests.fakes.day import DAY, paper
from tests.fakes.pdf_words import pages_of, words_of
from texts.i18n import Texts
from texts.report_paper import TillFigures
from texts.report_pdf import day_pdf
from texts.report_table import figure_rows


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_page_says_whose_day_it_is_and_every_figure(language: str) -> None:
    """Shop, till, day, moment of writing; each figure beside that of the week before, and its assumption."""
    texts = Texts(language)
    pdf = day_pdf(texts, paper())
    words = words_of(pdf)
    assert pages_of(pdf) == 1
    assert "Bäckerei Morgenrot · Kasse 2" in words
    assert texts.day(DAY.day, "full") in words
    assert any("21.11.2026 18:04" in text for text in words)
    for row in figure_rows(texts, DAY, paper().before):
        assert {row.caption, _plain(row.value), _plain(row.before)} <= {*words}
    assert any(_plain(texts.percent(DAY.assumed.breakage * 100)) in text for text in words)


def _plain(text: str) -> str:
    """With the plain spaces that a table writes; its cells never break where it matters."""
    return text.replace("\xa0", " ")


def test_the_store_lists_its_tills_and_numbers_its_pages() -> None:
    """Twenty tills need a second page; each page says which it is."""
    tills = tuple(TillFigures(f"Kasse {number}", DAY) for number in range(1, 21))
    pdf = day_pdf(Texts("en"), paper(till="", tills=tills))
    words = words_of(pdf)
    assert "Bäckerei Morgenrot" in words
    assert {till.name for till in tills} <= {*words}
    assert pages_of(pdf) == 2
    assert "Page 1 of 2" in "".join(words)
    assert "Page 2 of 2" in "".join(words)


def test_rewards_have_their_names_and_an_unknown_one_its_id() -> None:
    """A reward that the programme dropped was still taken."""
    words = words_of(day_pdf(Texts("en"), paper()))
    assert {"Gratis Kaffee", "pretzel"} <= {*words}


def test_letters_without_a_glyph_do_not_stop_the_report() -> None:
    """Shops and rewards are named in any script; what the typeface lacks is marked."""
    named = paper(store="Café 漢 😀", reward_names={"coffee": "\u202e咖啡"})
    assert any(text.startswith("Café ? ?") for text in words_of(day_pdf(Texts("en"), named)))


def test_an_empty_day_is_a_report_too() -> None:
    """Figures of nothing are dashes, the chart has no bars, and it says that nothing was booked."""
    nothing = DayFigures(date(2026, 11, 21), DayTotals(), 0, Assumptions(100, 500))
    words = words_of(day_pdf(Texts("en"), paper(figures=nothing, before=None)))
    assert "Nothing was booked on this day." in words
    assert "–" in words


def test_long_days_break_between_rows() -> None:
    """A hundred rewards go over several pages, none is lost."""
    rewards = tuple(RewardTotals(f"reward-{number}", 1, 100, 500) for number in range(100))
    figures = DayFigures(DAY.day, DAY.totals, 0, DAY.assumed, DAY.hours, rewards)
    pdf = day_pdf(Texts("de"), paper(figures=figures))
    assert {each.reward_id for each in rewards} <= {*words_of(pdf)}
    assert pages_of(pdf) > 2


def test_the_same_report_is_the_same_file() -> None:
    """Written twice it can be compared and its hash be kept."""
    assert day_pdf(Texts("de"), paper()) == day_pdf(Texts("de"), paper())


def test_what_a_reader_must_know_stands_above_the_figures() -> None:
    """As of when they are, and that they may not be complete; a long remark breaks into lines."""
    remarks = ("All tills of the store. As of: 21 Nov 2026 18:04", "Kasse 3 may have more bookings. " * 8)
    words = words_of(day_pdf(Texts("en"), paper(till="", remarks=remarks)))
    assert words.index(remarks[0]) < words.index("Issued")
    assert sum("Kasse 3 may have" in text for text in words) > 1
