"""What tests/conftest.py promises to every other test."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import hypothesis
import pytest
from PySide6.QtWidgets import QApplication

from tests.conftest import MEMORY_MIN_BYTES, OutsideNetworkError, has_room

# An address of the documentation range (RFC 5737); nobody answers there.
ELSEWHERE = ("192.0.2.1", 9)


def test_sockets_to_other_machines_are_refused() -> None:
    """A test that needs the network fails at once instead of depending on it."""
    with socket.socket() as line, pytest.raises(OutsideNetworkError, match=r"192\.0\.2\.1"):
        line.connect(ELSEWHERE)
    with socket.socket(type=socket.SOCK_DGRAM) as line, pytest.raises(OutsideNetworkError):
        line.sendto(b"x", ELSEWHERE)


def test_sockets_do_not_listen_to_other_machines() -> None:
    """A server under test is reachable from this machine alone."""
    with socket.socket() as line, pytest.raises(OutsideNetworkError):
        line.bind(("", 0))


def test_sockets_on_this_machine_work() -> None:
    """Till and server of one test talk over loopback."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as line:
        line.sendall(b"x")
        served, _ = server.accept()
        with served:
            assert served.recv(1) == b"x"


def test_the_home_folder_is_not_that_of_a_person(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reads or writes the settings of whoever runs it."""
    assert Path.home().is_relative_to(tmp_path_factory.getbasetemp())


def test_files_lie_in_memory_only_where_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container's 64 MB, and the folder that another system does not have, are left alone."""
    free = shutil.disk_usage(tmp_path)._replace(free=MEMORY_MIN_BYTES)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: free)
    assert has_room(tmp_path)
    assert not has_room(tmp_path / "missing")
    free = free._replace(free=64 * 1024**2)
    assert not has_room(tmp_path)


def test_children_put_their_files_where_the_tests_put_theirs() -> None:
    """One place for all: what a program under test makes in passing lies beside what the test made for it."""
    code = "import tempfile; print(tempfile.gettempdir())"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert child.stdout.strip() == tempfile.gettempdir()


def test_the_screen_is_nobodys_and_its_cursor_stands_still(qapp: QApplication) -> None:
    """Two pictures of the same screen are the same."""
    assert qapp.platformName() == "offscreen"
    assert qapp.cursorFlashTime() == 0


def test_times_are_those_of_the_demo_shop() -> None:
    """Local times do not depend on where the tests run."""
    assert os.environ["TZ"] == "Europe/Berlin"
    if hasattr(time, "tzset"):
        assert time.localtime(0).tm_hour == 1


def test_generated_examples_are_the_same_for_everyone() -> None:
    """An example that fails on one machine fails on all; only the soak looks for new ones."""
    soaking = hypothesis.settings.get_current_profile_name() == "soak"
    assert soaking or hypothesis.settings().derandomize
