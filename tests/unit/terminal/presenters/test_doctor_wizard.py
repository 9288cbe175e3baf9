"""The wizard that asks for a scan of the test barcode, without a scanner and without a window."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware.findings import Attached, DeviceKind
from hardware.scans import DeviceState
from hardware.speeds import Framing, read_at
from hardware.wizard import TEST_TEXT
from loyalty.document import Problem
from terminal.app.keep_settings import Kept, NotKept
from terminal.presenters.doctor_states import Phase
from terminal.presenters.doctor_wizard import PATIENCE_MS, TYPED_QUIET_MS
from terminal.presenters.states import Screen, Tone
from terminal.settings import Settings
from tests.fakes.counter import ANNA, Counter
from tests.fakes.doctor_line import FakeDoctorActions, doctor, keys, scan, wizard

TEXT = TEST_TEXT.encode()


@pytest.fixture
def devices(counter: Counter) -> FakeDoctorActions:
    """The screen is open and examined; one scanner works."""
    made = FakeDoctorActions()
    made.attached = (
        Attached(device_id="scanner", kind=DeviceKind.SCANNER, port="/dev/ttyS0", state=DeviceState.READY),
    )
    counter.around.doctor = made
    counter.shell.key("F11")
    made.examined()
    return made


@pytest.fixture
def waiting(counter: Counter, devices: FakeDoctorActions) -> FakeDoctorActions:
    """The wizard waits for a scan."""
    counter.shell.key("Enter")
    assert wizard(counter).phase is Phase.WAITING
    return devices


def test_the_wizard_shows_the_test_barcode_and_listens(counter: Counter, waiting: FakeDoctorActions) -> None:
    """In two shapes, with nothing assumed about the line."""
    state = wizard(counter)
    assert state.bars.startswith("11")
    assert len(state.squares) == len(state.squares[0])
    assert state.plain == TEST_TEXT
    assert waiting.listening is None


def test_a_scan_that_fits_needs_nothing(counter: Counter, waiting: FakeDoctorActions) -> None:
    """Said in a sentence for each thing that was found; the scanners go on."""
    waiting.differs = {}
    waiting.hear(b"]C0" + TEXT + b"\r")
    state = wizard(counter)
    assert (state.phase, state.tone) == (Phase.RESULT, Tone.GOOD)
    assert state.text == "The settings fit it. Nothing needs to be done."
    assert any("]C0" in notice.text for notice in state.found)
    assert waiting.listening is False
    doctor(counter).act("end")
    assert doctor(counter).state.wizard is None


def test_what_differs_is_asked_and_taken_over(counter: Counter, waiting: FakeDoctorActions) -> None:
    """The change is shown before anybody agrees to it."""
    waiting.hear(b"\x02" + TEXT + b"\t")
    state = wizard(counter)
    assert state.text == "Its settings differ. Take this over?"
    assert ("scanner.terminator", "tab") in state.changes
    assert ("scanner.prefix", "<STX>") in state.changes
    doctor(counter).act("accept")
    name, changes = waiting.asked[-1]
    assert name == "keep"
    assert isinstance(changes, dict)
    assert changes["scanner.terminator"] == "tab"


@pytest.mark.parametrize(("in_use", "words"), [(True, "from now on"), (False, "opened next")])
def test_taking_over_says_when_it_takes_effect(
    counter: Counter, waiting: FakeDoctorActions, in_use: bool, words: str
) -> None:
    """At once where the scanners can be served anew."""
    waiting.hear(TEXT + b"\t")
    doctor(counter).act("accept")
    waiting.answer(Kept(Path("settings.toml"), Settings(), in_use=in_use))
    assert words in wizard(counter).found[0].text
    assert "accept" not in keys(counter)


def test_settings_with_a_mistake_stay_as_they_are(counter: Counter, waiting: FakeDoctorActions) -> None:
    """The file had a mistake before; it is told and not made worse."""
    waiting.hear(TEXT + b"\t")
    doctor(counter).act("accept")
    waiting.answer(NotKept((Problem("scanner.baud", "too fast"),)))
    assert "too fast" in wizard(counter).found[0].text
    assert "accept" in keys(counter)


def test_garbage_leads_to_another_speed_and_a_second_scan_proves_it(
    counter: Counter, waiting: FakeDoctorActions
) -> None:
    """The till worked the speed out, listens at it, and proposes it when the scan is clean."""
    waiting.hear(read_at(TEXT + b"\r", Framing(19_200), 9_600))
    assert wizard(counter).phase is Phase.GARBAGE
    doctor(counter).act("again")
    assert waiting.listening == Framing(19_200)
    assert "19200 8N1" in wizard(counter).text
    waiting.hear(TEXT + b"\r", baud=19_200)
    assert wizard(counter).phase is Phase.RESULT
    assert waiting.wanted["baud"] == 19_200


def test_when_nothing_comes_the_wizard_says_what_to_do(counter: Counter, waiting: FakeDoctorActions) -> None:
    """After half a minute; the scanners go on meanwhile, and it can be tried again."""
    counter.schedule.pass_ms(PATIENCE_MS)
    assert wizard(counter).phase is Phase.NOTHING
    assert waiting.listening is False
    assert keys(counter) == ["again"]
    counter.shell.key("Enter")
    assert wizard(counter).phase is Phase.WAITING


def test_another_code_is_told_and_the_wizard_waits_on(counter: Counter, waiting: FakeDoctorActions) -> None:
    """The bread on the counter; its number is not shown."""
    waiting.hear(b"4006381333931\r")
    state = wizard(counter)
    assert state.phase is Phase.WAITING
    assert "(M-400)" in state.found[0].text
    assert "4006381333931" not in repr(state)


def test_noise_of_a_plug_is_nothing(counter: Counter, waiting: FakeDoctorActions) -> None:
    """Not even a sentence."""
    waiting.hear(b"\x00\x00")
    assert wizard(counter).phase is Phase.WAITING
    assert wizard(counter).found == ()


def test_while_the_wizard_waits_scans_belong_to_it_alone(counter: Counter, waiting: FakeDoctorActions) -> None:
    """A member's card that is scanned by mistake opens no sale behind it."""
    del waiting
    counter.shell.scanned(scan(ANNA))
    assert counter.screen() is Screen.DOCTOR
    assert "(M-400)" in wizard(counter).found[0].text
    counter.shell.scanned(scan(TEST_TEXT))
    assert wizard(counter).phase is Phase.RESULT


def test_without_the_wizard_a_scan_is_a_scan(counter: Counter, devices: FakeDoctorActions) -> None:
    """Also on the device screen."""
    del devices
    counter.shell.scanned(scan(ANNA))
    assert counter.screen() is Screen.MEMBER


def test_after_a_result_a_card_is_a_card_again_and_the_test_barcode_is_none(
    counter: Counter, waiting: FakeDoctorActions
) -> None:
    """A trigger that is still held must not say "unknown card"."""
    waiting.hear(TEXT + b"\r")
    counter.shell.scanned(scan(TEST_TEXT))
    assert wizard(counter).phase is Phase.RESULT
    counter.shell.scanned(scan(ANNA))
    assert counter.screen() is Screen.MEMBER
    assert waiting.listening is False


def test_what_a_scanner_types_is_judged_at_enter(counter: Counter, waiting: FakeDoctorActions) -> None:
    """On a German keyboard, a scanner for an American one."""
    del waiting
    doctor(counter).typed("ZYßzy?-aA`0123456789")
    counter.shell.key("Enter")
    state = wizard(counter)
    assert state.phase is Phase.RESULT
    assert "keyboard of US" in state.found[0].text


def test_what_a_scanner_types_without_enter_is_judged_after_a_while(
    counter: Counter, waiting: FakeDoctorActions
) -> None:
    """And the missing Enter is told."""
    del waiting
    for length in (5, 12, len(TEST_TEXT)):
        doctor(counter).typed(TEST_TEXT[:length])
        counter.schedule.pass_ms(TYPED_QUIET_MS - 1)
    counter.schedule.pass_ms(1)
    assert any("nothing behind a code" in notice.text for notice in wizard(counter).found)


def test_leaving_lets_the_scanners_go_on(counter: Counter, waiting: FakeDoctorActions) -> None:
    """With Esc, and when somebody goes to another screen at once."""
    counter.shell.key("Esc")
    assert waiting.hears_nobody
    assert doctor(counter).state.wizard is None
    counter.shell.key("Enter")
    assert waiting.listening is None
    counter.shell.show_help()
    assert waiting.hears_nobody


def test_enter_presses_nothing_while_the_wizard_waits(counter: Counter, waiting: FakeDoctorActions) -> None:
    """It may be the end of a scan, whose characters the till has taken for itself."""
    counter.shell.key("Enter")
    assert wizard(counter).phase is Phase.WAITING
    assert ("sheet",) not in waiting.asked


def test_a_held_trigger_does_not_take_a_change_over(counter: Counter, waiting: FakeDoctorActions) -> None:
    """Its next code ends with Enter, too; somebody who has read the question is slower."""
    waiting.hear(TEXT + b"\t")
    counter.shell.key("Enter")
    assert waiting.asked[-1][0] != "keep"
    counter.clock.advance(seconds=2)
    counter.shell.key("Enter")
    assert waiting.asked[-1][0] == "keep"


def test_the_screen_speaks_the_other_language_at_once(counter: Counter, waiting: FakeDoctorActions) -> None:
    """The wizard, too."""
    del waiting
    before = wizard(counter).headline
    counter.shell.language("de")
    assert doctor(counter).state.title
    assert wizard(counter).headline is not before
