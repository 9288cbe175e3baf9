"""``python -m tests.soak``; the environment may set SOAK_MINUTES (default 3), SOAK_SEED and SOAK_ONLY (a name).

SOAK_SALES says how many sales the window serves, whatever the minutes.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

from tests.soak import (
    bytes_on_the_line,
    concurrency,
    corruption,
    failover,
    faults,
    kills,
    power,
    processes,
    recovery,
    sales,
    window,
    worlds,
)
from tests.soak.frame import Soak, run_all

SOAKS: Final = (
    Soak("sales", sales.run),
    Soak("kills", kills.run),
    Soak("bytes", bytes_on_the_line.run),
    Soak("worlds", worlds.run),
    Soak("processes", processes.run),
    Soak("failover", failover.run),
    Soak("window", window.run),
    Soak("faults", faults.run),
    Soak("corruption", corruption.run),
    Soak("concurrency", concurrency.run),
    Soak("power", power.run),
    Soak("recovery", recovery.run),
)


def main() -> int:
    """Run what was asked for."""
    only = os.environ.get("SOAK_ONLY", "")
    chosen = [soak for soak in SOAKS if only in ("", soak.name)]
    seed = int(os.environ.get("SOAK_SEED") or int.from_bytes(os.urandom(4)))
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        return run_all(chosen, float(os.environ.get("SOAK_MINUTES", "3")), seed, Path(folder))


if __name__ == "__main__":
    raise SystemExit(main())
