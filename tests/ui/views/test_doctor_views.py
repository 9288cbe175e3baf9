"""The device screen: buttons ask for what they say, scanners have a place to type, the test barcode can be read."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget

from hardware.wizard import TEST_TEXT
from terminal.presenters.states import Screen
from terminal.ui import tokens
from terminal.ui.doctor import DoctorView
from terminal.ui.doctor_wizard import BarcodeView
from terminal.ui.labels import Label, Paragraph
from terminal.ui.theme import Theme
from terminal.ui.wording import CurrentWording
from tests.fakes.doctor_states import DoctorStates
from tests.fakes.presenters import FakeDoctor
from tests.fakes.stage import Stage
from texts.i18n import Texts


def press(parent: QWidget, name: str) -> None:
    """Press a button by its name."""
    button = parent.findChild(QAbstractButton, name)
    assert isinstance(button, QAbstractButton), name
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def texts_of(view: QWidget, name: str) -> list[str]:
    """What stands in the labels of a name that somebody sees, from the top."""
    labels = [*view.findChildren(Label, name), *view.findChildren(Paragraph, name)]
    shown = [label for label in labels if label.isVisible() and label.text()]
    return [label.text() for label in shown]


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("action0", ("act", "wizard")),
        ("action4", ("act", "bundle")),
        ("sound1", ("act", "sound:awarded")),
        ("page_scans", ("choose", "scans")),
        ("cancel", ("cancel",)),
    ],
)
def test_each_button_asks_for_what_it_says(stage: Stage, name: str, call: tuple[str, ...]) -> None:
    """And for nothing else."""
    view = stage.show("doctor")
    press(view, name)
    assert stage.taken(Screen.DOCTOR) == [call]


def test_a_button_that_can_not_be_pressed_asks_for_nothing(stage: Stage) -> None:
    """There is no customers' display here."""
    view = stage.show("doctor")
    press(view, "action3")
    assert stage.taken(Screen.DOCTOR) == []


def test_each_device_shows_its_state_and_its_cure(stage: Stage) -> None:
    """A word beside the colour, a sentence what to do."""
    view = stage.show("doctor_broken")
    assert texts_of(view, "deviceWord")[:2] == ["Nicht verwendbar", "Kein Papier"]
    assert "sudo usermod" in texts_of(view, "deviceCure")[0]
    view = stage.show("doctor")
    assert texts_of(view, "deviceCure") == []


def test_the_pages_take_turns(stage: Stage) -> None:
    """Devices, scans and counters never stand below each other."""
    view = stage.show("doctor_scans")
    assert texts_of(view, "deviceName") == []
    assert len(texts_of(view, "frameText")) == 26
    view = stage.show("doctor_counters")
    assert texts_of(view, "frameText") == []
    assert texts_of(view, "factCaption")[0] == "scanner"
    view = stage.show("doctor_nothing")
    assert len(texts_of(view, "empty")) == 1


def test_bytes_stand_in_a_typeface_of_their_own(stage: Stage, theme: Theme) -> None:
    """And leave the one that everything else is written in alone."""
    view = stage.show("doctor_scans")
    shown = view.findChild(Paragraph, "frameHex")
    assert isinstance(shown, Paragraph)
    assert shown.font().families() != theme.font(tokens.TEXT_CAPTION).families()
    assert theme.font(tokens.TEXT_CAPTION).families() == theme.font(tokens.TEXT_BODY).families()


def test_the_wizard_takes_the_place_of_the_pages(stage: Stage) -> None:
    """One thing at a time."""
    view = stage.show("doctor_waiting")
    assert texts_of(view, "headline") == []
    assert texts_of(view, "wizardHeadline") == ["Diesen Testbarcode scannen"]
    view = stage.show("doctor")
    assert texts_of(view, "wizardHeadline") == []


def test_what_a_scanner_types_goes_to_the_wizard(stage: Stage) -> None:
    """The field has the focus as soon as the wizard waits, also for the second time."""
    for _ in range(2):
        view = stage.show("doctor_waiting")
        stage.window.activateWindow()
        stage.settle()
        field = view.findChild(QLineEdit, "typedByScanner")
        assert isinstance(field, QLineEdit)
        assert field.hasFocus()
        QTest.keyClicks(field, "ZY")
        assert ("typed", "ZY") in stage.taken(Screen.DOCTOR)
        stage.show("doctor_result")
        assert field.text() == ""


@pytest.mark.parametrize("size", [(1024, 768), (1366, 768), (1920, 1080)])
def test_the_test_barcode_on_the_screen_can_be_read(stage: Stage, size: tuple[int, int]) -> None:
    """Both shapes, off a picture of the window as it is painted."""
    stage.window.resize(*size)
    view = stage.show("doctor_waiting")
    assert {code.text for code in zxingcpp.read_barcodes(picture_of(view.grab()))} == {TEST_TEXT}
    assert all(code.isVisible() for code in view.findChildren(BarcodeView))
    assert len(zxingcpp.read_barcodes(picture_of(view.grab()))) == 2


def test_the_test_barcode_is_black_on_white_in_every_look(qtbot: object) -> None:
    """Scanners do not read light codes on dark ground."""
    del qtbot
    dark = Theme(tokens.DARK)
    presenter = FakeDoctor(DoctorStates("de").waiting())
    view = DoctorView(presenter, CurrentWording(Texts("de")), dark)
    view.resize(1000, 600)
    assert {code.text for code in zxingcpp.read_barcodes(picture_of(view.grab()))} == {TEST_TEXT}
    view.deleteLater()


def picture_of(pixmap: QPixmap) -> Image.Image:
    """A picture as other libraries take it."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    pixmap.save(buffer, "PNG")
    with Image.open(io.BytesIO(bytes(buffer.data().data()))) as opened:
        return opened.convert("L")


def test_the_screen_speaks_the_new_language(stage_in: Callable[[str], Stage]) -> None:
    """Its own captions come from the texts, not from the state."""
    names = {language: caption_of(stage_in(language)) for language in ("de", "en")}
    assert names["de"] != names["en"]


def caption_of(stage: Stage) -> str:
    """The caption of the way back."""
    button = stage.show("doctor").findChild(QAbstractButton, "cancel")
    assert isinstance(button, QAbstractButton)
    return button.text()
