"""The watch over the ledger: silent while all is well, one clear word when it is not, gone when the till closes."""

from __future__ import annotations

import queue
import sys
from pathlib import Path

import pytest

from storage.errors import StorageError
from storage.files import LEDGER_FILE
from terminal.app.health import VERIFIED_MARK, HealthWatch, verify_command
from tests.fakes.counter import Counter

WAIT_S = 60


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A closed till's data directory."""
    Counter(tmp_path / "till").close()
    return tmp_path / "till"


def watch(shop: Path, command: list[str]) -> tuple[HealthWatch, queue.Queue[StorageError]]:
    """A watch that does not wait, and what it says."""
    told: queue.Queue[StorageError] = queue.Queue()
    return HealthWatch(shop, told.put, command, quick_check_delay_s=0, verify_delay_s=0.01), told


def test_a_damaged_page_is_told(shop: Path) -> None:
    """Somebody's disk turned bytes over."""
    file = shop / LEDGER_FILE
    data = bytearray(file.read_bytes())
    data[4096 * 3 : 4096 * 4] = b"\xa5" * 4096
    file.write_bytes(data)
    made, told = watch(shop, [sys.executable, "-c", "pass"])
    made.start()
    assert isinstance(told.get(timeout=WAIT_S), StorageError)
    made.stop()


def test_a_failed_proof_is_told(shop: Path) -> None:
    """Only the answer "not ok" is damage."""
    made, told = watch(shop, [sys.executable, "-c", 'print(\'{"ok": false, "problems": ["row 3"]}\')'])
    made.start()
    assert "row 3" in told.get(timeout=WAIT_S).support
    made.stop()
    assert not (shop / VERIFIED_MARK).exists()


def test_a_proof_that_could_not_run_is_no_damage(shop: Path, tmp_path: Path) -> None:
    """A full disk for its scratch file says nothing about the ledger; it is tried again."""
    runs = tmp_path / "runs"
    program = f"open({str(runs)!r}, 'a').write('x'); print('{{\"error\": {{}}}}'); raise SystemExit(1)"
    made, told = watch(shop, [sys.executable, "-c", program])
    made.start()
    for _ in range(WAIT_S * 100):
        if runs.exists() and len(runs.read_text()) > 1:
            break
        made._stopping.wait(0.01)
    made.stop()
    assert len(runs.read_text()) > 1
    assert told.empty()


def test_the_real_command_proves_the_ledger_and_is_not_due_again(shop: Path) -> None:
    """Run once, marked; the next round finds nothing to do, and damage would have been told."""
    made, told = watch(shop, verify_command(shop))
    made.start()
    for _ in range(WAIT_S * 100):
        if (shop / VERIFIED_MARK).exists():
            break
        assert told.empty()
        made._stopping.wait(0.01)
    made.stop()
    assert (shop / VERIFIED_MARK).exists()
    assert told.empty()


def test_closing_the_till_ends_a_proof_that_runs(shop: Path, tmp_path: Path) -> None:
    """Stop returns although the command would run on for minutes, and nothing is said."""
    started = tmp_path / "started"
    program = f"import pathlib, threading; pathlib.Path({str(started)!r}).touch(); threading.Event().wait(300)"
    made, told = watch(shop, [sys.executable, "-c", program])
    made.start()
    for _ in range(WAIT_S * 100):
        if started.exists():
            break
        made._stopping.wait(0.01)
    made.stop()
    assert told.empty()
    assert not (shop / VERIFIED_MARK).exists()
