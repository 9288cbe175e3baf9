"""``python -m tests.power.workload NAME SEED [PLANT]``: runs one workload; started by ``recording.record``."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

from tests.power import boxes, imports, joined, workloads
from tests.power.plants import PLANTS
from tests.power.scenario import Scenario, recorded_root

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ALONE: Final[dict[str, Callable[[Scenario], None]]] = {
    "sales": workloads.sales,
    "redemptions": workloads.redemptions,
    "people": workloads.people,
    "erasures": workloads.erasures,
    "checkpoints": workloads.checkpoints,
    "days": workloads.days,
    "rules": workloads.rules,
    "backups": workloads.backups,
    "restores": workloads.restores,
    "everything": workloads.everything,
    "imports": imports.imports,
    "boxes": boxes.boxes,
}
"""In a shop that was made long ago."""

OTHERS: Final[dict[str, Callable[[Path, int], None]]] = {
    "creation": workloads.creation,
    "migration": workloads.migration,
    "pulls": joined.pulls,
    "joining": joined.joining,
    "chain": joined.chain,
}

NAMES: Final = (*ALONE, *OTHERS)


def main(name: str, seed: int, plant: str = "") -> None:
    """Run one."""
    root = recorded_root()
    with PLANTS[plant]() if plant else nullcontext():
        if name in OTHERS:
            OTHERS[name](root, seed)
            return
        shop = Scenario(root, seed)
        shop.make()
        shop.start()
        ALONE[name](shop)
        shop.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
