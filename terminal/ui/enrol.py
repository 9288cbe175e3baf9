"""Enrolling a member: as few fields as the law allows, consents that nobody has ticked in advance."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from terminal.presenters.states import Candidate, ConsentBox, EnrolState, Field
from terminal.ui import intents, tokens
from terminal.ui.buttons import Button, Kind
from terminal.ui.candidates import CandidateRow
from terminal.ui.cards import Card, NoticeBar
from terminal.ui.consents import ConsentButton
from terminal.ui.fields import LineEdit
from terminal.ui.labels import IconLabel, Label, Paragraph, caption
from terminal.ui.purchase import PRIMARY_TEXT
from terminal.ui.scroll import scrolling
from terminal.ui.theme import Theme
from terminal.ui.view import View
from terminal.ui.wording import Wording

FIELD_COLUMNS = 2
ERROR_ICON = 18
CARD_ICON = 22


class FieldBox(QWidget):
    """A caption, its field, and the reason when the entry cannot be taken."""

    keyboard_wanted = Signal(QLineEdit)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        palette = theme.palette
        self._caption = Label(theme, tokens.TEXT_BODY, QFont.Weight.DemiBold, name=f"{name}Caption")
        self._optional = Label(theme, tokens.TEXT_BODY - 1, ink=palette.muted, name=f"{name}Optional")
        self.edit = LineEdit(theme, name)
        self.edit.setFixedHeight(theme.px(tokens.CONTROL_MIN + 2))
        self._icon = IconLabel(theme, "error", ERROR_ICON, palette.red.text)
        self._error = Paragraph(theme, tokens.TEXT_BODY - 1, ink=palette.red.text, name=f"{name}Error")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        heading = QHBoxLayout()
        heading.addWidget(self._caption)
        heading.addWidget(self._optional)
        heading.addStretch(1)
        box.addLayout(heading)
        box.addWidget(self.edit)
        reason = QHBoxLayout()
        reason.setSpacing(6)
        reason.addWidget(self._icon)
        reason.addWidget(self._error, 1)
        box.addLayout(reason)
        box.addStretch(1)
        self.edit.touched.connect(lambda: self.keyboard_wanted.emit(self.edit))

    def show_field(self, field: Field, optional: str) -> None:
        """Show a field."""
        self._caption.show_text(field.caption)
        self._optional.show_text(optional if field.optional else "")
        self.edit.show_text(field.value)
        self.edit.setPlaceholderText(field.placeholder)
        spoken = f"{field.caption}, {field.error}" if field.error else field.caption
        self.edit.setAccessibleName(spoken)
        self.edit.show_wrong(bool(field.error))
        self._error.show_text(field.error)
        for part in (self._icon, self._error):
            part.setVisible(bool(field.error))


class EnrolView(View):
    """The form. Fields and consents are made once per name and follow the state."""

    def __init__(self, presenter: intents.Enrol, texts: Wording, theme: Theme) -> None:
        super().__init__(texts, theme)
        self._presenter = presenter
        palette = theme.palette
        self._fields: dict[str, FieldBox] = {}
        self._consents: dict[str, ConsentButton] = {}
        self._duplicates: list[CandidateRow] = []
        self._headline = Label(theme, tokens.TEXT_TITLE, QFont.Weight.Bold, name="headline")
        self._card_icon = IconLabel(theme, "credit_card", CARD_ICON, palette.muted)
        self._card = Label(theme, tokens.TEXT_STRONG, ink=palette.secondary, name="card", elide=True)
        self._notice = NoticeBar(theme)
        self._keyboard = Button(theme, name="keyboard", icon="keyboard")
        self._fields_grid = QGridLayout()
        self._duplicates_caption = caption(theme, "duplicatesCaption")
        self._duplicates_box = QVBoxLayout()
        self._consent_caption = caption(theme, "consentCaption")
        self._consent_box = QVBoxLayout()
        self._privacy_caption = caption(theme, "privacyCaption")
        self._privacy_caption.elides = True
        self._privacy = Paragraph(theme, ink=palette.secondary, name="privacy")
        self._primary = Button(
            theme,
            Kind.PRIMARY,
            name="primary",
            trailing="keyboard_return",
            size=PRIMARY_TEXT,
            height=tokens.PRIMARY_MIN,
        )
        self._cancel = Button(theme, name="cancel", hint="Esc", height=tokens.PRIMARY_MIN)
        self._lay_out(theme)
        self._keyboard.clicked.connect(self.want_keyboard)
        self._primary.clicked.connect(presenter.confirm)
        self._cancel.clicked.connect(presenter.cancel)
        presenter.subscribe(self.changed)
        self.retranslate()

    def _lay_out(self, theme: Theme) -> None:
        page = QHBoxLayout(self)
        page.setContentsMargins(*4 * (tokens.MARGIN,))
        page.setSpacing(tokens.MARGIN)
        page.addWidget(self._person_card(theme), 56)
        page.addWidget(self._law_card(theme), 44)

    def _person_card(self, theme: Theme) -> Card:
        card = Card(theme)
        box = QVBoxLayout(card)
        box.setContentsMargins(tokens.CARD_PADDING, tokens.CARD_GAP, tokens.CARD_PADDING, tokens.MARGIN)
        box.setSpacing(tokens.ROW_GAP)
        top = QHBoxLayout()
        top.addWidget(self._headline)
        top.addStretch(1)
        top.addWidget(self._keyboard)
        box.addLayout(top)
        line = QHBoxLayout()
        line.setSpacing(tokens.GAP)
        line.addWidget(self._card_icon)
        line.addWidget(self._card, 1)
        box.addLayout(line)
        fields = QWidget()
        fields.setLayout(self._fields_grid)
        self._fields_grid.setContentsMargins(0, tokens.ROW_GAP, 0, 0)
        self._fields_grid.setHorizontalSpacing(tokens.CARD_GAP)
        self._fields_grid.setVerticalSpacing(tokens.CARD_GAP)
        found = QWidget()
        found_box = QVBoxLayout(found)
        found_box.setContentsMargins(0, 0, 0, 0)
        found_box.addWidget(self._duplicates_caption)
        found_box.addLayout(self._duplicates_box)
        self._duplicates_box.setSpacing(tokens.GAP)
        self._scroll = scrolling(self._notice, found, fields, spacing=tokens.ROW_GAP)
        box.addWidget(self._scroll, 1)
        return card

    def _law_card(self, theme: Theme) -> Card:
        card = Card(theme)
        box = QVBoxLayout(card)
        box.setContentsMargins(tokens.CARD_PADDING, tokens.CARD_PADDING, tokens.CARD_PADDING, tokens.MARGIN)
        box.setSpacing(tokens.ROW_GAP)
        consents = QWidget()
        consents.setLayout(self._consent_box)
        self._consent_box.setContentsMargins(0, 0, 0, tokens.GAP)
        self._consent_box.setSpacing(tokens.GAP)
        box.addWidget(
            scrolling(self._consent_caption, consents, self._privacy_caption, self._privacy, spacing=tokens.ROW_GAP), 1
        )
        box.addWidget(self._primary)
        box.addWidget(self._cancel)
        return card

    def retranslate(self) -> None:
        """Take the captions from the texts again, then show the state."""
        translate = self.texts._
        self._headline.show_text(translate("New member"))
        self._duplicates_caption.show_text(translate("Already a member?"))
        self._consent_caption.show_text(translate("Consents"))
        self._cancel.show_caption(translate("Cancel"))
        keyboard = translate("Keyboard on the screen")
        self._keyboard.setAccessibleName(keyboard)
        self._keyboard.setToolTip(keyboard)
        self.refresh()

    def default_input(self) -> LineEdit | None:
        """The first field that is wrong, else the first one."""
        boxes = [box for box in self._fields.values() if not box.isHidden()]
        wrong = [box.edit for box in boxes if box.edit.property("wrong")]
        return wrong[0] if wrong else boxes[0].edit if boxes else None

    def refresh(self) -> None:
        """Show the presenter's state."""
        self.render_state(self._presenter.state)

    def render_state(self, state: EnrolState) -> None:
        """Show a state."""
        palette = self.theme.palette
        self._card.show_text(state.card)
        self._card.set_ink(palette.amber.text if state.waiting_for_card else palette.secondary)
        icon, ink = (
            ("barcode_scanner", palette.amber.text) if state.waiting_for_card else ("credit_card", palette.muted)
        )
        self._card_icon.show_icon(icon, ink)
        self._notice.show_notice(state.notice)
        self._show_fields(state.fields)
        self._show_consents(state.consents)
        self._show_duplicates(state.duplicates)
        self._privacy_caption.show_text(state.privacy_caption)
        self._privacy.show_text(state.privacy_text)
        self._primary.show_caption(state.primary)
        self._primary.show_trailing("sync" if state.busy else "keyboard_return")
        self._primary.set_active(state.primary_enabled and not state.busy)

    def _show_fields(self, fields: tuple[Field, ...]) -> None:
        optional = self.texts._("optional")
        for field in fields:
            box = self._fields.get(field.name) or self._add_field(field.name)
            box.show_field(field, optional)
        names = {field.name for field in fields}
        for name, box in self._fields.items():
            box.setVisible(name in names)

    def _add_field(self, name: str) -> FieldBox:
        box = FieldBox(self.theme, name)
        index = len(self._fields)
        self._fields_grid.addWidget(box, index // FIELD_COLUMNS, index % FIELD_COLUMNS)
        for column in range(FIELD_COLUMNS):
            self._fields_grid.setColumnStretch(column, 1)
        box.edit.typed.connect(lambda text: self._presenter.field_typed(name, text))
        box.keyboard_wanted.connect(self.keyboard_wanted)
        self._fields[name] = box
        return box

    def _show_consents(self, consents: tuple[ConsentBox, ...]) -> None:
        self._consent_caption.setVisible(bool(consents))
        for consent in consents:
            button = self._consents.get(consent.purpose) or self._add_consent(consent.purpose)
            button.show_consent(consent)
        purposes = {consent.purpose for consent in consents}
        for purpose, button in self._consents.items():
            button.setVisible(purpose in purposes)

    def _add_consent(self, purpose: str) -> ConsentButton:
        button = ConsentButton(self.theme, f"consent{len(self._consents)}")
        button.clicked.connect(lambda: self._presenter.consent(purpose, not button.isChecked()))
        self._consent_box.addWidget(button)
        self._consents[purpose] = button
        return button

    def _show_duplicates(self, duplicates: tuple[Candidate, ...]) -> None:
        self._duplicates_caption.setVisible(bool(duplicates))
        while len(self._duplicates) < len(duplicates):
            self._add_duplicate()
        for index, row in enumerate(self._duplicates):
            if index < len(duplicates):
                row.show_candidate(duplicates[index], selected=False)
            row.setVisible(index < len(duplicates))

    def _add_duplicate(self) -> None:
        row = CandidateRow(self.theme, f"duplicate{len(self._duplicates)}")
        row.clicked.connect(lambda: self._presenter.take_candidate(row.candidate.member_id))
        self._duplicates.append(row)
        self._duplicates_box.addWidget(row)
