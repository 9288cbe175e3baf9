"""What a short form shows, finished for a view: what will happen, a few fields, perhaps a manager's PIN."""

from __future__ import annotations

import msgspec

from terminal.presenters.states import Choice, Field, Notice


class FormState(msgspec.Struct, frozen=True):
    """A short form: join head office, invite a till, write a file, hand out a member's data.

    Attributes:
        text: What will happen.
        warning: What somebody should think of before.
        people: Whose PIN it may be; empty where none is asked for.
        offers: What the field ``fills`` can be filled with by a button; each key is the text.
        secret: The field that shows dots.
        danger: Whether the button does something that can't be undone.
        cancel: What the other button says; empty for "Cancel".
    """

    headline: str
    text: str
    fields: tuple[Field, ...] = ()
    people: tuple[Choice, ...] = ()
    offers: tuple[Choice, ...] = ()
    fills: str = ""
    secret: str = ""
    warning: Notice | None = None
    notice: Notice | None = None
    primary: str = ""
    primary_enabled: bool = False
    danger: bool = False
    busy: bool = False
    cancel: str = ""

    def __repr__(self) -> str:
        """A description that may be logged: codes and PINs are left out."""
        return f"FormState({self.headline!r})"
