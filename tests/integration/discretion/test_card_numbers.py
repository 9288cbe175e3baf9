"""A card's number is nobody else's business: no log, no crash file and no description holds one in full.

Everything here runs with every logger at its most talkative.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from hardware.frames import Frame, FrameParser
from hardware.scans import Scan
from hardware.symbols import SymbolKind, make_symbol
from loyalty.cards import Check, MemberCard, classify, with_check_digit
from loyalty.records import CardAction, Purpose
from loyalty.sale import Basket, RewardRequest
from storage.numbers import Issue
from storage.types import AccountRow, CardRow
from terminal.app import earn as earn_module
from terminal.app.adjust import AdjustCommand
from terminal.app.card_numbers import NumbersCommand, NumbersTaken
from terminal.app.card_print import PrintCommand, PrintedCard
from terminal.app.cards import CardCommand, change_card
from terminal.app.consent import ConsentCommand
from terminal.app.earn import EarnCommand
from terminal.app.enrol import EnrolCommand, Enrolled, enrol
from terminal.app.identify import Identified, UnknownCard, identify
from terminal.app.members import EraseCommand, MergeCommand
from terminal.app.redeem import RedeemCommand
from terminal.crash import crash_text
from tests.fakes.command_line import CommandLine
from tests.fakes.counter import ANNA, BEN, NEW_CARD, Counter
from texts.card_pdf import CardFace
from texts.sheets import SHEETS, SheetName

PAYMENT = with_check_digit("4".ljust(15, "1"), Check.LUHN)
GROUPED = " ".join(PAYMENT[start : start + 4] for start in range(0, 16, 4))
TRACK = f"%B{PAYMENT}^MUSTER/ANNA^2912"
MISREAD = ANNA[:-1] + str((int(ANNA[-1]) + 1) % 10)
SECRETS = (ANNA, BEN, NEW_CARD, MISREAD, PAYMENT, GROUPED, TRACK)
ID = UUID(int=1, version=4)


def leaks(text: str) -> list[str]:
    """Numbers that stand in a text in full, or in all but one of their ends."""
    return [secret for secret in SECRETS if secret in text or secret[:-1] in text or secret[1:] in text]


@pytest.fixture(autouse=True)
def talkative(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Everybody logs everything; nothing of it may hold a number, whatever the test was about."""
    caplog.set_level(logging.DEBUG)
    yield
    formatter = logging.Formatter("%(name)s %(message)s %(args)s")
    logged = [formatter.format(record) for when in ("setup", "call") for record in caplog.get_records(when)]
    assert leaks("\n".join(logged)) == []


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    """The bakery's counter."""
    made = Counter(tmp_path / "till")
    yield made
    made.close()


def states(counter: Counter) -> str:
    """Everything the screens know."""
    shell = counter.shell
    parts = (shell.state, shell.idle.state, shell.member.state, shell.unknown.state, shell.enrol.state)
    return " ".join(map(repr, parts))


def test_serving_shows_and_logs_no_number(counter: Counter) -> None:
    """A member, a payment card, a misread card, an article, a blocked and a new card, and a web address."""
    counter.scan(ANNA)
    assert leaks(states(counter)) == []
    counter.shell.member.confirm()
    blocked = change_card(counter.till, CardCommand(counter.ids.record_id(), CardAction.BLOCK, BEN))
    assert leaks(repr(blocked)) == []
    for text in (PAYMENT, GROUPED, TRACK, MISREAD, BEN, "4006381333931", f"https://example.org/?card={ANNA}", NEW_CARD):
        counter.scan(text)
        assert leaks(states(counter)) == [], "on a screen"
        assert "example.org" not in states(counter)
    assert counter.crashes == []


def test_a_payment_card_leaves_nothing_on_the_disk(counter: Counter) -> None:
    """Neither in the ledger nor in its log, in whatever shape it was read."""
    for text in (GROUPED, PAYMENT, TRACK):
        counter.scan(text)
    for file in (counter.store.directory).rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert PAYMENT.encode() not in content
            assert GROUPED.encode() not in content


def test_a_scanner_logs_a_masked_code(caplog: pytest.LogCaptureFixture) -> None:
    """Frames and scans describe themselves without their text and without their bytes."""
    (frame,) = FrameParser().feed(f"]E0{ANNA}\r".encode(), 0.0)
    assert isinstance(frame, Frame)
    scan = Scan(device_id="s", text=ANNA, raw=ANNA.encode(), aim="]E0", symbology=None, t_monotonic_ns=0)
    logging.getLogger("tests").debug("%s %r %r", frame, frame, scan)
    assert caplog.text.count(f"*{ANNA[-4:]}") == 3


def described(counter: Counter) -> list[Any]:
    """One of everything that carries a number."""
    reader, programme = counter.desk.reader, counter.till.programme
    enrolled = enrol(counter.till, EnrolCommand(counter.ids.record_id(), NEW_CARD, "Anna Schneider", "0171 2345678"))
    assert isinstance(enrolled, Enrolled)
    return [
        classify(ANNA, programme.cards),
        MemberCard(ANNA, "plastic"),
        identify(reader, programme, counter.store.programme_key, ANNA),
        Identified(ANNA, ID, AccountRow(ID), None),
        UnknownCard(NEW_CARD, ID),
        CardRow(ID, ANNA, ID),
        reader.card(ANNA),
        enrolled,
        EarnCommand(ID, ANNA, Basket(1_000)),
        RedeemCommand(ID, ANNA, RewardRequest("coffee")),
        AdjustCommand(ID, ANNA, 5, "goodwill"),
        CardCommand(ID, CardAction.REPLACE, ANNA, NEW_CARD),
        EnrolCommand(ID, ANNA, "Anna Schneider", referred_by=BEN),
        ConsentCommand(ID, ANNA, Purpose.EMAIL, granted=True),
        EraseCommand(ANNA),
        MergeCommand(ID, ANNA, BEN),
        NumbersTaken((ANNA, BEN)),
        Issue("digest", (ANNA, BEN)),
        PrintedCard(ANNA, "Anna Schneider"),
        PrintCommand(NumbersCommand(ID, 1, symbology="ean13"), SHEETS[SheetName.A4], (ANNA, PAYMENT)),
        CardFace(ANNA, make_symbol(SymbolKind.EAN13, ANNA), "Anna Schneider"),
    ]


def test_nothing_that_carries_a_number_describes_itself_with_it(counter: Counter) -> None:
    """Whoever logs a value, or fails on one, tells the end of a number at most, and no name."""
    for value in described(counter):
        assert leaks(repr(value)) == [], type(value).__name__
        assert leaks(f"{value}") == []
        assert "Schneider" not in repr(value), type(value).__name__


def test_a_crash_file_holds_no_number(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A bug that quotes what it choked on: on the screen's way, in the log, and in the file for support."""

    def broken(*_: object) -> None:
        try:
            {}[PAYMENT]  # type: ignore[index]
        except KeyError as error:
            raise RuntimeError(
                f"no way with {ANNA}, {GROUPED}, {MISREAD} and {EarnCommand(ID, BEN, Basket(1))}"
            ) from error

    monkeypatch.setattr(earn_module, "account_for_booking", broken)
    command = EarnCommand(ID, ANNA, Basket(1_000))
    with pytest.raises(RuntimeError) as caught:
        earn_module.earn(counter.till, command)
    assert leaks(crash_text(caught.value, ())) == []
    assert "RuntimeError" in crash_text(caught.value, ())


def test_a_bug_on_the_command_line_leaves_no_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither on the screen, nor in the crash file of the data directory."""
    line = CommandLine(tmp_path / "data")
    line.done("init", "--shop", "Bäckerei Morgenrot", "--programme", "bakery")

    def broken(*_: object) -> None:
        raise RuntimeError(f"bad card {ANNA} or {PAYMENT}")

    monkeypatch.setattr(earn_module, "account_for_booking", broken)
    ran = line("earn", ANNA, "5")
    assert ran.code == 70
    files = [file for file in line.directory.iterdir() if file.suffix == ".log"]
    assert files
    for text in (ran.out, ran.err, *(file.read_text("utf-8") for file in files)):
        assert leaks(text) == []


@pytest.mark.parametrize("card", [PAYMENT, GROUPED, TRACK, MISREAD, f"javascript:{ANNA}"])
def test_a_refusal_on_the_command_line_echoes_nothing(tmp_path: Path, card: str) -> None:
    """The sentence says what is wrong, the document which reason; what was typed comes back nowhere."""
    line = CommandLine(tmp_path / "data")
    line.done("init", "--shop", "Bäckerei Morgenrot", "--programme", "bakery")
    for command in (("earn", card, "5"), ("member", "show", card), ("card", "block", card), ("card", "issue", card)):
        for ran in (line(*command), line.said(*command)):
            assert ran.code == 1
            assert leaks(ran.out + ran.err) == []


def test_a_traceback_of_the_rules_names_no_number() -> None:
    """What a library would quote: the check digit of what is no number, a barcode that can't be made."""
    for work in (lambda: with_check_digit(f"{PAYMENT} ", Check.LUHN), lambda: make_symbol(SymbolKind.EAN13, MISREAD)):
        with pytest.raises(ValueError, match=r"digit|say") as caught:
            work()
        assert leaks("".join(traceback.format_exception(caught.value))) == []
