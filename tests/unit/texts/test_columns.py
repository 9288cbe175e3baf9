"""Columns line up for eyes, whatever the letters in them."""

from texts.columns import pairs, table


def test_values_stand_under_each_other() -> None:
    """The longest name decides; an empty value leaves no blanks behind."""
    assert pairs([("Shop", "Mitte"), ("Programme", "")]) == ["Shop       Mitte", "Programme"]
    assert pairs([]) == []


def test_numbers_stand_on_the_right() -> None:
    """Headings follow their column."""
    assert table(["Till", "Sales"], [["Kasse 1", "7"], ["K", "1,284"]], right=[1]) == [
        "Till     Sales",
        "Kasse 1      7",
        "K        1,284",
    ]


def test_accents_and_wide_letters_take_the_room_they_take() -> None:
    """A combining accent takes none, a wide letter two columns."""
    combined, wide = "Cafe\N{COMBINING ACUTE ACCENT}", "\N{CJK UNIFIED IDEOGRAPH-5E97}"
    assert pairs([(combined, "a"), (wide, "b")]) == [f"{combined}  a", f"{wide}    b"]


def test_no_pairs_are_no_lines() -> None:
    """Nothing to say is nothing."""
    assert pairs([]) == []
