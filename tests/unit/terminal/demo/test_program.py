"""The demo's own small decisions."""

from __future__ import annotations

import pytest

from terminal.demo import program
from terminal.demo.people import card_number
from terminal.demo.serving import NEW_SERIAL, NEW_SERIALS

LAST = card_number(NEW_SERIAL + NEW_SERIALS - 1)


@pytest.mark.parametrize("process_id", [1, NEW_SERIALS - 1, NEW_SERIALS, 4_194_304, 2**32 - 1])
def test_every_process_has_unknown_cards_to_scan(process_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Process ids reach four million on Linux and more on Windows; each still gets cards of its shop, all different."""
    monkeypatch.setattr("os.getpid", lambda: process_id)
    another = program._next_unknown()
    cards = [another() for _ in range(3)]
    assert len(set(cards)) == 3
    assert all(len(card) == len(LAST) and card_number(NEW_SERIAL) <= card <= LAST for card in cards)
