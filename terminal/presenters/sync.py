"""The sync screen: how this till stands with head office, what waits, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from loyalty.outcomes import Refused
from loyalty.wire import ProblemCode
from terminal.presenters.base import Flow, Presenter, Surroundings
from terminal.presenters.states import Notice, Tone
from terminal.presenters.status_states import StatusAction
from terminal.presenters.sync_states import Purpose, SyncState
from terminal.presenters.sync_view import facts, headline_icon, meaning, notes, tiles
from terminal.presenters.sync_words import connection_pill, no_text, progress_percent, progress_text
from terminal.sync.outcomes import Declined, Invited, Serving
from terminal.sync.status import SyncMode, SyncTrouble

if TYPE_CHECKING:
    from texts.i18n import Texts

EMPTY: Final = SyncState(title="", headline="", text="", icon="")

CURED_BY_JOINING: Final = frozenset(
    {
        ProblemCode.BAD_SIGNATURE,
        ProblemCode.UNKNOWN_TERMINAL,
        ProblemCode.REVOKED,
        ProblemCode.FENCED,
        SyncTrouble.KEYS_MISSING,
        SyncTrouble.CERTIFICATE_CHANGED,
    }
)
"""Problems after which the till goes on only under a new code."""


class SyncPresenter(Presenter[SyncState]):
    """Shows the newest status and asks for what somebody wants; everything that takes a form has one of its own."""

    def __init__(self, surroundings: Surroundings, flow: Flow) -> None:
        super().__init__(EMPTY)
        self._around = surroundings
        self._flow = flow
        self._said: Notice | None = None
        self._invited: Invited | None = None
        self._busy = False

    def open(self, notice: Notice | None = None, invited: Invited | None = None) -> None:
        """Show the screen, perhaps with what a form came to or the code it made."""
        self._said = notice
        self._invited = invited
        self.refresh()

    def cancel(self) -> None:
        """Leave, back to an open sale if there is one; a joining code is shown once only."""
        self._invited = None
        self._flow.sale()

    def say(self, notice: Notice) -> None:
        """Show a sentence above the others."""
        self._said = notice
        self.refresh()

    def act(self, key: str) -> None:
        """Do what a button says."""
        action = next((action for action in self._actions() if action.key == key), None)
        if action is None or not action.enabled:
            return
        self._said = None
        match key:
            case "sync_now":
                self._sync_now()
            case "serve" | "serve_end":
                self._serve(on=key == "serve")
            case _:
                self._flow.show_sync_form(Purpose(key))

    def _sync_now(self) -> None:
        actions = self._around.sync_actions
        if actions is not None:
            actions.sync_now()
            self.refresh()

    def _serve(self, *, on: bool) -> None:
        actions = self._around.sync_actions
        if actions is not None:
            self._busy = True
            self.refresh()
            actions.serve(on, self._served, self._failed)

    def _served(self, outcome: Serving | Declined | Refused) -> None:
        self._busy = False
        self.refresh()
        texts = self._around.texts
        if isinstance(outcome, Declined | Refused):
            notice = Notice(no_text(texts, outcome), Tone.WARN)
        elif outcome.address:
            notice = Notice(texts._("This till serves the others now. Make a code for each of them."), Tone.GOOD)
        else:
            notice = Notice(texts._("This till no longer serves the others. They go on offline."), Tone.INFO)
        self._flow.say(notice)

    def _failed(self, error: Exception) -> None:
        self._busy = False
        self.refresh()
        self._flow.broke(error)

    def _actions(self) -> tuple[StatusAction, ...]:
        """What can be done now, the most wanted first; where no sync runs, as in the demo, what could be done."""
        texts, status = self._around.texts, self._around.sync
        free = not self._busy and self._around.sync_actions is not None
        join = StatusAction(Purpose.JOIN, texts._("Join head office"), "sync", free)
        if status.mode is SyncMode.ALONE:
            return join, StatusAction("serve", texts._("Serve the other tills"), "storefront", free)
        if self._around.sync_actions is None:
            return ()
        found = [StatusAction("sync_now", texts._("Sync now"), "sync", free and status.progress is None)]
        if status.problem in CURED_BY_JOINING:
            found.append(StatusAction(Purpose.JOIN, texts._("Join again"), "restart_alt", free))
        if status.serving:
            found.append(StatusAction(Purpose.INVITE, texts._("Code for another till"), "add", free))
        if status.waiting:
            found.append(StatusAction(Purpose.EXPORT, texts._("Unsent bookings to a file"), "receipt_long", free))
        if status.serving:
            found.append(StatusAction("serve_end", texts._("Stop serving the other tills"), "block", free))
        else:
            if urlsplit(status.url).hostname == "localhost":  # its own head office, which it ended
                found.append(StatusAction("serve", texts._("Serve the other tills"), "storefront", free))
            found.append(StatusAction(Purpose.LEAVE, texts._("Leave head office"), "close", free))
        return tuple(found)

    def refresh(self) -> None:
        """Compute the screen anew."""
        texts, status = self._around.texts, self._around.sync
        pill = connection_pill(texts, status)
        said = self._said
        if self._busy:
            said = Notice(texts._("One moment: the server for the other tills starts or ends."), Tone.INFO)
        self._show(
            SyncState(
                title=texts._("Head office"),
                headline=pill.text,
                text=meaning(texts, status, is_demo=self._around.is_demo),
                icon=headline_icon(status),
                tone=pill.tone,
                percent=progress_percent(status.progress) if status.progress else None,
                progress=progress_text(texts, status.progress) if status.progress else "",
                tiles=tiles(self._around),
                notes=(*((said,) if said else ()), *notes(self._around)),
                facts=facts(self._around),
                code_caption=self._code_caption(texts),
                code=self._invited.code if self._invited else "",
                actions=self._actions(),
            )
        )

    def _code_caption(self, texts: Texts) -> str:
        if self._invited is None:
            return ""
        sentence = texts._("Code for {till}, once only. At that till: F7, join head office, address {address}")
        return sentence.format(till=self._invited.name, address=self._around.sync.serving)
