"""What waits in vain in these tests says why, since the next one may be as rare as the last."""

from __future__ import annotations

import pytest

from tests.ui.till import conftest
from tests.ui.till.conftest import Rig

SOON_MS = 1


def test_waiting_in_vain_tells_what_the_till_does(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """The screen, the loop, the scanner's last word, where its port leads, and where its thread stands."""
    monkeypatch.setattr(conftest, "WAIT_MS", SOON_MS)
    with pytest.raises(AssertionError) as told:
        rig.until(lambda: False)
    for part in (
        "on idle, Scanner ready",
        "Qt's loops run",
        "state=<DeviceState.READY",
        f"is in, {rig.scanner.port} ->",
    ):
        assert part in str(told.value)
    assert "thread scanner-scanner:" in str(told.value)
    assert "in receive" in str(told.value)


def test_a_port_that_is_gone_is_told(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """The trouble and the missing link, in one message."""
    rig.scanner.unplug()
    rig.until(lambda: rig.till.shell.state.bar.scanner.text == "Scanner unplugged")
    monkeypatch.setattr(conftest, "WAIT_MS", SOON_MS)
    with pytest.raises(AssertionError, match=r"trouble: DeviceLost(?s:.)*is out, .* -> no link, missing"):
        rig.until(lambda: False)
