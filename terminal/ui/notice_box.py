"""A sentence for somebody who started the till from an icon and has no terminal to read."""

from __future__ import annotations

import sys
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

SHOWN_MS: Final = 15_000
"""How long it stays when nobody answers, in milliseconds: whoever started the program waits for its exit code."""

OFF_SCREEN: Final = frozenset({"offscreen", "minimal"})


def show_notice(application: QApplication, sentence: str) -> None:
    """Show why the till can't open, where nobody would see it otherwise."""
    if application.platformName() in OFF_SCREEN or (sys.stderr is not None and sys.stderr.isatty()):
        return
    box = QMessageBox(QMessageBox.Icon.Critical, application.applicationName(), sentence)
    QTimer.singleShot(SHOWN_MS, box.close)
    box.exec()
