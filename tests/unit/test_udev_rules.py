"""The udev rules: every line is one that udev can read, and the makers in them are those the till knows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from hardware.examine import BRLTTY_BRIDGES, PRINTER_VENDORS
from hardware.profiles import PROFILES
from terminal.presenters.doctor_words import FINDINGS
from tests.source import ROOT

RULES: Final = ROOT / "packaging" / "70-stammkunde.rules"

TERM: Final = re.compile(r'(?P<key>[A-Z_]+)(?:\{(?P<name>[A-Za-z_]+)\})?(?P<operator>==|!=|\+=|:=|=)"(?P<value>[^"]*)"')
MATCHES: Final = {"ACTION", "SUBSYSTEM", "KERNEL", "ATTR", "ATTRS"}
ASSIGNS: Final = {"GROUP", "MODE", "TAG", "SYMLINK", "GOTO", "LABEL"}

Term = tuple[str, str, str, str]


def rules(text: str) -> list[list[Term]]:
    """Every rule as its terms: key, name in braces, operator, value.

    Raises:
        ValueError: A line is none that udev reads (udev(7), "Rules files").
    """
    found = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        terms = []
        for part in line.split(", "):
            term = TERM.fullmatch(part)
            if term is None:
                raise ValueError(line)
            terms.append((term["key"], term["name"] or "", term["operator"], term["value"]))
        found.append(terms)
    return found


def vendors(subsystem: str, group: str) -> set[int]:
    """The vendors of the rules that give devices of a subsystem to a group, adapters of any kind left out."""
    found = set()
    for terms in rules(RULES.read_text("utf-8")):
        values = {(key, name): value for key, name, _, value in terms}
        vendor = values.get(("ATTRS", "idVendor")) or values.get(("ATTR", "idVendor"))
        if (
            vendor
            and values.get(("SUBSYSTEM", "")) == subsystem
            and values.get(("GROUP", "")) == group
            and ("ATTRS", "idProduct") not in values
        ):
            found.add(int(vendor, 16))
    return found


def test_every_line_is_a_rule() -> None:
    """Keys that match are compared, keys that do something are assigned; nothing else is in the file."""
    read = rules(RULES.read_text("utf-8"))
    assert len(read) > 20
    for terms in read:
        for key, name, operator, value in terms:
            assert key in MATCHES | ASSIGNS | {"ENV"}, terms
            if key in MATCHES or (key == "ENV" and name == "DEVTYPE"):
                assert operator in ("==", "!="), terms
            else:
                assert operator in ("=", "+="), terms
            assert value, terms


@pytest.mark.parametrize("line", ['SUBSYSTEM=="tty" GROUP="x"', "SUBSYSTEM==tty", 'SUBSYSTEM=="tty",', "GOTO"])
def test_the_reader_of_rules_refuses_what_udev_would(line: str) -> None:
    """Otherwise the test above could not fail."""
    with pytest.raises(ValueError, match=re.escape(line)):
        rules(line)


def test_jumps_lead_to_a_label() -> None:
    """A jump into nowhere is an error of the whole file."""
    read = rules(RULES.read_text("utf-8"))
    jumps = {value for terms in read for key, _, _, value in terms if key == "GOTO"}
    labels = {value for terms in read for key, _, _, value in terms if key == "LABEL"}
    assert jumps
    assert jumps <= labels


def test_the_scanners_makers_are_those_the_till_knows() -> None:
    """In serial mode and in HID-POS mode."""
    known = {vendor for profile in PROFILES for vendor in profile.vendor_ids}
    assert vendors("hidraw", "dialout") == known
    assert vendors("tty", "dialout") == known | PRINTER_VENDORS


def test_the_printers_makers_are_those_the_till_knows() -> None:
    """As USB devices and as printer ports."""
    assert vendors("usb", "lp") == PRINTER_VENDORS
    assert vendors("usbmisc", "lp") == PRINTER_VENDORS


def test_modem_manager_keeps_away_from_every_serial_port() -> None:
    """That is what half of these rules are for; the adapters brltty takes are among them."""
    adapters = set()
    for terms in rules(RULES.read_text("utf-8")):
        values = {(key, name): value for key, name, _, value in terms}
        if values.get(("SUBSYSTEM", "")) == "tty":
            assert values["ENV", "ID_MM_DEVICE_IGNORE"] == "1"
            assert values["SYMLINK", ""].startswith("stammkunde/")
            if ("ATTRS", "idProduct") in values:
                adapters.add((int(values["ATTRS", "idVendor"], 16), int(values["ATTRS", "idProduct"], 16)))
    assert adapters >= BRLTTY_BRIDGES


def test_the_tag_for_whoever_sits_at_the_screen_is_set_early_enough() -> None:
    """Systemd looks at it in 73-seat-late.rules."""
    assert int(RULES.name.partition("-")[0]) < 73


def test_the_cures_name_the_file_that_is_there() -> None:
    """A sentence that sends people to a file that does not exist helps nobody."""
    named = {match for told in FINDINGS.values() for match in re.findall(r"packaging/\S+\.rules", told.cure)}
    assert named == {"packaging/70-stammkunde.rules"}
    assert all((ROOT / Path(name)).is_file() for name in named)
