"""What the sync screen and its forms show, ready to paint."""

from __future__ import annotations

from enum import StrEnum

from terminal.presenters.status_states import StatusState


class Purpose(StrEnum):
    """What a form is for; also the key of the button that opens it."""

    JOIN = "join"
    INVITE = "invite"
    EXPORT = "export"
    LEAVE = "leave"


class SyncState(StatusState, frozen=True):
    """How this till stands with head office.

    Attributes:
        code_caption: Whom the joining code is for; empty while none is shown.
        code: The joining code, large.
    """

    code_caption: str = ""
    code: str = ""
