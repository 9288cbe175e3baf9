"""Whatever happens to a file, the till shows the true balance or says that something is wrong."""

from __future__ import annotations

import random
from contextlib import closing
from typing import TYPE_CHECKING, Final

import pytest

from storage import known_cards, statements, verify
from storage.connection import open_frozen
from tests.corruption import damage
from tests.corruption.bench import STATES, Bench
from tests.corruption.judge import Noticed
from tests.corruption.plants import by_sql, of_replica

if TYPE_CHECKING:
    from pathlib import Path

    from tests.corruption.damage import Damage

SEED: Final = 20_261_122
DAMAGES: Final = 45
"""So many of each shop's, chosen by the seed; the soak tries all of them again and again."""


@pytest.mark.parametrize("state", STATES)
def test_damaged_pages_and_logs_are_noticed_or_harmless(tmp_path: Path, state: str) -> None:
    """Bits flipped, pages zeroed, torn, swapped, cut off; logs cut off at each frame; small files changed or gone."""
    bench = Bench(tmp_path, state)
    rng = random.Random(SEED)
    found = bench.all_damages(rng, flips=1)
    tally = bench.judge_all(rng.sample(found, DAMAGES))
    assert not tally.failures, "\n".join(tally.failures)
    assert tally.noticed[Noticed.AT_OPEN]
    assert tally.noticed[Noticed.HARMLESS] < DAMAGES


@pytest.mark.parametrize("state", ["alone", "crashed"])
def test_damage_with_intent_is_noticed(tmp_path: Path, state: str) -> None:
    """Rows changed by SQL with the guards put back, and files that belong to another shop or another day."""
    (tmp_path / "bench").mkdir()
    (tmp_path / "others").mkdir()
    bench = Bench(tmp_path / "bench", state)
    for one in bench.by_hand(tmp_path / "others"):
        verdict = bench.judge(one)
        is_healed = one.where.endswith("-shm") or (state == "crashed" and one.where == "vault.sqlite")  # by its log
        expected = {Noticed.HARMLESS} if is_healed else set()
        seen = {Noticed.AT_OPEN, Noticed.AT_READ, Noticed.AT_QUICK_CHECK, Noticed.AT_VERIFY}
        assert verdict.noticed in seen | expected, f"{one.kind}: {verdict}"


@pytest.mark.parametrize("one", tuple(of_replica()), ids=lambda one: one.kind)
def test_what_head_office_said_is_asked_for_anew(tmp_path: Path, one: Damage) -> None:
    """No page of it is damaged; its own checksums tell, and nobody has to do anything."""
    verdict = Bench(tmp_path, "joined").judge(one)
    assert verdict.noticed in {Noticed.AT_READ, Noticed.SAID_INCOMPLETE}


def test_a_changed_balance_is_neither_shown_nor_booked_upon(tmp_path: Path) -> None:
    """It is noticed by the read itself, long before the daily proof."""
    bench = Bench(tmp_path, "alone")
    verdict = bench.judge(next(by_sql()))
    assert verdict.noticed is Noticed.AT_READ
    assert "the bookings say" in verdict.detail


def test_a_card_whose_index_leads_nowhere_is_no_new_card(tmp_path: Path) -> None:
    """Else its member would begin at nothing until the daily proof; one bit of the entry's key is enough."""
    bench = Bench(tmp_path, "alone")
    with closing(open_frozen(bench.template / "ledger.sqlite")) as ledger:
        number, ref = ledger.one("SELECT number, card_ref FROM card ORDER BY number LIMIT 1") or ()
    entry = (bench.template / "ledger.sqlite").read_bytes().index(number.encode() + ref)
    verdict = bench.judge(damage.flipped("ledger.sqlite", entry + len(number), bit=3))
    assert (verdict.noticed, verdict.wrong_before) == (Noticed.AT_READ, False)


def test_the_proof_can_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the comparisons a changed balance is shown and never noticed, and the judge says so."""
    bench = Bench(tmp_path, "alone")

    def nothing(*_: object) -> tuple[str, ...]:
        """Compare nothing."""
        return ()

    for module in (statements, known_cards):
        monkeypatch.setattr(module, "agreed_balance", nothing)
    monkeypatch.setattr(verify, "differences", nothing)
    monkeypatch.setattr(verify, "_compare_sums", nothing)
    verdict = bench.judge(next(by_sql()))
    assert (verdict.noticed, verdict.wrong_before) == (Noticed.NEVER, True)
