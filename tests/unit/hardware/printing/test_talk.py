"""Questions to a printer and its answers."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.printing.status import PrinterState
from hardware.printing.talk import END_QUESTION, PrinterReport, Talk
from tests.fakes.printer import ScriptedPrinterLine

WELL = b"\x12\x12\x12\x12"
WAIT_S = 0.5


def talk_to(line: ScriptedPrinterLine) -> Talk:
    """A conversation in which a tenth of a second passes at every look at the clock."""
    seconds = itertools.count()
    return Talk(line, lambda: next(seconds) / 10)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (WELL, PrinterState.READY),
        (b"\x16\x12\x12\x12", PrinterState.READY),  # the drawer's switch
        (b"\x12\x12\x12\x1e", PrinterState.PAPER_LOW),
        (b"\x1a\x32\x12\x7e", PrinterState.PAPER_OUT),
        (b"\x12\x12\x12\x72", PrinterState.PAPER_OUT),
        (b"\x1a\x16\x12\x12", PrinterState.COVER_OPEN),
        (b"\x1a\x36\x12\x7e", PrinterState.COVER_OPEN),
        (b"\x1a\x12\x12\x12", PrinterState.OFFLINE),
        (b"\x12\x52\x12\x12", PrinterState.OFFLINE),
        (b"\x12\x12\x1a\x12", PrinterState.OFFLINE),  # the knife
        (b"\x12\x12\x32\x1e", PrinterState.OFFLINE),
    ],
)
def test_answers_become_the_one_thing_to_do_first(answer: bytes, state: PrinterState) -> None:
    """Close the cover before there can be paper, and get paper before anything else counts."""
    report = talk_to(ScriptedPrinterLine(answer)).ask(WAIT_S)
    assert report is not None
    assert report.state is state


def test_questions_are_asked_one_after_the_other() -> None:
    """Printers lose the second of two that come at once."""
    line = ScriptedPrinterLine(WELL)
    talk_to(line).ask(WAIT_S)
    assert bytes(line.taken) == b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"


def test_silence_is_no_answer_after_one_question() -> None:
    """Most printers that do not answer never do: the other three would only take time."""
    line = ScriptedPrinterLine()
    assert talk_to(line).ask(WAIT_S) is None
    assert bytes(line.taken) == b"\x10\x04\x01"


def test_a_line_that_takes_nothing_is_no_answer() -> None:
    """A full buffer blocks questions as well."""
    line = ScriptedPrinterLine(WELL)
    line.room = 0
    assert talk_to(line).ask(WAIT_S) is None


def test_a_line_that_cannot_listen_is_not_asked() -> None:
    """A file of receipts holds no questions."""
    line = ScriptedPrinterLine(WELL)
    line.listens = False
    assert talk_to(line).ask(WAIT_S) is None
    assert line.taken == b""


def test_an_answer_that_came_too_late_belongs_to_no_question() -> None:
    """Otherwise "paper out" of a minute ago would answer "is the cover open?"."""
    line = ScriptedPrinterLine(WELL)
    line.say(b"\x1a\x7e")
    assert talk_to(line).ask(WAIT_S) == PrinterReport()


def test_flow_control_and_unasked_reports_are_no_answers() -> None:
    """XON, XOFF and automatic status (ASB) share the line."""
    line = ScriptedPrinterLine()
    talk = talk_to(line)
    line.say(b"\x11\x13\x10\x00\x00\x0f")
    talk.expect_end()
    assert talk.ask(WAIT_S) is None


def test_the_end_of_a_receipt_is_told_from_answers_about_now() -> None:
    """GS r has its own fixed bits; only an answer behind the question counts."""
    line = ScriptedPrinterLine(WELL)
    talk = talk_to(line)
    line.write(END_QUESTION)
    talk.hear(0)
    assert talk.has_heard_end()
    talk.expect_end()
    line.say(b"\x12\x16")
    talk.hear(0)
    assert not talk.has_heard_end()


@given(st.binary(max_size=300))
def test_a_printer_may_say_anything(noise: bytes) -> None:
    """A wrong baud rate makes noise of answers; the till goes on."""
    line = ScriptedPrinterLine()
    line.say(noise)
    talk = talk_to(line)
    talk.hear(0)
    line.say(noise)
    talk.ask(WAIT_S)
