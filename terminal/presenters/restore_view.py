"""Turns what was found into lines, facts and sentences of the restoring window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from terminal.app.restoring_copies import Place
from terminal.app.restoring_plans import FromCopy, FromItself, KeyBack, Plan, Restored
from terminal.presenters.backup_words import size_text
from terminal.presenters.restore_outlook import Outlook, is_others, of_copy, of_itself
from terminal.presenters.restore_states import CopyLine
from terminal.presenters.states import Notice, Tone
from terminal.sync.recover import RecoverCommand

if TYPE_CHECKING:
    from loyalty.ports import Clock
    from terminal.app.restoring_copies import Checked, Found
    from terminal.app.restoring_plans import Findings
    from texts.i18n import Texts

US_PER_MIN: Final = 60_000_000
HOUR_MIN: Final = 60
DAY_MIN: Final = 24 * HOUR_MIN
DAYS_AS_HOURS: Final = 2
"""Up to so many days an age is told in hours."""

DASH: Final = "–"


def moment_text(texts: Texts, clock: Clock, at_us: int) -> str:
    """A day with its time, in the shop's own."""
    offset_min = clock.utc_offset_min(at_us)
    day = texts.moment(at_us, offset_min, clock.business_day(clock.now_us()))
    time = texts.time(at_us // US_PER_MIN * US_PER_MIN, offset_min)
    return day if time in day else f"{day}, {time}"


def age_text(texts: Texts, at_us: int, now_us: int) -> str:
    """How long ago something was, in the one unit that says it."""
    minutes = (now_us - at_us) // US_PER_MIN
    if minutes < 0:
        return texts._("in the future: check the clock")
    if minutes == 0:
        return texts._("just now")
    if minutes < HOUR_MIN:
        return texts.n_("{count} min ago", "{count} min ago", minutes).format(count=minutes)
    hours, days = minutes // HOUR_MIN, minutes // DAY_MIN
    if days < DAYS_AS_HOURS:
        return texts.n_("{count} hour ago", "{count} hours ago", hours).format(count=hours)
    return texts.n_("{count} day ago", "{count} days ago", days).format(count=texts.number(days))


def records_text(texts: Texts, count: int) -> str:
    """How many bookings."""
    return texts.n_("{count} booking", "{count} bookings", count).format(count=texts.number(count))


def place_text(texts: Texts, place: Place) -> str:
    """Where a copy lies."""
    return {
        Place.HERE: texts._("this disk"),
        Place.SECOND: texts._("second place"),
        Place.ASIDE: texts._("set aside before"),
        Place.CHOSEN: texts._("chosen file"),
    }[place]


def copy_line(texts: Texts, clock: Clock, findings: Findings, found: Found, checked: Checked | None) -> CopyLine:
    """A copy in the list."""
    copy = found.copy
    missing, missing_tone = _short(texts, of_copy(findings, found))
    if is_others(findings, found):
        missing, missing_tone = texts._("another till"), Tone.WARN
    said, tone = "", Tone.NEUTRAL
    if checked is not None:
        said = texts._("checked: sound") if checked.sound else texts._("damaged")
        tone = Tone.GOOD if checked.sound else Tone.BAD
    detail = (records_text(texts, copy.records), size_text(texts, copy.bytes), place_text(texts, found.place))
    return CopyLine(
        key=str(copy.path),
        when=moment_text(texts, clock, copy.made_at_us),
        age=age_text(texts, copy.made_at_us, findings.now_us),
        detail=" · ".join(detail),
        checked=said,
        tone=tone,
        missing=missing,
        missing_tone=missing_tone,
    )


def _short(texts: Texts, outlook: Outlook) -> tuple[str, Tone]:
    """What would be missing, in a few words."""
    if outlook.missing is None:
        return "", Tone.NEUTRAL
    if outlook.missing:
        sentence = texts.n_("{count} missing afterwards", "{count} missing afterwards", outlook.missing)
        return sentence.format(count=texts.number(outlook.missing)), Tone.WARN
    if outlook.at_least:
        return texts._("nothing known to be missing"), Tone.NEUTRAL
    return texts._("nothing missing afterwards"), Tone.GOOD


def copy_facts(
    texts: Texts, clock: Clock, findings: Findings, found: Found, checked: Checked | None
) -> tuple[tuple[str, str], ...]:
    """Everything about one copy."""
    copy = found.copy
    said = texts._("not yet")
    if checked is not None:
        said = texts._("every page is sound") if checked.sound else texts._("it is damaged")
    till = checked.till_name if checked is not None and checked.till_name else DASH
    return (
        (
            texts._("Made"),
            f"{moment_text(texts, clock, copy.made_at_us)} · {age_text(texts, copy.made_at_us, findings.now_us)}",
        ),
        (texts._("Shop and till"), f"{copy.shop_name} · {till}"),
        (texts._("Bookings"), texts.number(copy.records)),
        (texts._("Checked"), said),
        (texts._("File"), copy.path.name),
        (texts._("Folder"), str(copy.path.parent)),
    )


def missing_notice(texts: Texts, clock: Clock, findings: Findings, found: Found) -> Notice:
    """What would be missing after putting a copy back."""
    outlook = of_copy(findings, found)
    if outlook.missing is None:
        when = moment_text(texts, clock, found.copy.made_at_us)
        return Notice(texts._("Missing would be whatever was booked since: {when}.").format(when=when), Tone.WARN)
    return _missing(texts, outlook)


def itself_notice(texts: Texts, findings: Findings) -> Notice:
    """What would be missing after making the ledger anew of what it holds."""
    return _missing(texts, of_itself(findings))


def _missing(texts: Texts, outlook: Outlook) -> Notice:
    if outlook.missing and outlook.at_least:
        sentence = texts.n_(
            "{count} booking would be missing, and perhaps more that nobody can count.",
            "{count} bookings would be missing, and perhaps more that nobody can count.",
            outlook.missing,
        )
        return Notice(sentence.format(count=texts.number(outlook.missing)), Tone.WARN)
    if outlook.missing:
        sentence = texts.n_("{count} booking would be missing.", "{count} bookings would be missing.", outlook.missing)
        return Notice(sentence.format(count=texts.number(outlook.missing)), Tone.WARN)
    if outlook.at_least:
        sentence = texts._("Nothing is known to be missing; the very newest bookings may be.")
        return Notice(sentence, Tone.INFO)
    return Notice(texts._("No booking would be missing."), Tone.GOOD)


def newer_text(texts: Texts, outlook: Outlook) -> str:
    """What is taken over from the damaged ledger; empty when nothing is."""
    if outlook.newer <= 0:
        return ""
    if outlook.boxed:
        sentence = texts.n_(
            "{count} newer booking comes from the black box.",
            "{count} newer bookings come from the black box.",
            outlook.newer,
        )
        return sentence.format(count=texts.number(outlook.newer))
    sentence = texts.n_(
        "{count} newer booking is taken over from the damaged file.",
        "{count} newer bookings are taken over from the damaged file.",
        outlook.newer,
    )
    return sentence.format(count=texts.number(outlook.newer))


def what_will_happen(
    texts: Texts,
    clock: Clock,
    findings: Findings,
    plan: Plan | RecoverCommand,
    chosen: Found | None,
    *,
    has_ledger: bool,
) -> tuple[str, ...]:
    """What a plan does, sentence by sentence; nothing is set aside where there is no file with bookings."""
    aside = ""
    if has_ledger:
        aside = texts._("The file with the bookings that is there now is set aside under another name, not deleted.")
    epoch = texts._("The till goes on from there. Members who were erased stay erased.")
    match plan:
        case FromCopy() if chosen is not None:
            when = moment_text(texts, clock, chosen.copy.made_at_us)
            back = texts._("The bookings are put back as they were: {when}.").format(when=when)
            newer = newer_text(texts, of_copy(findings, chosen)) if plan.newer else ""
            return tuple(filter(None, (back, newer, aside, epoch)))
        case FromItself():
            again = texts._("The bookings are read one by one, each is proved, and all balances are made anew of them.")
            key = texts._("The programme's key comes from {file}.").format(file=plan.key.name) if plan.key else ""
            return tuple(filter(None, (again, key, aside, epoch)))
        case KeyBack():
            return (texts._("The key is copied from {file}. Nothing else changes.").format(file=plan.key),)
        case RecoverCommand():
            return tuple(filter(None, (*_recovering(texts, clock, findings, plan, chosen), aside)))
    return ()


def _recovering(
    texts: Texts, clock: Clock, findings: Findings, plan: RecoverCommand, chosen: Found | None
) -> tuple[str, ...]:
    """Where everything comes from."""
    if chosen is not None:
        when = moment_text(texts, clock, chosen.copy.made_at_us)
        back = texts._("The bookings are put back as they were: {when}.").format(when=when)
        return back, newer_text(texts, of_copy(findings, chosen))
    box = texts._("Bookings it never got come from the black box in {folder}.")
    if not plan.url:
        box = texts._("All bookings come from the black box in {folder}.")
    boxed = box.format(folder=plan.black_box) if plan.black_box else ""
    fetch = texts._("Members, cards, points and bookings come from head office.") if plan.url else ""
    return fetch, boxed


def warnings(
    texts: Texts, clock: Clock, findings: Findings, plan: Plan | RecoverCommand, chosen: Found | None
) -> tuple[Notice, ...]:
    """What somebody must think of before saying yes."""
    notes: list[Notice] = []
    remains = findings.remains
    if chosen is not None and is_others(findings, chosen):
        sentence = texts._("This copy is of another till. Two tills with the same bookings get in each other's way.")
        notes.append(Notice(sentence, Tone.BAD))
    if chosen is not None:
        notes.append(missing_notice(texts, clock, findings, chosen))
    elif isinstance(plan, FromItself):
        notes.append(itself_notice(texts, findings))
    if isinstance(plan, FromCopy | FromItself) and not remains.vault_sound:
        sentence = texts._("Names, phone numbers and e-mails whose keys are lost can't be read afterwards.")
        notes.append(Notice(sentence, Tone.WARN))
    if isinstance(plan, FromCopy) and remains.joined:
        notes.append(Notice(texts._("What head office has already comes back from there by itself."), Tone.INFO))
    if isinstance(plan, RecoverCommand) and plan.black_box is None:
        sentence = texts._("Without the black box, bookings that head office never got are missing.")
        notes.append(Notice(sentence, Tone.WARN))
    return tuple(notes)


def done_points(texts: Texts, restored: Restored) -> tuple[str, ...]:
    """What was restored, and where the rest is."""
    points = []
    if restored.records:
        points.append(texts._("The ledger holds {bookings}.").format(bookings=records_text(texts, restored.records)))
    if restored.newer > 0:
        sentence = texts.n_(
            "{count} of them was saved from the damaged file.",
            "{count} of them were saved from the damaged file.",
            restored.newer,
        )
        points.append(sentence.format(count=texts.number(restored.newer)))
    points += [texts._("Set aside, not deleted: {file}").format(file=name) for name in restored.aside]
    if restored.proved and not restored.problems:
        points.append(texts._("Every booking was proved; all balances agree with them."))
    return tuple(points)


def done_notes(texts: Texts, restored: Restored, *, was_joined: bool) -> tuple[Notice, ...]:
    """What remains to be done afterwards."""
    notes = []
    if restored.problems:
        sentence = texts._(
            "Not everything could be proved. Open the till, write a support file and call support. (M-439)"
        )
        notes.append(Notice(sentence, Tone.WARN))
    if not restored.proved:
        notes.append(Notice(texts._("The proof was left out; the till makes it by itself within a day."), Tone.INFO))
    if restored.names_lost:
        sentence = texts._(
            "Members whose names are lost are served by their cards. Ask for the name and type it in again."
        )
        notes.append(Notice(sentence, Tone.WARN))
    if restored.stands_alone and was_joined:
        sentence = texts._(
            "The key to what head office tells is lost: this till stands alone now. Join again with F7 and a new code; "
            "names and points come back from there."
        )
        notes.append(Notice(sentence, Tone.WARN))
    if any(name.startswith("vault.") for name in restored.aside):
        sentence = texts._(
            "The damaged file of names was kept for support. Delete it when they are done: it may hold the names of "
            "members who are erased later."
        )
        notes.append(Notice(sentence, Tone.WARN))
    return tuple(notes)
