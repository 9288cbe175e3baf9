"""Turns the status of the copies into what their screen says: places, remarks, facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from terminal.backup.status import Level, Trouble
from terminal.presenters.backup_words import size_text, trouble_text
from terminal.presenters.states import Notice, Tile, Tone

if TYPE_CHECKING:
    from terminal.backup.status import BoxStatus, Made, PlaceStatus
    from terminal.presenters.base import Surroundings

DASH: Final = "–"

ICONS: Final = {
    Level.STARTING: "backup",
    Level.FINE: "backup_done",
    Level.AILING: "backup_old",
    Level.OLD: "backup_old",
    Level.NONE: "backup_none",
}
"""The icon of each state, the same as in the bar."""


def tiles(around: Surroundings) -> tuple[Tile, ...]:
    """The newest copy on this disk and off it."""
    texts, status = around.texts, around.backup
    return (
        Tile(texts._("On this disk"), *_newest(around, status.here.newest)),
        Tile(texts._("Off this disk"), *_newest(around, status.elsewhere.newest)),
    )


def notes(around: Surroundings) -> tuple[Notice, ...]:
    """What somebody should do or know, the most urgent first."""
    texts, status = around.texts, around.backup
    if around.is_demo:
        sentence = texts._("In a shop of your own this screen says how old the copies are, and what to do.")
        return (Notice(sentence, Tone.INFO),)
    here, elsewhere, box = texts._("This disk"), texts._("Second place"), texts._("Black box")
    found = [*_trouble(around, here, status.here.trouble), *_trouble(around, elsewhere, status.elsewhere.trouble)]
    found += [*_box_notes(around, box, status.box)]
    for name, place in ((here, status.here), (elsewhere, status.elsewhere)):
        found += _damaged(around, name, place)
    if not found and status.elsewhere.folder:
        sentence = texts._("Take a stick home in the evening: fire and thieves take what stands beside the till.")
        found.append(Notice(sentence, Tone.NEUTRAL))
    return tuple(found)


def facts(around: Surroundings) -> tuple[tuple[str, str], ...]:
    """Details somebody on the phone asks for."""
    texts, status = around.texts, around.backup
    found = [
        (texts._("Bookings kept here"), texts.number(status.records) if status.records else DASH),
        (texts._("Copies on this disk"), status.here.folder or DASH),
        (texts._("How many"), texts.number(status.here.count)),
    ]
    newest = status.here.newest
    if newest is not None:
        found.append((texts._("Size of the newest"), size_text(texts, newest.bytes)))
    found.append((texts._("Second place"), status.elsewhere.folder or texts._("none")))
    if status.elsewhere.count:
        found.append((texts._("Copies there"), texts.number(status.elsewhere.count)))
    if status.box.folder:
        found.append((texts._("Black box"), status.box.folder))
        up_to = texts.number(status.box.records) if status.box.records else DASH
        found.append((texts._("Black box filled up to booking"), up_to))
    return tuple(found)


def _newest(around: Surroundings, newest: Made | None) -> tuple[str, str]:
    texts, clock = around.texts, around.clock
    if newest is None:
        return texts._("none"), texts._("no copy was taken yet")
    at_us = newest.made_at_us
    when = texts.moment(at_us, clock.utc_offset_min(at_us), clock.business_day(clock.now_us()))
    if around.backup.holds_all(newest):
        return when, texts._("holds every booking")
    if newest.epoch != around.backup.epoch or newest.records > around.backup.records:
        return when, texts._("from before the data was put back")
    lacking = around.backup.records - newest.records
    sentence = texts.n_("lacks {count} booking", "lacks {count} bookings", lacking)
    return when, sentence.format(count=texts.number(lacking))


def _trouble(around: Surroundings, name: str, trouble: Trouble | None) -> tuple[Notice, ...]:
    if trouble is None:
        return ()
    sentence = around.texts._("{place}: {sentence}").format(place=name, sentence=trouble_text(around.texts, trouble))
    return (Notice(sentence, Tone.INFO if trouble is Trouble.BUSY else Tone.WARN),)


def _box_notes(around: Surroundings, name: str, box: BoxStatus) -> tuple[Notice, ...]:
    found = list(_trouble(around, name, box.trouble))
    texts = around.texts
    if box.same_disk:
        sentence = texts._("The black box is on the till's own disk and is lost with it. Set a folder on a stick.")
        found.append(Notice(sentence, Tone.WARN))
    if box.set_aside:
        sentence = texts._(
            "The black box has bookings that this till lacks since it was put back. Recovering finds them."
        )
        found.append(Notice(sentence, Tone.INFO))
    return tuple(found)


def _damaged(around: Surroundings, name: str, place: PlaceStatus) -> tuple[Notice, ...]:
    if not place.damaged:
        return ()
    count, texts = len(place.damaged), around.texts
    sentence = texts.n_(
        "{place}: {count} older copy has turned bad and no longer counts. Disks that do that fail soon: replace it.",
        "{place}: {count} older copies have turned bad and no longer count. Disks that do that fail soon: replace it.",
        count,
    )
    return (Notice(sentence.format(place=name, count=texts.number(count)), Tone.WARN),)
