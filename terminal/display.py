"""Whether a window can be shown here, found out before Qt is asked: without a display Qt aborts the process."""

from __future__ import annotations

import ctypes
import re
import socket
from typing import TYPE_CHECKING, Final

from terminal.errors import DisplayGone, LibraryMissing, NoDisplay

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from terminal.errors import CommandError

X11_SOCKETS: Final = "/tmp/.X11-unix/X"  # noqa: S108 - where every X server of this machine listens
CONNECT_TIMEOUT_S: Final = 1.0
CURSOR_LIBRARY: Final = "libxcb-cursor.so.0"
"""What Qt 6.5 and later need for X11 windows and few systems bring by themselves."""


def display_problem(
    variables: Mapping[str, str],
    platform: str,
    *,
    answers: Callable[[str], bool] | None = None,
    load: Callable[[str], object] = ctypes.CDLL,
) -> CommandError | None:
    """Why no window can be shown, ``None`` when one can.

    Args:
        variables: The environment.
        platform: ``sys.platform``.
        answers: Whether an X server's socket answers; only displays of this machine are asked.
        load: Loads a library or raises ``OSError``.
    """
    if platform in ("win32", "darwin") or variables.get("QT_QPA_PLATFORM") or variables.get("WAYLAND_DISPLAY"):
        return None
    display = variables.get("DISPLAY", "")
    if not display:
        return NoDisplay()
    local = re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", display)
    if local and not (answers or _answers)(X11_SOCKETS + local[1]):
        return DisplayGone(display)
    try:
        load(CURSOR_LIBRARY)
    except OSError:
        return LibraryMissing(CURSOR_LIBRARY)
    return None


def _answers(path: str) -> bool:
    """Whether somebody listens on an X server's socket, in the file system or in Linux's abstract names."""
    for address in (path, "\0" + path):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(CONNECT_TIMEOUT_S)
            try:
                probe.connect(address)
            except OSError:
                continue
            return True
    return False
