"""The paper on the green screen: every row readable, the code scannable, the printer's needs said."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QScrollArea, QWidget

from terminal.presenters.states import DoneState, Screen
from terminal.ui.receipt import ReceiptPaper
from tests.fakes.legible import illegible
from tests.fakes.stage import Stage


def picture(widget: QWidget) -> Image.Image:
    """What is painted of a widget."""
    grabbed = widget.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    size, stride = (grabbed.width(), grabbed.height()), grabbed.bytesPerLine()
    return Image.frombytes("L", size, bytes(grabbed.constBits()), "raw", "L", stride, 1)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("size", [(1024, 720), (1024, 768), (1366, 768), (1920, 1080)])
def test_the_green_screen_holds_with_everything_on_it(
    stage_in: Callable[[str], Stage], language: str, size: tuple[int, int]
) -> None:
    """Reward, amount to take off, four buttons, a notice and the paper, at every size a till has."""
    stage = stage_in(language)
    stage.window.resize(*size)
    for variant in ("done_no_paper", "done_printed", "done_no_printer"):
        stage.show(variant)
        assert illegible(stage.window) == []


def test_the_code_is_read_from_the_screen(stage: Stage) -> None:
    """A phone, or the till beside, takes it from there as from paper."""
    view = stage.show("done")
    paper = view.findChild(ReceiptPaper)
    assert paper is not None
    codes = [code.text for code in zxingcpp.read_barcodes(picture(paper))]
    assert codes == ["SKR1" + "0123456789ABCDEFGHJK" * 10]
    assert "Kein Kassenbeleg" in paper.accessibleName()


def test_a_long_receipt_is_scrolled_and_never_cut(stage: Stage) -> None:
    """A basket of eighty articles is longer than any screen."""
    _, state = stage.variants["done"]
    assert isinstance(state, DoneState)
    assert state.receipt is not None
    rows = state.receipt.rows[3:4] * 80
    long = type(state.receipt)(state.receipt.columns, rows)
    view = stage.show_state(
        Screen.DONE, DoneState(state.tone, state.headline, receipt=long, next_action=state.next_action)
    )
    paper, strip = view.findChild(ReceiptPaper), view.findChild(QScrollArea)
    assert paper is not None
    assert strip is not None
    assert paper.height() > strip.height()
    assert strip.verticalScrollBar().maximum() > 0
    assert paper.width() <= strip.viewport().width()


def test_while_it_prints_the_button_waits(stage: Stage) -> None:
    """A second tap would be a second paper."""
    view = stage.show("done_no_paper")
    button = view.findChild(QWidget, "print")
    assert button is not None
    assert not button.isEnabled()
