"""Descriptions that may stand in a log."""

from __future__ import annotations

from loyalty.masking import Masked


class Said(Masked, frozen=True):
    """Something a cashier typed."""

    card: str
    name: str
    points: int
    new_card: str = ""
    profile: object = None
    numbers: tuple[str, ...] | None = None


def test_a_description_says_neither_numbers_nor_names() -> None:
    """Of a number its end, so that support can tell two apart; what is empty says so."""
    said = Said("2900000000018", "Anna Schneider", 12)
    assert repr(said) == "Said(card='•••• 0018', name=..., points=12, new_card='', profile=None, numbers=None)"
    assert "Anna" not in repr(Said("x", "", 1, "2900000000025", {"name": "Anna"}))
    many = Said("", "", 1, numbers=("2900000000018", "2900000000025"))
    assert repr(many) == "Said(card='', name='', points=1, new_card='', profile=None, numbers=<2>)"
    assert str(said) == f"{said}" == repr(said)


def test_a_masked_value_is_a_value_like_any_other() -> None:
    """Equal when its fields are."""
    assert Said("2900000000018", "Anna", 1) == Said("2900000000018", "Anna", 1)
    assert Said("2900000000018", "Anna", 1) != Said("2900000000025", "Anna", 1)
