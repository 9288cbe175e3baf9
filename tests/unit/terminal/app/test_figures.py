"""The file of figures is kept up to date beside a working till."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

from terminal.app.figures import FiguresService, figures_command

if TYPE_CHECKING:
    from pathlib import Path

WAIT_S = 60.0


def test_a_process_looks_again_and_again(tmp_path: Path) -> None:
    """Each run writes a line; how it ends does not matter."""
    lines = tmp_path / "lines"
    lines.touch()
    program = f"open({str(lines)!r}, 'a').write('ran\\n'); raise SystemExit(1)"
    service = FiguresService([sys.executable, "-c", program], _nothing_breaks, every_s=0.01)
    service.start()
    waiting = threading.Event()
    while lines.read_text("utf-8").count("ran") < 2:
        assert not waiting.wait(0.01)
    service.stop()
    assert not service._thread.is_alive()


def test_a_till_that_ends_does_not_wait_for_it() -> None:
    """What is being made is given up, and one that never looked has nothing to give up."""
    begun = threading.Event()
    service = FiguresService([sys.executable, "-c", "input()"], _nothing_breaks, every_s=0.01)
    look = service._look

    def tell() -> None:
        begun.set()
        look()

    service._look = tell  # type: ignore[method-assign]
    service.start()
    assert begun.wait(WAIT_S)
    service.stop()
    FiguresService(["never"], _nothing_breaks).stop()
    assert not service._thread.is_alive()


def test_a_mistake_of_ours_is_told() -> None:
    """A program that does not exist is one."""
    mistakes: list[Exception] = []
    service = FiguresService(["no such program"], mistakes.append, every_s=0.0)
    service.start()
    service._thread.join(WAIT_S)
    assert [type(mistake) for mistake in mistakes] == [FileNotFoundError]


def test_the_command_names_the_directory(tmp_path: Path) -> None:
    """And the program that makes the file."""
    assert figures_command(tmp_path)[1:] == ["-m", "storage.figures_process", str(tmp_path)]


def _nothing_breaks(error: Exception) -> None:
    raise AssertionError(error)
