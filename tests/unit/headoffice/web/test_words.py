"""How a till stands, in a word and with what to look at."""

from uuid import UUID

import pytest

from headoffice.views import TerminalStatus, TerminalView
from headoffice.web.words import ONLINE_S, SILENT_S, till_notes, till_status
from texts.i18n import Texts

NOW_US = 1_800_000_000_000_000
ENGLISH = Texts("en")


def _till(**changed: object) -> TerminalView:
    fields: dict[str, object] = {
        "terminal_id": UUID(int=1),
        "store": "Mitte",
        "name": "Kasse 1",
        "status": TerminalStatus.ACTIVE,
        "scope": "",
        "joined_at_us": 1,
        "last_contact_us": NOW_US,
        "backlog": 0,
        "oldest_us": 0,
        "clock_off_ms": 0,
        "protocol": 1,
        "software": "0.1.0",
        "records": 5,
        "quarantined": 0,
    }
    return TerminalView(**(fields | changed))  # type: ignore[arg-type] # the fields above, changed


@pytest.mark.parametrize(
    ("silent_s", "tone"),
    [(0, "good"), (ONLINE_S - 1, "good"), (ONLINE_S, "warn"), (SILENT_S - 1, "warn"), (SILENT_S, "bad")],
)
def test_silence_turns_from_calm_to_alarm(silent_s: int, tone: str) -> None:
    """A till that is shut for the night is no alarm, one that is silent for a day is."""
    assert till_status(ENGLISH, _till(last_contact_us=NOW_US - silent_s * 1_000_000), NOW_US).tone == tone


def test_what_is_shut_out_is_not_silent() -> None:
    """Nobody waits for its call; two copies of one till are bad whenever they called."""
    assert till_status(ENGLISH, _till(status=TerminalStatus.REVOKED, last_contact_us=1), NOW_US).text == "Shut out"
    assert till_status(ENGLISH, _till(status=TerminalStatus.FENCED), NOW_US).tone == "bad"
    assert till_status(ENGLISH, _till(last_contact_us=0), NOW_US).text == "Has not called yet"


def test_notes_name_what_to_look_at() -> None:
    """Bookings not sent, records nobody can read, a clock that is off; nothing of it when all is well."""
    assert till_notes(ENGLISH, _till()) == []
    assert till_notes(ENGLISH, _till(backlog=1, quarantined=2, clock_off_ms=-180_000)) == [
        "1 booking not sent",
        "2 records can't be read",
        "its clock is off by 3 min: set it",
    ]
    assert till_notes(ENGLISH, _till(clock_off_ms=119_000)) == []
