"""What the device screen shows, ready to paint."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from terminal.presenters.states import Choice, Notice, Tone


class Page(StrEnum):
    """What the left side of the screen shows; also the keys of its tabs."""

    DEVICES = "devices"
    SCANS = "scans"
    COUNTERS = "counters"


class DoctorAction(msgspec.Struct, frozen=True):
    """A button of the device screen.

    Attributes:
        key: What the view asks the presenter for.
        icon: The file name of its icon.
        hint: The key that does the same; empty for none.
    """

    key: str
    text: str
    icon: str
    enabled: bool = True
    hint: str = ""


class DeviceCard(msgspec.Struct, frozen=True):
    """One device, or one finding about the machine.

    Attributes:
        name: What it is.
        word: How it is doing, in a word or two.
        place: Port, USB id and what it calls itself.
        text: What is wrong; empty when nothing is.
        cure: What to do.
    """

    name: str
    word: str
    tone: Tone
    place: str = ""
    text: str = ""
    cure: str = ""


class FrameLine(msgspec.Struct, frozen=True):
    """One frame of the last fifty; the code is masked.

    Attributes:
        text: The code, or why it was refused.
        hex: Its bytes.
        aim: The symbology identifier, or a dash.
        device: Which scanner.
    """

    text: str
    hex: str
    aim: str
    device: str
    tone: Tone = Tone.NEUTRAL


class GapBar(msgspec.Struct, frozen=True):
    """How many gaps between reads or keys were of a length."""

    caption: str
    count: int


class Phase(StrEnum):
    """Where the wizard stands."""

    WAITING = "waiting"
    RESULT = "result"
    NOTHING = "nothing"
    GARBAGE = "garbage"


class WizardState(msgspec.Struct, frozen=True):
    """The wizard over the left side.

    Attributes:
        phase: Where it stands.
        headline: What to do, or what came of it.
        text: More of it.
        bars: The test barcode as Code 128: "1" for a dark module.
        squares: The same as QR code: rows of "1" and "0".
        plain: What the test barcode says.
        found: What was found out, a sentence each.
        changes: What taking it over would change, as setting and value.
    """

    phase: Phase
    headline: str
    text: str = ""
    tone: Tone = Tone.INFO
    bars: str = ""
    squares: tuple[str, ...] = ()
    plain: str = ""
    found: tuple[Notice, ...] = ()
    changes: tuple[tuple[str, str], ...] = ()


class DoctorState(msgspec.Struct, frozen=True):
    """The devices of the till, or the wizard.

    Attributes:
        headline: How the devices are doing, in a few words.
        text: What that means and what to do.
        pages: The tabs.
        wizard: Covers the pages while it runs.
        actions: What can be done, the most wanted first.
        sounds: The sounds that can be tried.
    """

    title: str
    headline: str
    text: str = ""
    icon: str = "usb"
    tone: Tone = Tone.NEUTRAL
    pages: tuple[Choice, ...] = ()
    page: Page = Page.DEVICES
    devices: tuple[DeviceCard, ...] = ()
    frames: tuple[FrameLine, ...] = ()
    gaps: tuple[GapBar, ...] = ()
    counters: tuple[tuple[str, str], ...] = ()
    empty: str = ""
    notice: Notice | None = None
    wizard: WizardState | None = None
    actions: tuple[DoctorAction, ...] = ()
    sounds: tuple[DoctorAction, ...] = ()
