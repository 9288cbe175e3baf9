"""What each screen shows, ready to paint: every text is finished, in the cashier's language.

A presenter makes these frozen values and a view renders them, so a screen can be tested without a window and a window
without a ledger.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from terminal.presenters.receipt_states import Paper


class Screen(StrEnum):
    """The screens of the till."""

    IDLE = "idle"
    MEMBER = "member"
    REDEEM = "redeem"
    DONE = "done"
    UNKNOWN = "unknown"
    ENROL = "enrol"
    FIND = "find"
    VOID = "void"
    HISTORY = "history"
    REPORT = "report"
    HELP = "help"
    SYNC = "sync"
    SYNC_FORM = "sync_form"
    MEMBER_DATA = "member_data"
    DOCTOR = "doctor"
    BACKUP = "backup"
    LOCK = "lock"


class Tone(StrEnum):
    """How a text is meant; views add an icon, so colour never speaks alone."""

    NEUTRAL = "neutral"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    INFO = "info"


class Pill(msgspec.Struct, frozen=True):
    """A short state in the bar; ``spoken`` says it at length where the words alone would not do."""

    text: str
    tone: Tone = Tone.NEUTRAL
    spoken: str = ""


class Notice(msgspec.Struct, frozen=True):
    """A sentence for the cashier: what happened, what to do, and a code, for example "(M-104)"."""

    text: str
    tone: Tone


class KeyHint(msgspec.Struct, frozen=True):
    """A function key that works on this screen."""

    key: str
    label: str


class BarState(msgspec.Struct, frozen=True):
    """The bar, on every screen; no ``printer`` without one, no ``backup`` while the data would outlive this disk."""

    shop: str
    till: str
    scanner: Pill
    connection: Pill
    clock: str
    language: str
    printer: Pill | None = None
    backup: Pill | None = None
    cashier: str = ""
    training: str = ""


class Tile(msgspec.Struct, frozen=True):
    """A figure with its caption."""

    caption: str
    value: str
    detail: str = ""


class IdleState(msgspec.Struct, frozen=True):
    """Waiting for a card."""

    query: str = ""
    notice: Notice | None = None
    tiles: tuple[Tile, ...] = ()
    can_undo: bool = False


class RewardCard(msgspec.Struct, frozen=True):
    """One reward as a button: affordable ones first; a locked one says what is missing."""

    reward_id: str
    name: str
    cost: str
    affordable: bool
    chosen: bool = False
    flexible: bool = False


class Sent(StrEnum):
    """Whether head office has a booking; a till that stands alone shows neither."""

    UNMARKED = ""
    SENT = "sent"
    WAITING = "waiting"


class BookingLine(msgspec.Struct, frozen=True):
    """One line of the last bookings or the history."""

    when: str
    what: str
    points: str
    tone: Tone = Tone.NEUTRAL
    balance: str = ""
    why: str = ""
    record_id: str = ""
    sent: Sent = Sent.UNMARKED
    sent_text: str = ""


class MemberState(msgspec.Struct, frozen=True):
    """A member at the till with the open sale.

    Attributes:
        amount: What the cashier typed so far, shown as typed; ``amount_caption`` is the currency sign.
        award: The live award, "+ 46 points"; empty while there is no valid amount.
        why: Why these points, in one line.
        take_off: "Take 5.00 EUR off at the register"; empty without a money-off reward.
        to_pay: "To pay 18.45 EUR".
        choices: Rewards handed out in this sale, one sentence each.
        account_note: What head office, or its silence, means for this account: safe to spend, as of when, debt.
    """

    name: str
    anonymous: bool
    card: str
    balance: str
    balance_caption: str
    worth: str
    account_note: Notice | None = None
    debt: bool = False
    chips: tuple[str, ...] = ()
    rewards: tuple[RewardCard, ...] = ()
    rewards_caption: str = ""
    bookings: tuple[BookingLine, ...] = ()
    bookings_caption: str = ""
    bookings_empty: str = ""
    amount: str = ""
    amount_notice: Notice | None = None
    asks_without_points: bool = False
    without_points: str = ""
    editing_without_points: bool = False
    award: str = ""
    why: str = ""
    take_off: str = ""
    to_pay: str = ""
    choices: tuple[str, ...] = ()
    notice: Notice | None = None
    primary: str = ""
    primary_enabled: bool = False
    busy: bool = False


class RedeemState(msgspec.Struct, frozen=True):
    """Choosing rewards for the open sale or, without an amount, to be taken alone.

    Attributes:
        points_text: For a chosen flexible reward the points to spend, as typed.
        before: The balance before; ``after``: behind it.
        take_off: The large sentence what to take off at the register.
    """

    name: str
    rewards: tuple[RewardCard, ...] = ()
    empty: str = ""
    before: str = ""
    after: str = ""
    take_off: str = ""
    to_pay: str = ""
    flexible_open: bool = False
    flexible_caption: str = ""
    points_text: str = ""
    notice: Notice | None = None
    primary: str = ""
    primary_enabled: bool = False
    busy: bool = False


class DoneState(msgspec.Struct, frozen=True):
    """What was just written to disk.

    Attributes:
        receipt: The paper as it is or would be printed.
        printer: How the printing goes, or what to do at the printer.
        print_action: What P does; empty while it does nothing.
        keep_action: What the button beside it does: hold the screen for somebody who reads, or save the receipt.
    """

    tone: Tone
    headline: str
    details: tuple[str, ...] = ()
    take_off: str = ""
    to_pay: str = ""
    balance: str = ""
    balance_caption: str = ""
    receipt: Paper | None = None
    printer: Notice | None = None
    print_action: str = ""
    print_enabled: bool = True
    keep_action: str = ""
    undo: str = ""
    next_hint: str = ""
    next_action: str = ""


class UnknownState(msgspec.Struct, frozen=True):
    """A valid card nobody has enrolled yet."""

    card: str
    headline: str
    text: str
    balance: str = ""


class Field(msgspec.Struct, frozen=True):
    """One input of the enrolment form."""

    name: str
    caption: str
    value: str = ""
    error: str = ""
    optional: bool = True
    placeholder: str = ""


class ConsentBox(msgspec.Struct, frozen=True):
    """One consent, unticked until the member says yes."""

    purpose: str
    text: str
    ticked: bool = False


class Candidate(msgspec.Struct, frozen=True):
    """Somebody found: a search hit or a possible duplicate."""

    member_id: str
    name: str
    detail: str
    balance: str = ""


class EnrolState(msgspec.Struct, frozen=True):
    """Enrolling a member."""

    card: str
    waiting_for_card: bool = False
    fields: tuple[Field, ...] = ()
    consents: tuple[ConsentBox, ...] = ()
    privacy_caption: str = ""
    privacy_text: str = ""
    duplicates: tuple[Candidate, ...] = ()
    notice: Notice | None = None
    primary: str = ""
    primary_enabled: bool = False
    busy: bool = False


class FindState(msgspec.Struct, frozen=True):
    """Finding a member by name, phone or card."""

    query: str = ""
    hits: tuple[Candidate, ...] = ()
    message: str = ""
    selected: int = 0


class Choice(msgspec.Struct, frozen=True):
    """One option of a small set."""

    key: str
    text: str
    chosen: bool = False


class VoidState(msgspec.Struct, frozen=True):
    """Undoing a booking: what it was, what a void takes back and returns, and what is left.

    Attributes:
        receipt: Where another till's receipt is scanned or its number typed, ``None`` on a till that stands alone.
        origin: Whose booking it is and how sure that is; empty for one of this till.
        fields: What a manager vouches for; empty unless nothing else proves the booking.
        people: Which manager it may be.
        secret: The field that shows dots.
    """

    headline: str
    receipt: Field | None = None
    origin: str = ""
    what: tuple[BookingLine, ...] = ()
    preview: tuple[Tile, ...] = ()
    reasons: tuple[Choice, ...] = ()
    fields: tuple[Field, ...] = ()
    people: tuple[Choice, ...] = ()
    secret: str = ""
    notice: Notice | None = None
    empty: str = ""
    primary: str = ""
    primary_enabled: bool = False
    busy: bool = False

    def __repr__(self) -> str:
        """A description that may be logged: the PIN is left out."""
        return f"VoidState({self.headline!r})"


class HistoryState(msgspec.Struct, frozen=True):
    """A member's bookings with running balance and explanation; ``note`` says what is not among them."""

    name: str
    balance: str
    lines: tuple[BookingLine, ...] = ()
    empty: str = ""
    note: str = ""


class HourBar(msgspec.Struct, frozen=True):
    """Points of one hour of the day."""

    hour: int
    issued: int
    redeemed: int


class LockState(msgspec.Struct, frozen=True):
    """Who is at the till, and the PIN; ``pin`` is what was typed and is shown as dots only."""

    headline: str
    people: tuple[Choice, ...] = ()
    pin: str = ""
    kept: str = ""
    notice: Notice | None = None
    primary: str = ""
    primary_enabled: bool = False
    busy: bool = False

    def __repr__(self) -> str:
        """A description that may be logged: the PIN is left out."""
        return f"LockState({self.headline!r})"


class HelpState(msgspec.Struct, frozen=True):
    """The keys and what to do when something is odd."""

    title: str
    keys: tuple[KeyHint, ...] = ()
    texts: tuple[str, ...] = ()


class Breakage(msgspec.Struct, frozen=True):
    """Something broke: covers every screen until somebody has read it.

    Attributes:
        headline: What it means for the till, in large letters.
        text: What happened and what to do, with its code.
        action: What the button and Enter do.
    """

    headline: str
    text: str
    action: str
    tone: Tone = Tone.BAD


class ShellState(msgspec.Struct, frozen=True):
    """Which screen is on, with the bar above and the keys below.

    Attributes:
        fatal: What broke, ``None`` normally.
    """

    screen: Screen
    bar: BarState
    keys: tuple[KeyHint, ...] = ()
    fatal: Breakage | None = None
