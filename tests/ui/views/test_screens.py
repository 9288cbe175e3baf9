"""Every screen in every variant: complete, readable, reachable by finger and by screen reader."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

from terminal.ui.labels import Label, Paragraph
from terminal.ui.tokens import CONTROL_MIN
from tests.fakes.legible import clipped, illegible, name_of, visible
from tests.fakes.screen_states import ScreenStates
from tests.fakes.stage import Stage

VARIANTS = sorted(ScreenStates("de").variants())
SIZES = ((1024, 768), (1366, 768), (1920, 1080), (1024, 744), (1366, 744))
"""The last two are screens of 768 lines with a title bar."""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["de", "en"])
def test_no_text_is_clipped_and_none_overlaps(
    stage_in: Callable[[str], Stage], language: str, size: tuple[int, int]
) -> None:
    """Each text fits its widget, each widget its card, and no two texts share a place, in both languages."""
    stage = stage_in(language)
    stage.window.resize(*size)
    faults = []
    for variant in VARIANTS:
        stage.show(variant)
        faults += [f"{variant}: {fault}" for fault in illegible(stage.window)]
    assert faults == []


def test_the_clipping_test_can_fail(stage: Stage) -> None:
    """A label and a button that are made too narrow are found, so the test above means something."""
    view = stage.show("member")
    label = view.findChild(Label, "balance")
    button = view.findChild(QAbstractButton, "cancel")
    assert isinstance(label, Label)
    assert isinstance(button, QAbstractButton)
    label.resize(20, label.height())
    button.resize(20, button.height())
    assert clipped(label) == (label.text(),)
    assert clipped(button) == (button.text(),)


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_control_is_large_enough_for_a_finger(stage: Stage, variant: str) -> None:
    """No button and no field is lower or narrower than 48 pixels."""
    stage.show(variant)
    small = [
        f"{name_of(widget)} {widget.width()}x{widget.height()}"
        for widget in visible(stage.window)
        if isinstance(widget, QAbstractButton | QLineEdit) and min(widget.width(), widget.height()) < CONTROL_MIN
    ]
    assert small == []


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_control_has_an_accessible_name(stage: Stage, variant: str) -> None:
    """Whatever takes the focus or a finger can be named by a screen reader."""
    stage.show(variant)
    nameless = [
        type(widget).__name__ + " " + widget.objectName()
        for widget in visible(stage.window)
        if (isinstance(widget, QAbstractButton) or widget.focusPolicy() != Qt.FocusPolicy.NoFocus)
        and not widget.accessibleName()
    ]
    assert nameless == []


@pytest.mark.parametrize("variant", VARIANTS)
def test_texts_are_never_taken_for_mark_up(stage: Stage, variant: str) -> None:
    """Names come from people; "<b>" in one of them is shown as it is."""
    stage.show(variant)
    labels = stage.window.findChildren(QLabel)
    assert labels
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)


def test_the_member_screen_shows_what_its_state_says(stage: Stage) -> None:
    """The texts of the state stand in the labels of their names."""
    view, state = stage.show("member"), stage.states.anna()
    shown = {label.objectName(): label.text() for label in view.findChildren(Label)}
    assert shown["memberName"] == state.name
    assert shown["balance"] == state.balance
    assert shown["worth"] == state.worth
    assert shown["card"] == state.card
    assert shown["award"] == state.award
    assert shown["why"] == state.why
    amount = view.findChild(QLineEdit, "amount")
    assert isinstance(amount, QLineEdit)
    assert amount.text() == state.amount


def test_a_notice_takes_the_place_of_the_award_but_not_of_what_to_take_off(stage: Stage) -> None:
    """Asking "again?" must not hide how much to take off at the register."""
    view = stage.show("member_again_redeeming")
    shown = {label.objectName(): label for label in view.findChildren(Label)}
    assert shown["notice"].isVisible()
    assert not shown["award"].isVisible()
    assert shown["takeOff"].isVisible()
    assert shown["takeOff"].text()


def test_the_receipt_stands_beside_the_result(stage: Stage) -> None:
    """Every line of the receipt is on the paper; without a receipt there is no paper."""
    view = stage.show("done")
    paper = view.findChild(QWidget, "receipt")
    assert paper is not None
    assert paper.isVisible()
    assert "Bäckerei Morgenrot" in paper.accessibleName()
    stage.show("done_warn")
    assert not paper.isVisible()


def test_a_long_name_is_shortened_on_the_screen_only(stage: Stage) -> None:
    """The label keeps the whole name for readers and tests."""
    view = stage.show("member_long")
    name = view.findChild(Label, "memberName")
    assert isinstance(name, Label)
    assert name.text_width() > name.width()
    assert name.text().endswith("Brandenburg")


def test_sentences_ask_for_the_height_they_need(stage: Stage) -> None:
    """A text that wraps makes room for its lines when it gets longer."""
    view = stage.show("unknown")
    text = view.findChild(Paragraph, "text")
    assert isinstance(text, Paragraph)
    before = text.height()
    text.show_text("Wort " * 200)
    stage.settle()
    assert text.height() > before
    assert text.clipped() == ()
