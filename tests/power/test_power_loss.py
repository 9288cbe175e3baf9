"""A power cut takes nothing that was acknowledged and leaves no half: the short form of ``tests.soak.power``.

Some hundreds of images of recorded workloads, chosen by seed, all at moments where a cut says most.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from tests.power.campaign import acknowledgements, fingerprint, judge_recording, some_edges
from tests.power.expected import Expected
from tests.power.recording import CannotRecord, Job, build_logger, record

if TYPE_CHECKING:
    from pathlib import Path

    from tests.power.disk import Image
    from tests.power.judge import Judge

SEED = 5
VARIANTS = 7
IMAGES = {
    "everything": 40,
    "erasures": 25,
    "restores": 35,
    "creation": 20,
    "migration": 15,
    "imports": 20,
    "boxes": 15,
    "rotations": 15,
    "retention": 15,
    "recovery": 20,
}
"""How many images of which workload of a till that stands alone; the others are parts of ``everything``."""

IMAGES_JOINED = {"pulls": 35, "joining": 20}
PLANTED = (("synchronous=NORMAL", "sales"), ("no folder syncs", "backups"), ("renamed before synced", "backups"))
CONTROL_VARIANTS = 2
"""Nothing that was not synced has arrived, and everything has."""


@pytest.mark.parametrize("images", [IMAGES, IMAGES_JOINED], ids=["alone", "joined"])
def test_nothing_acknowledged_is_lost(
    power_logger: Path, power_folder: Path, judge: Judge, images: dict[str, int]
) -> None:
    """Each image opens as a till opens it, verifies, and holds what was promised: 0 lost, 0 corrupt."""
    tallies = []
    for recording in record(power_logger, [Job(workload, SEED) for workload in images], power_folder / "recorded"):
        count = images[recording.workload]
        places = some_edges(recording, count // 2, random.Random(SEED))
        tallies.append(judge_recording(recording, judge, variants=VARIANTS, places=places, images_max=count))
    assert [failure for tally in tallies for failure in tally.failures] == []
    assert sum(tally.judged for tally in tallies) > sum(images.values()) * 3 // 4


def test_the_proof_can_fail(power_logger: Path, power_folder: Path, judge: Judge) -> None:
    """A till that syncs less than it must is caught, and the sentence says how to see it again.

    The cut comes right behind every acknowledgement: there a missing sync shows whatever calls lie in between, so that
    the controls do not depend on which moments chance picks.
    """
    jobs = [Job(workload, SEED, plant) for plant, workload in PLANTED]
    for recording in record(power_logger, jobs, power_folder / "recorded"):
        tally = judge_recording(recording, judge, variants=CONTROL_VARIANTS, places=acknowledgements(recording))
        assert tally.lost + tally.corrupt > 0, recording.plant
        assert f"python -m tests.power {recording.workload} {SEED} " in tally.failures[0]


@pytest.mark.parametrize(
    "more",
    [
        {"acknowledged": 1},
        {"erased": ("0" * 32,)},
        {"copies": (("copies/copy0.sqlite", ({"seq": 3},)),)},
        {"boxed": ("record",)},
        {"published": ("shown",)},
    ],
    ids=lambda more: next(iter(more)),
)
def test_equal_files_are_judged_again_when_more_was_promised(more: dict[str, Any]) -> None:
    """An image that was fine before an acknowledgement may be a loss behind it."""
    image: Image = {"data": None, "data/ledger.sqlite": b"as before"}
    assert fingerprint(image, Expected()) == fingerprint(dict(image), Expected())
    assert fingerprint(image, Expected(**more)) != fingerprint(image, Expected())


def test_without_a_compiler_it_says_why_it_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And on a system without preloading."""
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(CannotRecord, match="compiler"):
        build_logger(tmp_path)
    monkeypatch.setattr("sys.platform", "win32")
    with pytest.raises(CannotRecord, match="Linux"):
        build_logger(tmp_path)
