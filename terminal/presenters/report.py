"""The daily report: what was issued and redeemed, by hour, and how many points are open; of the till or its store."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Final

from loyalty.report import compare
from terminal.app.files import documents_folder, write_files
from terminal.app.report import DayInStore, assumptions, day_in_store, day_on_till, day_paper, report_file_name
from terminal.errors import FileUnwritable
from terminal.messages import reward_name
from terminal.presenters.base import Flow, Presenter, Surroundings
from terminal.presenters.report_states import ReportState
from terminal.presenters.report_words import as_of_text, behind_text, no_store_text, own_text, rated_text, remarks
from terminal.presenters.states import BookingLine, Choice, HourBar, Notice, Tile, Tone
from terminal.sync.outcomes import Declined
from terminal.sync.status import SyncTrouble
from texts.report_csv import day_csv
from texts.report_table import all_hours, change_text, figure_rows, money_text, percent_text

if TYPE_CHECKING:
    from pathlib import Path

    from loyalty.kpi import Assumptions
    from loyalty.report import DayFigures
    from loyalty.store_day import StoreDay
    from terminal.app.report import DayOnTill
    from texts.i18n import Texts
    from texts.report_paper import DayPaper

DAY: Final = timedelta(days=1)

COMPARED: Final = ("sales", "points_redeemed", "points_reversed", "points_expired", "new_members")
"""What is held against the week before beside the awarded points, whose tile says it."""

EMPTY: Final = ReportState(title="", day="")


class Whose(StrEnum):
    """Whose day is shown; also the key of the button that says so."""

    TILL = "till"
    STORE = "store"


class ReportPresenter(Presenter[ReportState]):
    """Shows one business day; reads on the storage thread and drops answers for a day no longer shown.

    On a till that belongs to head office the whole store's day can be chosen. It comes from head office; when that does
    not answer, the till's own day is shown and why.
    """

    def __init__(self, surroundings: Surroundings, flow: Flow) -> None:
        super().__init__(EMPTY)
        self._around = surroundings
        self._flow = flow
        self._day = date.min
        self._whose = Whose.TILL
        self._found: DayOnTill | DayInStore | None = None
        self._asked: date | None = None
        self._said: Notice | None = None

    def open(self) -> None:
        """Show today."""
        self._go(self._today())

    def _today(self) -> date:
        return self._around.clock.business_day(self._around.clock.now_us())

    def previous_day(self) -> None:
        """Show the day before."""
        self._go(self._day - DAY)

    def next_day(self) -> None:
        """Show the day after; never a day to come."""
        if self._day < self._today():
            self._go(self._day + DAY)

    def today(self) -> None:
        """Show today."""
        self._go(self._today())

    def choose(self, key: str) -> None:
        """Show this till's day or the whole store's."""
        if self._has_choice:
            self._whose = Whose(key)
            self._go(self._day)

    def switch(self) -> None:
        """Show the other of the two."""
        self.choose(Whose.TILL if self._whose is Whose.STORE else Whose.STORE)

    @property
    def _has_choice(self) -> bool:
        """A till that stands alone is the whole store."""
        return self._around.sync.joined

    def say(self, notice: Notice) -> None:
        """Show a sentence above the figures."""
        self._said = notice
        self.refresh()

    def cancel(self) -> None:
        """Leave."""
        self._flow.home()

    def save(self, ending: str) -> None:
        """Write the day as a file among the documents: ``csv`` or ``pdf``."""
        found, around = self._found, self._around
        if found is None:
            return
        now_us = around.clock.now_us()
        written = (now_us, around.clock.utc_offset_min(now_us))
        texts = around.texts
        noted = remarks(texts, around.clock, found, self._own_waiting, joined=self._has_choice)
        paper = day_paper(texts, around.desk.shop, around.programme, found, written, noted)
        folder = around.reports.folder or documents_folder()
        whose = (paper.till or paper.store) if self._has_choice else ""
        # On the storage thread: the window goes on while the disk works, and sales are few when a day is read.
        around.desk.read(lambda _reader: _save(texts, paper, folder, ending, whose), self._saved, self._flow.broke)

    def _saved(self, outcome: Path | FileUnwritable) -> None:
        texts = self._around.texts
        if isinstance(outcome, FileUnwritable):
            sentence = texts._(outcome.sentence).format(file=outcome.file, detail=outcome.detail)
            self.say(Notice(sentence, Tone.BAD))
        else:
            self.say(Notice(texts._("Written: {file}").format(file=outcome), Tone.GOOD))

    def _go(self, day: date) -> None:
        self._day = day
        self._found = None
        self._said = None
        if not self._has_choice:
            self._whose = Whose.TILL
        self.refresh()
        if self._whose is Whose.STORE:
            self._ask()
        else:
            self._read_own()

    @property
    def _assumed(self) -> Assumptions:
        return assumptions(self._around.programme, self._around.reports.breakage_percent)

    def _read_own(self) -> None:
        """Read this till's day."""
        day, assumed = self._day, self._assumed
        self._around.desk.read(
            lambda reader: day_on_till(reader, day, assumed), lambda found: self._read(day, found), self._flow.broke
        )

    def _read(self, day: date, found: DayOnTill) -> None:
        if day == self._day and self._whose is Whose.TILL:
            self._found = found
            self.refresh()

    def _ask(self) -> None:
        """Ask head office for the day; one question at a time, whoever leafs through a month."""
        if self._asked is not None:
            return
        actions = self._around.sync_actions
        if actions is None:
            self._told(self._day, Declined(SyncTrouble.UNREACHABLE))
            return
        self._asked = self._day
        actions.store_day(self._day, partial(self._told, self._day), self._failed)

    def _told(self, day: date, answer: StoreDay | Declined) -> None:
        self._asked = None
        if self._whose is not Whose.STORE:
            return
        if isinstance(answer, Declined):
            self._whose = Whose.TILL
            self._said = Notice(self._no_store(answer), Tone.WARN)
            self.refresh()
            self._read_own()
        elif day != self._day:
            self._ask()
        else:
            self._found = day_in_store(answer, self._assumed)
            self.refresh()

    def _no_store(self, no: Declined) -> str:
        """Why the store's figures are not there, and what is shown instead."""
        texts = self._around.texts
        instead = texts._("Shown is this till alone.")
        return f"{no_store_text(texts, no)} {instead}"

    def _failed(self, error: Exception) -> None:
        self._asked = None
        self._flow.broke(error)

    def refresh(self) -> None:
        """Compute the screen anew."""
        if self._day == date.min:
            return
        texts = self._around.texts
        figures = self._found.figures if self._found else None
        quiet = figures is not None and figures.quiet
        self._show(
            ReportState(
                title=texts._("Daily report"),
                day=texts.day(self._day, "full"),
                whose=self._choices(texts),
                standing=self._standing(texts),
                waits=self._waits(texts),
                tiles=self._tiles(texts),
                hours_caption=texts._("Points by hour"),
                issued_caption=texts._("awarded"),
                redeemed_caption=texts._("redeemed"),
                hours=() if figures is None or quiet else _bars(figures),
                rewards_caption=texts._("Popular rewards"),
                rewards=self._rewards(texts),
                compared_caption=self._compared_caption(texts),
                compared=self._compared(texts),
                empty=texts._("Nothing was booked on this day.") if quiet else "",
                can_go_on=self._day < self._today(),
                busy=figures is None,
                notice=self._said or self._behind(texts) or self._rated(texts),
            )
        )

    def _choices(self, texts: Texts) -> tuple[Choice, ...]:
        if not self._has_choice:
            return ()
        captions = {Whose.TILL: texts._("This till"), Whose.STORE: texts._("Whole store")}
        return tuple(Choice(key, text, key is self._whose) for key, text in captions.items())

    def _standing(self, texts: Texts) -> str:
        """Whose figures these are; of a store, as of when."""
        if not self._has_choice or self._found is None:
            return ""
        if isinstance(self._found, DayInStore):
            return f"{self._found.store} · {as_of_text(texts, self._around.clock, self._found)}"
        return own_text(texts)

    def _waits(self, texts: Texts) -> str:
        if self._found is not None:
            return ""
        return texts._("Asking head office …") if self._whose is Whose.STORE else texts._("Counting …")

    @property
    def _own_waiting(self) -> int:
        """Bookings of this till that the store's figures of the day may lack."""
        status, clock = self._around.sync, self._around.clock
        return status.waiting if status.waiting and clock.business_day(status.oldest_us) <= self._day else 0

    def _behind(self, texts: Texts) -> Notice | None:
        """What may be missing in the store's figures."""
        if not isinstance(self._found, DayInStore):
            return None
        missing = behind_text(texts, self._around.clock, self._found, self._own_waiting)
        return Notice(missing, Tone.WARN) if missing else None

    def _rated(self, texts: Texts) -> Notice | None:
        """What this till's customers thought of the day."""
        if self._found is None or isinstance(self._found, DayInStore):
            return None
        told = rated_text(texts, self._found.ratings)
        return Notice(told, Tone.INFO) if told else None

    def _tiles(self, texts: Texts) -> tuple[Tile, ...]:
        if self._found is None:
            return ()
        figures = self._found.figures
        totals = figures.totals
        purchases = texts.n_("{count} purchase", "{count} purchases", totals.sales)
        share = texts._("{share} of purchases with card").format(share=percent_text(texts, figures.member_share))
        return (
            Tile(texts._("Awarded"), texts.number(totals.points_issued), _awarded(texts, self._found)),
            Tile(texts._("Redeemed"), texts.number(totals.points_redeemed), _redeemed(texts, figures)),
            self._open_points(texts, figures),
            Tile(texts._("New members"), texts.number(totals.new_members), share),
            Tile(
                texts._("Average with card"),
                money_text(texts, figures.average_order_value_members),
                purchases.format(count=texts.number(totals.sales)),
            ),
        )

    def _open_points(self, texts: Texts, figures: DayFigures) -> Tile:
        """A part of the tills has no open points of its own: what was earned at one is spent at another."""
        caption = texts._("Open points")
        if figures.open_points is None:
            is_store = isinstance(self._found, DayInStore)
            whole = texts._("counted for all stores together") if is_store else texts._("see the whole store")
            return Tile(caption, "\N{EN DASH}", whole)
        liability = texts._("= {amount} liability").format(amount=money_text(texts, figures.liability))
        return Tile(caption, texts.number(figures.open_points), liability)

    def _compared_caption(self, texts: Texts) -> str:
        if self._found is None:
            return ""
        return texts._("Compared with {day}").format(day=texts.day(self._found.before.day))

    def _compared(self, texts: Texts) -> tuple[BookingLine, ...]:
        """Figures with their change to the same weekday a week before."""
        if self._found is None:
            return ()
        rows = {row.name: row for row in figure_rows(texts, self._found.figures, self._found.before)}
        return tuple(BookingLine(rows[name].change, rows[name].caption, rows[name].value) for name in COMPARED)

    def _rewards(self, texts: Texts) -> tuple[BookingLine, ...]:
        found = self._found.figures.rewards if self._found else ()
        return tuple(
            BookingLine(
                when=f"{texts.number(item.count)} ×",
                what=reward_name(texts, self._around.programme, item.reward_id),
                points=texts.signed(-item.points),
            )
            for item in found
        )


def _awarded(texts: Texts, found: DayOnTill | DayInStore) -> str:
    """What was taken back of it, and the change to the same weekday a week ago."""
    issued = compare(found.figures, found.before).changes["points_issued"]
    change = (
        texts._("no figure a week ago")
        if issued is None
        else texts._("{change} on a week ago").format(change=change_text(texts, issued))
    )
    taken_back = found.figures.totals.points_taken_back
    if not taken_back:
        return change
    back = texts._("{count} taken back").format(count=texts.number(taken_back))
    return f"{back} · {change}"


def _redeemed(texts: Texts, figures: DayFigures) -> str:
    """What was returned of it, and the redemption rate."""
    shown = texts._("Redemption rate {rate}").format(rate=percent_text(texts, figures.redemption_rate))
    returned = figures.totals.points_returned
    if not returned:
        return shown
    back = texts._("{count} returned").format(count=texts.number(returned))
    return f"{back} · {shown}"


def _bars(figures: DayFigures) -> tuple[HourBar, ...]:
    return tuple(HourBar(each.hour, each.issued, each.redeemed) for each in all_hours(figures.hours))


def _save(texts: Texts, paper: DayPaper, folder: Path, ending: str, whose: str) -> Path | FileUnwritable:
    """Make the file and write it."""
    if ending == "csv":
        content = day_csv(paper)
    else:
        from texts.report_pdf import day_pdf

        content = day_pdf(texts, paper)
    name = report_file_name(texts, paper.figures.day, ending, whose)
    try:
        return write_files(folder, {name: content})[0]
    except FileUnwritable as error:
        return error
