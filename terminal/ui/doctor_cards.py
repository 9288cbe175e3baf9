"""The lists of the device screen: devices with their cures, the last frames, how long the pauses were."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from terminal.presenters.doctor_states import DeviceCard, FrameLine, GapBar
from terminal.presenters.states import Tone
from terminal.ui import tokens
from terminal.ui.cards import Card, draw_surface
from terminal.ui.labels import RIGHT, IconLabel, Label, Paragraph
from terminal.ui.theme import Theme, colour

ICON = 22
CHART_HEIGHT = 92
CHART_CAPTION = 20
BAR_GAP = 8
MONOSPACE = "DejaVu Sans Mono"


class DeviceBox(Card):
    """One device: icon, name and state in one line, where it is, what is wrong and what to do."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, radius=tokens.BUTTON_RADIUS)
        secondary = theme.palette.secondary
        self._icon = IconLabel(theme, "", ICON, theme.palette.ink)
        self._name = Label(theme, tokens.TEXT_STRONG, QFont.Weight.Bold, name="deviceName", elide=True)
        self._word = Label(theme, tokens.TEXT_STRONG, QFont.Weight.DemiBold, name="deviceWord", align=RIGHT)
        self._place = Label(theme, tokens.TEXT_BODY - 1, ink=secondary, name="devicePlace", elide=True)
        self._text = Paragraph(theme, tokens.TEXT_BODY, name="deviceText")
        self._cure = Paragraph(theme, tokens.TEXT_BODY, QFont.Weight.DemiBold, name="deviceCure")
        box = QVBoxLayout(self)
        box.setContentsMargins(tokens.CARD_GAP, tokens.ROW_GAP, tokens.CARD_GAP, tokens.ROW_GAP)
        box.setSpacing(4)
        line = QHBoxLayout()
        line.setSpacing(tokens.GAP)
        line.addWidget(self._icon)
        line.addWidget(self._name, 1)
        line.addWidget(self._word)
        box.addLayout(line)
        for part in (self._place, self._text, self._cure):
            box.addWidget(part)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def show_device(self, card: DeviceCard) -> None:
        """Show a device."""
        pair = self.theme.palette.pair(card.tone)
        ink = self.theme.palette.brand_text if card.tone is Tone.GOOD else pair.text
        self._icon.show_icon(tokens.TONE_ICON[card.tone], ink)
        self._name.show_text(card.name)
        self._word.show_text(card.word)
        self._word.set_ink(ink)
        self._place.show_text(card.place)
        self._place.setToolTip(card.place)
        self._text.show_text(card.text)
        self._cure.show_text(card.cure)
        for label, text in ((self._place, card.place), (self._text, card.text), (self._cure, card.cure)):
            label.setVisible(bool(text))
        loud = card.tone in (Tone.WARN, Tone.BAD)
        self.set_surface(
            *((pair.surface, pair.line) if loud else (self.theme.palette.surface, self.theme.palette.line))
        )
        self.setAccessibleName(", ".join(filter(None, (card.name, card.word, card.text, card.cure))))


class DeviceList(QWidget):
    """Devices below each other; boxes are made when first needed and reused."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._boxes: list[DeviceBox] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(tokens.GAP)

    def show_devices(self, cards: tuple[DeviceCard, ...]) -> None:
        """Show as many boxes as there are devices."""
        while len(self._boxes) < len(cards):
            box = DeviceBox(self._theme)
            self._boxes.append(box)
            self._column.addWidget(box)
        for index, box in enumerate(self._boxes):
            if index < len(cards):
                box.show_device(cards[index])
            box.setVisible(index < len(cards))


class FrameRow(QWidget):
    """One frame: the masked code with its identifier and scanner, its bytes below."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        secondary = theme.palette.secondary
        self._text = Label(theme, tokens.TEXT_BODY, QFont.Weight.DemiBold, name="frameText", elide=True)
        self._aim = Label(theme, tokens.TEXT_BODY, ink=secondary, name="frameAim", align=RIGHT)
        self._device = Label(theme, tokens.TEXT_BODY, ink=secondary, name="frameDevice", align=RIGHT, elide=True)
        self._hex = Paragraph(theme, tokens.TEXT_CAPTION, ink=secondary, name="frameHex")
        font = QFont(theme.font(tokens.TEXT_CAPTION))  # a copy: the theme's own is everybody's
        font.setFamilies([MONOSPACE, *font.families()])
        self._hex.setFont(font)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 4, 0, 4)
        box.setSpacing(2)
        line = QHBoxLayout()
        line.setSpacing(tokens.GAP)
        line.addWidget(self._text, 4)
        line.addWidget(self._aim, 1)
        line.addWidget(self._device, 1)
        box.addLayout(line)
        box.addWidget(self._hex)

    def show_frame(self, frame: FrameLine) -> None:
        """Show a frame."""
        palette = self._theme.palette
        self._text.show_text(frame.text)
        self._text.setToolTip(frame.text)
        self._text.set_ink(palette.ink if frame.tone is Tone.NEUTRAL else palette.pair(frame.tone).text)
        self._aim.show_text(frame.aim)
        self._device.show_text(frame.device)
        self._hex.show_text(frame.hex)
        self._hex.setVisible(bool(frame.hex))


class FrameList(QWidget):
    """The last frames, the newest on top."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: list[FrameRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    def show_frames(self, frames: tuple[FrameLine, ...]) -> None:
        """Show as many rows as there are frames."""
        while len(self._rows) < len(frames):
            row = FrameRow(self._theme)
            self._rows.append(row)
            self._column.addWidget(row)
        for index, row in enumerate(self._rows):
            if index < len(frames):
                row.show_frame(frames[index])
            row.setVisible(index < len(frames))


class GapChart(QWidget):
    """How many pauses were how long: a scanner's are short and alike, a finger's long and uneven."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._bars: tuple[GapBar, ...] = ()
        self.setFixedHeight(theme.px(CHART_HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_gaps(self, bars: tuple[GapBar, ...]) -> None:
        """Show the bars; nothing happens when they are already there."""
        if bars != self._bars:
            self._bars = bars
            self.setAccessibleName(", ".join(f"{bar.caption}: {bar.count}" for bar in bars))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw a bar for each length, its number above and its caption below."""
        if not self._bars:
            return
        palette = self._theme.palette
        painter = QPainter(self)
        painter.setFont(self._theme.font(tokens.TEXT_CAPTION))
        caption = self._theme.px(CHART_CAPTION)
        width = (self.width() + BAR_GAP) / len(self._bars) - BAR_GAP
        most = max(1, *(bar.count for bar in self._bars))
        room = self.height() - 2 * caption
        for place, bar in enumerate(self._bars):
            left = place * (width + BAR_GAP)
            height = room * bar.count / most
            top = caption + room - height
            if bar.count:
                draw_surface(painter, QRectF(left, top, width, height), palette.chart_issued, "", 3)
            painter.setPen(colour(palette.ink))
            painter.drawText(QRectF(left, top - caption, width, caption), Qt.AlignmentFlag.AlignCenter, str(bar.count))
            painter.setPen(colour(palette.secondary))
            area = QRectF(left, self.height() - caption, width, caption)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, bar.caption)
