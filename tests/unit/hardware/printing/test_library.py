"""Loading python-escpos, and what is asked of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from hardware.printing.errors import PrinterSoftwareMissing
from hardware.printing.library import code_page, new_dummy
from tests.fakes.printer import SETUP
from tests.source import ROOT

LOADING = """
import json, logging, sys, tempfile
from hardware.printing.errors import PrinterSoftwareMissing
from hardware.printing.library import new_dummy
from hardware.printing.setup import PrinterSetup
new_dummy(PrinterSetup(target="COM3"))
print(json.dumps([len(logging.root.handlers), "escpos" in sys.modules]))
"""


def test_loading_leaves_nothing_behind(tmp_path: Path) -> None:
    """No handler in the program's log, nothing on standard output, no folder for temporary files at every start."""
    environment = {**os.environ, "TMPDIR": str(tmp_path), "TEMP": str(tmp_path), "TMP": str(tmp_path)}
    answer = subprocess.run(
        [sys.executable, "-c", LOADING], capture_output=True, text=True, check=True, cwd=ROOT, env=environment
    )
    assert json.loads(answer.stdout) == [0, True]
    assert list(tmp_path.iterdir()) == []


def test_the_modules_of_printing_do_not_load_it() -> None:
    """A quarter of a second of the till's start: the printer's own thread takes it."""
    code = "import sys, hardware.printing.worker as w, hardware.printing.simulated; print(sys.modules.keys() & {!r})"
    heavy = {"escpos", "segno", "PIL", "usb", "barcode", "qrcode", "yaml"}
    answer = subprocess.run(
        [sys.executable, "-c", code.format(heavy)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert answer.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("profile", "asked", "chosen"),
    [
        ("default", "CP858", "CP858"),
        ("default", "cp1252", "CP1252"),
        ("TM-T88II", "CP858", "CP1252"),
        ("TM-T88IV-SA", "CP858", "CP437"),
        ("simple", "CP858", "CP437"),
    ],
)
def test_a_model_without_the_page_uses_the_nearest_it_has(profile: str, asked: str, chosen: str) -> None:
    """One with the euro sign if there is one."""
    setup = replace(SETUP, profile=profile, code_page=asked)
    assert code_page(setup, new_dummy(setup).profile).name == chosen


def test_a_page_holds_what_it_holds_and_no_control_characters() -> None:
    """Latin pages have control characters in their upper half."""
    setup = replace(SETUP, code_page="CP858")
    characters = code_page(setup, new_dummy(setup).profile).characters
    assert {"€", "Ä", "ß", "½"} <= characters
    assert all(len(each) == 1 and each.isprintable() for each in characters)


def test_a_till_without_the_library_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken installation is a known error with a cure, not a crash of the printer's thread."""
    monkeypatch.setitem(sys.modules, "escpos", None)
    with pytest.raises(PrinterSoftwareMissing):
        new_dummy(SETUP)
