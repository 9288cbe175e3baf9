"""``python -m tests.simulation SEED`` lives one world and prints what happened; the same every time."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.simulation.shares import LARGE, SMALL
from tests.simulation.templates import make_templates, memory_folder
from tests.simulation.world import World


def main() -> int:
    """Replay one seed, step by step."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("--large", action="store_true", help="a world of up to twenty tills")
    asked = parser.parse_args()
    seed: int = asked.seed
    with tempfile.TemporaryDirectory(prefix="world-", dir=memory_folder()) as folder:
        templates = make_templates(Path(folder) / "templates")
        place = Path(folder) / "world"
        place.mkdir()
        outcome = World(seed, place, templates, tell=print, size=LARGE if asked.large else SMALL).run()
    print(*outcome.problems, sep="\n")
    print("WRONG" if outcome.problems else "ok", outcome.counts)
    return bool(outcome.problems)


if __name__ == "__main__":
    raise SystemExit(main())
