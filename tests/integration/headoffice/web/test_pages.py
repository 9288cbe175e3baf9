"""What people at head office see and do, page by page."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID

import pytest

from headoffice.views import JoinCode, TerminalStatus
from loyalty.feed import ConflictKind
from loyalty.records import Consent, Purpose
from tests.fakes.clock import us_of
from tests.fakes.page_visitor import PageVisitor
from tests.fakes.pdf_words import words_of
from tests.fakes.staffed_office import MANAGER, MEMBER_NAME, PROGRAMME, SECRET, StaffedOffice, card_number

NOWHERE = str(UUID(int=0xFFFF, version=4))


def _balance(office: StaffedOffice) -> int:
    found = office.head_office.member(office.member_id)
    assert found is not None
    return found.statement.balance


# ------------------------------------------------------------------------------------------------ members


@pytest.mark.parametrize("text", ["jürgen", "Grossmann", "345678", card_number(1)])
def test_a_member_is_found_as_at_the_till(viewer: PageVisitor, office: StaffedOffice, text: str) -> None:
    """By any part of the name, the end of the phone number, the card; and shown with card and phone masked."""
    viewer.look("/members")
    viewer.send("/members", text=text)
    assert f"/members/{office.member_id}" in viewer.page.text
    assert card_number(1) not in viewer.page.text.replace(f'value="{text}"', "")
    assert "?" not in str(viewer.page.url)


def test_a_members_page_says_what_they_agree_to(viewer: PageVisitor, office: StaffedOffice) -> None:
    """Who wants to write to somebody looks here first; nothing said is no yes."""
    viewer.look(f"/members/{office.member_id}")
    assert "Nothing was agreed to." in viewer.words
    till = office.tills[0]
    for purpose, yes in ((Purpose.EMAIL, True), (Purpose.SMS, False)):
        header = till.header(office.member_id)
        till.append(Consent(**header, purpose=purpose, text_version="2026-1", granted=yes))
    till.push(len(till.records) - 1)
    viewer.look(f"/members/{office.member_id}")
    assert "Offers by e-mail: agreed to" in viewer.words
    assert "Offers by text message: withdrawn" in viewer.words


def test_nobody_found_says_what_to_try(viewer: PageVisitor) -> None:
    """And an empty search is none."""
    viewer.look("/members")
    viewer.send("/members", text="Zzyzx")
    assert "Nobody found" in viewer.words
    viewer.send("/members", text="  ")
    assert "Nobody found" not in viewer.words


def test_a_name_never_becomes_a_part_of_the_page(viewer: PageVisitor, office: StaffedOffice) -> None:
    """Whatever somebody called themselves at a till."""
    viewer.look(f"/members/{office.other_id}")
    assert SECRET not in viewer.page.text
    assert SECRET in viewer.words.replace("&lt;", "<")


def test_the_statement_shows_what_there_is(viewer: PageVisitor, office: StaffedOffice) -> None:
    """Balance, purchases, points by their last day, cards, and the newest bookings with shop and till."""
    viewer.look(f"/members/{office.member_id}")
    for part in (MEMBER_NAME, "120", "€120.00", "Purchase", "Mitte Kasse 1", "+20", card_number(1), "Enrolled"):
        assert part in viewer.words
    headings = re.findall("<h2>([^<]+)</h2>", viewer.page.text)
    assert sorted(headings) == sorted(set(headings))


def test_a_debt_is_told_as_one(viewer: PageVisitor, office: StaffedOffice) -> None:
    """A minus alone is easily overlooked."""
    viewer.look(f"/members/{office.other_id}")
    assert "−40" in viewer.words
    assert "The member owes points." in viewer.words


def test_a_manager_corrects_a_balance_with_a_reason(manager: PageVisitor, office: StaffedOffice) -> None:
    """Booked once, and shown with its reason and who decided it."""
    manager.look(f"/members/{office.member_id}")
    manager.send(f"/members/{office.member_id}/adjust", points="−20", reason="Kulanz", form_id=manager.field("form_id"))
    assert manager.path == f"/members/{office.member_id}"
    assert "The balance is corrected." in manager.words
    assert "Correction" in manager.words
    assert "Kulanz" in manager.words
    assert MANAGER in manager.words
    assert _balance(office) == 100


def test_a_double_click_corrects_once(manager: PageVisitor, office: StaffedOffice) -> None:
    """The second sending of the same form is told to be one."""
    manager.look(f"/members/{office.member_id}")
    fields = {"csrf": manager.field("csrf"), "form_id": manager.field("form_id"), "points": "50", "reason": "Kulanz"}
    manager.send_bare(f"/members/{office.member_id}/adjust", **fields)
    manager.send_bare(f"/members/{office.member_id}/adjust", **fields)
    assert manager.page.status_code == HTTPStatus.CONFLICT
    assert "sent already" in manager.words
    assert _balance(office) == 170


@pytest.mark.parametrize(
    ("points", "reason", "said"),
    [
        ("", "x", "Say how many points|not a number of points"),
        ("0", "x", "not a number of points"),
        ("fifty", "x", "not a number of points"),
        ("--5", "x", "not a number of points"),
        ("٥", "x", "not a number of points"),
        ("9" * 60, "x", "not a number of points"),
        ("50", "", "Give a reason."),
        ("50", "   ", "Give a reason."),
    ],
)
def test_a_correction_that_makes_no_sense_is_told(
    manager: PageVisitor, office: StaffedOffice, points: str, reason: str, said: str
) -> None:
    """On the member's page, with the form ready for the next try; nothing is booked."""
    manager.look(f"/members/{office.member_id}")
    form_id = manager.field("form_id")
    manager.send(f"/members/{office.member_id}/adjust", points=points, reason=reason, form_id=form_id)
    assert manager.page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert any(each in manager.words for each in said.split("|"))
    assert _balance(office) == 120


def test_two_cards_of_one_person_are_joined(manager: PageVisitor, office: StaffedOffice) -> None:
    """With the box ticked; the other account leads to this one from then on."""
    manager.look(f"/members/{office.member_id}")
    manager.send(f"/members/{office.member_id}/merge", card=card_number(2))
    assert "can't be undone" in manager.words
    manager.send(f"/members/{office.member_id}/merge", card=card_number(2), confirm="yes")
    assert "Both accounts are one now." in manager.words
    assert _balance(office) == 80
    manager.look(f"/members/{office.other_id}")
    assert manager.path == f"/members/{office.member_id}"
    manager.send(f"/members/{office.member_id}/merge", card=card_number(2), confirm="yes")
    assert "belong to the same member" in manager.words


def test_a_person_is_forgotten(admin: PageVisitor, office: StaffedOffice) -> None:
    """With the box ticked; what was booked stays, without a name."""
    admin.look(f"/members/{office.member_id}")
    admin.send(f"/members/{office.member_id}/erase")
    assert MEMBER_NAME in admin.words
    admin.send(f"/members/{office.member_id}/erase", confirm="yes")
    assert "This person was forgotten" in admin.words
    assert MEMBER_NAME not in admin.words
    assert "/erase" not in admin.page.text


@pytest.mark.parametrize("path", [f"/members/{NOWHERE}", "/programmes/99", "/report?store=Nowhere", "/report?day=x"])
def test_what_is_not_there_has_a_page_that_says_so(viewer: PageVisitor, path: str) -> None:
    """In the same look, with a way back."""
    viewer.look(path)
    assert viewer.page.status_code == HTTPStatus.NOT_FOUND
    assert "There is nothing here" in viewer.words


# ------------------------------------------------------------------------------------------ what to settle


def test_a_conflict_says_what_happened_and_what_to_do(manager: PageVisitor, office: StaffedOffice) -> None:
    """And is gone from the list once somebody has settled it; who, is kept."""
    (conflict,) = office.head_office.conflicts()
    assert conflict.kind is ConflictKind.OVERSPENT
    manager.look("/matters")
    assert "Two tills gave out more points than there were: 40 too many." in manager.words
    assert "Correct the balance to waive them." in manager.words
    manager.send(f"/matters/conflicts/{conflict.conflict_id}")
    assert "Settled." in manager.words
    assert "40 too many" not in manager.words
    manager.look("/matters?all=yes")
    assert f"Settled by {MANAGER}" in manager.words
    manager.send(f"/matters/conflicts/{conflict.conflict_id}")
    assert "Somebody else has settled it already." in manager.words


def test_a_record_nobody_can_read_is_shown_and_settled(manager: PageVisitor, office: StaffedOffice) -> None:
    """Where it is from and what to look for, without its content."""
    (record,) = office.head_office.quarantine()
    manager.look("/matters")
    assert "A record can't be read" in manager.words
    assert "Mitte Kasse 2 · record 4" in manager.words
    manager.send(f"/matters/quarantine/{record.terminal_id}/{record.epoch}/{record.seq}")
    assert "Settled." in manager.words
    assert not office.head_office.quarantine()


def test_what_waits_for_another_till_is_listed(viewer: PageVisitor, office: StaffedOffice) -> None:
    """A reversal of a sale that is still on its way."""
    first, second = office.tills
    second.append(second.reversal(first.sale(office.member_id, 700)))
    second.push(len(second.records))
    viewer.look("/matters")
    assert "Waiting for another till" in viewer.words


# --------------------------------------------------------------------------------------------------- tills


def test_tills_tell_how_they_stand(viewer: PageVisitor, office: StaffedOffice) -> None:
    """Who has not called, and what can't be read."""
    viewer.look("/tills")
    assert "Kasse 1 Has not called yet" in viewer.words
    assert "1 record can't be read" in viewer.words


def test_a_code_lets_one_till_join_and_is_shown_once(admin: PageVisitor, office: StaffedOffice) -> None:
    """A second sending of the same form makes no second code, and the list does not show it again."""
    admin.look("/tills")
    fields = {"csrf": admin.field("csrf"), "form_id": admin.field("form_id"), "store": "Nord", "name": "Kasse 3"}
    admin.send_bare("/tills/enrol", **fields)
    assert "Code for Kasse 3 in Nord" in admin.words
    code = admin.page.text.split('id="code">')[1].split("<")[0]
    assert len(code.replace("-", "")) == 16
    admin.send_bare("/tills/enrol", **fields)
    assert admin.page.status_code == HTTPStatus.CONFLICT
    admin.look("/tills")
    assert code not in admin.page.text
    admin.send("/tills/enrol", form_id=admin.field("form_id"), store="", name="Kasse 3")
    assert "Type the store" in admin.words


def test_over_tls_the_code_names_the_certificate(office: StaffedOffice) -> None:
    """A till believes exactly the authority whose fingerprint it was told."""
    made: JoinCode = office.head_office.enrol_terminal("Mitte", "Kasse 9")
    office.fingerprint = "ABCD-EFGH"
    with PageVisitor(office) as visitor:
        visitor.sign_in("Anna Amt")
        visitor.look("/tills")
        visitor.send("/tills/enrol", form_id=visitor.field("form_id"), store="Mitte", name="Kasse 9")
        code = visitor.page.text.split('id="code">')[1].split("<")[0]
    assert code.endswith(".ABCD-EFGH")
    assert len(code) == len(made.code) + len(".ABCD-EFGH")


def test_shutting_a_till_out_asks_first(admin: PageVisitor, office: StaffedOffice) -> None:
    """Then it is out at once."""
    till = office.tills[0]
    admin.look("/tills")
    admin.send(f"/tills/{till.terminal_id}/revoke")
    assert "Tick the box" in admin.words
    states = [till.row.status]
    admin.send(f"/tills/{till.terminal_id}/revoke", confirm="yes")
    assert "The till is shut out." in admin.words
    states.append(till.row.status)
    assert states == [TerminalStatus.ACTIVE, TerminalStatus.REVOKED]
    admin.send(f"/tills/{NOWHERE}/revoke", confirm="yes")
    assert admin.page.status_code == HTTPStatus.NOT_FOUND


# ---------------------------------------------------------------------------------------------- programme


def test_a_programme_is_published_for_a_day_to_come(admin: PageVisitor, office: StaffedOffice) -> None:
    """In the shops' own time; until then the old one stays in force."""
    admin.look("/programmes")
    admin.send_file("/programmes", "file", PROGRAMME.replace("= 50", "= 60").encode(), starts="2026-12-01T06:30")
    assert "The programme is published." in admin.words
    newest = office.head_office.programmes()[0]
    assert newest.version == 2
    assert newest.published_by == "Anna Amt"
    assert newest.starts_at_us == us_of(datetime(2026, 12, 1, 5, 30, tzinfo=UTC))
    assert "to come" in admin.words
    assert "in force" in admin.words
    admin.look("/programmes/2")
    assert "points = 60" in admin.words
    admin.look("/programmes")
    admin.send_file("/programmes", "file", PROGRAMME.encode())
    assert "Will not start: version 3 comes first. Publish it again." in admin.words


def test_every_mistake_of_a_programme_is_listed_with_its_line(admin: PageVisitor, office: StaffedOffice) -> None:
    """Nothing is published, and whoever edits the file sees all of it at once."""
    wrong = PROGRAMME.replace("per_cents = 100", 'per_cents = "viel"').replace("prefix", "prefx")
    admin.look("/programmes")
    admin.send_file("/programmes", "file", wrong.encode())
    assert admin.page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "The file has" in admin.words
    assert "Line 9 · earning.per_cents" in admin.words
    assert "prefx" in admin.words
    assert len(office.head_office.programmes()) == 1


@pytest.mark.parametrize(
    ("content", "starts", "status"),
    [
        (b"", "", HTTPStatus.UNPROCESSABLE_ENTITY),
        (PROGRAMME.encode(), "tomorrow", HTTPStatus.UNPROCESSABLE_ENTITY),
        (PROGRAMME.encode(), "2026-12-01T06:30+01:00", HTTPStatus.UNPROCESSABLE_ENTITY),
        (b"\xff\xfe", "", HTTPStatus.BAD_REQUEST),
        (b"a\0b", "", HTTPStatus.BAD_REQUEST),
        (b"x" * 400_000, "", HTTPStatus.BAD_REQUEST),
    ],
)
def test_what_is_no_programme_is_refused(
    admin: PageVisitor, office: StaffedOffice, content: bytes, starts: str, status: HTTPStatus
) -> None:
    """An empty field, a day nobody knows, bytes that are no text, a file that is another one."""
    admin.look("/programmes")
    admin.send_file("/programmes", "file", content, starts=starts)
    assert admin.page.status_code == status
    assert len(office.head_office.programmes()) == 1


# -------------------------------------------------------------------------------------------------- report


def test_the_days_report_is_held_against_the_week_before(viewer: PageVisitor) -> None:
    """Every figure beside that of last Saturday, with its change; and the part of each till."""
    viewer.look("/report?store=Mitte&day=2026-11-21")
    assert "Mitte · Saturday, 21 November 2026" in viewer.words
    assert "Issued 80 100 ▼ 20.0%" in viewer.words
    assert "Redeemed 100 0 –" in viewer.words
    assert "Kasse 1 3 €85.00 80 0" in viewer.words
    viewer.look("/report?day=2026-11-14")
    assert "Issued 100 0 –" in viewer.words


def test_an_empty_day_is_called_so_and_tomorrow_is_today(viewer: PageVisitor) -> None:
    """Nobody reads a report of a day to come."""
    viewer.look("/report?day=2026-11-01")
    assert "Nothing was booked on this day." in viewer.words
    viewer.look("/report?day=2030-01-01")
    assert "Saturday, 21 November 2026" in viewer.words


def test_tills_of_all_stores_are_told_apart_by_their_store(viewer: PageVisitor) -> None:
    """Every store has a till 1; in the report of one store its name would only be in the way."""
    viewer.look("/report?day=2026-11-21")
    assert "Mitte · Kasse 1" in viewer.words
    viewer.look("/report?store=Mitte&day=2026-11-21")
    assert "Mitte · Kasse 1" not in viewer.words


def test_the_report_is_kept_as_a_table_and_on_paper(viewer: PageVisitor) -> None:
    """The same figures in both, the till's rows behind the store's."""
    page = viewer.look("/report.csv?store=Mitte&day=2026-11-21")
    assert page.headers["content-disposition"] == 'attachment; filename="stammkunde-2026-11-21.csv"'
    rows = list(csv.DictReader(io.StringIO(page.content.decode("utf-8-sig"))))
    assert [(row["till"], row["points_issued"]) for row in rows] == [("", "80"), ("Kasse 1", "80"), ("Kasse 2", "0")]
    page = viewer.look("/report.pdf?store=Mitte&day=2026-11-21")
    assert page.headers["content-type"] == "application/pdf"
    assert {"Mitte", "Kasse 1", "Kasse 2", "Free coffee", "€85.00"} <= {*words_of(page.content)}


def test_a_database_that_is_away_has_a_page_too(viewer: PageVisitor, office: StaffedOffice) -> None:
    """With a sentence for people and no stack of calls."""
    viewer.look("/tills")
    office.break_database()
    viewer.look("/tills")
    assert viewer.page.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "does not answer" in viewer.words
