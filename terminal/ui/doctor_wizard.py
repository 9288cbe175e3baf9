"""The wizard's half of the device screen: the test barcode, what came of it, what would change."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from terminal.presenters.doctor_states import Phase, WizardState
from terminal.presenters.states import Tone
from terminal.ui import tokens
from terminal.ui.cards import Card
from terminal.ui.fields import LineEdit
from terminal.ui.labels import IconLabel, Label, Paragraph, caption
from terminal.ui.scroll import scrolling
from terminal.ui.status import FactRows, NoticeList
from terminal.ui.theme import Theme

BAR_HEIGHT = 84
BAR_MODULES_QUIET = 10
SQUARE_MODULES_QUIET = 4
MODULE_MAX = 3
SQUARE_SIZE = 6
STATE_ICON = 36


class BarcodeView(QWidget):
    """A Code 128 or a QR code: always black on white, whole pixels to the module, with its quiet zone."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._rows: tuple[str, ...] = ()
        self._quiet = 0
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_modules(self, rows: tuple[str, ...], quiet: int, spoken: str) -> None:
        """Show rows of modules, "1" for a dark one; a single row is drawn as bars."""
        if rows != self._rows:
            self._rows, self._quiet = rows, quiet
            self.setAccessibleName(spoken)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """As wide as its modules at their usual size."""
        if not self._rows:
            return QSize(0, 0)
        across = len(self._rows[0]) + 2 * self._quiet
        if len(self._rows) == 1:
            return QSize(across * (MODULE_MAX - 1), BAR_HEIGHT)
        return QSize(across * SQUARE_SIZE, across * SQUARE_SIZE)

    def minimumSizeHint(self) -> QSize:
        """The same: a code that is cut off can't be scanned."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the modules, centred."""
        if not self._rows:
            return
        painter = QPainter(self)
        across = len(self._rows[0]) + 2 * self._quiet
        is_bars = len(self._rows) == 1
        module = max(1, min(self.width() // across, MODULE_MAX if is_bars else SQUARE_SIZE))
        height = self.height() if is_bars else module
        top = 0 if is_bars else (self.height() - across * module) // 2 + self._quiet * module
        left = (self.width() - across * module) // 2
        white = QRectF(left, 0, across * module, self.height())
        painter.fillRect(white, QColor(Qt.GlobalColor.white))
        for line, row in enumerate(self._rows):
            for place, dark in enumerate(row):
                if dark == "1":
                    x = left + (place + self._quiet) * module
                    painter.fillRect(x, top + line * height, module, height, QColor(Qt.GlobalColor.black))


class WizardPane(Card):
    """Headline and sentence; below them either the test barcode or what was found out."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        secondary = theme.palette.secondary
        self._icon = IconLabel(theme, "", STATE_ICON, theme.palette.ink)
        self._headline = Label(theme, tokens.TEXT_TITLE - 4, QFont.Weight.Bold, name="wizardHeadline", elide=True)
        self._text = Paragraph(theme, tokens.TEXT_STRONG, name="wizardText")
        self._found = NoticeList(theme)
        self._bars = BarcodeView("bars")
        self._squares = BarcodeView("squares")
        self._plain = Label(theme, tokens.TEXT_BODY, ink=secondary, name="plain")
        self.edit = LineEdit(theme, "typedByScanner")
        self._edit_caption = Label(theme, tokens.TEXT_BODY - 1, ink=secondary, name="typedCaption", elide=True)
        self._changes_caption = caption(theme, "changesCaption")
        self._changes = FactRows(theme)
        self._waiting = self._waiting_part()
        box = QVBoxLayout(self)
        box.setContentsMargins(*4 * (tokens.CARD_PADDING,))
        box.setSpacing(tokens.ROW_GAP)
        line = QHBoxLayout()
        line.setSpacing(tokens.ROW_GAP)
        line.addWidget(self._icon)
        line.addWidget(self._headline, 1)
        box.addLayout(line)
        box.addWidget(self._text)
        parts = (self._found, self._waiting, self._changes_caption, self._changes)
        box.addWidget(scrolling(*parts, spacing=tokens.CARD_GAP), 1)

    def _waiting_part(self) -> QWidget:
        part = QWidget()
        box = QVBoxLayout(part)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(tokens.GAP)
        box.addWidget(self._bars)
        row = QHBoxLayout()
        row.setSpacing(tokens.CARD_GAP)
        row.addWidget(self._squares)
        side = QVBoxLayout()
        side.setSpacing(tokens.GAP)
        side.addWidget(self._plain)
        side.addWidget(self._edit_caption)
        side.addWidget(self.edit)
        side.addStretch(1)
        row.addLayout(side, 1)
        box.addLayout(row)
        return part

    def retranslate(self, edit_caption: str, changes_caption: str, found_caption: str) -> None:
        """Take the captions."""
        self._edit_caption.show_text(edit_caption)
        self.edit.setAccessibleName(edit_caption)
        self._changes_caption.show_text(changes_caption)
        self._bars.setToolTip(found_caption)
        self._squares.setToolTip(found_caption)

    def show_wizard(self, state: WizardState) -> None:
        """Show where the wizard stands."""
        palette = self.theme.palette
        ink = palette.brand_text if state.tone is Tone.GOOD else palette.pair(state.tone).text
        waits = state.phase is Phase.WAITING
        self._icon.show_icon("barcode_scanner" if waits else tokens.TONE_ICON[state.tone], ink)
        self._headline.show_text(state.headline)
        self._text.show_text(state.text)
        self._found.show_notices(state.found)
        self._found.setVisible(bool(state.found))
        self._waiting.setVisible(waits)
        if waits:
            self._bars.show_modules((state.bars,), BAR_MODULES_QUIET, state.plain)
            self._squares.show_modules(state.squares, SQUARE_MODULES_QUIET, state.plain)
            self._plain.show_text(state.plain)
        elif self.edit.text():
            self.edit.clear()
        self._changes.show_facts(state.changes)
        for part in (self._changes, self._changes_caption):
            part.setVisible(bool(state.changes))
