"""The daily report of a store, or of all together: as a page, as CSV and as PDF."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec
from litestar import Response, get
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency

from headoffice.errors import StoreUnknown
from headoffice.views import ProgrammeState
from headoffice.web.answers import download
from headoffice.web.chart import chart
from headoffice.web.errors import NotFound
from headoffice.web.rights import Right
from headoffice.web.visit import RIGHT, Visit
from loyalty.programme import parse_programme
from texts.i18n import shop_time
from texts.report_csv import day_csv
from texts.report_paper import DayPaper, TillFigures
from texts.report_table import assumption_text, figure_rows

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler

    from headoffice.views import StoreDayReport
    from headoffice.web.site import Web
    from texts.i18n import Texts

ONE_DAY = timedelta(days=1)


class Asked(msgspec.Struct, frozen=True):
    """Which report somebody wants; ``store`` is ``None`` for all together."""

    day: date
    store: str | None


def handlers(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this page and its files."""

    @get("/report", opt={RIGHT: Right.READ}, sync_to_thread=True)
    def report(visit: NamedDependency[Visit]) -> Response[bytes]:
        asked = _asked(web, visit)
        found = _report(web, asked)
        names = _reward_names(web, visit.texts)
        return web.pages.show(
            "report.html",
            visit.texts,
            visit,
            asked=asked,
            today=_today(web),
            day_before=asked.day - ONE_DAY,
            day_after=asked.day + ONE_DAY,
            stores=web.head_office.stores(),
            report=found,
            rows=figure_rows(visit.texts, found.figures, found.week_before),
            chart=chart(visit.texts, found.figures.hours),
            reward_names=names,
            assumption=assumption_text(visit.texts, found.figures),
            tills=_tills(visit.texts, found),
        )

    @get("/report.csv", opt={RIGHT: Right.READ}, sync_to_thread=True)
    def as_csv(visit: NamedDependency[Visit]) -> Response[bytes]:
        asked = _asked(web, visit)
        content = day_csv(_paper(web, visit.texts, asked))
        return download(content, "text/csv", f"stammkunde-{asked.day.isoformat()}.csv")

    @get("/report.pdf", opt={RIGHT: Right.READ})
    async def as_pdf(visit: NamedDependency[Visit]) -> Response[bytes]:
        asked = _asked(web, visit)
        content = await sync_to_thread(_pdf, web, visit.texts, asked)
        return download(content, "application/pdf", f"stammkunde-{asked.day.isoformat()}.pdf")

    return [report, as_csv, as_pdf]


def _pdf(web: Web, texts: Texts, asked: Asked) -> bytes:
    from texts.report_pdf import day_pdf  # brings a picture library along; not every server is asked for a PDF

    return day_pdf(texts, _paper(web, texts, asked))


def _today(web: Web) -> date:
    clock = web.head_office.clock
    return clock.business_day(clock.now_us())


def _asked(web: Web, visit: Visit) -> Asked:
    """Today's report of all stores unless the address says otherwise; never a day to come.

    Raises:
        NotFound: If that is no day.
    """
    today = _today(web)
    try:
        day = date.fromisoformat(visit.query.get("day", "") or today.isoformat())
    except ValueError:
        raise NotFound from None
    if day.year < 2000:  # noqa: PLR2004 - before it there was no programme, and a week before must be a day too
        raise NotFound
    return Asked(min(day, today), visit.query.get("store") or None)


def _report(web: Web, asked: Asked) -> StoreDayReport:
    try:
        return web.head_office.day_report(asked.day, asked.store)
    except StoreUnknown as error:
        raise NotFound from error


def _paper(web: Web, texts: Texts, asked: Asked) -> DayPaper:
    """The report as a document."""
    found, clock = _report(web, asked), web.head_office.clock
    now_us = clock.now_us()
    written = (now_us, clock.utc_offset_min(now_us))
    return DayPaper(
        asked.store or web.head_office.server.name,
        "",
        found.figures,
        found.week_before,
        _reward_names(web, texts),
        _tills(texts, found),
        f"{texts.day(shop_time(*written).date(), 'medium')} {texts.time(*written)}",
    )


def _tills(texts: Texts, found: StoreDayReport) -> tuple[TillFigures, ...]:
    """Each till's part; corrections and expiry are head office's own."""
    return tuple(
        TillFigures(each.name or texts._("Head office"), each.figures, "" if found.store else each.store)
        for each in found.terminals
    )


def _reward_names(web: Web, texts: Texts) -> dict[str, str]:
    """What rewards are called, by the newest programme that names them."""
    names: dict[str, str] = {}
    for view in web.head_office.programmes():
        if view.state is ProgrammeState.PENDING:
            continue
        programme = parse_programme(view.document)
        for reward in () if isinstance(programme, list) else programme.rewards:
            names.setdefault(reward.id, reward.name.in_language(texts.language))
    return names
