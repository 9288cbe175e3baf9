"""The restoring pages: what happened and what can be done, which copy, who decides, how far it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from terminal.presenters.restore_states import Page, RestoreState, StageLine
from terminal.presenters.states import Choice, Field, Tone
from terminal.ui import intents, tokens
from terminal.ui.actions import ActionColumn
from terminal.ui.buttons import Button, Kind
from terminal.ui.cards import Card
from terminal.ui.choices import ChoiceButton
from terminal.ui.enrol import FieldBox
from terminal.ui.fields import LineEdit
from terminal.ui.labels import Label, Paragraph, caption
from terminal.ui.restore_parts import CopyList, Heading, PointList, WayList
from terminal.ui.scroll import scrolling
from terminal.ui.status import FactRows, NoticeList, ProgressLine
from terminal.ui.theme import Theme
from terminal.ui.view import View
from terminal.ui.wording import Wording

LEFT_SHARE, RIGHT_SHARE = 60, 40
CHOOSE_FILE = "file"


class Restore(intents.Presenter[RestoreState], Protocol):
    """What the view asks of its presenter."""

    def act(self, key: str) -> None:
        """Do what a way or a smaller button says."""
        ...

    def choose(self, key: str) -> None:
        """It is this copy, or this manager."""
        ...

    def file_chosen(self, path: Path) -> None:
        """Somebody chose a file that may be a copy."""
        ...

    def field_typed(self, name: str, text: str) -> None:
        """A field now holds this text."""
        ...

    def confirm(self) -> None:
        """Do what the large button says."""
        ...

    def back(self) -> None:
        """Leave the page."""
        ...


class RestoreView(View):
    """What happened on the left, what can be done on the right; parts without anything to say take no room.

    Args:
        presenter: Leads through the pages.
        texts: The language.
        theme: The look.
        ask_for_file: Asks for a file that is a copy; gives none when nobody chose.
    """

    def __init__(
        self,
        presenter: Restore,
        texts: Wording,
        theme: Theme,
        ask_for_file: Callable[[QWidget, str], Path | None] | None = None,
    ) -> None:
        super().__init__(texts, theme)
        self._presenter = presenter
        self._ask_for_file = ask_for_file or choose_file
        self._page: Page | None = None
        self._chosen = ""
        self._fields: dict[str, FieldBox] = {}
        self._people: dict[str, ChoiceButton] = {}
        secondary = theme.palette.secondary
        self._heading = Heading(theme)
        self._notes = NoticeList(theme)
        self._progress_text = Label(theme, ink=secondary, name="progress")
        self._progress = ProgressLine(theme)
        self._points_caption = caption(theme, "pointsCaption")
        self._points = PointList(theme, "point")
        self._stages = PointList(theme, "stage")
        self._empty = Paragraph(theme, tokens.TEXT_STRONG, ink=secondary, name="empty")
        self._copies = CopyList(theme, presenter.choose)
        self._people_row, self._people_box = QWidget(), QHBoxLayout()
        self._fields_row, self._fields_box = QWidget(), QVBoxLayout()
        self._keyboard = Button(theme, name="keyboard", icon="keyboard")
        self._ways_caption = caption(theme, "waysCaption")
        self._ways = WayList(theme, presenter.act)
        self._facts_caption = caption(theme, "factsCaption")
        self._facts = FactRows(theme)
        self._primary = self._main_button(Kind.PRIMARY, "primary")
        self._danger = self._main_button(Kind.DANGER, "danger")
        self._others = OtherActions(theme, self._act)
        self._back = Button(theme, name="cancel", icon="arrow_back", hint="Esc", height=tokens.PRIMARY_MIN)
        self._lay_out(theme)
        for button in (self._primary, self._danger):
            button.clicked.connect(presenter.confirm)
        self._back.clicked.connect(presenter.back)
        self._keyboard.clicked.connect(self.want_keyboard)
        presenter.subscribe(self.changed)
        self.retranslate()

    def _main_button(self, kind: Kind, name: str) -> Button:
        return Button(self.theme, kind, name=name, trailing="keyboard_return", height=tokens.PRIMARY_MIN)

    def _lay_out(self, theme: Theme) -> None:
        page = QHBoxLayout(self)
        page.setContentsMargins(*4 * (tokens.MARGIN,))
        page.setSpacing(tokens.MARGIN)
        for card, share in ((self._left(theme), LEFT_SHARE), (self._right(theme), RIGHT_SHARE)):
            card.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)  # alike on every page
            page.addWidget(card, share)

    def _left(self, theme: Theme) -> Card:
        for row, box in ((self._people_row, self._people_box), (self._fields_row, self._fields_box)):
            row.setLayout(box)
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(tokens.ROW_GAP)
        card = Card(theme)
        box = QVBoxLayout(card)
        box.setContentsMargins(tokens.CARD_PADDING, tokens.CARD_GAP, tokens.CARD_PADDING, tokens.MARGIN)
        box.setSpacing(tokens.CARD_GAP)
        top = QHBoxLayout()
        top.addWidget(self._heading, 1)
        box.addLayout(top)
        box.addWidget(self._progress_text)
        box.addWidget(self._progress)
        parts = (
            self._notes,
            self._points_caption,
            self._points,
            self._stages,
            self._empty,
            self._copies,
            self._people_row,
            self._fields_row,
        )
        self._scroll = scrolling(*parts, spacing=tokens.ROW_GAP)
        box.addWidget(self._scroll, 1)
        return card

    def _right(self, theme: Theme) -> Card:
        card = Card(theme)
        box = QVBoxLayout(card)
        box.setContentsMargins(*4 * (tokens.MARGIN,))
        box.setSpacing(tokens.ROW_GAP)
        box.addWidget(
            scrolling(self._ways_caption, self._ways, self._facts_caption, self._facts, spacing=tokens.ROW_GAP), 1
        )
        box.addWidget(self._keyboard)
        box.addWidget(self._primary)
        box.addWidget(self._danger)
        box.addLayout(self._others)
        box.addWidget(self._back)
        return card

    def retranslate(self) -> None:
        """Take the captions from the texts again, then show the state."""
        self._ways_caption.show_text(self.texts._("What can be done"))
        keyboard = self.texts._("Keyboard on the screen")
        self._keyboard.show_caption(keyboard)
        self.refresh()

    def default_input(self) -> LineEdit | None:
        """The first field that is empty, else the last one."""
        edits = [box.edit for box in self._fields.values() if not box.isHidden()]
        empty = [edit for edit in edits if not edit.text()]
        return empty[0] if empty else edits[-1] if edits else None

    def _act(self, key: str) -> None:
        if key != CHOOSE_FILE:
            self._presenter.act(key)
            return
        path = self._ask_for_file(self, self.texts._("Choose a copy"))
        if path is not None:
            self._presenter.file_chosen(path)

    def refresh(self) -> None:
        """Show the presenter's state."""
        self.render_state(self._presenter.state)

    def render_state(self, state: RestoreState) -> None:
        """Show a state."""
        self._heading.show_heading(state.title, state.headline, state.text, state.icon, state.tone)
        self._notes.show_notices(state.notes)
        self._notes.setVisible(bool(state.notes))
        self._show_points(state)
        self._show_progress(state)
        self._empty.show_text(state.empty)
        self._empty.setVisible(bool(state.empty))
        self._copies.show_copies(state.copies, state.chosen)
        self._keep_in_sight(state.chosen)
        self._copies.setVisible(bool(state.copies))
        self._show_people(state.people)
        self._show_fields(state.fields, state.secret)
        self._show_right(state)
        if state.page is not self._page:
            self._page = state.page
            if self.isVisible():
                QTimer.singleShot(0, self, self.take_focus)  # once the fields of the page are there

    def _keep_in_sight(self, chosen: str) -> None:
        """Follow the arrows down a list that is longer than the window."""
        if chosen != self._chosen:
            self._chosen = chosen
            row = self._copies.chosen_row()
            if row is not None:
                QTimer.singleShot(0, row, lambda: self._scroll.ensureWidgetVisible(row))  # once it has its place

    def _show_points(self, state: RestoreState) -> None:
        self._points_caption.show_text(state.points_caption)
        self._points.show_lines(tuple(StageLine(text, Tone.GOOD) for text in state.points))
        for part in (self._points_caption, self._points):
            part.setVisible(bool(state.points))
        self._stages.show_lines(state.stages)
        self._stages.setVisible(bool(state.stages))

    def _show_progress(self, state: RestoreState) -> None:
        self._progress_text.show_text(state.progress)
        self._progress_text.setVisible(bool(state.progress))
        self._progress.show_percent(state.percent or 0)
        self._progress.setVisible(state.percent is not None)

    def _show_right(self, state: RestoreState) -> None:
        self._ways.show_ways(state.ways)
        self._facts_caption.show_text(state.facts_caption)
        self._facts.show_facts(state.facts)
        for part, shown in (
            (self._ways_caption, state.ways),
            (self._ways, state.ways),
            (self._facts_caption, state.facts),
            (self._facts, state.facts),
            (self._keyboard, state.fields),
        ):
            part.setVisible(bool(shown))
        has_button = bool(state.primary) and not state.ways  # the first way is the large button itself
        self._primary.setVisible(has_button and not state.danger)
        self._danger.setVisible(has_button and state.danger)
        for button in (self._primary, self._danger):
            button.show_caption(state.primary)
            button.set_active(state.primary_enabled)
        self._others.show_actions(state.others)
        self._back.show_caption(state.back)
        self._back.setVisible(bool(state.back))
        self._back.set_active(not state.busy or state.page is Page.LOOKING)

    def _show_people(self, people: tuple[Choice, ...]) -> None:
        for person in people:
            button = self._people.get(person.key) or self._add_person(person.key)
            button.show_caption(person.text)
            if person.chosen != button.isChecked():
                button.setChecked(person.chosen)
        keys = {person.key for person in people}
        for key, button in self._people.items():
            button.setVisible(key in keys)
        self._people_row.setVisible(bool(people))

    def _add_person(self, key: str) -> ChoiceButton:
        button = ChoiceButton(self.theme, f"person{len(self._people)}")
        button.clicked.connect(lambda: self._presenter.choose(key))
        self._people_box.addWidget(button)
        self._people[key] = button
        return button

    def _show_fields(self, fields: tuple[Field, ...], secret: str) -> None:
        for field in fields:
            box = self._fields.get(field.name) or self._add_field(field.name)
            hides = QLineEdit.EchoMode.Password if field.name == secret else QLineEdit.EchoMode.Normal
            if box.edit.echoMode() is not hides:
                box.edit.setEchoMode(hides)
            box.show_field(field, self.texts._("optional"))
        names = {field.name for field in fields}
        for name, box in self._fields.items():
            box.setVisible(name in names)
        self._fields_row.setVisible(bool(fields))

    def _add_field(self, name: str) -> FieldBox:
        box = FieldBox(self.theme, name)
        box.edit.typed.connect(lambda text: self._presenter.field_typed(name, text))
        box.keyboard_wanted.connect(self.keyboard_wanted)
        self._fields_box.addWidget(box)
        self._fields[name] = box
        return box


class OtherActions(ActionColumn):
    """Smaller buttons, none of them green."""

    def _add_button(self, index: int) -> None:
        button = Button(self._theme, name=f"other{index}")
        button.clicked.connect(lambda: self._press(index))
        self._buttons.append(button)
        self.addWidget(button)


def choose_file(parent: QWidget, caption_text: str) -> Path | None:
    """Let somebody choose a file on this computer or a stick."""
    name, _ = QFileDialog.getOpenFileName(parent, caption_text)
    return Path(name) if name else None
