"""``import members``: people of an old programme with the points they bring along, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import search_following, search_index
from storage.errors import DiskFull
from storage.store import Store, open_store
from terminal.app.importing import run
from terminal.app.importing.run import ImportCommand, Kind, Phase, import_file
from terminal.app.till import Till
from tests.fakes.command_line import ANNA, BEN, SPARE, CommandLine, card_number

HEADER = "card,name,phone,email,birthday,enrolled_on,opening_points"
ANNAS_ROW = f"{ANNA},Anna Bauer,0171 2345678,anna@example.org,24.12.1990,2019-05-01,500"


def file(shop: CommandLine, *rows: str, header: str = HEADER) -> str:
    """A file with a header and rows."""
    path = shop.directory.parent / "members.csv"
    path.write_text("\n".join([header, *rows, ""]), "utf-8")
    return str(path)


def count(shop: CommandLine) -> int:
    """How many records the journal holds."""
    with open_store(shop.directory, clock=shop.clock, ids=shop.ids, writable=False) as store, store.reader() as reader:
        return reader.count()


def mistakes(shop: CommandLine, path: str) -> list[tuple[int, str, str]]:
    """What is wrong with a file, having changed nothing and shown nobody's data."""
    before = count(shop)
    ran = shop("import", "members", path)
    assert ran.code == 1, ran.out + ran.err
    assert count(shop) == before
    shown = " ".join(f"{error['value']} {error['message']}" for error in ran.document["errors"])
    for private in ("Bauer", "2345678", "example.org", "1990", ANNA[:8], "4111"):
        assert private not in shown
    return [(error["line"], error["column"], error["code"]) for error in ran.document["errors"]]


def test_a_member_comes_with_card_person_and_points(shop: CommandLine) -> None:
    """Enrolled on their own day; the points are a correction of today, with its reason."""
    done = shop.done("import", "members", file(shop, ANNAS_ROW))
    assert (done["imported"], done["skipped"], done["errors"], done["records"]) == (1, 0, [], 2)
    member = shop.done("member", "show", ANNA)
    assert member["balance"] == 500
    (found,) = shop.done("member", "find", "bauer anna")["members"]
    assert found["balance"] == 500
    (entry,) = shop.done("history", ANNA)["entries"]
    assert entry["points"] == 500
    may = shop.done("report", "period", "--from", "2019-05-01", "--to", "2019-05-31")["figures"]
    assert may["new_members"] == 1
    assert shop.done("report", "day")["figures"]["points_adjusted"] == 500
    assert shop.done("ledger", "verify")["ok"]


def test_everybody_is_found_when_the_import_is_over(shop: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many that following each of them would take longer: an index is made in one go, and progress is told of it."""
    monkeypatch.setattr(search_index, "CHANGES_FOLLOWED_MAX", 2)
    monkeypatch.setattr(search_following, "CHANGES_FOLLOWED_MAX", 2)
    monkeypatch.setattr(search_following.SearchFollower, "follow", lambda _follower, **_: 0)
    told: list[tuple[Phase, int, int]] = []
    path = Path(file(shop, *[f"{card_number(number)},Member {number}" for number in range(5)], header="card,name"))
    with open_store(shop.directory, clock=shop.clock, ids=shop.ids) as store:
        command = ImportCommand(Kind.MEMBERS, path, award=False, encoding=None, note="", copies=path.parent / "copies")
        done = import_file(Till(store, shop.clock, shop.ids), command, lambda *progress: told.append(progress))
        assert done.imported == 5
        with store.reader() as reader:
            found = reader.find("member")
    assert told[-1] == (Phase.INDEXING, 5, 5)
    assert (found.complete, len(found.hits)) == (True, 5)


def test_an_index_that_cannot_be_made_takes_nothing_back(shop: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Members are taken over; whoever can't be found yet is after the next start."""

    def full(_store: Store, _progress: object) -> None:
        raise DiskFull("no room")

    monkeypatch.setattr(run, "index_everybody", full)
    assert shop.done("import", "members", file(shop, ANNAS_ROW))["imported"] == 1
    assert shop.done("member", "find", "bauer anna")["members"]


def test_a_name_and_a_card_are_enough(shop: CommandLine) -> None:
    """From now on, without points; columns that are missing are as good as empty."""
    done = shop.done("import", "members", file(shop, f"Anna Bauer;{ANNA}", header="name;card"))
    assert (done["imported"], done["records"]) == (1, 1)
    assert shop.done("report", "day")["figures"]["new_members"] == 1


def test_repeating_changes_nothing_even_when_the_person_changed_since(shop: CommandLine) -> None:
    """The till's word on somebody is newer than the old programme's."""
    shop.done("import", "members", file(shop, ANNAS_ROW))
    before = count(shop)
    done = shop.done("import", "members", file(shop, ANNAS_ROW, ANNAS_ROW))
    assert (done["imported"], done["skipped"]) == (0, 2)
    shop.clock.advance(days=3)
    shop.done("earn", ANNA, "5.00")
    assert shop.done("import", "members", file(shop, ANNAS_ROW))["skipped"] == 1
    assert count(shop) == before + 1


def test_a_day_of_enrolment_that_is_today_is_the_same_tomorrow(shop: CommandLine) -> None:
    """Noon may not have been yet; repeating the file later is no contradiction."""
    row = f"{ANNA},Anna Bauer,,,,{shop.clock.today()},"
    assert shop.done("import", "members", file(shop, row))["imported"] == 1
    shop.clock.advance(days=1)
    assert shop.done("import", "members", file(shop, row))["skipped"] == 1


def test_a_member_may_come_on_a_closed_day_and_points_do_not(shop: CommandLine) -> None:
    """What they bring is owed from now on, so it counts on the open day."""
    shop.done("day", "close")
    shop.done("import", "members", file(shop, ANNAS_ROW, f"{BEN},Ben Cramer,,,,{shop.clock.today()},5"))
    tomorrow = str(shop.clock.today().replace(day=22))
    assert shop.done("report", "day", tomorrow)["figures"]["points_adjusted"] == 505
    assert shop.done("report", "day", "2019-05-01")["figures"]["new_members"] == 1
    assert shop.done("ledger", "verify")["ok"]


def test_sales_may_come_first(shop: CommandLine) -> None:
    """Their points join the member."""
    path = shop.directory.parent / "sales.csv"
    path.write_text(f"receipt,at,card,amount,currency,points\nR-1,2020-01-02 10:00,{ANNA},9.00,EUR,9\n")
    shop.done("import", "sales", str(path))
    shop.done("import", "members", file(shop, ANNAS_ROW))
    assert shop.done("member", "show", ANNA)["balance"] == 509


def test_somebody_who_has_enrolled_already_gets_the_points_once(shop: CommandLine) -> None:
    """The same person on the same card; another person is a mistake that says in what they differ."""
    shop.done("member", "add", "--name", "Anna Bauer", "--card", ANNA, "--phone", "+49 171 2345678")
    row = f"{ANNA},Anna Bauer,0171 2345678,,,,50"
    done = shop.done("import", "members", file(shop, row))
    assert (done["imported"], done["records"]) == (1, 1)
    assert shop.done("import", "members", file(shop, row))["skipped"] == 1
    assert shop.done("import", "members", file(shop, f"{ANNA},Anna Bauer,01712345678,,,2019-01-01,50"))["skipped"] == 1
    assert shop.done("member", "show", ANNA)["balance"] == 50
    assert mistakes(shop, file(shop, f"{ANNA},Anna Bauer,0171 2345678,,,,60")) == [(2, "card", "member_differs")]
    other = file(shop, f"{ANNA},Anne Bauer,0171 2345679,,,,50")
    assert mistakes(shop, other) == [(2, "card", "member_differs")]
    assert "in: name, phone." in shop.said("import", "members", other).out


def test_somebody_without_points_who_has_enrolled_is_there(shop: CommandLine) -> None:
    """Nothing is left to be done."""
    shop.done("member", "add", "--name", "Anna Bauer", "--card", ANNA)
    assert shop.done("import", "members", file(shop, f"{ANNA},Anna Bauer,,,,,"))["skipped"] == 1


def test_debt_is_taken_over(shop: CommandLine) -> None:
    """It is what the old programme said; the ledger knows debt."""
    shop.done("import", "members", file(shop, f"{ANNA},Anna Bauer,,,,,-20"))
    assert shop.done("member", "show", ANNA)["balance"] == -20


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (",Anna Bauer,,,,,", ("card", "missing")),
        (f"{ANNA},,,,,,", ("name", "missing")),
        (f"{ANNA},{'x' * 81},,,,,", ("name", "name")),
        ("4111111111111111,Anna Bauer,,,,,", ("card", "payment_card")),
        ("2.9E+12,Anna Bauer,,,,,", ("card", "shortened_by_spreadsheet")),
        (f"{ANNA},Anna Bauer,12,,,,", ("phone", "phone")),
        (f"{ANNA},Anna Bauer,4.91712E+11,,,,", ("phone", "shortened_by_spreadsheet")),
        (f"{ANNA},Anna Bauer,,anna.example.org,,,", ("email", "email")),
        (f"{ANNA},Anna Bauer,,,29.02.1990,,", ("birthday", "no_such_day")),
        (f"{ANNA},Anna Bauer,,,24.12.,,", ("birthday", "birthday_without_year")),
        (f"{ANNA},Anna Bauer,,,--12-24,,", ("birthday", "birthday_without_year")),
        (f"{ANNA},Anna Bauer,,,12/24/1990,,", ("birthday", "two_days_possible")),
        (f"{ANNA},Anna Bauer,,,1890-12-24,,", ("birthday", "birthday")),
        (f"{ANNA},Anna Bauer,,,winter,,", ("birthday", "day")),
        (f"{ANNA},Anna Bauer,,,,2027-01-01,", ("enrolled_on", "future")),
        (f"{ANNA},Anna Bauer,,,,1.1.19,", ("enrolled_on", "two_days_possible")),
        (f'{ANNA},Anna Bauer,,,,,"12,5"', ("opening_points", "points_fraction")),
        (f"{ANNA},Anna Bauer,,,,,1.500", ("opening_points", "points_ambiguous")),
    ],
)
def test_every_mistake_has_its_line_and_column(shop: CommandLine, row: str, expected: tuple[str, str]) -> None:
    """Nothing is imported, the good row neither, and nobody's data is shown."""
    assert mistakes(shop, file(shop, f"{BEN},Ben Cramer,,,,,", row)) == [(3, *expected)]


def test_several_mistakes_of_one_person_are_told_at_once(shop: CommandLine) -> None:
    """Field by field."""
    path = file(shop, f"{ANNA},,x,y,24.12.,,")
    assert sorted(column for _, column, _ in mistakes(shop, path)) == ["birthday", "email", "name", "phone"]


def test_birthdays_as_exports_write_them(shop: CommandLine) -> None:
    """A leap day, and what a spreadsheet makes of a day."""
    rows = (f"{ANNA},Anna Bauer,,,29.02.1988,,", f"{BEN},Ben Cramer,,,1990-12-24 00:00:00,,")
    assert shop.done("import", "members", file(shop, *rows))["imported"] == 2


def test_a_card_twice(shop: CommandLine) -> None:
    """The same words are said twice; other words are a mistake that names the first line."""
    done = shop.done("import", "members", file(shop, ANNAS_ROW, f"{BEN},Ben Cramer,,,,,", ANNAS_ROW))
    assert (done["imported"], done["skipped"]) == (2, 1)
    path = file(shop, f"{SPARE},Cem Demir,,,,,", f"{SPARE},Dora Ernst,,,,,")
    assert mistakes(shop, path) == [(3, "card", "card_twice")]
    assert "line 2" in shop.said("import", "members", path).out


def test_one_person_on_two_cards_is_told_and_not_refused(shop: CommandLine) -> None:
    """Families share phones; whoever is one person can be joined afterwards."""
    rows = (
        f"{ANNA},Anna Bauer,0171 2345678,anna@example.org,24.12.1990,,",
        f"{BEN},Bauer Anna,,ANNA@example.org,24.12.1990,,",
        f"{SPARE},Cem Demir,+49 171 2345678,,,,",
    )
    done = shop.done("import", "members", file(shop, *rows))
    assert done["imported"] == 3
    assert done["alike"] == [{"line": 3, "same_as": 2}, {"line": 4, "same_as": 2}]
    said = shop.said("import", "members", file(shop, *rows))
    assert "3 were there already." in said.out


def test_cards_out_of_use_are_not_given_to_anybody(shop: CommandLine) -> None:
    """Blocked or replaced here since."""
    shop.done("earn", ANNA, "5.00")
    shop.done("card", "block", ANNA)
    assert mistakes(shop, file(shop, ANNAS_ROW)) == [(2, "card", "card_blocked")]
    shop.done("earn", BEN, "5.00")
    shop.done("card", "replace", BEN, SPARE)
    assert mistakes(shop, file(shop, f"{BEN},Ben Cramer,,,,,")) == [(2, "card", "card_replaced")]


def test_whoever_was_erased_stays_erased(shop: CommandLine) -> None:
    """Whether the old file had brought them or not."""
    path = file(shop, ANNAS_ROW, f"{BEN},Ben Cramer,,,,,")
    shop.done("import", "members", path)
    shop.done("member", "erase", ANNA, "--yes")
    done = shop.done("import", "members", path)
    assert (done["imported"], done["skipped"], done["erased"]) == (0, 2, 1)
    assert "stays unknown" in shop.said("import", "members", path).out
    assert shop.done("member", "find", "bauer")["members"] == []
    shop.done("member", "add", "--name", "Cem Demir", "--card", SPARE)
    shop.done("member", "erase", SPARE, "--yes")
    assert mistakes(shop, file(shop, f"{SPARE},Cem Demir,,,,,")) == [(2, "card", "member_erased")]


def test_checking_members_says_how_many(shop: CommandLine) -> None:
    """And books nobody."""
    said = shop.said("import", "members", file(shop, ANNAS_ROW), "--check")
    assert said.out.startswith("1 member would be imported.")
    assert shop.done("member", "find", "bauer")["members"] == []
    assert shop.said("import", "members", file(shop, ANNAS_ROW)).out.startswith("1 member imported.")
