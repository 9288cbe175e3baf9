"""Viewers read, managers decide, administrators rule: asked of every form and every page."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import pytest
from litestar.routes import HTTPRoute

from headoffice.web.rights import Right, StaffRole, may
from headoffice.web.users import User, UserNo, UserRefused
from headoffice.web.visit import RIGHT
from tests.fakes.page_visitor import PageVisitor
from tests.fakes.staffed_office import ADMIN, MANAGER, PASSWORD, VIEWER, StaffedOffice

SOME = UUID(int=1, version=4)
DECIDES = (
    "/members/{member}/adjust",
    "/members/{member}/merge",
    f"/matters/conflicts/{SOME}",
    f"/matters/quarantine/{SOME}/{SOME}/1",
)
RULES = (
    "/members/{member}/erase",
    "/tills/enrol",
    f"/tills/{SOME}/revoke",
    "/programmes",
    "/people",
    f"/people/{SOME}/role",
    f"/people/{SOME}/block",
    f"/people/{SOME}/password",
)


OPEN = {"/", "/sign-in", "/language/{code:str}", "/assets/{name:str}"}
"""What answers somebody who has not signed in; nothing else may."""

TILLS_AND_PROBES = ("/v1", "/schema", "/healthz", "/readyz", "/metrics")


def test_every_other_address_asks_who_is_there_and_names_a_right(office: StaffedOffice) -> None:
    """A page that somebody adds and forgets to guard fails here before it is ever served."""
    unguarded = {
        route.path
        for route in office.app().litestar.routes
        if isinstance(route, HTTPRoute) and not route.path.startswith(TILLS_AND_PROBES)
        for handler in route.route_handlers
        if handler.http_methods != {"OPTIONS"}  # the framework's own: it lists methods
        and not ({"visit", "deed"} & set(handler.parsed_fn_signature.parameters) and handler.opt.get(RIGHT))
    }
    assert unguarded == OPEN


def test_rights_grow_from_viewer_to_administrator() -> None:
    """Nobody lacks what a lesser role has."""
    granted = [{right for right in Right if may(role, right)} for role in (*reversed(StaffRole),)]
    assert granted == [{Right.READ}, {Right.READ, Right.DECIDE}, set(Right)]


@pytest.mark.parametrize("path", [*DECIDES, *RULES])
def test_a_viewer_changes_nothing(viewer: PageVisitor, office: StaffedOffice, path: str) -> None:
    """Whatever form somebody sends by hand."""
    viewer.look("/members")
    viewer.send(path.format(member=office.member_id), confirm="yes", points="5", reason="x", form_id="1")
    assert viewer.page.status_code == HTTPStatus.FORBIDDEN
    assert "Your role does not allow this" in viewer.words


@pytest.mark.parametrize("path", RULES)
def test_a_manager_does_not_rule(manager: PageVisitor, office: StaffedOffice, path: str) -> None:
    """Tills, programmes, people and forgetting are the administrator's."""
    manager.look("/members")
    manager.send(path.format(member=office.member_id), confirm="yes", form_id="1")
    assert manager.page.status_code == HTTPStatus.FORBIDDEN


def test_pages_offer_only_what_a_role_may_do(visitor: PageVisitor, office: StaffedOffice) -> None:
    """A form that will be refused is not shown."""
    seen = {}
    for name in (VIEWER, MANAGER, ADMIN):
        visitor.sign_in(name)
        visitor.look(f"/members/{office.member_id}")
        seen[name] = [word in visitor.page.text for word in ("/adjust", "/merge", "/erase", "/people")]
    assert seen == {VIEWER: [False] * 4, MANAGER: [True, True, False, False], ADMIN: [True] * 4}


def test_the_page_of_people_is_the_administrators(manager: PageVisitor) -> None:
    """A manager who types its address is told so."""
    assert manager.look("/people").status_code == HTTPStatus.FORBIDDEN


def test_an_administrator_gives_access(admin: PageVisitor) -> None:
    """With a first password and the least role unless another is chosen; the person gets in at once."""
    admin.look("/people")
    assert admin.page.text.rindex('value="viewer"') < admin.page.text.rindex('value="manager"')
    admin.send("/people", name="Neue Kraft", role="viewer", password="kurz")
    assert "easy to guess" in admin.words
    admin.send("/people", name="Neue Kraft", role="viewer", password="sieben kleine Zwerge")
    assert "The person can sign in now." in admin.words
    admin.send("/people", name="neue  kraft", role="admin", password="sieben kleine Zwerge")
    assert "has access already" in admin.words
    admin.sign_in("Neue Kraft", "sieben kleine Zwerge")
    assert admin.path == "/report"


def test_the_last_administrator_stays(admin: PageVisitor, office: StaffedOffice) -> None:
    """Otherwise nobody could ever let anybody in again."""
    own = office.users.find(ADMIN)
    assert own is not None
    admin.look("/people")
    admin.send(f"/people/{own.user_id}/block", blocked="yes")
    assert "the last administrator" in admin.words
    admin.send(f"/people/{own.user_id}/role", role="viewer")
    assert "the last administrator" in admin.words
    assert office.users.find(ADMIN) == own


def test_a_changed_role_or_password_ends_the_sessions(office: StaffedOffice) -> None:
    """The old role must not live on in an open browser."""
    viewer = office.users.find(VIEWER)
    assert viewer is not None
    with PageVisitor(office) as boss, PageVisitor(office) as other:
        boss.sign_in(ADMIN)
        changes = (("role", {"role": "manager"}), ("password", {"password": "neun blaue Brezeln"}))
        password = PASSWORD
        for what, fields in changes:
            other.sign_in(VIEWER, password)
            boss.look("/people")
            boss.send(f"/people/{viewer.user_id}/{what}", **fields)
            password = fields.get("password", password)
            other.look("/tills")
            assert other.path == "/sign-in"
        boss.send(f"/people/{viewer.user_id}/block", blocked="yes")
        other.sign_in(VIEWER, password)
        assert other.path == "/sign-in"
        boss.send(f"/people/{viewer.user_id}/block", blocked="no")
        other.sign_in(VIEWER, password)
        assert other.path == "/report"


def test_a_role_nobody_knows_is_no_form_of_ours(admin: PageVisitor) -> None:
    """A wrong word is told and gives no rights."""
    admin.look("/people")
    admin.send("/people", name="X", role="king", password="sieben kleine Zwerge")
    assert admin.page.status_code == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize(
    ("name", "password", "reason"),
    [
        ("", PASSWORD, UserNo.NAME_INVALID),
        ("x" * 81, PASSWORD, UserNo.NAME_INVALID),
        ("a\tb\x07", PASSWORD, UserNo.NAME_INVALID),
        ("Neu", "elf Zeichen", UserNo.PASSWORD_WEAK),
        ("Neu", "a" * 40, UserNo.PASSWORD_WEAK),
        ("Neu", "x" * 201, UserNo.PASSWORD_WEAK),
        ("Donaudampfer", "donaudampfer", UserNo.PASSWORD_WEAK),
        (ADMIN.upper(), PASSWORD, UserNo.NAME_TAKEN),
    ],
)
def test_who_cannot_be_let_in(office: StaffedOffice, name: str, password: str, reason: UserNo) -> None:
    """Names people can tell apart, passwords nobody guesses first."""
    assert office.users.add(name, StaffRole.VIEWER, password) == UserRefused(reason)


def test_people_are_found_by_name_or_id_and_listed_by_name(office: StaffedOffice) -> None:
    """As the command line names them."""
    names = [user.name for user in office.users.all()]
    assert names == [ADMIN, MANAGER, VIEWER]
    found = office.users.find(VIEWER.lower())
    assert isinstance(found, User)
    assert office.users.find(str(found.user_id)) == found
    for done in (office.users.block("Niemand"), office.users.reset("Niemand", PASSWORD)):
        assert done == UserRefused(UserNo.UNKNOWN)
