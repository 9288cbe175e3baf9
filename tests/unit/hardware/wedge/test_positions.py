"""Tests for where keys are on each platform."""

from __future__ import annotations

import pytest

from hardware.wedge.positions import position


@pytest.mark.parametrize(
    ("platform", "scan_code", "virtual_key", "place"),
    [
        ("xcb", 38, 0x61, 30),
        ("wayland", 38, 0x61, 30),
        ("windows", 0x1E, 0x41, 30),
        ("cocoa", 1, 0, 30),
        ("xcb", 0, 0, 0),
        ("windows", 0x11C, 0x0D, 96),
        ("windows", 0x148, 0x26, 0),
        ("cocoa", 1, 200, 0),
    ],
)
def test_a_key_is_in_the_same_place_everywhere(platform: str, scan_code: int, virtual_key: int, place: int) -> None:
    """The A key, Enter on the number pad, an arrow, and what nobody knows."""
    assert position(platform, scan_code, virtual_key) == place
