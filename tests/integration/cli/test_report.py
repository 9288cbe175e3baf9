"""``report`` and ``day close``."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.fakes.command_line import ANNA, BEN, CommandLine
from tests.fakes.pdf_words import words_of

DAY_FIGURES = {
    "sales",
    "member_sales",
    "anonymous_sales",
    "revenue",
    "revenue_members",
    "revenue_anonymous",
    "reversed",
    "average_order_value",
    "average_order_value_members",
    "average_order_value_anonymous",
    "member_share",
    "points_issued",
    "points_redeemed",
    "points_reversed",
    "points_returned",
    "points_expired",
    "points_adjusted",
    "redemptions",
    "redemption_rate",
    "new_members",
    "open_points",
    "liability",
}


def test_a_day_in_figures(anna: CommandLine) -> None:
    """Issued, redeemed, new members, open points and their worth, by the names scripts rely on."""
    anna.done("earn", ANNA, "20.00")
    sale = anna.done("earn", BEN, "10.50")
    anna.done("redeem", ANNA, "coffee")
    anna.done("reverse", sale["record_id"], "--reason", "mistake")
    document = anna.done("report", "day")
    figures = document["figures"]
    assert document["day"] == "2026-11-21"
    assert set(figures) == DAY_FIGURES
    assert (figures["sales"], figures["revenue"], figures["reversed"]) == (2, "30.50", "10.50")
    assert (figures["points_issued"], figures["points_redeemed"], figures["points_reversed"]) == (30, 300, 10)
    assert (figures["new_members"], figures["open_points"], figures["liability"]) == (1, 220, "2.20")
    assert (figures["average_order_value"], figures["redemption_rate"]) == ("15.25", "1000.00")
    assert document["hours"] == [{"hour": 10, "issued": 30, "redeemed": 300, "sales": 2}]
    assert document["rewards"] == [{"reward": "coffee", "count": 1, "points": 300, "value": "2.90"}]


def test_rates_of_nothing_are_null_and_shown_as_a_dash(shop: CommandLine) -> None:
    """A day without sales has no average purchase, and 0 would be a lie."""
    figures = shop.done("report", "day", "2026-01-01")["figures"]
    assert figures["average_order_value"] is None
    assert figures["redemption_rate"] is None
    (line,) = (line for line in shop.said("report", "day", "2026-01-01").out.splitlines() if "Average purchase" in line)
    assert line.split()[2:] == ["–", "–"]


def test_a_day_is_held_against_the_same_weekday(anna: CommandLine) -> None:
    """Twice the points of a Saturday a week ago; with the figures of that day."""
    anna.done("earn", ANNA, "20.00")
    anna.clock.advance(days=7)
    anna.done("earn", ANNA, "40.00")
    before = anna.done("report", "day")["week_before"]
    assert before["day"] == "2026-11-21"
    assert before["figures"]["points_issued"] == 20
    assert (before["changes"]["points_issued"], before["changes"]["points_expired"]) == ("100.00", None)
    assert "▲ 100.0%" in anna.said("report", "day").out


def test_the_liability_takes_breakage_from_the_settings(anna: CommandLine) -> None:
    """The assumption stands beside the figure, with its date."""
    (anna.directory / "settings.toml").write_text("[report]\nbreakage_percent = 20\n")
    document = anna.done("report", "day")
    assert document["figures"]["liability"] == "4.00"
    assert document["assumptions"] == {"points": 100, "value": "1.00", "breakage": "20.00", "as_of": "2026-11-21"}


def test_a_period_in_figures(anna: CommandLine) -> None:
    """The figures of ``figures.md``; a sale that is undone by now does not count."""
    anna.done("earn", ANNA, "20.00")
    anna.done("earn", ANNA, "10.00")
    undone = anna.done("earn", BEN, "10.50")
    anna.done("reverse", undone["record_id"], "--reason", "mistake")
    document = anna.done("report", "period", "--from", "2026-11-01", "--to", "2026-11-30")
    figures = document["figures"]
    assert (document["from"], document["to"]) == ("2026-11-01", "2026-11-30")
    assert figures["customers"] == 1
    assert (figures["average_order_value"], figures["purchase_frequency"]) == ("15.00", "2.00")
    assert (figures["customer_value"], figures["repeat_customer_rate"]) == ("30.00", "100.00")
    assert figures["retention_rate"] is None
    assert figures["net_promoter_score"] is None
    assert document["ladder"]["client"] == 1


@pytest.mark.parametrize("out", [None, "figures.csv"])
def test_a_report_as_csv(anna: CommandLine, tmp_path: Path, out: str | None) -> None:
    """To a file, or to standard output for a pipe; the ending of a file says what it is."""
    if out:
        file = tmp_path / out
        assert anna.done("report", "day", "--out", str(file))["file"] == str(file)
        text = file.read_bytes().decode("utf-8-sig")
    else:
        text = anna.run("report", "day", "--format", "csv").out
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["day"], row["open_points"], row["average_order_value"]) == ("2026-11-21", "500", "")
    assert set(row) == DAY_FIGURES | {"day", "store", "till"}


@pytest.mark.parametrize("arguments", [["--out", "saturday.pdf"], ["--format", "pdf", "--out", "saturday"]])
def test_a_day_as_pdf(anna: CommandLine, tmp_path: Path, arguments: list[str]) -> None:
    """The file that goes into the folder of the tax adviser; the ending of a file says what it is."""
    anna.done("earn", ANNA, "20.00")
    *options, name = arguments
    file = tmp_path / name
    assert anna.done("report", "day", *options, str(file))["file"] == str(file)
    words = words_of(file.read_bytes())
    assert {"Daily report", "Saturday, 21 November 2026", "€20.00"} <= {*words}


def test_a_report_as_json_in_a_file(anna: CommandLine, tmp_path: Path) -> None:
    """The file holds the document that --json prints."""
    file = tmp_path / "figures.json"
    anna.done("report", "day", "--format", "json", "--out", str(file))
    assert json.loads(file.read_bytes()) == anna.done("report", "day")


@pytest.mark.parametrize(
    "arguments",
    [
        ["day", "--format", "xlsx"],
        ["day", "--format", "pdf"],
        ["day", "--out", "figures.xlsx"],
        ["period", "--from", "2026-11-01", "--to", "2026-11-02", "--format", "pdf"],
        ["day", "--format", "csv"],
        ["day", "tomorrow"],
        ["period", "--from", "2026-11-02", "--to", "2026-11-01"],
        ["period", "--from", "2026-11-02"],
    ],
)
def test_what_cannot_be_reported_is_a_usage_error(anna: CommandLine, arguments: list[str]) -> None:
    """A format that does not exist is told with those that do; with --json a CSV needs a file."""
    ran = anna("report", *arguments)
    assert (ran.code, ran.out) == (2, "")


def test_an_unknown_format_names_those_there_are(anna: CommandLine) -> None:
    """Nobody has to look the formats up."""
    assert "'json', 'csv', 'pdf'" in anna("report", "day", "--format", "xlsx").err


def test_a_pdf_never_goes_to_the_screen(anna: CommandLine) -> None:
    """It is no text, and a terminal would show its bytes."""
    ran = anna.run("report", "day", "--format", "pdf")
    assert (ran.code, ran.out) == (2, "")
    assert "--out" in ran.err


def test_a_report_never_destroys_the_file_it_cannot_replace(anna: CommandLine, tmp_path: Path) -> None:
    """A folder that is missing is told; nothing is left half written."""
    assert anna("report", "day", "--out", str(tmp_path / "none" / "figures.csv")).error == "file_unwritable"


def test_day_close_answers_with_the_documented_keys(anna: CommandLine) -> None:
    """A number and the frozen totals."""
    anna.done("earn", ANNA, "20.00")
    document = anna.done("day", "close")
    assert document["number"] == 1
    assert document["day"] == "2026-11-21"
    assert document["totals"]["sales"] == 1
    assert document["totals"]["revenue"] == "20.00"
    assert document["open_points"] == 520


def test_a_day_is_closed_once(anna: CommandLine) -> None:
    """The second close is refused and writes nothing."""
    anna.done("day", "close")
    before = anna.records()
    assert anna("day", "close").reason == "day_already_closed"
    assert anna.records() == before


def test_what_comes_after_the_close_counts_on_the_next_day(anna: CommandLine) -> None:
    """Frozen totals stay what they are."""
    anna.done("day", "close")
    anna.done("earn", ANNA, "20.00")
    assert anna.done("history", ANNA)["entries"][0]["business_day"] == "2026-11-22"
    anna.clock.advance(days=1)
    document = anna.done("day", "close")
    assert (document["number"], document["totals"]["sales"]) == (2, 1)


def test_forgotten_days_are_closed_before_today(anna: CommandLine) -> None:
    """A close that was forgotten for some days still freezes each day on its own; empty days get none."""
    anna.done("earn", ANNA, "20.00")
    anna.clock.advance(days=3)
    anna.done("earn", ANNA, "30.00")
    document = anna.done("day", "close")
    assert [(close["number"], close["day"]) for close in document["closes"]] == [(1, "2026-11-21"), (2, "2026-11-24")]
    assert [close["totals"]["revenue"] for close in document["closes"]] == ["20.00", "30.00"]
    assert anna.done("ledger", "verify")["ok"] is True
