"""How long the member screen takes from a new state to painted pixels.

Run with ``python -m tests.ui.views.measure_member``.
"""

from __future__ import annotations

import os
import statistics
import time

from PySide6.QtWidgets import QApplication

from terminal.presenters.states import Screen
from terminal.ui.theme import Theme
from terminal.ui.window import MainWindow
from tests.fakes.presenters import FakeShell
from tests.fakes.sale_states import LONG_NAME, replace
from tests.fakes.screen_states import ScreenStates
from texts.i18n import Texts

ROUNDS = 400
WARM_UP = 20


def main() -> None:
    """Print the median and the 99th percentile of a scan at the idle screen and of a scan on top of another member."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication([])
    theme = Theme()
    theme.apply(app)
    states, texts = ScreenStates("de"), Texts("de")
    shell = FakeShell(states.shell(Screen.IDLE), texts)
    window = MainWindow(shell, texts, theme)
    shell.idle.show(states.idle()["idle"])  # type: ignore[arg-type]  # the variants are typed as objects
    window.show()
    app.processEvents()
    anna = states.anna()
    bert = replace(anna, name=LONG_NAME, balance="77", amount="", award="", why="", rewards=anna.rewards[:2], chips=())
    idle, member = states.shell(Screen.IDLE), states.shell(Screen.MEMBER)
    from_idle, from_other, typing = [], [], []
    for index in range(ROUNDS + WARM_UP):
        shell.show(idle)
        app.processEvents()
        start = time.perf_counter_ns()
        shell.member.show(anna if index % 2 else bert)
        shell.show(member)
        app.processEvents()
        from_idle.append(time.perf_counter_ns() - start)
        start = time.perf_counter_ns()
        shell.member.show(bert if index % 2 else anna)
        app.processEvents()
        from_other.append(time.perf_counter_ns() - start)
        start = time.perf_counter_ns()
        shell.member.show(replace(shell.member.state, amount=f"{index},00", award=f"+ {index} Punkte"))
        app.processEvents()
        typing.append(time.perf_counter_ns() - start)
    for name, times in (("idle -> member", from_idle), ("member -> member", from_other), ("a digit typed", typing)):
        kept = times[WARM_UP:]
        median, late = statistics.median(kept) / 1e6, statistics.quantiles(kept, n=100)[98] / 1e6
        print(f"{name:18} p50 {median:6.2f} ms   p99 {late:6.2f} ms")


if __name__ == "__main__":
    main()
