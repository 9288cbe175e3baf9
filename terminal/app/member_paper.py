"""The words of what a member gets who asks what is stored: master data, points, consents, bookings, and the law's rest.

What is said of purposes, recipients, periods and rights answers article 15, paragraphs 1 (a) to (h), of the GDPR.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty.records import Adjustment, CardAction, Expiry, Purpose, Redemption, Reversal, Sale
from terminal.messages import explain_text, reward_name
from texts.i18n import mark, shop_time
from texts.member_paper import MemberPaper, PaperPart, PaperTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from loyalty.records import Record
    from storage.types import Booking
    from terminal.app.member_data import MemberData
    from terminal.settings.retention import RetentionSettings
    from texts.i18n import Texts

PURPOSES: Final = {
    Purpose.EMAIL: mark("Offers by e-mail"),
    Purpose.SMS: mark("Offers by text message"),
    Purpose.PROFILING: mark("Offers by what is bought"),
}
STATUSES: Final = {"active": mark("in use"), "blocked": mark("blocked"), "replaced": mark("replaced")}
ACTIONS: Final = {
    CardAction.ISSUE: mark("issued"),
    CardAction.REPLACE: mark("replaced"),
    CardAction.BLOCK: mark("blocked"),
    CardAction.UNBLOCK: mark("unblocked"),
    CardAction.MERGE: mark("accounts joined"),
}


def member_paper(texts: Texts, data: MemberData, kept: RetentionSettings) -> MemberPaper:
    """Write everything down in one language.

    Args:
        texts: The language.
        data: What is stored.
        kept: How long things are kept.
    """
    today = shop_time(data.made_at_us, data.utc_offset_min).date()
    parts = (_person(texts, data), _points(texts, data), _consents(texts, data), _bookings(texts, data))
    return MemberPaper(
        title=texts._("What is stored about you"),
        shop=data.shop.name,
        day=today,
        made=texts._("Written {when}").format(when=_moment(texts, data.made_at_us, data.utc_offset_min)),
        parts=(*parts, *_further(texts, data), *said(texts, data, kept)),
    )


def said(texts: Texts, data: MemberData, kept: RetentionSettings) -> tuple[PaperPart, ...]:
    """What the law wants to be said besides the data itself."""
    return (
        PaperPart(
            texts._("What it is for"),
            sentences=(
                texts._(
                    "To run your account in the programme {programme}: points, rewards, receipts and returns."
                ).format(programme=data.programme.name),
                texts._(
                    "The basis is your membership (GDPR, article 6 (1) b), and the law where it asks for vouchers (c)."
                ),
                texts._("Offers are sent only where you have agreed to them (a). No machine decides about you."),
                texts._("All of it comes from you, or from your purchases in this shop."),
            ),
        ),
        PaperPart(texts._("Who gets it"), sentences=_recipients(texts, data)),
        PaperPart(texts._("How long it is kept"), sentences=_periods(texts, kept)),
        PaperPart(
            texts._("Your rights"),
            sentences=(
                texts._("You may have it corrected, erased or blocked, object to its use, and take it with you."),
                texts._("You may withdraw what you have agreed to at any time, from then on, at any till."),
                texts._("You may complain to the data protection authority of your state or ours."),
            ),
        ),
    )


def _person(texts: Texts, data: MemberData) -> PaperPart:
    account, profile = data.member.account, data.member.profile
    pairs = [
        (texts._("Name"), profile.name if profile else texts._("not enrolled")),
        (texts._("Phone"), profile.phone if profile else ""),
        (texts._("E-mail"), profile.email if profile else ""),
        (texts._("Birthday"), texts.day(profile.birthday, "medium") if profile and profile.birthday else ""),
        (texts._("Member since"), texts.day(account.enrolled_day, "medium") if account.enrolled_day else ""),
        (texts._("Account"), str(account.member_id)),
    ]
    pairs += [
        (texts._("Card"), f"{card.number} · {texts._(STATUSES[card.status.value])}") for card in data.member.cards
    ]
    return PaperPart(texts._("You"), pairs=tuple((name, value) for name, value in pairs if value))


def _points(texts: Texts, data: MemberData) -> PaperPart:
    account, lots = data.member.account, data.member.lots
    rows = tuple(
        (
            _day(texts, lot.earned_at_us, data.utc_offset_min),
            texts.number(lot.points),
            texts.number(lot.left),
        )
        for lot in lots
    )
    head = (texts._("Earned"), texts._("Points"), texts._("Left"))
    return PaperPart(
        texts._("Your points"),
        pairs=(
            (texts._("Balance"), texts.points(account.balance)),
            (texts._("Purchases"), texts.number(account.sales)),
        ),
        table=PaperTable(head, rows, (40, 20, 20), (1, 2)) if rows else None,
    )


def _consents(texts: Texts, data: MemberData) -> PaperPart:
    rows = tuple(
        (
            _when(texts, record),
            texts._(PURPOSES[record.purpose]),
            texts._("agreed to") if record.granted else texts._("not agreed to"),
            record.text_version,
        )
        for record in data.consents
    )
    title = texts._("What you agreed to")
    if not rows:
        return PaperPart(title, sentences=(texts._("Nothing."),))
    head = (texts._("When"), texts._("What"), texts._("Answer"), texts._("Privacy notice"))
    notices = tuple(
        texts._("Privacy notice {version}: {text}").format(version=version, text=notice.in_language(texts.language))
        for version, notice in sorted(data.notices.items())
    )
    return PaperPart(title, table=PaperTable(head, rows, (28, 40, 24, 24)), sentences=notices)


def _bookings(texts: Texts, data: MemberData) -> PaperPart:
    title = texts._("Your bookings")
    if not data.bookings:
        return PaperPart(title, sentences=(texts._("None."),))
    rows = tuple(
        (_when(texts, booking.record), _what(texts, data, booking), texts.signed(booking.points))
        for booking in data.bookings
    )
    head = (texts._("When"), texts._("What"), texts._("Points"))
    here_only = texts._("These are the bookings of this till; head office tells those of the others.")
    table = PaperTable(head, rows, (26, 72, 14), (2,))
    return PaperPart(title, table=table, sentences=(here_only,) if data.head_office else ())


def _what(texts: Texts, data: MemberData, booking: Booking) -> str:
    """A booking with its reasons, in one cell."""
    record, programme = booking.record, data.programme
    words: list[str] = []
    match record:
        case Sale():
            words.append(texts._("Purchase {amount}").format(amount=texts.money(record.amount_cents)))
            if record.receipt:
                words.append(texts._("Receipt {number}").format(number=record.receipt))
            words += [line.sku or line.category for line in record.lines if line.sku or line.category]
            words += [reward_name(texts, programme, item.reward_id) for item in record.redemptions]
            words += [explain_text(texts, programme, reason) for reason in record.explain]
        case Redemption():
            reward = reward_name(texts, programme, record.redemption.reward_id)
            words.append(texts._("Redeemed: {reward}").format(reward=reward))
        case Reversal():
            words.append(texts._("Undone"))
        case Adjustment():
            words.append(texts._("Correction"))
        case Expiry():
            words.append(texts._("Expired"))
    words += [data.notes[record.record_id]] if record.record_id in data.notes else []
    return " · ".join(words)


def _further(texts: Texts, data: MemberData) -> Iterable[PaperPart]:
    """Ratings, and what happened to cards; only where there was any."""
    if data.ratings:
        rows = tuple((_when(texts, record), texts.number(record.stars)) for record in data.ratings)
        head = (texts._("When"), texts._("Stars"))
        yield PaperPart(texts._("Your ratings"), table=PaperTable(head, rows, (40, 20), (1,)))
    if data.card_changes:
        numbers = {card.card_ref: card.number for card in data.member.cards}
        changes = tuple(
            (
                _when(texts, record),
                numbers.get(record.card_ref, "") if record.card_ref else "",
                texts._(ACTIONS[record.action]),
            )
            for record in data.card_changes
        )
        head_of_cards = (texts._("When"), texts._("Card"), texts._("What"))
        yield PaperPart(texts._("Your cards"), table=PaperTable(head_of_cards, changes, (28, 40, 40)))


def _recipients(texts: Texts, data: MemberData) -> tuple[str, ...]:
    office = data.head_office
    if office is None:
        return (texts._("Nobody outside this shop. Copies for the case of a broken disk are the shop's own."),)
    return (
        texts._("The head office of {store} and the tills that belong to it ({url}).").format(
            store=office.store, url=office.url
        ),
        texts._("Nobody else. Copies for the case of a broken disk are the shop's own."),
    )


def _periods(texts: Texts, kept: RetentionSettings) -> tuple[str, ...]:
    years = kept.inactive_years
    forgotten = texts.n_(
        "Name, contacts and card numbers: until you ask for their erasure, or {years} year after the year of your "
        "last visit, if you have no points left by then.",
        "Name, contacts and card numbers: until you ask for their erasure, or {years} years after the year of your "
        "last visit, if you have no points left by then.",
        years,
    ).format(years=years)
    until_asked = texts._("Name, contacts and card numbers: until you ask for their erasure.")
    vouchers = texts.n_(
        "Notes behind corrections: {years} year after the year of the booking, as long as vouchers have to be kept.",
        "Notes behind corrections: {years} years after the year of the booking, as long as vouchers have to be kept.",
        kept.vouchers_years,
    ).format(years=kept.vouchers_years)
    return (
        forgotten if years else until_asked,
        vouchers,
        texts._("Bookings stay in the shop's journal. When you are erased they name nobody any more."),
        texts._("Copies of the journal are replaced by newer ones, the last of them after about three months."),
    )


def _when(texts: Texts, record: Record) -> str:
    return _moment(texts, record.at_us, record.utc_offset_min)


def _moment(texts: Texts, at_us: int, utc_offset_min: int) -> str:
    return f"{_day(texts, at_us, utc_offset_min)} {texts.time(at_us, utc_offset_min)}"


def _day(texts: Texts, at_us: int, utc_offset_min: int) -> str:
    return texts.day(shop_time(at_us, utc_offset_min).date(), "medium")
