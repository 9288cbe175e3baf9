"""Forms that must not count twice: a double click on "Correct" is one correction."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from headoffice.web.errors import BadForm, SentTwice

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMS_MAX: Final = 10_000
"""How many sent forms are remembered; the oldest is forgotten first."""

FORM_ID_BYTES: Final = 16


class Once:
    """Remembers which forms were sent. Each process has its own: a double click reaches one process in practice."""

    def __init__(self) -> None:
        self._sent: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def new_id(self) -> str:
        """What a form carries."""
        return secrets.token_urlsafe(FORM_ID_BYTES)

    @contextmanager
    def sending(self, form_id: str) -> Iterator[None]:
        """Do what a form asks for; a breakage leaves it unsent, so that it can be tried again.

        Raises:
            BadForm: It carries no id.
            SentTwice: It was sent before, or is being worked on.
        """
        if not form_id:
            raise BadForm
        with self._lock:
            if form_id in self._sent:
                raise SentTwice
            self._sent[form_id] = None
            if len(self._sent) > FORMS_MAX:
                self._sent.popitem(last=False)
        try:
            yield
        except BaseException:
            with self._lock:
                self._sent.pop(form_id, None)
            raise
