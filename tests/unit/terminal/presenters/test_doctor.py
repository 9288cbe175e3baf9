"""The device screen and its wizard, without a device and without a window."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware.counters import ScannerCounters
from hardware.errors import PortDenied
from hardware.findings import Attached, DeviceCode, DeviceKind, Finding, Severity
from hardware.frames import RejectReason
from hardware.scans import DeviceState, Scan
from hardware.sound import Cue
from hardware.speeds import Framing, read_at
from hardware.traffic import TrafficEntry
from hardware.wizard import TEST_TEXT
from loyalty.document import Problem
from terminal.app.keep_settings import Kept, NotKept
from terminal.errors import FileUnwritable
from terminal.presenters.doctor import DoctorPresenter
from terminal.presenters.doctor_states import Page, Phase, WizardState
from terminal.presenters.doctor_wizard import PATIENCE_MS, TYPED_QUIET_MS
from terminal.presenters.states import Screen, Tone
from terminal.settings import Settings
from tests.fakes.counter import ANNA, Counter
from tests.fakes.doctor_line import FakeDoctorActions

TEXT = TEST_TEXT.encode()
SCANNER = Attached(
    device_id="scanner", kind=DeviceKind.SCANNER, port="/dev/ttyACM0", state=DeviceState.READY, usb_id="0C2E:0B61"
)
DENIED = Finding(
    code=DeviceCode.NOT_IN_GROUP,
    severity=Severity.BROKEN,
    device="scanner",
    values={"kind": DeviceKind.SCANNER, "group": "dialout", "port": "/dev/ttyACM0"},
)


@pytest.fixture
def devices(counter: Counter) -> FakeDoctorActions:
    """One scanner that works; the screen is open and examined."""
    made = FakeDoctorActions()
    made.attached = (SCANNER,)
    counter.around.doctor = made
    counter.shell.key("F11")
    made.examined()
    return made


def doctor(counter: Counter) -> DoctorPresenter:
    """The screen's presenter."""
    return counter.shell.doctor


def wizard(counter: Counter) -> WizardState:
    """What the wizard shows."""
    state = doctor(counter).state.wizard
    assert state is not None
    return state


def keys(counter: Counter) -> list[str]:
    """The buttons that can be pressed."""
    return [action.key for action in doctor(counter).state.actions if action.enabled]


def scan(text: str, rejected: RejectReason | None = None) -> Scan:
    """A code from a scanner that types."""
    return Scan(device_id="keyboard", text=text, raw=b"", aim="", symbology=None, t_monotonic_ns=0, rejected=rejected)


def pass_seconds(counter: Counter, seconds: int) -> None:
    """Let time pass second by second: who looks once a second asks anew each time."""
    for _ in range(seconds):
        counter.schedule.pass_ms(1_000)


# -- the screen --------------------------------------------------------------------------------------------------------


def test_f11_leads_to_the_devices_and_esc_back(counter: Counter, devices: FakeDoctorActions) -> None:
    """As with every other screen."""
    del devices
    assert counter.screen() is Screen.DOCTOR
    counter.shell.key("Esc")
    assert counter.screen() is Screen.IDLE


def test_an_open_sale_waits_behind_the_devices(counter: Counter) -> None:
    """Somebody checks the scanner while a customer stands there."""
    counter.scan(ANNA)
    counter.shell.key("F11")
    counter.shell.key("Esc")
    assert counter.screen() is Screen.MEMBER


def test_everything_fine_is_one_calm_sentence(counter: Counter, devices: FakeDoctorActions) -> None:
    """And the scanner says that it is ready."""
    del devices
    state = doctor(counter).state
    assert (state.headline, state.tone) == ("All devices work", Tone.GOOD)
    (card,) = state.devices
    assert (card.name, card.word, card.tone) == ("Scanner", "Ready", Tone.GOOD)
    assert "0C2E:0B61" in card.place


def test_before_the_examination_is_over_nothing_is_claimed(counter: Counter) -> None:
    """Neither that all is well nor that it is not."""
    counter.around.doctor = FakeDoctorActions()
    counter.shell.key("F11")
    assert doctor(counter).state.tone is Tone.INFO


def test_without_a_device_the_till_says_that_it_works_all_the_same(
    counter: Counter, devices: FakeDoctorActions
) -> None:
    """A new shop has none yet."""
    devices.attached = ()
    doctor(counter).refresh()
    state = doctor(counter).state
    assert state.headline == "No device is attached"
    assert state.empty.startswith("No device is attached.")


def test_what_is_broken_comes_with_its_cure(counter: Counter, devices: FakeDoctorActions) -> None:
    """On the device's card, and the first of them in the headline."""
    devices.attached = (
        Attached(
            device_id="scanner",
            kind=DeviceKind.SCANNER,
            port="/dev/ttyACM0",
            state=DeviceState.UNAVAILABLE,
            error=PortDenied("/dev/ttyACM0"),
        ),
    )
    doctor(counter).devices_changed()
    devices.examined(DENIED)
    state = doctor(counter).state
    assert (state.headline, state.tone) == ("1 thing does not work", Tone.BAD)
    assert "(M-376)" in state.text
    assert state.devices[0].tone is Tone.BAD
    assert "sudo usermod -aG dialout $USER" in state.devices[0].cure


def test_a_device_that_works_again_is_not_blamed_for_an_old_finding(
    counter: Counter, devices: FakeDoctorActions
) -> None:
    """The examination takes a moment; the state of the device is newer."""
    devices.examined(DENIED)
    assert doctor(counter).state.devices[0].tone is Tone.GOOD


def test_what_is_found_beside_the_devices_has_cards_of_its_own(counter: Counter, devices: FakeDoctorActions) -> None:
    """A port that nobody uses may be the scanner that was just plugged in; what is fine needs no card."""
    unused = Finding(
        code=DeviceCode.PORT_UNUSED, severity=Severity.NOTE, device="/dev/ttyUSB1", values={"port": "/dev/ttyUSB1"}
    )
    fine = Finding(code=DeviceCode.PORT_USABLE, severity=Severity.FINE, device="/dev/x", values={"port": "/dev/x"})
    devices.examined(unused, fine)
    assert [card.name for card in doctor(counter).state.devices] == ["Scanner", "/dev/ttyUSB1"]


def test_the_machine_is_examined_again_while_somebody_looks(counter: Counter, devices: FakeDoctorActions) -> None:
    """A cure shows by itself; when the screen is left nothing is looked at any more."""
    before = len(devices.asked)
    pass_seconds(counter, 10)
    assert len(devices.asked) > before
    counter.shell.key("Esc")
    devices.examined()
    devices.asked.clear()
    pass_seconds(counter, 60)
    doctor(counter).devices_changed()
    assert devices.asked == []


def test_the_last_scans_are_shown_masked_with_their_pauses(counter: Counter, devices: FakeDoctorActions) -> None:
    """The newest on top; a refused frame says why."""
    devices.frames = (
        TrafficEntry(device_id="scanner", text="*********0018", hex="** 30 0d", aim="]E0", gaps_ms=(1, 2, 40, 300)),
        TrafficEntry(device_id="scanner", text="", hex="ff", rejected=RejectReason.LINE_NOISE),
    )
    doctor(counter).choose(Page.SCANS)
    state = doctor(counter).state
    assert [frame.text for frame in state.frames][1] == "*********0018"
    assert "(M-176)" in state.frames[0].text
    assert [bar.count for bar in state.gaps] == [2, 0, 0, 0, 1, 0, 1]


def test_counters_are_shown_for_each_scanner(counter: Counter, devices: FakeDoctorActions) -> None:
    """With what was refused, by reason."""
    counters = ScannerCounters(scans=1204, rejected={RejectReason.TIMEOUT: 2})
    devices.attached = (
        Attached(device_id="scanner", kind=DeviceKind.SCANNER, state=DeviceState.READY, counters=counters),
    )
    doctor(counter).choose(Page.COUNTERS)
    rows = dict(doctor(counter).state.counters)
    assert "codes 1,204" in rows["scanner"]
    assert rows["scanner: timeout"] == "2"


# -- buttons -----------------------------------------------------------------------------------------------------------


def test_buttons_of_devices_that_are_not_there_can_not_be_pressed(counter: Counter, devices: FakeDoctorActions) -> None:
    """No printer, no display: the wizard and the support file always work."""
    del devices
    assert keys(counter) == ["wizard", "bundle"]


def test_the_four_sounds_can_be_heard(counter: Counter, devices: FakeDoctorActions) -> None:
    """One button each."""
    del devices
    heard: list[Cue] = []
    counter.around.play = heard.append
    for sound in doctor(counter).state.sounds:
        doctor(counter).act(sound.key)
    assert heard == list(Cue)


def test_a_display_gets_two_lines_with_a_euro_sign(counter: Counter, devices: FakeDoctorActions) -> None:
    """The sign that goes wrong first."""
    pole = Attached(device_id="pole", kind=DeviceKind.POLE, state=DeviceState.READY)
    devices.attached = (SCANNER, pole)
    doctor(counter).refresh()
    doctor(counter).act("pole")
    (_, first, second) = devices.asked[-1]
    assert first == "Bäckerei Morgenrot"
    assert "€" in str(second)


def test_the_support_file_says_where_it_is(counter: Counter, devices: FakeDoctorActions, tmp_path: Path) -> None:
    """And can't be asked for twice at once."""
    doctor(counter).act("bundle")
    assert "bundle" not in keys(counter)
    devices.answer(tmp_path / "support.zip")
    notice = doctor(counter).state.notice
    assert notice is not None
    assert "support.zip" in notice.text
    assert "bundle" in keys(counter)


def test_a_folder_that_can_not_be_written_is_a_sentence(counter: Counter, devices: FakeDoctorActions) -> None:
    """And no bug; anything else is one."""
    doctor(counter).act("bundle")
    devices.fail(FileUnwritable(Path("support.zip"), "disk full"))
    notice = doctor(counter).state.notice
    assert notice is not None
    assert notice.tone is Tone.WARN
    assert counter.crashes == []
    doctor(counter).act("bundle")
    devices.fail(RuntimeError("bug"))
    assert len(counter.crashes) == 1


# -- the wizard --------------------------------------------------------------------------------------------------------


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
