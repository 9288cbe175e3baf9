"""A card whose owner was erased: the next person on it begins anew."""

from __future__ import annotations

from terminal.presenters.states import Screen
from tests.fakes.counter import ANNA, Counter


def test_the_card_of_an_erased_member_leads_to_a_new_account(counter: Counter) -> None:
    """Neither the balance nor the history of the erased person comes back, once and once more."""
    erased = []
    for _ in range(2):
        row = counter.desk.reader.card(ANNA)
        assert row is not None
        erased.append(row.member_id)
        with counter.store.unit() as unit:
            unit.erase_member(row.member_id)
        counter.scan(ANNA)
        assert counter.screen() is Screen.UNKNOWN
        counter.shell.key("F2")
        counter.shell.enrol.field_typed("name", "Clara")
        counter.shell.key("Enter")
        assert counter.shell.done.state.balance == "0"
        counter.earn(ANNA, 1_000)
        assert counter.account(ANNA).balance == 10
    row = counter.desk.reader.card(ANNA)
    assert row is not None
    assert len({*erased, row.member_id}) == 3
