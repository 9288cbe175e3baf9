"""What the restoring window shows, ready to paint."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from terminal.presenters.states import Choice, Field, KeyHint, Notice, Tone


class Page(StrEnum):
    """The pages of the window."""

    LOOKING = "looking"
    TROUBLE = "trouble"
    COPIES = "copies"
    OFFICE = "office"
    CONFIRM = "confirm"
    WORKING = "working"
    DONE = "done"


class Way(msgspec.Struct, frozen=True):
    """Something that can be done, as a large button.

    Attributes:
        key: What the view asks the presenter for.
        text: What it does.
        detail: What that means here.
        icon: The file name of its icon.
        advised: Whether it loses the least.
    """

    key: str
    text: str
    detail: str
    icon: str
    advised: bool = False
    enabled: bool = True


class CopyLine(msgspec.Struct, frozen=True):
    """A copy of the ledger.

    Attributes:
        key: What the view asks the presenter for.
        when: When it was made.
        age: How long ago.
        detail: How many bookings it has, how large it is and where it lies.
        checked: What a close look came to; empty while nobody has looked.
        tone: Whether it can be put back.
        missing: What would be missing afterwards, in a few words.
    """

    key: str
    when: str
    age: str
    detail: str
    checked: str = ""
    tone: Tone = Tone.NEUTRAL
    missing: str = ""
    missing_tone: Tone = Tone.NEUTRAL


class StageLine(msgspec.Struct, frozen=True):
    """A part of the work; ``tone`` says whether it is done, under way, or to come."""

    text: str
    tone: Tone = Tone.NEUTRAL


class RestoreAction(msgspec.Struct, frozen=True):
    """A button below the others."""

    key: str
    text: str
    icon: str
    enabled: bool = True


class RestoreState(msgspec.Struct, frozen=True):
    """One page.

    Attributes:
        title: What the window is about, above the headline.
        text: What happened and what to do, with a code.
        points_caption: What the sentences below the text are about.
        points: What is not lost, what will happen, or what was done.
        notes: What somebody must think of, the most urgent first.
        ways: What can be done, the best first.
        copies: The copies, the newest first; ``chosen`` is the key of the chosen one.
        empty: What is said when there are none.
        facts: Details, as caption and value.
        people: Whose PIN it may be.
        secret: The field that shows dots.
        stages: The parts of the work.
        percent: How far the part under way is, ``None`` while nobody knows.
        progress: The same in words.
        primary: What the large button and Enter do; empty without one.
        danger: Whether that puts something in the place of the ledger.
        others: The buttons below it.
        back: What Esc does; empty where it does nothing.
    """

    page: Page
    title: str
    headline: str
    text: str = ""
    icon: str = "info"
    tone: Tone = Tone.NEUTRAL
    points_caption: str = ""
    points: tuple[str, ...] = ()
    notes: tuple[Notice, ...] = ()
    ways: tuple[Way, ...] = ()
    copies: tuple[CopyLine, ...] = ()
    chosen: str = ""
    empty: str = ""
    facts_caption: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    people: tuple[Choice, ...] = ()
    fields: tuple[Field, ...] = ()
    secret: str = ""
    stages: tuple[StageLine, ...] = ()
    percent: int | None = None
    progress: str = ""
    primary: str = ""
    primary_enabled: bool = False
    danger: bool = False
    others: tuple[RestoreAction, ...] = ()
    back: str = ""
    keys: tuple[KeyHint, ...] = ()
    language: str = "en"
    busy: bool = False

    def __repr__(self) -> str:
        """A description that may be logged: codes and PINs are left out."""
        return f"RestoreState({self.page}, {self.headline!r})"
