"""How the scanners of a till end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hardware.worker import ScannerWorker
from terminal.devices.scanners import Scanners
from terminal.settings.scanner import FurtherScanner, ScannerSettings
from tests.fakes.serial_line import Recorder


def test_all_are_asked_to_end_before_one_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each may sit in a connection that nobody answers: the till's end waits for the slowest and not for their sum."""
    told: list[str] = []
    let_end, stop = ScannerWorker.let_end, ScannerWorker.stop

    def told_first(word: str, act: Callable[[ScannerWorker], None]) -> Callable[[ScannerWorker], None]:
        def tell(worker: ScannerWorker) -> None:
            told.append(word)
            act(worker)

        return tell

    monkeypatch.setattr(ScannerWorker, "let_end", told_first("ask", let_end))
    monkeypatch.setattr(ScannerWorker, "stop", told_first("wait", stop))
    first, second = (str(tmp_path / name) for name in ("one", "two"))
    recorder = Recorder()
    further = [FurtherScanner(port=second, name="second")]
    scanners = Scanners(
        ScannerSettings(port=first), further, on_scan=recorder.on_scan, on_status=recorder.on_status, ports=list
    )
    scanners.start()
    scanners.stop()
    assert told[:3] == ["ask", "ask", "wait"]
