"""The customers' window: readable on every monitor, never on the cashier's, and never in the way of keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from terminal.presenters.customer_states import CustomerState, Offer, Rating, Scene, Star
from terminal.ui import tokens
from terminal.ui.customer import CustomerWindow, CustomerWindows, monitor_for_customers, scale_for
from terminal.ui.customer_parts import QrPicture, StarButton, modules_of
from terminal.ui.theme import Theme
from tests.fakes.legible import illegible
from texts.i18n import Texts

SIZES = ((1024, 600), (1366, 768), (1920, 1080))
SETTLE_ROUNDS = 8
CODE = "SKR1" + "0123456789ABCDEFGHJKLMNPQRSTUVWX" * 9

WELCOME = CustomerState(
    Scene.WELCOME, "Bäckerei Morgenrot", "Morgenrot Bonus", "Willkommen!", worth="Punkte sammeln: Karte zeigen."
)
MEMBER = replace(
    WELCOME,
    scene=Scene.MEMBER,
    headline="Hallo Maximilian-Alexander!",
    balance="1.234.567",
    balance_caption="Ihre Punkte",
    worth="im Wert von 12.345,67 €",
    offers=(
        Offer("Butterbrezel", "100 Punkte", reachable=True, chosen=True),
        Offer("Frühstück für zwei Personen mit Sekt", "ab 1.500 Punkte", reachable=True),
        Offer("Gratis-Kaffee", "noch 288 Punkte", reachable=False),
    ),
    offers_caption="Ihre Prämien",
)
PURCHASE = replace(
    MEMBER, award="+ 123.456 Punkte", take_off="Abzug 5,00 €", to_pay="123.456,78 €", to_pay_caption="Zu zahlen"
)
STARS = tuple(
    Star(number, word) for number, word in enumerate(("schlecht", "mäßig", "in Ordnung", "gut", "sehr gut"), 1)
)
DONE = replace(
    WELCOME,
    scene=Scene.DONE,
    headline="Danke für Ihren Einkauf!",
    worth="",
    balance="1.330",
    balance_caption="Ihre Punkte",
    award="+ 46 Punkte",
    taken=("Butterbrezel", "5 € Rabatt"),
    take_off="Abzug 5,00 €",
    to_pay="18,45 €",
    to_pay_caption="Zu zahlen",
    qr=CODE,
    qr_caption="Beleg: bitte fotografieren",
    rating=Rating("Wie war es heute?", STARS),
)
THANKED = replace(
    DONE, rating=Rating("", tuple(replace(star, chosen=star.stars == 4) for star in STARS), False, "Danke!")
)
PLAIN = replace(DONE, award="", taken=(), take_off="", to_pay="", to_pay_caption="", qr="", qr_caption="", rating=None)
STATES = {"welcome": WELCOME, "member": MEMBER, "purchase": PURCHASE, "done": DONE, "thanked": THANKED, "plain": PLAIN}


@dataclass
class FakeCustomer:
    """A presenter that remembers what was asked of it."""

    state: CustomerState = WELCOME
    rated: list[int] = field(default_factory=list)
    shown: list[bool] = field(default_factory=list)
    callbacks: list[Callable[[], None]] = field(default_factory=list)

    def subscribe(self, callback: Callable[[], None]) -> None:
        self.callbacks.append(callback)

    def rate(self, stars: int) -> None:
        self.rated.append(stars)

    def window_shown(self, *, on: bool) -> None:
        self.shown.append(on)


@dataclass
class Monitor:
    """A monitor somewhere."""

    area: QRect

    def geometry(self) -> QRect:
        return self.area


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    """The light look, applied once."""
    theme = Theme()
    theme.apply(qapp)
    return theme


def open_window(
    qtbot: QtBot, theme: Theme, size: tuple[int, int], rate: Callable[[int], None] = print
) -> CustomerWindow:
    """A shown window of a monitor's size."""
    window = CustomerWindow(rate, Theme(theme.palette, scale_for(QSize(*size))))
    qtbot.addWidget(window)
    window.resize(*size)
    window.show()
    return window


def settle() -> None:
    """Let layouts and paints happen."""
    for _ in range(SETTLE_ROUNDS):
        QApplication.processEvents()


@pytest.mark.parametrize("training", ["", "TRAINING: nichts davon zählt"])
@pytest.mark.parametrize("size", SIZES)
def test_everything_can_be_read_on_every_monitor(
    qtbot: QtBot, theme: Theme, size: tuple[int, int], training: str
) -> None:
    """Nothing clipped or overlapping, and no text pushes the window over the monitor's edge."""
    window = open_window(qtbot, theme, size)
    faults = []
    for name, state in STATES.items():
        window.show_state(replace(state, training=training))
        settle()
        faults += [f"{name}: {fault}" for fault in illegible(window)]
        assert window.size() == QSize(*size)
    assert faults == []


def test_stars_are_large_named_and_tapped(qtbot: QtBot, theme: Theme) -> None:
    """Each of the five says its number and word aloud, is larger than a thumb, and tells what was tapped."""
    rated: list[int] = []
    window = open_window(qtbot, theme, (1024, 600), rated.append)
    window.show_state(DONE)
    settle()
    buttons = sorted(window.findChildren(StarButton), key=lambda button: button.stars)
    assert [button.accessibleName() for button in buttons][3] == "4: gut"
    assert min(min(button.width(), button.height()) for button in buttons) >= 90
    for button in buttons:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert rated == [1, 2, 3, 4, 5]


def test_a_rating_given_can_not_be_changed(qtbot: QtBot, theme: Theme) -> None:
    """The buttons are still there, so nothing jumps under the finger, and do nothing."""
    rated: list[int] = []
    window = open_window(qtbot, theme, (1024, 600), rated.append)
    window.show_state(THANKED)
    settle()
    for button in window.findChildren(StarButton):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert rated == []


def test_digits_are_stars_and_other_keys_are_not(qtbot: QtBot, theme: Theme) -> None:
    """Where a customer has keys."""
    rated: list[int] = []
    window = open_window(qtbot, theme, (1024, 600), rated.append)
    for key in (Qt.Key.Key_3, Qt.Key.Key_0, Qt.Key.Key_6, Qt.Key.Key_A, Qt.Key.Key_5):
        QTest.keyClick(window, key)
    assert rated == [3, 5]


def test_the_window_takes_no_focus_and_does_not_keep_the_till_open(qtbot: QtBot, theme: Theme) -> None:
    """The till's keys and scans go on as if it were not there."""
    window = open_window(qtbot, theme, (1024, 600))
    assert window.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert not window.testAttribute(Qt.WidgetAttribute.WA_QuitOnClose)
    assert window.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus


def test_the_code_on_the_screen_is_the_code(qtbot: QtBot, theme: Theme) -> None:
    """A camera reads from the picture what was meant, at the smallest size."""
    import zxingcpp
    from PIL import Image

    window = open_window(qtbot, theme, (1024, 600))
    window.show_state(DONE)
    settle()
    picture = window.findChild(QrPicture)
    assert isinstance(picture, QrPicture)
    image = picture.grab().toImage().convertToFormat(picture.grab().toImage().Format.Format_RGB888)
    pixels = Image.frombuffer(
        "RGB", (image.width(), image.height()), bytes(image.constBits()), "raw", "RGB", image.bytesPerLine(), 1
    )
    assert [code.text for code in zxingcpp.read_barcodes(pixels)] == [CODE]
    assert len(modules_of(CODE)) == len(modules_of(CODE)[0])


LEFT, RIGHT = QRect(0, 0, 1366, 768), QRect(1366, 0, 1024, 600)


@pytest.mark.parametrize(
    ("areas", "till", "chosen"),
    [
        ([LEFT], 0, None),
        ([LEFT, RIGHT], 0, 1),
        ([LEFT, RIGHT], 1, 0),
        ([LEFT, QRect(0, 0, 1024, 600)], 0, None),
        ([LEFT, QRect(0, 0, 1024, 600), RIGHT], 0, 2),
    ],
)
def test_the_window_goes_to_a_monitor_that_is_not_the_cashiers(
    areas: list[QRect], till: int, chosen: int | None
) -> None:
    """One that shows the cashier's picture as well is no second monitor: everybody would see it."""
    monitors = [Monitor(area) for area in areas]
    assert monitor_for_customers(monitors, monitors[till]) == chosen


def test_without_any_monitor_there_is_no_window() -> None:
    """In the moment in which the last cable is pulled."""
    assert monitor_for_customers([], None) is None


def test_everything_grows_with_the_monitor() -> None:
    """By what fits both ways; a very small one does not make it all too small to read."""
    assert scale_for(QSize(1024, 600)) == 1.0
    assert scale_for(QSize(1920, 1080)) == 1.8
    assert scale_for(QSize(320, 200)) == 0.5


def test_on_one_monitor_nothing_opens(qtbot: QtBot, theme: Theme) -> None:
    """The till has it for itself."""
    customer = FakeCustomer()
    windows = CustomerWindows(customer, Texts("de"), theme)
    windows.follow_screens()
    assert windows.window is None
    assert customer.shown == []


def test_it_opens_with_the_monitor_follows_the_till_and_closes(
    qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second monitor beside the only one there is here: it opens, shows what is new, and is gone with it."""
    customer = FakeCustomer()
    windows = CustomerWindows(customer, Texts("de"), theme)
    windows.follow_screens()
    with monkeypatch.context() as plugged:
        plugged.setattr("terminal.ui.customer.monitor_for_customers", lambda monitors, _tills: len(monitors) - 1)
        windows.place()
        window = windows.window
        assert window is not None
        assert window.isVisible()
        windows.place()
        assert windows.window is window
        customer.state = MEMBER
        for callback in customer.callbacks:
            callback()
    windows.place()
    assert [windows.window] == [None]
    assert not window.isVisible()
    assert customer.shown == [True, False]


def test_customers_never_see_the_dark_look(qtbot: QtBot, theme: Theme) -> None:
    """The shop may be dark for the cashier's eyes; a display behind glass has to be bright."""
    windows = CustomerWindows(FakeCustomer(), Texts("de"), Theme(tokens.DARK))
    window = windows.make_window(QSize(1024, 600))
    qtbot.addWidget(window)
    assert window._theme.palette is tokens.LIGHT
