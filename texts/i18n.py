"""Everything people read, in their language: gettext for sentences, Babel for money, numbers, dates and times."""

from __future__ import annotations

import gettext
import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Final

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, get_currency_symbol

DOMAIN: Final = "stammkunde"
LOCALE_FOLDER: Final = Path(__file__).parent / "locale"
LANGUAGES: Final = {"de": "Deutsch", "en": "English"}
"""The languages the till speaks, by code, each in its own words."""

LANGUAGE_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Where POSIX keeps the language of messages, the first that is set counts (POSIX.1-2024, 8.2)."""

_REGIONS: Final = {"de": "de_DE", "en": "en_GB"}
_CACHE_SIZE: Final = 2048
_MINUS: Final = "\N{MINUS SIGN}"


def mark(sentence: str) -> str:
    """Mark a sentence in a table for translation; it is translated where it is shown."""
    return sentence


class Texts:
    """One language with one currency.

    Numbers are cached: a member panel formats some twenty of them, and the scan path is no place to parse patterns.
    """

    def __init__(self, language: str, currency: str = "EUR") -> None:
        self.language = language if language in LANGUAGES else "en"
        self.currency = currency
        self._locale = Locale.parse(_REGIONS[self.language])
        self._catalogue = (
            gettext.NullTranslations()
            if self.language == "en"
            else gettext.translation(DOMAIN, LOCALE_FOLDER, [self.language])
        )
        self.money = lru_cache(_CACHE_SIZE)(self._money)
        self.number = lru_cache(_CACHE_SIZE)(self._number)
        self.day = lru_cache(_CACHE_SIZE)(self._day)
        self.time = lru_cache(_CACHE_SIZE)(self._time)

    def _(self, sentence: str) -> str:
        """Translate a sentence."""
        return self._catalogue.gettext(sentence)

    def n_(self, one: str, many: str, count: int) -> str:
        """Translate a sentence with a count, in the right plural form."""
        return self._catalogue.ngettext(one, many, count)

    def _money(self, cents: int) -> str:
        """Write an amount with its currency, for example ``23,45 €``."""
        return str(format_currency(Decimal(cents) / 100, self.currency, locale=self._locale)).replace("-", _MINUS)

    def _number(self, value: int) -> str:
        """Write a whole number with its groups, for example ``1.284``."""
        return str(format_decimal(value, locale=self._locale)).replace("-", _MINUS)

    def signed(self, value: int) -> str:
        """Write a whole number with its sign, for example ``+46`` or ``-300`` with a real minus."""
        return f"+{self.number(value)}" if value > 0 else self.number(value)

    def points(self, count: int) -> str:
        """Write a number of points, for example ``46 points``."""
        return self.n_("{count} point", "{count} points", abs(count)).format(count=self.number(count))

    def percent(self, value: Decimal | None) -> str:
        """Write a rate in percent with one decimal, or a dash where it is undefined."""
        if value is None:
            return "–"
        sign = self._locale.percent_formats[None].suffix[0]
        return f"{format_decimal(value, '0.0', locale=self._locale)}{sign}".replace("-", _MINUS)

    def plain_amount(self, cents: int) -> str:
        """Write an amount without its currency, for example ``23,45``."""
        return str(format_decimal(Decimal(cents) / 100, "#,##0.00", locale=self._locale)).replace("-", _MINUS)

    @property
    def currency_sign(self) -> str:
        """The currency's sign, for example ``€``."""
        return str(get_currency_symbol(self.currency, locale=self._locale))

    @property
    def decimal_mark(self) -> str:
        """The character on the keypad's decimal key."""
        return str(self._locale.number_symbols["latn"]["decimal"])

    def _day(self, day: date, style: str = "short") -> str:
        """Write a day: ``short`` as ``Mi 18.11.``, ``medium`` as ``18.11.2026``, ``full`` with the weekday's name."""
        if style == "short":
            return str(format_date(day, "ccc d.M." if self.language == "de" else "EEE d MMM", locale=self._locale))
        return str(
            format_date(
                day, "dd.MM.yyyy" if style == "medium" and self.language == "de" else style, locale=self._locale
            )
        )

    def _time(self, at_us: int, utc_offset_min: int) -> str:
        """Write the shop's time of day, for example ``14:32``."""
        return str(format_time(shop_time(at_us, utc_offset_min), "HH:mm", locale=self._locale))

    def moment(self, at_us: int, utc_offset_min: int, today: date) -> str:
        """Write when a booking was: today with its time, otherwise its day."""
        local = shop_time(at_us, utc_offset_min)
        if local.date() == today:
            return self._("Today {time}").format(time=self.time(at_us, utc_offset_min))
        if local.date() == today - timedelta(days=1):
            return self._("Yesterday {time}").format(time=self.time(at_us, utc_offset_min))
        return self.day(local.date()) if abs((today - local.date()).days) < 300 else self.day(local.date(), "medium")  # noqa: PLR2004 - a day and month alone would be misread after about a year


def shop_time(at_us: int, utc_offset_min: int) -> datetime:
    """A record's moment as the shop's wall clock showed it."""
    return datetime.fromtimestamp(at_us // 1_000_000, UTC) + timedelta(minutes=utc_offset_min)


def system_language() -> str:
    """The language of the environment, if the till speaks it; English otherwise."""
    for name in LANGUAGE_VARIABLES:
        value = os.environ.get(name)
        if value:
            code = value[:2].lower()
            return code if code in LANGUAGES else "en"
    return "en"
