"""The page that shows whether a printer is set up right."""

from uuid import UUID

import pytest
from msgspec.structs import replace

from hardware.printing.encode import receipt_bytes
from hardware.printing.testpage import TEST_QR
from hardware.printing.testpage import test_page as trial_page
from hardware.receipt import ReceiptLine
from tests.fakes.printer import SETUP, paper_of


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_the_ruler_fills_one_row_exactly(columns: int) -> None:
    """On narrower paper it breaks, and everybody sees that the width is wrong."""
    job = trial_page(columns, job_id=UUID(int=1), title="Testseite", lines=[ReceiptLine("Drucker an COM3")])
    data = receipt_bytes(job, replace(SETUP, columns=columns))
    paper = paper_of(data, columns)
    (ruler,) = [row.text for row in paper.rows if row.text.startswith("1234567890")]
    assert len(ruler) == columns
    assert "Drucker an COM3" in paper.text
    narrower = [row.text for row in paper_of(data, columns - 2).rows]
    assert ruler not in narrower


def test_what_goes_wrong_first_is_on_it() -> None:
    """Umlauts, the euro sign, emphasis, a code; the drawer only when asked."""
    job = trial_page(48, job_id=UUID(int=1), title="Testseite", caption="Scannen", drawer=True)
    paper = paper_of(receipt_bytes(job, SETUP), 48)
    assert "ÄÖÜ äöü ß" in paper.text
    assert "1.234,56 €" in paper.text
    assert {row.strong for row in paper.rows} == {True, False}
    assert [code.content for code in paper.codes] == [TEST_QR]
    assert len(paper.pulses) == 1
    assert "Scannen" in paper.text
