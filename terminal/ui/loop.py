"""The program's event loop, of which there may be several, one after the other, in one process."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication


def run_loop(application: QApplication) -> int:
    """Run the event loop until the program is asked to end, and leave no such order behind.

    To quit, Qt closes the windows, and the last one that closes posts an order to quit once more. The loop has ended by
    then; whoever next looks after events outside a loop would carry that order out, and from then on every loop that is
    not the application's own would end before it began.

    Args:
        application: The Qt application.

    Returns:
        The exit code.
    """
    code = int(application.exec())
    QCoreApplication.removePostedEvents(application, int(QEvent.Type.Quit.value))
    return code
