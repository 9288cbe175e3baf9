"""From the settings to the till's sounds."""

from __future__ import annotations

import pytest

from hardware.sounds import SoundFinding
from terminal.devices.sound import make_sound
from terminal.settings.display import SoundSettings


@pytest.mark.parametrize("volume", [0, 35, 100])
def test_the_volume_is_the_settings(volume: int) -> None:
    """Nothing runs before the start, and what was never started can be stopped."""
    sounds = make_sound(SoundSettings(volume))
    assert sounds.finding == SoundFinding(volume)
    sounds.stop()
