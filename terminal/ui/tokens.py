"""The design's colours and measures; a second look of the till is another instance of ``Palette``, nothing more.

Colours are ``#RRGGBB``. Lengths are device-independent pixels at 100 % text.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from terminal.presenters.states import Tone


class Pair(msgspec.Struct, frozen=True):
    """A text colour with the surface it stands on and the line around that surface."""

    text: str
    surface: str
    line: str


class Palette(msgspec.Struct, frozen=True):
    """Every colour of one look. Text on its surface keeps at least the 4.5:1 of WCAG 2.2 AA."""

    name: str
    ink: str
    secondary: str
    muted: str
    line: str
    control_line: str
    background: str
    surface: str
    sunken: str
    pressed: str
    brand: str
    brand_pressed: str
    brand_text: str
    on_brand: str
    bar: str
    bar_pill: str
    on_bar: str
    accent: str
    soft: Pair
    amber: Pair
    red: Pair
    gold: Pair
    info: Pair
    chart_issued: str
    chart_redeemed: str
    focus: str

    def pair(self, tone: Tone) -> Pair:
        """The colours of a tone on a card or a notice."""
        return {
            Tone.NEUTRAL: Pair(self.secondary, self.sunken, self.line),
            Tone.GOOD: self.soft,
            Tone.WARN: self.amber,
            Tone.BAD: self.red,
            Tone.INFO: self.info,
        }[tone]


LIGHT = Palette(
    name="light",
    ink="#101828",
    secondary="#475467",
    muted="#667085",
    line="#E4E7EC",
    control_line="#D0D5DD",
    background="#F2F4F7",
    surface="#FFFFFF",
    sunken="#F9FAFB",
    pressed="#E6EAF0",
    brand="#0B5D4E",
    brand_pressed="#083F36",
    brand_text="#0B5D4E",
    on_brand="#FFFFFF",
    bar="#083F36",
    bar_pill="#2A564E",
    on_bar="#FFFFFF",
    accent="#12A47C",
    soft=Pair("#0B5D4E", "#E6F5F0", "#A6DDCB"),
    amber=Pair("#B54708", "#FEF0C7", "#FEC84B"),
    red=Pair("#B42318", "#FEE4E2", "#FDA29B"),
    gold=Pair("#8A6100", "#FEF6E0", "#F3DFA4"),
    info=Pair("#1849A9", "#EAF2FF", "#B2CCFF"),
    chart_issued="#0B5D4E",
    chart_redeemed="#F0A94A",
    focus="#12A47C",
)

DARK = Palette(
    name="dark",
    ink="#F5F7FA",
    secondary="#B8C0CC",
    muted="#98A2B3",
    line="#2C3542",
    control_line="#465163",
    background="#0E141D",
    surface="#18212D",
    sunken="#131B25",
    pressed="#2A3543",
    brand="#0F7A66",
    brand_pressed="#0B5D4E",
    brand_text="#5FD7B5",
    on_brand="#FFFFFF",
    bar="#06261F",
    bar_pill="#1C4339",
    on_bar="#FFFFFF",
    accent="#2CC79B",
    soft=Pair("#7FE3C6", "#0F2F29", "#1E5A4C"),
    amber=Pair("#FDC768", "#3A2A0C", "#7A5A16"),
    red=Pair("#FFA79F", "#42191A", "#8A332E"),
    gold=Pair("#F3D27A", "#352C10", "#6B5A22"),
    info=Pair("#A9C7FF", "#14264A", "#2F4F8F"),
    chart_issued="#2CC79B",
    chart_redeemed="#F0A94A",
    focus="#5FD7B5",
)

HIGH_CONTRAST = replace(
    LIGHT,
    name="high contrast",
    ink="#000000",
    secondary="#1A1A1A",
    muted="#333333",
    line="#000000",
    control_line="#000000",
    background="#FFFFFF",
    sunken="#FFFFFF",
    pressed="#CFCFCF",
    brand="#00382F",
    brand_pressed="#000000",
    brand_text="#00382F",
    bar="#000000",
    bar_pill="#000000",
    accent="#00382F",
    soft=Pair("#00382F", "#FFFFFF", "#00382F"),
    amber=Pair("#6B2600", "#FFFFFF", "#6B2600"),
    red=Pair("#8C0000", "#FFFFFF", "#8C0000"),
    gold=Pair("#4A3400", "#FFFFFF", "#4A3400"),
    info=Pair("#00256B", "#FFFFFF", "#00256B"),
    chart_issued="#00382F",
    chart_redeemed="#8A5A00",
    focus="#0A4BFF",
)

RESULT = {
    Tone.GOOD: Pair("#FFFFFF", "#1B5E20", "#5E9163"),
    Tone.BAD: Pair("#FFFFFF", "#B71C1C", "#D87575"),
    Tone.INFO: Pair("#FFFFFF", "#0D47A1", "#6E93CB"),
    Tone.NEUTRAL: Pair("#FFFFFF", "#0D47A1", "#6E93CB"),
    Tone.WARN: Pair("#000000", "#FFB300", "#8A6100"),
}
"""Full-screen results, the same in every look: above 6:1 each."""

TONE_ICON = {
    Tone.NEUTRAL: "info",
    Tone.GOOD: "check_circle",
    Tone.WARN: "warning",
    Tone.BAD: "error",
    Tone.INFO: "info",
}
"""The icon that says the same as the colour."""

CARD_RADIUS = 14
BUTTON_RADIUS = 10
GAP = 8
ROW_GAP = 10
CARD_GAP = 16
MARGIN = 18
CARD_PADDING = 22

CONTROL_MIN = 48
PRIMARY_MIN = 64
PRIMARY_MAX = 76
BAR_HEIGHT = 58
KEY_BAR_HEIGHT = 52
FIELD_HEIGHT = 56

TEXT_CAPTION = 13
TEXT_BODY = 15
TEXT_STRONG = 16
TEXT_TITLE = 30
TEXT_RESULT = 44
TEXT_AMOUNT = 50
TEXT_BALANCE = 62
TEXT_HEADLINE = 52
