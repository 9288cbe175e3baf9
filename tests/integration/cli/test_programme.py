"""``programme``: the rules shown, checked, adopted."""

from pathlib import Path

import pytest

from tests.fakes.command_line import ANNA, CommandLine

TEMPLATE = Path(__file__).parents[3] / "terminal" / "templates" / "bakery.toml"


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """Version 2 of the bakery's programme: two points a euro."""
    file = tmp_path / "newer.toml"
    text = TEMPLATE.read_text(encoding="utf-8").replace("version = 1\n", "version = 2\n", 1)
    file.write_text(text.replace("points = 1\n", "points = 2\n", 1), encoding="utf-8")
    return file


def test_show_answers_with_the_rules_in_force(shop: CommandLine) -> None:
    """Amounts are decimal strings here too."""
    document = shop.done("programme", "show")
    assert (document["version"], document["errors"]) == (1, [])
    assert document["earning"] == {"points": 1, "per": "1.00", "on": "paid"}
    assert {reward["reward"] for reward in document["rewards"]} >= {"coffee", "off-5"}


def test_check_needs_no_shop(empty: CommandLine, newer: Path) -> None:
    """A programme can be written before there is a till."""
    assert empty.done("programme", "check", str(newer)) == {"version": 2, "errors": []}


def test_check_lists_every_mistake_with_its_line(empty: CommandLine, newer: Path) -> None:
    """All at once; the exit code says that there are some."""
    newer.write_text(newer.read_text(encoding="utf-8").replace('currency = "EUR"', 'curency = "EUR"'), encoding="utf-8")
    ran = empty("programme", "check", str(newer))
    assert ran.code == 1
    assert ran.document["version"] is None
    assert {error["path"] for error in ran.document["errors"]} == {"curency", "currency"}
    assert ran.document["errors"][0]["line"] is not None


@pytest.mark.parametrize("content", [b"\xff\xfe", b"not toml", b"x" * 2_000_000])
def test_check_survives_any_file(empty: CommandLine, tmp_path: Path, content: bytes) -> None:
    """A wrong file is told in one sentence."""
    file = tmp_path / "some.file"
    file.write_bytes(content)
    assert empty("programme", "check", str(file)).code == 1
    assert empty("programme", "check", str(tmp_path)).error == "file_unreadable"


def test_use_puts_a_newer_version_into_force(shop: CommandLine, newer: Path) -> None:
    """Old sales keep the points they were awarded, new ones follow the new rules."""
    shop.done("earn", ANNA, "5")
    assert shop.done("programme", "use", str(newer))["version"] == 2
    assert shop.done("earn", ANNA, "5")["balance"] == 15
    assert shop.done("ledger", "verify")["ok"] is True


def test_using_the_programme_in_force_changes_nothing(shop: CommandLine, newer: Path) -> None:
    """Running a set-up script twice is no error."""
    shop.done("programme", "use", str(newer))
    before = shop.records()
    assert shop.done("programme", "use", str(newer))["repeated"] is True
    assert shop.records() == before


def test_a_version_means_one_document_for_ever(shop: CommandLine, newer: Path) -> None:
    """Other rules under a number that is taken are refused."""
    newer.write_text(newer.read_text(encoding="utf-8").replace("version = 2\n", "version = 1\n", 1), encoding="utf-8")
    ran = shop("programme", "use", str(newer))
    assert ran.reason == "programme_version_not_newer"
    assert ran.document["refused"]["version"] == 1


def test_the_currency_cannot_change(shop: CommandLine, newer: Path) -> None:
    """A ledger adds up one currency."""
    newer.write_text(newer.read_text(encoding="utf-8").replace('"EUR"', '"CHF"', 1), encoding="utf-8")
    ran = shop("programme", "use", str(newer))
    assert ran.reason == "programme_invalid"
    assert [error["path"] for error in ran.document["refused"]["errors"]] == ["currency"]
    assert shop.done("programme", "show")["version"] == 1


def test_a_repeated_sale_is_explained_by_its_own_programme(shop: CommandLine, newer: Path) -> None:
    """A register that asks again after the rules changed hears what was booked, not what would be."""
    sale = shop.done("earn", ANNA, "5", "--without-points", "2")
    shop.done("programme", "use", str(newer))
    again = shop.done("earn", ANNA, "5", "--without-points", "2", "--id", sale["record_id"])
    assert again["explain"] == sale["explain"]
