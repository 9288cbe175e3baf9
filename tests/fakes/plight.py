"""What a running till can tell of itself when a test waited for it in vain."""

from __future__ import annotations

import sys
import threading
import traceback
from pathlib import Path

from hardware.simulated import SimulatedScanner
from terminal.assembly import RunningTill
from tests.fakes.loops import loops_run

FRAMES_MAX = 6
"""How many of the innermost calls of each thread are told."""


def plight(till: RunningTill, scanner: SimulatedScanner) -> str:
    """The screen, the event loop, what the devices said last, the scanner's port, and where every thread stands."""
    state, devices = till.shell.state, till.shell._devices
    told = [
        f"on {state.screen}, {state.bar.scanner.text}: {till.shell.idle.state.notice}",
        "Qt's loops run" if loops_run() else "Qt's loops end before they begin: an order to quit was left over",
        f"the shell heard of {list(devices._scanners.values())}, trouble: {devices.trouble!r}",
        f"the scanner is {'in' if scanner.is_plugged else 'out'}, {_port(scanner.port)}",
        *_doctors_view(till),
        *_stacks(),
    ]
    return "\n".join(told)


def _port(port: str) -> str:
    """Where the link to a port leads, and whether something is there."""
    path = Path(port)
    target = path.readlink() if path.is_symlink() else "no link"
    return f"{port} -> {target}, {'there' if path.exists() else 'missing'}"


def _doctors_view(till: RunningTill) -> list[str]:
    """What the scanners' threads have counted, where the devices were attached."""
    doctor = till.around.doctor
    return [] if doctor is None else [f"the device screen knows {view}" for view in doctor.devices()]


def _stacks() -> list[str]:
    """Where each thread of this process stands."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    return [
        f"thread {names.get(ident, ident)}:\n{''.join(traceback.format_stack(frame)[-FRAMES_MAX:])}"
        for ident, frame in sys._current_frames().items()
    ]
