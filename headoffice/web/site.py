"""What the handlers of all pages stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from headoffice.api.limits import Limiter
from headoffice.web.once import Once
from headoffice.web.pages import Pages
from headoffice.web.sessions import Sessions
from headoffice.web.users import Users

if TYPE_CHECKING:
    from collections.abc import Callable

    from headoffice.service import HeadOffice

SIGN_INS_PER_MIN: Final = 20
SIGN_INS_BURST: Final = 20
"""How often one address may try to sign in, per minute in the long run and at once. Each try costs memory and time on
purpose, also for names that nobody has and that therefore never have to wait.
"""


class Web:
    """What the handlers of all pages stand on.

    Attributes:
        head_office: What does the work.
        users: Who may sign in.
        sessions: Who is signed in.
        pages: How pages are made.
        once: Forms that were sent.
        fingerprint: Of the authority's certificate, shown with joining codes; empty without TLS.
        sign_ins: Counts attempts to sign in by address; used on the event loop only.
    """

    def __init__(self, head_office: HeadOffice, fingerprint: str, monotonic: Callable[[], float]) -> None:
        self.head_office = head_office
        self.users = Users(head_office.database, head_office.clock, head_office.ids)
        self.sessions = Sessions(head_office.database, head_office.clock)
        self.pages = Pages(head_office.server.name, head_office.server.currency, head_office.clock)
        self.once = Once()
        self.fingerprint = fingerprint
        self.sign_ins = Limiter(SIGN_INS_PER_MIN / 60, SIGN_INS_BURST, monotonic)
