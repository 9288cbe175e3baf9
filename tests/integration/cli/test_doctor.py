"""``doctor`` from end to end: findings for people and scripts, the test barcode, the support file that names nobody."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp
from PIL import Image

from hardware.findings import DeviceCode
from hardware.wizard import TEST_TEXT
from storage.store import open_store
from terminal.app.checkup import DataCode
from terminal.crash import CRASH_FILE
from terminal.presenters.doctor_words import FINDINGS
from terminal.settings import SETTINGS_FILE
from tests.fakes.command_line import ANNA, BEN, CommandLine

ANNAS_NAME = "Annegret Schneider-Wittgenstein"
BENS_NAME = "Benjamin Özdemir"
PHONE = "0152 28817386"
MAIL = "anna@example.org"
SHOP = "Konditorei Himmelreich"
HOME = (Path("/") / "home" / "annegret").as_posix()
"""Somebody's folder, put together here: no file may name one."""


@pytest.fixture
def shop(tmp_path: Path) -> CommandLine:
    """A shop with two members, sales and a scanner whose port is a folder."""
    command = CommandLine(tmp_path / "shop")
    command.done("init", "--shop", SHOP, "--currency", "EUR", "--till", "Theke Nord")
    command.done("member", "add", "--name", ANNAS_NAME, "--card", ANNA, "--email", MAIL, "--birthday", "1981-04-17")
    command.done("member", "add", "--name", BENS_NAME, "--card", BEN, "--phone", PHONE)
    for card, amount in ((ANNA, "12.50"), (BEN, "7.80"), (ANNA, "93.45")):
        command.done("earn", card, amount)
    return command


def use(command: CommandLine, toml_text: str) -> None:
    """The shop's settings."""
    (command.directory / SETTINGS_FILE).write_text(toml_text, "utf-8")


def codes(document: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Findings by code."""
    return {finding["code"]: finding for finding in document["findings"]}


def test_a_shop_whose_data_is_fine_exits_0(shop: CommandLine) -> None:
    """A machine without a scanner is a warning, nothing more: the till works by typing."""
    ran = shop("doctor")
    found = codes(ran.document)
    assert ran.code == 0
    assert {DataCode.LEDGER_FINE, DataCode.DISK_FINE, DataCode.VERSIONS} <= set(found)
    assert set(found[DataCode.LEDGER_FINE]) == {"code", "severity", "device", "message", "cure"}


def test_something_broken_exits_1_and_comes_first(shop: CommandLine, tmp_path: Path) -> None:
    """With what happened, what to do, and a code to name on the phone."""
    use(shop, f'[scanner]\nport = "{tmp_path.as_posix()}"\n')
    ran = shop("doctor")
    first = ran.document["findings"][0]
    assert ran.code == 1
    assert (first["code"], first["severity"], first["device"]) == (DeviceCode.PORT_IS_FOLDER, "broken", "scanner")
    assert "(M-377)" in first["message"]
    assert first["cure"]


def test_mistakes_in_the_settings_are_findings_and_no_error(shop: CommandLine) -> None:
    """The doctor is what one calls when nothing else works any more."""
    use(shop, '[scanner]\nbaud = "fast"\nspeed = 3\n')
    ran = shop("doctor")
    wrong = [finding for finding in ran.document["findings"] if finding["code"] == DataCode.SETTINGS_WRONG]
    assert ran.code == 1
    assert len(wrong) == 2
    assert SETTINGS_FILE in wrong[0]["cure"]


def test_a_folder_without_a_shop_is_a_finding(tmp_path: Path) -> None:
    """Devices can be examined before there is a shop."""
    ran = CommandLine(tmp_path / "none")("doctor")
    assert ran.code == 1
    assert DataCode.LEDGER_MISSING in codes(ran.document)


def test_the_doctor_works_while_the_till_is_open(shop: CommandLine) -> None:
    """It reads; the open till goes on writing."""
    with open_store(shop.directory, clock=shop.clock, ids=shop.ids):
        assert shop("doctor").code == 0


def test_people_read_what_is_wrong_and_what_to_do(shop: CommandLine, tmp_path: Path) -> None:
    """Three lines for each finding."""
    use(shop, f'[scanner]\nport = "{tmp_path.as_posix()}"\n')
    lines = shop.said("doctor").out.splitlines()
    assert lines[0] == "Does not work: Scanner"
    assert lines[1].startswith(f"  {tmp_path.as_posix()} is a folder and no port.")
    assert lines[2].startswith("  Correct the port")


# -- the test barcode --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["png", "pdf"])
def test_the_written_test_barcode_can_be_read(shop: CommandLine, tmp_path: Path, ending: str) -> None:
    """By a camera, in every shape that is on the paper."""
    file = tmp_path / f"barcode.{ending}"
    assert shop.done("doctor", "--test-barcode", str(file)) == {"file": str(file)}
    if ending == "pdf":
        with contextlib.closing(pypdfium2.PdfDocument(file)) as document:
            picture = document[0].render(scale=200 / 72).to_pil().convert("L")
    else:
        with Image.open(file) as opened:
            picture = opened.convert("L")
    read = zxingcpp.read_barcodes(picture)
    assert {barcode.text for barcode in read} == {TEST_TEXT}
    assert len(read) == (3 if ending == "pdf" else 2)


def test_a_test_barcode_of_another_kind_is_a_mistake_of_the_command_line(shop: CommandLine, tmp_path: Path) -> None:
    """The ending says as what it is written."""
    assert shop("doctor", "--test-barcode", str(tmp_path / "barcode.gif")).code == 2


# -- the support file --------------------------------------------------------------------------------------------------


def personal_words() -> set[str]:
    """Every name and number of the shop, whole and in parts."""
    given = {ANNAS_NAME, BENS_NAME, PHONE, MAIL, ANNA, BEN, SHOP, "Theke Nord", "1981-04-17"}
    parts = {part for each in given for part in each.replace("-", " ").split() if len(part) > 3}
    phone = PHONE.replace(" ", "")
    return given | parts | {phone, f"+49{phone[1:]}", ANNA[-6:], BEN[-6:], *card_ends(ANNA), *card_ends(BEN)}


def card_ends(card: str) -> set[str]:
    """A card's number as bytes in hex, as the screen of the last scans could show it."""
    return {card.encode().hex(), card.encode().hex(" "), card[-4:].encode().hex(" ")}


def test_the_support_file_names_nobody(shop: CommandLine, tmp_path: Path) -> None:
    """Not a name, not a number, not a folder of a person: looked for in every file of the archive."""
    use(
        shop,
        '[scanner]\nport = "socket://kasse.himmelreich.example:9000"\nprefix = "Himmel"\n'
        f'[register]\nfolder = "{HOME}/kasse"\n',
    )
    crash = (
        "--- 2026-11-22T04:00:00+00:00\n"
        f'  File "{HOME}/stammkunde/terminal/app/earn.py", line 12, in earn\n'
        f"builtins.ValueError: '{ANNAS_NAME}' {ANNA} {MAIL} {PHONE}\n"
    )
    (shop.directory / CRASH_FILE).write_text(crash, "utf-8")
    file = tmp_path / "support.zip"
    assert shop("doctor", "--bundle", str(file)).document["file"] == str(file)
    with zipfile.ZipFile(file) as archive:
        contents = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(contents) == {
        "findings.json",
        "devices.json",
        "scans.json",
        "ledger.json",
        "settings.json",
        CRASH_FILE,
    }
    for word in personal_words() | {"annegret", "himmelreich", "Himmel"}:
        assert not [name for name, text in contents.items() if word.casefold() in text.casefold()], word
    assert str(tmp_path) not in "".join(contents.values())


def test_the_support_file_says_what_support_needs(shop: CommandLine, tmp_path: Path) -> None:
    """Versions, choices and numbers of the settings, counts of the ledger, places of crashes."""
    use(shop, '[scanner]\nbaud = 19200\nterminator = "tab"\nport = "/dev/ttyACM7"\n')
    (shop.directory / CRASH_FILE).write_text('  File "/opt/x/terminal/app/earn.py", line 12, in earn\n', "utf-8")
    file = tmp_path / "support.zip"
    shop("doctor", "--bundle", str(file))
    with zipfile.ZipFile(file) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    settings = json.loads(contents["settings.json"])
    assert (settings["scanner.baud"], settings["scanner.terminator"]) == (19_200, "tab")
    assert settings["scanner.port"] == "/dev/ttyACM7"
    assert json.loads(contents["ledger.json"])["records"] == shop.records()
    versions = next(each for each in json.loads(contents["findings.json"]) if each["code"] == DataCode.VERSIONS)
    assert versions["values"]["sqlite"].count(".") == 2
    assert contents[CRASH_FILE].decode().strip() == "app/earn.py:12 earn"


def test_a_support_file_that_can_not_be_written_is_a_known_error(shop: CommandLine, tmp_path: Path) -> None:
    """The findings are not lost on the way: they are asked for again."""
    assert shop("doctor", "--bundle", str(tmp_path / "missing" / "support.zip")).error == "file_unwritable"


# -- the sentences -----------------------------------------------------------------------------------------------------


def test_every_finding_has_words(shop: CommandLine) -> None:
    """A code without a sentence would break the screen on the day it is needed."""
    del shop
    assert set(FINDINGS) == {*DeviceCode, *DataCode}
    for code, told in FINDINGS.items():
        assert told.sentence.endswith((".", "{detail}")), code
        assert bool(told.number) <= bool(told.cure), code


def test_the_archive_is_one(shop: CommandLine, tmp_path: Path) -> None:
    """No entry leads out of the folder it is unpacked into."""
    file = tmp_path / "support.zip"
    shop("doctor", "--bundle", str(file))
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as archive:
        assert archive.testzip() is None
        assert all("/" not in name for name in archive.namelist())
