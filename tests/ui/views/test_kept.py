"""What is kept between scans is bounded, and nothing that changed is hidden by it."""

from __future__ import annotations

from PySide6.QtGui import QFont
from pytestqt.qtbot import QtBot

from terminal.presenters.states import RewardCard
from terminal.ui import tokens
from terminal.ui.kept import Kept
from terminal.ui.rewards import RewardButton
from terminal.ui.theme import WIDTHS_MAX, Theme
from texts.i18n import Texts

LIMIT = 3


def test_the_thing_not_asked_for_the_longest_goes_first() -> None:
    """Asking keeps a thing; the others make room, and never more are kept than allowed."""
    kept: Kept[str] = Kept(LIMIT)
    for key in ("a", "b", "c", "a", "d"):
        kept.get(key, lambda: "first")
    assert len(kept) == LIMIT
    assert kept.get("a", lambda: "again") == "first"
    assert kept.get("b", lambda: "again") == "again"


def test_widths_stay_right_and_few(qtbot: QtBot, theme: Theme) -> None:
    """However many texts a day brings, widths are those of the typeface and the store of them has its bound."""
    del qtbot
    for number in range(WIDTHS_MAX + 10):
        theme.width(f"member {number}", tokens.TEXT_BODY)
    assert len(theme.widths) <= WIDTHS_MAX
    for weight in (QFont.Weight.Normal, QFont.Weight.Bold):
        measured = theme.metrics(tokens.TEXT_BODY, weight).horizontalAdvance("member 7")
        assert theme.width("member 7", tokens.TEXT_BODY, weight) == measured


def test_a_reward_in_the_same_state_keeps_its_picture_and_shows_its_new_cost(qtbot: QtBot, theme: Theme) -> None:
    """Other points are missing at the next scan: the picture stays, the words on it do not."""
    button = _reward_button(qtbot, theme)
    button.show_reward(_reward("100 points, 60 missing", affordable=False), Texts("en"))
    picture, seen = button.picture(), button.grab().toImage()
    button.show_reward(_reward("100 points, 7 missing", affordable=False), Texts("en"))
    assert button.picture() is picture
    assert button.grab().toImage() != seen


def test_a_reward_in_another_state_gets_another_picture(qtbot: QtBot, theme: Theme) -> None:
    """A lock that opens and a choice can be seen."""
    button = _reward_button(qtbot, theme)
    pictures = []
    for affordable, chosen in ((False, False), (True, False), (True, True)):
        button.show_reward(_reward("100 points", affordable=affordable, chosen=chosen), Texts("en"))
        pictures.append(button.picture().toImage())
    assert pictures[0] != pictures[1]
    assert pictures[1] != pictures[2]


def _reward_button(qtbot: QtBot, theme: Theme) -> RewardButton:
    button = RewardButton(theme, "reward0")
    qtbot.addWidget(button)
    button.resize(300, button.minimumHeight())
    return button


def _reward(cost: str, *, affordable: bool, chosen: bool = False) -> RewardCard:
    return RewardCard("pretzel", "Pretzel", cost, affordable=affordable, chosen=chosen)
