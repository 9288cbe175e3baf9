"""The daily report: what was issued and redeemed, by hour, and how many points are open."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Final

from terminal.messages import reward_name
from terminal.presenters.base import Flow, Presenter, Surroundings
from terminal.presenters.states import BookingLine, HourBar, Notice, ReportState, Tile

if TYPE_CHECKING:
    from storage.store import Reader
    from storage.types import DayReport
    from texts.i18n import Texts

WEEK: Final = timedelta(days=7)
DAY: Final = timedelta(days=1)
OPENS_H: Final = 8
CLOSES_H: Final = 18
"""The hours a report shows at least."""

EMPTY: Final = ReportState(title="", day="")


class ReportPresenter(Presenter[ReportState]):
    """Shows one business day; reads on the storage thread and drops answers for a day no longer shown."""

    def __init__(self, surroundings: Surroundings, flow: Flow) -> None:
        super().__init__(EMPTY)
        self._around = surroundings
        self._flow = flow
        self._day = date.min
        self._report: DayReport | None = None
        self._week_ago: DayReport | None = None
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

    def say(self, notice: Notice) -> None:
        """Show a sentence above the figures."""
        self._said = notice
        self.refresh()

    def cancel(self) -> None:
        """Leave."""
        self._flow.home()

    def _go(self, day: date) -> None:
        self._day = day
        self._report = self._week_ago = None
        self._said = None
        self.refresh()
        self._around.desk.read(
            lambda reader: _two_days(reader, day), lambda found: self._read(day, found), self._flow.broke
        )

    def _read(self, day: date, found: tuple[DayReport, DayReport]) -> None:
        if day == self._day:
            self._report, self._week_ago = found
            self.refresh()

    def refresh(self) -> None:
        """Compute the screen anew."""
        if self._day == date.min:
            return
        texts = self._around.texts
        report = self._report
        quiet = report is not None and not report.totals.sales and not report.totals.redemptions
        self._show(
            ReportState(
                title=texts._("Daily report"),
                day=texts.day(self._day, "full"),
                tiles=self._tiles(texts),
                hours_caption=texts._("Points by hour"),
                issued_caption=texts._("awarded"),
                redeemed_caption=texts._("redeemed"),
                hours=() if report is None or quiet else _hours(report),
                rewards_caption=texts._("Popular rewards"),
                rewards=self._rewards(texts),
                empty=texts._("Nothing was booked on this day.") if quiet else "",
                can_go_on=self._day < self._today(),
                busy=report is None,
                notice=self._said,
            )
        )

    def _tiles(self, texts: Texts) -> tuple[Tile, ...]:
        report = self._report
        if report is None:
            return ()
        totals = report.totals
        worth_cents = self._around.programme.value_of_points_cents(report.open_points)
        return (
            Tile(texts._("Awarded"), texts.number(totals.points_issued), self._awarded(texts)),
            Tile(texts._("Redeemed"), texts.number(totals.points_redeemed), self._redeemed(texts)),
            Tile(
                texts._("Open points"),
                texts.number(report.open_points),
                texts._("= {amount} liability").format(amount=texts.money(worth_cents)),
            ),
            Tile(texts._("New members"), texts.number(totals.new_members), self._share(texts)),
            Tile(texts._("Average with card"), self._average(texts), self._purchases(texts)),
        )

    def _awarded(self, texts: Texts) -> str:
        """What was taken back of it, and the change to the same weekday a week ago."""
        if self._report is None or self._week_ago is None:
            return ""
        totals = self._report.totals
        change = self._change(texts, totals.points_issued, self._week_ago.totals.points_issued)
        if not totals.points_taken_back:
            return change
        back = texts._("{count} taken back").format(count=texts.number(totals.points_taken_back))
        return f"{back} · {change}"

    def _redeemed(self, texts: Texts) -> str:
        """What was returned of it, and the redemption rate."""
        if self._report is None:
            return ""
        totals = self._report.totals
        rate = texts.percent(_percent(totals.points_redeemed, totals.points_issued))
        shown = texts._("Redemption rate {rate}").format(rate=rate)
        if not totals.points_returned:
            return shown
        returned = texts._("{count} returned").format(count=texts.number(totals.points_returned))
        return f"{returned} · {shown}"

    def _change(self, texts: Texts, now: int, before: int) -> str:
        """The change to the same weekday a week ago."""
        if not before:
            return texts._("no figure a week ago")
        change = _percent(now - before, before) or Decimal(0)
        arrow = "▲" if change > 0 else "▼" if change < 0 else "="
        return texts._("{arrow} {change} on a week ago").format(arrow=arrow, change=texts.percent(abs(change)))

    def _share(self, texts: Texts) -> str:
        totals = self._report.totals if self._report else None
        share = _percent(totals.member_sales, totals.sales) if totals else None
        return texts._("{share} of purchases with card").format(share=texts.percent(share))

    def _average(self, texts: Texts) -> str:
        totals = self._report.totals if self._report else None
        if totals is None or not totals.member_sales:
            return "–"
        mean = Decimal(totals.member_revenue_cents) / totals.member_sales
        return texts.money(int(mean.quantize(Decimal(1), ROUND_HALF_EVEN)))

    def _purchases(self, texts: Texts) -> str:
        sales = self._report.totals.sales if self._report else 0
        return texts.n_("{count} purchase", "{count} purchases", sales).format(count=texts.number(sales))

    def _rewards(self, texts: Texts) -> tuple[BookingLine, ...]:
        found = self._report.rewards if self._report else ()
        return tuple(
            BookingLine(
                when=f"{texts.number(item.count)} ×",
                what=reward_name(texts, self._around.programme, item.reward_id),
                points=texts.signed(-item.points),
            )
            for item in found
        )


def _hours(report: DayReport) -> tuple[HourBar, ...]:
    """The shop's day without gaps, so that a quiet hour is seen as one and a first sale does not fill the picture."""
    found = {item.hour: item for item in report.hours}
    first, last = min(OPENS_H, *found), max(CLOSES_H, *found)
    return tuple(
        HourBar(hour, found[hour].issued, found[hour].redeemed) if hour in found else HourBar(hour, 0, 0)
        for hour in range(first, last + 1)
    )


def _percent(part: int, whole: int) -> Decimal | None:
    """A share in percent with one decimal, ``None`` of nothing."""
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_EVEN)


def _two_days(reader: Reader, day: date) -> tuple[DayReport, DayReport]:
    """A day and the same weekday before."""
    return reader.day_report(day), reader.day_report(day - WEEK)
