"""A worker on a real serial line: pulled cables, taken ports and everything a line can bring."""

import fcntl
import os
import socket
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import zip_longest
from pathlib import Path

import pytest

from hardware.errors import DeviceLost, NotAPort, PortBusy, PortDenied, PortMissing
from hardware.frames import FrameSettings, RejectReason
from hardware.scans import DeviceState
from hardware.simulated import LoopbackLine, SimulatedScanner, simulated_scanner
from hardware.transport import transport_for
from tests.fakes.serial_line import Recorder, serving

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")

CARD = "2912345678904"
REPLUGS = 500
INTERLEAVED = 1_000
NOBODY = 65534


@pytest.fixture
def recorder() -> Recorder:
    """Collects what the worker tells."""
    return Recorder()


@pytest.fixture
def scanner(tmp_path: Path) -> Iterator[SimulatedScanner]:
    """A scanner that is plugged in, on a line of its own."""
    with simulated_scanner(tmp_path) as plugged:
        yield plugged


@contextmanager
def unprivileged() -> Iterator[None]:
    """Without root's right to open everything; a till does not run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_scan_on_a_serial_line_arrives(scanner: SimulatedScanner, recorder: Recorder) -> None:
    """Bytes into one end, a code out of the other."""
    with serving(transport_for(scanner.port), recorder):
        recorder.wait_for(DeviceState.READY)
        scanner.scan(CARD, aim="]E0")
        scan = recorder.scan()
        assert (scan.text, scan.aim, scan.rejected) == (CARD, "]E0", None)


def test_every_bad_input_leaves_the_line_working(scanner: SimulatedScanner, recorder: Recorder) -> None:
    """After each of them the next card is read, and none of them is a card."""
    bad = {
        b"29\x0012\r": RejectReason.CONTROL_CHARACTER,
        b"\xff\xfe\xff\r": RejectReason.LINE_NOISE,
        b"A" * 10_000 + b"\r": RejectReason.TOO_LONG,
        b"]E0\r": RejectReason.NO_DATA,
        b"\r\r\r": None,
        b"\x11\x13\x11": None,
        b"\x00\x00\x00": None,
    }
    with serving(transport_for(scanner.port), recorder) as worker:
        recorder.wait_for(DeviceState.READY)
        for number, (data, reason) in enumerate(bad.items()):
            scanner.write(data)
            scanner.scan(f"card-{number}")
            if reason is not None:
                assert recorder.scan().rejected is reason
            assert recorder.scan().text == f"card-{number}"
        assert recorder.rest() == []
        counters = worker.counters
        assert counters.parser.empty == 3
        assert counters.parser.flow_control == 3
        assert counters.parser.noise == 3


def test_half_a_frame_on_a_quiet_line_is_refused_by_the_real_clock(
    scanner: SimulatedScanner, recorder: Recorder
) -> None:
    """A terminator that never comes ends in a refusal and not in waiting."""
    with serving(transport_for(scanner.port), recorder, frames=FrameSettings(inter_character_timeout_s=0.05)):
        recorder.wait_for(DeviceState.READY)
        scanner.write(b"29123")
        assert recorder.scan().rejected is RejectReason.TIMEOUT


def test_unplugged_in_mid_frame_the_half_is_thrown_away(scanner: SimulatedScanner, recorder: Recorder) -> None:
    """The second half, sent after the replug, is not joined to the first."""
    with serving(transport_for(scanner.port), recorder) as worker:
        recorder.wait_for(DeviceState.READY)
        # The whole code in front makes sure that the half behind it, of the same write, has been read.
        scanner.write(b"first\r29123")
        assert recorder.scan().text == "first"
        scanner.unplug()
        lost = recorder.wait_for(DeviceState.LOST)
        assert isinstance(lost.error, DeviceLost)
        scanner.plug()
        recorder.wait_for(DeviceState.READY)
        scanner.write(b"45678904\r")
        assert recorder.scan().text == "45678904"
        assert (worker.counters.frames_discarded, worker.counters.bytes_discarded) == (1, 5)


def test_unplugged_right_after_a_frame_the_frame_counts_once(scanner: SimulatedScanner, recorder: Recorder) -> None:
    """What has been read stays read; pulling the cable then neither loses nor repeats it."""
    with serving(transport_for(scanner.port), recorder) as worker:
        recorder.wait_for(DeviceState.READY)
        scanner.scan(CARD)
        assert recorder.scan().text == CARD
        scanner.unplug()
        recorder.wait_for(DeviceState.LOST)
        assert recorder.rest() == []
        assert worker.counters.frames_discarded == 0


def test_unplugged_in_the_same_moment_a_frame_is_whole_or_not_there(
    scanner: SimulatedScanner, recorder: Recorder
) -> None:
    """The kernel may drop what nobody has read, but it never makes a part of a number into a number."""
    with serving(transport_for(scanner.port), recorder):
        for _ in range(10):
            recorder.wait_for(DeviceState.READY)
            scanner.scan(CARD)
            scanner.unplug()
            recorder.wait_for(DeviceState.LOST)
            scanner.plug()
        recorder.wait_for(DeviceState.READY)
    assert {scan.text for scan in recorder.rest()} <= {CARD}


def test_five_hundred_replugs_lose_nothing_double_nothing_and_leak_nothing(
    scanner: SimulatedScanner, recorder: Recorder
) -> None:
    """A loose plug through a whole year: every card exactly once, no descriptor and no thread left over."""
    threads_before = threading.active_count()
    descriptors_before = open_descriptors()
    with serving(transport_for(scanner.port), recorder) as worker:
        for cycle in range(REPLUGS):
            recorder.wait_for(DeviceState.READY)
            scanner.scan(f"card-{cycle}")
            assert recorder.scan().text == f"card-{cycle}"
            scanner.unplug()
            recorder.wait_for(DeviceState.LOST)
            scanner.plug()
        recorder.wait_for(DeviceState.READY)
        assert recorder.rest() == []
        counters = worker.counters
        assert (counters.connects, counters.losses, counters.scans) == (REPLUGS + 1, REPLUGS, REPLUGS)
    assert threading.active_count() == threads_before
    assert open_descriptors() == descriptors_before


def open_descriptors() -> int:
    """How many files, pipes and ports this process holds."""
    return len(list(Path("/dev/fd").iterdir()))


def test_a_scanner_plugged_in_late_is_found(scanner: SimulatedScanner, recorder: Recorder) -> None:
    """The till may be switched on before the scanner."""
    scanner.unplug()
    with serving(transport_for(scanner.port), recorder):
        missing = recorder.wait_for(DeviceState.UNAVAILABLE)
        assert isinstance(missing.error, PortMissing)
        scanner.plug()
        recorder.wait_for(DeviceState.READY)


def test_a_port_that_another_program_holds_is_busy_until_it_is_free(
    scanner: SimulatedScanner, recorder: Recorder
) -> None:
    """Two readers would each get half of every code, so the second one is told."""
    rival = os.open(scanner.port, os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(rival, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with serving(transport_for(scanner.port), recorder):
        busy = recorder.wait_for(DeviceState.UNAVAILABLE)
        assert isinstance(busy.error, PortBusy)
        os.close(rival)
        recorder.wait_for(DeviceState.READY)


def test_a_second_worker_on_the_same_port_is_refused(scanner: SimulatedScanner, recorder: Recorder) -> None:
    """Configured twice by mistake, a scanner still gives each code once."""
    other = Recorder()
    with serving(transport_for(scanner.port), recorder):
        recorder.wait_for(DeviceState.READY)
        with serving(transport_for(scanner.port), other):
            assert isinstance(other.wait_for(DeviceState.UNAVAILABLE).error, PortBusy)
            scanner.scan(CARD)
            assert recorder.scan().text == CARD
            assert other.rest() == []


def test_a_port_without_permission_is_denied(scanner: SimulatedScanner) -> None:
    """A user who is not in the port's group is told so."""
    device = Path(scanner.port).resolve()
    device.chmod(0)
    with unprivileged(), pytest.raises(PortDenied):
        transport_for(str(device)).open()
    device.chmod(stat.S_IRUSR | stat.S_IWUSR)
    transport_for(str(device)).open().close()


def test_what_is_no_port_is_named_as_such(tmp_path: Path) -> None:
    """A folder, a file, a null device, a pipe, a socket, a link to itself: none is opened, none crashes."""
    file, pipe, loop, local = (tmp_path / name for name in ("file", "pipe", "loop", "local"))
    file.write_text("not a port")
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    for path in (tmp_path, file, pipe, loop, Path("/dev/null"), file / "below"):
        with pytest.raises(NotAPort):
            transport_for(str(path)).open()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(local))
        with pytest.raises(PortMissing):
            transport_for(str(local)).open()
    with pytest.raises(PortMissing):
        transport_for(str(tmp_path / "nothing")).open()
    assert file.read_text() == "not a port"


def test_stop_during_a_blocked_read_is_quick_and_frees_the_port(scanner: SimulatedScanner, recorder: Recorder) -> None:
    """Closing the till while the scanner is silent leaves the port to the next program."""
    with serving(transport_for(scanner.port), recorder) as worker:
        recorder.wait_for(DeviceState.READY)
        worker.stop()
        assert recorder.wait_for(DeviceState.STOPPED).error is None
        transport_for(scanner.port).open().close()


def test_two_scanners_interleaved_a_thousand_times_keep_their_codes_apart(tmp_path: Path, recorder: Recorder) -> None:
    """Bytes of two devices, sent in turns, never mix: each scan arrives once, in order, and says whose it is."""
    with ExitStack() as stack:
        names = ("left", "right")
        scanners = [stack.enter_context(simulated_scanner(tmp_path, name)) for name in names]
        for scanner, name in zip(scanners, names, strict=True):
            stack.enter_context(serving(transport_for(scanner.port), recorder, device_id=name))
        recorder.wait_for(DeviceState.READY)
        recorder.wait_for(DeviceState.READY)
        for number in range(INTERLEAVED):
            codes = [f"{name}-{number}\r".encode() for name in names]
            for left, right in zip_longest(*codes):
                for scanner, byte in zip(scanners, (left, right), strict=True):
                    if byte is not None:
                        scanner.write(bytes([byte]))
        scans = [recorder.scan() for _ in range(2 * INTERLEAVED)]
        assert recorder.rest() == []
    for name in names:
        assert [scan.text for scan in scans if scan.device_id == name] == [f"{name}-{n}" for n in range(INTERLEAVED)]


def test_a_scanner_server_on_the_network_is_read_and_found_again(recorder: Recorder) -> None:
    """The line that stands in for a serial port on Windows behaves like one."""
    with SimulatedScanner(LoopbackLine(), "network") as scanner:
        with serving(transport_for(scanner.port), recorder):
            for cycle in range(3):
                recorder.wait_for(DeviceState.READY)
                scanner.scan(f"card-{cycle}")
                assert recorder.scan().text == f"card-{cycle}"
                scanner.unplug()
                recorder.wait_for(DeviceState.LOST)
                scanner.plug()
            recorder.wait_for(DeviceState.READY)
        assert recorder.rest() == []
