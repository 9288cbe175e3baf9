"""What is wrong with a file that is imported, in sentences: what it is, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from terminal.app.importing.flaws import Wrong
from texts.i18n import mark

if TYPE_CHECKING:
    from terminal.app.importing.flaws import Flaw
    from texts.i18n import Texts

_SENTENCES: Final[dict[Wrong, str]] = {
    Wrong.EMPTY_FILE: mark("The file is empty."),
    Wrong.SPREADSHEET: mark("This is no text file. Open it and save it as “CSV UTF-8”."),
    Wrong.ENCODING_UNKNOWN: mark("This is not {encoding}. Save the file as “CSV UTF-8”, or say its --encoding."),
    Wrong.ENCODING_DOUBTFUL: mark(
        "It can't be told which letters are meant here. Save the file as “CSV UTF-8”, or say its --encoding."
    ),
    Wrong.NUL_BYTES: mark("There are zero bytes here. Save the file as “CSV UTF-8”."),
    Wrong.LINES_TOO_MANY: mark("The file has more than {max} lines. Divide it and repeat the header in each part."),
    Wrong.LINE_TOO_LONG: mark("This line has more than {max} characters; what follows was not read."),
    Wrong.NO_HEADER: mark("The first line must name the columns: {columns}."),
    Wrong.COLUMN_UNKNOWN: mark("There is no such column. Choose from: {columns}."),
    Wrong.COLUMN_TWICE: mark("This column comes twice. Leave one out."),
    Wrong.COLUMN_MISSING: mark("This column is missing."),
    Wrong.QUOTES: mark("The quotation marks don't fit. Inside a quoted field, double each one."),
    Wrong.FIELDS: mark("{found} fields instead of {wanted}. A field with the separator in it needs quotation marks."),
    Wrong.MISSING: mark("Something must stand here."),
    Wrong.TOO_LONG: mark("This is longer than {max} characters."),
    Wrong.CONTROL_CHARACTER: mark("There are characters in it that can't be shown."),
    Wrong.SHORTENED_BY_SPREADSHEET: mark(
        "A spreadsheet has shortened this number. Export it again with the column as text."
    ),
    Wrong.RECEIPT: mark("A receipt number has up to 40 letters, digits and . _ / -"),
    Wrong.MOMENT: mark("This is no time. Write 2025-12-31 14:05 or 31.12.2025 14:05."),
    Wrong.DAY: mark("This is no day. Write 2025-12-31 or 31.12.2025."),
    Wrong.TWO_DAYS_POSSIBLE: mark("Two days could be meant. Write 2025-12-31 or 31.12.2025."),
    Wrong.DAY_NUMBER: mark("This is a spreadsheet's number for a day. Export it again with the column as a date."),
    Wrong.NO_SUCH_DAY: mark("There is no such day or time."),
    Wrong.SKIPPED_HOUR: mark("Clocks went forward here, so this time never was. Name its zone, such as +01:00."),
    Wrong.FUTURE: mark("This is in the future."),
    Wrong.BEFORE_1970: mark("This is before 1970."),
    Wrong.CARD: mark("This is no card of this programme. Compare it with the card rules of the programme."),
    Wrong.CARD_CHECK_DIGIT: mark("The last digit is wrong; this is no card of this programme."),
    Wrong.CARD_ZEROS_LOST: mark("Zeros are missing at the front. Export it again with the column as text."),
    Wrong.PAYMENT_CARD: mark("This is a payment card. Such numbers must not be in this file; delete it everywhere."),
    Wrong.NOT_A_MEMBER_CARD: mark("This is an article, not a member card."),
    Wrong.CARD_BLOCKED: mark("This card is blocked here."),
    Wrong.CARD_REPLACED: mark("This card was replaced here."),
    Wrong.AMOUNT: mark("This is not an amount. Write 12.50 or 12,50."),
    Wrong.AMOUNT_NEGATIVE: mark("Returns can't be imported. Take them out, or out of the sale they belong to."),
    Wrong.AMOUNT_ZERO: mark("The sale comes to nothing. Take it out."),
    Wrong.AMOUNT_AMBIGUOUS: mark("Two sums could be meant. Write 1500.00 or 1.50."),
    Wrong.AMOUNT_DECIMALS: mark("Money has two decimals."),
    Wrong.AMOUNT_TOO_LARGE: mark("This amount is too large."),
    Wrong.AMOUNT_ABOVE_LIMIT: mark("The programme awards nothing for more than {max}. Write the points yourself."),
    Wrong.CURRENCY: mark("The shop books in {currency}."),
    Wrong.QUANTITY: mark("Whole pieces from 1 to {max}. For goods sold by weight leave it empty."),
    Wrong.POINTS: mark("This is no number of points."),
    Wrong.POINTS_NEGATIVE: mark("A sale gives points or none. What was redeemed can't be imported."),
    Wrong.POINTS_FRACTION: mark("Points are whole numbers."),
    Wrong.POINTS_AMBIGUOUS: mark("Two numbers could be meant. Write it without dots and commas."),
    Wrong.POINTS_TOO_MANY: mark("No more than {max} points at once."),
    Wrong.POINTS_WITHOUT_CARD: mark("There are points but no card."),
    Wrong.SALE_LINES_TOO_MANY: mark("The sale has more than {max} lines. Is the receipt number right?"),
    Wrong.NAME: mark("This name is too long or has characters that can't be stored."),
    Wrong.PHONE: mark("This is not a phone number. Correct it or leave it empty."),
    Wrong.EMAIL: mark("This is not an e-mail address. Correct it or leave it empty."),
    Wrong.BIRTHDAY: mark("This can't be a birthday. Correct it or leave it empty."),
    Wrong.BIRTHDAY_WITHOUT_YEAR: mark("The year is missing. Add it or leave the birthday empty."),
    Wrong.RECEIPT_DIFFERS: mark("The sale of this receipt on line {line} has another time or card."),
    Wrong.RECEIPT_BOOKED: mark("This receipt is booked already with other contents: {at}, {amount}, {record_id}."),
    Wrong.CARD_TWICE: mark("This card is on line {line}, too, with other words."),
    Wrong.MEMBER_DIFFERS: mark("This card has a member already, with other words in: {columns}."),
    Wrong.MEMBER_ERASED: mark("The member with this card was erased here. Take the line out."),
}


def flaw_text(texts: Texts, flaw: Flaw) -> str:
    """What is wrong, without where."""
    shown: dict[str, str] = {}
    for name, value in flaw.bad.values.items():
        if isinstance(value, str):
            shown[name] = value
        elif name.endswith("_cents"):
            shown[name.removesuffix("_cents")] = texts.money(value)
        else:
            shown[name] = texts.number(value)
    sentence = texts._(_SENTENCES[flaw.bad.wrong]).format(**shown)
    near = shown.get("near")
    meant = texts._("Is {column} meant?").format(column=near)
    return f"{meant} {sentence}" if near else sentence


def flaw_line(texts: Texts, flaw: Flaw) -> str:
    """One mistake on one line: where, what stands there, what is wrong with it."""
    what = flaw_text(texts, flaw)
    if not flaw.line:
        return what
    place = texts._("Line {line}").format(line=flaw.line)
    if flaw.column:
        place = f"{place}, {flaw.column}"
    return f"{place}: “{flaw.value}” – {what}" if flaw.value else f"{place}: {what}"
