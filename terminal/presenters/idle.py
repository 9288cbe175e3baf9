"""Waiting for a card: one field for everything, today's figures, the last booking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty.outcomes import Refused
from loyalty.receipt_code import CODE_LENGTH_MAX, is_code
from loyalty.records import Sale
from terminal.app.newest import newest_booking
from terminal.app.till import read_card
from terminal.messages import hardware_text
from terminal.presenters.backup_words import idle_notice, level_now
from terminal.presenters.base import Flow, Presenter, Surroundings
from terminal.presenters.states import IdleState, Notice, Tile, Tone
from terminal.presenters.sync_view import unreadable_notice
from terminal.presenters.sync_words import trouble_text

if TYPE_CHECKING:
    from datetime import date

    from hardware.errors import HardwareError
    from storage.store import Reader
    from storage.types import Booking, DayReport
    from terminal.backup.status import Level
    from texts.i18n import Texts

FIND_LENGTH_MAX: Final = 80
QUERY_LENGTH_MAX: Final = CODE_LENGTH_MAX
"""The longest name that is looked for, and the longest text taken: a receipt's code from a scanner that types."""

US_PER_MIN: Final = 60_000_000
HOUR_MIN: Final = 60


class IdlePresenter(Presenter[IdleState]):
    """The till at rest."""

    def __init__(self, surroundings: Surroundings, flow: Flow) -> None:
        super().__init__(IdleState())
        self._around = surroundings
        self._flow = flow
        self._query = ""
        self._notice: Notice | None = None
        self._trouble: HardwareError | None = None
        self._register_trouble = ""
        self._known_level: Level | None = None
        self._today: DayReport | None = None
        self._newest: Booking | None = None

    def open(self, notice: Notice | None = None) -> None:
        """Come to rest, perhaps with a sentence about what just happened."""
        self._query = ""
        self._notice = notice
        self.refresh()
        day = self._around.clock.business_day(self._around.clock.now_us())
        self._around.desk.read(lambda reader: _figures(reader, day), self._figures_read, self._flow.broke)

    def query_typed(self, text: str) -> None:
        """The field now holds this text."""
        self._query = text[:QUERY_LENGTH_MAX]
        self._notice = None
        self.refresh()

    def submit(self) -> None:
        """Enter: a card number opens its member, anything else is looked for."""
        text = self._query.strip()
        if not text:
            return
        is_card = not isinstance(read_card(self._around.programme, text), Refused)
        is_number = text.isdigit() and len(text) >= _shortest_card(self._around)
        if is_card or is_number or is_code(text):  # a mistyped number is told as such, not looked for as a name
            self._flow.read(text)
        else:
            self._flow.show_find(text[:FIND_LENGTH_MAX])

    def scanner_trouble(self, error: HardwareError | None) -> None:
        """A scanner can't be used, or can again: say why and what to do for as long as it lasts."""
        self._trouble = error
        self.refresh()

    def basket_came(self) -> None:
        """The register has put a basket on the counter: what was said before is over."""
        self._notice = None
        self.refresh()

    def register_trouble(self, sentence: str) -> None:
        """Something of the register's waits for a person, or no longer does: say so for as long as it lasts."""
        self._register_trouble = sentence
        self.refresh()

    def knows_of_copies(self) -> None:
        """Somebody has looked how the copies are: the dot stays, the sentence comes back when it gets worse."""
        self._known_level = level_now(self._around)
        self.refresh()

    def undo_last(self) -> None:
        """Undo the newest booking."""
        if self.state.can_undo:
            self._flow.undo_newest()

    def _figures_read(self, figures: tuple[DayReport, Booking | None]) -> None:
        self._today, self._newest = figures
        self.refresh()

    def refresh(self) -> None:
        """Compute the screen anew."""
        newest = self._newest
        can_undo = newest is not None and newest.reversible
        self._show(
            IdleState(
                query=self._query,
                notice=self._notice
                or self._basket_notice()
                or self._scanner_notice()
                or self._register_notice()
                or self._sync_notice()
                or self._backup_notice(),
                tiles=self._tiles(),
                can_undo=can_undo,
            )
        )

    def _basket_notice(self) -> Notice | None:
        """The register's basket, waiting for a card."""
        basket, texts = self._around.basket, self._around.texts
        if basket is None:
            return None
        amount, count = texts.money(basket.basket.amount_cents), basket.articles
        if count:
            sentence = texts.n_(
                "Basket from the register: {amount}, {count} article. Scan the card.",
                "Basket from the register: {amount}, {count} articles. Scan the card.",
                count,
            )
        else:
            sentence = texts._("Basket from the register: {amount}. Scan the card.")
        return Notice(sentence.format(amount=amount, count=texts.number(count)), Tone.INFO)

    def _register_notice(self) -> Notice | None:
        return Notice(self._register_trouble, Tone.WARN) if self._register_trouble else None

    def _scanner_notice(self) -> Notice | None:
        if self._trouble is None:
            return None
        return Notice(hardware_text(self._around.texts, self._trouble), Tone.WARN)

    def _sync_notice(self) -> Notice | None:
        """What stops sync, or keeps a programme out of force; a line that is down is no news, the bar says it."""
        status = self._around.sync
        if status.problem is not None:
            return Notice(trouble_text(self._around.texts, status.problem), Tone.BAD)
        return None if status.unreadable is None else unreadable_notice(self._around, status.unreadable)

    def _backup_notice(self) -> Notice | None:
        return None if level_now(self._around) is self._known_level else idle_notice(self._around)

    def _tiles(self) -> tuple[Tile, ...]:
        texts = self._around.texts
        if self._today is None:
            return ()
        totals = self._today.totals
        sales = texts.n_("Points · {count} purchase", "Points · {count} purchases", totals.sales)
        rewards = texts.n_("Points · {count} reward", "Points · {count} rewards", totals.redemptions)
        return (
            Tile(
                texts._("Awarded today"),
                texts.number(totals.points_issued),
                sales.format(count=texts.number(totals.sales)),
            ),
            Tile(
                texts._("Redeemed today"),
                texts.number(totals.points_redeemed),
                rewards.format(count=texts.number(totals.redemptions)),
            ),
            Tile(texts._("New members"), texts.number(totals.new_members), texts._("today")),
            self._last_tile(texts),
        )

    def _last_tile(self, texts: Texts) -> Tile:
        caption = texts._("Last booking")
        if self._newest is None:
            return Tile(caption, "–", texts._("none yet"))
        minutes = max(0, self._around.clock.now_us() - self._newest.record.at_us) // US_PER_MIN
        if minutes == 0:
            when = texts._("just now")
        elif minutes < HOUR_MIN:
            when = texts.n_("{count} min ago", "{count} min ago", minutes).format(count=minutes)
        else:
            today = self._around.clock.business_day(self._around.clock.now_us())
            when = texts.moment(self._newest.record.at_us, self._newest.record.utc_offset_min, today)
        parts = [self._who(), when]
        return Tile(caption, texts.signed(self._newest.points), " · ".join(part for part in parts if part))

    def _who(self) -> str:
        """The newest booking's member as "Anna S.": the next customer need not read the whole name."""
        record = self._newest.record if self._newest else None
        member_id = getattr(record, "member_id", None)
        profile = self._around.desk.reader.profile(member_id) if member_id else None
        if profile is None:
            return self._around.texts._("Card without a name") if isinstance(record, Sale) else ""
        first, _, last = profile.name.rpartition(" ")
        return f"{first} {last[0]}." if first else last


def _shortest_card(around: Surroundings) -> int:
    """The length of the programme's shortest card number, in characters."""
    return min(rule.length for rule in around.programme.cards) - 1


def _figures(reader: Reader, day: date) -> tuple[DayReport, Booking | None]:
    """Today's report and the newest booking, read together."""
    return reader.day_report(day), newest_booking(reader)
