"""HID-POS scanners are found, opened, read and lost as hidapi tells it."""

import os
import sys

import pytest

from hardware import hidline
from hardware.errors import DeviceLost, DriverMissing, HardwareError, NotAPort, PortBusy, PortDenied, PortMissing
from hardware.hidline import HidTransport, hid_ports, load_hid
from hardware.hidpos import ReportParser
from hardware.scans import DeviceState
from hardware.symbology import Symbology
from tests.fakes.hid import FakeHid, report
from tests.fakes.serial_line import Recorder, serving

CARD = "2912345678904"
PATH = b"/dev/hidraw7"


def transport(hid: FakeHid | None, url: str = "hid://0c2e:0b61") -> HidTransport:
    """The way to a scanner through the fake."""
    return HidTransport(url, lambda: hid)


def error_of(way: HidTransport) -> HardwareError:
    """Why it can't be opened."""
    with pytest.raises(HardwareError) as caught:
        way.open()
    return caught.value


def test_a_report_travels_from_the_device_to_a_scan() -> None:
    """Device, line, worker and parser together; the kind is known without guessing."""
    hid, recorder = FakeHid(), Recorder()
    reports = hid.plug(PATH)
    with serving(transport(hid), recorder, frames=ReportParser()):
        recorder.wait_for(DeviceState.READY)
        reports.put(report(CARD.encode()))
        scan = recorder.scan()
    assert (scan.text, scan.aim, scan.symbology) == (CARD, "]E0", Symbology.EAN13)
    assert hid.open_paths == []


def test_unplugged_in_mid_code_it_is_found_again_and_the_half_is_gone() -> None:
    """The device comes back on another path; half a number stays half a number."""
    hid, recorder = FakeHid(), Recorder()
    reports = hid.plug(PATH)
    with serving(transport(hid), recorder, frames=ReportParser()) as worker:
        recorder.wait_for(DeviceState.READY)
        reports.put(report(b"first"))
        assert recorder.scan().text == "first"
        reports.put(report(b"29123", goes_on=True))
        hid.unplug(PATH)
        assert isinstance(recorder.wait_for(DeviceState.LOST).error, DeviceLost)
        reports = hid.plug(b"/dev/hidraw8")
        recorder.wait_for(DeviceState.READY)
        reports.put(report(b"45678904"))
        assert recorder.scan().text == "45678904"
        assert (worker.counters.frames_discarded, worker.counters.bytes_discarded) == (1, 5)


@pytest.mark.parametrize("url", ["hid://", "hid://0c2e:0b61", "hid://0C2E:0B61", "hid://0c2e:0b61/A1"])
def test_a_scanner_is_meant_by_as_much_as_the_address_says(url: str) -> None:
    """Any, one of a model, or the very one."""
    hid = FakeHid()
    hid.plug(b"keyboard", usage_page=0x01)
    hid.plug(PATH, serial="A1")
    way = transport(hid, url)
    way.open().close()
    assert way.found is not None
    assert (way.found.port, way.found.usb_id) == ("hid://0c2e:0b61/A1", "0C2E:0B61")


@pytest.mark.parametrize("url", ["hid://0c2e:0b62", "hid://05e0:1900", "hid://0c2e:0b61/B2"])
def test_another_device_is_never_opened(url: str) -> None:
    """A scanner of another model or another serial number is not the one that is meant."""
    hid = FakeHid()
    hid.plug(PATH, serial="A1")
    assert isinstance(error_of(transport(hid, url)), PortMissing)
    assert transport(hid, url).presence() is None


def test_the_keyboard_interface_of_a_scanner_is_not_opened() -> None:
    """Devices have several interfaces; the one of bar code scanners is the one to read."""
    hid = FakeHid()
    hid.plug(PATH, usage_page=0x01)
    assert isinstance(error_of(transport(hid)), PortMissing)


@pytest.mark.parametrize("url", ["hid://x", "hid://0c2e", "hid://0c2e:0b61:1", "hid://0c2e:zzzz"])
def test_a_malformed_address_is_not_a_port(url: str) -> None:
    """A typing mistake in the settings is named as one."""
    assert isinstance(error_of(transport(FakeHid(), url)), NotAPort)
    assert transport(FakeHid(), url).presence() is None


def test_without_hidapi_the_error_says_what_to_install() -> None:
    """It is an optional part: absent, it is a known error with a cure and no crash."""
    error = error_of(transport(None))
    assert isinstance(error, DriverMissing)
    assert "hid" in error.cure
    assert transport(None).presence() is None


def test_hidapi_is_looked_for_under_both_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither of them there is no error, only an answer."""
    monkeypatch.setattr(hidline, "MODULES", ("no_such_module_one", "no_such_module_two"))
    assert load_hid() is None
    monkeypatch.setattr(hidline, "MODULES", ("no_such_module_one", "json"))
    assert load_hid() is not None


def test_a_scanner_that_another_program_has_is_busy() -> None:
    """Hidapi says only that opening failed."""
    hid = FakeHid()
    hid.plug(PATH)
    hid.refuses.add(PATH)
    assert type(error_of(transport(hid))) is PortBusy


@pytest.mark.skipif(sys.platform != "linux", reason="device nodes are Linux's")
def test_a_scanner_without_permission_is_denied(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cure is a rule for udev, not closing another program."""
    node = b"/dev/null"
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    hid = FakeHid()
    hid.plug(node)
    hid.refuses.add(node)
    assert type(error_of(transport(hid))) is PortDenied


def test_scanners_are_listed_and_other_devices_are_not() -> None:
    """What says of itself that it is a bar code scanner is one, whoever made it."""
    hid = FakeHid()
    hid.plug(b"mouse", usage_page=0x01)
    hid.plug(b"two", vid=0x1234, pid=0x0001)
    hid.plug(b"one", serial="A1")
    assert [info.port for info in hid_ports(hid)] == ["hid://0c2e:0b61/A1", "hid://1234:0001"]
    assert hid_ports(hid)[0].description == "HID scanner"


def test_nothing_is_written_to_a_hid_scanner() -> None:
    """Output reports are every maker's own."""
    hid = FakeHid()
    hid.plug(PATH)
    line = transport(hid).open()
    assert not line.send(b"\x06")
    line.cancel()
    line.close()
    with pytest.raises(DeviceLost):
        line.receive()
