"""The reader that turns bytes back into paper, on bytes written by hand from the command reference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hardware.printing.encode import receipt_bytes
from hardware.printing.paper import Code, Feed, Knife, PaperReader, Picture, Pulse, Question, Reset, Row
from hardware.printing.setup import QrMode
from tests.fakes.printer import SETUP, print_job

COMMANDS = {
    b"\x1b@": Reset(),
    b"abc\n": Row("abc"),
    b"\x1bE\x01ab\x1bE\x00c\n": Row("abc", strong=True),
    b"\x1ba\x01abc\n": Row("abc", centred=True),
    b"\x1bt\x13\xd5\n": Row("€"),
    b"\x1bt\x10\x80\n": Row("€"),
    b"\x1bt\x00\x9c\n": Row("£"),
    b"\x1bd\x05": Feed(5),
    b"\x1bp\x00\x32\xfa": Pulse(2, 100),
    b"\x1bp\x31\x01\xfa": Pulse(5, 2),
    b"\x1dV\x00": Knife(partial=False),
    b"\x1dV\x01": Knife(partial=True),
    b"\x1dr\x01": Question(1),
    b"\x1dv0\x00\x01\x00\x02\x00\xf0\x0f": Picture(8, b"\xf0\x0f"),
    b"\x1d(k\x03\x001C\x05\x1d(k\x03\x001E1\x1d(k\x06\x001P0abc\x1d(k\x03\x001Q0": Code("abc", 5, "M"),
}


@pytest.mark.parametrize("data", COMMANDS)
def test_each_command_is_read(data: bytes) -> None:
    """One element each, and nothing to complain about."""
    reader = PaperReader(48)
    assert reader.feed(data) == [COMMANDS[data]]
    assert reader.problems == []


def test_a_row_wider_than_the_paper_is_broken_by_the_printer() -> None:
    """So that a layout that is too wide shows; a row that just fits is one row."""
    assert PaperReader(16).feed(b"a" * 17 + b"\n" + b"b" * 16 + b"\n") == [Row("a" * 16), Row("a"), Row("b" * 16)]


@pytest.mark.parametrize(
    "data", [b"\x00", b"\t", b"\x10\x04", b"\x1bX", b"\x1d(A\x00", b"\x1bt\xfe", b"\x1d(k\x03\x002C\x05"]
)
def test_what_no_printer_would_understand_is_told(data: bytes) -> None:
    """Tests of receipts rest on that."""
    reader = PaperReader(48)
    reader.feed(data)
    assert reader.problems


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    """The simulated printer outlives whatever is sent to it."""
    reader = PaperReader(32, double_byte=True)
    reader.feed(data)


@pytest.fixture(scope="module", params=[QrMode.NATIVE, QrMode.RASTER])
def receipt(request: pytest.FixtureRequest) -> bytes:
    """A receipt with everything on it, the code drawn by the printer or by the till."""
    return receipt_bytes(print_job(qr="SKR1", drawer=True), replace(SETUP, qr=request.param))


@given(cuts=st.lists(st.integers(1, 400), max_size=30))
def test_any_chunking_gives_the_same_paper(receipt: bytes, cuts: list[int]) -> None:
    """A line brings bytes in pieces of its own."""
    whole, pieces, found = PaperReader(48), PaperReader(48), []
    rest = receipt
    for cut in cuts:
        found += pieces.feed(rest[:cut])
        rest = rest[cut:]
    assert found + pieces.feed(rest) == whole.feed(receipt)
