"""Why a page is not shown; each ends in a page that says so."""

from __future__ import annotations

from http import HTTPStatus
from typing import ClassVar

from headoffice.errors import HeadOfficeError
from texts.i18n import mark


class WebError(HeadOfficeError):
    """A request of a browser that is not answered with its page.

    Attributes:
        status: The HTTP status.
    """

    code = "web"
    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST
    sentence = mark("This page can't be shown.")


class SignInNeeded(WebError):
    """Nobody is signed in; ``support`` is the path to go on with."""

    code = "sign_in_needed"
    status = HTTPStatus.UNAUTHORIZED
    sentence = mark("Sign in first.")


class NotAllowed(WebError):
    """The person's role does not include this."""

    code = "not_allowed"
    status = HTTPStatus.FORBIDDEN
    sentence = mark("Your role does not allow this. Ask an administrator.")


class Forged(WebError):
    """A form was not sent from a page of this head office, or from one that is too old."""

    code = "forged"
    status = HTTPStatus.FORBIDDEN
    sentence = mark("This form is too old or from another page. Nothing was changed. Go back, reload, try again.")


class SentTwice(WebError):
    """The same form came twice; the second one changes nothing."""

    code = "sent_twice"
    status = HTTPStatus.CONFLICT
    sentence = mark("This form was sent already. It was done once; look at the result before you send it again.")


class NotFound(WebError):
    """There is no such thing, or no longer."""

    code = "not_found"
    status = HTTPStatus.NOT_FOUND
    sentence = mark("There is nothing here, or it is gone.")


class BadForm(WebError):
    """A form that our pages don't send."""

    code = "bad_form"
    status = HTTPStatus.BAD_REQUEST
    sentence = mark("This form can't be read. Go back, reload and try again.")
