"""From the settings to the till's sounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hardware.sounds import Sounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from terminal.settings.display import SoundSettings


def make_sound(settings: SoundSettings, beep: Callable[[], None] | None = None) -> Sounds:
    """Wire the till's sounds; nothing sounds and no thread runs before their ``start``.

    Args:
        settings: How loud.
        beep: What is left where no player works; called on the sound's thread, so it must only hand over.
    """
    return Sounds(settings.volume_percent, beep=beep)
