"""Finding the scanner we know among the ports there are."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from serial.tools.list_ports_common import ListPortInfo

from hardware import discovery
from hardware.discovery import MatchedTransport, PortInfo, PortMatch, find, list_ports, match_of
from hardware.errors import NotAPort, PortBusy, PortMissing
from hardware.transport import SerialSettings
from tests.fakes.serial_line import ScriptedLine, ScriptedTransport

SCANNER = PortInfo(port="/dev/ttyACM0", vid=0x0C2E, pid=0x0B61, serial="A1", by_id="/dev/serial/by-id/scanner-A1")
TWIN = PortInfo(port="/dev/ttyACM1", vid=0x0C2E, pid=0x0B61, serial="B2", by_id="/dev/serial/by-id/scanner-B2")
PRINTER = PortInfo(port="/dev/ttyUSB0", vid=0x04B8, pid=0x0202, serial="P9")
BOARD = PortInfo(port="/dev/ttyS0")


def renamed(info: PortInfo, port: str, **changes: str) -> PortInfo:
    """The same device under another name."""
    return PortInfo(
        port=port,
        vid=info.vid,
        pid=info.pid,
        serial=changes.get("serial", info.serial),
        by_id=changes.get("by_id", info.by_id),
    )


def test_a_scanner_under_a_new_name_is_the_same_scanner() -> None:
    """Vendor, product and serial number count more than the port's name."""
    moved = renamed(SCANNER, "/dev/ttyACM7")
    assert find(match_of(SCANNER), [renamed(TWIN, "/dev/ttyACM0"), moved]) == moved


def test_one_scanner_of_its_model_without_serial_number_is_found() -> None:
    """Cheap scanners have no serial number; one is still unmistakable."""
    plain = renamed(SCANNER, "/dev/ttyACM3", serial="", by_id="")
    assert find(PortMatch(vid=0x0C2E, pid=0x0B61, port="/dev/ttyACM0"), [PRINTER, plain]) == plain


def test_of_two_equal_scanners_the_stable_link_decides() -> None:
    """Without serial numbers the place on the hub tells them apart."""
    left = renamed(SCANNER, "/dev/ttyACM0", serial="", by_id="/dev/serial/by-id/left")
    right = renamed(SCANNER, "/dev/ttyACM1", serial="", by_id="/dev/serial/by-id/right")
    match = PortMatch(vid=0x0C2E, pid=0x0B61, by_id="/dev/serial/by-id/right", port="/dev/ttyACM0")
    assert find(match, [left, right]) == right


def test_of_two_equal_scanners_the_port_decides_last() -> None:
    """When nothing else is known, the old name it is."""
    left, right = (renamed(SCANNER, f"/dev/ttyACM{i}", serial="", by_id="") for i in (0, 1))
    assert find(PortMatch(vid=0x0C2E, pid=0x0B61, port="/dev/ttyACM1"), [left, right]) == right


def test_the_serial_number_beats_a_twin_that_hides_its_own() -> None:
    """An exact match is not made doubtful by a device that says less."""
    silent = renamed(TWIN, "/dev/ttyACM1", serial="")
    assert find(PortMatch(vid=0x0C2E, pid=0x0B61, serial="A1"), [silent, SCANNER]) == SCANNER


def test_another_device_on_the_old_port_is_never_taken() -> None:
    """After a reshuffle the printer may have the scanner's old name."""
    assert find(match_of(SCANNER), [renamed(PRINTER, "/dev/ttyACM0")]) is None
    assert find(match_of(SCANNER), [renamed(TWIN, "/dev/ttyACM0")]) is None


def test_a_port_that_is_not_usb_is_found_by_name() -> None:
    """A scanner on the board's own RS-232 has only its port."""
    assert find(match_of(BOARD), [SCANNER, BOARD]) == BOARD


def test_nothing_remembered_finds_nothing() -> None:
    """An empty memory does not take the first port that comes."""
    assert find(PortMatch(), [SCANNER, BOARD]) is None


def test_ports_are_listed_with_their_stable_links(tmp_path: Path) -> None:
    """The list joins pyserial's ports with udev's links, sorted by name."""
    device = tmp_path / "ttyACM0"
    device.touch()
    folder = tmp_path / "by-id"
    folder.mkdir()
    (folder / "usb-scanner").symlink_to(device)
    listed = [
        SimpleNamespace(device="/dev/ttyS0", vid=None, pid=None, serial_number=None, description=None),
        SimpleNamespace(device=str(device), vid=0x0C2E, pid=0x0B61, serial_number="A1", description="Scanner"),
    ]
    ports = list_ports(lambda: listed, folder)  # type: ignore[arg-type,return-value] # what pyserial's objects offer
    usb = next(info for info in ports if info.vid)
    assert usb.by_id == str(folder / "usb-scanner")
    assert usb.usb_id == "0C2E:0B61"
    assert [info.port for info in ports] == sorted([str(device), "/dev/ttyS0"])


@pytest.mark.parametrize("error", [OSError("gone"), TypeError("int() of None"), ValueError("int() of nothing")])
def test_a_device_that_vanishes_while_it_is_described_is_no_crash(error: Exception) -> None:
    """Pyserial reads several files of a device; pulled out in between, they are empty or not there."""

    def comports() -> list[ListPortInfo]:
        raise error

    assert list_ports(comports) == []


def test_this_machine_can_be_listed() -> None:
    """The real list works wherever the tests run, with or without ports."""
    assert all(info.port for info in list_ports())


def test_a_missing_scanner_is_missing_and_not_its_successor_on_the_port() -> None:
    """Opening by match refuses rather than opening whatever has the name now."""
    transport = MatchedTransport(match_of(SCANNER), ports=lambda: [renamed(PRINTER, "/dev/ttyACM0")])
    assert transport.presence() is None
    with pytest.raises(PortMissing):
        transport.open()


def test_presence_changes_when_the_scanner_comes_back_elsewhere() -> None:
    """A new name is a change that ends the wait."""
    ports = [SCANNER]
    transport = MatchedTransport(match_of(SCANNER), ports=lambda: ports)
    before = transport.presence()
    ports[:] = [renamed(SCANNER, "/dev/ttyACM5")]
    assert transport.presence() not in {None, before}


def test_a_remembered_link_that_no_list_knows_is_used_as_it_is(tmp_path: Path) -> None:
    """Pseudo-terminals, Bluetooth ports and URLs are not in pyserial's list."""
    link = tmp_path / "scanner"
    link.touch()
    assert MatchedTransport(PortMatch(port=str(link)), ports=list).presence() is not None


class Machine:
    """Ports that come and go; each opens as the scripted line of its name."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *infos: PortInfo) -> None:
        self.infos = list(infos)
        self.opened: list[str] = []
        monkeypatch.setattr(discovery, "transport_for", self._transport_for)

    def ports(self) -> list[PortInfo]:
        return self.infos

    def _transport_for(self, url: str, _settings: SerialSettings | None = None) -> ScriptedTransport:
        self.opened.append(url)
        return ScriptedTransport(ScriptedLine())


@pytest.mark.parametrize("configured", ["ttyACM0", "by-path-link"])
def test_what_was_opened_by_its_name_is_found_under_another(
    configured: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings know a name or a link; what it stood for is learned when it is opened, and counts from then on."""
    port = tmp_path / "ttyACM0"
    port.touch()
    (tmp_path / "by-path-link").symlink_to(port)
    machine = Machine(monkeypatch, renamed(SCANNER, str(port)))
    transport = MatchedTransport(PortMatch(port=str(tmp_path / configured)), ports=machine.ports)
    transport.open()
    machine.infos = [renamed(PRINTER, str(port)), renamed(SCANNER, "/dev/ttyACM5")]
    transport.open()
    assert machine.opened == [str(port), "/dev/ttyACM5"]


def test_a_spare_of_the_same_model_takes_the_configured_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken scanner is exchanged while the till is open; the spare has another serial number."""
    machine = Machine(monkeypatch, SCANNER)
    transport = MatchedTransport(PortMatch(port=SCANNER.port), ports=machine.ports)
    transport.open()
    machine.infos = [renamed(TWIN, SCANNER.port)]
    transport.open()
    assert machine.opened == [SCANNER.port, SCANNER.port]


def test_the_scanner_itself_goes_before_its_spare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of a model that changed places are still told apart."""
    machine = Machine(monkeypatch, SCANNER)
    transport = MatchedTransport(PortMatch(port=SCANNER.port), ports=machine.ports)
    transport.open()
    machine.infos = [renamed(TWIN, SCANNER.port), renamed(SCANNER, TWIN.port)]
    transport.open()
    assert machine.opened == [SCANNER.port, TWIN.port]


def test_nothing_is_learned_from_a_port_that_could_not_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands behind a busy or denied port has not proved to be the scanner."""
    machine = Machine(monkeypatch, renamed(PRINTER, SCANNER.port))
    transport = MatchedTransport(PortMatch(port=SCANNER.port), ports=machine.ports)
    with monkeypatch.context() as busy:
        busy.setattr(discovery, "transport_for", lambda *_: ScriptedTransport(PortBusy("scripted")))
        with pytest.raises(PortBusy):
            transport.open()
    machine.infos = [SCANNER]
    transport.open()
    assert machine.opened == [SCANNER.port]


def test_a_remembered_link_that_is_gone_is_not_present(tmp_path: Path) -> None:
    """Only what stands there is a presence; otherwise every wait for it would end at once."""
    assert MatchedTransport(PortMatch(port=str(tmp_path / "scanner")), ports=list).presence() is None


def test_a_name_that_cannot_be_a_path_is_a_known_error() -> None:
    """A settings file may hold any text."""
    with pytest.raises(NotAPort):
        MatchedTransport(PortMatch(port="/dev/tty\0"), ports=lambda: [SCANNER]).open()


def test_a_scanner_says_which_listed_port_is_its_own_without_opening_it() -> None:
    """Whoever looks for new scanners must not take one that is somebody's."""
    transport = MatchedTransport(match_of(SCANNER), ports=list)
    assert transport.locate([PRINTER, renamed(SCANNER, "/dev/ttyACM5")]) == renamed(SCANNER, "/dev/ttyACM5")
    assert transport.locate([PRINTER, TWIN]) is None


def test_what_was_opened_is_known_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its USB id decides whose scanner it is; a port in no list has none."""
    machine = Machine(monkeypatch, SCANNER)
    transport = MatchedTransport(PortMatch(port=SCANNER.port), ports=machine.ports)
    transport.open()
    assert transport.found == SCANNER
    elsewhere = MatchedTransport(PortMatch(port="/dev/pts/9"), ports=machine.ports)
    elsewhere.open()
    assert elsewhere.found is None
