"""The commands of head office: one document for scripts, calm lines for people, exit codes both can trust."""

import io
import json
from contextlib import closing
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from headoffice.cli.program import build_app
from headoffice.errors import DatabaseAway
from headoffice.secrets import FOLDER
from tests.fakes.command_line import ANNA, BEN, SPARE
from tests.fakes.headoffice import PretendTill, open_store
from tests.fakes.office_command_line import OfficeCommandLine
from tests.source import ROOT

BAKERY = ROOT / "terminal" / "templates" / "bakery.toml"
NOBODY = "0198c0de-0000-4000-8000-000000000001"


@pytest.fixture
def office(tmp_path: Path) -> OfficeCommandLine:
    """A head office that was founded."""
    return OfficeCommandLine(tmp_path / "office")


@pytest.fixture
def nowhere(tmp_path: Path) -> OfficeCommandLine:
    """A folder without one."""
    return OfficeCommandLine(tmp_path / "office", founded=False)


def _commands(group: object, *path: str) -> list[tuple[str, ...]]:
    if not isinstance(group, TyperGroup):
        return [path]
    return [found for name, command in group.commands.items() for found in _commands(command, *path, name)]


@pytest.mark.parametrize("words", _commands(get_command(build_app())), ids=" ".join)
def test_every_command_explains_itself_with_an_example(nowhere: OfficeCommandLine, words: tuple[str, ...]) -> None:
    """Help says what a command does and shows one line to copy; nothing is opened for it."""
    ran = nowhere.said(*words, "--help")
    assert ran.code == 0
    assert f"Example: stammkunde-headoffice {' '.join(words)}" in " ".join(ran.out.split()) or (
        "Example: stammkunde-headoffice --" in ran.out
    )
    assert not nowhere.directory.exists()


def test_init_makes_a_head_office_once(nowhere: OfficeCommandLine) -> None:
    """What is there keeps its name: a second call changes nothing."""
    first = nowhere.done("init", "--name", "Bäckerei Morgenrot", "--currency", "chf")
    assert (first["name"], first["currency"]) == ("Bäckerei Morgenrot", "CHF")
    again = nowhere.done("init", "--name", "Another")
    assert again == first
    assert "stay as they are" in nowhere.said("init", "--name", "Another").out
    same = nowhere.said("init", "--name", "Bäckerei Morgenrot", "--currency", "CHF")
    assert "stay as they are" not in same.out


@pytest.mark.parametrize("arguments", [("--name", "  "), ("--name", "A", "--currency", "EURO"), ()])
def test_init_needs_a_name_and_a_currency(nowhere: OfficeCommandLine, arguments: tuple[str, ...]) -> None:
    """A wrong command line is exit code 2 and makes nothing."""
    ran = nowhere("init", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert not nowhere.directory.exists()


@pytest.mark.parametrize(
    "words", [("terminals",), ("verify",), ("enrol-terminal", "Mitte", "Kasse 1"), ("user", "list")]
)
def test_a_mistyped_folder_does_not_become_a_head_office(nowhere: OfficeCommandLine, words: tuple[str, ...]) -> None:
    """It would look like one that has lost everything; only init and serve found one."""
    ran = nowhere(*words)
    assert ran.code == 1
    assert ran.document["error"]["code"] == "not_founded"
    assert "stammkunde-headoffice init" in nowhere.said(*words).err
    assert not nowhere.directory.exists()


def test_an_empty_database_is_no_head_office_either(nowhere: OfficeCommandLine, tmp_path: Path) -> None:
    """Whoever names another database by mistake is told so, and no keys are made for it."""
    elsewhere = f"sqlite:///{tmp_path / 'other.sqlite'}"
    ran = nowhere("--database", elsewhere, "terminals")
    assert (ran.code, ran.document["error"]["code"]) == (1, "not_founded")
    assert not (nowhere.directory / FOLDER).exists()


def test_a_code_is_made_shown_and_good_for_a_day(office: OfficeCommandLine) -> None:
    """People read it in groups of four; with TLS it carries the fingerprint."""
    made = office.done("enrol-terminal", "Mitte", "Kasse 1", "--region", "Nord")
    assert len(made["code"]) == len("0000-0000-0000-0000")
    assert made["expires_at"].startswith("2026-11-22T10:00:00")
    fingerprint = office.done("init-tls", "--host", "office.example")["fingerprint"]
    assert office.done("enrol-terminal", "Mitte", "Kasse 2")["code"].endswith(f".{fingerprint}")
    assert "Code" in office.said("enrol-terminal", "Mitte", "Kasse 3").out


@pytest.mark.parametrize("arguments", [("", "Kasse 1"), ("Mitte", " "), ("M" * 81, "Kasse 1"), ("Mitte",)])
def test_a_till_needs_a_store_and_a_name(office: OfficeCommandLine, arguments: tuple[str, ...]) -> None:
    """What can't be a name is a usage error."""
    assert office("enrol-terminal", *arguments).code == 2


def test_tills_are_listed_and_shut_out(office: OfficeCommandLine) -> None:
    """Revoking works at once and shows in the list."""
    assert "No till" in office.said("terminals").out
    till = office.till()
    (listed,) = office.done("terminals")["terminals"]
    assert (listed["terminal_id"], listed["store"], listed["status"]) == (str(till.terminal_id), "Mitte", "active")
    office.done("revoke", str(till.terminal_id))
    assert office.done("terminals")["terminals"][0]["status"] == "revoked"
    assert "shut out" in office.said("terminals").out


def test_an_unknown_till_cannot_be_shut_out(office: OfficeCommandLine) -> None:
    """A known error with its code; what is no id at all is usage."""
    assert office("revoke", NOBODY).error == "terminal_unknown"
    assert office("revoke", "Kasse 1").code == 2


def test_a_programme_is_published_from_a_moment_on(office: OfficeCommandLine) -> None:
    """Without an offset the moment is the shops' time of day; versions count on."""
    first = office.done("publish", str(BAKERY), "--starts-at", "2026-12-01T06:00")
    assert first["starts_at"] == "2026-12-01T06:00:00+01:00"
    second = office.done("publish", str(BAKERY))
    assert second["version"] == first["version"] + 1
    assert (first["overtakes"], second["overtakes"]) == ([], [1])
    third = office.said("publish", str(BAKERY)).out
    assert "comes into force on" in third
    assert "will not start" not in third  # that was said before
    office.done("publish", str(BAKERY), "--starts-at", "2026-12-24")
    assert "Version 4 will not start any more" in office.said("publish", str(BAKERY)).out


def test_every_mistake_of_a_programme_is_listed_at_once(office: OfficeCommandLine, tmp_path: Path) -> None:
    """Each with its place; nothing is published."""
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(BAKERY.read_text("utf-8").replace("currency", "curency").replace("points = ", "pints = "), "utf-8")
    ran = office("publish", str(wrong))
    assert ran.reason == "programme_invalid"
    errors = ran.document["refused"]["errors"]
    assert len(errors) > 1
    assert all(each["path"] and each["message"] for each in errors)
    assert len(office.said("publish", str(wrong)).err.splitlines()) == len(errors) + 1


def test_a_programme_that_is_not_there_is_a_known_error(office: OfficeCommandLine, tmp_path: Path) -> None:
    """Missing, or no text."""
    assert office("publish", str(tmp_path / "none.toml")).error == "file_unreadable"
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    assert office("publish", str(tmp_path / "binary.toml")).error == "file_unreadable"
    assert office("publish", str(BAKERY), "--starts-at", "soon").code == 2


def test_a_member_is_shown(office: OfficeCommandLine) -> None:
    """By card or id; somebody nobody knows is a no."""
    till = office.till()
    anna = office.member(till, "Anna Bauer", ANNA)
    office.done("adjust", ANNA, "100", "--reason", "welcome")
    shown = office.done("member", ANNA)
    assert (shown["member_id"], shown["name"], shown["balance"]) == (str(anna), "Anna Bauer", 100)
    assert (shown["cards"], shown["consents"]) == ([{"card": ANNA, "status": "active"}], [])
    assert office.done("member", str(anna)) == shown
    assert office("member", SPARE).reason == "card_unknown"
    assert office("member", NOBODY).reason == "card_unknown"


def test_what_a_member_agrees_to_is_shown(office: OfficeCommandLine) -> None:
    """For scripts with its time and text, for people as a line."""
    till = office.till()
    anna = office.member(till, "Anna Bauer", ANNA)
    office.consents(anna, email=True, sms=False)
    email, sms = office.done("member", ANNA)["consents"]
    assert (email["purpose"], email["granted"], email["text_version"]) == ("email", True, "1")
    assert (sms["purpose"], sms["granted"]) == ("sms", False)
    assert email["at"].startswith("2026-11-21T10:00:00")
    said = " ".join(office.said("member", ANNA).out.split())
    assert "Offers by e-mail agreed to" in said
    assert "Offers by text message withdrawn" in said


def test_balances_are_corrected_up_and_down(office: OfficeCommandLine) -> None:
    """A negative number is no option; the member may be named by card or id."""
    till = office.till()
    anna = office.member(till, "Anna Bauer", ANNA)
    assert office.done("adjust", ANNA, "100", "--reason", "welcome")["balance"] == 100
    assert office.done("adjust", str(anna), "-30", "--reason", "mistake")["balance"] == 70
    assert "70" not in office.said("adjust", ANNA, "-20", "--reason", "again").err
    assert office("adjust", ANNA, "5", "--reason", " ").reason == "reason_missing"
    assert office("adjust", SPARE, "5", "--reason", "who").reason == "card_unknown"
    assert office("adjust", ANNA, "5").code == 2


def test_accounts_are_merged(office: OfficeCommandLine) -> None:
    """The second card's account goes on with the points of both."""
    till = office.till()
    anna, ben = office.member(till, "Anna Bauer", ANNA), office.member(till, "Ben Frank", BEN)
    office.done("adjust", ANNA, "100", "--reason", "welcome")
    done = office.done("merge", ANNA, BEN)
    assert (done["member_id"], done["merged_id"], done["balance"]) == (str(ben), str(anna), 100)
    assert office("merge", ANNA, BEN).reason == "same_member"


def test_a_person_is_forgotten_only_by_the_whole_number(office: OfficeCommandLine) -> None:
    """A part of a card's number finds people at the till, but erases nobody."""
    till = office.till()
    anna = office.member(till, "Anna Bauer", ANNA)
    assert office("erase", ANNA[-4:], "--yes").reason == "card_unknown"
    assert office("erase", ANNA).code == 2, "nobody is there to be asked"
    assert office.done("erase", ANNA, "--yes")["member_id"] == str(anna)
    assert office("erase", ANNA, "--yes").reason == "card_unknown"


def test_quiet_lists_say_so(office: OfficeCommandLine) -> None:
    """Nothing to do is said in words, and is an empty list for scripts."""
    assert office.done("conflicts") == {"conflicts": [], "waiting": []}
    assert office.said("conflicts").out == "There is no open conflict.\n"
    assert office.done("quarantine") == {"quarantine": []}
    assert office("conflicts", "--resolve", NOBODY).reason == "conflict_unknown"
    assert office("conflicts", "--resolve", "1").code == 2


def test_what_undoes_a_booking_that_never_came_is_listed(office: OfficeCommandLine) -> None:
    """It may be an invented one: somebody has to see that it waits, and for which booking."""
    with closing(office.open(office.directory, None)) as head_office:
        database = head_office.office.database
        open_store(database)
        till = PretendTill(database, seed=2)
        sale = till.sale(None, 500)
        undone = till.reversal(sale)
        till.append(undone)
        till.push_all()
    (waiting,) = office.done("conflicts")["waiting"]
    assert (waiting["record_id"], waiting["original_id"]) == (str(undone.record_id), str(sale.record_id))
    text = office.said("conflicts").out
    assert "Waiting for another till" in text
    assert str(sale.record_id) in text


def test_upkeep_says_what_it_did(office: OfficeCommandLine) -> None:
    """Nothing expires in an empty house, and its books are in order."""
    assert office.done("expire") == {"expired": 0}
    verified = office.done("verify")
    assert (verified["ok"], verified["problems"]) == (True, [])
    assert "no problem" in office.said("verify").out


def test_a_file_that_is_no_journal_is_refused(office: OfficeCommandLine, tmp_path: Path) -> None:
    """A known error; nothing is booked."""
    path = tmp_path / "letter.txt"
    path.write_text("Dear head office")
    assert office("import-journal", str(path)).error == "file_unusable"
    assert office("import-journal", str(tmp_path / "nothing")).error == "file_unreadable"


@pytest.mark.parametrize("form", ["json", "csv", "pdf"])
def test_a_day_is_written_in_every_form(office: OfficeCommandLine, tmp_path: Path, form: str) -> None:
    """By option or by the file's ending; the figures are the ones that are printed."""
    office.till()
    printed = office.done("report", "day", "2026-11-21", "--store", "Mitte")
    assert printed["figures"]["sales"] == 0
    out = tmp_path / f"day.{form}"
    assert office.done("report", "day", "2026-11-21", "--store", "Mitte", "--out", str(out))["file"] == str(out)
    content = out.read_bytes()
    if form == "json":
        assert json.loads(content) == printed
    else:
        assert content.startswith({"csv": b"\xef\xbb\xbfday", "pdf": b"%PDF"}[form])


def test_a_day_is_shown_to_people(office: OfficeCommandLine) -> None:
    """Beside the same weekday of the week before."""
    out = office.said("report", "day").out
    assert "Saturday, 21 November 2026" in out
    assert "Sat 14 Nov" in out
    assert office.said("report", "day", "--format", "csv").out.startswith("day")
    assert office("report", "day", "--store", "Nowhere").error == "store_unknown"


@pytest.mark.parametrize(
    "arguments",
    [("--format", "pdf"), ("--format", "xls"), ("--out", "day.doc"), ("yesterday",)],
)
def test_a_report_that_cannot_be_written_is_usage(office: OfficeCommandLine, arguments: tuple[str, ...]) -> None:
    """Said before anything is opened."""
    assert office("report", "day", *arguments).code == 2


def test_known_errors_and_bugs_leave_differently(office: OfficeCommandLine) -> None:
    """One is 1 with its code; the other 70, with the place in the code and without the value."""
    office.broken = DatabaseAway("no route")
    assert office("terminals").error == "database_away"
    assert "does not answer. (no route)" in office.said("terminals").err
    office.broken = ValueError("Erika Mustermann")
    ran = office("terminals")
    assert (ran.code, ran.document["error"]["code"]) == (70, "bug")
    assert "Erika" not in ran.out + ran.err
    assert "office_command_line.py" in ran.err


def test_people_are_let_in_and_shut_out(office: OfficeCommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password comes through standard input and is never printed."""
    password = "four words and a number 7"
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    ran = office("user", "add", "Berta", "--role", "admin", "--password-stdin")
    assert ran.document["users"][0]["role"] == "admin"
    assert password not in ran.out + ran.err
    assert [user["name"] for user in office.done("user", "list")["users"]] == ["Berta"]
    assert office("user", "block", "Berta").reason == "last_admin"
    assert office("user", "block", "Carla").reason == "user_unknown"
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert office("user", "reset", "Berta", "--password-stdin").reason == "password_weak"
    assert office("user", "reset", "Berta").code == 2, "nobody is there to be asked"
    assert "administrator" in office.said("user", "list").out


def test_the_version_is_said_and_nothing_done(nowhere: OfficeCommandLine) -> None:
    """Without a command there is help, with --version a number."""
    assert set(nowhere.done("--version")) == {"version"}
    assert "enrol-terminal" in nowhere.said().out
    assert not nowhere.directory.exists()


def test_a_wrong_command_line_is_usage(office: OfficeCommandLine) -> None:
    """Standard output stays empty; the reason is beside it."""
    for arguments in (("frobnicate",), ("--lang", "fr", "terminals"), ("serve", "--port", "1")):
        ran = office(*arguments)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err


@pytest.mark.parametrize("listen", ["0.0.0.0:0", "office.example:8470"])
def test_serve_refuses_plain_http_for_others(office: OfficeCommandLine, listen: str) -> None:
    """Before it listens, and with the way out."""
    assert office("serve", "--listen", listen).error == "plain_http_refused"
    assert "init-tls" in office.said("serve", "--listen", listen).err
    assert office("serve", "--listen", "nowhere:x").error == "address_invalid"
