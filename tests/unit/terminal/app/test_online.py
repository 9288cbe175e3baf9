"""Whether head office counts as there: lately, and not in a future the clock knows nothing of."""

from __future__ import annotations

import pytest

from storage.exchange import Link
from terminal.app.safe import CLOCK_NOISE_US, ONLINE_US, is_online

NOW = 1_795_000_000_000_000


@pytest.mark.parametrize(
    ("ago_us", "online"),
    [
        pytest.param(0, True, id="this moment"),
        pytest.param(ONLINE_US - 1, True, id="lately"),
        pytest.param(ONLINE_US, False, id="too long ago"),
        pytest.param(-CLOCK_NOISE_US, True, id="within the noise of the corrected clock"),
        pytest.param(-CLOCK_NOISE_US - 1, False, id="a clock put back proves nothing"),
    ],
)
def test_head_office_is_there_when_it_answered_lately(ago_us: int, online: bool) -> None:
    """Right after a round the corrected clock may still lie a little behind head office's."""
    assert is_online(Link(last_contact_us=NOW - ago_us), NOW) is online
