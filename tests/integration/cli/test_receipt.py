"""The command ``receipt``: text, files and paper of a booking that is in the journal."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp

from hardware.printing.simulated import simulated_printer
from terminal.cli import receipt as receipt_command
from tests.fakes.command_line import ANNA, CommandLine
from tests.fakes.printer import paper_of


def test_the_receipt_is_what_the_till_prints(anna: CommandLine) -> None:
    """Purchase, award, balance, and that it is no fiscal receipt; the copy says what it is."""
    sale = str(anna.done("earn", ANNA, "23.45")["record_id"])
    found = anna.done("receipt", sale)
    lines = [line.strip() for line in found["lines"]]
    assert found["record_id"] == sale
    assert (found["code"], found["file"], found["printed_to"], found["copy"]) == (None, None, None, False)
    assert lines[0] == "Bäckerei Morgenrot"
    assert "Not a fiscal receipt" in lines
    assert "".join(lines[-2:]) == sale
    copy = [line.strip() for line in anna.done("receipt", sale, "--copy")["lines"]]
    assert copy[1] == "Copy"
    assert [line for line in copy if line not in lines] == copy[1:3]


def test_without_a_number_it_is_the_newest_booking(anna: CommandLine) -> None:
    """The receipt somebody asks for is nearly always the last one."""
    anna.done("earn", ANNA, "5")
    newest = str(anna.done("earn", ANNA, "6")["record_id"])
    assert anna.done("receipt")["record_id"] == newest


def test_an_old_balance_is_the_one_of_then(anna: CommandLine) -> None:
    """A copy says what the first paper said, whatever was booked since."""
    first = str(anna.done("earn", ANNA, "23.45")["record_id"])
    before = anna.done("receipt", first)["lines"]
    anna.done("earn", ANNA, "100")
    assert anna.done("receipt", first)["lines"] == before


@pytest.mark.parametrize("kind", ["redeem", "reverse"])
def test_rewards_and_undone_bookings_have_receipts_too(anna: CommandLine, kind: str) -> None:
    """Everything a customer may ask a paper for."""
    done = (
        anna.done("redeem", ANNA, "coffee")
        if kind == "redeem"
        else anna.done("reverse", str(anna.done("earn", ANNA, "5")["record_id"]), "--reason", "mistake")
    )
    assert anna.done("receipt", str(done["record_id"]))["record_id"] == done["record_id"]


def test_what_no_customer_gets_a_paper_for(anna: CommandLine) -> None:
    """A day close, a number nobody knows, a shop without bookings."""
    close = str(anna.done("day", "close")["record_id"])
    assert anna("receipt", close).reason == "no_receipt"
    assert anna("receipt", "0198c0de-0000-7000-8000-000000000009").reason == "record_unknown"


def test_the_enrolment_of_an_erased_member_has_no_receipt_any_more(shop: CommandLine) -> None:
    """The paper named somebody who wanted to be forgotten."""
    record = str(shop.done("member", "add", "--name", "Anna Bauer", "--card", ANNA)["record_id"])
    assert any("Anna Bauer" in line for line in shop.done("receipt", record)["lines"])
    shop.done("member", "erase", ANNA, "--yes")
    assert shop("receipt", record).reason == "no_receipt"


def test_files_hold_the_same_receipt(anna: CommandLine, tmp_path: Path) -> None:
    """Text as shown, a PDF for the customer, and the printer's own bytes, which read back to the same paper."""
    sale = str(anna.done("earn", ANNA, "23.45")["record_id"])
    lines = anna.done("receipt", sale)["lines"]
    for ending in ("txt", "pdf", "bin"):
        file = tmp_path / f"receipt.{ending}"
        assert anna.done("receipt", sale, "--out", str(file))["file"] == str(file)
    assert (tmp_path / "receipt.txt").read_text("utf-8").splitlines() == lines
    with contextlib.closing(pypdfium2.PdfDocument((tmp_path / "receipt.pdf").read_bytes())) as document:
        assert "Not a fiscal receipt" in document[0].get_textpage().get_text_range()
        assert not zxingcpp.read_barcodes(document[0].render(scale=4).to_pil())
    paper = paper_of((tmp_path / "receipt.bin").read_bytes(), 48)
    assert [row.strip() for row in paper.text.splitlines() if row.strip()] == [
        row.strip() for row in lines if row.strip()
    ]


def test_a_file_of_another_kind_is_a_mistake_of_the_command(anna: CommandLine) -> None:
    """Before anything is looked up."""
    assert anna("receipt", "--out", "receipt.docx").code == 2


def test_it_is_printed_on_the_printer_that_is_named(anna: CommandLine, tmp_path: Path) -> None:
    """The command returns when the paper is cut."""
    sale = str(anna.done("earn", ANNA, "23.45")["record_id"])
    lines = anna.done("receipt", sale)["lines"]
    with simulated_printer(tmp_path) as printer:
        assert anna.done("receipt", sale, "--printer", printer.target)["printed_to"] == printer.target
        (paper,) = printer.papers
    assert [row.strip() for row in paper.text.splitlines() if row.strip()] == [
        row.strip() for row in lines if row.strip()
    ]


def test_a_printer_that_is_not_there_is_said_at_once(anna: CommandLine, tmp_path: Path) -> None:
    """A command is not a till: nothing waits behind it."""
    anna.done("earn", ANNA, "5")
    assert anna("receipt", "--printer", str(tmp_path / "gone")).error == "printer_missing"
    assert anna("receipt", "--printer", "http://printer").error == "not_a_printer"


def test_a_printer_that_prints_nothing_in_time_is_let_go(
    anna: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it needs is said meanwhile, and no receipt comes out when nobody waits for it any more."""
    from hardware.printing.simulated import PrinterCondition

    monkeypatch.setattr(receipt_command, "PRINT_WAIT_S", 1.5)
    anna.done("earn", ANNA, "5")
    with simulated_printer(tmp_path) as printer:
        printer.set(PrinterCondition(paper_out=True))
        ran = anna("receipt", "--printer", printer.target)
    assert ran.error == "not_printed"
    assert "(M-331)" in ran.err
