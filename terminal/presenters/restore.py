"""The restoring window: what happened, what can be done, who decides, how far it is, and the till opens again.

It stands on nothing but a data directory: the till itself can't be built while its ledger can't be opened. The same
pages serve a manager who wants an older copy; the till is closed before and opens again afterwards.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from storage.errors import StorageError
from terminal.app.cashiers import PIN_LENGTH_MAX
from terminal.app.files import documents_folder
from terminal.app.restoring_copies import Checked, Found
from terminal.app.restoring_plans import Findings, Plan, Restored, Step, Stopped
from terminal.app.restoring_trouble import Trouble
from terminal.errors import CommandError
from terminal.messages import error_text, refusal_text
from terminal.presenters.base import Presenter
from terminal.presenters.restore_model import BOX, CODE, PIN, URL, Model
from terminal.presenters.restore_outlook import best_copy
from terminal.presenters.restore_pages import confirm_word, make_page
from terminal.presenters.restore_plans import plan_of
from terminal.presenters.restore_states import Page, RestoreState
from terminal.presenters.states import Notice, Tone
from terminal.sync.recover import NotRecovered, RecoverCommand, Recovered, RecoverStep
from texts.i18n import LANGUAGES, Texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from loyalty.outcomes import Refused
    from loyalty.ports import Clock
    from terminal.presenters.restore_port import RestoreActions

TEXT_LENGTH_MAX: Final = 400
"""The longest input of a field, in characters: a path may be long."""

BACK_FROM: Final = {Page.COPIES: Page.TROUBLE, Page.OFFICE: Page.TROUBLE}


class Ways:
    """Where the window may lead.

    Args:
        open_till: Opens the till, again.
        leave: Leaves the window: the program ends, or the till that was closed for it opens again.
        crashed: Takes a bug, to write it down.
    """

    def __init__(
        self,
        open_till: Callable[[], None],
        leave: Callable[[], None],
        crashed: Callable[[Exception], None],
    ) -> None:
        self.open_till = open_till
        self.leave = leave
        self.crashed = crashed


class RestorePresenter(Presenter[RestoreState]):
    """Leads somebody through restoring, page by page.

    Args:
        actions: Does the work.
        texts: The language to start with.
        clock: Time.
        trouble: What is wrong, as far as file names tell.
        error: What storage said; ``None`` when nothing is wrong.
        ways: Where it may lead.
        black_box: The folder of the black box that the settings name; empty for none.
    """

    def __init__(
        self,
        actions: RestoreActions,
        texts: Texts,
        clock: Clock,
        trouble: Trouble,
        error: StorageError | None,
        ways: Ways,
        *,
        black_box: str = "",
    ) -> None:
        self._actions = actions
        self.texts = texts
        self._clock = clock
        self._ways = ways
        self._model = Model(trouble, error, texts.language, typed={BOX: black_box})
        super().__init__(make_page(self._model, texts, clock))

    # -- what comes in

    def look(self) -> None:
        """Begin to look around."""
        self._model.page, self._model.findings = Page.LOOKING, None
        self._actions.examine(self._looked_at, self._examined, self._broke)
        self.refresh()

    def key(self, name: str) -> None:
        """A key that no field wanted: Enter, Esc, Up, Down."""
        match name:
            case "Enter":
                self.confirm()
            case "Esc":
                self.back()
            case "Up":
                self._choose_next(-1)
            case "Down" | "↑ ↓":  # a finger on the key bar goes down the list
                self._choose_next(1)

    def language(self, code: str) -> None:
        """Speak another language from now on."""
        if code in LANGUAGES:
            self.texts = Texts(code, self.texts.currency)
            self._model.language = code
            self._model.notice = None
            self.refresh()

    def act(self, key: str) -> None:
        """Do what one of the smaller buttons, or a way, says."""
        model, findings = self._model, self._model.findings
        if model.page is Page.WORKING:
            self._stop(key)
            return
        if model.busy or findings is None:
            return
        model.notice = None
        match key:
            case "copy":
                self._show_copies()
            case "itself" | "key" | "box":
                self._ask(plan_of(key, model), Page.TROUBLE)
            case "office":
                model.page = Page.OFFICE
            case "again":
                self._ways.open_till()
            case "support":
                model.busy = True
                self._actions.bundle(documents_folder(), self._written, self._broke)
        self.refresh()

    def choose(self, key: str) -> None:
        """It is this copy, or this manager."""
        model = self._model
        if model.busy:
            return
        if model.page is Page.COPIES:
            self._choose_copy(Path(key))
        else:
            row = next((row for row in model.managers if str(row.cashier_id) == key), None)
            model.manager = row.cashier_id if row else None
            model.typed[PIN] = ""
            model.notice = None
        self.refresh()

    def file_chosen(self, path: Path) -> None:
        """Somebody chose a file that may be a copy."""
        if not self._model.busy and self._model.findings is not None:
            self._model.busy = True
            self._actions.look_at(path, self._looked_into, self._broke)
            self.refresh()

    def field_typed(self, name: str, text: str) -> None:
        """A field now holds this text."""
        if self._model.busy:
            return
        if name == PIN:
            text = "".join(char for char in text if char in "0123456789")[:PIN_LENGTH_MAX]
        self._model.typed[name] = text[:TEXT_LENGTH_MAX]
        self._model.notice = None
        self.refresh()

    def confirm(self) -> None:
        """Do what the large button says."""
        if not self.state.primary or not self.state.primary_enabled:
            return
        model = self._model
        match model.page:
            case Page.TROUBLE:
                self.act(self.state.ways[0].key if self.state.ways else "again")
            case Page.COPIES:
                self._ask(plan_of("copy", model), Page.COPIES)
            case Page.OFFICE:
                self._ask(plan_of("office", model), Page.OFFICE)
            case Page.CONFIRM:
                self._decide()
            case Page.DONE:
                self._ways.open_till()
            case Page.LOOKING | Page.WORKING:
                pass  # Enter has nothing to do there, least of all to stop something
        self.refresh()

    def back(self) -> None:
        """One page back; from the first one out."""
        model = self._model
        if model.busy or not self.state.back:
            return
        model.notice = None
        if model.page is Page.CONFIRM:
            model.page, model.plan = model.behind, None
        elif model.page in BACK_FROM and not model.asked:
            model.page = BACK_FROM[model.page]
        else:
            self._ways.leave()
        self.refresh()

    def _begin(self, plan: Plan | RecoverCommand) -> None:
        """Carry out what somebody with the right to do so has decided."""
        model = self._model
        model.page, model.plan, model.step, model.stopping, model.busy = Page.WORKING, plan, None, False, False
        model.typed.pop(PIN, None)
        if isinstance(plan, RecoverCommand):
            self._actions.recover(plan, self._recovering, self._recovered, self._not_done)
        else:
            self._actions.carry_out(plan, self._stepped, self._carried_out, self._not_done)
        self.refresh()

    # -- choosing

    def _stop(self, key: str) -> None:
        """End the work, or the proof at its end; pressed once is enough."""
        if any(action.key == key and action.enabled for action in self.state.others):
            self._model.stopping = True
            self._actions.stop_work()
            self.refresh()

    def _show_copies(self) -> None:
        model = self._model
        assert model.findings is not None, "the page comes after looking around"
        model.page = Page.COPIES
        best = best_copy(model.findings, model.checks)
        if model.found is None and best is not None:
            self._choose_copy(best.copy.path)

    def _choose_copy(self, path: Path) -> None:
        """Choose a copy, and look at it closely when nobody has."""
        model = self._model
        model.chosen, model.notice = path, None
        if path not in model.checks:
            self._actions.check(path, lambda checked: self._checked(path, checked), self._broke)

    def _choose_next(self, step: int) -> None:
        lines = self.state.copies
        keys = [line.key for line in lines]
        if keys and self._model.page is Page.COPIES:
            at = keys.index(self.state.chosen) + step if self.state.chosen in keys else 0
            self.choose(keys[min(max(at, 0), len(keys) - 1)])

    def _ask(self, plan: Plan | RecoverCommand | None, behind: Page) -> None:
        """Say what will happen and ask who decides it."""
        model = self._model
        if plan is None:
            return
        model.plan, model.behind, model.page = plan, behind, Page.CONFIRM
        model.manager = model.managers[0].cashier_id if len(model.managers) == 1 else None
        model.typed = {name: text for name, text in model.typed.items() if name in (URL, CODE, BOX)}

    def _decide(self) -> None:
        model = self._model
        if model.plan is None or not model.may_decide(confirm_word(self.texts)):
            return
        if not model.managers:
            self._go()
            return
        model.busy = True
        pin, model.typed[PIN] = model.typed[PIN], ""
        self._actions.authorise(model.managers, model.manager, pin, self._authorised, self._broke)

    def _go(self) -> None:
        plan = self._model.plan
        assert plan is not None, "asked for before"
        self._begin(plan)

    # -- answers

    def _looked_at(self, done: int, total: int) -> None:
        self._model.looked = (done, total)
        self.refresh()

    def _examined(self, findings: Findings) -> None:
        model = self._model
        model.findings, model.trouble, model.page = findings, findings.trouble, Page.TROUBLE
        if model.asked:
            self._show_copies()
        self.refresh()

    def _checked(self, path: Path, checked: Checked) -> None:
        self._model.checks[path] = checked
        self.refresh()

    def _looked_into(self, found: Found | None) -> None:
        model, findings = self._model, self._model.findings
        model.busy = False
        if found is None or findings is None:
            sentence = self.texts._("This file is no copy of a till's bookings. Choose another. (M-437)")
            model.notice = Notice(sentence, Tone.WARN)
        else:
            others = tuple(each for each in findings.copies if each.copy.path != found.copy.path)
            model.findings = replace(findings, copies=(found, *others))
            model.page = Page.COPIES
            self._choose_copy(found.copy.path)
        self.refresh()

    def _authorised(self, refused: Refused | None) -> None:
        self._model.busy = False
        if refused is None:
            self._go()
        else:
            self._model.notice = Notice(refusal_text(self.texts, refused), Tone.WARN)
        self.refresh()

    def _stepped(self, step: Step) -> None:
        self._model.step = step
        self.refresh()

    def _recovering(self, step: RecoverStep, done: int, total: int) -> None:
        self._model.step, self._model.recovering = step, (done, total)
        self.refresh()

    def _carried_out(self, outcome: Restored | Stopped) -> None:
        if isinstance(outcome, Stopped):
            self._return(Notice(self.texts._("Stopped. Nothing was changed."), Tone.INFO))
        else:
            self._model.restored, self._model.page = outcome, Page.DONE
        self.refresh()

    def _recovered(self, outcome: Recovered | NotRecovered) -> None:
        from terminal.presenters.restore_office import not_recovered_text, restored_of

        if isinstance(outcome, NotRecovered):
            self._return(Notice(not_recovered_text(self.texts, outcome), Tone.WARN))
        else:
            self._model.restored, self._model.page = restored_of(outcome), Page.DONE
        self.refresh()

    def _not_done(self, error: Exception) -> None:
        """It could not be done: say why and go back to where it was chosen; what stood there stands there still."""
        self._return(None)
        self._broke(error)

    def _return(self, notice: Notice | None) -> None:
        model = self._model
        model.page, model.plan, model.busy, model.notice = model.behind, None, False, notice
        if model.findings is None:
            self.look()

    def _written(self, file: Path) -> None:
        self._model.busy = False
        sentence = self.texts._("Support file written: {file}. It names no member; send it to support.")
        self._model.notice = Notice(sentence.format(file=file), Tone.GOOD)
        self.refresh()

    def _broke(self, error: Exception) -> None:
        """Something broke: a known error is said, a bug is written down as well."""
        self._model.busy = False
        texts = self.texts
        if isinstance(error, StorageError):
            sentence = error_text(texts, error)
        elif isinstance(error, CommandError):
            sentence = texts._(error.sentence).format(file=error.file, detail=error.detail)
        else:
            self._ways.crashed(error)
            sentence = texts._("This is a mistake of the program, not yours. Nothing was changed. (M-423)")
        if self._model.page is Page.LOOKING:  # what can't be looked at can't be offered; the rest can
            self._model.findings, self._model.page = Findings(self._model.trouble), Page.TROUBLE
        self._model.notice = Notice(sentence, Tone.WARN)
        self.refresh()

    def refresh(self) -> None:
        """Compute the page anew."""
        self._show(make_page(self._model, self.texts, self._clock))
