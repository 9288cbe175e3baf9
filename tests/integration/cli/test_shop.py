"""``init``, ``till`` and ``demo``."""

from pathlib import Path
from uuid import UUID

import pytest

from tests.fakes.command_line import CommandLine


def test_init_answers_with_the_shop_and_its_terminal(empty: CommandLine) -> None:
    """A script that sets up a till learns the id head office will know it by."""
    document = empty.done("init", "--shop", "Café Käthe")
    assert document["shop"] == "Café Käthe"
    assert UUID(document["terminal_id"]).version == 4
    assert document["currency"] == "EUR"


def test_init_takes_a_template_in_the_shops_currency(empty: CommandLine) -> None:
    """A template is a starting point, so its currency follows the shop."""
    assert empty.done("init", "--shop", "Kiosk", "--currency", "chf", "--programme", "bakery")["currency"] == "CHF"
    assert empty.done("programme", "show")["currency"] == "CHF"


def test_init_takes_a_programme_file(empty: CommandLine, tmp_path: Path) -> None:
    """A shop with its own rules starts with them."""
    file = tmp_path / "own.toml"
    file.write_text(_template().replace("version = 1", "version = 7"), encoding="utf-8")
    assert empty.done("init", "--shop", "Kiosk", "--programme", str(file))["programme_version"] == 7


@pytest.mark.parametrize("currency", ["JPY", "EURO", "x"])
def test_init_refuses_a_currency_the_till_cannot_hold(empty: CommandLine, currency: str) -> None:
    """Cents columns hold currencies with two minor digits only."""
    ran = empty("init", "--shop", "Kiosk", "--currency", currency)
    assert ran.reason == "programme_invalid"
    assert not empty.directory.exists()


def test_init_refuses_a_file_in_another_currency(empty: CommandLine, tmp_path: Path) -> None:
    """A file is the shop's own word; it is not changed behind its back."""
    file = tmp_path / "own.toml"
    file.write_text(_template(), encoding="utf-8")
    ran = empty("init", "--shop", "Kiosk", "--currency", "CHF", "--programme", str(file))
    assert ran.document["refused"]["errors"][0]["path"] == "currency"


def test_init_lists_every_mistake_of_a_programme_and_leaves_nothing(empty: CommandLine, tmp_path: Path) -> None:
    """All errors at once, each with its place; the folder is not touched."""
    file = tmp_path / "own.toml"
    file.write_text(_template().replace("version = 1", 'versions = 1\ncurency = "EUR"'), encoding="utf-8")
    errors = empty("init", "--shop", "Kiosk", "--programme", str(file)).document["refused"]["errors"]
    assert {"versions", "curency", "version"} <= {error["path"] for error in errors}
    assert not empty.directory.exists()


def test_init_says_when_the_programme_file_is_missing(empty: CommandLine, tmp_path: Path) -> None:
    """A mistyped file name is a known error and no bug."""
    assert empty("init", "--shop", "Kiosk", "--programme", str(tmp_path / "none.toml")).error == "file_unreadable"


def test_a_second_init_changes_nothing(shop: CommandLine) -> None:
    """A shop is set up once."""
    assert shop("init", "--shop", "Other").error == "already_exists"
    assert shop.done("ledger", "verify") == {"ok": True, "records": 2, "problems": []}


@pytest.mark.parametrize(("name", "reason"), [("", "name_missing"), ("  ", "name_missing"), ("x" * 81, "name_invalid")])
def test_init_refuses_a_name_nobody_can_read(empty: CommandLine, name: str, reason: str) -> None:
    """The name stands on every receipt."""
    assert empty("init", "--shop", name).reason == reason


def test_init_where_a_file_stands_is_a_known_error(empty: CommandLine) -> None:
    """A data directory can't be made where a file is; that is no bug of the program."""
    empty.directory.write_text("a file")
    ran = empty("init", "--shop", "Kiosk")
    assert ran.code == 1
    assert "error" in ran.document


@pytest.mark.parametrize("arguments", [[], ["till"]])
def test_the_till_is_what_opens_without_a_command(shop: CommandLine, arguments: list[str]) -> None:
    """A shortcut on the desktop needs no word behind the program's name."""
    assert shop.run("--lang", "de", *arguments).code == 0
    assert shop.opened == [(shop.directory, "de")]


def test_the_windows_exit_code_is_the_commands(shop: CommandLine) -> None:
    """Whoever starts the till sees how it ended."""
    shop.open_till = lambda: 3
    assert shop.run("till").code == 3


def test_demo_answers_whom_it_served(empty: CommandLine, tmp_path: Path) -> None:
    """The off-screen demo is checked by scripts."""
    document = empty.done("demo", "--headless", "--screenshots", str(tmp_path))
    assert document == {
        "served": [{"member": "Anna Bauer", "points": 23, "balance": 1284}],
        "screenshots": ["idle.png"],
    }
    assert empty.demo == [(True, tmp_path, None)]


def _template() -> str:
    folder = Path(__file__).parents[3] / "terminal" / "templates"
    return (folder / "standard.toml").read_text(encoding="utf-8")
