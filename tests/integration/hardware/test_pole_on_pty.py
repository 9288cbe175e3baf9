"""The two-line display at the end of a real serial line, read byte by byte as a display would."""

from __future__ import annotations

import os
import select
import sys
import tty
from collections.abc import Iterator

import pytest

from hardware.pole import PoleDialect, PoleProtocol, PoleRow, PoleText
from hardware.pole_worker import PoleWorker
from hardware.scans import DeviceState
from hardware.transport import SerialSettings, transport_for
from tests.fakes.pole import FakePole
from tests.fakes.serial_line import PATIENCE_S, Recorder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")


@pytest.fixture
def ends() -> Iterator[tuple[int, str]]:
    """A line: the display's end, and the port the till opens."""
    display, till = os.openpty()
    tty.setraw(till)
    name = os.ttyname(till)
    yield display, name
    os.close(till)
    os.close(display)


def received(display: int, count: int) -> bytes:
    """So many bytes, waited for."""
    data = b""
    while len(data) < count:
        assert select.select([display], [], [], PATIENCE_S)[0], f"only {len(data)} of {count} bytes came"
        data += os.read(display, count - len(data))
    return data


@pytest.mark.parametrize("protocol", list(PoleProtocol))
def test_a_text_crosses_a_serial_line(ends: tuple[int, str], protocol: PoleProtocol) -> None:
    """Opened, shown, and left dark; nothing in between but whole commands."""
    display, port = ends
    dialect, text = PoleDialect(protocol=protocol), PoleText(PoleRow("Anna", "1.284 Punkte"), PoleRow("", "18,45 €"))
    pole, recorder = FakePole(protocol=protocol.value, table="cp858"), Recorder()
    worker = PoleWorker(transport_for(port, SerialSettings(baud=9600)), dialect, on_status=recorder.on_status)
    worker.show(text)
    worker.start()
    recorder.wait_for(DeviceState.READY)
    pole.take(received(display, len(dialect.opening())))
    pole.table = "cp858"
    pole.take(received(display, len(dialect.frame(text))))
    assert [row.strip() for row in pole.rows] == ["Anna    1.284 Punkte", "18,45 €"]
    worker.stop()
    pole.take(received(display, len(dialect.closing())))
    assert pole.is_dark
