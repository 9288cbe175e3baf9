"""``register``: the token, whether registers reach the till, and the folder with their files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from terminal.register.token import TOKEN_FILE
from tests.fakes.command_line import ANNA, CommandLine
from tests.fakes.register_till import RegisterTill

LONG_AGO_S = 1_700_000_000


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of the tests have not changed for long."""
    monkeypatch.setattr("terminal.cli.register.SECOND_LOOK_S", 0)


def leave(folder: Path, name: str, content: str) -> None:
    """A register leaves a file."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(content, "utf-8")
    os.utime(folder / name, (LONG_AGO_S, LONG_AGO_S))


def settings(line: CommandLine, text: str) -> None:
    """Write the till's settings."""
    (line.directory / "settings.toml").write_text(f"[register]\n{text}\n", "utf-8")


def test_the_token_is_shown_and_renewed(shop: CommandLine) -> None:
    """Made when it is first asked for; people get it on a line of its own, to be copied."""
    first = shop.done("register", "token", "show")
    assert first["file"] == str(shop.directory / TOKEN_FILE)
    assert shop.done("register", "token", "show") == first
    assert shop.said("register", "token", "show").out == f"{first['token']}\n"
    assert shop.done("register", "token", "renew")["token"] != first["token"]


def test_a_token_file_that_holds_none_is_a_known_error(shop: CommandLine) -> None:
    """It says how to make a new one."""
    (shop.directory / TOKEN_FILE).write_text("x", "ascii")
    ran = shop("register", "token", "show")
    assert ran.error == "register_token_unusable"
    assert "register token renew" in ran.document["error"]["message"]
    assert shop.done("register", "token", "renew")["token"] == shop.done("register", "token", "show")["token"]


def test_a_folder_that_is_none_is_a_known_error(empty: CommandLine) -> None:
    """There is nowhere to keep a token."""
    for command in ("show", "renew"):
        assert empty("register", "token", command).error == "register_token_unusable"


def test_status_of_a_till_without_registers(shop: CommandLine) -> None:
    """Everything off."""
    assert shop.done("register", "status") == {
        "port": 0,
        "token": False,
        "answers": False,
        "locked": False,
        "open_sale_id": "",
        "folder": "",
        "waiting": 0,
        "failed": 0,
    }
    assert "off" in shop.said("register", "status").out


def test_status_asks_the_open_till(tmp_path: Path) -> None:
    """Beside it, over its port, with its token; and counts the files."""
    till = RegisterTill(tmp_path / "till")
    try:
        line = CommandLine(till.directory)
        folder = tmp_path / "exports"
        leave(folder, "17.csv", "amount\n1\n")
        settings(line, f"port = {till.server.port}\nfolder = '{folder}'")
        till.put("k1-17")
        said = line.done("register", "status")
        assert (said["answers"], said["open_sale_id"], said["waiting"], said["failed"]) == (True, "k1-17", 1, 0)
    finally:
        till.close()
    assert line.done("register", "status")["answers"] is False


def test_the_folder_is_booked_from_the_command_line(anna: CommandLine, tmp_path: Path) -> None:
    """The folder of the settings, or another; what was refused makes the exit code 1."""
    folder = tmp_path / "exports"
    settings(anna, f"folder = '{folder}'")
    for number in range(3):
        leave(folder, f"{number}.csv", f"receipt;card;amount\n{number};{ANNA};10,00\n")
    leave(folder, "again.csv", f"receipt;card;amount\n1;{ANNA};10,00\n")
    said = anna.done("register", "folder")
    assert said == {"booked": 3, "known": 1, "put_aside": 0, "waiting": 0, "failed": 0}
    assert anna.done("member", "show", ANNA)["balance"] == 530
    leave(folder, "bad.csv", "receipt;card;amount\n9;hello;10,00\n")
    ran = anna("register", "folder", str(folder))
    assert (ran.code, ran.document["put_aside"], ran.document["failed"]) == (1, 1, 1)
    assert "(M-291)" in anna.said("register", "folder").out


def test_no_folder_is_a_mistake_of_usage(shop: CommandLine, tmp_path: Path) -> None:
    """And one that is not there is a known error."""
    assert shop("register", "folder").code == 2
    assert shop("register", "folder", str(tmp_path / "missing")).error == "register_folder_unusable"
