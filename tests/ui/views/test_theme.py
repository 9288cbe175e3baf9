"""Every look keeps its contrast, its typeface and its icons."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFontInfo
from pytestqt.qtbot import QtBot

from terminal.presenters.states import Tone
from terminal.ui import tokens
from terminal.ui.icons import ICON_FOLDER, Icons
from terminal.ui.stylesheet import style_sheet
from terminal.ui.theme import Theme, load_fonts

LOOKS = (tokens.LIGHT, tokens.DARK, tokens.HIGH_CONTRAST)
TEXT_CONTRAST = 4.5
RESULT_CONTRAST = 6.0


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(name: str) -> float:
    """The relative luminance of WCAG 2.2."""
    colour = QColor(name)
    channels = (colour.redF(), colour.greenF(), colour.blueF())
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_texts_stand_out_from_their_surface(look: tokens.Palette) -> None:
    """Every text colour reaches 4.5:1 on every surface it is used on."""
    pairs = [(ink, ground) for ink in (look.ink, look.secondary) for ground in (look.surface, look.background)]
    pairs += [(look.muted, look.surface), (look.muted, look.sunken), (look.brand_text, look.surface)]
    pairs += [(look.on_brand, look.brand), (look.on_bar, look.bar), (look.on_bar, look.bar_pill)]
    pairs += [(pair.text, pair.surface) for pair in (look.soft, look.amber, look.red, look.gold, look.info)]
    weak = [(ink, ground) for ink, ground in pairs if contrast(ink, ground) < TEXT_CONTRAST]
    assert weak == []


def test_results_can_be_read_from_across_the_counter() -> None:
    """Full-screen results reach 6:1."""
    assert all(contrast(pair.text, pair.surface) > RESULT_CONTRAST for pair in tokens.RESULT.values())


def test_every_tone_has_an_icon_a_surface_and_a_result() -> None:
    """Colour never speaks alone, and no tone is forgotten."""
    assert set(tokens.TONE_ICON) == set(tokens.RESULT) == set(Tone)
    assert all((ICON_FOLDER / f"{name}.svg").exists() for name in tokens.TONE_ICON.values())
    assert all(look.pair(tone).text for look in LOOKS for tone in Tone)


def test_the_shipped_typeface_is_used(theme: Theme) -> None:
    """Inter comes with the till; loading it again is harmless."""
    assert load_fonts() == ("Inter",)
    assert QFontInfo(theme.font(tokens.TEXT_BODY)).family() == "Inter"


def test_icons_are_tinted_and_kept(qtbot: QtBot) -> None:
    """The same icon in the same colour is painted once; another colour is another picture."""
    icons = Icons()
    red = icons.pixmap("check", 24, "#ff0000")
    assert icons.pixmap("check", 24, "#ff0000") is red
    image = red.toImage()
    inked = [image.pixelColor(x, y) for x in range(24) for y in range(24) if image.pixelColor(x, y).alpha() == 255]
    assert inked
    assert {colour.name() for colour in inked} == {"#ff0000"}


def test_icons_are_sharp_on_dense_screens(qtbot: QtBot) -> None:
    """Twice the pixels, the same size."""
    pixmap = Icons().pixmap("check", 24, "#000000", ratio=2.0)
    assert pixmap.width() == 48
    assert pixmap.deviceIndependentSize().width() == 24


def test_every_icon_that_a_screen_names_is_shipped() -> None:
    """A name that is misspelt would only be found when the icon is first needed."""
    shipped = {path.stem for path in ICON_FOLDER.glob("*.svg")}
    named = set(tokens.TONE_ICON.values())
    for source in Path(tokens.__file__).parent.glob("*.py"):
        for word in ("icon=", "trailing="):
            named |= {part.split('"')[1] for part in source.read_text().split(word)[1:] if part.startswith('"')}
    assert named - {""} <= shipped


def test_larger_text_makes_larger_fonts_and_lengths() -> None:
    """150 % text is another theme and nothing else."""
    large = Theme(text_scale=1.5)
    assert large.px(40) == 60
    assert large.font(tokens.TEXT_STRONG).pixelSize() == 24


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_style_sheet_has_no_gaps(look: tokens.Palette) -> None:
    """Every placeholder is filled from the tokens."""
    sheet = style_sheet(look, 1.0)
    assert "$" not in sheet
    assert look.surface in sheet
