"""The one style sheet. Only what Qt paints itself is in it: text fields, scroll bars, hints.

Cards, buttons and labels paint themselves, which is several times faster than a styled widget and needs no re-polishing
when a state changes.
"""

from __future__ import annotations

from string import Template

from terminal.ui import tokens

SHEET = Template("""
QLineEdit {
    background: $surface; color: $ink; border: 1px solid $control_line; border-radius: ${radius}px;
    padding: 0 16px; selection-background-color: $brand; selection-color: $on_brand;
}
QLineEdit:focus { border: 2px solid $brand_text; padding: 0 15px; }
QLineEdit[bare="true"] { background: transparent; border: none; padding: 0; }
QLineEdit[wrong="true"] { border: 2px solid $red; padding: 0 15px; }
QScrollArea { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 14px; margin: 2px; }
QScrollBar::handle:vertical { background: $control_line; border-radius: 5px; min-height: ${control}px; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QToolTip {
    background: $ink; color: $surface; border: none; padding: 6px 8px; font-size: ${hint}px;
}
""")


def style_sheet(palette: tokens.Palette, text_scale: float) -> str:
    """The style sheet of one look at one text size."""
    return SHEET.substitute(
        surface=palette.surface,
        ink=palette.ink,
        control_line=palette.control_line,
        brand=palette.brand,
        brand_text=palette.brand_text,
        on_brand=palette.on_brand,
        red=palette.red.text,
        radius=tokens.BUTTON_RADIUS,
        control=tokens.CONTROL_MIN,
        hint=round(tokens.TEXT_CAPTION * text_scale),
    )
