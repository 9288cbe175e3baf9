"""The device screen: how everything attached is doing, what was read last, and what can be tried."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from terminal.presenters.doctor_states import DoctorAction, DoctorState, Page, Phase
from terminal.presenters.states import Tone
from terminal.ui import intents, tokens
from terminal.ui.actions import ActionColumn
from terminal.ui.buttons import Button
from terminal.ui.cards import Card, NoticeBar
from terminal.ui.choices import ChoiceButton
from terminal.ui.doctor_cards import DeviceList, FrameList, GapChart
from terminal.ui.doctor_wizard import WizardPane
from terminal.ui.fields import LineEdit
from terminal.ui.labels import IconLabel, Label, Paragraph, caption
from terminal.ui.scroll import scrolling
from terminal.ui.status import FactRows
from terminal.ui.theme import Theme
from terminal.ui.view import View
from terminal.ui.wording import Wording

STATE_ICON = 36
LEFT_SHARE, RIGHT_SHARE = 64, 36
SOUND_COLUMNS = 2


class Doctor(intents.Presenter[DoctorState], Protocol):
    """What the view asks of its presenter."""

    def act(self, key: str) -> None:
        """Do what a button says."""
        ...

    def choose(self, page: str) -> None:
        """Show another page."""
        ...

    def typed(self, text: str) -> None:
        """The wizard's field holds this text."""
        ...

    def cancel(self) -> None:
        """Leave the wizard, else the screen."""
        ...


class DoctorView(View):
    """Devices, scans or counters on the left, or the wizard in their place; what can be done on the right."""

    def __init__(self, presenter: Doctor, texts: Wording, theme: Theme) -> None:
        super().__init__(texts, theme)
        self._presenter = presenter
        self._waits = False
        self._tabs: dict[str, ChoiceButton] = {}
        self._sounds: dict[str, Button] = {}
        self._title = caption(theme, "title")
        self._icon = IconLabel(theme, "", STATE_ICON, theme.palette.ink)
        self._headline = Label(theme, tokens.TEXT_TITLE - 4, QFont.Weight.Bold, name="headline", elide=True)
        self._text = Paragraph(theme, tokens.TEXT_STRONG, name="text")
        self._notice = NoticeBar(theme)
        self._tab_row = QHBoxLayout()
        self._empty = Paragraph(theme, tokens.TEXT_STRONG, ink=theme.palette.secondary, name="empty")
        self._devices = DeviceList(theme)
        self._gaps_caption = caption(theme, "gapsCaption")
        self._gaps = GapChart(theme)
        self._frames = FrameList(theme)
        self._counters = FactRows(theme)
        self._pages = self._pages_part()
        self._wizard = WizardPane(theme)
        self._actions = ActionColumn(theme, presenter.act)
        self._sounds_caption = caption(theme, "soundsCaption")
        self._sound_grid = QGridLayout()
        self._back = Button(theme, name="cancel", icon="arrow_back", hint="Esc", height=tokens.PRIMARY_MIN)
        self._lay_out(theme)
        self._back.clicked.connect(presenter.cancel)
        self._wizard.edit.typed.connect(presenter.typed)
        presenter.subscribe(self.changed)
        self.retranslate()

    def _pages_part(self) -> QWidget:
        """State, tabs and the list of the page."""
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.ROW_GAP)
        column.addWidget(self._state_card())
        column.addWidget(self._notice)
        self._tab_row.setSpacing(tokens.GAP)
        column.addLayout(self._tab_row)
        lists = (self._empty, self._devices, self._gaps_caption, self._gaps, self._frames, self._counters)
        column.addWidget(scrolling(*lists), 1)
        return part

    def _state_card(self) -> Card:
        card = Card(self.theme)
        box = QVBoxLayout(card)
        box.setContentsMargins(tokens.CARD_PADDING, tokens.CARD_GAP, tokens.CARD_PADDING, tokens.CARD_GAP)
        box.setSpacing(6)
        box.addWidget(self._title)
        line = QHBoxLayout()
        line.setSpacing(tokens.ROW_GAP)
        line.addWidget(self._icon)
        line.addWidget(self._headline, 1)
        box.addLayout(line)
        box.addWidget(self._text)
        card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        return card

    def _lay_out(self, theme: Theme) -> None:
        page = QHBoxLayout(self)
        page.setContentsMargins(*4 * (tokens.MARGIN,))
        page.setSpacing(tokens.MARGIN)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self._pages, 1)
        left.addWidget(self._wizard, 1)
        page.addLayout(left, LEFT_SHARE)
        card = Card(theme)
        box = QVBoxLayout(card)
        box.setContentsMargins(tokens.MARGIN, tokens.MARGIN, tokens.MARGIN, tokens.MARGIN)
        box.setSpacing(tokens.ROW_GAP)
        self._actions.setSpacing(tokens.GAP)
        self._sound_grid.setSpacing(tokens.GAP)
        box.addLayout(self._actions)
        box.addWidget(self._sounds_caption)
        box.addLayout(self._sound_grid)
        box.addStretch(1)
        box.addWidget(self._back)
        page.addWidget(card, RIGHT_SHARE)

    def retranslate(self) -> None:
        """Take the captions from the texts again, then show the state."""
        texts = self.texts
        self._gaps_caption.show_text(texts._("Pauses between reads"))
        self._sounds_caption.show_text(texts._("Sounds"))
        self._back.show_caption(texts._("Back"))
        self._wizard.retranslate(
            texts._("A scanner that types writes here:"), texts._("What would change"), texts._("Test barcode")
        )
        self.refresh()

    def default_input(self) -> LineEdit | None:
        """While the wizard waits, whatever is typed goes into its field."""
        return self._wizard.edit if self._wizard.edit.isVisibleTo(self) else None

    def refresh(self) -> None:
        """Show the presenter's state."""
        self.render_state(self._presenter.state)

    def render_state(self, state: DoctorState) -> None:
        """Show a state."""
        self._show_head(state)
        self._notice.show_notice(state.notice)
        self._show_tabs(state)
        self._show_page(state)
        self._actions.show_actions(state.actions)
        self._show_sounds(state.sounds)
        wizard = state.wizard
        if wizard is not None:
            self._wizard.show_wizard(wizard)
        self._pages.setVisible(wizard is None)
        self._wizard.setVisible(wizard is not None)
        self._follow_with_focus(wizard is not None and wizard.phase is Phase.WAITING)

    def _follow_with_focus(self, waits: bool) -> None:  # noqa: FBT001 - one flag, as in Qt's own setters
        """What a scanner types goes into the wizard's field while that waits, and presses no button afterwards."""
        if waits != self._waits:
            self._waits = waits
            if self.isVisible():
                self.take_focus()

    def _show_head(self, state: DoctorState) -> None:
        palette = self.theme.palette
        ink = palette.brand_text if state.tone is Tone.GOOD else palette.pair(state.tone).text
        self._title.show_text(state.title)
        self._icon.show_icon(state.icon, ink)
        self._headline.show_text(state.headline)
        self._text.show_text(state.text)
        self._text.setVisible(bool(state.text))

    def _show_tabs(self, state: DoctorState) -> None:
        for choice in state.pages:
            tab = self._tabs.get(choice.key) or self._add_tab(choice.key)
            tab.show_caption(choice.text)
            if choice.chosen != tab.isChecked():
                tab.setChecked(choice.chosen)

    def _add_tab(self, key: str) -> ChoiceButton:
        tab = ChoiceButton(self.theme, f"page_{key}")
        tab.clicked.connect(lambda: self._presenter.choose(key))
        self._tab_row.addWidget(tab)
        self._tabs[key] = tab
        return tab

    def _show_page(self, state: DoctorState) -> None:
        """Fill the list of the page that is shown; the others keep what they had."""
        page = state.page
        if page is Page.DEVICES:
            self._devices.show_devices(state.devices)
        elif page is Page.SCANS:
            self._gaps.show_gaps(state.gaps)
            self._frames.show_frames(state.frames)
        else:
            self._counters.show_facts(state.counters)
        shown = {Page.DEVICES: state.devices, Page.SCANS: state.frames, Page.COUNTERS: state.counters}[page]
        self._empty.show_text(state.empty)
        self._empty.setVisible(not shown)
        self._devices.setVisible(page is Page.DEVICES and bool(shown))
        self._frames.setVisible(page is Page.SCANS and bool(shown))
        for part in (self._gaps, self._gaps_caption):
            part.setVisible(page is Page.SCANS and bool(state.gaps))
        self._counters.setVisible(page is Page.COUNTERS and bool(shown))

    def _show_sounds(self, sounds: tuple[DoctorAction, ...]) -> None:
        for sound in sounds:
            button = self._sounds.get(sound.key) or self._add_sound(sound.key)
            button.show_caption(sound.text)
            button.set_active(sound.enabled)
        self._sounds_caption.setVisible(bool(sounds))
        for button in self._sounds.values():
            button.setVisible(bool(sounds))

    def _add_sound(self, key: str) -> Button:
        button = Button(self.theme, name=f"sound{len(self._sounds)}")
        button.clicked.connect(lambda: self._presenter.act(key))
        place = len(self._sounds)
        self._sound_grid.addWidget(button, place // SOUND_COLUMNS, place % SOUND_COLUMNS)
        self._sounds[key] = button
        return button
