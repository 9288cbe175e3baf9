"""Element strings: read to their end by the rules, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty import gs1

GS = gs1.SEPARATOR


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0104006381333931", {"01": "04006381333931"}),
        ("010400638133393110AB-4711", {"01": "04006381333931", "10": "AB-4711"}),
        (f"10AB{GS}21XY", {"10": "AB", "21": "XY"}),
        (f"10AB{GS}", {"10": "AB"}),
        (f"{GS}10AB", {"10": "AB"}),
        (f"17261231{GS}10AB", {"17": "261231", "10": "AB"}),
        ("31030012503922299", {"3103": "001250", "3922": "299"}),
        ("414401234500000612345", None),
        ("4144012345000006" + "98X", {"414": "4012345000006", "98": "X"}),
        ("00" + "1" * 18, {"00": "1" * 18}),
        (f"8018{'1' * 18}{GS}8017{'2' * 18}", {"8018": "1" * 18, "8017": "2" * 18}),
    ],
)
def test_element_strings_are_taken_apart_by_the_standards_lengths(text: str, found: dict[str, str] | None) -> None:
    """Those of a predefined length need no separator behind them, all others do."""
    assert gs1.elements(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        GS,
        "1",
        "AB12",
        "80",
        "801",
        "80AB12",
        "2900000000124",
        "0104006381333",
        "01ABCDEFGHIJKLMN",
        f"8018{'1' * 19}",
        f"8018{'A' * 18}",
        f"10{GS}21XY",
        f"10AB{GS}10CD",
        f"10{'A' * 91}",
        GS.join(f"{identifier}A" for identifier in [10, 21, 22, *range(90, 100)] * 3),
        GS.join(f"{identifier}A" for identifier in range(7030, 7040))
        + GS
        + GS.join(f"{i}A" for i in range(8100, 8125)),
    ],
)
def test_half_a_barcode_is_never_read(text: str) -> None:
    """Identifiers nobody has assigned, values cut short or of wrong characters, one thing said twice, too many."""
    assert gs1.elements(text) is None


@given(st.text(alphabet=st.one_of(st.sampled_from("0123456789" + GS), st.characters()), max_size=80))
def test_any_text_is_taken_apart_or_refused(text: str) -> None:
    """And what is read was there: nothing is made up, nothing is left out but separators."""
    found = gs1.elements(text)
    if found is not None:
        assert "".join(identifier + value for identifier, value in found.items()) == text.replace(GS, "")
