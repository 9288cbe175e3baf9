"""In which language a browser is answered: as its user chose, else as the browser asks for, else in English."""

from __future__ import annotations

from texts.i18n import LANGUAGES

COOKIE = "language"
FALLBACK = "en"


def language_of(cookie: str | None, accept_language: str) -> str:
    """The language of a request.

    Args:
        cookie: What its user chose, if ever.
        accept_language: The header of that name (RFC 9110, 12.5.4).
    """
    if cookie in LANGUAGES:
        return cookie
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept_language[:200].split(",")):
        tag, _, quality = part.strip().partition(";")
        code = tag.strip().lower()[:2]
        if code in LANGUAGES and (weight := _weight(quality)) > 0:
            wanted.append((-weight, place, code))
    return min(wanted)[2] if wanted else FALLBACK


def _weight(quality: str) -> float:
    try:
        return float(quality.strip().removeprefix("q=")) if quality.strip() else 1.0
    except ValueError:
        return 0.0
