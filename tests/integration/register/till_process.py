"""A till for registers as a process of its own, to be killed: prints its port and token, then serves until it ends."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from tests.fakes.register_till import RegisterTill


def main() -> None:
    """Serve registers on the data directory of the command line."""
    till = RegisterTill(Path(sys.argv[1]))
    print(till.server.port, till.token, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
