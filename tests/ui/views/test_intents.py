"""Every button asks its presenter for the right thing, exactly once, and nothing else."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from terminal.presenters.states import Screen
from tests.fakes.presenters import Call
from tests.fakes.screen_states import ScreenStates
from tests.fakes.stage import Stage

KEYPAD: dict[str, Call] = {f"keypad{digit}": ("keypad", str(digit)) for digit in range(10)}
KEYPAD |= {"keypadComma": ("keypad", ","), "keypadBackspace": ("keypad", "backspace")}
POINTS: dict[str, Call] = {f"keypad{digit}": ("points_typed", f"500{digit}") for digit in range(10)}
REWARDS: dict[str, Call] = {
    f"reward{index}": ("choose_reward", reward) for index, reward in enumerate(("coffee", "five", "ten"))
}

BUTTONS: dict[str, dict[str, Call]] = {
    "idle": {"undo": ("undo_last",)},
    "member": {
        **KEYPAD,
        **REWARDS,
        "withoutPointsToggle": ("edit_without_points", True),
        "primary": ("confirm",),
        "redeem": ("redeem",),
        "void": ("void",),
        "cancel": ("cancel",),
        "history": ("history",),
        "memberData": ("data",),
    },
    "member_without_points": {"withoutPointsToggle": ("edit_without_points", False)},
    "member_long": {"moreRewards": ("redeem",)},
    "redeem_chosen": {**REWARDS, "primary": ("confirm",), "cancel": ("cancel",)},
    "done": {"next": ("next",), "undo": ("undo",), "print": ("print_receipt",), "keepReceipt": ("keep_receipt",)},
    "unknown": {"awardOnly": ("award_only",), "enrol": ("enrol",), "cancel": ("cancel",)},
    "enrol": {
        "consent0": ("consent", "email", True),
        "consent1": ("consent", "sms", True),
        "consent2": ("consent", "profiling", False),
        "primary": ("confirm",),
        "cancel": ("cancel",),
    },
    "enrol_twice": {
        "duplicate0": ("take_candidate", "member0"),
        "duplicate1": ("take_candidate", "member1"),
    },
    "find": {
        "hit0": ("choose", "member0"),
        "hit1": ("choose", "member1"),
        "hit2": ("choose", "member2"),
        "choose": ("choose", None),
        "cancel": ("cancel",),
    },
    "void": {
        "reason0": ("choose_reason", "mistake"),
        "reason1": ("choose_reason", "return"),
        "reason2": ("choose_reason", "wrong_card"),
        "reason3": ("choose_reason", "other"),
        "primary": ("confirm",),
        "cancel": ("cancel",),
    },
    "history": {"more": ("more",), "cancel": ("cancel",)},
    "report": {
        "previousDay": ("previous_day",),
        "nextDay": ("next_day",),
        "today": ("today",),
        "saveCsv": ("save", "csv"),
        "savePdf": ("save", "pdf"),
        "cancel": ("cancel",),
    },
    "report_of_store": {"tillDay": ("choose", "till"), "storeDay": ("choose", "store")},
    "help": {"cancel": ("cancel",)},
    "sync": {
        "action0": ("act", "sync_now"),
        "action1": ("act", "export"),
        "action2": ("act", "leave"),
        "cancel": ("cancel",),
    },
    "sync_alone": {"action0": ("act", "join"), "action1": ("act", "serve")},
    "sync_serving": {"action1": ("act", "invite"), "action3": ("act", "serve_end")},
    "sync_form": {"primary": ("confirm",), "cancel": ("cancel",)},
    "sync_form_leave": {
        "person0": ("choose", "m"),
        "person1": ("choose", "j"),
        "danger": ("confirm",),
        "cancel": ("cancel",),
    },
    "member_data": {
        "offer0": ("field_typed", "folder", "/srv/kasse/Dokumente"),
        "offer1": ("field_typed", "folder", "/media/kasse/STICK"),
        "offer2": ("field_typed", "folder", "/media/kasse/INTENSO"),
        "person0": ("choose", "m"),
        "person1": ("choose", "j"),
        "primary": ("confirm",),
        "cancel": ("cancel",),
    },
    "member_data_done": {"primary": ("confirm",), "cancel": ("cancel",)},
    "lock": {
        "person0": ("choose", "m"),
        "person1": ("choose", "j"),
        "person2": ("choose", "l"),
        "keypad7": ("keypad", "7"),
        "keypad8": ("keypad", "8"),
        "keypad9": ("keypad", "9"),
        "keypad4": ("keypad", "4"),
        "keypad5": ("keypad", "5"),
        "keypad6": ("keypad", "6"),
        "keypad1": ("keypad", "1"),
        "keypad2": ("keypad", "2"),
        "keypad3": ("keypad", "3"),
        "keypad0": ("keypad", "0"),
        "keypadBackspace": ("keypad", "backspace"),
        "primary": ("confirm",),
    },
}
COMPLETE = {
    "idle",
    "member",
    "redeem_chosen",
    "done",
    "unknown",
    "enrol",
    "find",
    "void",
    "history",
    "report",
    "help",
    "sync",
    "sync_form",
    "sync_form_leave",
    "member_data",
    "member_data_done",
    "lock",
}
"""Variants whose table names every button on them."""

KEYBOARD_BUTTONS = {"queryKeyboard", "keyboard"}


@pytest.mark.parametrize("variant", sorted(BUTTONS))
def test_each_button_asks_for_its_intent_once(stage: Stage, variant: str) -> None:
    """A click leads to exactly one call with the right arguments, and never to a key as well."""
    view = stage.show(variant)
    screen = stage.variants[variant][0]
    for name, call in BUTTONS[variant].items():
        button = view.findChild(QAbstractButton, name)
        assert isinstance(button, QAbstractButton), name
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert stage.taken(screen) == [call], name


@pytest.mark.parametrize("variant", sorted(COMPLETE))
def test_no_button_is_without_an_intent(stage: Stage, variant: str) -> None:
    """A button that is new on a screen has to be entered above."""
    view = stage.show(variant)
    buttons = {
        button.objectName()
        for button in view.findChildren(QAbstractButton)
        if button.isVisible() and button.isEnabled()
    }
    assert buttons - KEYBOARD_BUTTONS == set(BUTTONS[variant])


def test_keypad_of_a_flexible_reward_types_points(stage: Stage) -> None:
    """Digits are added to the points, the last key takes one away, a comma is no part of points."""
    view = stage.show("redeem_flexible")
    for name, call in {"keypad7": ("points_typed", "5007"), "keypadBackspace": ("points_typed", "500")}.items():
        button = view.findChild(QAbstractButton, name)
        assert isinstance(button, QAbstractButton)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert stage.taken(Screen.REDEEM) == [call]
    comma = view.findChild(QAbstractButton, "keypadComma")
    assert isinstance(comma, QAbstractButton)
    QTest.mouseClick(comma, Qt.MouseButton.LeftButton)
    assert stage.taken(Screen.REDEEM) == []


def test_a_locked_reward_cannot_be_pressed(stage: Stage) -> None:
    """What the balance does not reach says what is missing and does nothing."""
    view = stage.show("member")
    button = view.findChild(QAbstractButton, "reward3")
    assert isinstance(button, QAbstractButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert stage.taken(Screen.MEMBER) == []
    assert "1.216" in button.accessibleName()


@pytest.mark.parametrize(
    "variant", ["member_busy", "redeem_busy", "enrol_busy", "void_busy", "sync_form_busy", "member_data_busy"]
)
def test_nothing_is_confirmed_twice_while_it_is_being_booked(stage: Stage, variant: str) -> None:
    """The green button is dead while the till is busy."""
    view = stage.show(variant)
    button = view.findChild(QAbstractButton, "primary")
    assert isinstance(button, QAbstractButton)
    assert not button.isEnabled()


def test_a_tick_appears_only_when_the_presenter_says_so(stage: Stage) -> None:
    """A press asks for the consent; the box itself waits for the state."""
    view = stage.show("enrol")
    box = view.findChild(QAbstractButton, "consent0")
    assert isinstance(box, QAbstractButton)
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    assert not box.isChecked()


def test_holding_the_last_key_clears(stage: Stage) -> None:
    """A long press empties the field; the timer's end stands for the time that passes."""
    view = stage.show("member")
    button = view.findChild(QAbstractButton, "keypadBackspace")
    assert isinstance(button, QAbstractButton)
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    held = view.purchase.keypad._held  # type: ignore[attr-defined]  # the view is a member view
    assert held.isActive()
    held.timeout.emit()
    assert stage.taken(Screen.MEMBER) == [("keypad", "clear")]
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert not held.isActive()


FIELDS: dict[str, tuple[str, Call]] = {
    "idle": ("query", ("query_typed", "7")),
    "member_no_amount": ("amount", ("amount_typed", "7")),
    "member_without_points": ("withoutPoints", ("without_points_typed", "2,507")),
    "redeem_flexible": ("points", ("points_typed", "5007")),
    "enrol": ("email", ("field_typed", "email", "7")),
    "find": ("query", ("query_typed", "ann7")),
    "sync_form_empty": ("code", ("field_typed", "code", "7")),
    "member_data_empty": ("pin", ("field_typed", "pin", "7")),
    "sync_form_leave": ("pin", ("field_typed", "pin", "25807")),
}


@pytest.mark.parametrize("variant", sorted(FIELDS))
def test_each_field_reports_what_is_typed(stage: Stage, variant: str) -> None:
    """Every character reaches the presenter at once."""
    view = stage.show(variant)
    name, call = FIELDS[variant]
    field = view.findChild(QLineEdit, name)
    assert isinstance(field, QLineEdit)
    field.setFocus()
    QTest.keyClicks(field, "7")
    assert stage.taken(stage.variants[variant][0]) == [call]


@pytest.mark.parametrize("variant", sorted(ScreenStates("de").variants()))
def test_showing_a_state_asks_for_nothing(stage: Stage, variant: str) -> None:
    """Only what the cashier does is forwarded; a state that is shown never comes back as an intent."""
    screen, state = stage.variants[variant]
    presenter = stage.presenter(screen)
    stage.window.view(screen)
    presenter.show(state)
    stage.shell.show(stage.states.shell(screen))
    stage.settle()
    assert stage.taken(screen) == []
