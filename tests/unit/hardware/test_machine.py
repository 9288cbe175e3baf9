"""What the machine says about ports, read from a tree of files that a test has made, and from this machine."""

from __future__ import annotations

import os
import pty
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.machine import Machine, PathKind, process_groups
from tests.fakes.fake_machine import FakeMachine

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc and pseudo-terminals are Linux's")


@pytest.fixture
def port() -> Iterator[str]:
    """A character device of this machine that this process has open."""
    master, slave = pty.openpty()
    yield os.ttyname(slave)
    os.close(master)
    os.close(slave)


def test_a_port_is_told_from_a_folder_a_file_and_nothing(tmp_path: Path, port: str) -> None:
    """By what stands at the path; nothing is opened."""
    machine = Machine()
    assert machine.look_at(port).kind is PathKind.PORT
    assert machine.look_at(port).allowed
    assert machine.look_at(str(tmp_path)).kind is PathKind.FOLDER
    assert machine.look_at(__file__).kind is PathKind.FILE
    assert machine.look_at(str(tmp_path / "gone")).kind is PathKind.MISSING
    assert machine.look_at("a\0b").kind is PathKind.MISSING


def test_on_windows_a_port_is_no_path() -> None:
    """COM3 stands in no folder."""
    assert Machine(platform="win32").look_at("COM3").kind is PathKind.PORT


def test_this_process_holds_the_port_it_has_open(port: str) -> None:
    """Found in the real /proc, and known to be the till."""
    (holder,) = Machine().holders(port)
    assert holder.pid == os.getpid()
    assert holder.is_till


def test_processes_that_end_or_hide_are_looked_over(tmp_path: Path) -> None:
    """A folder without files, one with a name that is no number, a link that leads nowhere."""
    machine = FakeMachine(tmp_path)
    (tmp_path / "proc" / "999").mkdir(parents=True)
    (tmp_path / "proc" / "meminfo").touch()
    machine.run(12, "minicom", "/dev/ttyS9")
    assert [holder.program for holder in machine.holders("/dev/ttyS9")] == ["minicom"]
    assert machine.holders("a\0b") == ()


def test_long_names_of_programs_are_cut_as_the_kernel_cuts_them(tmp_path: Path) -> None:
    """It keeps fifteen characters."""
    machine = FakeMachine(tmp_path)
    machine.run(1, "a-program-with-a-long-name"[:15])
    assert machine.running("a-program-with-a-long-name", "brltty") == {"a-program-with-a-long-name"}


def test_usb_devices_are_read_with_what_they_can_do(tmp_path: Path) -> None:
    """Class, protocol and driver of each interface; hubs without ids and broken entries are left out."""
    machine = FakeMachine(tmp_path)
    machine.add_usb("1-2", 0x0C2E, 0x0B61, "Voyager", (3, 1, "usbhid"), (2, 0, "cdc_acm"))
    (tmp_path / "sys/bus/usb/devices/usb1").mkdir()
    (device,) = machine.usb_devices()
    assert (device.usb_id, device.name, device.types) == ("0C2E:0B61", "Voyager", True)
    assert [each.driver for each in device.interfaces] == ["usbhid", "cdc_acm"]


def test_a_machine_without_those_folders_knows_nothing_and_breaks_nothing(tmp_path: Path) -> None:
    """As on Windows and macOS."""
    machine = Machine(root=tmp_path)
    assert machine.usb_devices() == ()
    assert machine.holders("/dev/ttyACM0") == ()
    assert machine.running("brltty") == frozenset()


def test_udev_s_note_says_whether_modem_manager_keeps_away(tmp_path: Path, port: str) -> None:
    """The rules of this program set it."""
    machine = Machine(root=tmp_path)
    number = Path(port).stat().st_rdev
    note = tmp_path / "run" / "udev" / "data" / f"c{os.major(number)}:{os.minor(number)}"
    note.parent.mkdir(parents=True)
    assert not machine.is_spared_by_modem_manager(port)
    note.write_text("E:ID_VENDOR=x\nE:ID_MM_DEVICE_IGNORE=1\n")
    assert machine.is_spared_by_modem_manager(port)
    assert not machine.is_spared_by_modem_manager(str(tmp_path / "gone"))


def test_groups_are_those_of_this_process() -> None:
    """Membership that was given after the log-in does not count yet, and that is what must be told."""
    groups = process_groups()
    assert Machine(groups=lambda: groups).is_member(next(iter(groups)))
    assert not Machine(groups=lambda: groups).is_member("no-such-group")


def test_sounds_need_a_player() -> None:
    """Which programs count is the player's business."""
    assert Machine(which=lambda _name: "/usr/bin/aplay", platform="linux").plays_sounds()
    assert not Machine(which=lambda _name: None, platform="linux").plays_sounds()
