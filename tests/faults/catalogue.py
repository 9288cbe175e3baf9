"""All workloads, by their names."""

from __future__ import annotations

from typing import Final

from tests.faults.commands import COMMANDS
from tests.faults.upkeep import UPKEEP
from tests.faults.workloads import OF_A_DAY

WORKLOADS: Final = {workload.name: workload for workload in (*OF_A_DAY, *UPKEEP, *COMMANDS)}
