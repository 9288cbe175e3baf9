"""A power cut takes nothing that was acknowledged and leaves no half: the short form of ``tests.soak.power``.

Some hundreds of images of recorded workloads, chosen by seed, all at moments where a cut says most.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.power.campaign import judge_recording, some_edges
from tests.power.recording import CannotRecord, Recording, build_logger, record

if TYPE_CHECKING:
    from pathlib import Path

    from tests.power.judge import Judge

SEED = 5
VARIANTS = 7
CONTROL_PLACES = 40
IMAGES = {
    "everything": 80,
    "erasures": 50,
    "restores": 60,
    "creation": 40,
    "migration": 30,
    "pulls": 60,
}
"""How many images of which workload; the others are parts of ``everything``."""


def recorded(logger: Path, folder: Path, workload: str, plant: str = "") -> Recording:
    """Run a workload under the logger."""
    return record(logger, workload, SEED, folder / "recorded", plant)


@pytest.mark.parametrize("workload", IMAGES)
def test_nothing_acknowledged_is_lost(power_logger: Path, power_folder: Path, judge: Judge, workload: str) -> None:
    """Each image opens as a till opens it, verifies, and holds what was promised: 0 lost, 0 corrupt."""
    recording = recorded(power_logger, power_folder, workload)
    places = some_edges(recording, IMAGES[workload] // 2, random.Random(SEED))
    tally = judge_recording(recording, judge, variants=VARIANTS, places=places, images_max=IMAGES[workload])
    assert tally.failures == []
    assert tally.judged > IMAGES[workload] // 2


@pytest.mark.parametrize(
    ("plant", "workload"),
    [
        ("synchronous=NORMAL", "sales"),
        ("no folder syncs", "backups"),
        ("renamed before synced", "backups"),
    ],
)
def test_the_proof_can_fail(power_logger: Path, power_folder: Path, judge: Judge, plant: str, workload: str) -> None:
    """A till that syncs less than it must is caught, and the sentence says how to see it again."""
    recording = recorded(power_logger, power_folder, workload, plant)
    places = some_edges(recording, CONTROL_PLACES, random.Random(SEED))
    tally = judge_recording(recording, judge, variants=2, places=places, images_max=CONTROL_PLACES)
    assert tally.lost + tally.corrupt > 0
    assert f"python -m tests.power {workload} {SEED} " in tally.failures[0]


def test_without_a_compiler_it_says_why_it_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And on a system without preloading."""
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(CannotRecord, match="compiler"):
        build_logger(tmp_path)
    monkeypatch.setattr("sys.platform", "win32")
    with pytest.raises(CannotRecord, match="Linux"):
        build_logger(tmp_path)
