"""No update is lost and nobody hears that the data is in use, whoever is at it besides the till."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from tests.concurrency.crowd import Crowd

if TYPE_CHECKING:
    from pathlib import Path

SECONDS: Final = 6
"""The soak does it for ten minutes."""


def test_everybody_at_once(tmp_path: Path) -> None:
    """Sales, sync, copies, reports, quick checks and proofs on one directory; then every sale is there once."""
    crowd = Crowd(tmp_path)
    crowd.work(time.monotonic() + SECONDS)
    assert crowd.failures == []
    assert min(crowd.counts[name] for name in ("sales", "pulls", "copies", "proofs", "commands beside")) > 0
