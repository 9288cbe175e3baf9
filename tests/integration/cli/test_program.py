"""Global options, usage, settings, languages, and what a bug looks like."""

import json
from importlib import metadata
from pathlib import Path

import pytest

from tests.fakes.command_line import ANNA, CommandLine
from texts.command_line import frame

COMMANDS = [
    ["init"],
    ["programme", "show"],
    ["programme", "check"],
    ["programme", "use"],
    ["cashier", "add"],
    ["cashier", "list"],
    ["cashier", "block"],
    ["cashier", "reset"],
    ["member", "add"],
    ["member", "find"],
    ["member", "show"],
    ["member", "export"],
    ["member", "erase"],
    ["member", "merge"],
    ["card", "issue"],
    ["card", "replace"],
    ["card", "block"],
    ["card", "unblock"],
    ["earn"],
    ["quote"],
    ["redeem"],
    ["reverse"],
    ["adjust"],
    ["history"],
    ["report", "day"],
    ["report", "period"],
    ["day", "close"],
    ["ledger", "verify"],
    ["ledger", "rebuild"],
    ["ledger", "backup"],
    ["ledger", "restore"],
    ["scan"],
    ["import", "members"],
    ["import", "sales"],
    ["till"],
    ["demo"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(empty: CommandLine, command: list[str]) -> None:
    """The example is a whole line to copy."""
    ran = empty.said(*command, "--help")
    assert ran.code == 0
    example = next(line for line in ran.out.splitlines() if "Example: stammkunde" in line)
    assert " ".join(command) in example or command == ["till"]


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("group", [[], *([name] for name in dict.fromkeys(c[0] for c in COMMANDS if len(c) > 1))])
def test_no_command_is_described_by_half_a_sentence(
    empty: CommandLine, group: list[str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of commands fits a terminal of 80 columns, in every language."""
    monkeypatch.setenv("COLUMNS", "80")
    _usage, _colon, commands = empty.said("--lang", language, *group, "--help").out.partition("Commands:")
    assert commands
    assert "..." not in commands


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["earn"], ["earn", ANNA], ["earn", ANNA, "5", "--bogus"], ["member"], ["--lang", "fr", "till"]],
)
def test_usage_errors_leave_standard_output_empty(empty: CommandLine, arguments: list[str]) -> None:
    """With --json as well: a script never parses a complaint."""
    ran = empty(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "stammkunde" in ran.err


def test_a_command_line_that_is_no_text_is_a_usage_error(shop: CommandLine) -> None:
    """Bytes of another encoding reach Python as lone surrogates, which no database takes."""
    assert shop("adjust", ANNA, "5", "--reason", "gr\udcfc\udcdfe").code == 2


@pytest.mark.parametrize("command", [["history", ANNA], ["earn", ANNA, "5"], ["ledger", "verify"], ["cashier", "list"]])
def test_without_a_shop_there_is_one_plain_message(empty: CommandLine, command: list[str]) -> None:
    """A folder without a ledger is a known error, and nothing is made in it."""
    assert empty(*command).error == "missing_ledger"
    assert not empty.directory.exists()


def test_a_person_hears_a_refusal_on_standard_error(shop: CommandLine) -> None:
    """Standard output holds answers only."""
    ran = shop.said("earn", ANNA, "1.500")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("Two sums could be meant.")


def test_the_language_is_asked_for_set_or_the_systems(shop: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this order."""
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    german = shop("earn", ANNA, "x").document["refused"]["message"]
    (shop.directory / "settings.toml").write_text('language = "en"\n')
    assert shop("earn", ANNA, "x").document["refused"]["message"] != german
    assert shop.run("--json", "--lang", "de", "earn", ANNA, "x").document["refused"]["message"] == german


def test_help_follows_the_language(empty: CommandLine) -> None:
    """The example line is the translated one."""
    assert "Beispiel: stammkunde" in empty.run("--lang", "de", "earn", "--help").out


def test_wrong_settings_are_told_before_anything_is_booked(shop: CommandLine) -> None:
    """All mistakes with their lines; the sale is not on disk."""
    file = shop.directory / "settings.toml"
    file.write_text('languages = "de"\n[scanner]\nbaud = "fast"\n')
    ran = shop("earn", ANNA, "5")
    assert ran.error == "settings_wrong"
    assert "languages (line 1): Unknown key; did you mean `language`?" in ran.document["error"]["message"]
    assert "scanner.baud (line 3)" in ran.document["error"]["message"]
    file.unlink()
    assert shop.records() == 2


def test_settings_that_cannot_be_read_are_a_known_error(shop: CommandLine) -> None:
    """A folder of that name is no bug."""
    (shop.directory / "settings.toml").mkdir()
    assert shop("earn", ANNA, "5").error == "settings_wrong"


def test_a_bug_is_one_sentence_and_a_traceback_in_the_data_directory(shop: CommandLine) -> None:
    """Exit code 70, and nothing that names a person or a card."""
    name, email = "Anna Bauer", "anna@example.org"

    def broken() -> int:
        raise RuntimeError(f"no row for {name!r} with {ANNA} and {email}")

    shop.open_till = broken
    ran = shop("till")
    assert ran.code == 70
    assert ran.document["error"]["code"] == "bug"
    assert "Traceback" not in ran.out + ran.err
    log = (shop.directory / "crash.log").read_text(encoding="utf-8")
    assert "RuntimeError: no row for ... with ... and ..." in log
    assert "in broken" in log
    assert name not in log
    assert ANNA not in log
    assert email not in log


def test_the_crash_log_does_not_grow_without_end(shop: CommandLine) -> None:
    """When it is large it begins anew; the newest crash is what support asks for."""
    log = shop.directory / "crash.log"
    log.write_text("x" * 1024 * 1024)
    shop.open_till = lambda: 1 // 0
    shop("till")
    assert log.stat().st_size < 10_000
    shop("till")
    assert log.read_text(encoding="utf-8").count("ZeroDivisionError") == 2


def test_the_version_is_the_packages(empty: CommandLine) -> None:
    """The first thing support asks for; it needs no shop."""
    number = metadata.version("stammkunde")
    assert empty.said("--version").out == f"stammkunde {number}\n"
    assert empty("--version").document == {"version": number}
    assert not empty.directory.exists()


def test_ctrl_c_ends_a_command_without_a_word(shop: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell sees 130, and nobody a traceback, wherever the key is pressed."""

    def pressed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(frame, "json_text", pressed)  # outside of what the command line's library looks after
    ran = shop("programme", "show")
    assert (ran.code, ran.out, ran.err) == (130, "", "")


def test_a_bug_without_a_place_to_write_is_still_told(empty: CommandLine) -> None:
    """The traceback then goes to standard error."""
    empty.open_till = lambda: 1 // 0
    ran = empty.said("till")
    assert ran.code == 70
    assert "ZeroDivisionError" in ran.err
    assert not empty.directory.exists()


def test_json_is_one_document_in_utf8(shop: CommandLine) -> None:
    """Umlauts stand as they are."""
    shop.done("member", "add", "--name", "Käthe Groß", "--card", ANNA)
    ran = shop("member", "find", "kaethe")
    assert '"Käthe Groß"' in ran.out
    assert json.loads(ran.out)


def test_a_data_directory_with_umlauts_and_spaces(empty: CommandLine, tmp_path: Path) -> None:
    """Folders are named by people."""
    empty.directory = tmp_path / "Bäckerei Groß" / "Kasse 1"
    empty.done("init", "--shop", "Groß")
    assert empty.done("earn", ANNA, "5")["balance"] == 5
