"""The real till on a real X server, for tests that type on its keyboard: ``python -m tests.ui.wedge.x_till DIRECTORY``.

Prints one JSON object a line: each scan, and screen and field whenever they change. A line ``busy`` on its input makes
the window deaf until a line ``wake``; the end of its input ends it.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLineEdit

from hardware.scans import Scan
from terminal.app.system import SystemClock, SystemIds
from terminal.assembly import assemble
from terminal.main import make_application
from terminal.settings.wedge import WedgeSettings
from terminal.ui.wedge import WedgeFilter
from texts.i18n import Texts

BUSY_S_MAX: Final = 30.0
"""How long the window is deaf at most, in seconds."""

LOOK_MS: Final = 20
"""How often the screen is looked at, in milliseconds."""


def say(**what: object) -> None:
    """Tell the test."""
    print(json.dumps(what), flush=True)


def main() -> None:
    """Run the till until nobody listens any more."""
    application = make_application()
    till = assemble(
        application,
        Path(sys.argv[1]),
        texts_for=lambda currency: Texts("en", currency),
        scanners=[],
        clock=SystemClock(),
        ids=SystemIds(),
        crashed=lambda error: say(crashed=repr(error)),
    )

    def scanned(scan: Scan) -> None:
        say(scan=scan.text, rejected=scan.rejected)
        till.shell.scanned(scan)

    wedge = WedgeFilter(application, scanned, WedgeSettings(), till.around.knows_number)
    wedge.install()
    seen: dict[str, object] = {}

    def look() -> None:
        focus = QApplication.focusWidget()
        field = focus if isinstance(focus, QLineEdit) else None
        now: dict[str, object] = {
            "screen": till.shell.state.screen.value,
            "active": till.window.isActiveWindow(),
            "field": field.objectName() if field else "",
            "text": field.text() if field else "",
        }
        if now != seen:
            seen.update(now)
            say(**now)

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(LOOK_MS)
    till.window.open()

    woken = threading.Event()

    def be_busy() -> None:
        say(**seen, busy=True)
        woken.wait(BUSY_S_MAX)

    def obey() -> None:
        for line in sys.stdin:
            if line == "wake\n":
                woken.set()
            else:
                till.bridge.deliver(be_busy)
        till.bridge.deliver(application.quit)

    threading.Thread(target=obey, daemon=True).start()
    application.exec()
    wedge.remove()
    till.stop()


if __name__ == "__main__":
    main()
