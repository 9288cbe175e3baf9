"""Who may talk to head office: proved by a signature, now, and each request once."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import func, select

from headoffice.app.authenticate import NONCE_LIFE_US
from headoffice.errors import Refusal
from headoffice.store.rows import TerminalRow
from headoffice.store.tables import NONCE
from loyalty.wire import CLOCK_TOLERANCE_US, ProblemCode
from tests.fakes.office import TILL_KEY, TestedOffice

MESSAGE = b"the bytes of a request"
NONCE_TEXT = "a-nonce-of-a-test"


def _call(
    office: TestedOffice,
    terminal_id: uuid.UUID,
    *,
    signature: bytes | None = None,
    nonce: str = NONCE_TEXT,
    off_us: int = 0,
    once: bool = True,
) -> TerminalRow:
    return office.head.authenticate(
        terminal_id,
        MESSAGE,
        TILL_KEY.sign(MESSAGE) if signature is None else signature,
        nonce=nonce,
        at_us=office.clock.now_us() + off_us,
        once=once,
    )


def _code(office: TestedOffice, terminal_id: uuid.UUID, **changed: object) -> ProblemCode:
    with pytest.raises(Refusal) as refusal:
        _call(office, terminal_id, **changed)  # type: ignore[arg-type]
    return refusal.value.code


def test_a_signed_request_is_its_tills(office: TestedOffice) -> None:
    """And its moment is kept, with how far the till's clock is off."""
    terminal = office.join()
    office.clock.advance(minutes=7)
    assert _call(office, terminal.terminal_id, off_us=90_000_000).terminal_id == terminal.terminal_id
    [view] = office.head.terminals()
    assert (view.last_contact_us, view.clock_off_ms) == (office.clock.now_us(), 90_000)


def test_another_signature_is_refused_whoever_it_says_it_is(office: TestedOffice) -> None:
    """Neither noise nor another length gets further than the key."""
    terminal = office.join()
    for signature in (bytes(64), b"", TILL_KEY.sign(b"something else")):
        assert _code(office, terminal.terminal_id, signature=signature) is ProblemCode.BAD_SIGNATURE


def test_an_unknown_till_is_refused_and_so_is_head_offices_own_journal(office: TestedOffice) -> None:
    """Nobody signs as head office."""
    assert _code(office, uuid.UUID(int=5)) is ProblemCode.UNKNOWN_TERMINAL
    assert _code(office, office.head.server.server_id) is ProblemCode.UNKNOWN_TERMINAL


@pytest.mark.parametrize("code", [ProblemCode.REVOKED, ProblemCode.FENCED])
def test_a_till_that_is_shut_out_is_told_why(office: TestedOffice, code: ProblemCode) -> None:
    """At once, with the next request."""
    terminal = office.join()
    shut_out = {ProblemCode.REVOKED: office.head.revoke, ProblemCode.FENCED: office.head.fence}[code]
    shut_out(terminal.terminal_id)
    assert _code(office, terminal.terminal_id) is code
    assert _code(office, terminal.terminal_id, signature=bytes(64)) is ProblemCode.BAD_SIGNATURE
    with pytest.raises(Refusal):
        office.head.terminal(terminal.terminal_id)


def test_a_request_of_another_time_is_refused(office: TestedOffice) -> None:
    """The tolerance is the same in both directions, and ends where it says."""
    terminal = office.join()
    for off_us in (CLOCK_TOLERANCE_US + 1, -CLOCK_TOLERANCE_US - 1):
        assert _code(office, terminal.terminal_id, off_us=off_us) is ProblemCode.CLOCK_OFF
    assert _call(office, terminal.terminal_id, off_us=-CLOCK_TOLERANCE_US).terminal_id == terminal.terminal_id


def test_a_request_counts_once(office: TestedOffice) -> None:
    """Who recorded it can't play it again; a reading one does no harm."""
    terminal = office.join()
    _call(office, terminal.terminal_id, once=False)
    _call(office, terminal.terminal_id)
    assert _code(office, terminal.terminal_id) is ProblemCode.REPLAYED
    _call(office, terminal.terminal_id, nonce="another-nonce-of-a-test")


def test_nonces_are_forgotten_when_their_requests_are_too_old_anyway(office: TestedOffice) -> None:
    """Otherwise they would fill the database."""
    terminal = office.join()
    for number in range(3):
        _call(office, terminal.terminal_id, nonce=f"{NONCE_TEXT}-{number}")
    office.clock.advance(seconds=NONCE_LIFE_US / 1e6 + 1)
    _call(office, terminal.terminal_id)
    with office.head.database.snapshot() as connection:
        assert connection.scalar(select(func.count()).select_from(NONCE)) == 1


@pytest.mark.parametrize("nonce", ["", "short", "x" * 65, "nul\x00nul\x00nul\x00nul\x00", "ünicode-ünicode-ü"])
def test_a_nonce_out_of_bounds_is_no_signature(office: TestedOffice, nonce: str) -> None:
    """What is kept has a bound, and a database takes it."""
    terminal = office.join()
    assert _code(office, terminal.terminal_id, nonce=nonce) is ProblemCode.NOT_SIGNED
