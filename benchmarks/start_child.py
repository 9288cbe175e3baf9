"""Starts one window and says when it was first painted, on the clock all processes share.

``start_child till DIR`` takes the till's whole way in through its command line, ``start_child minimal`` opens a window
with one label. Prints the moment in nanoseconds and ends the process.
"""

import os
import sys
import time

FIRST_PAINT_EXIT = 0


def _tell_and_leave() -> None:
    sys.stdout.write(f"{time.monotonic_ns()}\n")
    sys.stdout.flush()
    os._exit(FIRST_PAINT_EXIT)


def _minimal() -> None:
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QLabel

    class Label(QLabel):
        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
            super().paintEvent(event)
            QTimer.singleShot(0, _tell_and_leave)

    application = QApplication(sys.argv[:1])
    label = Label("Stammkunde")
    label.resize(1366, 768)
    label.show()
    application.exec()


def _till(directory: str) -> None:
    from terminal import main

    make = main.make_application

    def make_and_watch() -> object:
        from PySide6.QtCore import QEvent, QTimer

        from terminal.ui.window import MainWindow

        handle = MainWindow.event

        def event(window: MainWindow, what: QEvent) -> bool:
            done = handle(window, what)
            if what.type() == QEvent.Type.UpdateRequest:
                QTimer.singleShot(0, _tell_and_leave)
            return done

        MainWindow.event = event  # type: ignore[assignment, method-assign]
        return make()

    main.make_application = make_and_watch  # type: ignore[assignment]
    sys.argv = ["stammkunde", "--data", directory, "--lang", "de", "till"]
    main.main()


if __name__ == "__main__":
    if sys.argv[1] == "till":
        _till(sys.argv[2])
    else:
        _minimal()
