"""``member``, ``card`` and ``cashier``."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.fakes.command_line import ANNA, BEN, SPARE, CommandLine, card_number
from tests.fakes.pdf_words import words_of


def test_member_add_answers_with_the_documented_keys(shop: CommandLine) -> None:
    """A script learns who the member is."""
    document = shop.done("member", "add", "--name", "Anna Bauer", "--card", ANNA, "--consent", "email,sms")
    assert document["card"] == ANNA
    assert document["member_id"] == shop.done("member", "show", ANNA)["member"]["member_id"]


def test_enrolling_keeps_what_the_card_collected(shop: CommandLine) -> None:
    """Points from before the enrolment stay with the card."""
    shop.done("earn", ANNA, "5")
    assert shop.done("member", "add", "--name", "Anna", "--card", ANNA)["balance"] == 5


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--name", ""], "name_missing"),
        (["--name", "x" * 81], "name_invalid"),
        (["--name", "A\x07"], "name_invalid"),
        (["--phone", "call me"], "phone_invalid"),
        (["--email", "anna"], "email_invalid"),
        (["--birthday", "31.02.1990"], "birthday_invalid"),
        (["--consent", "email,fax"], "consent_unknown"),
        (["--referred-by", BEN], "member_unknown"),
        (["--card", "17"], "card_invalid"),
    ],
)
def test_member_add_refuses_what_cannot_be_stored(shop: CommandLine, options: list[str], reason: str) -> None:
    """Each field has its own no, and nothing is half enrolled."""
    ran = shop("member", "add", "--name", "Anna", "--card", ANNA, *options)
    assert ran.reason == reason
    assert shop.records() == 2


def test_a_card_belongs_to_one_member(anna: CommandLine) -> None:
    """Nobody else can be enrolled on Anna's card."""
    assert anna("member", "add", "--name", "Ben", "--card", ANNA).reason == "card_taken"


@pytest.mark.parametrize("text", ["bau", "ANNA", "2345678", ANNA[-4:]])
def test_find_answers_masked(anna: CommandLine, text: str) -> None:
    """By name, by phone, by card; numbers are masked."""
    (member,) = anna.done("member", "find", text)["members"]
    assert member["name"] == "Anna Bauer"
    assert member["balance"] == 500
    assert member["card"].endswith(ANNA[-4:])
    assert ANNA not in member["card"]


def test_find_nobody_is_an_empty_list(anna: CommandLine) -> None:
    """Nobody found is an answer."""
    assert anna.done("member", "find", "zzz")["members"] == []


def test_show_answers_with_the_documented_keys(anna: CommandLine) -> None:
    """Everything a member is, with what the programme doesn't have yet left empty."""
    document = anna.done("member", "show", ANNA)
    empty = {"tier", "stamps", "coupons"}
    assert set(document) == {"member", "balance", "available", "lots", "consents", "stage"} | empty
    assert document["member"]["phone"] == "+491712345678"
    assert document["member"]["cards"] == [{"card": ANNA, "status": "active"}]
    assert [lot["left"] for lot in document["lots"]] == [500]
    assert (document["balance"], document["available"], document["tier"]) == (500, 500, None)


def test_the_stage_climbs_with_the_purchases(shop: CommandLine) -> None:
    """Card used without a person, enrolled, first purchase, second."""
    shop.done("adjust", ANNA, "1", "--reason", "gift")
    stages = [shop.done("member", "show", ANNA)["stage"]]
    for step in (["member", "add", "--name", "Anna", "--card", ANNA], ["earn", ANNA, "5"], ["earn", ANNA, "6"]):
        shop.done(*step)
        stages.append(shop.done("member", "show", ANNA)["stage"])
    assert stages == ["suspect", "prospect", "customer", "client"]


def test_export_writes_everything_for_the_member(anna: CommandLine, tmp_path: Path) -> None:
    """Readable by people and machines, with the notes behind the bookings; the paper in the language asked for."""
    anna.done("earn", ANNA, "5")
    document = anna.done("member", "export", ANNA, "--out", str(tmp_path / "new" / "folder"))
    profile, table, paper = (Path(file) for file in document["files"])
    assert "Anna Bauer" in " ".join(words_of(paper.read_bytes()))
    exported = json.loads(profile.read_bytes())
    assert exported["member"]["name"] == "Anna Bauer"
    assert [booking["kind"] for booking in exported["bookings"]] == ["sale", "adjustment"]
    rows = list(csv.DictReader(io.StringIO(table.read_bytes().decode("utf-8-sig"))))
    assert [(row["amount"], row["points"], row["note"]) for row in rows] == [("5.00", "5", ""), ("", "500", "welcome")]


def test_export_to_where_nothing_can_be_written_is_a_known_error(anna: CommandLine, tmp_path: Path) -> None:
    """A file where the folder should be is no bug."""
    blocker = tmp_path / "file"
    blocker.write_text("x")
    assert anna("member", "export", ANNA, "--out", str(blocker)).error == "file_unwritable"


def test_erase_forgets_the_person_and_keeps_the_ledger_sound(anna: CommandLine) -> None:
    """Name, contacts and card number are gone, and every record still verifies."""
    anna.done("earn", ANNA, "5")
    assert anna.done("member", "erase", ANNA)["erased"] is True
    assert anna.done("member", "find", "bauer")["members"] == []
    assert anna("member", "show", ANNA).reason == "card_unknown"
    assert anna.done("ledger", "verify")["ok"] is True


def test_merge_joins_points_cards_and_history(anna: CommandLine) -> None:
    """Ben's account goes into Anna's; his card goes on working."""
    anna.done("earn", BEN, "7")
    document = anna.done("member", "merge", BEN, ANNA)
    assert document["balance"] == 507
    assert anna.done("earn", BEN, "1")["balance"] == 508
    assert {card["card"] for card in anna.done("member", "show", BEN)["member"]["cards"]} == {ANNA, BEN}
    assert len(anna.done("history", ANNA)["entries"]) == 3
    assert anna.done("ledger", "verify")["ok"] is True


def test_merge_keeps_a_profile_that_only_the_other_has(anna: CommandLine) -> None:
    """Anna's points go to a card without a person: the person comes along."""
    anna.done("earn", BEN, "7")
    anna.done("member", "merge", ANNA, BEN)
    assert anna.done("member", "show", BEN)["member"]["name"] == "Anna Bauer"


def test_merging_one_member_is_refused(anna: CommandLine) -> None:
    """Also after the first merge: both cards then mean one account."""
    anna.done("earn", BEN, "7")
    anna.done("member", "merge", BEN, ANNA)
    assert anna("member", "merge", ANNA, BEN).reason == "same_member"
    assert anna("member", "merge", ANNA, SPARE).reason == "card_unknown"


def test_a_further_card_means_the_same_member(anna: CommandLine) -> None:
    """A key fob beside the plastic card."""
    document = anna.done("card", "issue", ANNA, SPARE)
    assert {card["card"]: card["status"] for card in document["cards"]} == {ANNA: "active", SPARE: "active"}
    assert anna.done("earn", SPARE, "5")["balance"] == 505


def test_a_replaced_card_is_out_of_use(anna: CommandLine) -> None:
    """The points are on the new card, the old one says why it is refused."""
    anna.done("card", "replace", ANNA, SPARE)
    assert anna("earn", ANNA, "5").reason == "card_replaced"
    assert anna.done("earn", SPARE, "5")["balance"] == 505
    assert anna("card", "replace", ANNA, card_number(9)).reason == "card_replaced"
    assert anna("card", "unblock", ANNA).reason == "card_replaced"


def test_a_blocked_card_comes_back(anna: CommandLine) -> None:
    """Lost and found; blocking twice is no error."""
    for _ in range(2):
        assert anna.done("card", "block", ANNA)["cards"][0]["status"] == "blocked"
    assert anna("earn", ANNA, "5").reason == "card_blocked"
    assert anna("card", "issue", ANNA, SPARE).reason == "card_blocked"
    assert anna.done("card", "unblock", ANNA)["cards"][0]["status"] == "active"
    assert anna.done("earn", ANNA, "5")["balance"] == 505


def test_a_lost_card_that_was_blocked_can_be_replaced(anna: CommandLine) -> None:
    """Blocked on the phone, replaced at the next visit."""
    anna.done("card", "block", ANNA)
    anna.done("card", "replace", ANNA, SPARE)
    assert anna.done("member", "show", SPARE)["balance"] == 500


def test_changes_with_the_same_id_are_made_once(anna: CommandLine) -> None:
    """Cards, joins and enrolments are retried like sales; another command under the id is refused."""
    anna.done("earn", BEN, "7")
    for number, command in enumerate(
        (
            ["card", "issue", ANNA, SPARE],
            ["card", "block", SPARE],
            ["member", "merge", BEN, ANNA],
            ["member", "add", "--name", "Carla", "--card", card_number(7)],
        )
    ):
        asked = [*command, "--id", f"0198c0de-0000-7000-8000-00000000000{number}"]
        first = anna.done(*asked)
        before = anna.records()
        assert anna.done(*asked) == first | {"repeated": True}
        assert anna.records() == before
    assert (
        anna("card", "block", ANNA, "--id", "0198c0de-0000-7000-8000-000000000000").reason
        == "id_used_for_another_command"
    )


def test_a_new_card_must_be_new(anna: CommandLine) -> None:
    """A card with points of its own is another account; joining is ``member merge``."""
    anna.done("earn", BEN, "5")
    assert anna("card", "issue", ANNA, BEN).reason == "card_taken"
    assert anna("card", "issue", ANNA, ANNA).reason == "card_taken"
    assert anna("card", "issue", BEN, "17").reason == "card_invalid"
    assert anna("card", "block", SPARE).reason == "card_unknown"


@pytest.fixture
def pin(monkeypatch: pytest.MonkeyPatch) -> "Pin":
    """Types PINs on standard input."""
    return Pin(monkeypatch)


class Pin:
    """Standard input with one line."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, text: str) -> None:
        self._monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_cashiers_are_added_listed_blocked_and_reset(shop: CommandLine, pin: Pin) -> None:
    """The list never shows a PIN or its hash."""
    pin("4711\n")
    (added,) = shop.done("cashier", "add", "Berta", "--role", "manager", "--pin-stdin")["cashiers"]
    assert (added["name"], added["role"], added["blocked"]) == ("Berta", "manager", False)
    assert shop.done("cashier", "block", "berta")["cashiers"][0]["blocked"] is True
    pin("8624\n")
    assert shop.done("cashier", "reset", added["cashier_id"], "--pin-stdin")["cashiers"] == [added]
    assert shop.done("cashier", "list") == {"cashiers": [added]}


def test_a_pin_is_stored_as_argon2id(shop: CommandLine, pin: Pin) -> None:
    """RFC 9106's hash, and never the digits themselves."""
    pin("471199\n")
    shop.done("cashier", "add", "Berta", "--pin-stdin")
    stored = (shop.directory / "ledger.sqlite").read_bytes()
    assert b"$argon2id$v=19$m=19456,t=2,p=1$" in stored
    assert b"471199" not in stored


@pytest.mark.parametrize("typed", ["", "123", "1234", "4321", "1111", "12a4", "1234567890123", "１２７４"])
def test_a_pin_that_is_guessed_first_is_refused(shop: CommandLine, pin: Pin, typed: str) -> None:
    """Four to twelve digits, no row, not all the same."""
    pin(f"{typed}\n")
    assert shop("cashier", "add", "Berta", "--pin-stdin").reason == "pin_too_simple"
    assert shop.done("cashier", "list") == {"cashiers": []}


def test_a_pin_is_never_an_argument(shop: CommandLine) -> None:
    """Other processes read command lines; without a terminal to ask on, the PIN comes through standard input."""
    assert shop("cashier", "add", "Berta", "--pin", "4711").code == 2
    assert shop("cashier", "add", "Berta").code == 2


def test_two_cashiers_of_one_name_are_refused(shop: CommandLine, pin: Pin) -> None:
    """On the lock screen people choose themselves by name."""
    pin("4711\n")
    shop.done("cashier", "add", "Berta", "--pin-stdin")
    pin("4712\n")
    assert shop("cashier", "add", " BERTA ", "--pin-stdin").reason == "cashier_name_taken"


def test_a_cashier_nobody_knows(shop: CommandLine, pin: Pin) -> None:
    """A typing error in a name changes nobody."""
    pin("4711\n")
    assert shop("cashier", "block", "Berta").reason == "cashier_unknown"
    assert shop("cashier", "reset", "Berta", "--pin-stdin").reason == "cashier_unknown"


def test_a_member_changes_their_mind(anna: CommandLine) -> None:
    """Agreeing and withdrawing are one command; what counts is shown, and is in what the member is given."""
    done = anna.done("member", "consent", ANNA, "--give", "email,profiling", "--withdraw", "sms")
    assert [(one["purpose"], one["granted"]) for one in done["consents"]] == [
        ("email", True),
        ("sms", False),
        ("profiling", True),
    ]
    anna.done("member", "consent", ANNA, "--withdraw", "email")
    shown = anna.done("member", "show", ANNA)["consents"]
    assert [(one["purpose"], one["granted"]) for one in shown] == [
        ("email", False),
        ("sms", False),
        ("profiling", True),
    ]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([ANNA], "consent_unknown"),
        ([ANNA, "--give", "fax"], "consent_unknown"),
        ([ANNA, "--withdraw", "fax"], "consent_unknown"),
        ([BEN, "--give", "email"], "card_unknown"),
        (["17", "--give", "email"], "card_invalid"),
    ],
)
def test_consent_refuses_what_it_cannot_record(anna: CommandLine, arguments: list[str], reason: str) -> None:
    """Nothing is written then."""
    before = anna.records()
    assert anna("member", "consent", *arguments).reason == reason
    assert anna.records() == before


def test_nobody_consents_on_a_card_without_a_person(shop: CommandLine) -> None:
    """There is nobody who could."""
    shop.done("earn", ANNA, "5")
    assert shop("member", "consent", ANNA, "--give", "email").reason == "member_unknown"
