"""Where a person ends up who reloads, changes the language, was away for long or mistyped: never at a dead end."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import pytest
from litestar.routes import HTTPRoute

from headoffice.web.routes.returning import FORMS
from headoffice.web.sessions import IDLE_S
from tests.fakes.page_visitor import PageVisitor
from tests.fakes.staffed_office import ADMIN, StaffedOffice

SOME = UUID(int=1, version=4)


@pytest.mark.parametrize("form", FORMS)
def test_the_address_of_a_form_leads_to_its_page(admin: PageVisitor, office: StaffedOffice, form: str) -> None:
    """Enter in the address bar after a form with a mistake in it shows the page, not a problem for programs."""
    some, member = str(SOME), str(office.member_id)
    path = form.replace("{member_id:uuid}", member).replace("{seq:int}", "1")
    for name in ("conflict_id", "terminal_id", "epoch", "user_id"):
        path = path.replace(f"{{{name}:uuid}}", some)
    admin.look(path)
    assert admin.page.status_code == HTTPStatus.OK
    assert admin.path == {"members": f"/members/{member}", "sign-out": "/report"}.get(
        path.split("/")[1], f"/{path.split('/')[1]}"
    )


def test_no_form_is_left_out(office: StaffedOffice) -> None:
    """A form that somebody adds at an address of its own has to be listed, or reloading it shows a problem document."""
    methods: dict[str, set[str]] = {}
    for route in office.app().litestar.routes:
        if isinstance(route, HTTPRoute) and not route.path.startswith(("/v1", "/schema")):
            methods.setdefault(route.path, set()).update(route.methods)
    assert [path for path, known in methods.items() if "POST" in known and "GET" not in known] == []


def test_another_language_shows_the_same_day_of_the_same_store(viewer: PageVisitor) -> None:
    """The choice comes back to the whole address."""
    viewer.look("/report?day=2026-11-14&store=Mitte")
    link = viewer.page.text.split('href="/language/de?next=')[1].split('"')[0]
    viewer.look(f"/language/de?next={link}")
    assert str(viewer.page.url).endswith("/report?day=2026-11-14&store=Mitte")
    assert 'lang="de"' in viewer.page.text


def test_signing_in_again_leads_to_the_whole_address(visitor: PageVisitor) -> None:
    """A bookmark of a store's report survives the sign-in."""
    visitor.look("/report?store=Mitte")
    visitor.sign_in(ADMIN, go_on=visitor.field("next"))
    assert str(visitor.page.url).endswith("/report?store=Mitte")


def test_who_was_away_is_told_that_nothing_was_changed(admin: PageVisitor, office: StaffedOffice) -> None:
    """A form that comes after the session's end was not taken, and the sign-in says so."""
    admin.look(f"/members/{office.member_id}")
    office.clock.advance(seconds=IDLE_S)
    admin.send(f"/members/{office.member_id}/adjust", points="5", reason="Kulanz")
    assert admin.path == "/sign-in"
    assert "Nothing was changed" in admin.words
    member = office.head_office.member(office.member_id)
    assert member is not None
    assert member.statement.balance == 120


def test_who_was_away_and_only_looks_hears_of_no_form(admin: PageVisitor, office: StaffedOffice) -> None:
    """And somebody who never signed in hears neither."""
    office.clock.advance(seconds=IDLE_S)
    admin.look("/report")
    assert "signed out" in admin.words
    assert "Nothing was changed" not in admin.words
    with PageVisitor(office) as stranger:
        stranger.look("/report")
        assert "signed out" not in stranger.words


def test_a_mistake_keeps_what_was_typed(admin: PageVisitor) -> None:
    """Only the missing field has to be filled in."""
    admin.look("/tills")
    fields = {"store": "Bahnhof Süd", "name": " ", "region": "Süd", "scope": ""}
    admin.send("/tills/enrol", form_id=admin.field("form_id"), **fields)
    assert admin.page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'name="store" value="Bahnhof Süd"' in admin.page.text
    assert 'name="region" value="Süd"' in admin.page.text


def test_a_correction_that_is_refused_can_be_mended(manager: PageVisitor, office: StaffedOffice) -> None:
    """Points and reason are there still, and so is the number of a card that nobody knows."""
    path = f"/members/{office.member_id}"
    manager.look(path)
    manager.send(f"{path}/adjust", form_id=manager.field("form_id"), points="fünf", reason='Kulanz "groß"')
    assert 'name="points" value="fünf"' in manager.page.text
    assert 'name="reason" value="Kulanz &#34;groß&#34;"' in manager.page.text
    assert "<details open>" not in manager.page.text
    manager.send(f"{path}/merge", card="4711", confirm="yes")
    assert 'name="card" value="4711"' in manager.page.text
    assert "<details open>" in manager.page.text
    manager.look(path)
    assert 'name="card" value=""' in manager.page.text


@pytest.mark.parametrize(
    ("base_url", "fingerprint", "address"),
    [
        ("http://127.0.0.1", "", "http://127.0.0.1"),
        ("https://office.example:8470", "ABCD", "https://office.example:8470"),
        ("https://127.0.0.1:8470", "ABCD", "the address of this server"),
    ],
)
def test_a_code_comes_with_the_address_it_is_good_at(
    office: StaffedOffice, base_url: str, fingerprint: str, address: str
) -> None:
    """The till asks for both; an address that means another computer there is not offered."""
    office.fingerprint = fingerprint
    with PageVisitor(office, base_url) as visitor:
        visitor.sign_in(ADMIN)
        visitor.look("/tills")
        visitor.send("/tills/enrol", form_id=visitor.field("form_id"), store="Nord", name="Kasse 4")
        said = visitor.words.split("At the till:")[1]
    assert f"{address}." in said
