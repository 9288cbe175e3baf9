"""What the till needs from the operating system, and how to get it; a part of bootstrap.py, standard library only."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

OUTPUT_LINES_MAX = 15
"""How much of a tool's own output is repeated when it fails."""


class SetupError(Exception):
    """Set-up cannot go on; the message says in plain words why, and what to do."""


@dataclass(frozen=True)
class SystemLibrary:
    """A shared library that Qt loads, and the Debian package that brings it."""

    file: str
    package: str


# Read off the NEEDED entries of QtCore, QtGui, QtDBus and the off-screen plug-in of PySide6-Essentials 6.11.3.
# Ubuntu 24.04 calls libglib2.0-0 libglib2.0-0t64, and its apt-get takes the old name for it.
# fonts-dejavu-core, the fallback typeface, comes with libfontconfig1.
QT_LIBRARIES = (
    SystemLibrary("libEGL.so.1", "libegl1"),
    SystemLibrary("libGL.so.1", "libgl1"),
    SystemLibrary("libX11.so.6", "libx11-6"),
    SystemLibrary("libdbus-1.so.3", "libdbus-1-3"),
    SystemLibrary("libfontconfig.so.1", "libfontconfig1"),
    SystemLibrary("libfreetype.so.6", "libfreetype6"),
    SystemLibrary("libgthread-2.0.so.0", "libglib2.0-0"),
    SystemLibrary("libxkbcommon.so.0", "libxkbcommon0"),
)

# What the plug-in for X11 windows needs beyond that. Wayland's own libraries come with every Wayland desktop.
WINDOW_LIBRARIES = (
    SystemLibrary("libX11-xcb.so.1", "libx11-xcb1"),
    SystemLibrary("libxcb-cursor.so.0", "libxcb-cursor0"),
    SystemLibrary("libxcb-icccm.so.4", "libxcb-icccm4"),
    SystemLibrary("libxcb-image.so.0", "libxcb-image0"),
    SystemLibrary("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    SystemLibrary("libxcb-randr.so.0", "libxcb-randr0"),
    SystemLibrary("libxcb-render-util.so.0", "libxcb-render-util0"),
    SystemLibrary("libxcb-shape.so.0", "libxcb-shape0"),
    SystemLibrary("libxcb-sync.so.1", "libxcb-sync1"),
    SystemLibrary("libxcb-xfixes.so.0", "libxcb-xfixes0"),
    SystemLibrary("libxcb-xkb.so.1", "libxcb-xkb1"),
    SystemLibrary("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
)


@dataclass(frozen=True)
class SystemProgram:
    """A program that tests start, where it may lie besides the search path, and the Debian package that brings it."""

    name: str
    package: str
    folders: str = ""


# The tests run head office on a PostgreSQL of their own, look at its pages in a real browser, and type into the till's
# window on a screen of their own, under a window manager, on several keyboard layouts.
TEST_PROGRAMS = (
    SystemProgram("initdb", "postgresql", "usr/lib/postgresql/*/bin"),
    SystemProgram("chromium", "chromium"),
    SystemProgram("chromedriver", "chromium-driver"),
    SystemProgram("Xvfb", "xvfb"),
    SystemProgram("openbox", "openbox"),
    SystemProgram("xdotool", "xdotool"),
    SystemProgram("setxkbmap", "x11-xkb-utils"),
)


def say(text: str) -> None:
    """Tell the person at the terminal what happens, at once even into a pipe."""
    print(text, flush=True)


def last_lines(text: str) -> str:
    """Return the end of a tool's output, enough to see what went wrong."""
    return "\n".join(text.strip().splitlines()[-OUTPUT_LINES_MAX:])


def needed_libraries(variables: Mapping[str, str], platform: str) -> tuple[SystemLibrary, ...]:
    """Return the libraries Qt needs here: none but on Linux, and those for windows only where there is a display.

    Args:
        variables: the environment, which says whether there is a display.
        platform: the value of ``sys.platform``.
    """
    if not platform.startswith("linux"):
        return ()
    return QT_LIBRARIES + (WINDOW_LIBRARIES if variables.get("DISPLAY") else ())


def missing_libraries(
    libraries: Iterable[SystemLibrary], load: Callable[[str], object] = ctypes.CDLL
) -> list[SystemLibrary]:
    """Return the libraries the loader of this system does not find."""
    missing = []
    for library in libraries:
        try:
            load(library.file)
        except OSError:
            missing.append(library)
    return missing


def ensure_libraries(variables: Mapping[str, str], platform: str) -> None:
    """See to it that Qt finds what it needs of the system.

    Raises:
        SetupError: something is missing and could not be installed.
    """
    missing = missing_libraries(needed_libraries(variables, platform))
    if missing:
        # Root may open a window on this machine later, and one download is faster than two.
        everything = missing_libraries(QT_LIBRARIES + WINDOW_LIBRARIES) if is_root() else missing
        install_packages([library.package for library in everything], "the till's window")


def missing_programs(programs: Iterable[SystemProgram], root: Path = Path("/")) -> list[SystemProgram]:
    """Return the programs that are neither on the search path nor in their own folders."""
    return [
        program
        for program in programs
        if shutil.which(program.name) is None
        and not (program.folders and any(root.glob(f"{program.folders}/{program.name}")))
    ]


def ensure_test_programs(platform: str) -> None:
    """See to it that the tests find the programs they start, and what a window on their screen needs.

    Raises:
        SetupError: one is missing and could not be installed.
    """
    if not platform.startswith("linux"):
        return
    missing = [program.package for program in missing_programs(TEST_PROGRAMS)]
    missing += [library.package for library in missing_libraries(WINDOW_LIBRARIES)]
    if missing:
        install_packages(missing, "the tests")


def is_root() -> bool:
    """Tell whether packages can be installed without asking."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def install_packages(packages: Sequence[str], purpose: str) -> None:
    """Install Debian packages when this is root, otherwise name the command that does.

    Args:
        packages: their names.
        purpose: what they are for, to complete "missing for ...".

    Raises:
        SetupError: they are still missing; the message holds the exact command.
    """
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        raise SetupError(f"System packages are missing for {purpose}. Debian's names for them: {names}")
    command = f"apt-get update && apt-get install -y --no-install-recommends {names}"
    if not is_root():
        raise SetupError(
            f"System packages are missing for {purpose}. Install them, then start again:\n  {sudo(command)}"
        )
    say(f"Installing system packages for {purpose}: {names}")
    output, code = run_shell(command)
    if code:
        raise SetupError(f"{last_lines(output)}\nSystem packages could not be installed. The command was:\n  {command}")


def sudo(command: str) -> str:
    """Write a command for root so that it can be pasted into a shell as it is."""
    return " && ".join(f"sudo {part}" for part in command.split(" && "))


def run_shell(command: str) -> tuple[str, int]:
    """Run a shell command that must not ask questions; return what it printed and its exit code."""
    result = subprocess.run(
        ["/bin/sh", "-c", command],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return result.stdout, result.returncode
