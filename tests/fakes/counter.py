"""A shop counter for tests: a real ledger, the real presenters, and a hand for each thing that comes from outside."""

from __future__ import annotations

from pathlib import Path

from hardware.scans import Scan
from loyalty.cards import Check, with_check_digit
from loyalty.sale import Basket
from storage.store import Store, create_store
from storage.types import AccountRow
from terminal.app.earn import EarnCommand, Earned, earn
from terminal.app.enrol import EnrolCommand, Enrolled, enrol
from terminal.app.report import ReportPlace
from terminal.app.till import Till
from terminal.presenters.base import Surroundings
from terminal.presenters.shell import ShellPresenter
from terminal.presenters.states import Screen
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.desk import InlineDesk, ManualSchedule
from texts.i18n import Texts

BAKERY = Path(__file__).parents[2] / "terminal" / "templates" / "bakery.toml"


def card_number(index: int) -> str:
    """A card of the demo programme: in-store EAN-13 with prefix 29."""
    return with_check_digit(f"29{index:010d}", Check.GS1)


ANNA = card_number(4711)
BEN = card_number(815)
NEW_CARD = card_number(99)


class Counter:
    """The bakery's counter with two members, Anna (1,284 points) and Ben (12 points)."""

    def __init__(self, directory: Path, language: str = "en") -> None:
        self.clock = FakeClock()
        self.ids = SeededIds(7, self.clock)
        self.store: Store = create_store(
            directory,
            shop_name="Bäckerei Morgenrot",
            till_name="Kasse 2",
            currency="EUR",
            programme_text=BAKERY.read_text(encoding="utf-8"),
            clock=self.clock,
            ids=self.ids,
        )
        self.till = Till(self.store, self.clock, self.ids)
        self.enrol("Anna Schneider", ANNA)
        self.enrol("Ben Özdemir", BEN, phone="0152 28817386")
        for cents in (60_000, 60_000, 8_400):
            self.clock.advance(days=-1)
            self.earn(ANNA, cents)
        self.earn(BEN, 1_200)
        self.clock.advance(days=3)
        self.desk = InlineDesk(self.store, self.clock, self.ids)
        self.schedule = ManualSchedule()
        self.crashes: list[Exception] = []
        self.has_quit = False
        self.documents = directory.parent / "documents"
        reports = ReportPlace(folder=self.documents)
        texts = Texts(language)
        self.around = Surroundings(self.desk, texts, self.clock, self.ids, self.schedule, self._quit, reports)
        self.shell = ShellPresenter(self.around, self.crashes.append)
        self.shell.start()

    def enrol(self, name: str, card: str, phone: str = "") -> None:
        """Enrol somebody behind the presenters' back."""
        outcome = enrol(self.till, EnrolCommand(self.ids.record_id(), card, name, phone=phone))
        assert isinstance(outcome, Enrolled)

    def earn(self, card: str, amount_cents: int) -> Earned:
        """Book a sale behind the presenters' back."""
        outcome = earn(self.till, EarnCommand(self.ids.record_id(), card, Basket(amount_cents)))
        assert isinstance(outcome, Earned)
        return outcome

    def scan(self, text: str) -> None:
        """Hold a code before the scanner."""
        self.shell.scanned(
            Scan(device_id="s", text=text, raw=text.encode(), aim="", symbology=None, t_monotonic_ns=0, rejected=None)
        )

    def account(self, card: str) -> AccountRow:
        """What is on disk for a card."""
        row = self.desk.reader.card(card)
        assert row is not None
        return self.desk.reader.account(row.member_id)

    def screen(self) -> Screen:
        """Which screen is on now."""
        return self.shell.state.screen

    @property
    def sales_on_disk(self) -> int:
        """How many sales the day has."""
        return self.desk.reader.day_report(self.clock.today()).totals.sales

    def _quit(self) -> None:
        self.has_quit = True

    def close(self) -> None:
        """Give everything back."""
        self.desk.close()
        self.store.close()
