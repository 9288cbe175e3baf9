"""Why these points, and which reward: short lines in both languages."""

from __future__ import annotations

import pytest

from loyalty import explain
from loyalty.lines import Explanation
from loyalty.programme import Programme, parse_programme
from loyalty.sale import WITHOUT_POINTS
from terminal.messages import explain_text, reward_name
from tests.fakes.counter import BAKERY
from texts.i18n import Texts

GERMAN, ENGLISH = Texts("de"), Texts("en")


@pytest.fixture(scope="module")
def programme() -> Programme:
    """The bakery's rules."""
    parsed = parse_programme(BAKERY.read_text(encoding="utf-8"))
    assert isinstance(parsed, Programme)
    return parsed


@pytest.mark.parametrize(
    ("reason", "german", "english"),
    [
        (
            Explanation(explain.BASE, 23, {"eligible_cents": 2345}),
            "23 Grundpunkte für 23,45\u00a0€",
            "23 base points for €23.45",
        ),
        (
            Explanation(explain.BASE, 1, {"eligible_cents": 100}),
            "1 Grundpunkt für 1,00\u00a0€",
            "1 base point for €1.00",
        ),
        (
            Explanation(explain.EXCLUDED, 0, {"cents": 345}, "deposit"),
            "3,45\u00a0€ ohne Punkte (Pfand)",
            "€3.45 without points (Deposit)",
        ),
        (
            Explanation(explain.EXCLUDED, 0, {"cents": 345}, WITHOUT_POINTS),
            "3,45\u00a0€ ohne Punkte (wie eingegeben)",
            "€3.45 without points (as typed)",
        ),
        (
            Explanation(explain.EXCLUDED, 0, {"cents": 345}, "gone"),
            "3,45\u00a0€ ohne Punkte (gone)",
            "€3.45 without points (gone)",
        ),
        (
            Explanation(explain.PAID_WITH_POINTS, 0, {"cents": 500}),
            "5,00\u00a0€ mit Punkten bezahlt",
            "€5.00 paid with points",
        ),
        (Explanation("happy-hour", 23), "+23 nach Regel happy-hour", "+23 by rule happy-hour"),
    ],
)
def test_each_reason_for_points_is_a_short_line(
    programme: Programme, reason: Explanation, german: str, english: str
) -> None:
    """Also for an exclusion or a rule that the programme in force no longer knows."""
    assert explain_text(GERMAN, programme, reason) == german
    assert explain_text(ENGLISH, programme, reason) == english


def test_a_reward_has_its_name_in_the_tills_language_or_its_id(programme: Programme) -> None:
    """Old bookings outlive the rewards of their time."""
    assert reward_name(GERMAN, programme, "coffee") == "Gratis-Kaffee"
    assert reward_name(ENGLISH, programme, "coffee") == "Free coffee"
    assert reward_name(GERMAN, programme, "no-longer") == "no-longer"
