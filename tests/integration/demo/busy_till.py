"""A till with a window in a process of its own that serves one customer after the other until somebody kills it.

Prints a card and its new balance once the window shows the sale as done, and never before.
"""

from __future__ import annotations

import sys
from itertools import cycle
from pathlib import Path

from terminal.demo.program import running_till
from terminal.main import demo_stage
from terminal.presenters.states import Screen, Tone
from terminal.ui.hands import Hands
from tests.fakes.ledger import card_number
from texts.i18n import Texts

CARDS = 40
"""More than can be scanned within the 700 ms in which the same code counts once."""

CENTS_PER_RUN = 7


def main() -> None:
    """Serve customers in the data directory given first; with another run number, given second, sums differ.

    The till asks again when a card brings the same sum within two minutes.
    """
    run = int(sys.argv[2])
    bugs: list[Exception] = []
    with running_till(demo_stage(), Path(sys.argv[1]), Texts("de"), bugs.append) as (till, scanner):
        hands, shell = Hands(till.window), till.shell
        hands.open_window(1024, 768)
        hands.wait_until(lambda: shell.state.bar.scanner.tone is Tone.GOOD, "the scanner is ready")
        print("ready", flush=True)
        for number, card in enumerate(cycle(card_number(index) for index in range(CARDS))):
            scanner.scan(card)
            hands.wait_until(lambda: shell.state.screen in (Screen.MEMBER, Screen.UNKNOWN), "the card is read")
            if shell.state.screen is Screen.UNKNOWN:
                hands.press("Enter")
            hands.type_text(f"10,{(number + CENTS_PER_RUN * run) % 100:02d}")
            hands.press("Enter")
            hands.wait_until(lambda: shell.state.screen is Screen.DONE or bugs, "the sale is done")
            assert not bugs, bugs
            hands.settle()
            print(card, hands.text_of("balance"), flush=True)


if __name__ == "__main__":
    main()
