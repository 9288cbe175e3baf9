"""``python -m tests.power WORKLOAD SEED PLACE VARIANT [--plant FAULT] [--keep FOLDER]``: judges one image again.

Without PLACE it judges all moments of the recording, 8 images each.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.power.campaign import image_of, judge_recording, sites
from tests.power.judge import Judge
from tests.power.plants import PLANTS
from tests.power.recording import Job, build_logger, record
from tests.power.workload import NAMES

VARIANTS = 8


def main() -> int:
    """Repeat what was asked for; 1 when something is wrong with it."""
    parser = argparse.ArgumentParser(prog="python -m tests.power", description=__doc__)
    parser.add_argument("workload", choices=NAMES)
    parser.add_argument("seed", type=int)
    parser.add_argument("place", type=int, nargs="?")
    parser.add_argument("variant", type=int, nargs="?", default=0)
    parser.add_argument("--plant", choices=tuple(PLANTS), default="")
    parser.add_argument("--keep", type=Path, help="lay the files out in this folder and leave them there")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="power-") as name:
        folder = Path(name)
        recording = record(build_logger(folder), [Job(asked.workload, asked.seed, asked.plant)], folder / "recorded")[0]
        judge = Judge(asked.keep or folder / "judged")
        if asked.place is None:
            tally = judge_recording(recording, judge, variants=VARIANTS)
            print(*tally.failures, sep="\n")
            print(f"{tally.judged:,} images, {tally.lost} lost, {tally.corrupt} corrupt")
            return int(bool(tally.lost or tally.corrupt))
        site = next(site for site in sites(recording) if site.place == asked.place)
        before, after = recording.events[asked.place - 1], recording.events[asked.place : asked.place + 1]
        print(f"cut behind {_said(before)}" + "".join(f", before {_said(event)}" for event in after))
        print(f"doing: {site.expected.doing or 'nothing'}")
        image = image_of(recording, site, asked.variant)
        if asked.keep:
            judge.lay_out(image)
            return 0
        findings = judge.judge(image, site.expected, going_on=True)
        print(*([finding.text for finding in findings] or ["all is well"]), sep="\n")
        return int(bool(findings))


def _said(event: object) -> str:
    """An event in one short line."""
    return repr(event)[:200]


if __name__ == "__main__":
    sys.exit(main())
