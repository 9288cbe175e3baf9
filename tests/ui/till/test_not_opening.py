"""What somebody is told who opens the till from an icon, when it can't open."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal import main
from terminal.settings import SETTINGS_FILE, SettingsWrong


@pytest.fixture
def boxes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the boxes on the screen would say."""
    told: list[str] = []
    monkeypatch.setattr("terminal.ui.notice_box.show_notice", lambda _application, sentence: told.append(sentence))
    return told


def test_mistakes_in_the_settings_are_shown_on_the_screen(shop: Path, boxes: list[str]) -> None:
    """Who has no terminal must not click an icon in vain: file, line and mistake are in a box."""
    (shop / SETTINGS_FILE).write_text("[scaner]\n", encoding="utf-8")

    with pytest.raises(SettingsWrong):
        main.open_till(shop, language="en")

    assert boxes == [f"{shop / SETTINGS_FILE} has mistakes:\nscaner (line 1): Unknown key; did you mean `scanner`?"]


def test_without_a_screen_the_mistakes_are_left_to_the_command_line(
    shop: Path, boxes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A box needs a screen; asking for one would end the program."""
    (shop / SETTINGS_FILE).write_text("[scaner]\n", encoding="utf-8")
    monkeypatch.setattr("terminal.display.display_problem", lambda _environment, _platform: Exception("no screen"))

    with pytest.raises(SettingsWrong):
        main.open_till(shop, language="en")

    assert boxes == []
