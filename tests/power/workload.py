"""``python -m tests.power.workload FOLDER JOBS``: runs workloads under the logger; started by ``recording.record``."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.power import boxes, imports, joined, keeping, recovering, workloads
from tests.power.plants import PLANTS
from tests.power.scenario import Scenario, begin_record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
    "rotations": keeping.rotations,
    "retention": keeping.retention,
}
"""In a shop that was made long ago."""

OTHERS: Final[dict[str, Callable[[Path, int], None]]] = {
    "creation": workloads.creation,
    "migration": workloads.migration,
    "pulls": joined.pulls,
    "joining": joined.joining,
    "chain": joined.chain,
    "recovery": recovering.recovery,
}

NAMES: Final = (*ALONE, *OTHERS)


def run(root: Path, name: str, seed: int, plant: str) -> None:
    """Run one."""
    with PLANTS[plant]() if plant else nullcontext():
        if name in OTHERS:
            OTHERS[name](root, seed)
            return
        shop = Scenario(root, seed)
        shop.make()
        shop.start()
        ALONE[name](shop)
        shop.close()


def main(folder: Path, jobs: Sequence[tuple[str, int, str]]) -> int:
    """Run each in a process forked off this one, which has the program loaded already."""
    for number, job in enumerate(jobs):
        place = folder / str(number)
        child = os.fork()
        if child == 0:
            tempfile.tempdir = str(place / "scratch")
            begin_record(place / "disk", place / "events")
            os._exit(_ended(place / "disk", *job))
        _, status = os.waitpid(child, 0)
        if status:
            return 1
    return 0


def _ended(root: Path, name: str, seed: int, plant: str) -> int:
    try:
        run(root, name, seed, plant)
    except BaseException:  # noqa: BLE001 - the parent is told by the status, people by the traceback
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), json.loads(sys.argv[2])))
