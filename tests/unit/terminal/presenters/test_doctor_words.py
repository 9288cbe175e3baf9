"""Sentences about devices and data, and that the shop's handbook says the same."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from hardware.findings import DeviceCode, DeviceKind, Finding, Severity
from hardware.printing.status import PrinterState
from hardware.scans import DeviceState
from hardware.wizard import Remark, RemarkCode
from terminal.app.checkup import DataCode
from terminal.presenters.doctor_remarks import remark_notice
from terminal.presenters.doctor_words import (
    FINDINGS,
    TONES,
    cure_of,
    kind_word,
    sentence_of,
    severity_word,
    state_word,
    subject_of,
)
from tests.source import ROOT
from texts.i18n import LANGUAGES, Texts

ENGLISH = Texts("en")
ROW = re.compile(r"\| (M-\d{3}) \| (.+?) \| (.*?) \|")
VALUES = {
    "port": "/dev/ttyACM0", "group": "dialout", "program": "minicom", "usb_id": "0C2E:0B61", "other": "pole",
    "description": "Voyager", "detail": "no paper", "count": "3", "free": "40 MB", "now": "2026-11-22",
    "newest": "2026-11-23", "minutes": "5", "file": "settings.toml", "since": "2026-11-20", "version": "1",
    "python": "3.11", "sqlite": "3.51", "system": "Linux",
}  # fmt: skip
"""Every value a sentence may name."""


def test_the_handbook_s_table_says_what_the_till_says() -> None:
    """Word for word, each code that somebody may read out on the phone, and no other."""
    written = [tuple(row) for row in ROW.findall((ROOT / "docs" / "devices.md").read_text("utf-8"))]
    told = [(each.number, each.sentence, each.cure) for each in FINDINGS.values() if each.number]
    assert sorted(written) == sorted(told)


@pytest.mark.parametrize("code", [*DeviceCode, *DataCode])
def test_every_finding_is_a_full_sentence_in_every_language(code: str) -> None:
    """With all its values; one that somebody forgot leaves a gap and no brace."""
    for language in LANGUAGES:
        for values in (VALUES, {}):
            finding = Finding(code=code, severity=Severity.BROKEN, device="scanner", values=values)
            for text in (sentence_of(Texts(language), finding), cure_of(Texts(language), finding)):
                assert "{" not in text
        whole = sentence_of(Texts(language), Finding(code=code, severity=Severity.FINE, values=VALUES))
        assert re.search(r"[.\w]( \(M-\d{3}\))?\Z", whole)


@pytest.mark.parametrize("code", [*DeviceCode, *DataCode])
def test_sentences_name_only_values_there_are(code: str) -> None:
    """A misspelt name would be an empty place on the screen."""
    told = FINDINGS[code]
    named = {name for text in (told.sentence, told.cure) for _, name, _, _ in Formatter().parse(text) if name}
    assert named <= set(VALUES)


def test_whatever_is_wrong_has_a_cure_and_a_code() -> None:
    """Support hears the code; the shop reads what to do."""
    wrong = [told for told in FINDINGS.values() if told.number]
    assert wrong
    assert all(told.cure.endswith((".", "FILE", "init")) for told in wrong)


def test_every_state_kind_and_severity_has_its_word() -> None:
    """Colour never speaks alone."""
    for texts in (Texts(language) for language in LANGUAGES):
        assert all(state_word(texts, state) for state in (None, *DeviceState, *PrinterState))
        assert all(kind_word(texts, kind) for kind in DeviceKind)
        assert len({severity_word(texts, severity) for severity in Severity}) == len(Severity)
    assert set(TONES) == set(Severity)


def test_a_finding_says_what_it_is_about() -> None:
    """A part of the till, a device by its kind, anything else as it calls itself."""
    assert subject(DataCode.DISK_FULL, "disk") == "Disk"
    assert subject(DeviceCode.PAPER_OUT, "printer", kind="printer") == "Receipt printer"
    assert subject(DeviceCode.PORT_UNUSED, "/dev/x", description="Voyager") == "Voyager"
    assert subject(DeviceCode.PORT_UNUSED, "/dev/x") == "/dev/x"


def subject(code: str, device: str, **values: str) -> str:
    """What a finding is about."""
    return subject_of(ENGLISH, Finding(code=code, severity=Severity.NOTE, device=device, values=values))


@pytest.mark.parametrize("code", RemarkCode)
def test_every_remark_is_a_full_sentence(code: RemarkCode) -> None:
    """With its values, in every language."""
    values = {
        "terminator": "tab", "suffix": "END", "prefix": "#", "aim": "]C0", "ms": "300", "framing": "9600 7E1",
        "baud": "9600", "scanner": "US", "host": "DE", "typed": "ZY", "maker": "zebra",
    }  # fmt: skip
    for language in LANGUAGES:
        text = remark_notice(Texts(language), Remark(code, values)).text
        assert text.endswith(".")
        assert "{" not in text
