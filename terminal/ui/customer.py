"""The window for customers: full screen on a second monitor, there for as long as the monitor is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QScreen
from PySide6.QtWidgets import QLayout, QStackedWidget, QVBoxLayout, QWidget

from loyalty.records import STARS_MAX
from terminal.presenters.customer_states import CustomerState, Scene
from terminal.ui import tokens
from terminal.ui.customer_pages import DonePage, Header, MemberPage, Page, TrainingStripe, WelcomePage
from terminal.ui.theme import Theme, colour
from terminal.ui.wording import Wording

OFF_SCREEN = frozenset({"offscreen", "minimal"})
SIZE_DRAWN_FOR = QSize(1024, 600)
"""The monitor the measures are made for, the smallest in use; on a larger one everything grows with it."""

SCALE_LEAST = 0.5
"""On still smaller ones something may be cut off, in full size, rather than all be too small to read."""

STAR_KEYS = {Qt.Key(Qt.Key.Key_0 + stars): stars for stars in range(1, STARS_MAX + 1)}


class Customer(Protocol):
    """The presenter, as this window sees it."""

    @property
    def state(self) -> CustomerState:
        """What to show."""
        ...

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Call after every change."""
        ...

    def window_shown(self, *, on: bool) -> None:
        """A window is there, or gone."""
        ...

    def rate(self, stars: int, /) -> None:
        """The customer tapped 1 to 5 stars."""
        ...


class CustomerWindow(QWidget):
    """What customers see. It never takes the focus from the till, whose keys and scans go on as if it were not there.

    Args:
        rate: Takes the stars a customer taps.
        theme: The look at the size of the monitor.
    """

    def __init__(self, rate: Callable[[int], None], theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rate = rate
        self._header = Header(theme)
        self._training = TrainingStripe(theme)
        self._stack = QStackedWidget()
        done = DonePage(theme)
        done.rating.rated.connect(rate)
        self._pages: dict[Scene, Page] = {
            Scene.WELCOME: WelcomePage(theme),
            Scene.MEMBER: MemberPage(theme),
            Scene.DONE: done,
        }
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        # The monitor decides how large it is; a long text must not push the window over the monitor's edge.
        box.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        box.addWidget(self._header)
        box.addWidget(self._training)
        box.addWidget(self._stack, 1)
        for page in self._pages.values():
            self._stack.addWidget(page)
        self.setObjectName("customerWindow")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocus(Qt.FocusReason.OtherFocusReason)  # else the first star would look as if it had been chosen
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)  # the till ends with its own window
        self.setWindowFlags(
            Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowDoesNotAcceptFocus
        )

    def show_state(self, state: CustomerState) -> None:
        """Show a state."""
        self._header.show_state(state)
        self._training.show_text(state.training)
        page = self._pages[state.scene]
        page.show_state(state)
        self._stack.setCurrentWidget(page)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The digits 1 to 5 are stars, where the customer has keys."""
        stars = STAR_KEYS.get(Qt.Key(event.key()))
        if stars is None or event.isAutoRepeat():
            event.ignore()
        else:
            self._rate(stars)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill the page."""
        QPainter(self).fillRect(self.rect(), colour(self._theme.palette.background))


class Monitor(Protocol):
    """What decides where the window goes; a ``QScreen`` has this shape."""

    def geometry(self) -> QRect:
        """Its place among the others."""
        ...


def monitor_for_customers(monitors: Sequence[Monitor], tills: Monitor | None) -> int | None:
    """The monitor that faces the customers, as its index; ``None`` while there is none.

    Args:
        monitors: All that are plugged in.
        tills: The cashier's. One that lies on it shows the same picture and is no second monitor.
    """
    if tills is None:
        return None
    taken = tills.geometry()
    others = (
        index
        for index, monitor in enumerate(monitors)
        if monitor is not tills and not monitor.geometry().intersects(taken)
    )
    return next(others, None)


def scale_for(size: QSize) -> float:
    """How much larger than drawn everything is on a monitor."""
    by_width, by_height = size.width() / SIZE_DRAWN_FOR.width(), size.height() / SIZE_DRAWN_FOR.height()
    return max(SCALE_LEAST, min(by_width, by_height))


class CustomerWindows(QObject):
    """Opens the window when a second monitor is there, and closes it before the monitor is gone.

    Args:
        presenter: What customers see.
        texts: For the window's title.
        theme: The till's look. Customers see it in its light colours, at a size of their own.
    """

    def __init__(self, presenter: Customer, texts: Wording, theme: Theme) -> None:
        super().__init__()
        self._presenter = presenter
        self._texts = texts
        self._palette = theme.palette if theme.palette.name != tokens.DARK.name else tokens.LIGHT
        self._till: QWidget | None = None
        self._leaving: QScreen | None = None
        self._shown_on: tuple[QScreen, QRect] | None = None
        self.window: CustomerWindow | None = None
        presenter.subscribe(self._changed)

    def follow_screens(self, till: QWidget | None = None) -> None:
        """Begin, and follow monitors as they come and go.

        Args:
            till: The till's own window, which may stand on any monitor; by default on the primary one.
        """
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication), "a window comes after its application"
        self._till = till
        application.screenAdded.connect(self._added)
        application.screenRemoved.connect(self._removed)
        application.primaryScreenChanged.connect(self.place)
        for screen in QGuiApplication.screens():
            screen.geometryChanged.connect(self.place)
        handle = till.windowHandle() if till is not None else None
        if handle is not None:
            handle.screenChanged.connect(self.place)
        self.place()

    def place(self, *_news: object) -> None:
        """Open, move or close the window, as the monitors are now."""
        screens = [screen for screen in QGuiApplication.screens() if screen is not self._leaving]
        tills = self._till.screen() if self._till is not None else QGuiApplication.primaryScreen()
        index = monitor_for_customers(screens, tills)
        wanted = None if index is None else (screens[index], screens[index].geometry())
        if wanted == self._shown_on:
            return
        self.close()
        if wanted is not None:
            self._open(*wanted)

    def close(self) -> None:
        """Take the window away."""
        self._shown_on = None
        window, self.window = self.window, None
        if window is not None:
            window.hide()
            window.deleteLater()
            self._presenter.window_shown(on=False)

    def make_window(self, size: QSize) -> CustomerWindow:
        """A window for a monitor of this size, not shown yet."""
        window = CustomerWindow(self._presenter.rate, Theme(self._palette, scale_for(size)))
        window.setWindowTitle(self._texts._("Customer display"))
        window.resize(size)
        return window

    def _open(self, screen: QScreen, geometry: QRect) -> None:
        self._shown_on = (screen, geometry)
        window = self.window = self.make_window(geometry.size())
        self._presenter.window_shown(on=True)
        window.show_state(self._presenter.state)
        window.setScreen(screen)
        window.setGeometry(geometry)
        if QGuiApplication.platformName() in OFF_SCREEN:
            window.show()
        else:
            window.showFullScreen()

    def _added(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self.place)
        self.place()

    def _removed(self, screen: QScreen) -> None:
        """Qt is about to move every window of this monitor to the cashier's; ours must be gone before."""
        self._leaving = screen
        self.place()
        self._leaving = None

    def _changed(self) -> None:
        if self.window is not None:
            self.window.show_state(self._presenter.state)
