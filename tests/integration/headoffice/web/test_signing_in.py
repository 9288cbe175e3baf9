"""Who gets in, how long they stay, and what another site can make their browser do: nothing."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from headoffice.web.sessions import IDLE_S, LONGEST_S
from headoffice.web.site import SIGN_INS_BURST
from tests.fakes.page_visitor import PageVisitor
from tests.fakes.staffed_office import ADMIN, MANAGER, PASSWORD, VIEWER, StaffedOffice

PAGES = (
    "/report",
    "/report.csv",
    "/report.pdf",
    "/members",
    "/matters",
    "/tills",
    "/programmes",
    "/people",
    "/account",
)


@pytest.mark.parametrize("path", PAGES)
def test_nobody_sees_a_page_without_signing_in(visitor: PageVisitor, path: str) -> None:
    """Every page leads to the form, and from there to where one wanted to go."""
    visitor.look(path)
    assert visitor.path == "/sign-in"
    assert visitor.field("next") == path
    visitor.sign_in(ADMIN, go_on=path)
    assert visitor.path == path
    assert visitor.page.status_code == HTTPStatus.OK


def test_a_wrong_password_says_no_more_than_a_wrong_name(visitor: PageVisitor) -> None:
    """Nobody learns from the form who works at head office."""
    visitor.sign_in(ADMIN, "falsch")
    wrong_password = visitor.words.replace(ADMIN, "")
    visitor.sign_in("Niemand", "falsch")
    assert visitor.page.status_code == HTTPStatus.UNAUTHORIZED
    assert visitor.words.replace("Niemand", "") == wrong_password
    assert not visitor.cookies


def test_wrong_passwords_cost_time_that_doubles(visitor: PageVisitor, office: StaffedOffice) -> None:
    """From the third on nobody gets in for half a minute, not even with the right one, then a minute."""
    for _ in range(3):
        visitor.sign_in(ADMIN, "falsch")
    assert "Wait 30 s" in visitor.words
    visitor.sign_in(ADMIN)
    assert visitor.path == "/sign-in"
    office.clock.advance(seconds=31)
    visitor.sign_in(ADMIN, "falsch")
    assert "Wait 60 s" in visitor.words
    office.clock.advance(seconds=61)
    visitor.sign_in(ADMIN)
    assert visitor.path == "/report"
    assert office.users.find(ADMIN) is not None
    assert office.users.find(ADMIN).failures == 0  # type: ignore[union-attr] # asserted above


def test_an_address_tries_only_so_often(visitor: PageVisitor, office: StaffedOffice) -> None:
    """Names that nobody has never have to wait, and each try costs the server time; a minute later it goes on."""
    visitor.look("/sign-in")
    for number in range(SIGN_INS_BURST):
        visitor.send_bare("/sign-in", name=f"Niemand {number}", password="x")
        assert "is wrong" in visitor.words
    visitor.sign_in(ADMIN)
    assert "Wait" in visitor.words
    office.clock.advance(minutes=1)
    visitor.sign_in(ADMIN)
    assert visitor.path == "/report"


def test_one_persons_slips_keep_nobody_else_out(visitor: PageVisitor) -> None:
    """The waiting time belongs to a name."""
    for _ in range(5):
        visitor.sign_in(ADMIN, "falsch")
    visitor.sign_in(MANAGER)
    assert visitor.path == "/report"


def test_the_cookie_is_for_this_site_and_no_script(visitor: PageVisitor) -> None:
    """Plain HTTP happens on this computer only, so there the cookie needs no TLS; nothing else is left out."""
    visitor.look("/sign-in")
    visitor.sign_in(ADMIN)
    cookie = visitor.page.history[0].headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie


def test_over_tls_the_cookie_never_leaves_tls(office: StaffedOffice) -> None:
    """The browser refuses it from any other host, and sends it over TLS alone."""
    with PageVisitor(office, "https://office.example") as visitor:
        visitor.sign_in(ADMIN)
        cookie = visitor.page.history[0].headers["set-cookie"]
        assert cookie.startswith("__Host-")
        assert "Secure" in cookie
        assert visitor.path == "/report"


def test_half_an_hour_of_nothing_ends_the_session(admin: PageVisitor, office: StaffedOffice) -> None:
    """Every page keeps it alive; an empty chair does not."""
    for _ in range(3):
        office.clock.advance(seconds=IDLE_S - 60)
        admin.look("/tills")
        assert admin.path == "/tills"
    office.clock.advance(seconds=IDLE_S)
    admin.look("/tills")
    assert admin.path == "/sign-in"


def test_a_days_work_ends_the_session_whatever_is_asked(admin: PageVisitor, office: StaffedOffice) -> None:
    """A cookie somebody copied is worth a day at most, and a browser that reloads by itself keeps nobody signed in."""
    start_us = office.clock.now_us()
    while office.clock.now_us() < start_us + (LONGEST_S - IDLE_S) * 1_000_000:
        office.clock.advance(seconds=IDLE_S - 60)
        admin.look("/tills")
        assert admin.path == "/tills"
    office.clock.at_us = start_us + LONGEST_S * 1_000_000 - 1
    admin.look("/tills")
    assert admin.path == "/tills"
    office.clock.at_us += 1
    admin.look("/tills")
    assert admin.path == "/sign-in"


def test_signing_out_ends_the_token_and_not_only_the_cookie(admin: PageVisitor, office: StaffedOffice) -> None:
    """Who copied the cookie is out too."""
    (token,) = admin.cookies.values()
    admin.look("/tills")
    admin.send("/sign-out")
    assert admin.path == "/sign-in"
    admin.look("/tills", cookie=f"stammkunde={token}")
    assert admin.path == "/sign-in"


def test_a_made_up_cookie_opens_nothing(visitor: PageVisitor) -> None:
    """Neither a guessed one nor an endless one."""
    for token in ("x", "x" * 10_000, "’"):
        visitor.look("/tills", cookie=f"stammkunde={token.encode().hex()}")
        assert visitor.path == "/sign-in"


def test_a_blocked_person_is_out_at_once(admin: PageVisitor, office: StaffedOffice) -> None:
    """Not when the session ends, but with the next click; and does not get in again."""
    office.users.block(ADMIN, blocked=True)
    assert office.users.find(ADMIN).blocked is False  # type: ignore[union-attr] # the last administrator stays
    office.users.set_role(MANAGER, office.users.find(ADMIN).role)  # type: ignore[union-attr] # as above
    office.users.block(ADMIN)
    admin.look("/tills")
    assert admin.path == "/sign-in"
    admin.sign_in(ADMIN)
    assert admin.path == "/sign-in"


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(visitor: PageVisitor, path: str) -> None:
    """A link to the form must not become a way to somewhere else."""
    visitor.sign_in(ADMIN, go_on=path)
    assert visitor.page.history[0].headers["location"] == "/report"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
def test_a_form_of_another_site_is_refused(admin: PageVisitor, office: StaffedOffice, headers: dict[str, str]) -> None:
    """Even with the right token, and at the sign-in too."""
    admin.look(f"/members/{office.member_id}")
    admin.send(f"/members/{office.member_id}/adjust", headers, points="50", reason="x", form_id="1")
    assert admin.page.status_code == HTTPStatus.FORBIDDEN
    admin.send_bare("/sign-in", headers, name=ADMIN, password=PASSWORD)
    assert admin.page.status_code == HTTPStatus.FORBIDDEN
    assert office.head_office.member(office.member_id).statement.balance == 120  # type: ignore[union-attr] # there


@pytest.mark.parametrize("token", ["", "x", "ü"])
def test_a_form_without_its_token_is_refused(admin: PageVisitor, office: StaffedOffice, token: str) -> None:
    """Nothing is changed, and the page says so."""
    admin.send_bare(f"/members/{office.member_id}/adjust", csrf=token, points="50", reason="x", form_id="1")
    assert admin.page.status_code == HTTPStatus.FORBIDDEN
    assert "Nothing was changed" in admin.words
    assert office.head_office.member(office.member_id).statement.balance == 120  # type: ignore[union-attr] # there


def test_the_token_of_one_session_is_none_of_another(office: StaffedOffice) -> None:
    """A token that somebody sees is of no use to anybody else."""
    with PageVisitor(office) as one, PageVisitor(office) as other:
        one.sign_in(MANAGER)
        other.sign_in(ADMIN)
        one.look("/members")
        other.send_bare("/members", csrf=one.field("csrf"), text="x")
        assert other.page.status_code == HTTPStatus.FORBIDDEN


def test_everybody_changes_their_own_password(viewer: PageVisitor, office: StaffedOffice) -> None:
    """With the old one; then every session of theirs is over."""
    viewer.look("/account")
    viewer.send("/account/password", old="falsch", new="fünf rote Äpfel", again="fünf rote Äpfel")
    assert "The old password is wrong." in viewer.words
    viewer.send("/account/password", old=PASSWORD, new="fünf rote Äpfel", again="fünf rote Birnen")
    assert "two ways" in viewer.words
    viewer.send("/account/password", old=PASSWORD, new="kurz", again="kurz")
    assert "easy to guess" in viewer.words
    viewer.send("/account/password", old=PASSWORD, new="fünf rote Äpfel", again="fünf rote Äpfel")
    assert viewer.path == "/sign-in"
    viewer.sign_in(VIEWER, "fu\u0308nf rote A\u0308pfel")  # the same letters as another keyboard writes them
    assert viewer.path == "/report"


def test_a_sign_in_takes_a_new_token(admin: PageVisitor) -> None:
    """Whoever planted a cookie beforehand does not share the session."""
    before = admin.cookies
    admin.sign_in(ADMIN)
    assert admin.cookies != before


@pytest.mark.parametrize(
    ("asked", "language"),
    [("de-DE,de;q=0.9,en;q=0.8", "de"), ("fr,en;q=0.5,de;q=0.9", "de"), ("fr", "en"), ("de;q=0", "en"), ("", "en")],
)
def test_the_browser_says_in_which_language(visitor: PageVisitor, asked: str, language: str) -> None:
    """German and English, in the order the browser prefers."""
    visitor.look("/sign-in", accept_language=asked)
    assert f'<html lang="{language}">' in visitor.page.text


def test_a_choice_of_language_stays(visitor: PageVisitor) -> None:
    """Whatever the browser asks for from then on, also behind the sign-in."""
    visitor.look("/language/de?next=/sign-in")
    assert visitor.path == "/sign-in"
    visitor.sign_in(ADMIN)
    visitor.look("/tills", accept_language="en")
    assert '<html lang="de">' in visitor.page.text
    visitor.look("/language/xx?next=/tills")
    assert '<html lang="de">' in visitor.page.text


def test_nothing_on_a_page_comes_from_elsewhere_or_runs(admin: PageVisitor, office: StaffedOffice) -> None:
    """The policy forbids it, the pages don't need it, and no page is kept."""
    for path in (*PAGES, f"/members/{office.member_id}"):
        page = admin.look(path)
        assert page.headers["cache-control"] == "no-store"
        if page.headers["content-type"] == "text/html; charset=utf-8":
            assert "default-src 'none'" in page.headers["content-security-policy"]
            assert "<script" not in page.text
            assert "style=" not in page.text
            assert "://" not in page.text


def test_the_log_knows_no_names(admin: PageVisitor, office: StaffedOffice) -> None:
    """Neither who signed in, nor who was looked for, nor what was typed as a password."""
    admin.look("/members")
    admin.send("/members", text="Großmann")
    admin.sign_in(ADMIN, "geheimes Wort")
    for secret in ("Anna", "Gro", "Jürgen", "geheimes", PASSWORD):
        assert secret not in office.log.getvalue()


MULTIPART = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n1\r\n'


@pytest.mark.parametrize("path", ["/sign-in", "/programmes"])
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"garbage"),
        (MULTIPART, b"garbage"),
        (MULTIPART, b'--x\r\nContent-Disposition: form-data; name="a"\r\n'),
        (MULTIPART, PART.replace(b"%d", b"").replace(b"\r\n1\r\n", b"\r\n\xff\r\n") + b"--x--\r\n"),
        (MULTIPART, b"".join(PART % number for number in range(2_000)) + b"--x--\r\n"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % number for number in range(3_000))),
        ("application/x-www-form-urlencoded", b"name=%00&password=%00"),
        ("application/x-www-form-urlencoded", b"x" * 5_000_000),
        ("application/json", b"{}"),
        ("text/plain; charset=nonsense", b"x"),
        ("", b"x"),
    ],
)
def test_a_body_that_is_no_form_of_ours_breaks_nothing(
    admin: PageVisitor, office: StaffedOffice, path: str, content_type: str, body: bytes
) -> None:
    """It is refused with a page, and the log has no bug."""
    admin.send_raw(path, content_type, body)
    assert HTTPStatus.BAD_REQUEST <= admin.page.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
    assert "bug" not in office.log.getvalue()


@pytest.mark.parametrize(
    "path", ["/report?day=%00", "/report?store=%00", "/report?day=9999-12-31", "/tills?said=%3Cscript%3E", "/members/x"]
)
def test_an_address_nobody_made_breaks_nothing(admin: PageVisitor, office: StaffedOffice, path: str) -> None:
    """Whatever stands in it shows nowhere on the page."""
    admin.look(path)
    assert admin.page.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
    assert "<script" not in admin.page.text
    assert "bug" not in office.log.getvalue()
