"""The soak of the running window in its short form: every scan arrives, every sale is booked, nothing grows."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.soak.window import SALES_MIN, check, serve_in_a_process

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it reads what a process holds from /proc")


def test_a_morning_of_scans_and_sales(tmp_path: Path) -> None:
    """By serial line and keyboard in turn; the long form serves 20,000 customers."""
    served = serve_in_a_process(tmp_path, SALES_MIN, seed=3)
    assert served.typed_scans == SALES_MIN // 2
    check(served, SALES_MIN)
