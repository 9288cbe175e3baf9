"""Which key does what, and what to do when something is odd."""

from __future__ import annotations

from terminal.presenters.base import Flow, Presenter, Surroundings
from terminal.presenters.states import HelpState, KeyHint


class HelpPresenter(Presenter[HelpState]):
    """One page, no search."""

    def __init__(self, surroundings: Surroundings, flow: Flow) -> None:
        super().__init__(HelpState(title=""))
        self._around = surroundings
        self._flow = flow

    def open(self) -> None:
        """Show the page."""
        self.refresh()

    def cancel(self) -> None:
        """Leave."""
        self._flow.home()

    def refresh(self) -> None:
        """Compute the screen anew."""
        texts = self._around.texts
        keys = (
            KeyHint("F2", texts._("New member")),
            KeyHint("F3", texts._("Find by name, phone or card")),
            KeyHint("F4", texts._("Redeem a reward")),
            KeyHint("F5", texts._("All bookings of the member")),
            KeyHint("F6", texts._("Undo a booking, with a preview")),
            KeyHint("F7", texts._("Head office: what waits, what to do")),
            KeyHint("F8", texts._("Daily report")),
            KeyHint("F9", texts._("Undo what was just booked")),
            KeyHint("F11", texts._("Devices: what works, what to do")),
            KeyHint("F12", texts._("Copies of the data: how safe it is")),
            KeyHint("Enter", texts._("Confirm")),
            KeyHint("Esc", texts._("Back")),
        )
        sentences = (
            texts._("Scan a card on any screen; nothing has to be clicked first."),
            texts._("What the green screen says is on the disk. If the power fails, it is still there."),
            texts._(
                "Offline? Go on as usual. All bookings are kept here and sent by themselves; F7 shows how many wait."
            ),
            texts._(
                "Scanner silent? F11 says what is wrong and what to do, and tests it. Meanwhile type the card number."
            ),
        )
        self._show(HelpState(texts._("Help"), keys, sentences))
