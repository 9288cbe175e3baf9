"""Turns the status of sync into what its screen says: figures, remarks, facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from terminal.presenters.states import Notice, Tile, Tone
from terminal.presenters.sync_words import CLOCK_OFF_SHOWN_MS, trouble_text, unreadable_text
from terminal.sync.status import KeyPlace, SyncMode

if TYPE_CHECKING:
    from loyalty.ports import Clock
    from terminal.presenters.base import Surroundings
    from terminal.sync.status import SyncStatus, UnreadableProgramme
    from texts.i18n import Texts

ICONS: Final = {
    SyncMode.ALONE: "storefront",
    SyncMode.STARTING: "sync",
    SyncMode.ONLINE: "cloud_done",
    SyncMode.OFFLINE: "cloud_off",
    SyncMode.PROBLEM: "sync_problem",
}
MS_PER_MIN: Final = 60_000
DASH: Final = "–"


def headline_icon(status: SyncStatus) -> str:
    """The icon of the state, the same as in the bar."""
    if status.mode is SyncMode.ONLINE and status.unreadable is not None and status.progress is None:
        return ICONS[SyncMode.PROBLEM]
    busy = status.mode is SyncMode.ONLINE and (status.waiting or status.progress is not None)
    return "sync" if busy else ICONS[status.mode]


def meaning(texts: Texts, status: SyncStatus, *, is_demo: bool = False) -> str:
    """What the state means for the shop, and what to do."""
    match status.mode:
        case SyncMode.ALONE if is_demo:
            return texts._("This is the demo shop: its bookings are made up, and its till talks to nobody.")
        case SyncMode.ALONE:
            return texts._("This till is its own head office: all points are kept here and can be redeemed in full.")
        case SyncMode.STARTING:
            return texts._("The till was just opened and asks head office for news. Go on selling.")
        case SyncMode.PROBLEM if status.problem is not None:
            return trouble_text(texts, status.problem)
        case SyncMode.PROBLEM:
            return texts._("Sync stands still. Awarding goes on; nothing is lost.")
        case SyncMode.OFFLINE:
            return texts._(
                "Head office does not answer. Awarding goes on, redeeming within what is safe. "
                "All bookings are kept and sent by themselves."
            )
        case SyncMode.ONLINE if status.waiting:
            return texts._("Head office answers and gets the newest bookings now.")
        case SyncMode.ONLINE:
            return texts._("Head office has every booking of this till.")


def tiles(around: Surroundings) -> tuple[Tile, ...]:
    """What waits, since when, and when head office last answered."""
    texts, status = around.texts, around.sync
    if not status.joined:
        return ()
    oldest = texts._("nothing waits")
    if status.waiting:
        oldest = texts._("the oldest since: {when}").format(when=_when(around, status.oldest_us))
    last = _when(around, status.last_contact_us) if status.last_contact_us else DASH
    return (
        Tile(texts._("Bookings waiting"), texts.number(status.waiting), oldest),
        Tile(texts._("Last contact"), last, texts._("when head office last answered")),
    )


def notes(around: Surroundings) -> tuple[Notice, ...]:
    """What somebody should know or look at, the most urgent first."""
    texts, status = around.texts, around.sync
    if not status.joined:
        return (*_demo(texts), *_ways_out(texts)) if around.is_demo else _ways_out(texts)
    found: list[Notice] = []
    if status.unreadable is not None:
        found.append(unreadable_notice(around, status.unreadable))
    if status.quarantined:
        sentence = texts.n_(
            "{count} booking can't be read by head office. It is kept there and blocks nothing: "
            "ask head office to clear it up. (M-182)",
            "{count} bookings can't be read by head office. They are kept there and block nothing: "
            "ask head office to clear them up. (M-182)",
            status.quarantined,
        )
        found.append(Notice(sentence.format(count=texts.number(status.quarantined)), Tone.WARN))
    if status.conflicts:
        sentence = texts.n_(
            "{count} case to look at, for example points spent at two tills at once. "
            "It is booked; head office's page says what to do. (M-183)",
            "{count} cases to look at, for example points spent at two tills at once. "
            "They are booked; head office's page says what to do. (M-183)",
            status.conflicts,
        )
        found.append(Notice(sentence.format(count=texts.number(status.conflicts)), Tone.WARN))
    if abs(status.clock_off_ms) >= CLOCK_OFF_SHOWN_MS:
        found.append(Notice(_clock_off(texts, status.clock_off_ms), Tone.WARN))
    if not status.caught_up:
        sentence = texts._("Members are still being fetched. Awarding works; redeeming waits until then. (M-184)")
        found.append(Notice(sentence, Tone.INFO))
    if status.pending is not None:
        starts = _start(texts, around.clock, status.pending.starts_at_us)
        sentence = texts._("Programme version {version} starts {when}.")
        found.append(Notice(sentence.format(version=texts.number(status.pending.version), when=starts), Tone.INFO))
    return tuple(found)


def unreadable_notice(around: Surroundings, found: UnreadableProgramme) -> Notice:
    """A programme that this till can't put into force."""
    return Notice(unreadable_line(around.texts, around.clock, found), Tone.WARN)


def unreadable_line(texts: Texts, clock: Clock, found: UnreadableProgramme) -> str:
    """The same as a sentence."""
    has_started = found.starts_at_us <= clock.now_us()
    return unreadable_text(texts, found, "" if has_started else _start(texts, clock, found.starts_at_us))


def _demo(texts: Texts) -> tuple[Notice, ...]:
    sentence = texts._("In a shop of your own these buttons work, and this screen says what waits and what to do.")
    return (Notice(sentence, Tone.INFO),)


def _ways_out(texts: Texts) -> tuple[Notice, ...]:
    """When standing alone is not enough: for a shop with several tills, and for a chain."""
    several = texts._("Several tills in this shop? One of them can serve the others; no further computer is needed.")
    chain = texts._("Several shops? Head office gives you its address and a joining code. All points come along.")
    return Notice(several, Tone.NEUTRAL), Notice(chain, Tone.NEUTRAL)


def _clock_off(texts: Texts, off_ms: int) -> str:
    minutes = abs(off_ms) // MS_PER_MIN
    if off_ms > 0:
        sentence = texts.n_(
            "The clock is {count} minute fast. Times are corrected; set the clock. (M-185)",
            "The clock is {count} minutes fast. Times are corrected; set the clock. (M-185)",
            minutes,
        )
    else:
        sentence = texts.n_(
            "The clock is {count} minute slow. Times are corrected; set the clock. (M-185)",
            "The clock is {count} minutes slow. Times are corrected; set the clock. (M-185)",
            minutes,
        )
    return sentence.format(count=texts.number(minutes))


def facts(around: Surroundings) -> tuple[tuple[str, str], ...]:
    """Details somebody on the phone asks for."""
    texts, status = around.texts, around.sync
    if not status.joined:
        return _facts_alone(around)
    places = {
        KeyPlace.KEYRING: texts._("in this computer's key store"),
        KeyPlace.FILE: texts._("in a file only this user can read"),
        None: texts._("missing"),
    }
    found = [
        (texts._("Store"), status.store or DASH),
        (texts._("Address"), status.url or DASH),
        (texts._("Key of this till"), places[status.key_place]),
        (texts._("Sent up to booking"), texts.number(status.acked_seq) if status.acked_seq else DASH),
    ]
    if status.serving:
        found.append((texts._("Other tills join at"), status.serving))
    return tuple(found)


def _facts_alone(around: Surroundings) -> tuple[tuple[str, str], ...]:
    """What there is to say of a till that is its own head office."""
    texts, shop = around.texts, around.desk.shop
    return (
        (texts._("Shop"), shop.name),
        (texts._("Till"), shop.till_name),
        (texts._("Bookings kept here"), texts.number(around.desk.reader.head().seq)),
        (texts._("Programme version"), texts.number(around.programme.version)),
    )


def _when(around: Surroundings, at_us: int) -> str:
    """A moment of this till's past: today with its time, otherwise its day."""
    clock = around.clock
    return around.texts.moment(at_us, clock.utc_offset_min(at_us), clock.business_day(clock.now_us()))


def _start(texts: Texts, clock: Clock, at_us: int) -> str:
    """A moment to come, with day and time."""
    day = texts.day(clock.business_day(at_us))
    time = texts.time(at_us, clock.utc_offset_min(at_us))
    return texts._("on {day} at {time}").format(day=day, time=time)
