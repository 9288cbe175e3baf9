"""A request of a person, and a form of theirs, once it is known who they are and that they may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from headoffice.web.sessions import Session
from texts.i18n import Texts

RIGHT: Final = "right"
"""Under which key of a route's options the right lies that it needs."""

NOTHING_TYPED: Final[Mapping[str, str]] = MappingProxyType({})
"""A form that nobody has filled in yet."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request of somebody who is signed in.

    Attributes:
        session: Who, and what forms must carry.
        token: The cookie's.
        texts: The language.
        path: The page.
        query: What stands behind the question mark.
        here: Path and query, to come back to.
    """

    session: Session
    token: str
    texts: Texts
    path: str
    query: Mapping[str, str]
    here: str

    @property
    def name(self) -> str:
        """Who, for what they decide."""
        return self.session.user.name


@dataclass(frozen=True, slots=True)
class Deed:
    """A form of somebody who is signed in, sent from one of our pages."""

    visit: Visit
    form: Mapping[str, str]

    def said(self, name: str) -> str:
        """A field, without the blanks around it; empty when it was left out."""
        return self.form.get(name, "").strip()

    @property
    def confirmed(self) -> bool:
        """Whether the box was ticked that a deed without return has."""
        return self.said("confirm") == "yes"
