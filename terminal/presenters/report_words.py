"""What a reader must know of a store's figures: when they were counted, and which tills may have more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty.wire import ProblemCode
from terminal.app.report import DayInStore
from terminal.presenters.sync_words import trouble_text
from terminal.sync.status import SyncTrouble
from texts.i18n import shop_time

if TYPE_CHECKING:
    from loyalty.feedback import Ratings
    from loyalty.ports import Clock
    from terminal.app.report import DayOnTill
    from terminal.sync.outcomes import Declined
    from texts.i18n import Texts

NAMES_MAX: Final = 4
"""How many tills are named; more are counted."""


def own_text(texts: Texts) -> str:
    """What a joined till's own figures are."""
    return texts._("Only what was booked at this till")


def as_of_text(texts: Texts, clock: Clock, found: DayInStore) -> str:
    """When head office counted, for the screen: a report of today says the time alone."""
    today = clock.business_day(clock.now_us())
    when = texts.moment(found.as_of_us, clock.utc_offset_min(found.as_of_us), today)
    return texts._("As of: {when}").format(when=when)


def behind_text(texts: Texts, clock: Clock, found: DayInStore, own_waiting: int = 0) -> str:
    """Which bookings of the day may be missing; empty when none is known to be.

    Args:
        texts: The language.
        clock: The shop's time.
        found: The figures.
        own_waiting: This till's bookings that head office has not got.
    """
    sentences: list[str] = []
    if own_waiting:
        own = texts.n_(
            "{count} booking of this till is not sent yet.",
            "{count} bookings of this till are not sent yet.",
            own_waiting,
        )
        sentences.append(own.format(count=texts.number(own_waiting)))
    if len(found.behind) == 1:
        (till,) = found.behind
        when = _written(texts, clock, till.last_contact_us) if till.last_contact_us else texts._("never")
        one = texts._("{till} may have more bookings of this day. Last contact: {when}.")
        sentences.append(one.format(till=till.name, when=when))
    elif found.behind:
        names = ", ".join(till.name for till in found.behind[:NAMES_MAX])
        if len(found.behind) > NAMES_MAX:
            names += ", …"
        many = texts._("{count} tills may have more bookings of this day: {tills}")
        sentences.append(many.format(count=texts.number(len(found.behind)), tills=names))
    return " ".join(sentences)


def remarks(
    texts: Texts, clock: Clock, found: DayOnTill | DayInStore, own_waiting: int = 0, *, joined: bool
) -> tuple[str, ...]:
    """What a reader must know, as lines for paper and for the command line."""
    if not isinstance(found, DayInStore):
        rated = rated_text(texts, found.ratings)
        return (*((own_text(texts),) if joined else ()), *((rated,) if rated else ()))
    counted = texts._("All tills of the store. As of: {when}").format(when=_written(texts, clock, found.as_of_us))
    behind = behind_text(texts, clock, found, own_waiting)
    return (counted, behind) if behind else (counted,)


def rated_text(texts: Texts, ratings: Ratings) -> str:
    """What customers thought of the day; empty when nobody said."""
    average = ratings.average_hundredths
    if average is None:
        return ""
    told = texts.n_(
        "Rated {stars} of 5 stars by {count} customer.", "Rated {stars} of 5 stars by {count} customers.", ratings.count
    )
    return told.format(stars=texts.plain_amount(average), count=texts.number(ratings.count))


def no_store_text(texts: Texts, no: Declined) -> str:
    """Why there are no figures of the store, with a code to name on the phone."""
    if no.why is SyncTrouble.UNREACHABLE or no.why is ProblemCode.UNAVAILABLE:
        return texts._("The store's figures come from head office, which does not answer now. (M-186)")
    if no.why is ProblemCode.NOT_FOUND:
        return texts._("This head office does not tell the store's figures yet. Ask for it to be updated. (M-187)")
    return trouble_text(texts, no.why)


def _written(texts: Texts, clock: Clock, at_us: int) -> str:
    """A moment that is read later: with its day."""
    offset_min = clock.utc_offset_min(at_us)
    return f"{texts.day(shop_time(at_us, offset_min).date(), 'medium')} {texts.time(at_us, offset_min)}"
