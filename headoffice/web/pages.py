"""Making pages: templates in one language, with the headers that every page has."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response

from headoffice import wording
from headoffice.web import words
from headoffice.web.rights import Right, may
from texts.i18n import LANGUAGES, Texts

if TYPE_CHECKING:
    from headoffice.web.visit import Visit
    from loyalty.ports import Clock

TEMPLATES: Final = Path(__file__).with_name("templates")
HTML: Final = "text/html"

HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
    # With "no-referrer" browsers send "Origin: null" with a form, and nobody could tell where it came from.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""No script runs on these pages, nothing comes from elsewhere, nobody may frame or keep them."""

NAVIGATION: Final = (
    ("/report", words.NAV_REPORT, Right.READ),
    ("/members", words.NAV_MEMBERS, Right.READ),
    ("/matters", words.NAV_MATTERS, Right.READ),
    ("/tills", words.NAV_TILLS, Right.READ),
    ("/programmes", words.NAV_PROGRAMMES, Right.READ),
    ("/people", words.NAV_PEOPLE, Right.RULE),
)


class Pages:
    """Every page of one head office.

    Args:
        name: What people call it.
        currency: Its currency, ISO 4217.
        clock: Time, in the shops' zone.
    """

    def __init__(self, name: str, currency: str, clock: Clock) -> None:
        self._name = name
        self._clock = clock
        self._texts = {language: Texts(language, currency) for language in LANGUAGES}
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )

    def texts(self, language: str) -> Texts:
        """The texts of a language."""
        return self._texts[language]

    def show(
        self,
        template: str,
        texts: Texts,
        visit: Visit | None = None,
        status: HTTPStatus = HTTPStatus.OK,
        **values: Any,  # noqa: ANN401 - what the template names
    ) -> Response[bytes]:
        """Make a page.

        Args:
            template: Its file, without the folder.
            texts: Its language.
            visit: Who looks at it; ``None`` before signing in.
            status: Its HTTP status.
            values: What it shows.
        """
        now_us = self._clock.now_us()
        html = self._templates.get_template(template).render(
            **values,
            texts=texts,
            _=texts._,
            n_=texts.n_,
            words=words,
            wording=wording,
            office=self._name,
            visit=visit,
            user=visit.session.user if visit else None,
            csrf=visit.session.csrf if visit else "",
            may=lambda right: visit is not None and may(visit.session.user.role, Right(right)),
            navigation=[(path, texts._(name), right) for path, name, right in NAVIGATION],
            languages=LANGUAGES,
            moment=lambda at_us: self.moment(texts, at_us, now_us),
        )
        return Response(html.encode(), media_type=HTML, status_code=status, headers=dict(HEADERS))

    def moment(self, texts: Texts, at_us: int, now_us: int) -> str:
        """When something was, by the shops' clock; a dash for never."""
        if not at_us:
            return "–"
        offset_min = self._clock.utc_offset_min(at_us)
        today = self._clock.business_day(now_us)
        shown = texts.moment(at_us, offset_min, today)
        time = texts.time(at_us, offset_min)
        return shown if time in shown else f"{shown} {time}"
