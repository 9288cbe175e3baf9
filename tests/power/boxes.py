"""A black box follows the ledger while the power may go: what it has acknowledged is in it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Final
from unittest import mock

from storage.blackbox import BlackBox
from storage.blackbox_read import black_boxes_in, read_box_file
from storage.errors import StorageError
from tests.power.scenario import DATA, Scenario
from tests.power.workloads import buy, crash, reopen, settle, undo

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = "box"
PRUNED_BYTES: Final = 2_000


def follow(shop: Scenario) -> None:
    """The box catches up, sometimes from the beginning, sometimes it may forget what lies elsewhere."""
    with closing(BlackBox(shop.directory, shop.root / FOLDER)) as box:
        if shop.rng.random() < 0.3:
            box.copied_elsewhere(shop.rng.randrange(1, int(shop.state()["seq"]) + 1))
        with mock.patch("storage.blackbox.PRUNE_BYTES_MIN", PRUNED_BYTES):
            box.catch_up()
    shop.mark(boxed=seqs_in(shop.root / FOLDER))


def boxes(shop: Scenario) -> None:
    """Sales, and a box that follows them."""
    shop.run({buy: 4, undo: 1, follow: 5, settle: 1, reopen: 1, crash: 1}, 14)


def seqs_in(folder: Path, acknowledged: int | None = None) -> list[str]:
    """Which records a box holds: positions with the beginnings of their hashes.

    Args:
        folder: Where it lies.
        acknowledged: The newest record that is promised, when the power may have gone: of what was written behind it a
            later frame may have arrived and an earlier one not, and what lies between them is told as damage.
    """
    boxes = black_boxes_in(folder)
    damage = [damage for box in boxes for damage in box.damage]
    if acknowledged is not None:
        damage = [damage for damage in damage if damage.after_seq < acknowledged]
    assert not damage, "a box is damaged"
    return [f"{record.seq}:{record.hash.hex()[:16]}" for box in boxes for record in box.records]


def files_in(folder: Path) -> set[bytes]:
    """The random ids of the boxes that lie there."""
    return {found.file_id for path in folder.iterdir() if (found := read_box_file(path))}


def seq_of(record: str) -> int:
    """The position of a record as ``seqs_in`` names it."""
    return int(record.partition(":")[0])


def missing_in(disk: Path, expected: tuple[str, ...]) -> str:
    """What a box lacks after a cut, or what is wrong with it; empty when all is well."""
    newest = max(map(seq_of, expected))
    try:
        missing = sorted(set(expected) - set(seqs_in(disk / FOLDER, newest)))
        copied_seq = max((box.heading.copied[0] for box in black_boxes_in(disk / FOLDER) if box.heading), default=0)
        before = files_in(disk / FOLDER)
        with closing(BlackBox(disk / DATA, disk / FOLDER)) as box:
            box.catch_up()
        made_anew = files_in(disk / FOLDER) != before  # then it holds no more than it has to
        wanted = {record for record in expected if not made_anew or seq_of(record) > copied_seq}
        missing += sorted(wanted - set(seqs_in(disk / FOLDER)))
    except (StorageError, OSError, AssertionError) as error:
        return f"{type(error).__name__}: {error}"
    return f"records {missing} are gone" if missing else ""
