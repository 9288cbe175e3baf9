"""A desktop of its own for a test: an X server without a screen, a window manager, a keyboard to type on."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

START_S: Final = 30.0
"""How long the X server may take to come up, in seconds."""

TYPE_S: Final = 30.0
"""How long typing may take, in seconds."""

END_S: Final = 10.0
"""How long a program may take to end, in seconds."""


@dataclass(frozen=True, slots=True)
class XDesktop:
    """An X server and what can be typed on it.

    Attributes:
        display: Its name, such as ``:99``.
    """

    display: str

    @property
    def environment(self) -> dict[str, str]:
        """For programs that shall show their windows there."""
        inherited = {name: value for name, value in os.environ.items() if name not in ("WAYLAND_DISPLAY", "XMODIFIERS")}
        return {**inherited, "DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb"}

    def run(self, *command: str) -> None:
        """Run a program that ends by itself."""
        subprocess.run(command, env=self.environment, check=True, capture_output=True, timeout=TYPE_S)

    def layout(self, name: str) -> None:
        """Give the keyboard another layout."""
        self.run("setxkbmap", name)

    def type(self, text: str, *, delay_ms: int) -> None:
        """Type characters on the keys that give them."""
        self.run("xdotool", "type", "--delay", str(delay_ms), text)

    def keys(self, keys: Sequence[str], *, delay_ms: int) -> None:
        """Press keys by X keycode or name, with ``shift+`` in front where it is held down."""
        self.run("xdotool", "key", "--delay", str(delay_ms), *keys)


@contextlib.contextmanager
def x_desktop(layout: str = "us") -> Iterator[XDesktop]:
    """Start a desktop and take it down again, whatever happens."""
    with contextlib.ExitStack() as running:
        reading, writing = os.pipe()
        running.callback(os.close, reading)
        command = ("Xvfb", "-displayfd", str(writing), "-screen", "0", "1366x768x24", "-nolisten", "tcp", "-noreset")
        server = subprocess.Popen(command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        running.callback(_end, server)
        os.close(writing)
        ready, _, _ = select.select([reading], [], [], START_S)
        number = os.read(reading, 16).decode().strip() if ready else ""
        assert number, "the X server did not come up"
        desktop = XDesktop(f":{number}")
        desktop.layout(layout)
        window_manager = ("openbox", "--sm-disable")
        manager = subprocess.Popen(
            window_manager, env=desktop.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        running.callback(_end, manager)
        yield desktop


def _end(process: subprocess.Popen[bytes]) -> None:
    """End one program that was started here."""
    process.terminate()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(END_S)
