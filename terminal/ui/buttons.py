"""Buttons that paint themselves: quick enough to repaint a whole keypad at every scan, and alike on every platform."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from terminal.presenters.states import Tone
from terminal.ui import tokens
from terminal.ui.cards import draw_surface
from terminal.ui.theme import Theme, colour

ICON_SIZE = 22
FOCUS_WIDTH = 3.0
PADDING = 14
PART_GAP = 8
KEY_CAP_HEIGHT = 20
KEY_CAP_MIN = 34
KEY_CAP_TEXT = 12
BAR_PILL_HEIGHT = 32
ENTER_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
ARROWS = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right})


class Kind(Enum):
    """What a button is for; it decides the colours."""

    PRIMARY = auto()
    SECONDARY = auto()
    QUIET = auto()
    DANGER = auto()
    BAR = auto()
    RESULT = auto()


MAIN = frozenset({Kind.PRIMARY, Kind.DANGER})
MAIN_WIDTH_MIN = 160
WRAPPED_SIZE = tokens.TEXT_STRONG + 1
WRAPPED = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)


class Button(QAbstractButton):
    """A button with an icon, a caption and the key that does the same.

    The focus is taken by Tab only: a tap must never pull it out of the amount field. Space presses any button. Enter
    presses one that does something once (cancel, undo); on one that chooses (a reward, a reason) Enter stays what it is
    everywhere, the confirmation of the screen.

    Args:
        theme: The look.
        kind: What the button is for.
        name: The object name by which tests find the button.
        icon: An icon before the caption.
        trailing: An icon behind the caption, for example the sign of the Enter key.
        hint: The key that does the same.
        size: Caption height in pixels at 100 % text.
        height: The least height in device-independent pixels.
        chooses: Whether the button chooses something instead of doing it.
    """

    def __init__(  # noqa: PLR0913 - each is a plain property that most buttons leave out
        self,
        theme: Theme,
        kind: Kind = Kind.SECONDARY,
        *,
        name: str,
        icon: str = "",
        trailing: str = "",
        hint: str = "",
        size: int = tokens.TEXT_BODY,
        height: int = tokens.CONTROL_MIN,
        chooses: bool = False,
    ) -> None:
        super().__init__()
        self.theme = theme
        self.kind = kind
        self._caption = ""
        self._icon = icon
        self._trailing = trailing
        self._hint = hint
        self._size = size
        self._weight = QFont.Weight.Bold if kind in {Kind.PRIMARY, Kind.DANGER} else QFont.Weight.DemiBold
        self._chooses = chooses
        self._pair: tokens.Pair | None = None
        self._picture: QPixmap | None = None
        self._pictured: tuple[object, ...] = ()
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumSize(tokens.CONTROL_MIN, height)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    # -- what it says

    def text(self) -> str:
        """The caption."""
        return self._caption

    def show_caption(self, text: str, *, spoken: str = "") -> None:
        """Show a caption; nothing happens when it is already there.

        Args:
            text: The caption.
            spoken: The accessible name where the caption alone would not do.
        """
        if text != self._caption:
            self._caption = text
            self.updateGeometry()
            self.update()
        name = spoken or text
        if name != self.accessibleName():
            self.setAccessibleName(name)

    def show_icon(self, icon: str) -> None:
        """Show another icon before the caption."""
        if icon != self._icon:
            self._icon = icon
            self.update()

    def show_trailing(self, icon: str) -> None:
        """Show another icon behind the caption."""
        if icon != self._trailing:
            self._trailing = icon
            self.update()

    def set_pair(self, pair: tokens.Pair) -> None:
        """The colours of a button that stands on a full-screen result."""
        self._pair = pair
        self.update()

    def set_active(self, on: bool) -> None:  # noqa: FBT001 - one flag, as in Qt's own setters
        """Enable or disable; nothing happens when it is already so."""
        if on != self.isEnabled():
            self.setEnabled(on)

    # -- how large it is

    def sizeHint(self) -> QSize:
        """Room for everything in one line."""
        return QSize(self._content_width() + 2 * PADDING, self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        """The same, but a main action may wrap its caption."""
        return QSize(MAIN_WIDTH_MIN, self.minimumHeight()) if self.kind in MAIN else self.sizeHint()

    def clipped(self) -> tuple[str, ...]:
        """The caption when it cannot be read as a whole; tests ask."""
        if self._wraps():
            area = self._wrapped_area()
            metrics = self.theme.metrics(WRAPPED_SIZE, self._weight)
            fits = area.contains(metrics.boundingRect(area, WRAPPED, self._caption))
        else:
            fits = self._content_width() <= self.width() and self._metrics().height() <= self.height()
        return () if fits else (self._caption,)

    def _wraps(self) -> bool:
        """Whether a main action's caption needs two lines; it may contain the name of a reward."""
        return self.kind in MAIN and self._content_width() + 2 * PART_GAP > self.width()

    def _wrapped_area(self) -> QRect:
        return self.rect().adjusted(PART_GAP, 2, -PART_GAP, -2)

    def _metrics(self) -> QFontMetrics:
        return self.theme.metrics(self._size, self._weight)

    def _parts(self) -> list[int]:
        """Widths of icon, caption and hint or trailing icon; those that are there."""
        icon = self.theme.px(ICON_SIZE)
        widths = []
        if self._icon:
            widths.append(icon)
        if self._caption:
            widths.append(self.theme.width(self._caption, self._size, self._weight))
        if self._hint:
            widths.append(self.theme.width(self._hint, self._size, QFont.Weight.DemiBold))
        if self._trailing:
            widths.append(icon)
        return widths

    def _content_width(self) -> int:
        widths = self._parts()
        return sum(widths) + PART_GAP * max(0, len(widths) - 1)

    # -- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses a button that does something; every other key but Space goes on to the window."""
        if event.key() in ENTER_KEYS and not self._chooses and not event.isAutoRepeat():
            self.click()
            return
        if event.key() == Qt.Key.Key_Space or event.key() in ARROWS:
            super().keyPressEvent(event)
            return
        event.ignore()

    # -- painting

    def colours(self) -> tokens.Pair:
        """Text, fill and line for the state the button is in."""
        palette = self.theme.palette
        down = self.isDown()
        match self.kind:
            case Kind.PRIMARY | Kind.DANGER if not self.isEnabled():
                return tokens.Pair(palette.muted, palette.line, "")
            case Kind.PRIMARY:
                return tokens.Pair(palette.on_brand, palette.brand_pressed if down else palette.brand, "")
            case Kind.DANGER:
                return tokens.RESULT[Tone.BAD]
            case Kind.QUIET:
                return tokens.Pair(palette.secondary, palette.pressed if down else "", "")
            case Kind.BAR:
                return tokens.Pair(palette.on_bar, palette.bar_pill, "")
            case Kind.RESULT if self._pair is not None:
                return self._pair
            case _ if not self.isEnabled():
                return tokens.Pair(palette.muted, palette.sunken, palette.line)
        return tokens.Pair(palette.ink, palette.pressed if down else palette.surface, palette.control_line)

    def look(self) -> tuple[object, ...]:
        """Everything the picture of the button depends on."""
        return (
            self.width(),
            self.height(),
            self.devicePixelRatioF(),
            self.isEnabled(),
            self.isDown(),
            self.isChecked(),
            self.hasFocus(),
            self._caption,
            self._icon,
            self._hint,
            self._trailing,
            self._pair,
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Show the picture of the button."""
        QPainter(self).drawPixmap(0, 0, self.picture())

    def picture(self) -> QPixmap:
        """The picture of the button, drawn anew only when it looks different: most repaints repeat it."""
        look = self.look()
        if self._picture is None or look != self._pictured:
            self._pictured = look
            self._picture = self.draw_picture()
        return self._picture

    def draw_picture(self) -> QPixmap:
        """Draw the button as it looks now."""
        ratio = self.devicePixelRatioF()
        picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.draw(painter)
        painter.end()
        return picture

    def draw(self, painter: QPainter) -> None:
        """Draw surface, focus ring and contents."""
        pair = self.colours()
        area = QRectF(self.rect())
        if self.kind is Kind.BAR:
            inset = (self.height() - self.theme.px(BAR_PILL_HEIGHT)) / 2
            pill = area.adjusted(0, inset, 0, -inset)
            draw_surface(painter, pill, pair.surface, "", pill.height() / 2)
        elif pair.surface or pair.line:
            draw_surface(painter, area, pair.surface, pair.line, tokens.BUTTON_RADIUS)
        self.draw_contents(painter, pair)
        if self.hasFocus():
            ring = self.theme.palette.on_bar if self.kind in {Kind.BAR, Kind.RESULT} else self.theme.palette.focus
            draw_surface(painter, area, "", ring, tokens.BUTTON_RADIUS, FOCUS_WIDTH)

    def draw_contents(self, painter: QPainter, pair: tokens.Pair) -> None:
        """Draw icon, caption and hint as one centred group, or the caption in two lines where that is too wide."""
        if self._wraps():
            painter.setFont(self.theme.font(WRAPPED_SIZE, self._weight))
            painter.setPen(colour(pair.text))
            painter.drawText(self._wrapped_area(), WRAPPED, self._caption)
            return
        x = max(0, (self.width() - self._content_width()) // 2)
        if self._icon:
            x = self._draw_icon(painter, self._icon, x, pair.text)
        if self._caption:
            width = self.theme.width(self._caption, self._size, self._weight)
            x = self._draw_text(painter, self._caption, self._weight, QRect(x, 0, width + 1, self.height()), pair.text)
        if self._hint:
            ink = self.theme.palette.muted if self.kind is Kind.SECONDARY and self.isEnabled() else pair.text
            width = self.theme.width(self._hint, self._size, QFont.Weight.DemiBold)
            area = QRect(x, 0, width + 1, self.height())
            x = self._draw_text(painter, self._hint, QFont.Weight.DemiBold, area, ink)
        if self._trailing:
            self._draw_icon(painter, self._trailing, x, pair.text)

    def _draw_icon(self, painter: QPainter, name: str, x: int, ink: str) -> int:
        size = self.theme.px(ICON_SIZE)
        pixmap = self.theme.icons.pixmap(name, size, ink, self.devicePixelRatioF())
        painter.drawPixmap(x, (self.height() - size) // 2, pixmap)
        return x + size + PART_GAP

    def _draw_text(self, painter: QPainter, text: str, weight: QFont.Weight, area: QRect, ink: str) -> int:
        painter.setFont(self.theme.font(self._size, weight))
        painter.setPen(colour(ink))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
        return area.x() + area.width() - 1 + PART_GAP


class KeyCapButton(Button):
    """A key of the key bar: the key as it looks on the keyboard, and what it does."""

    def __init__(self, theme: Theme, key: str) -> None:
        super().__init__(theme, Kind.QUIET, name=f"key{key}", hint=key)
        self._tight = False
        self._bare = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_tight(self, tight: bool) -> None:  # noqa: FBT001 - one flag, as in Qt's own setters
        """Use less room around the caption, for a narrow screen."""
        if tight != self._tight:
            self._tight = tight
            self.updateGeometry()
            self.update()

    def set_bare(self, bare: bool) -> None:  # noqa: FBT001 - one flag, as in Qt's own setters
        """Show the key alone, when even tight captions do not fit; the caption stays for readers and as a hint."""
        hint = self._caption if bare else ""
        if hint != self.toolTip():
            self.setToolTip(hint)
        if bare != self._bare:
            self._bare = bare
            self.updateGeometry()
            self.update()

    def width_at(self, *, tight: bool, bare: bool) -> int:
        """How wide the key would be, in device-independent pixels."""
        margin = 3 if tight else 8
        return max(self._content_width_at(tight=tight, bare=bare) + 2 * margin, tokens.CONTROL_MIN)

    def look(self) -> tuple[object, ...]:
        """The same, and how tight it stands."""
        return (*super().look(), self._tight, self._bare)

    def _cap_width(self) -> int:
        hint = self.theme.width(self._hint, KEY_CAP_TEXT, QFont.Weight.Bold)
        return max(self.theme.px(KEY_CAP_MIN), hint + 2 * PART_GAP)

    def _content_width(self) -> int:
        return self._content_width_at(tight=self._tight, bare=self._bare)

    def _content_width_at(self, *, tight: bool, bare: bool) -> int:
        if bare:
            return self._cap_width()
        gap = 5 if tight else PART_GAP - 2
        return self._cap_width() + gap + self.theme.width(self._caption, self._caption_size(tight=tight))

    @staticmethod
    def _caption_size(*, tight: bool) -> int:
        return tokens.TEXT_BODY - 1 if tight else tokens.TEXT_BODY

    def sizeHint(self) -> QSize:
        """Narrower margins than other buttons: many stand side by side."""
        return QSize(self.width_at(tight=self._tight, bare=self._bare), self.minimumHeight())

    def draw_contents(self, painter: QPainter, pair: tokens.Pair) -> None:
        """Draw the key cap, then the caption."""
        palette = self.theme.palette
        height = self.theme.px(KEY_CAP_HEIGHT)
        x = max(0, (self.width() - self._content_width()) // 2)
        cap = QRect(x, (self.height() - height) // 2, self._cap_width(), height)
        draw_surface(painter, QRectF(cap), palette.background, palette.control_line, 5)
        painter.setFont(self.theme.font(KEY_CAP_TEXT, QFont.Weight.Bold))
        painter.setPen(colour(palette.ink))
        painter.drawText(cap, int(Qt.AlignmentFlag.AlignCenter), self._hint)
        if self._bare:
            return
        left = cap.right() + 1 + (5 if self._tight else PART_GAP - 2)
        area = QRect(left, 0, self.width() - left, self.height())
        painter.setFont(self.theme.font(self._caption_size(tight=self._tight)))
        painter.setPen(colour(pair.text))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), self._caption)
