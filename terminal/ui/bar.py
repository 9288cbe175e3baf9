"""The bar at the top: shop and till, states of scanner and connection, clock, language."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from terminal.presenters.states import BarState, Pill, Tone
from terminal.ui import tokens
from terminal.ui.buttons import Button, Kind
from terminal.ui.labels import Label
from terminal.ui.theme import Theme, colour
from terminal.ui.wording import Wording

LANGUAGES = ("de", "en")
SHOP_SIZE = 19
SCANNER_ICONS = {
    Tone.NEUTRAL: "barcode_scanner",
    Tone.GOOD: "barcode_scanner",
    Tone.INFO: "barcode_scanner",
    Tone.WARN: "usb_off",
    Tone.BAD: "usb_off",
}
PRINTER_ICONS = {
    Tone.NEUTRAL: "print",
    Tone.GOOD: "print",
    Tone.INFO: "print",
    Tone.WARN: "print_error",
    Tone.BAD: "print_error",
}
BACKUP_ICONS = {
    Tone.NEUTRAL: "backup",
    Tone.GOOD: "backup_done",
    Tone.INFO: "backup",
    Tone.WARN: "backup_old",
    Tone.BAD: "backup_none",
}
CONNECTION_ICONS = {
    Tone.NEUTRAL: "storefront",
    Tone.GOOD: "cloud_done",
    Tone.INFO: "sync",
    Tone.WARN: "cloud_off",
    Tone.BAD: "sync_problem",
}
STRIPE_HEIGHT = 6
KEPT_WIDTH_MAX = 320
"""Up to this width a part of the bar is kept whole before the name of the shop is; 1024 pixels have room for all."""


class PillButton(Button):
    """A state as a pill that leads to the screen about it.

    Args:
        theme: The look.
        name: The object name.
        icons: The icon of each tone, so that colour never speaks alone.
    """

    def __init__(self, theme: Theme, name: str, icons: dict[Tone, str]) -> None:
        super().__init__(theme, Kind.BAR, name=name, size=tokens.TEXT_CAPTION + 1)
        self._icons = icons
        self._tone = Tone.NEUTRAL

    def show_pill(self, pill: Pill) -> None:
        """Show a state; what does not fit on the pill is spoken, and shown to whoever points at it."""
        if pill.tone is not self._tone:
            self._tone = pill.tone
            self.update()
        self.show_icon(self._icons[pill.tone])
        self.show_caption(pill.text, spoken=pill.spoken)
        self.setToolTip(pill.spoken)
        keep_whole(self)

    def colours(self) -> tokens.Pair:
        """Calm on the bar's own green, loud in amber or red."""
        if self._tone in {Tone.WARN, Tone.BAD}:
            return self.theme.palette.pair(self._tone)
        return super().colours()

    def look(self) -> tuple[object, ...]:
        """The same, and the tone."""
        return (*super().look(), self._tone)


def keep_whole(part: QWidget) -> None:
    """Let a long name of a shop give way to a part of the bar and not the other way round."""
    part.setMinimumWidth(min(part.sizeHint().width(), KEPT_WIDTH_MAX))


class Bar(QWidget):
    """The bar.

    Signals:
        language_wanted: The code of the language the cashier switches to.
        lock_wanted: Somebody else wants to work here.
        connection_wanted: Somebody wants to know more about head office.
        devices_wanted: Somebody wants to know more about scanners and printer.
        backup_wanted: Somebody wants to know more about the copies of the data.
    """

    language_wanted = Signal(str)
    lock_wanted = Signal()
    connection_wanted = Signal()
    devices_wanted = Signal()
    backup_wanted = Signal()

    def __init__(self, texts: Wording, theme: Theme) -> None:
        super().__init__()
        self._texts = texts
        self._theme = theme
        self._shown: BarState | None = None
        ink = theme.palette.on_bar
        self._shop = Label(theme, SHOP_SIZE, QFont.Weight.Bold, ink=ink, name="shop", elide=True)
        self._till = Label(theme, tokens.TEXT_STRONG, ink=ink, name="till", elide=True)
        self._training = Label(theme, tokens.TEXT_STRONG, QFont.Weight.Bold, ink="#000000", name="training")
        self._training.setContentsMargins(0, 0, 0, 0)
        self._scanner = PillButton(theme, "scanner", SCANNER_ICONS)
        self._scanner.clicked.connect(self.devices_wanted)
        self._printer = PillButton(theme, "printer", PRINTER_ICONS)
        self._printer.clicked.connect(self.devices_wanted)
        self._backup = PillButton(theme, "backupDot", BACKUP_ICONS)
        self._backup.clicked.connect(self.backup_wanted)
        self._connection = PillButton(theme, "connection", CONNECTION_ICONS)
        self._connection.clicked.connect(self.connection_wanted)
        self._clock = Label(theme, SHOP_SIZE, QFont.Weight.Bold, ink=ink, name="clock")
        self._language = Button(theme, Kind.BAR, name="language", icon="language")
        self._language.clicked.connect(self._switch_language)
        self._cashier = Button(theme, Kind.BAR, name="cashier", icon="person")
        self._cashier.clicked.connect(self.lock_wanted)
        box = QHBoxLayout(self)
        box.setContentsMargins(tokens.MARGIN + 2, 0, tokens.MARGIN, 0)
        box.setSpacing(tokens.CARD_PADDING - tokens.GAP)
        box.addWidget(self._shop)
        box.addWidget(self._till)
        box.addStretch(1)
        states = (self._training, self._scanner, self._printer, self._backup, self._connection)
        for part in (*states, self._cashier, self._language, self._clock):
            box.addWidget(part)
        self.setFixedHeight(theme.px(tokens.BAR_HEIGHT))

    def show_bar(self, state: BarState) -> None:
        """Show shop, states and time."""
        if state == self._shown:
            return
        self._shown = state
        self._shop.show_text(state.shop)
        self._till.show_text(state.till)
        keep_whole(self._till)
        self._scanner.show_pill(state.scanner)
        if state.printer is not None:
            self._printer.show_pill(state.printer)
        self._printer.setVisible(state.printer is not None)
        if state.backup is not None:
            self._backup.show_pill(state.backup)
        self._backup.setVisible(state.backup is not None)
        self._connection.show_pill(state.connection)
        self._clock.show_text(state.clock)
        self._training.show_text(f" {state.training} " if state.training else "")
        self._training.setVisible(bool(state.training))
        self._cashier.show_caption(state.cashier, spoken=self._texts._("Cashier {name}").format(name=state.cashier))
        self._cashier.setVisible(bool(state.cashier))
        self._language.show_caption(state.language.upper(), spoken=self._texts._("Change the language"))
        keep_whole(self._language)
        self.update()

    def retranslate(self) -> None:
        """Take the captions from the texts again."""
        self._language.setAccessibleName(self._texts._("Change the language"))

    def _switch_language(self) -> None:
        """Go to the next language."""
        current = self._shown.language if self._shown is not None else LANGUAGES[0]
        position = LANGUAGES.index(current) if current in LANGUAGES else -1
        self.language_wanted.emit(LANGUAGES[(position + 1) % len(LANGUAGES)])

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bar; in training an amber stripe runs along it and the word stands on amber."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(self._theme.palette.bar))
        if self._shown is not None and self._shown.training:
            amber = colour(tokens.RESULT[Tone.WARN].surface)
            painter.fillRect(0, self.height() - STRIPE_HEIGHT, self.width(), STRIPE_HEIGHT, amber)
            painter.fillRect(self._training.geometry().adjusted(-4, -4, 4, 4), amber)
