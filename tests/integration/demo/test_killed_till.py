"""The till is killed in mid-sale and opened again: the window shows what was acknowledged."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from storage.verify import verify
from terminal.demo.program import running_till
from terminal.main import demo_stage
from terminal.presenters.states import Screen, Tone
from terminal.ui.hands import Hands
from tests.fakes.ledger import LedgerOfTests
from tests.source import ROOT
from texts.i18n import Texts

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from terminal.presenters.shell import ShellPresenter

KILLS = 3
"""How often; storage has its own test with ten."""

POINTS_PER_SALE = 10


def acknowledged_until_killed(directory: Path, run: int, count: int) -> dict[str, int]:
    """Let the busy till serve customers, kill it in the middle of the next one, and give the balances it had shown."""
    command = [sys.executable, "-m", "tests.integration.demo.busy_till", str(directory), str(run)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=dict(os.environ)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        lines = [process.stdout.readline() for _ in range(count)]
        process.kill()
        lines += process.stdout.readlines()
    assert process.returncode < 0, "it ended by the signal and not by itself"
    shown = [line.split() for line in lines if line.endswith("\n")]
    return {card: int(balance) for card, balance in shown}


def look_at(directory: Path, cards: list[str]) -> dict[str, int]:
    """Open the till in this process, scan cards, and read what its widgets show."""
    bugs: list[Exception] = []
    painted: dict[str, int] = {}
    with running_till(demo_stage(), directory, Texts("de"), bugs.append) as (till, scanner):
        hands, shell = Hands(till.window), till.shell
        hands.open_window(1366, 768)
        hands.wait_until(lambda: shell.state.bar.scanner.tone is Tone.GOOD, "the scanner is ready")
        for card in cards:
            scanner.scan(card)
            hands.wait_until(partial(serves, shell, card), "the member is on the screen")
            hands.settle()
            painted[card] = int(hands.text_of("balance"))
    assert bugs == []
    return painted


def serves(shell: ShellPresenter, card: str) -> bool:
    """Whether the member screen is on, for this card."""
    sale = shell.member.sale
    return shell.state.screen is Screen.MEMBER and sale is not None and sale.member.number == card


@pytest.mark.skipif(sys.platform == "win32", reason="signals and pseudo-terminals are those of POSIX")
def test_a_killed_till_shows_the_acknowledged_balances(tmp_path: Path, qapp: QApplication) -> None:
    """Every balance that was on the green screen is on the member screen after the restart, or the next sale's."""
    assert qapp.platformName() == "offscreen"
    directory = tmp_path / "data"
    LedgerOfTests(directory).close()
    chance = random.Random(5)
    acknowledged: dict[str, int] = {}
    for run in range(KILLS):
        acknowledged |= acknowledged_until_killed(directory, run, chance.randrange(3, 12))
        painted = look_at(directory, list(acknowledged))
        more = {card: painted[card] - balance for card, balance in acknowledged.items() if painted[card] != balance}
        assert list(more.values()) in ([], [POINTS_PER_SALE]), "at most the sale that was on its way came on top"
        acknowledged = painted
        result = verify(directory)
        assert result.problems == ()
    assert len(acknowledged) > KILLS
