"""Serves three members at the till as a cashier would: scans through the serial line, keys into the window.

What is told afterwards was first painted by the window and then read again from the disk by somebody else.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from loyalty.cards import account_id
from storage.store import open_store
from terminal.app.system import SystemClock, SystemIds
from terminal.cli.programs import Served
from terminal.demo.people import ANNA, JONAS, NEWCOMER, card_number
from terminal.presenters.states import Screen, Tone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hardware.simulated import SimulatedScanner
    from terminal.demo.stage import RunningTill
    from terminal.ui.hands import Hands

ANNA_PAYS_CENTS: Final = 2_345
JONAS_PAYS_CENTS: Final = 1_845
JONAS_TAKES: Final = "off-5"

NEW_SERIAL: Final = 9_000_001
NEW_SERIALS: Final = 10_000_000 - NEW_SERIAL
"""How many cards from there on nobody has: a serial has seven digits, and the shop's own members have low ones."""

NEW_CARD: Final = card_number(NEW_SERIAL)
NEW_PHONE_TYPED: Final = "089 99998 417"
"""The newcomer's card and number, the number as people say it."""

SOUGHT: Final = "Anna Sch"


class NotOnDiskError(AssertionError):
    """The window showed something that the ledger does not hold. This must never happen."""


@dataclass(slots=True)
class Service:
    """One walk through the till.

    Attributes:
        till: The running till.
        hands: Works its window.
        scanner: The other end of its serial line.
        directory: Its data directory.
        picture: Takes a picture of the window under a name.
        bugs: What nobody caught; the first one ends the walk.
        served: Who was served so far.
        lines: What happened, for people.
    """

    till: RunningTill
    hands: Hands
    scanner: SimulatedScanner
    directory: Path
    picture: Callable[[str], None]
    bugs: list[Exception]
    served: list[Served] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def serve_all(self) -> None:
        """Serve three members, then look at what else there is."""
        self._wait(lambda: self.till.shell.state.bar.scanner.tone is Tone.GOOD, "the scanner is ready")
        self._wait(lambda: self.till.shell.idle.state.tiles, "today's figures are there")
        self.picture("idle")
        self.earn()
        self.redeem()
        self.enrol()
        self.look_around()

    def earn(self) -> None:
        """Anna buys bread."""
        texts = self.till.shell.texts
        self._scan(ANNA.card, Screen.MEMBER)
        self._expect("memberName", ANNA.profile.name)
        self._expect("balance", texts.number(ANNA.balance))
        self.hands.type_text(texts.plain_amount(ANNA_PAYS_CENTS))
        self._wait(lambda: self.till.shell.member.state.award, "the award is shown while typing")
        self.picture("member")
        self._book()
        self.picture("done")
        points = self._note(ANNA.card, ANNA.profile.name, ANNA.balance)
        sentence = texts._("{name} bought for {amount}: {points} awarded, new balance {balance}.")
        amount = texts.money(ANNA_PAYS_CENTS)
        self._tell(sentence, amount=amount, points=texts.points(points))

    def redeem(self) -> None:
        """Jonas pays a part with points: the reward is chosen by keyboard and joins the purchase."""
        shell, texts = self.till.shell, self.till.shell.texts
        self._scan(JONAS.card, Screen.MEMBER)
        self._expect("memberName", JONAS.profile.name)
        self.hands.type_text(texts.plain_amount(JONAS_PAYS_CENTS))
        self._press("F4", Screen.REDEEM)
        self.hands.focus_by_tab(lambda control: _reward_of(control) == JONAS_TAKES, "the reward")
        self.hands.press("Space")
        self._wait(lambda: shell.redeem.state.take_off, "it says what to take off at the register")
        self.picture("redeem")
        self._press("Enter", Screen.MEMBER)
        self.picture("member-reward")
        self._book()
        self.picture("done-reward")
        points = self._note(JONAS.card, JONAS.profile.name, JONAS.balance)
        sentence = texts._("{name} bought for {amount} and redeemed a reward: {points} in sum, new balance {balance}.")
        amount = texts.money(JONAS_PAYS_CENTS)
        self._tell(sentence, amount=amount, points=texts.points(points))

    def enrol(self) -> None:
        """A card nobody has used yet gets its owner."""
        texts = self.till.shell.texts
        self._scan(NEW_CARD, Screen.UNKNOWN)
        self.picture("unknown")
        self._press("F2", Screen.ENROL)
        self.hands.type_text(NEWCOMER.name)
        self.hands.press("Tab")
        self.hands.type_text(NEW_PHONE_TYPED)
        self._wait(lambda: self.hands.shows("name", NEWCOMER.name), "the name stands in the form")
        self.picture("enrol")
        self._press("Enter", Screen.DONE)
        self.picture("enrolled")
        self._note(NEW_CARD, NEWCOMER.name, 0)
        self._tell(texts._("{name} was new and is a member now, balance {balance}."))

    def look_around(self) -> None:
        """Search, history, void, report, head office and help, for the pictures; nothing is booked."""
        shell = self.till.shell
        self._go_home()
        self._press("F3", Screen.FIND)
        self.hands.type_text(SOUGHT)
        self._wait(lambda: shell.find.state.hits, "somebody is found")
        self.picture("find")
        self._press("Enter", Screen.MEMBER)
        self._press("F5", Screen.HISTORY)
        self._wait(lambda: shell.history.state.lines, "the history is there")
        self.picture("history")
        self._go_home()
        self._press("F6", Screen.VOID)
        self._wait(lambda: shell.void.state.preview, "the void says what it would do")
        self.picture("void")
        self._go_home()
        self._press("F8", Screen.REPORT)
        self._wait(lambda: shell.report.state.tiles and not shell.report.state.busy, "the report is there")
        self.picture("report")
        self._press("F7", Screen.SYNC)
        self.picture("sync")
        self._press("F1", Screen.HELP)
        self.picture("help")
        self._go_home()

    # -- the cashier's moves

    def _wait(self, happened: Callable[[], object], what: str) -> None:
        def happened_or_broke() -> object:
            if self.bugs:
                raise self.bugs[0]
            if fatal := self.till.shell.state.fatal:
                raise NotOnDiskError(fatal.text)
            return happened()

        self.hands.wait_until(happened_or_broke, what)
        self.hands.settle()

    def _scan(self, card: str, leads_to: Screen) -> None:
        self.scanner.scan(card)
        self._wait(lambda: self.till.shell.state.screen is leads_to, f"a scan leads to {leads_to}")

    def _press(self, key: str, leads_to: Screen) -> None:
        self.hands.press(key)
        self._wait(lambda: self.till.shell.state.screen is leads_to, f"{key} leads to {leads_to}")

    def _book(self) -> None:
        self._press("Enter", Screen.DONE)

    def _go_home(self) -> None:
        """Leave the screen; a fresh result ignores the key for a moment, so it is pressed until it works."""

        def home() -> bool:
            if self.till.shell.state.screen is not Screen.IDLE:
                self.hands.press("Esc")
            return self.till.shell.state.screen is Screen.IDLE

        self._wait(home, "Esc leads home")

    def _expect(self, name: str, text: str) -> None:
        self._wait(lambda: self.hands.shows(name, text), f"{name} shows {text}")

    # -- what was served

    def _note(self, card: str, member: str, before: int) -> int:
        """Hold the painted balance against the disk and remember who was served; give the points moved."""
        balance = balance_on_disk(self.directory, card)
        painted = self.hands.text_of("balance")
        if painted != self.till.shell.texts.number(balance):
            raise NotOnDiskError(f"The window shows {painted} for {member}, the ledger holds {balance}")
        self.served.append(Served(member, balance - before, balance))
        return balance - before

    def _tell(self, sentence: str, **values: str) -> None:
        latest = self.served[-1]
        balance = self.till.shell.texts.number(latest.balance)
        self.lines.append(sentence.format(name=latest.member, balance=balance, **values))


def _reward_of(control: object) -> str:
    """The reward a button stands for, empty for every other control."""
    return str(getattr(getattr(control, "reward", None), "reward_id", ""))


def balance_on_disk(directory: Path, card: str) -> int:
    """What a reader with connections of its own finds for a card.

    Raises:
        NotOnDiskError: The card is not there.
    """
    with (
        open_store(directory, clock=SystemClock(), ids=SystemIds(), writable=False) as store,
        closing(store.reader()) as reader,
    ):
        row = reader.card(card)
        if row is None or row.member_id != account_id(store.programme_key, card):
            raise NotOnDiskError(f"The card {card} is not in the ledger")
        return reader.account(row.member_id).balance
