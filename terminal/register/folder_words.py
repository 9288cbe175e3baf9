"""Why a register's file was put aside, as a sentence with its code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty.outcomes import Refused
from terminal.messages import refusal_text
from terminal.register.filing import Differs, OtherCurrency
from terminal.register.sale_file import Fault, NoSale
from texts.i18n import mark

if TYPE_CHECKING:
    from texts.i18n import Texts

_FAULTS: Final[dict[Fault, str]] = {
    Fault.EMPTY: mark("The file is empty."),
    Fault.TOO_LARGE: mark("The file is larger than {max} kB. Write one file for each sale."),
    Fault.NOT_TEXT: mark("The file is not text. Write it as UTF-8 or in Windows' western code page."),
    Fault.NOT_JSON: mark("The file is not the JSON of a sale: {detail}"),
    Fault.NO_HEADER: mark("The file has no header with the column amount, or no line below it."),
    Fault.UNKNOWN_COLUMN: mark("The column {column} is not known. Is {near} meant?"),
    Fault.SHORT_ROW: mark("Line {line} has another number of columns than the header."),
    Fault.TOO_MANY_LINES: mark("The sale has more than {max} lines."),
    Fault.SEVERAL_SALES: mark("Line {line} belongs to another sale. Write one file for each sale."),
    Fault.BAD_AMOUNT: mark("Line {line}: “{text}” is not an amount. Write it as 12,50 or 12.50."),
    Fault.BAD_QUANTITY: mark("Line {line}: “{text}” is not a number of pieces."),
    Fault.BAD_MOMENT: mark("“{text}” is not a time. Write it as 2026-11-22T14:30 or 22.11.2026 14:30."),
    Fault.BAD_RECEIPT: mark("“{text}” is not a receipt number: up to 40 letters, digits and . _ / -"),
    Fault.BAD_ARTICLE: mark("Line {line}: the article or its category is too long."),
    Fault.SUM_DIFFERS: mark("The lines come to {lines_cents}, the amount is {amount_cents}."),
}

_DIFFERS: Final = mark("Sale {name} was booked with other contents. Nothing was changed.")
_CURRENCY: Final = mark("The shop counts in {shop_currency}, the file in {currency}.")


def reason_text(texts: Texts, why: NoSale | Differs | OtherCurrency | Refused) -> str:
    """Why a file was put aside."""
    match why:
        case Refused():
            return refusal_text(texts, why)
        case Differs():
            return f"{texts._(_DIFFERS).format(name=why.name)} (M-293)"
        case OtherCurrency():
            shown = texts._(_CURRENCY).format(shop_currency=why.shop_currency, currency=why.currency)
            return f"{shown} (M-294)"
        case NoSale():
            return f"{texts._(_FAULTS[why.fault]).format(**_shown(texts, why))} (M-295)"


def failed_text(texts: Texts, count: int, folder: str) -> str:
    """That files of the register wait for a person."""
    sentence = texts.n_(
        "{count} file of the register was not booked. Why is written beside it in {folder}. (M-291)",
        "{count} files of the register were not booked. Why is written beside them in {folder}. (M-291)",
        count,
    )
    return sentence.format(count=texts.number(count), folder=folder)


def _shown(texts: Texts, why: NoSale) -> dict[str, int | str]:
    return {
        name: texts.money(value) if isinstance(value, int) and name.endswith("_cents") else value
        for name, value in why.values.items()
    }
