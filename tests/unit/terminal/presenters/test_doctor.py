"""The device screen, without a device and without a window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hardware.counters import ScannerCounters
from hardware.errors import HardwareError, PortDenied
from hardware.findings import Attached, DeviceCode, DeviceKind, Finding, Severity
from hardware.frames import RejectReason
from hardware.printing.job import PrintJob
from hardware.scans import DeviceState
from hardware.sound import Cue
from hardware.traffic import TrafficEntry
from hardware.wizard import TEST_TEXT
from terminal.errors import FileUnwritable
from terminal.presenters.doctor_states import Page
from terminal.presenters.states import Screen, Tone
from terminal.settings.printer import Automatic
from tests.fakes.counter import ANNA, Counter
from tests.fakes.doctor_line import FakeDoctorActions, doctor, keys, pass_seconds

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


@pytest.mark.parametrize(
    ("state", "tone"),
    [
        (DeviceState.READY, Tone.GOOD),
        (DeviceState.CONNECTING, Tone.NEUTRAL),
        (None, Tone.NEUTRAL),
        (DeviceState.LOST, Tone.WARN),
        (DeviceState.UNAVAILABLE, Tone.WARN),
    ],
)
def test_a_device_shows_its_state_before_anybody_knows_why(
    counter: Counter, devices: FakeDoctorActions, state: DeviceState | None, tone: Tone
) -> None:
    """The examination follows within moments; a lost scanner is no calm news until then."""
    devices.attached = (Attached(device_id="scanner", kind=DeviceKind.SCANNER, state=state),)
    doctor(counter).refresh()
    assert doctor(counter).state.devices[0].tone is tone


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


class FakePrinting:
    """Satisfies ``presenters.print_port.PrintActions``; ``takes`` says whether the printer takes anything."""

    has_printer = True
    columns = 32
    paper_mm = 58
    automatic: Automatic = "never"
    opens_drawer = False
    pdf_folder: Path | None = None

    def __init__(self) -> None:
        self.takes = True
        self.jobs: list[PrintJob] = []
        self.told: Callable[[HardwareError | None], None] = lambda _error: None

    def print(self, job: PrintJob, told: Callable[[HardwareError | None], None] | None = None) -> bool:
        assert told is not None
        self.told = told
        self.jobs.append(job)
        return self.takes

    def open_drawer(self) -> bool:
        return self.takes


def test_a_test_print_shows_what_goes_wrong_first(counter: Counter, devices: FakeDoctorActions) -> None:
    """The euro sign, umlauts, the width of the paper; and that it is no receipt."""
    del devices
    counter.around.printing = printing = FakePrinting()
    doctor(counter).refresh()
    doctor(counter).act("print")
    words = "".join(f"{line.text}{line.right}" for line in printing.jobs[0].lines)
    assert "€" in words
    assert "ÄÖÜ" in words
    assert "12345678901234567890123456789012" in words
    assert "no receipt" in words


@pytest.mark.parametrize(("error", "code"), [(None, "umlauts"), (PortDenied("/dev/usb/lp0"), "(M-407)")])
def test_how_a_test_print_went_is_said(
    counter: Counter, devices: FakeDoctorActions, error: HardwareError | None, code: str
) -> None:
    """When the printer is done with it."""
    del devices
    counter.around.printing = printing = FakePrinting()
    doctor(counter).refresh()
    doctor(counter).act("print")
    printing.told(error)
    assert code in said(counter)


@pytest.mark.parametrize(("button", "code"), [("print", "(M-406)"), ("drawer", "(M-408)")])
def test_a_printer_that_takes_nothing_is_told(
    counter: Counter, devices: FakeDoctorActions, button: str, code: str
) -> None:
    """At once, and not by a job that never comes out."""
    del devices
    counter.around.printing = printing = FakePrinting()
    doctor(counter).refresh()
    doctor(counter).act(button)
    assert "(M-" not in said(counter)
    printing.takes = False
    doctor(counter).act(button)
    assert code in said(counter)


def said(counter: Counter) -> str:
    """The sentence above the others."""
    notice = doctor(counter).state.notice
    assert notice is not None
    return notice.text


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
